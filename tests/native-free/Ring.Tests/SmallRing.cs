namespace LatencyEngine.Ring.Tests;

/// <summary>The line of a <see cref="SmallRing"/> that is wrong.</summary>
public enum BrokenLine
{
    /// <summary>None: the protocol of <see cref="FrameRing"/>.</summary>
    None,

    /// <summary>The sequence is written before the frame that it announces.</summary>
    SequenceBeforeFrame,

    /// <summary>The writer does not wait for the reader's progress.</summary>
    ProgressIgnored,
}

/// <summary>The protocol of <see cref="FrameRing"/> and nothing else: a sequence in each slot, frames of a fixed length, one reader. One line of it can be broken.</summary>
internal sealed class SmallRing(int slotCount, int frameWords, BrokenLine broken)
{
    private const int LineWords = 8;

    private readonly long[] _sequences = Filled(slotCount * LineWords, -1);
    private readonly long[] _words = new long[slotCount * frameWords];
    private readonly long[] _released = new long[4 * LineWords];

    private ref long Sequence(long frame) => ref _sequences[frame % slotCount * LineWords];

    private ref long Released => ref _released[2 * LineWords];

    /// <summary>Writer: a frame of equal words.</summary>
    public bool TryPublish(long frame)
    {
        if (broken != BrokenLine.ProgressIgnored && frame - Volatile.Read(ref Released) >= slotCount) return false;
        if (broken == BrokenLine.SequenceBeforeFrame) Volatile.Write(ref Sequence(frame), frame);
        Words(frame).Fill(frame);
        if (broken != BrokenLine.SequenceBeforeFrame) Volatile.Write(ref Sequence(frame), frame);
        return true;
    }

    /// <summary>Reader: the frame in place. A reader that was overtaken, which only a broken ring does, goes on with the frame that it finds.</summary>
    public bool TryPeek(scoped ref long next, out ReadOnlySpan<long> words)
    {
        long sequence = Volatile.Read(ref Sequence(next));
        words = Words(next);
        if (sequence < next) return false;
        next = sequence;
        return true;
    }

    /// <summary>Reader: done with a frame.</summary>
    public void Release(long frame) => Volatile.Write(ref Released, frame + 1);

    private Span<long> Words(long frame) => _words.AsSpan((int)(frame % slotCount) * frameWords, frameWords);

    private static long[] Filled(int length, long value)
    {
        long[] words = new long[length];
        Array.Fill(words, value);
        return words;
    }
}
