using LatencyEngine.Model;

namespace LatencyEngine.Wire;

/// <summary>Names on the wire: the engine's own in fixed-width lower-case hex, the venue's as UUIDs.</summary>
/// <remarks>Thread: hot. Allocates: never. Throws: never.</remarks>
internal static class Identifier
{
    private const int HexDigitsOfUInt = 8;
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
        number = 0;
        return TryReadHex(text[..HexDigitsOfUInt], out session) && TryReadHex(text[HexDigitsOfUInt..], out number) && number != 0;
    }

    private static bool TryReadHex(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        foreach (byte character in text)
        {
            // Upper case is refused: the engine writes lower case, so such a name is somebody else's.
            if (character is >= (byte)'A' and <= (byte)'F') return false;
            int digit = HexDigit.Value(character);
            if (digit < 0) return false;
            value = (value << 4) | (uint)digit;
        }

        return true;
    }

    private static bool TryReadUuid(ReadOnlySpan<byte> text, out UInt128 value)
    {
        value = UInt128.Zero;
        if (text.Length is not (UuidLength or UuidHexDigits)) return false;
        ulong high = 0;
        ulong low = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text.Length == UuidLength && i is (8 or 13 or 18 or 23))
            {
                if (text[i] != (byte)'-') return false;
                continue;
            }

            int digit = HexDigit.Value(text[i]);
            if (digit < 0) return false;
            high = (high << 4) | (low >> 60);
            low = (low << 4) | (uint)digit;
        }

        value = new UInt128(high, low);
        return true;
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
