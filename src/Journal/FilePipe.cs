using System.IO.Compression;
using System.IO.Pipelines;

namespace LatencyEngine.Journal;

/// <summary>A new file behind a buffer, with every fault of the disk as one <see cref="JournalException"/>.</summary>
/// <remarks>Thread: one. Bytes reach the operating system when <see cref="FlushBytes"/> have gathered, at <see cref="Flush"/> and at <see cref="Close"/>; none of them waits for the disk's own cache.</remarks>
internal sealed class FilePipe : IDisposable
{
    /// <summary>Bytes that gather before they are written: a few hundred records, and one call of the system for all of them.</summary>
    private const int FlushBytes = 1 << 16;

    private readonly string _what;
    private readonly string _path;
    private readonly Stream _stream;
    private readonly Pipe _pipe = new(new PipeOptions(minimumSegmentSize: FlushBytes, pauseWriterThreshold: 0, useSynchronizationContext: false));
    private bool _isClosed;

    /// <summary>Takes a stream, and closes it in the end.</summary>
    /// <param name="what">What is written, for messages: "journal".</param>
    /// <param name="path">Where, for messages.</param>
    /// <param name="stream">The stream.</param>
    public FilePipe(string what, string path, Stream stream)
    {
        _what = what;
        _path = path;
        _stream = stream;
    }

    /// <summary>Whether the disk failed: nothing more is written.</summary>
    public bool IsFaulted { get; private set; }

    /// <summary>Makes a file.</summary>
    /// <param name="what">What is written, for messages.</param>
    /// <param name="path">A file that does not exist yet.</param>
    /// <param name="isGzip">Whether it is compressed.</param>
    /// <exception cref="JournalException">It exists, or cannot be made.</exception>
    public static FilePipe Create(string what, string path, bool isGzip)
    {
        try
        {
            var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            return new FilePipe(what, path, isGzip ? new GZipStream(file, CompressionLevel.Fastest) : file);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new JournalException($"{what} exists already: {path}; name another file, or move that one away", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new JournalException($"{what} cannot be made: {path} ({e.Message}); name a file in an existing folder that may be written", e);
        }
    }

    /// <summary>Room for the next bytes.</summary>
    public Span<byte> GetSpan(int lengthBytes) => _pipe.Writer.GetSpan(lengthBytes);

    /// <summary>Counts bytes that were put into the room as written. No input or output.</summary>
    public void Advance(int lengthBytes) => _pipe.Writer.Advance(lengthBytes);

    /// <summary>Writes what has gathered, if it is enough to be worth it.</summary>
    /// <exception cref="JournalException">The disk failed.</exception>
    public void FlushIfLarge()
    {
        if (_pipe.Writer.UnflushedBytes >= FlushBytes) Flush();
    }

    /// <summary>Writes what has gathered. After a fault: nothing.</summary>
    /// <exception cref="JournalException">The disk failed.</exception>
    public void Flush()
    {
        if (IsFaulted || _pipe.Writer.UnflushedBytes == 0) return;
        try
        {
            // Written by this thread: the asynchronous writes of a file pass through the thread pool, which costs more than they do on a busy host.
            _pipe.Writer.FlushAsync().AsTask().GetAwaiter().GetResult();   // complete at once: the pipe has no threshold
            _pipe.Reader.TryRead(out ReadResult gathered);
            foreach (ReadOnlyMemory<byte> piece in gathered.Buffer) _stream.Write(piece.Span);
            _pipe.Reader.AdvanceTo(gathered.Buffer.End);
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            throw Fault(e);
        }
    }

    /// <summary>Writes what has gathered and closes the file. After a fault: only closes it.</summary>
    /// <exception cref="JournalException">The disk failed.</exception>
    public void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        try
        {
            Flush();
        }
        finally
        {
            _pipe.Writer.Complete();
            _pipe.Reader.Complete();
            CloseStream();
        }
    }

    /// <summary>Closes the file with what has gathered. Whoever has not closed it before is on the way out with a fault of its own, which another of the disk is not to hide.</summary>
    public void Dispose()
    {
        try
        {
            Close();
        }
        catch (JournalException)
        {
        }
    }

    private void CloseStream()
    {
        try
        {
            _stream.Dispose();   // gzip writes its last bytes here
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            if (!IsFaulted) throw Fault(e);
        }
    }

    /// <summary>A file that would be longer than its owner or file system allows (EFBIG) comes as a fault of an argument.</summary>
    private static bool IsOfDisk(Exception fault) => fault is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    private JournalException Fault(Exception cause)
    {
        IsFaulted = true;
        return new JournalException($"{_what} cannot be written any further: {_path} ({cause.Message}); free the disk, or write to another one, and start again", cause) { IsDiskFault = true };
    }
}
