using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LatencyEngine.Wire;

/// <summary>Reads V5's decimal texts as integers at a fixed scale, without binary floating point (Bybit V5, 2). Accepted: an optional minus where the reader allows one, digits, and optionally a point with more digits; no plus, no exponent, no blank.</summary>
/// <remarks>Thread: hot. Allocates: never. Throws: never.</remarks>
internal static class DecimalText
{
    /// <summary>Decimals of the E8 types of Model.</summary>
    public const int DecimalsE8 = 8;

    /// <summary>The largest value to which a digit can be appended: ten times more is beyond <see cref="long"/>.</summary>
    private const ulong AppendableMax = long.MaxValue / 10;

    /// <summary>Characters of a text whose digits fit 64 bits whatever they are.</summary>
    private const int ShortLengthMax = 19;

    /// <summary>Characters from which on a text is read at once: a shorter one is sooner read digit by digit.</summary>
    private const int WideLengthMin = 8;

    private const int WideLengthMax = 16;

    private static ReadOnlySpan<ulong> PowersOfTen => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>What lies beyond the last digit kept.</summary>
    private enum Tail
    {
        Nothing,
        BelowHalf,
        Half,
        AboveHalf,
    }

    /// <summary>Reads a value that has at most <paramref name="decimals"/> decimals, padding zeros aside. False when it has more, is negative, or does not fit.</summary>
    public static bool TryReadExact(ReadOnlySpan<byte> text, int decimals, out long mantissa) =>
        TryRead(text, decimals, out mantissa, out Tail tail) && tail == Tail.Nothing;

    /// <summary>Reads a value that is never negative in 1e-8, rounded half-even there.</summary>
    public static bool TryReadE8(ReadOnlySpan<byte> text, out long units) => TryReadRounded(text, DecimalsE8, out units);

    /// <summary>Reads a value that is never negative at a scale, rounded half-even there.</summary>
    public static bool TryReadRounded(ReadOnlySpan<byte> text, int decimals, out long units)
    {
        if (!TryRead(text, decimals, out units, out Tail tail)) return false;
        bool up = tail == Tail.AboveHalf || (tail == Tail.Half && (units & 1) != 0);
        if (!up) return true;
        if (units == long.MaxValue) return false;
        units++;
        return true;
    }

    /// <summary>Reads a value of either sign in 1e-8, rounded half-even there.</summary>
    public static bool TryReadSignedE8(ReadOnlySpan<byte> text, out long units)
    {
        bool isNegative = text.Length > 0 && text[0] == (byte)'-';
        if (!TryReadE8(isNegative ? text[1..] : text, out units)) return false;
        if (isNegative) units = -units;
        return true;
    }

    /// <summary>Almost every number is short and has no more decimals than are kept: one pass, and one multiplication by the power of ten that is missing.</summary>
    private static bool TryRead(ReadOnlySpan<byte> text, int decimals, out long mantissa, out Tail tail)
    {
        mantissa = 0;
        tail = Tail.Nothing;
        if (text.Length > ShortLengthMax) return TryReadLong(text, decimals, out mantissa, out tail);
        if (Avx2.IsSupported && text.Length is >= WideLengthMin and <= WideLengthMax) return TryReadWide(text, decimals, out mantissa, out tail);
        ulong value = 0;
        int printedDecimals = 0;
        int point = text.Length;
        for (int i = 0; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit <= 9)
            {
                value = (value * 10) + digit;
                continue;
            }

            // One point, with a digit on either side.
            if (text[i] != (byte)'.' || point != text.Length || i == 0) return false;
            point = i;
            printedDecimals = text.Length - 1 - i;
            if (printedDecimals == 0) return false;
        }

        if (text.IsEmpty) return false;
        if (printedDecimals > decimals) return TryReadLong(text, decimals, out mantissa, out tail);
        return TryScale(value, decimals - printedDecimals, out mantissa);
    }

    /// <summary>Reads <see cref="WideLengthMin"/> to <see cref="WideLengthMax"/> characters at once. Only where AVX2 is.</summary>
    private static bool TryReadWide(ReadOnlySpan<byte> text, int decimals, out long mantissa, out Tail tail)
    {
        mantissa = 0;
        tail = Tail.Nothing;
        int length = text.Length;
        ref byte start = ref MemoryMarshal.GetReference(text);

        // Two loads that overlap cover the text; the first one, shifted, makes it end where the register ends.
        ulong low = FixedLayout.Load8(ref start) << ((WideLengthMax - length) * 8);
        ulong high = FixedLayout.Load8(ref FixedLayout.At(ref start, length - 8));
        Vector128<byte> digits = (Vector128.Create(low, high).AsByte() ^ Vector128.Create((byte)'0')) & NumberPair.Mask(length);
        uint others = Vector128.GreaterThan(digits, Vector128.Create((byte)9)).ExtractMostSignificantBits();
        int printedDecimals = 0;
        if (others != 0)
        {
            // One point, with a digit on either side.
            int point = BitOperations.TrailingZeroCount(others);
            printedDecimals = 15 - point;
            if ((others & (others - 1)) != 0 || point == WideLengthMax - length || printedDecimals == 0 || text[point - (WideLengthMax - length)] != (byte)'.') return false;
            if (printedDecimals > decimals) return TryReadLong(text, decimals, out mantissa, out tail);

            // What precedes the point moves one place to the right.
            Vector128<byte> places = Vector128<byte>.Indices;
            digits = Ssse3.Shuffle(digits, places + Vector128.LessThanOrEqual(places, Vector128.Create((byte)point)));
        }

        // Pairs, fours, eights, sixteens, the first digit the most significant.
        Vector128<short> twos = Ssse3.MultiplyAddAdjacent(digits, Vector128.Create((ushort)0x010A).AsSByte()); // 10, 1
        Vector128<int> fours = Sse2.MultiplyAddAdjacent(twos, Vector128.Create(0x0001_0064).AsInt16()); // 100, 1
        Vector128<short> packed = Sse2.PackSignedSaturate(fours, fours);
        ulong eights = Sse2.MultiplyAddAdjacent(packed, Vector128.Create(0x0001_2710).AsInt16()).AsUInt64().ToScalar(); // 10,000, 1
        ulong value = ((eights & uint.MaxValue) * 100_000_000) + (eights >> 32);
        return TryScale(value, decimals - printedDecimals, out mantissa);
    }

    private static bool TryScale(ulong value, int zeros, out long mantissa)
    {
        ulong overflow = Math.BigMul(value, PowersOfTen[zeros], out ulong scaled);
        mantissa = (long)scaled;
        return overflow == 0 && scaled <= long.MaxValue;
    }

    private static bool TryReadLong(ReadOnlySpan<byte> text, int decimals, out long mantissa, out Tail tail)
    {
        mantissa = 0;
        tail = Tail.Nothing;
        ulong value = 0;
        int missing = decimals;
        bool isInTail = false;
        int i = 0;
        for (; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit > 9) break;
            if (value > AppendableMax) return false;
            value = (value * 10) + digit;
        }

        if (i == 0) return false;
        if (i < text.Length)
        {
            if (text[i] != (byte)'.' || i + 1 == text.Length) return false;
            for (i++; i < text.Length; i++)
            {
                uint digit = (uint)(text[i] - '0');
                if (digit > 9) return false;
                if (missing == 0)
                {
                    tail = isInTail ? Extend(tail, digit) : Begin(digit);
                    isInTail = true;
                    continue;
                }

                if (value > AppendableMax) return false;
                value = (value * 10) + digit;
                missing--;
            }
        }

        for (; missing > 0; missing--)
        {
            if (value > AppendableMax) return false;
            value *= 10;
        }

        mantissa = (long)value;
        return value <= long.MaxValue;
    }

    private static Tail Begin(uint digit) => digit switch { 0 => Tail.Nothing, < 5 => Tail.BelowHalf, 5 => Tail.Half, _ => Tail.AboveHalf };

    private static Tail Extend(Tail tail, uint digit)
    {
        if (digit == 0) return tail;
        return tail switch { Tail.Nothing => Tail.BelowHalf, Tail.Half => Tail.AboveHalf, _ => tail };
    }
}
