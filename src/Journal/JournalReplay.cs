using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Ring;

namespace LatencyEngine.Journal;

/// <summary>Runs a fresh engine on the inbound frames of a journal and compares what it publishes with what the journal holds: kind and payload of every outbound frame.</summary>
/// <remarks>
/// <para>One replay an object, one object an engine. It is the producer and consumer 0 of the inbound ring, and consumer 0 of the outbound ring.
/// Other consumers of the rings gate the replay and are to run on threads of their own.</para>
/// <para>The engine takes each frame with an empty outbound ring, so that it halts only where one frame alone fills the ring. A run that halted because its ring was not emptied in time
/// has another end than its replay: the difference says so.</para>
/// </remarks>
public sealed class JournalReplay
{
    private const int Consumer = 0;

    private readonly FrameRing _inbound;
    private readonly HotPath _hotPath;
    private readonly FrameRing _outbound;
    private readonly OutboundComparison _comparison = new();
    private long _requests;
    private bool _stopped;   // written by the feeder, read by the engine's thread

    /// <summary>Takes an engine, built from the journal's header, that nothing has run through.</summary>
    /// <param name="inbound">Its inbound ring.</param>
    /// <param name="hotPath">The engine.</param>
    /// <param name="outbound">Its outbound ring.</param>
    /// <exception cref="ArgumentException">Something has run through a ring.</exception>
    public JournalReplay(FrameRing inbound, HotPath hotPath, FrameRing outbound)
    {
        if (inbound.PublishedCount + outbound.PublishedCount > 0) throw new ArgumentException("a replay needs a fresh engine: its rings are not empty", nameof(inbound));
        _inbound = inbound;
        _hotPath = hotPath;
        _outbound = outbound;
    }

    /// <summary>Replays on the caller's thread: the engine is called right after each frame is published.</summary>
    /// <param name="journal">At its first frame.</param>
    /// <exception cref="JournalException">The journal is damaged, or holds a frame longer than the ring.</exception>
    public JournalReplayResult RunInline(JournalReader journal)
    {
        using var digest = new OutboundDigest();
        while (journal.TryRead(out JournalRecord record))
        {
            Feed(in record, digest);
            if (record.Type != JournalRecordType.Inbound) continue;
            _inbound.TryPeek(Consumer, out FrameView frame);
            _hotPath.OnFrame(in frame);
            _inbound.Release(Consumer);
            TakeOutbound(digest);
        }

        return Finish(journal, digest);
    }

    /// <summary>Replays with the engine on a thread of its own; the caller's thread feeds the inbound ring as fast as the engine takes from it.</summary>
    /// <param name="journal">At its first frame.</param>
    /// <exception cref="JournalException">The journal is damaged, or holds a frame longer than the ring.</exception>
    public JournalReplayResult RunPaired(JournalReader journal)
    {
        using var digest = new OutboundDigest();
        var engine = new Thread(RunEngine) { Name = "engine", IsBackground = true };
        engine.Start();
        try
        {
            while (journal.TryRead(out JournalRecord record)) Feed(in record, digest);
            var wait = new SpinWait();
            while (_inbound.ConsumedCount(Consumer) < _inbound.PublishedCount) TakeOutboundAndWait(digest, ref wait);
        }
        finally
        {
            Volatile.Write(ref _stopped, true);
            engine.Join();
        }

        TakeOutbound(digest);
        return Finish(journal, digest);
    }

    private void RunEngine()
    {
        var wait = new SpinWait();
        while (!Volatile.Read(ref _stopped))
        {
            bool outboundIsEmpty = _outbound.ConsumedCount(Consumer) == _outbound.PublishedCount;
            if (!outboundIsEmpty || !_inbound.TryPeek(Consumer, out FrameView frame))
            {
                wait.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            _hotPath.OnFrame(in frame);
            _inbound.Release(Consumer);
            wait.Reset();
        }
    }

    /// <summary>Publishes an inbound record, or hands an outbound one to the comparison.</summary>
    private void Feed(in JournalRecord record, OutboundDigest digest)
    {
        if (record.Type == JournalRecordType.Outbound)
        {
            _comparison.Expect((OutboundKind)record.Kind, record.Payload);
            return;
        }

        if (record.Payload.Length > _inbound.PayloadBytes) throw new JournalException($"inbound frame {record.Sequence} has {record.Payload.Length} bytes, the engine's ring {_inbound.PayloadBytes}; replay with the ring of the journalled engine");
        Span<byte> payload;
        var wait = new SpinWait();
        while (!_inbound.TryClaim(record.Payload.Length, out payload)) TakeOutboundAndWait(digest, ref wait);
        record.Payload.CopyTo(payload);
        _inbound.Publish(record.Kind, record.Flags, record.Generation, StageClock.NowNanos(), record.LogicTimeNanos, record.CauseSequence);   // the journalled stamp is of another clock, and only meters read it
    }

    private void TakeOutboundAndWait(OutboundDigest digest, ref SpinWait wait)
    {
        TakeOutbound(digest);
        wait.SpinOnce(sleep1Threshold: -1);
    }

    private void TakeOutbound(OutboundDigest digest)
    {
        while (_outbound.TryPeek(Consumer, out FrameView frame))
        {
            var kind = (OutboundKind)frame.Kind;
            if (kind == OutboundKind.Request)
            {
                digest.Add(frame.Payload);
                _requests++;
            }

            _comparison.See(kind, frame.Payload);
            _outbound.Release(Consumer);
        }
    }

    private JournalReplayResult Finish(JournalReader journal, OutboundDigest digest)
    {
        _comparison.End(expectedIsCut: journal.Cut is not null);
        return new JournalReplayResult
        {
            InboundFrames = journal.InboundRecords,
            RecordedFrames = journal.OutboundRecords,
            ReplayedFrames = _outbound.PublishedCount,
            Requests = _requests,
            OutboundSha256 = digest.ToHex(),
            Difference = _comparison.Difference,
            Cut = journal.Cut,
        };
    }
}
