using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LatencyEngine.Model;
using static LatencyEngine.Wire.FixedLayout;

namespace LatencyEngine.Wire;

/// <summary>Names on the wire: the engine's own in fixed-width lower-case hex, the venue's as UUIDs.</summary>
/// <remarks>Thread: hot. Allocates: never. Throws: never.</remarks>
internal static class Identifier
{
    private const int UuidLength = 36;
    private const int UuidHexDigits = 32;

    /// <summary>"le", session, number; none for any other text.</summary>
    public static ClientOrderId ReadClientOrderId(ReadOnlySpan<byte> text) =>
        text.Length == ClientOrderId.WireLength && text.StartsWith("le"u8) && TryReadPair(text[2..], out uint session, out uint number)
            ? new ClientOrderId(session, number)
            : ClientOrderId.None;

    /// <summary>"r", session, number; none for any other text.</summary>
    public static RequestId ReadRequestId(ReadOnlySpan<byte> text) =>
        text.Length == RequestId.WireLength && text[0] == (byte)'r' && TryReadPair(text[1..], out uint session, out uint number)
            ? new RequestId(session, number)
            : RequestId.None;

    /// <summary>The 128 bits of a UUID; of any other text its 128-bit FNV-1a hash, so that equal texts stay equal. Zero only for an empty text.</summary>
    public static UInt128 ReadVenueId(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return UInt128.Zero;
        return TryReadUuid(text, out UInt128 uuid) && uuid != UInt128.Zero ? uuid : Hash(text);
    }

    private static bool TryReadPair(ReadOnlySpan<byte> text, out uint session, out uint number)
    {
        // Upper case is refused: the engine writes lower case, so such a name is somebody else's.
        bool isHex = TryReadHex(Vector128.Create(text), lowerOnly: true, out ulong pair);
        session = (uint)(pair >> 32);
        number = (uint)pair;
        return isHex && number != 0;
    }

    private static bool TryReadUuid(ReadOnlySpan<byte> text, out UInt128 value)
    {
        ulong high;
        ulong low = 0;
        bool isUuid;
        if (text.Length == UuidLength)
        {
            // 8-4-4-4-12 digits: the words around the four dashes.
            ref byte head = ref MemoryMarshal.GetReference(text);
            int dashes = (At(ref head, 8) ^ '-') | (At(ref head, 13) ^ '-') | (At(ref head, 18) ^ '-') | (At(ref head, 23) ^ '-');
            Vector128<byte> highDigits = Vector128.Create(Load8(ref head), Load4(ref At(ref head, 9)) | ((ulong)Load4(ref At(ref head, 14)) << 32)).AsByte();
            Vector128<byte> lowDigits = Vector128.Create(Load4(ref At(ref head, 19)) | ((ulong)Load4(ref At(ref head, 24)) << 32), Load8(ref At(ref head, 28))).AsByte();
            isUuid = TryReadHex(highDigits, lowerOnly: false, out high) & TryReadHex(lowDigits, lowerOnly: false, out low) & (dashes == 0);
        }
        else if (text.Length == UuidHexDigits)
        {
            isUuid = TryReadHex(Vector128.Create(text), lowerOnly: false, out high) & TryReadHex(Vector128.Create(text[16..]), lowerOnly: false, out low);
        }
        else
        {
            high = 0;
            isUuid = false;
        }

        value = new UInt128(high, low);
        return isUuid;
    }

    /// <summary>16 hex digits, the first one the most significant. False when another character is among them.</summary>
    private static bool TryReadHex(Vector128<byte> text, bool lowerOnly, out ulong value)
    {
        Vector128<byte> digits = text - Vector128.Create((byte)'0');
        Vector128<byte> letters = (lowerOnly ? text : text | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a');
        Vector128<byte> isDigit = Vector128.LessThan(digits, Vector128.Create((byte)10));
        Vector128<byte> isLetter = Vector128.LessThan(letters, Vector128.Create((byte)6));
        Vector128<byte> nibbles = Vector128.ConditionalSelect(isDigit, digits, letters + Vector128.Create((byte)10));

        // The even places are the high halves of bytes; each pair becomes the low byte of its word.
        Vector128<ushort> pairs = nibbles.AsUInt16();
        Vector128<ushort> bytes = ((pairs << 4) | (pairs >> 8)) & Vector128.Create((ushort)0xFF);
        value = BinaryPrimitives.ReverseEndianness(Vector128.Narrow(bytes, bytes).AsUInt64().ToScalar());
        return (isDigit | isLetter) == Vector128<byte>.AllBitsSet;
    }

    // FNV-1a with the 128-bit prime and offset basis that Fowler, Noll and Vo published.
    private static UInt128 Hash(ReadOnlySpan<byte> text)
    {
        var prime = new UInt128(0x0000000001000000, 0x000000000000013B);
        var hash = new UInt128(0x6c62272e07bb0142, 0x62b821756295c58d);
        foreach (byte character in text) hash = (hash ^ character) * prime;
        return hash == UInt128.Zero ? UInt128.One : hash;
    }
}
