using LatencyEngine.Ring;
using LatencyEngine.Wire;

namespace LatencyEngine.Journal;

/// <summary>Copies every frame of both rings to a file, as a consumer that gates their producers: nothing is lost, and nothing is overwritten unread.</summary>
/// <remarks>
/// <para>Thread: one, which may be the engine's own in virtual time. Blocks: on the disk. Allocates: buffers, at the start; nothing a record.</para>
/// <para>In the file an outbound record stands behind the inbound record that caused it. The order of causes is otherwise each ring's own.</para>
/// <para>When the disk fails, <see cref="Drain"/> throws once. From then on it lets the frames of both rings go unwritten, so that the rings do not stop
/// and the engine can still pull its orders; the run is to end, and its journal is one that was cut.</para>
/// </remarks>
public sealed class JournalWriter : IDisposable
{
    private readonly FilePipe _file;
    private readonly FrameRing _inbound;
    private readonly int _inboundConsumer;
    private readonly FrameRing _outbound;
    private readonly int _outboundConsumer;

    /// <summary>Makes the file and writes its header.</summary>
    /// <param name="path">A file that does not exist yet.</param>
    /// <param name="header">What is needed to run the same engine again.</param>
    /// <param name="inbound">The engine's inbound ring, before its first frame.</param>
    /// <param name="inboundConsumer">This object's consumer of it, from 0.</param>
    /// <param name="outbound">The engine's outbound ring, before its first frame.</param>
    /// <param name="outboundConsumer">This object's consumer of it, from 0.</param>
    /// <exception cref="JournalException">The file exists, or cannot be written.</exception>
    /// <exception cref="ArgumentException">A ring takes longer frames than a journal.</exception>
    public JournalWriter(string path, JournalHeader header, FrameRing inbound, int inboundConsumer, FrameRing outbound, int outboundConsumer)
        : this(FilePipe.Create("journal", path, isGzip: false), header, inbound, inboundConsumer, outbound, outboundConsumer)
    {
    }

    /// <summary>Writes to a stream of the caller's.</summary>
    internal JournalWriter(FilePipe file, JournalHeader header, FrameRing inbound, int inboundConsumer, FrameRing outbound, int outboundConsumer)
    {
        _file = file;
        _inbound = inbound;
        _inboundConsumer = inboundConsumer;
        _outbound = outbound;
        _outboundConsumer = outboundConsumer;
        try
        {
            CheckPayloads(inbound);
            CheckPayloads(outbound);
            ReadOnlySpan<byte> bytes = JournalHeaderCodec.Encode(header);
            bytes.CopyTo(file.GetSpan(bytes.Length));
            file.Advance(bytes.Length);
            file.Flush();
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Inbound frames written.</summary>
    public long InboundRecords { get; private set; }

    /// <summary>Outbound frames written.</summary>
    public long OutboundRecords { get; private set; }

    /// <summary>Copies the frames that wait, at most a full ring of each; a call that finds none writes what has gathered in the buffer to the file.</summary>
    /// <returns>Frames taken out of the rings.</returns>
    /// <exception cref="JournalException">The disk failed, for the first time.</exception>
    public int Drain()
    {
        int count = 0;
        for (int i = 0; i < _outbound.SlotCount && _outbound.TryPeek(_outboundConsumer, out FrameView effect); i++)
        {
            // Its cause is visible here: the engine read it before it published the effect.
            count += CopyInbound(effect.CauseSequence) + 1;
            if (Write(JournalRecordType.Outbound, in effect)) OutboundRecords++;
            _outbound.Release(_outboundConsumer);
            _file.FlushIfLarge();
        }

        count += CopyInbound(long.MaxValue);
        if (count == 0) _file.Flush();
        return count;
    }

    /// <summary>Copies the frames that are left, writes the end record and closes the file. To be called once, when both rings' producers have stopped. After a fault of the disk it only empties the rings and closes the file.</summary>
    /// <exception cref="JournalException">The disk failed, for the first time.</exception>
    public void Complete()
    {
        while (Drain() > 0)
        {
        }

        if (!_file.IsFaulted)
        {
            var writer = new MessagePackWriter(_file.GetSpan(JournalFormat.EndBytesMax));
            writer.WriteArrayHeader(JournalFormat.EndItems);
            writer.WriteInteger((long)JournalRecordType.End);
            writer.WriteInteger(InboundRecords);
            writer.WriteInteger(OutboundRecords);
            _file.Advance(writer.Length);
        }

        _file.Close();
    }

    /// <summary>Closes the file. Without <see cref="Complete"/> before, the journal has no end record and reads as one that was cut.</summary>
    public void Dispose() => _file.Dispose();

    private static void CheckPayloads(FrameRing ring)
    {
        if (ring.PayloadBytes > JournalFormat.PayloadBytesMax) throw new ArgumentException($"a journalled ring has at most {JournalFormat.PayloadBytesMax} bytes, was {ring.PayloadBytes}", nameof(ring));
    }

    /// <summary>Copies waiting inbound frames up to a sequence, at most a full ring of them.</summary>
    private int CopyInbound(long lastSequence)
    {
        int count = 0;
        while (count < _inbound.SlotCount && _inbound.ConsumedCount(_inboundConsumer) <= lastSequence && _inbound.TryPeek(_inboundConsumer, out FrameView frame))
        {
            if (Write(JournalRecordType.Inbound, in frame)) InboundRecords++;
            _inbound.Release(_inboundConsumer);
            count++;
            _file.FlushIfLarge();
        }

        return count;
    }

    private bool Write(JournalRecordType type, in FrameView frame)
    {
        if (_file.IsFaulted) return false;
        var writer = new MessagePackWriter(_file.GetSpan(JournalFormat.FrameOverheadBytesMax + frame.Payload.Length));
        writer.WriteArrayHeader(JournalFormat.FrameItems);
        writer.WriteInteger((long)type);
        writer.WriteInteger(frame.Sequence);
        writer.WriteInteger((long)frame.Kind);
        writer.WriteInteger((long)frame.Flags);
        writer.WriteInteger((long)frame.Generation);
        writer.WriteInteger(frame.ReceivedAtNanos);
        writer.WriteInteger(frame.LogicTimeNanos);
        writer.WriteInteger(frame.CauseSequence);
        writer.WriteBinary(frame.Payload);
        _file.Advance(writer.Length);
        return true;
    }
}
