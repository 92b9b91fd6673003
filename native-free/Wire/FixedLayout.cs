using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LatencyEngine.Wire;

/// <summary>Reads a frame whose layout is expected to be known: bytes are compared with what should stand there instead of being parsed.</summary>
/// <remarks>
/// Nothing here checks a bound. A caller first proves from the frame's length that the bytes lie inside it; each member says which bytes it touches.
/// What differs is not an error yet: a difference is zero or not, callers OR differences together and test them once.
/// Thread: hot. Allocates: never. Throws: never.
/// </remarks>
internal static class FixedLayout
{
    /// <summary>Bytes that <see cref="Load32"/> and the text readers touch at once.</summary>
    public const int Wide = 32;

    // 32 set bytes, then 32 clear ones: the 32 bytes that start at 32 - n keep the first n.
    private static ReadOnlySpan<byte> PrefixMasks =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>The byte at a distance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref byte At(ref byte start, nint distance) => ref Unsafe.AddByteOffset(ref start, distance);

    /// <summary>2 bytes, the first one lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Load2(ref byte start)
    {
        ushort bytes = Unsafe.ReadUnaligned<ushort>(ref start);
        return BitConverter.IsLittleEndian ? bytes : BinaryPrimitives.ReverseEndianness(bytes);
    }

    /// <summary>4 bytes, the first one lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Load4(ref byte start)
    {
        uint bytes = Unsafe.ReadUnaligned<uint>(ref start);
        return BitConverter.IsLittleEndian ? bytes : BinaryPrimitives.ReverseEndianness(bytes);
    }

    /// <summary>8 bytes, the first one lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load8(ref byte start)
    {
        ulong bytes = Unsafe.ReadUnaligned<ulong>(ref start);
        return BitConverter.IsLittleEndian ? bytes : BinaryPrimitives.ReverseEndianness(bytes);
    }

    /// <summary>16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load16(ref byte start) => Vector128.LoadUnsafe(ref start);

    /// <summary>32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load32(ref byte start) => Vector256.LoadUnsafe(ref start);

    /// <summary>A literal of at most 8 ASCII characters as <see cref="Load8"/> gives it; the bytes behind it are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Word(ReadOnlySpan<byte> literal)
    {
        ulong word = 0;
        if (literal.Length > 0) word |= literal[0];
        if (literal.Length > 1) word |= (ulong)literal[1] << 8;
        if (literal.Length > 2) word |= (ulong)literal[2] << 16;
        if (literal.Length > 3) word |= (ulong)literal[3] << 24;
        if (literal.Length > 4) word |= (ulong)literal[4] << 32;
        if (literal.Length > 5) word |= (ulong)literal[5] << 40;
        if (literal.Length > 6) word |= (ulong)literal[6] << 48;
        if (literal.Length > 7) word |= (ulong)literal[7] << 56;
        return word;
    }

    /// <summary>Zero when a literal of 2 to 16 bytes, a constant of the caller, stands at a place. Touches the literal's own bytes only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Differs(ref byte start, ReadOnlySpan<byte> literal)
    {
        ref byte wanted = ref MemoryMarshal.GetReference(literal);
        int length = literal.Length;
        // Two words that together cover the literal; where it is shorter than both they overlap.
        if (length < 4) return (Load2(ref start) ^ Load2(ref wanted)) | (Load2(ref At(ref start, length - 2)) ^ Load2(ref At(ref wanted, length - 2)));
        if (length < 8) return (Load4(ref start) ^ Load4(ref wanted)) | (Load4(ref At(ref start, length - 4)) ^ Load4(ref At(ref wanted, length - 4)));

        return (Load8(ref start) ^ Load8(ref wanted)) | (Load8(ref At(ref start, length - 8)) ^ Load8(ref At(ref wanted, length - 8)));
    }

    /// <summary>True when a literal of 16 to 32 bytes, a constant of the caller, stands at a place. Touches the literal's own bytes only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAt(ref byte start, ReadOnlySpan<byte> literal)
    {
        ref byte wanted = ref MemoryMarshal.GetReference(literal);
        int tail = literal.Length - 16;
        Vector128<byte> difference = (Load16(ref start) ^ Load16(ref wanted)) | (Load16(ref At(ref start, tail)) ^ Load16(ref At(ref wanted, tail)));
        return difference == Vector128<byte>.Zero;
    }

    /// <summary>Places of the first 32 bytes that hold a double quote, the first one in the lowest bit. Touches 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Quotes(ref byte start) => Vector256.Equals(Load32(ref start), Vector256.Create((byte)'"')).ExtractMostSignificantBits();

    /// <summary>Distance to a byte among the next 16; 32 when it is not there. Touches 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Distance16(ref byte start, byte wanted) =>
        BitOperations.TrailingZeroCount(Vector128.Equals(Load16(ref start), Vector128.Create(wanted)).ExtractMostSignificantBits());

    /// <summary>Keeps the first bytes of 32 and clears the rest.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="count">How many to keep, 0 to 32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Prefix(Vector256<byte> bytes, nint count) => bytes & Load32(ref At(ref MemoryMarshal.GetReference(PrefixMasks), Wide - count));

    /// <summary>Length of a JSON text from its first character to its closing quote; -1 when it holds an escape or a control character, or does not end 32 bytes before the frame does. Touches blocks of 32 bytes, all of them available.</summary>
    /// <param name="start">The first character.</param>
    /// <param name="available">Bytes from there to the frame's end.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint TextLength(ref byte start, nint available)
    {
        for (nint block = 0; block <= available - Wide; block += Wide)
        {
            Vector256<byte> bytes = Load32(ref At(ref start, block));
            Vector256<byte> isSpecial = Vector256.Equals(bytes, Vector256.Create((byte)'"'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.LessThan(bytes, Vector256.Create((byte)' '));
            uint specials = isSpecial.ExtractMostSignificantBits();
            if (specials == 0) continue;
            nint length = block + BitOperations.TrailingZeroCount(specials);
            return At(ref start, length) == (byte)'"' ? length : -1;
        }

        return -1;
    }

    /// <summary>Up to 32 bytes as a word, padded with zeros as <see cref="Prefix"/> does it; zero for more. Not for the hot path.</summary>
    public static Vector256<byte> Padded(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = stackalloc byte[Wide];
        padded.Clear();
        if (bytes.Length <= Wide) bytes.CopyTo(padded);
        return Vector256.Create<byte>(padded);
    }
}
