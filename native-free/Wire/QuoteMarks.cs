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
    private const int Run = 1_024;

    // One word more: marks are read 8 bytes at a time.
    private readonly ulong[] _marks = new ulong[(LengthMax / Block) + 2];
    private nint _marked;

    /// <summary>Last place that has <see cref="Window"/> marks, those behind the frame's end unset; -1 when there are none.</summary>
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
        if (PlaceMax < 0 || PlaceMax == frame.Length - 1) return false;
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
        nint end = Math.Min(_marked + Run, last + 1);
        nint block = _marked;
        for (; block < end; block += Block) Unsafe.Add(ref marks, block / Block) = Find(ref start, block);
        _marked = block;
        nint next = Math.Min(block + Run, frame.Length);
        for (nint place = block + Block; place < next; place += Block) Prefetch(ref At(ref start, place));
        PlaceMax = block - Block;
        if (block <= last) return;

        // A block that the frame's end cuts is taken from the last 64 bytes.
        int missing = (int)(block - last);
        Unsafe.Add(ref marks, block / Block) = missing >= Block ? 0 : Find(ref start, last) >> missing;
        Unsafe.Add(ref marks, (block / Block) + 1) = 0;
        PlaceMax = frame.Length - 1;
    }

    // The next run's bytes come from another core or from memory while this run's are read. A prefetch is a hint: a frame that moves meanwhile does no harm.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(ref byte start) => Sse.Prefetch0(Unsafe.AsPointer(ref start));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Find(ref byte start, nint block) => Vector512.Equals(Vector512.LoadUnsafe(ref At(ref start, block)), Vector512.Create((byte)'"')).ExtractMostSignificantBits();
}
