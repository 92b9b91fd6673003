using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LatencyEngine.Wire;

/// <summary>Appends ASCII to a span in whole words and blocks.</summary>
/// <remarks>
/// Nothing is checked, and an append may write up to a word, or its block's padding, beyond its text, which the next append overwrites: the span holds the longest text and that much more.
/// Decimal digits are made eight at a time in one 64-bit word, a byte a digit, the first character in the lowest byte. Everything usual is inlined, so that the position stays in a register.
/// </remarks>
internal ref struct ByteWriter(Span<byte> destination)
{
    /// <summary>10^8: numbers below it have at most eight digits.</summary>
    public const uint TenTo8 = 100_000_000;

    private const int WordBytes = sizeof(ulong);
    private const int ByteBits = 8;
    private const ulong Zeros = 0x3030_3030_3030_3030;

    private readonly ref byte _start = ref MemoryMarshal.GetReference(destination);
    private int _length;

    /// <summary>Bytes written.</summary>
    public readonly int Length => _length;

    private static ReadOnlySpan<uint> PowersOfTen => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, TenTo8];

    /// <summary>Copies a whole block, of which the first bytes are text.</summary>
    /// <param name="block">At least <paramref name="blockBytes"/> bytes.</param>
    /// <param name="blockBytes">Bytes to copy: a constant, so that the copy is a few wide moves.</param>
    /// <param name="textBytes">Bytes to keep.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendBlock(byte[] block, [ConstantExpected] int blockBytes, int textBytes)
    {
        Debug.Assert(block.Length >= blockBytes && textBytes <= blockBytes, "A block is padded to its size.");
        Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref _start, _length), ref MemoryMarshal.GetArrayDataReference(block), (uint)blockBytes);
        _length += textBytes;
    }

    /// <summary>Overwrites sixteen bytes with two numbers of eight lower-case hex digits each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void PutHex(int at, uint first, uint second)
    {
        // The bytes of each number to 16-bit lanes, the first digits lowest; then the two digits of a lane apart.
        Vector128<ulong> lanes = Vector128.Create(BinaryPrimitives.ReverseEndianness(first), (ulong)BinaryPrimitives.ReverseEndianness(second));
        lanes = (lanes | (lanes << 16)) & Vector128.Create(0x0000_FFFF_0000_FFFFUL);
        lanes = (lanes | (lanes << 8)) & Vector128.Create(0x00FF_00FF_00FF_00FFUL);
        Vector128<ulong> lowDigits = Vector128.Create(0x000F_000F_000F_000FUL);
        Vector128<sbyte> digits = (((lanes >> 4) & lowDigits) | ((lanes & lowDigits) << 8)).AsSByte();
        Vector128<sbyte> letters = Vector128.GreaterThan(digits, Vector128.Create((sbyte)9)) & Vector128.Create((sbyte)('a' - '0' - 10));
        Vector128<ulong> text = (digits + Vector128.Create((sbyte)'0') + letters).AsUInt64();
        PutWord(at, text[0]);
        PutWord(at + WordBytes, text[1]);
    }

    /// <summary>The eight digits of a number below <see cref="TenTo8"/>, leading zeros included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendEight(uint value)
    {
        PutWord(_length, Digits(value) | Zeros);
        _length += WordBytes;
    }

    /// <summary>A mantissa that is not negative, with a fixed number of decimals, 0 to 8: 618002 with 1 is 61800.2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendDecimal(long mantissa, int decimals)
    {
        if ((ulong)mantissa < TenTo8 && decimals < WordBytes) AppendShort((uint)mantissa, decimals);
        else _length = AppendAny(this, (ulong)mantissa, decimals);
    }

    /// <summary>Any number with 0 to 8 decimals.</summary>
    /// <returns>Bytes written, those before included.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int AppendAny(ByteWriter writer, ulong mantissa, int decimals)
    {
        (ulong whole, ulong fraction) = Math.DivRem(mantissa, PowersOfTen[decimals]);
        (ulong upper, ulong lower) = Math.DivRem(whole, TenTo8);
        if (upper == 0)
        {
            writer.AppendShort((uint)lower, decimals: 0);
        }
        else if (upper < TenTo8)
        {
            writer.AppendShort((uint)upper, decimals: 0);
            writer.AppendEight((uint)lower);
        }
        else
        {
            writer.AppendShort((uint)(upper / TenTo8), decimals: 0);
            writer.AppendEight((uint)(upper % TenTo8));
            writer.AppendEight((uint)lower);
        }

        if (decimals == 0) return writer._length;
        Unsafe.Add(ref writer._start, writer._length) = (byte)'.';
        writer.PutWord(writer._length + 1, (Digits((uint)fraction) | Zeros) >> (ByteBits * (WordBytes - decimals)));
        return writer._length + 1 + decimals;
    }

    /// <summary>The eight decimal digits of a number below 10^8, leading zeros included.</summary>
    /// <remarks>Quotients by multiplication, exact in their range: x / 100 = 10486 x / 2^20 for x below 10^4, x / 10 = 103 x / 2^10 for x below 100.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Digits(uint value)
    {
        uint upper = value / 10_000;
        ulong fours = upper | ((ulong)(value - (upper * 10_000)) << 32);
        ulong hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
        ulong pairs = hundreds | ((fours - (hundreds * 100)) << 16);
        ulong tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
        return tens | ((pairs - (tens * 10)) << 8);
    }

    /// <summary>A number below 10^8 with 0 to 7 decimals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AppendShort(uint value, int decimals)
    {
        // Leading zeros are dropped up to the digit before the point.
        ulong digits = Digits(value);
        uint dropped = (uint)BitOperations.TrailingZeroCount(digits | (1UL << (ByteBits * (WordBytes - 1 - decimals)))) / ByteBits;
        ulong text = (digits | Zeros) >> (int)(dropped * ByteBits);
        int wholeBytes = WordBytes - decimals - (int)dropped;
        PutWord(_length, text);
        _length += wholeBytes;
        if (decimals == 0) return;
        PutWord(_length, (text >> (ByteBits * wholeBytes) << ByteBits) | '.');
        _length += 1 + decimals;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void PutWord(int at, ulong text) => Unsafe.WriteUnaligned(ref Unsafe.Add(ref _start, at), BitConverter.IsLittleEndian ? text : BinaryPrimitives.ReverseEndianness(text));
}
