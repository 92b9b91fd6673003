using LatencyEngine.Journal;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>Listens to a venue's market and writes every frame with its receive time; nothing is traded and no key is used.</summary>
public static class MarketRecorder
{
    private const int Slots = 1 << 14;
    private const int RingBytes = 1 << 25;   // seconds of a busy market, for a disk that hesitates
    private const int Recorder = 0;
    private const int DrainMillis = 5;
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(30);
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
        var inbound = new FrameRing(Slots, RingBytes, consumerCount: 1);
        using var io = new IoLoop(
            new IoSettings
            {
                PublicAddress = request.PublicAddress,
                PublicTopics = request.Topics,
                BookTopics = [],
                AuthoritiesPath = request.AuthoritiesPath,
                Clock = new SystemClock(),
                TickNanos = 0,
                OnLookUp = static _ => { },
            },
            inbound,
            new FrameRing(16, 1 << 12, consumerCount: 1),
            new NoEngine());
        var folder = new RecordingFolder(request.FolderPath, request.FileBytesMax, request.FileTimeMax);
        using var recorder = new FrameRecorder(folder, inbound, Recorder);
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                io.Run();
            }
#pragma warning disable CA1031 // A thread's last line of defence: the fault is thrown where the recording is waited for.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Volatile.Write(ref fault, e);
            }
        }) { Name = "le-io", IsBackground = true };
        thread.Start();
        JournalException? lastFault = null;
        try
        {
            Listen(request, io, recorder, folder, () => Volatile.Read(ref fault), progress, cancel);
        }
        finally
        {
            // Whatever ended it: the io thread must not wait for room in the ring, and what was heard is written whole.
            io.Stop();
            while (!thread.Join(DrainMillis)) lastFault ??= FaultOf(() => recorder.Drain());
            lastFault ??= FaultOf(recorder.Complete);
            folder.Discard();
        }

        if (fault is not null) throw new InvalidOperationException($"the io thread ended: {fault.Message}", fault);
        if (lastFault is not null) throw lastFault;
        return Course(io, recorder, folder);
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

    private static void Listen(MarketRecorderRequest request, IoLoop io, FrameRecorder recorder, RecordingFolder folder, Func<Exception?> fault, Action<MarketRecording>? progress, CancellationToken cancel)
    {
        long startedNanos = StageClock.NowNanos();
        long readyNanos = 0;
        long toldNanos = 0;
        while (!cancel.IsCancellationRequested && fault() is null)
        {
            long nowNanos = StageClock.NowNanos();
            ConnectionStatus status = io.Status(VenueChannel.Public);
            if (status.Refused) throw new VenueUnavailableException($"the venue refuses: {status.LastFault}; check --symbols and --depth", isRefusal: true);
            if (readyNanos == 0 && status.TimesReady > 0) readyNanos = nowNanos;
            if (readyNanos == 0 && (status.LastFault is not null || nowNanos - startedNanos > ConnectWithin.Ticks * TimeSpan.NanosecondsPerTick))
            {
                throw new VenueUnavailableException($"no market from {request.PublicAddress}: {status.LastFault ?? io.Describe()}; check the address and the network", isRefusal: false);
            }

            if (readyNanos != 0 && request.Duration is { } duration && nowNanos - readyNanos >= duration.Ticks * TimeSpan.NanosecondsPerTick) return;
            if (recorder.Drain() == 0) Thread.Sleep(DrainMillis);
            if (progress is null || nowNanos - toldNanos < ProgressEvery.Ticks * TimeSpan.NanosecondsPerTick) continue;
            toldNanos = nowNanos;
            progress(Course(io, recorder, folder));
        }
    }

    private static MarketRecording Course(IoLoop io, FrameRecorder recorder, RecordingFolder folder)
    {
        ConnectionStatus status = io.Status(VenueChannel.Public);
        return new MarketRecording(recorder.RecordedFrames, recorder.RecordedBytes, folder.Files, Math.Max(0, status.TimesReady - 1), recorder.LeftOutFrames, status.Phase == ConnectionPhase.Ready, status.LastFault);
    }

    /// <summary>Nobody decides anything here: the ring's only reader is the recorder.</summary>
    private sealed class NoEngine : IEngineSide
    {
        public void OnPublished()
        {
        }
    }
}
