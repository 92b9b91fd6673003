using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace LatencyEngine.Transport;

/// <summary>The opening handshake of a client (RFC 6455, 4.1): one HTTP request, and whether an answer to it opens the connection. No extension and no subprotocol is asked for.</summary>
internal sealed class WebSocketUpgrade
{
    /// <summary>Longest head of an answer, its empty line included.</summary>
    public const int HeadBytesMax = 16 * 1024;

    private const int NonceBytes = 16;
    private const int StatusDigits = 3;

    private readonly byte[] _accept;

    /// <summary>Makes a request with a new random key.</summary>
    public WebSocketUpgrade(Uri address)
    {
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        _accept = Accept(key);
        Request = Encoding.ASCII.GetBytes(
            $"GET {address.PathAndQuery} HTTP/1.1\r\n" +
            $"Host: {address.Authority}\r\n" +
            "Upgrade: websocket\r\n" +
            "Connection: Upgrade\r\n" +
            $"Sec-WebSocket-Key: {key}\r\n" +
            "Sec-WebSocket-Version: 13\r\n" +
            "\r\n");
    }

    /// <summary>The request as it goes out.</summary>
    public byte[] Request { get; }

    /// <summary>Bytes of the answer's head, its empty line included; 0 as long as that has not arrived.</summary>
    public static int HeadBytes(ReadOnlySpan<byte> received)
    {
        ReadOnlySpan<byte> end = "\r\n\r\n"u8;
        int index = received[..Math.Min(received.Length, HeadBytesMax)].IndexOf(end);
        return index < 0 ? 0 : index + end.Length;
    }

    /// <summary>Null when the answer opens the connection, else why it does not, as one clause.</summary>
    /// <param name="head">The answer up to its empty line, which is included.</param>
    public string? Refusal(ReadOnlySpan<byte> head)
    {
        if (!TryTakeLine(ref head, out ReadOnlySpan<byte> statusLine) || !TryReadStatus(statusLine, out int status)) return "no HTTP answer to the upgrade";
        if (status != 101) return $"HTTP {status} on upgrade";

        bool hasUpgrade = false;
        bool hasConnection = false;
        bool hasAccept = false;
        while (TryTakeLine(ref head, out ReadOnlySpan<byte> line) && !line.IsEmpty)
        {
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line.IndexOfAny("\r\n\0"u8) >= 0 || line[..colon].IndexOfAny((byte)' ', (byte)'\t') >= 0) return "malformed header in the answer to the upgrade";
            ReadOnlySpan<byte> name = line[..colon];
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(name, "Upgrade"u8))
            {
                if (!Ascii.EqualsIgnoreCase(value, "websocket"u8)) return "the answer upgrades to something else than websocket";
                hasUpgrade = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, "Connection"u8))
            {
                hasConnection |= HasToken(value, "Upgrade"u8);
            }
            else if (Ascii.EqualsIgnoreCase(name, "Sec-WebSocket-Accept"u8))
            {
                if (hasAccept || !value.SequenceEqual(_accept)) return "wrong Sec-WebSocket-Accept in the answer to the upgrade";
                hasAccept = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, "Sec-WebSocket-Extensions"u8))
            {
                return "the answer names an extension that was not asked for";
            }
            else if (Ascii.EqualsIgnoreCase(name, "Sec-WebSocket-Protocol"u8))
            {
                return "the answer names a subprotocol that was not asked for";
            }
        }

        if (!hasUpgrade) return "no Upgrade in the answer to the upgrade";
        if (!hasConnection) return "no Connection: Upgrade in the answer to the upgrade";
        return hasAccept ? null : "no Sec-WebSocket-Accept in the answer to the upgrade";
    }

    /// <summary>What a server answers to a request's key (RFC 6455, 4.2.2).</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 asks for SHA-1: it shows that the peer speaks WebSocket, not who it is.")]
    public static byte[] Accept(string key) =>
        Encoding.ASCII.GetBytes(Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))));

    private static bool TryTakeLine(ref ReadOnlySpan<byte> head, out ReadOnlySpan<byte> line)
    {
        int end = head.IndexOf("\r\n"u8);
        line = end < 0 ? default : head[..end];
        if (end >= 0) head = head[(end + 2)..];
        return end >= 0;
    }

    private static bool TryReadStatus(ReadOnlySpan<byte> line, out int status)
    {
        status = 0;
        int start = "HTTP/1.1 ".Length;
        int end = start + StatusDigits;
        if (!line.StartsWith("HTTP/1."u8) || line.Length < end || line[start - 1] != (byte)' ' || (line.Length > end && line[end] != (byte)' ')) return false;
        foreach (byte digit in line[start..end])
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            status = (status * 10) + digit - '0';
        }

        return true;
    }

    private static bool HasToken(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        foreach (Range range in list.Split((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(list[range].Trim(" \t"u8), token)) return true;
        }

        return false;
    }
}
