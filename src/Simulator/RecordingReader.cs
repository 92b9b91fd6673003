using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;

namespace LatencyEngine.Simulator;

/// <summary>Reads a recording of Bybit V5 public frames: each line is <c>recv_ns</c>, one space, the frame, newline; gzip or plain text, one file or a folder of them.</summary>
/// <remarks>
/// The head of the file is read and checked by <see cref="Open"/>, so that a foreign or damaged file fails before a run starts. The rest is streamed: memory
/// does not grow with the file. One thread. Every fault is a <see cref="RecordingException"/> with one line of text.
/// </remarks>
public sealed class RecordingReader : IFrameSource
{
    /// <summary>Lines read ahead by <see cref="Open"/>: some 40 s of one busy symbol, enough for every subscribed topic to have appeared.</summary>
    public const int HeadLines = 1_000;

    private const int BufferBytes = 1 << 16;
    private const int FrameBytesMax = 1 << 22;   // the largest V5 frame, a 1000-level snapshot, has some 50 kB; 4 MiB is a damaged line

    // RFC 1952: a 10-byte header, at least 2 bytes of data, and a trailer of CRC and text length modulo 2^32.
    private const int GzipBytesMin = 20;
    private const int GzipLengthBytes = 4;

    private const string Mend = "record again, or use a file of samples/";

    private readonly IReadOnlyList<string> _allFiles;
    private readonly Queue<string> _files;
    private readonly long _totalBytes;
    private string _path;
    private FileStream _file;
    private Stream _text;
    private long _bytesBefore;
    private readonly Pipe _pipe = new(new PipeOptions(minimumSegmentSize: BufferBytes, pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Queue<RecordedFrame> _head = new();
    private readonly SortedSet<string> _symbols = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _topics = new(StringComparer.Ordinal);
    private readonly HashSet<string> _symbolsWithTickers = new(StringComparer.Ordinal);

    private ReadOnlySequence<byte> _unread;
    private bool _endOfText;
    private bool _hasText;
    private long _textBytes;   // of the present file
    private long _lineNumber;
    private long _lastNanos = long.MinValue;

    private RecordingReader(string name, IReadOnlyList<string> files)
    {
        Name = name;
        _allFiles = files;
        _files = new Queue<string>(files);
        _totalBytes = _files.Sum(file => File.Exists(file) ? new FileInfo(file).Length : 0);
        _path = _files.Dequeue();
        _file = OpenFile(_path);
        try
        {
            _text = OpenText();
            ReadHead();
        }
        catch
        {
            _text?.Dispose();
            _file.Dispose();
            throw;
        }
    }

    /// <summary>File or folder, as it was given.</summary>
    public string Name { get; }

    /// <summary>Symbols with a book, trade or ticker frame in the head of the recording, in ordinal order.</summary>
    public IReadOnlyCollection<string> Symbols => _symbols;

    /// <summary>Full names of the topics in the head of the recording, for example <c>orderbook.200.BTCUSDT</c>, in ordinal order.</summary>
    public IReadOnlyCollection<string> Topics => _topics;

    /// <summary>Receive time of the first frame, ns since 1970.</summary>
    public long FirstReceivedAtNanos { get; private set; }

    /// <summary>Share of the file's bytes read, 0 to 1; exactly 1 once <see cref="TryRead"/> has returned false.</summary>
    public double Progress { get; private set; }

    /// <summary>Opens a recording and checks its head; of a folder, that all its files are whole.</summary>
    /// <exception cref="RecordingException">The file is missing, empty, damaged or not a recording of V5 frames.</exception>
    public static RecordingReader Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new RecordingReader(path, Directory.Exists(path) ? RecordingFolder.Files(path) : [path]);
    }

    /// <summary>Opens the same files from their beginning; the sums of a folder have been compared and are not again.</summary>
    /// <exception cref="RecordingException">A file has gone or changed.</exception>
    public RecordingReader Again() => new(Name, _allFiles);

    /// <summary>Receive time of the last frame, ns since 1970, found by reading the files again to their end; null for what is too large for that to go unnoticed, or damaged.</summary>
    public long? FindLastReceivedAt()
    {
        const long BytesMax = 16 << 20;   // read in a good second
        try
        {
            if (_totalBytes > BytesMax) return null;
            using RecordingReader recording = Again();
            long last = recording.FirstReceivedAtNanos;
            while (recording.TryRead(out RecordedFrame frame)) last = frame.ReceivedAtNanos;
            return last;
        }
        catch (RecordingException)
        {
            return null;   // whoever plays it says what is wrong with it, and where
        }
    }

    /// <summary>Whether the head of the recording holds a <c>tickers</c> frame of the symbol.</summary>
    public bool HasTickers(string symbol) => _symbolsWithTickers.Contains(symbol);

    /// <summary>The next frame; false at the end of the recording.</summary>
    /// <exception cref="RecordingException">The line is damaged or time goes backwards.</exception>
    public bool TryRead(out RecordedFrame frame)
    {
        bool found = _head.TryDequeue(out frame) || TryReadLine(out frame);
        Progress = found ? Math.Min(0.999, (double)(_bytesBefore + _file.Position) / Math.Max(1, _totalBytes)) : 1;
        return found;
    }

    /// <summary>The frames that are left, in order.</summary>
    /// <exception cref="RecordingException">While enumerating: a line is damaged or time goes backwards.</exception>
    public IEnumerable<RecordedFrame> ReadAll()
    {
        while (TryRead(out RecordedFrame frame)) yield return frame;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pipe.Reader.Complete();
        _pipe.Writer.Complete();
        _text.Dispose();
        _file.Dispose();
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RecordingException($"recording not found: {path}; name an existing *.frames.gz file, for example one of samples/, or a folder that record has written", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new RecordingException($"recording cannot be opened: {path} ({e.Message}); check the path and its permissions", e);
        }
    }

    /// <summary>Goes on with the next file of a folder; false when there is none. The one before has been read to its end.</summary>
    private bool TryNextFile()
    {
        if (!_files.TryDequeue(out string? next)) return false;
        _bytesBefore += _file.Length;
        _text.Dispose();
        _file.Dispose();
        _path = next;
        _file = OpenFile(next);
        _text = OpenText();
        _textBytes = 0;
        _lineNumber = 0;
        _endOfText = false;
        return true;
    }

    private Stream OpenText()
    {
        Span<byte> magic = stackalloc byte[2];
        int read = _file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        if (read == 0) throw new RecordingException($"recording is empty: {_path}; {Mend}");
        _file.Position = 0;
        bool isGzip = read == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
        if (!isGzip && _path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            throw new RecordingException(
                $"recording is not gzip although its name ends in .gz: {_path}; rename it if it is plain text, else {Mend}");
        }

        return isGzip ? new GZipStream(_file, CompressionMode.Decompress, leaveOpen: true) : _file;
    }

    private void ReadHead()
    {
        while (_head.Count < HeadLines && TryReadLine(out RecordedFrame frame))
        {
            _head.Enqueue(frame);
            if (!MarketFrame.TryReadTopicName(frame.Frame.Span, out string name)) continue;
            _topics.Add(name);
            (MarketTopic topic, string symbol) = MarketFrame.Classify(name);
            if (topic == MarketTopic.Other) continue;
            _symbols.Add(symbol);
            if (topic == MarketTopic.Ticker) _symbolsWithTickers.Add(symbol);
        }

        if (_head.Count == 0) throw new RecordingException($"recording is empty: {_path}; {Mend}");
        FirstReceivedAtNanos = _head.Peek().ReceivedAtNanos;
        if (_symbols.Count == 0)
        {
            throw new RecordingException(
                $"no book, trade or ticker frame in the first {_head.Count} lines of {_path}; subscribe the recorder to orderbook, publicTrade and tickers topics");
        }
    }

    private bool TryReadLine(out RecordedFrame frame)
    {
        if (!TryTakeLine(out ReadOnlySpan<byte> line))
        {
            frame = default;
            return false;
        }

        if (!Utf8Parser.TryParse(line, out long nanos, out int digits) || nanos <= 0 || digits == line.Length || line[digits] != (byte)' ')
        {
            throw Fault("a line does not start with a receive time in nanoseconds and one space");
        }

        if (nanos < _lastNanos)
        {
            throw new RecordingException($"time goes backwards in {_path}, line {_lineNumber}: {nanos} after {_lastNanos}; sort the lines by receive time (sort -n -s)");
        }

        _lastNanos = nanos;
        byte[] bytes = line[(digits + 1)..].ToArray();
        if (!MarketFrame.IsV5Frame(bytes))
        {
            throw Fault($"not a Bybit V5 public frame: {Excerpt(bytes)}");
        }

        frame = new RecordedFrame(_lineNumber, nanos, bytes);
        return true;
    }

    /// <summary>The next line in place, or copied where it lies across buffers; valid until the next call.</summary>
    private bool TryTakeLine(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            ReadOnlySpan<byte> first = _unread.FirstSpan;
            int newlineIndex = first.IndexOf((byte)'\n');
            if (newlineIndex >= 0)
            {
                line = first[..newlineIndex];
                _unread = _unread.Slice(newlineIndex + 1);
                _lineNumber++;
                return true;
            }

            if (!_unread.IsSingleSegment && _unread.PositionOf((byte)'\n') is SequencePosition newline)
            {
                line = _unread.Slice(0, newline).ToArray();
                _unread = _unread.Slice(_unread.GetPosition(1, newline));
                _lineNumber++;
                return true;
            }

            if (_endOfText || !Fill())
            {
                line = default;
                if (_unread.IsEmpty)
                {
                    if (TryNextFile()) continue;
                    return false;
                }

                _unread = _unread.Slice(_unread.End);
                _lineNumber++;
                throw new RecordingException($"recording is cut short: {_path}, line {_lineNumber} has no newline; drop the last line, or {Mend}");
            }
        }
    }

    /// <summary>Reads more behind what is unread.</summary>
    private bool Fill()
    {
        if (_unread.Length > FrameBytesMax) throw Fault($"a line is longer than {FrameBytesMax} bytes");
        try
        {
            // Filled by this thread: the asynchronous reads of a file pass through the thread pool, which costs more than they do on a busy host.
            int read = _text.Read(_pipe.Writer.GetSpan(BufferBytes));
            _endOfText = read == 0;
            if (read > 0) Append(read);
        }
        catch (InvalidDataException e)
        {
            throw new RecordingException(
                $"recording is damaged: {_path}, after line {_lineNumber}: gzip data is invalid or cut short ({e.Message}); copy the file again, or {Mend}", e);
        }

        if (_endOfText && _text is GZipStream) CheckGzipLength();
        return !_endOfText;
    }

    private void Append(int lengthBytes)
    {
        if (_hasText) _pipe.Reader.AdvanceTo(_unread.Start, _unread.End);
        _hasText = true;
        _pipe.Writer.Advance(lengthBytes);
        _pipe.Writer.FlushAsync().AsTask().GetAwaiter().GetResult();   // complete at once: the pipe has no threshold
        _pipe.Reader.TryRead(out ReadResult result);
        _unread = result.Buffer;
        _textBytes += lengthBytes;
    }

    /// <summary>Compares the text read with the length at the end of the file: <see cref="GZipStream"/> takes a missing tail for the end of the text.</summary>
    private void CheckGzipLength()
    {
        if (_file.Length >= GzipBytesMin)
        {
            Span<byte> length = stackalloc byte[GzipLengthBytes];
            _file.Position = _file.Length - GzipLengthBytes;
            _file.ReadExactly(length);
            if (BinaryPrimitives.ReadUInt32LittleEndian(length) == unchecked((uint)_textBytes)) return;
        }

        throw new RecordingException(
            $"recording is cut short, has bytes behind its end, or is made of several gzip members: {_path}, after line {_lineNumber}; copy it again, or keep what is readable with: zcat FILE | gzip > NEW");
    }

    private RecordingException Fault(string what) => new($"{what}: {_path}, line {_lineNumber}; {Mend}");

    private static string Excerpt(byte[] bytes)
    {
        const int ExcerptBytes = 60;
        string text = Encoding.UTF8.GetString(bytes, 0, Math.Min(bytes.Length, ExcerptBytes));
        return bytes.Length > ExcerptBytes ? text + "..." : text;
    }
}
