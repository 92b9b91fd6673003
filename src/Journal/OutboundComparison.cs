using LatencyEngine.Model;

namespace LatencyEngine.Journal;

/// <summary>Holds two streams of outbound frames against each other, whichever is ahead. Frames of the one ahead wait here; one thread.</summary>
internal sealed class OutboundComparison
{
    private readonly Queue<OutboundFrame> _waiting = new();
    private bool _waitingAreExpected;
    private long _compared;

    /// <summary>The first difference so far; later frames are not compared.</summary>
    public JournalDifference? Difference { get; private set; }

    /// <summary>The next frame of the journal.</summary>
    public void Expect(OutboundKind kind, ReadOnlySpan<byte> payload) => Take(kind, payload, isExpected: true);

    /// <summary>The next frame of the replay.</summary>
    public void See(OutboundKind kind, ReadOnlySpan<byte> payload) => Take(kind, payload, isExpected: false);

    /// <summary>Both streams have ended.</summary>
    /// <param name="expectedIsCut">The journal ends before it should: frames of the replay behind it are no difference.</param>
    public void End(bool expectedIsCut)
    {
        if (Difference is not null || !_waiting.TryPeek(out OutboundFrame? frame)) return;
        if (_waitingAreExpected) Difference = new JournalDifference(_compared, frame, Was: null);
        else if (!expectedIsCut) Difference = new JournalDifference(_compared, Expected: null, frame);
    }

    private void Take(OutboundKind kind, ReadOnlySpan<byte> payload, bool isExpected)
    {
        if (Difference is not null) return;
        if (_waiting.Count == 0 || _waitingAreExpected == isExpected)
        {
            _waiting.Enqueue(new OutboundFrame(kind, payload.ToArray()));
            _waitingAreExpected = isExpected;
            return;
        }

        OutboundFrame other = _waiting.Dequeue();
        if (other.Kind == kind && other.Payload.Span.SequenceEqual(payload))
        {
            _compared++;
            return;
        }

        var frame = new OutboundFrame(kind, payload.ToArray());
        Difference = isExpected ? new JournalDifference(_compared, frame, other) : new JournalDifference(_compared, other, frame);
    }
}
