namespace LatencyEngine.Budgets;

/// <summary>Frames in one block of memory the way the inbound ring holds them: each begins on a cache line, and the bytes after each are readable.</summary>
internal sealed class FrameSet
{
    private const int LineBytes = 64;

    private readonly byte[] _bytes;
    private readonly (int Start, int Length)[] _frames;

    /// <summary>Copies the frames.</summary>
    /// <exception cref="InvalidDataException">There is none: a stage without work would cost nothing.</exception>
    public FrameSet(IReadOnlyList<byte[]> frames)
    {
        if (frames.Count == 0) throw new InvalidDataException("the recording has no frame of the kind that the stage is about");
        int lines = 1;
        foreach (byte[] frame in frames) lines += LinesOf(frame);
        _bytes = GC.AllocateArray<byte>(lines * LineBytes, pinned: true);
        _frames = new (int, int)[frames.Count];
        int start = FirstLine(_bytes);
        for (int i = 0; i < frames.Count; i++)
        {
            frames[i].CopyTo(_bytes, start);
            _frames[i] = (start, frames[i].Length);
            start += LinesOf(frames[i]) * LineBytes;
        }
    }

    /// <summary>Number of frames.</summary>
    public int Count => _frames.Length;

    /// <summary>One frame.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            (int start, int length) = _frames[index];
            return new ReadOnlySpan<byte>(_bytes, start, length);
        }
    }

    // A line is left free after each frame.
    private static int LinesOf(byte[] frame) => (frame.Length + LineBytes - 1) / LineBytes + 1;

    private static unsafe int FirstLine(byte[] pinned)
    {
        fixed (byte* first = pinned) return (int)(-(nint)first & (LineBytes - 1));
    }
}
