using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LatencyEngine.Wire;

/// <summary>Reads two numbers at once, each in one half of a 256-bit word, right-aligned: the 16 bytes that end where the number ends are loaded, what precedes the number is masked away.</summary>
/// <remarks>Touches the 16 bytes before each end, so a number must not stand among the first 15 bytes of a frame. Thread: hot. Allocates: never. Throws: never.</remarks>
internal static class NumberPair
{
    /// <summary>Most digits of an integer.</summary>
    public const int IntegerLengthMax = 16;

    /// <summary>Whether the processor can; without it numbers are read one by one.</summary>
    public static bool IsSupported
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx2.IsSupported;
    }

    // 16 clear bytes, then 16 set ones: the 16 bytes that start at n keep the last n.
    private static ReadOnlySpan<byte> SuffixMasks =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    ];

    /// <summary>Reads two integers of digits only. False when another character is among them; leading zeros are read.</summary>
    /// <param name="firstEnd">The byte behind the first number.</param>
    /// <param name="firstLength">Its digits, 1 to <see cref="IntegerLengthMax"/>.</param>
    /// <param name="secondEnd">The byte behind the second number.</param>
    /// <param name="secondLength">Its digits, 1 to <see cref="IntegerLengthMax"/>.</param>
    /// <param name="first">The first number.</param>
    /// <param name="second">The second number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadIntegers(ref byte firstEnd, nint firstLength, ref byte secondEnd, nint secondLength, out long first, out long second)
    {
        if (IsSupported)
        {
            Vector256<byte> digits = (LoadEnds(ref firstEnd, ref secondEnd) ^ Vector256.Create((byte)'0')) & Masks(firstLength, secondLength);
            (first, second) = Values(digits);
            return Avx2.SubtractSaturate(digits, Vector256.Create((byte)9)) == Vector256<byte>.Zero;
        }

        second = 0;
        return TryReadInteger(ref firstEnd, firstLength, out first) && TryReadInteger(ref secondEnd, secondLength, out second);
    }

    /// <summary>Reads a price and a quantity as counts of ticks and lots. False when a character is not what the pattern says. Only where <see cref="IsSupported"/>.</summary>
    /// <remarks>The caller looks at the range; and at a number shorter than its shape's shortest: it is all digits, without a point, and so zero or misread, unless it begins with a point.</remarks>
    /// <param name="priceEnd">The byte behind the price.</param>
    /// <param name="priceLength">Its characters, 1 to <see cref="NumberShape.LengthMax"/>.</param>
    /// <param name="qtyEnd">The byte behind the quantity.</param>
    /// <param name="qtyLength">Its characters, 1 to <see cref="NumberShape.LengthMax"/>.</param>
    /// <param name="pattern">How the two are printed.</param>
    /// <param name="ticks">The price.</param>
    /// <param name="lots">The quantity.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadCounts(ref byte priceEnd, nint priceLength, ref byte qtyEnd, nint qtyLength, in PairPattern pattern, out long ticks, out long lots)
    {
        // XOR maps the digits, and nothing else, to 0..9, and the point at its place to 0.
        Vector256<byte> digits = (LoadEnds(ref priceEnd, ref qtyEnd) ^ pattern.Text) & Masks(priceLength, qtyLength);
        (ticks, lots) = Values(Avx2.Shuffle(digits, pattern.Order));
        return Avx2.SubtractSaturate(digits, pattern.Largest) == Vector256<byte>.Zero;
    }

    /// <summary>The 16 bytes before each of two places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<byte> LoadEnds(ref byte firstEnd, ref byte secondEnd) =>
        Vector256.Create(FixedLayout.Load16(ref FixedLayout.At(ref firstEnd, -16)), FixedLayout.Load16(ref FixedLayout.At(ref secondEnd, -16)));

    /// <summary>Keeps the last characters of 16.</summary>
    /// <param name="length">How many, 0 to 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Mask(nint length) => FixedLayout.Load16(ref FixedLayout.At(ref MemoryMarshal.GetReference(SuffixMasks), length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Masks(nint firstLength, nint secondLength) => Vector256.Create(Mask(firstLength), Mask(secondLength));

    /// <summary>16 digits a half, the first one the most significant: pairs, fours, eights, sixteens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (long First, long Second) Values(Vector256<byte> digits)
    {
        Vector256<short> twos = Avx2.MultiplyAddAdjacent(digits, Vector256.Create((ushort)0x010A).AsSByte()); // 10, 1
        Vector256<int> fours = Avx2.MultiplyAddAdjacent(twos, Vector256.Create(0x0001_0064).AsInt16()); // 100, 1
        Vector256<short> packed = Avx2.PackUnsignedSaturate(fours, fours).AsInt16();
        Vector256<int> eights = Avx2.MultiplyAddAdjacent(packed, Vector256.Create(0x0001_2710).AsInt16()); // 10,000, 1
        Vector256<ulong> sixteens = Avx2.Multiply(eights.AsUInt32(), Vector256.Create(100_000_000u)) + (eights.AsUInt64() >> 32);
        return ((long)sixteens.ToScalar(), (long)sixteens.GetUpper().ToScalar());
    }

    private static bool TryReadInteger(ref byte end, nint length, out long value) =>
        DecimalText.TryReadExact(MemoryMarshal.CreateReadOnlySpan(ref FixedLayout.At(ref end, -length), (int)length), decimals: 0, out value);
}
