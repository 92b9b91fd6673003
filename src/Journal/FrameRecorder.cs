using System.Buffers.Text;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.Journal;

/// <summary>Writes the public frames of an inbound ring as a recording, <c>recv_ns SP frame NL</c>, gzip when the file's name ends in .gz; docs/reference/recording-format.md.</summary>
/// <remarks>
/// Thread: one. Blocks: on the disk. Allocates: buffers, at the start; nothing a frame. What gzip still holds reaches the file at <see cref="Complete"/>: a recording without it is cut short. Into a folder it writes file after file, all of them gzip. The receive time is the engine's logic time at the frame. A frame with a raw newline cannot stand in a recording and is left out.
/// A disk that fails is treated as <see cref="JournalWriter"/> treats it: <see cref="Drain"/> throws once, and frames go unwritten from then on.
/// </remarks>
public sealed class FrameRecorder : IDisposable
{
    private const int TimeBytesMax = 20;   // digits of a 64-bit number

    private readonly RecordingFolder? _folder;
    private readonly FrameRing _inbound;
    private readonly int _consumer;
    private FilePipe? _file;
    private string _path;
    private long _fileBytes;
    private long _fileFirstNanos;
    private long _lastNanos;
    private bool _isFaulted;

    /// <summary>Makes the file.</summary>
    /// <param name="path">A file that does not exist yet.</param>
    /// <param name="inbound">The engine's inbound ring.</param>
    /// <param name="consumer">This object's consumer of it, from 0.</param>
    /// <exception cref="JournalException">The file exists, or cannot be made.</exception>
    public FrameRecorder(string path, FrameRing inbound, int consumer)
    {
        _path = path;
        _file = FilePipe.Create("recording", path, isGzip: path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase));
        _inbound = inbound;
        _consumer = consumer;
    }

    /// <summary>Writes into a folder, a file after the other; each is made with its first frame.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="inbound">The inbound ring.</param>
    /// <param name="consumer">This object's consumer of it, from 0.</param>
    public FrameRecorder(RecordingFolder folder, FrameRing inbound, int consumer)
    {
        _path = "";
        _folder = folder;
        _inbound = inbound;
        _consumer = consumer;
    }

    /// <summary>Lines written.</summary>
    public long RecordedFrames { get; private set; }

    /// <summary>Bytes of those lines, before compression.</summary>
    public long RecordedBytes { get; private set; }

    /// <summary>Public frames left out because they held a raw newline.</summary>
    public long LeftOutFrames { get; private set; }

    /// <summary>Takes the frames that wait, at most a full ring; a call that finds none writes what has gathered in the buffer to the file.</summary>
    /// <returns>Frames taken out of the ring, of any kind.</returns>
    /// <exception cref="JournalException">The disk failed, for the first time.</exception>
    public int Drain()
    {
        int count = 0;
        while (count < _inbound.SlotCount && _inbound.TryPeek(_consumer, out FrameView frame))
        {
            try
            {
                if (frame.Kind == (byte)InboundKind.PublicFrame && !_isFaulted) Write(in frame);
            }
            catch (JournalException)
            {
                _isFaulted = true;
                throw;
            }
            finally
            {
                _inbound.Release(_consumer);
            }

            count++;
        }

        if (count == 0 && !_isFaulted) Guarded(static file => file.Flush());
        return count;
    }

    /// <summary>Takes the frames that are left and closes the file. To be called once, when the ring's producer has stopped.</summary>
    /// <exception cref="JournalException">The disk failed, for the first time.</exception>
    public void Complete()
    {
        while (Drain() > 0)
        {
        }

        if (_isFaulted) _file?.Dispose();
        else Guarded(_ => CloseFile());
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    private void Write(in FrameView frame)
    {
        ReadOnlySpan<byte> payload = frame.Payload;
        if (payload.Contains((byte)'\n'))
        {
            LeftOutFrames++;
            return;
        }

        FilePipe file = _file ??= OpenNext(frame.LogicTimeNanos);
        Span<byte> line = file.GetSpan(TimeBytesMax + 1 + payload.Length + 1);
        _lastNanos = Math.Max(_lastNanos, frame.LogicTimeNanos);   // as the engine's clock, a recording never goes back
        Utf8Formatter.TryFormat(_lastNanos, line, out int length);
        line[length++] = (byte)' ';
        payload.CopyTo(line[length..]);
        length += payload.Length;
        line[length++] = (byte)'\n';
        file.Advance(length);
        RecordedFrames++;
        RecordedBytes += length;
        _fileBytes += length;
        if (_folder?.IsFull(_fileBytes, _lastNanos - _fileFirstNanos) == true) CloseFile();
        else file.FlushIfLarge();
    }

    private FilePipe OpenNext(long firstNanos)
    {
        _path = _folder!.NextPath();
        _fileBytes = 0;
        _fileFirstNanos = Math.Max(_lastNanos, firstNanos);
        return FilePipe.Create("recording", _path, isGzip: true);
    }

    private void CloseFile()
    {
        if (_file is null) return;
        _file.Close();
        _file = null;
        _folder?.Seal(_path);
    }

    private void Guarded(Action<FilePipe> write)
    {
        if (_file is null) return;
        try
        {
            write(_file);
        }
        catch (JournalException)
        {
            _isFaulted = true;
            throw;
        }
    }
}
