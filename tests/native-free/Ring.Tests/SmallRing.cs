using System.Runtime.CompilerServices;

namespace LatencyEngine.Ring.Tests;

/// <summary>The line of a <see cref="SmallRing"/> that is wrong.</summary>
public enum BrokenLine
{
    /// <summary>The sequence is written before the frame that it announces.</summary>
    SequenceBeforeFrame,

    /// <summary>The writer does not wait for the reader's progress.</summary>
    ProgressIgnored,

    /// <summary>The reader tells that it is done with a frame when it begins with it.</summary>
    ReleasedAtPeek,
}

/// <summary>The protocol of <see cref="FrameRing"/> and nothing else: slots that carry their own sequence, at the beginning of a cache line, and a frame of equal words right behind it; one reader. One line of it is broken.</summary>
internal sealed unsafe class SmallRing
{
    private const int LineWords = 8;

    private readonly int _slotCount;
    private readonly int _slotWords;
    private readonly int _frameWords;
    private readonly BrokenLine _broken;
    private readonly long[] _words;
    private readonly int _firstWord;

    public SmallRing(int slotCount, int frameWords, BrokenLine broken)
    {
        _slotCount = slotCount;
        _frameWords = frameWords;
        _slotWords = (1 + frameWords + (LineWords - 1)) / LineWords * LineWords;
        _broken = broken;
        _words = GC.AllocateArray<long>((slotCount * _slotWords) + (7 * LineWords), pinned: true);
        Array.Fill(_words, -1);
        nint address = (nint)Unsafe.AsPointer(ref _words[0]);
        _firstWord = (int)(-address & ((LineWords * sizeof(long)) - 1)) / sizeof(long);
        Released = 0;
    }

    /// <summary>On a line of its own, with another between it and the slots.</summary>
    private ref long Released => ref _words[_firstWord + (_slotCount * _slotWords) + (2 * LineWords)];

    /// <summary>Writer.</summary>
    public bool TryPublish(long frame)
    {
        if (_broken != BrokenLine.ProgressIgnored && frame - Volatile.Read(ref Released) >= _slotCount) return false;
        if (_broken == BrokenLine.SequenceBeforeFrame) Volatile.Write(ref Sequence(frame), frame);
        foreach (ref long word in Words(frame)) word = frame;
        if (_broken != BrokenLine.SequenceBeforeFrame) Volatile.Write(ref Sequence(frame), frame);
        return true;
    }

    /// <summary>Reader: the frame in place. A reader that was overtaken, which only a broken ring does, goes on with the frame that it finds.</summary>
    public bool TryPeek(scoped ref long next, out ReadOnlySpan<long> words)
    {
        long sequence = Volatile.Read(ref Sequence(next));
        words = Words(next);
        if (sequence < next) return false;
        next = sequence;
        if (_broken == BrokenLine.ReleasedAtPeek) Release(next);
        return true;
    }

    /// <summary>Reader: done with a frame.</summary>
    public void Release(long frame) => Volatile.Write(ref Released, frame + 1);

    private ref long Sequence(long frame) => ref _words[SlotStart(frame)];

    private Span<long> Words(long frame) => _words.AsSpan(SlotStart(frame) + 1, _frameWords);

    private int SlotStart(long frame) => _firstWord + ((int)(frame % _slotCount) * _slotWords);
}
