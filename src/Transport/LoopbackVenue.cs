using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LatencyEngine.Meter;
using LatencyEngine.Model;

namespace LatencyEngine.Transport;

/// <summary>The venue's end of an io thread's three connections, over loopback: lets them in, tells them that login and subscriptions succeeded whatever they ask, and sends them text. For rehearsals: it understands nothing of what it is sent.</summary>
/// <remarks>Thread: one, another one than the io thread. Blocks: in <see cref="Accept"/>, with a bound. Throws <see cref="SocketException"/>: whenever a socket fails.</remarks>
public sealed class LoopbackVenue : IDisposable
{
    private const int HeaderBytesMax = 10;
    private const byte FinalText = 0x81;
    private const byte Length16Mark = 126;
    private const byte Length64Mark = 127;
    private const int NanosPerMicro = 1_000;
    private const int MicrosPerMilli = 1_000;
    private const int Channels = (int)VenueChannel.Trade;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Socket?[] _sockets = new Socket?[Channels + 1];
    private readonly Stream?[] _streams = new Stream?[Channels + 1];
    private readonly Func<Socket, Stream>? _secure;
    private byte[] _frame = new byte[64 * 1024];

    /// <summary>Opens a free port; nobody is let in before <see cref="Accept"/>.</summary>
    /// <param name="secure">For a venue that speaks TLS: shakes hands on a socket that was let in, and gives the stream of what is said behind them. Null for a plain one.</param>
    public LoopbackVenue(Func<Socket, Stream>? secure = null)
    {
        _secure = secure;
        _listener.Start();
    }

    /// <summary>Where a channel connects to.</summary>
    public Uri Address(VenueChannel channel) => new($"{(_secure is null ? "ws" : "wss")}://{_listener.LocalEndpoint}/{(int)channel}");

    /// <summary>What an io thread connects to it with: book topics and the account's three connections, no ticks, look-ups that are not asked.</summary>
    /// <param name="bookTopics">Subscriptions of the public connection, one an instrument.</param>
    /// <param name="clock">Logic time.</param>
    public IoSettings Settings(IReadOnlyList<string> bookTopics, LogicClock clock) => new()
    {
        PublicAddress = Address(VenueChannel.Public),
        PrivateAddress = Address(VenueChannel.Private),
        TradeAddress = Address(VenueChannel.Trade),
        Credentials = new ApiCredentials("rehearsal", "rehearsal"),
        PublicTopics = bookTopics,
        BookTopics = bookTopics,
        Clock = clock,
        TickNanos = 0,
        OnLookUp = static _ => { },
    };

    /// <summary>The socket of a channel that was let in.</summary>
    public Socket Socket(VenueChannel channel) => _sockets[(int)channel] ?? throw new InvalidOperationException($"{channel} has not connected");

    /// <summary>Lets the three connections in and answers their upgrade, their login and each of their subscriptions. Whoever else comes is turned away.</summary>
    /// <param name="publicTopics">Subscriptions that the public connection asks for.</param>
    /// <param name="privateTopics">Subscriptions that the private connection asks for.</param>
    /// <param name="withinNanos">Longest wait for all of it.</param>
    /// <exception cref="SocketException">They were not all there in time.</exception>
    public void Accept(int publicTopics, int privateTopics, long withinNanos)
    {
        long deadlineNanos = StageClock.NowNanos() + withinNanos;
        for (int accepted = 0; accepted < Channels;)
        {
            if (!_listener.Server.Poll(MicrosLeft(deadlineNanos), SelectMode.SelectRead)) throw new SocketException((int)SocketError.TimedOut);
            Socket socket = _listener.AcceptSocket();
            try
            {
                socket.NoDelay = true;
                socket.ReceiveTimeout = MillisLeft(deadlineNanos);
                if (!TryUpgrade(socket, deadlineNanos, out VenueChannel channel, out Stream stream))
                {
                    socket.Dispose();
                    continue;
                }

                _sockets[(int)channel] = socket;
                _streams[(int)channel] = stream;
                Welcome(channel, publicTopics, privateTopics);
                accepted++;
            }
            catch (IOException fault) when (fault.InnerException is SocketException socketFault)
            {
                socket.Dispose();
                throw socketFault;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>Sends one text message.</summary>
    public void Send(VenueChannel channel, ReadOnlySpan<byte> text)
    {
        if (_frame.Length < HeaderBytesMax + text.Length) _frame = new byte[HeaderBytesMax + text.Length];
        SendBytes(channel, _frame.AsSpan(0, Write(text, _frame)));
    }

    /// <summary>Sends a frame that is written already.</summary>
    public void SendBytes(VenueChannel channel, ReadOnlySpan<byte> frame) => (_streams[(int)channel] ?? throw new InvalidOperationException($"{channel} has not connected")).Write(frame);

    /// <summary>Writes a server's text message (RFC 6455, 5.2: not masked).</summary>
    /// <param name="text">UTF-8, at most 2 GiB.</param>
    /// <param name="frame">Receives the header, at most 10 bytes, and the text.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> frame)
    {
        frame[0] = FinalText;
        int headerBytes;
        switch (text.Length)
        {
            case < Length16Mark:
                frame[1] = (byte)text.Length;
                headerBytes = 2;
                break;
            case <= ushort.MaxValue:
                frame[1] = Length16Mark;
                BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)text.Length);
                headerBytes = 4;
                break;
            default:
                frame[1] = Length64Mark;
                BinaryPrimitives.WriteUInt64BigEndian(frame[2..], (ulong)text.Length);
                headerBytes = HeaderBytesMax;
                break;
        }

        text.CopyTo(frame[headerBytes..]);
        return headerBytes + text.Length;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Socket? socket in _sockets) socket?.Dispose();   // first: a TLS stream would say goodbye, to a peer that may not read
        foreach (Stream? stream in _streams) stream?.Dispose();
        _listener.Dispose();
    }

    /// <summary>Time left, at least a microsecond.</summary>
    /// <exception cref="SocketException">There is none.</exception>
    private static int MicrosLeft(long deadlineNanos)
    {
        long nanos = deadlineNanos - StageClock.NowNanos();
        return nanos > 0 ? (int)(nanos / NanosPerMicro) + 1 : throw new SocketException((int)SocketError.TimedOut);
    }

    private static int MillisLeft(long deadlineNanos) => (MicrosLeft(deadlineNanos) / MicrosPerMilli) + 1;

    /// <summary>Reads the request and opens the connection; the request's path is the channel. False for a request that is none of the three that are awaited.</summary>
    private bool TryUpgrade(Socket socket, long deadlineNanos, out VenueChannel channel, out Stream stream)
    {
        channel = VenueChannel.Unset;
        stream = _secure?.Invoke(socket) ?? new NetworkStream(socket);
        byte[] received = new byte[WebSocketUpgrade.HeadBytesMax];
        int lengthBytes = 0;
        while (WebSocketUpgrade.HeadBytes(received.AsSpan(0, lengthBytes)) == 0)
        {
            socket.ReceiveTimeout = MillisLeft(deadlineNanos);
            int readBytes = stream.Read(received.AsSpan(lengthBytes));
            if (readBytes == 0) return false;
            lengthBytes += readBytes;
        }

        string head = Encoding.ASCII.GetString(received, 0, lengthBytes);
        const string Path = "GET /", KeyName = "Sec-WebSocket-Key: ";
        string? key = Array.Find(head.Split("\r\n"), line => line.StartsWith(KeyName, StringComparison.Ordinal))?[KeyName.Length..];
        int number = head.StartsWith(Path, StringComparison.Ordinal) && head.Length > Path.Length ? head[Path.Length] - '0' : 0;
        if (key is null || number is < 1 or > Channels || _sockets[number] is not null) return false;
        stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {Encoding.ASCII.GetString(WebSocketUpgrade.Accept(key))}\r\n\r\n"));
        channel = (VenueChannel)number;
        return true;
    }

    /// <summary>Bybit V5, 5.1, 5.2 and 9: what a login and a subscription that succeed are answered with. An answer without an id is for the first subscription that waits for one.</summary>
    private void Welcome(VenueChannel channel, int publicTopics, int privateTopics)
    {
        if (channel == VenueChannel.Trade)
        {
            Send(channel, """{"reqId":"auth","retCode":0,"retMsg":"OK","op":"auth","connId":"rehearsal"}"""u8);
            return;
        }

        if (channel == VenueChannel.Private) Send(channel, """{"success":true,"ret_msg":"","op":"auth","conn_id":"rehearsal"}"""u8);
        int topics = channel == VenueChannel.Public ? publicTopics : privateTopics;
        for (int i = 0; i < topics; i++) Send(channel, """{"success":true,"ret_msg":"","op":"subscribe","conn_id":"rehearsal"}"""u8);
    }
}
