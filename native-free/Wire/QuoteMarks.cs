using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static LatencyEngine.Wire.FixedLayout;

namespace LatencyEngine.Wire;

/// <summary>The places of a frame that hold a double quote: a bit a byte. They are found a run at a time, ahead of the reader, so that the way from one level to the next is a short one: marks, place, marks.</summary>
/// <remarks>Thread: hot. Allocates: at construction. Throws: never.</remarks>
internal sealed class QuoteMarks
{
    /// <summary>Longest frame.</summary>
    public const int LengthMax = 1 << 16;

    /// <summary>Marks that <see cref="From"/> gives at least.</summary>
    public const int Window = 57;

    private const int Block = 64;
    private const int Group = 8 * Block;
    private const int Run = 2 * Group;

    private readonly ulong[] _marks = new ulong[(LengthMax + Run) / Block];
    private nint _marked;

    /// <summary>Last place that has <see cref="Window"/> marks: 64 bytes before the end of what is marked; -1 when nothing is.</summary>
    public nint PlaceMax { get; private set; }

    /// <summary>The first marks, for <see cref="From"/>.</summary>
    public ref byte Bits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.As<ulong, byte>(ref MemoryMarshal.GetArrayDataReference(_marks));
    }

    /// <summary>Forgets the last frame and marks the first run of another one; a longer one than <see cref="LengthMax"/> is not marked.</summary>
    /// <param name="frame">At least 64 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Start(ReadOnlySpan<byte> frame)
    {
        _marked = 0;
        PlaceMax = -1;
        if (frame.Length <= LengthMax) Continue(frame);
    }

    /// <summary>Marks the next run. False when none is left. Touches the frame's own bytes only.</summary>
    /// <param name="frame">The frame given to <see cref="Start"/>.</param>
    public bool TryContinue(ReadOnlySpan<byte> frame)
    {
        if (PlaceMax < 0 || PlaceMax == frame.Length - Block) return false;
        Continue(frame);
        return true;
    }

    /// <summary>The marks from a place on, its own lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong From(ref byte marks, nint place) => Unsafe.ReadUnaligned<ulong>(ref At(ref marks, place >> 3)) >> (int)(place & 7);

    private void Continue(ReadOnlySpan<byte> frame)
    {
        ref byte start = ref MemoryMarshal.GetReference(frame);
        ref ulong marks = ref MemoryMarshal.GetArrayDataReference(_marks);
        nint last = frame.Length - Block;
        nint end = Math.Min(_marked + Run, frame.Length);
        nint block = _marked;
        for (; block < end; block += Group)
        {
            // A group at a time: the number of single blocks would be guessed wrongly for most frames.
            Mark(ref start, ref marks, block, last);
            Mark(ref start, ref marks, block + Block, last);
            Mark(ref start, ref marks, block + (2 * Block), last);
            Mark(ref start, ref marks, block + (3 * Block), last);
            Mark(ref start, ref marks, block + (4 * Block), last);
            Mark(ref start, ref marks, block + (5 * Block), last);
            Mark(ref start, ref marks, block + (6 * Block), last);
            Mark(ref start, ref marks, block + (7 * Block), last);
        }

        _marked = block;
        nint next = Math.Min(block + Run, frame.Length);
        for (nint place = block + Block; place < next; place += Block) Prefetch(ref At(ref start, place));
        PlaceMax = Math.Min(block, frame.Length) - Block;
    }

    // The block that the frame's end cuts is taken from the last 64 bytes; those behind it mean nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mark(ref byte start, ref ulong marks, nint block, nint last)
    {
        nint excess = block - last;
        excess &= ~(excess >> 63);
        Vector512<byte> bytes = Vector512.LoadUnsafe(ref At(ref start, block - excess));
        Unsafe.Add(ref marks, block / Block) = Vector512.Equals(bytes, Vector512.Create((byte)'"')).ExtractMostSignificantBits() >> (int)(excess & 63);
    }

    // The next run's bytes come from another core or from memory while this run's are read. A prefetch is a hint: a frame that moves meanwhile does no harm.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(ref byte start) => Sse.Prefetch0(Unsafe.AsPointer(ref start));
}
