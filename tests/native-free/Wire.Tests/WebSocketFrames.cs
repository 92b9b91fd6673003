using System.Text;

namespace LatencyEngine.Wire.Tests;

/// <summary>Frames as a server sends them, written byte by byte from RFC 6455, 5.2, and the words in which tests say what was read.</summary>
internal static class WebSocketFrames
{
    public const int Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    public static byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool isFinal = true)
    {
        int length = payload.Length;
        byte first = (byte)((isFinal ? 0x80 : 0) | opcode);
        byte[] header = length switch
        {
            <= 125 => [first, (byte)length],
            <= 65_535 => [first, 126, (byte)(length >> 8), (byte)length],
            _ => [first, 127, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length],
        };
        return [.. header, .. payload];
    }

    public static byte[] Frame(int opcode, string payload, bool isFinal = true) => Frame(opcode, Encoding.UTF8.GetBytes(payload), isFinal);

    public static byte[] CloseFrame(int code, params byte[] reason) => Frame(Close, [(byte)(code >> 8), (byte)code, .. reason]);

    public static string SaidText(ReadOnlySpan<byte> payload) => $"text {Convert.ToHexString(payload)}";

    public static string SaidText(string payload) => SaidText(Encoding.UTF8.GetBytes(payload));

    public static string SaidPing(ReadOnlySpan<byte> payload) => $"ping {Convert.ToHexString(payload)}";

    public static string SaidPong(ReadOnlySpan<byte> payload) => $"pong {Convert.ToHexString(payload)}";

    public static string SaidClose(int code, ReadOnlySpan<byte> reason) => $"close {code} {Convert.ToHexString(reason)}";

    public static string SaidBroken(WebSocketError error) => $"broken {error}";
}
