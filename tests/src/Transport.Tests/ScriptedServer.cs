using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace LatencyEngine.Transport.Tests;

/// <summary>The other end of a link's connection, byte by byte in the test's own hand: it sends what no real server sends. Its reads block, with a bound.</summary>
internal sealed class ScriptedServer : IDisposable
{
    public const int Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    private const int LetSendRoundsMax = 60_000; // of a millisecond or more each

    private readonly Socket _socket;

    /// <summary>Connects a link to a new scripted server and takes its request; nothing is answered yet.</summary>
    public ScriptedServer(WebSocketLink link, string pathAndQuery = "/", int linkSendBufferBytes = 0)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (linkSendBufferBytes > 0) client.SendBufferSize = linkSendBufferBytes;
        client.Connect(listener.LocalEndpoint);
        _socket = listener.AcceptSocket();
        _socket.NoDelay = true;
        _socket.ReceiveTimeout = 90_000;
        Address = new Uri($"ws://{listener.LocalEndpoint}{pathAndQuery}");
        link.Attach(new PlainSocket(client), Address);
        Request = ReadHead();
    }

    public Uri Address { get; }

    /// <summary>The link's request, as it came.</summary>
    public string Request { get; }

    /// <summary>What is done while a read waits: lets a link send that has more than the sockets hold. Null when there is nothing to do.</summary>
    public Action? LetLinkSend { get; set; }

    /// <summary>The answer that opens the connection.</summary>
    public string GoodAnswer => $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {Accept}\r\n\r\n";

    /// <summary>What RFC 6455, 4.2.2, makes of the request's key.</summary>
    public string Accept
    {
        get
        {
            string key = Request.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))["Sec-WebSocket-Key: ".Length..];
            return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        }
    }

    public static byte[] Frame(int opcode, string payload, bool isFinal = true) => Frame(opcode, Encoding.UTF8.GetBytes(payload), isFinal);

    public static byte[] Frame(int opcode, byte[] payload, bool isFinal = true)
    {
        byte first = (byte)((isFinal ? 0x80 : 0) | opcode);
        byte[] length = payload.Length switch
        {
            <= 125 => [(byte)payload.Length],
            <= 65_535 => [126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        return [first, .. length, .. payload];
    }

    public static byte[] CloseFrame(int code, string reason) => Frame(Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    public void Send(params byte[][] parts) => Assert.True(_socket.Send(parts.SelectMany(part => part).ToArray()) > 0);

    public void Send(string text) => Send(Encoding.ASCII.GetBytes(text));

    /// <summary>Sends without allocating.</summary>
    public void SendRaw(byte[] bytes)
    {
        if (_socket.Send(bytes) != bytes.Length) throw new IOException("the link's end takes no more");
    }

    /// <summary>Fills a buffer without allocating.</summary>
    public void ReadRaw(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            for (int rounds = 0; LetLinkSend is not null && !_socket.Poll(1_000, SelectMode.SelectRead); rounds++)
            {
                if (rounds == LetSendRoundsMax) throw new TimeoutException("the link sends nothing more");
                LetLinkSend();
            }

            int read = _socket.Receive(bytes);
            if (read == 0) throw new EndOfStreamException("the link ended its side");
            bytes = bytes[read..];
        }
    }

    /// <summary>Reads a frame of the link and takes the mask off.</summary>
    public (int Opcode, byte[] Payload, uint Key) ReadFrame()
    {
        byte[] header = ReadBytes(2);
        Assert.Equal(0x80, header[0] & 0xF0);
        Assert.True(header[1] >= 0x80, "a client masks");
        int length = (header[1] & 0x7F) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(ReadBytes(2)),
            127 => (int)BinaryPrimitives.ReadUInt64BigEndian(ReadBytes(8)),
            int mark => mark,
        };
        byte[] key = ReadBytes(4);
        byte[] payload = ReadBytes(length);
        for (int i = 0; i < length; i++) payload[i] ^= key[i % 4];
        return (header[0] & 0x0F, payload, BinaryPrimitives.ReadUInt32BigEndian(key));
    }

    /// <summary>Reads the link's close frame; its code.</summary>
    public int ReadClose()
    {
        (int opcode, byte[] payload, _) = ReadFrame();
        Assert.Equal(Close, opcode);
        Assert.Equal(2, payload.Length);
        return BinaryPrimitives.ReadUInt16BigEndian(payload);
    }

    /// <summary>Holds when the link has ended its side and sent nothing more.</summary>
    public void AssertEnded() => Assert.Equal(0, _socket.Receive(new byte[1]));

    /// <summary>Ends this side of the stream only.</summary>
    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private string ReadHead()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)ReadBytes(1)[0]);
        return head.ToString();
    }

    private byte[] ReadBytes(int count)
    {
        byte[] bytes = new byte[count];
        ReadRaw(bytes);
        return bytes;
    }
}
