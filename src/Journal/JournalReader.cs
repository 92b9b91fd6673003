using System.Buffers;
using System.IO.Pipelines;
using LatencyEngine.Wire;

namespace LatencyEngine.Journal;

/// <summary>Reads a journal from its header to its end, one record at a time: memory does not grow with the file.</summary>
/// <remarks>
/// Checks what a journal promises: each ring's sequences count up from 0, an effect stands behind its cause, the end record has the counts, nothing follows it.
/// There is no checksum: a changed byte inside a payload is not noticed. One thread. Blocks: on the disk. Every fault is a <see cref="JournalException"/> with one line of text.
/// </remarks>
public sealed class JournalReader : IDisposable
{
    private const int BufferBytes = 1 << 16;
    private const string Mend = "copy the file again; what is before that record can still be read";

    private readonly string _path;
    private readonly FileStream _file;
    private readonly Pipe _pipe = new(new PipeOptions(minimumSegmentSize: BufferBytes, pauseWriterThreshold: 0, useSynchronizationContext: false));

    private ReadOnlySequence<byte> _unread;
    private long _readBytes;
    private byte[] _joined = [];
    private long _offsetBytes;
    private long _recordNumber;
    private bool _ended;

    private JournalReader(string path, FileStream file)
    {
        _path = path;
        _file = file;
        try
        {
            Header = ReadHeader();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The journal's first record.</summary>
    public JournalHeader Header { get; }

    /// <summary>Inbound records read.</summary>
    public long InboundRecords { get; private set; }

    /// <summary>Outbound records read.</summary>
    public long OutboundRecords { get; private set; }

    /// <summary>Where the journal was cut, once <see cref="TryRead"/> has returned false; null for one with an orderly end.</summary>
    public JournalCut? Cut { get; private set; }

    /// <summary>Opens a journal and reads its header.</summary>
    /// <exception cref="JournalException">The file is missing, or is not a journal that this program reads.</exception>
    public static JournalReader Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return new JournalReader(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new JournalException($"journal not found: {path}; name an existing journal", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new JournalException($"journal cannot be opened: {path} ({e.Message}); check the path and its permissions", e);
        }
    }

    /// <summary>The next frame; false at the end, orderly or cut.</summary>
    /// <param name="record">Valid until the next call.</param>
    /// <exception cref="JournalException">The record is damaged; the message has its number and where it begins.</exception>
    public bool TryRead(out JournalRecord record)
    {
        record = default;
        if (_ended) return false;
        if (!TryTakeValue(out ReadOnlySpan<byte> bytes))
        {
            _ended = true;
            Cut = new JournalCut(_recordNumber, _offsetBytes);
            return false;
        }

        var reader = new MessagePackReader(bytes);
        if (!reader.TryReadArrayHeader(out int items) || !reader.TryReadInt64(out long type)) throw Damage("is not an array with a type");
        switch ((JournalRecordType)type)
        {
            case JournalRecordType.Inbound or JournalRecordType.Outbound when items == JournalFormat.FrameItems:
                record = ReadFrame(ref reader, (JournalRecordType)type);
                Accept(in record);
                break;
            case JournalRecordType.End when items == JournalFormat.EndItems:
                ReadEnd(ref reader);
                return false;
            default: throw Damage($"has the unknown type {type} with {items} items");
        }

        Advance(bytes.Length);
        return true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _pipe.Reader.Complete();
        _pipe.Writer.Complete();
        _file.Dispose();
    }

    private JournalHeader ReadHeader()
    {
        if (!TryTakeValue(out ReadOnlySpan<byte> bytes))
        {
            throw new JournalException(_unread.IsEmpty ? $"journal is empty: {_path}; name another one" : $"not a journal, or cut inside its header: {_path}; name another one");
        }

        JournalHeader header = JournalHeaderCodec.TryDecode(bytes, out string fault)
            ?? throw new JournalException($"not a journal that can be read: {_path}: {fault}; name a journal that this version wrote");
        Advance(bytes.Length);
        return header;
    }

    private JournalRecord ReadFrame(scoped ref MessagePackReader reader, JournalRecordType type)
    {
        if (reader.TryReadInt64(out long sequence)
            && reader.TryReadInt64(out long kind) && kind is >= 0 and <= byte.MaxValue
            && reader.TryReadInt64(out long flags) && flags is >= 0 and <= byte.MaxValue
            && reader.TryReadInt64(out long generation) && generation is >= 0 and <= ushort.MaxValue
            && reader.TryReadInt64(out long receivedAtNanos)
            && reader.TryReadInt64(out long logicTimeNanos)
            && reader.TryReadInt64(out long causeSequence)
            && reader.TryReadBinary(out ReadOnlySpan<byte> payload))
        {
            return new JournalRecord
            {
                Type = type,
                Sequence = sequence,
                Kind = (byte)kind,
                Flags = (byte)flags,
                Generation = (ushort)generation,
                ReceivedAtNanos = receivedAtNanos,
                LogicTimeNanos = logicTimeNanos,
                CauseSequence = causeSequence,
                Payload = payload,
            };
        }

        throw Damage("has an item of another type or range than documented");
    }

    private void Accept(in JournalRecord record)
    {
        bool isInbound = record.Type == JournalRecordType.Inbound;
        long expected = isInbound ? InboundRecords : OutboundRecords;
        if (record.Sequence != expected) throw Damage($"is {record.Type} frame {record.Sequence}, and {expected} was to come");
        if (isInbound)
        {
            InboundRecords++;
            return;
        }

        if (record.CauseSequence >= InboundRecords) throw Damage($"comes before its cause, inbound frame {record.CauseSequence}");
        OutboundRecords++;
    }

    private void ReadEnd(ref MessagePackReader reader)
    {
        if (!reader.TryReadInt64(out long inbound) || !reader.TryReadInt64(out long outbound)) throw Damage("is an end record without its counts");
        if (inbound != InboundRecords || outbound != OutboundRecords) throw Damage($"ends a journal of {inbound} inbound and {outbound} outbound records, and {InboundRecords} and {OutboundRecords} were there");
        Advance(reader.Position);
        _ended = true;
        if (!_unread.IsEmpty || TryFill()) throw Damage("stands behind the end record");
    }

    /// <summary>The bytes of the next whole MessagePack value, still unread; false when the file ends before it does.</summary>
    private bool TryTakeValue(out ReadOnlySpan<byte> value)
    {
        while (true)
        {
            ReadOnlySpan<byte> bytes = _unread.FirstSpan;
            MessagePackStatus status = Measure(bytes, out int lengthBytes);
            if (status == MessagePackStatus.Incomplete && !_unread.IsSingleSegment)
            {
                bytes = Join();
                status = Measure(bytes, out lengthBytes);
            }

            if (status == MessagePackStatus.Malformed) throw Damage("is not MessagePack");
            value = bytes[..lengthBytes];
            if (status == MessagePackStatus.Complete) return true;
            if (_unread.Length > JournalFormat.PayloadBytesMax + JournalFormat.FrameOverheadBytesMax) throw Damage("is longer than any record");
            if (!TryFill()) return false;
        }
    }

    private static MessagePackStatus Measure(ReadOnlySpan<byte> bytes, out int lengthBytes)
    {
        var reader = new MessagePackReader(bytes);
        MessagePackStatus status = reader.Skip();
        lengthBytes = reader.Position;
        return status;
    }

    /// <summary>What is unread in one piece: a value may lie across buffers.</summary>
    private ReadOnlySpan<byte> Join()
    {
        int length = (int)_unread.Length;
        if (_joined.Length < length) _joined = new byte[2 * length];
        _unread.CopyTo(_joined);
        return _joined.AsSpan(0, length);
    }

    /// <summary>Reads as much again as is unread, so that a long value takes few rounds; false when the file has no more.</summary>
    private bool TryFill()
    {
        try
        {
            // Filled by this thread: the asynchronous reads of a file pass through the thread pool, which costs more than they do on a busy host.
            int read = _file.Read(_pipe.Writer.GetSpan((int)Math.Max(BufferBytes, _unread.Length)));
            if (read == 0) return false;
            if (_readBytes > 0) _pipe.Reader.AdvanceTo(_unread.Start, _unread.End);
            _readBytes += read;
            _pipe.Writer.Advance(read);
        }
        catch (IOException e)
        {
            throw new JournalException($"journal cannot be read: {_path}, record {_recordNumber} at byte {_offsetBytes} ({e.Message}); check the disk", e) { IsDiskFault = true };
        }

        _pipe.Writer.FlushAsync().AsTask().GetAwaiter().GetResult();   // complete at once: the pipe has no threshold
        _pipe.Reader.TryRead(out ReadResult result);
        _unread = result.Buffer;
        return true;
    }

    private void Advance(int lengthBytes)
    {
        _unread = _unread.Slice(lengthBytes);
        _offsetBytes += lengthBytes;
        _recordNumber++;
    }

    private JournalException Damage(string what) => new($"journal is damaged: {_path}, record {_recordNumber} at byte {_offsetBytes} {what}; {Mend}");
}
