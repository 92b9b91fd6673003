using LatencyEngine.Journal;
using LatencyEngine.Meter;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>Listens to a venue's market and writes every frame with its receive time; nothing is traded and no key is used.</summary>
public static class MarketRecorder
{
    private const int Slots = 1 << 14;
    private const int RingBytes = 1 << 25;   // seconds of a busy market, for a disk that hesitates
    private const int Recorder = 0;
    private const int DrainMillis = 5;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Records until the time is up or it is told to stop. Connections that are lost come back; whatever was missed meanwhile is missing, and a snapshot follows. Blocks.</summary>
    /// <param name="request">What to record.</param>
    /// <param name="progress">Told how far it has come, four times a second; may be null.</param>
    /// <param name="cancel">Ends it orderly.</param>
    /// <exception cref="JournalException">The folder or a file cannot be written.</exception>
    /// <exception cref="VenueUnavailableException">The venue could not be reached at the start, or refused a topic. Then no folder is left behind.</exception>
    /// <exception cref="Platform.TlsException">The address is <c>wss</c>, and OpenSSL or the trusted certificates are not there.</exception>
    public static MarketRecording Run(MarketRecorderRequest request, Action<MarketRecording>? progress, CancellationToken cancel)
    {
        using var listener = new MarketListener(request.PublicAddress, request.Topics, request.AuthoritiesPath, Slots, RingBytes);
        var folder = new RecordingFolder(request.FolderPath, request.FileBytesMax, request.FileTimeMax);
        using var recorder = new FrameRecorder(folder, listener.Inbound, Recorder);
        JournalException? lastFault = null;
        try
        {
            Listen(request, listener, recorder, folder, progress, cancel);
        }
        finally
        {
            // Whatever ended it: the io thread must not wait for room in the ring, and what was heard is written whole.
            listener.Stop();
            while (!listener.Join(DrainMillis)) lastFault = FaultOf(() => recorder.Drain()) ?? lastFault;
            lastFault ??= FaultOf(recorder.Complete);
            folder.Discard();
        }

        if (lastFault is not null) throw lastFault;
        return Course(listener, recorder, folder);
    }

    private static JournalException? FaultOf(Action write)
    {
        try
        {
            write();
            return null;
        }
        catch (JournalException fault)
        {
            return fault;
        }
    }

    private static void Listen(MarketRecorderRequest request, MarketListener listener, FrameRecorder recorder, RecordingFolder folder, Action<MarketRecording>? progress, CancellationToken cancel)
    {
        long readyNanos = 0;
        long toldNanos = 0;
        while (!cancel.IsCancellationRequested)
        {
            long nowNanos = StageClock.NowNanos();
            if (listener.CheckHeard() && readyNanos == 0) readyNanos = nowNanos;
            if (readyNanos != 0 && request.Duration is { } duration && nowNanos - readyNanos >= duration.Ticks * TimeSpan.NanosecondsPerTick) return;
            if (recorder.Drain() == 0) Thread.Sleep(DrainMillis);
            if (progress is null || nowNanos - toldNanos < ProgressEvery.Ticks * TimeSpan.NanosecondsPerTick) continue;
            toldNanos = nowNanos;
            progress(Course(listener, recorder, folder));
        }
    }

    private static MarketRecording Course(MarketListener listener, FrameRecorder recorder, RecordingFolder folder)
    {
        ConnectionStatus status = listener.Status;
        return new MarketRecording(recorder.RecordedFrames, recorder.RecordedBytes, folder.Files, Math.Max(0, status.TimesReady - 1), recorder.LeftOutFrames, status.Phase == ConnectionPhase.Ready, status.LastFault);
    }
}
