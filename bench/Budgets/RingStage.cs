using LatencyEngine.Ring;

namespace LatencyEngine.Budgets;

/// <summary>A frame through the ring on one thread: claimed, published, peeked, released. The payload is not written: the io thread receives into the claim.</summary>
internal sealed class RingStage : Stage
{
    private const int Consumer = 0;

    private readonly FrameRing _ring = new(slotCount: 1 << 10, payloadBytes: 1 << 20, consumerCount: 1);
    private readonly int[] _lengths;
    private readonly long[] _answers;

    /// <summary>A ring for frames of these lengths.</summary>
    public RingStage(IReadOnlyList<byte[]> frames)
    {
        _lengths = [.. frames.Select(frame => frame.Length)];
        _answers = [.. frames.Select(frame => (long)frame.Length)];
    }

    public override long Run(int items)
    {
        long sum = 0;
        for (int i = 0, frame = 0; i < items; i++)
        {
            if (_ring.TryClaim(_lengths[frame], out Span<byte> payload)) _ring.Publish(payload.Length, kind: 1, FrameRing.EndOfBurst, generation: 1, receivedAtNanos: i, logicTimeNanos: i, causeSequence: -1);
            if (_ring.TryPeek(Consumer, out FrameView view)) sum += view.Payload.Length;
            _ring.Release(Consumer);
            frame = frame + 1 < _lengths.Length ? frame + 1 : 0;
        }

        return sum;
    }

    public override long Expected(int items) => SumOverLaps(_answers, items);
}
