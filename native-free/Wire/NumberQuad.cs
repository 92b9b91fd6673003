using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <summary>Reads two book levels at once: four numbers, each right-aligned in one quarter of a 512-bit word, as <see cref="NumberPair"/> does it with two.</summary>
/// <remarks>Touches the 16 bytes before each number's end. Thread: hot. Allocates: never. Throws: never.</remarks>
internal readonly ref struct NumberQuad
{
    private readonly Vector512<byte> _text;
    private readonly Vector512<byte> _largest;
    private readonly Vector512<byte> _order;
    private readonly Vector512<byte> _priceMasks;
    private readonly ref readonly QtyLimits _limits;

    /// <summary>Prepares to read levels whose prices are as long as the shape's last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NumberQuad(ref readonly PairShape shape)
    {
        _text = Join(shape.Pattern.Text, shape.Pattern.Text);
        _largest = Join(shape.Pattern.Largest, shape.Pattern.Largest);
        _order = Join(shape.Pattern.Order, shape.Pattern.Order);
        Vector256<byte> priceMask = Vector256.Create(NumberPair.Mask(shape.PriceLength), Vector128<byte>.Zero);
        _priceMasks = Join(priceMask, priceMask);
        _limits = ref shape.Limits;
    }

    /// <summary>Whether the processor can; without it levels are read one by one.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && Bmi2.X64.IsSupported;
    }

    /// <summary>Reads two levels. False when a character is not what the pattern says, or a number is out of its range; what was written is then meaningless.</summary>
    /// <param name="price1End">The byte behind the first price.</param>
    /// <param name="qty1End">The byte behind the first quantity.</param>
    /// <param name="qty1Length">Its characters, 1 to <see cref="NumberShape.LengthMax"/>.</param>
    /// <param name="price2End">The byte behind the second price.</param>
    /// <param name="qty2End">The byte behind the second quantity.</param>
    /// <param name="qty2Length">Its characters, 1 to <see cref="NumberShape.LengthMax"/>.</param>
    /// <param name="levels">Receives the first level and, behind it, the second one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadLevels(ref byte price1End, ref byte qty1End, nint qty1Length, ref byte price2End, ref byte qty2End, nint qty2Length, ref BookLevel levels)
    {
        Vector512<byte> text = Join(NumberPair.LoadEnds(ref price1End, ref qty1End), NumberPair.LoadEnds(ref price2End, ref qty2End));
        Vector512<int> masks = Avx512F.InsertVector128(_priceMasks.AsInt32(), NumberPair.Mask(qty1Length).AsInt32(), 1);
        masks = Avx512F.InsertVector128(masks, NumberPair.Mask(qty2Length).AsInt32(), 3);
        Vector512<byte> digits = (text ^ _text) & masks.AsByte();
        Vector256<long> counts = Values(Avx512BW.Shuffle(digits, _order));
        Unsafe.As<BookLevel, Vector256<long>>(ref levels) = counts;

        // A price of zero wraps.
        Vector256<ulong> limits = Vector256.Create(_limits.Of(qty1Length), _limits.Of(qty2Length));
        Vector256<ulong> distances = (counts - Vector256.Create(1L, 0, 1, 0)).AsUInt64();
        return !Vector512.GreaterThanAny(digits, _largest) && !Vector256.GreaterThanAny(distances, limits);
    }

    // Vector512.Create would clear a word first, or wait for the last one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Join(Vector256<byte> lower, Vector256<byte> upper) => Avx512F.InsertVector256(lower.ToVector512Unsafe().AsInt64(), upper.AsInt64(), 1).AsByte();

    /// <summary>16 digits a quarter, the first one the most significant: pairs, fours, eights, sixteens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Values(Vector512<byte> digits)
    {
        Vector512<short> twos = Avx512BW.MultiplyAddAdjacent(digits, Vector512.Create((ushort)0x010A).AsSByte()); // 10, 1
        Vector512<int> fours = Avx512BW.MultiplyAddAdjacent(twos, Vector512.Create(0x0001_0064).AsInt16()); // 100, 1
        Vector512<short> packed = Avx512BW.PackUnsignedSaturate(fours, fours).AsInt16();
        Vector512<int> eights = Avx512BW.MultiplyAddAdjacent(packed, Vector512.Create(0x0001_2710).AsInt16()); // 10,000, 1
        Vector512<ulong> sixteens = Avx512F.Multiply(eights.AsUInt32(), Vector512.Create(100_000_000u)) + (eights.AsUInt64() >> 32);
        return Avx512F.PermuteVar8x64(sixteens.AsInt64(), Vector512.Create(0, 2, 4, 6, 0, 2, 4, 6)).GetLower();
    }
}
