using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LatencyEngine.Wire;

/// <summary>Writes the frames of a WebSocket client (RFC 6455): one masked frame a message.</summary>
/// <remarks>
/// A mask key masks byte i of the payload with its byte i mod 4 in memory order; every frame needs a new one that nobody can predict (10.3).
/// Thread: any. Allocates: never. Blocks: never. Throws: never.
/// </remarks>
public static class WebSocketWriter
{
    /// <summary>Longest header: two bytes, a 64-bit length, the mask key.</summary>
    public const int HeaderBytesMax = 2 + sizeof(ulong) + MaskKeyBytes;

    /// <summary>Bytes of a close frame as <see cref="WriteClose"/> writes it.</summary>
    public const int CloseFrameBytes = 2 + MaskKeyBytes + sizeof(ushort);

    private const int MaskKeyBytes = sizeof(uint);
    private const byte FinalBit = 0x80;
    private const byte MaskBit = 0x80;
    private const int ShortLengthMax = 125;
    private const byte Length16Mark = 126;
    private const byte Length64Mark = 127;

    /// <summary>Writes a text message.</summary>
    /// <param name="text">UTF-8, which is not checked; does not overlap the destination.</param>
    /// <param name="maskKey">Random.</param>
    /// <param name="destination">Receives the frame: at most <see cref="HeaderBytesMax"/> bytes more than the text.</param>
    /// <returns>Bytes written; 0, and nothing written, when the destination is too short.</returns>
    public static int WriteText(ReadOnlySpan<byte> text, uint maskKey, Span<byte> destination) => Write(WebSocketOpcode.Text, text, maskKey, destination);

    /// <summary>Writes the answer to a ping.</summary>
    /// <param name="payload">The ping's payload, at most 125 bytes; does not overlap the destination.</param>
    /// <param name="maskKey">Random.</param>
    /// <param name="destination">Receives the frame.</param>
    /// <returns>Bytes written; 0, and nothing written, when the destination is too short or the payload too long for a control frame.</returns>
    public static int WritePong(ReadOnlySpan<byte> payload, uint maskKey, Span<byte> destination) =>
        payload.Length > WebSocketOpcode.ControlPayloadBytesMax ? 0 : Write(WebSocketOpcode.Pong, payload, maskKey, destination);

    /// <summary>Writes a close frame with a code and no reason.</summary>
    /// <param name="code">See <see cref="WebSocketCloseCode.IsSendable"/>.</param>
    /// <param name="maskKey">Random.</param>
    /// <param name="destination">Receives <see cref="CloseFrameBytes"/> bytes.</param>
    /// <returns>Bytes written; 0, and nothing written, when the destination is too short.</returns>
    public static int WriteClose(ushort code, uint maskKey, Span<byte> destination)
    {
        Span<byte> payload = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        return Write(WebSocketOpcode.Close, payload, maskKey, destination);
    }

    private static int Write(int opcode, ReadOnlySpan<byte> payload, uint maskKey, Span<byte> destination)
    {
        int lengthBytes = payload.Length switch { <= ShortLengthMax => 0, <= ushort.MaxValue => sizeof(ushort), _ => sizeof(ulong) };
        int headerBytes = 2 + lengthBytes + MaskKeyBytes;
        if (destination.Length - headerBytes < payload.Length) return 0;

        destination[0] = (byte)(FinalBit | opcode);
        switch (lengthBytes)
        {
            case 0:
                destination[1] = (byte)(MaskBit | payload.Length);
                break;
            case sizeof(ushort):
                destination[1] = MaskBit | Length16Mark;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payload.Length);
                break;
            default:
                destination[1] = MaskBit | Length64Mark;
                BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)payload.Length);
                break;
        }

        MemoryMarshal.Write(destination[(headerBytes - MaskKeyBytes)..], in maskKey);
        Mask(payload, maskKey, destination.Slice(headerBytes, payload.Length));
        return headerBytes + payload.Length;
    }

    private static void Mask(ReadOnlySpan<byte> payload, uint maskKey, Span<byte> masked)
    {
        Vector256<byte> keys = Vector256.Create(maskKey).AsByte();
        if (payload.Length < Vector256<byte>.Count)
        {
            for (int i = 0; i < payload.Length; i++) masked[i] = (byte)(payload[i] ^ keys[i]);
            return;
        }

        ref byte from = ref MemoryMarshal.GetReference(payload);
        ref byte to = ref MemoryMarshal.GetReference(masked);
        nuint last = (nuint)(payload.Length - Vector256<byte>.Count);
        for (nuint at = 0; at < last; at += (nuint)Vector256<byte>.Count) (Vector256.LoadUnsafe(ref from, at) ^ keys).StoreUnsafe(ref to, at);

        // The last vector overlaps the one before it, with the key turned to where it begins.
        int turnBits = 8 * (int)(last % MaskKeyBytes);
        uint turnedKey = BitConverter.IsLittleEndian ? BitOperations.RotateRight(maskKey, turnBits) : BitOperations.RotateLeft(maskKey, turnBits);
        (Vector256.LoadUnsafe(ref from, last) ^ Vector256.Create(turnedKey).AsByte()).StoreUnsafe(ref to, last);
    }
}
