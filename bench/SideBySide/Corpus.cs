using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>Frames in one contiguous buffer, in the order given: each on its own cache line, with readable bytes behind it. Every decoder reads them here.</summary>
internal sealed class Corpus
{
    private const int LineBytes = 64;
    private const int PaddingBytes = 64;

    /// <summary>Copies the frames.</summary>
    /// <param name="frames">Each with the socket it came from: public, private or trade.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public Corpus(IReadOnlyCollection<(InboundKind Socket, byte[] Frame)> frames)
    {
        if (frames.Count == 0) throw new InvalidOperationException("a comparison found no frames of its kind in the recordings");
        Offsets = new int[frames.Count];
        Lengths = new int[frames.Count];
        Sockets = new byte[frames.Count];

        // Pinned: native code is given its address, and a frame keeps its place on the cache lines.
        Bytes = GC.AllocateArray<byte>(LineBytes + frames.Sum(frame => Room(frame.Frame)), pinned: true);
        int offset = Start(Bytes);
        int i = 0;
        foreach ((InboundKind socket, byte[] frame) in frames)
        {
            frame.CopyTo(Bytes, offset);
            (Offsets[i], Lengths[i], Sockets[i]) = (offset, frame.Length, (byte)socket);
            offset += Room(frame);
            i++;
        }
    }

    /// <summary>How many frames.</summary>
    public int Count => Offsets.Length;

    /// <summary>Mean length of a frame.</summary>
    public double MeanBytes => Lengths.Average();

    /// <summary>The buffer, pinned.</summary>
    public byte[] Bytes { get; }

    /// <summary>By frame: where it begins.</summary>
    public int[] Offsets { get; }

    /// <summary>By frame: its length in bytes.</summary>
    public int[] Lengths { get; }

    /// <summary>By frame: the socket it came from, as <see cref="InboundKind"/> numbers it.</summary>
    public byte[] Sockets { get; }

    /// <summary>One frame.</summary>
    public ReadOnlySpan<byte> this[int index] => Bytes.AsSpan(Offsets[index], Lengths[index]);

    /// <summary>Frames of the public socket.</summary>
    public static Corpus OfPublic(IEnumerable<byte[]> frames) => new([.. frames.Select(frame => (InboundKind.PublicFrame, frame))]);

    private static int Room(byte[] frame) => (frame.Length + PaddingBytes + LineBytes - 1) / LineBytes * LineBytes;

    private static unsafe int Start(byte[] bytes)
    {
        fixed (byte* first = bytes) return (int)(-(nint)first & (LineBytes - 1));
    }
}
