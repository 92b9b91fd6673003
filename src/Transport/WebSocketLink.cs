using System.Net.Sockets;
using System.Numerics;
using System.Text;
using LatencyEngine.Wire;

namespace LatencyEngine.Transport;

/// <summary>One WebSocket client connection (RFC 6455) over a connected, non-blocking socket that somebody else polls. Text messages only; a ping is answered, a close frame too.</summary>
/// <remarks>
/// <para>A round of the caller: <see cref="Receive"/> when the socket is readable, <see cref="TryTake"/> until it says no, <see cref="Flush"/> when the socket is writable and <see cref="HasUnsent"/>.
/// There is no clock here: an upgrade or a close that is never answered is the caller's to end, with <see cref="Drop"/>.</para>
/// <para>A closed link can be attached to a new socket; its buffers stay.</para>
/// <para>Thread: the io thread only. Blocks: never. Allocates: in the constructor and <see cref="Attach"/>, when a message first needs a larger receive buffer, and when the connection ends; nothing a message.
/// Throws: for arguments and wrong order of calls, as stated; what the network does is <see cref="State"/> and <see cref="Fault"/>.</para>
/// </remarks>
public sealed class WebSocketLink : IDisposable
{
    private const int SendBytesMin = 4 * 1024; // an upgrade request with a long query fits

    private readonly WebSocketReader _reader;
    private readonly MaskKeys _maskKeys = new();
    private readonly byte[] _send;
    private readonly int _receiveBytesMax;
    private byte[] _receive;
    private int _receiveEnd;
    private int _sendStart;
    private int _sendEnd;
    private ILinkSocket? _socket;
    private WebSocketUpgrade? _upgrade;
    private bool _isSearched;
    private bool _isCloseSent;

    /// <summary>Creates a link without a socket.</summary>
    /// <param name="receiveBytes">First size of the receive buffer, at least 16 KiB: the longest head of an upgrade's answer.</param>
    /// <param name="sendBytes">Size of the send buffer, at least 4 KiB. It bounds the longest message that can be sent and what may wait for a slow peer.</param>
    /// <param name="messageBytesMax">Longest message that is received; the receive buffer may grow to it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public WebSocketLink(int receiveBytes = 256 * 1024, int sendBytes = 64 * 1024, int messageBytesMax = 4 * 1024 * 1024)
    {
        if (receiveBytes < WebSocketUpgrade.HeadBytesMax) throw new ArgumentOutOfRangeException(nameof(receiveBytes), receiveBytes, $"a link's receive buffer has at least {WebSocketUpgrade.HeadBytesMax} bytes");
        if (sendBytes < SendBytesMin) throw new ArgumentOutOfRangeException(nameof(sendBytes), sendBytes, $"a link's send buffer has at least {SendBytesMin} bytes");
        _reader = new WebSocketReader(messageBytesMax);
        _receive = new byte[receiveBytes];
        _receiveBytesMax = Math.Max(receiveBytes, messageBytesMax + WebSocketReader.OverheadBytesMax);
        _send = new byte[sendBytes];
    }

    /// <summary>Where the connection stands.</summary>
    public LinkState State { get; private set; }

    /// <summary>Why the connection closes or closed, as one clause for an operator; null while it is healthy.</summary>
    public string? Fault { get; private set; }

    /// <summary>The socket, for polling only; null when there is none.</summary>
    public Socket? Socket => _socket?.Socket;

    /// <summary>Bytes were received that <see cref="TryTake"/> has not looked at.</summary>
    public bool HasUnread => !_isSearched && _reader.Position < _receiveEnd;

    /// <summary>Bytes wait for the socket to become writable.</summary>
    public bool HasUnsent => _sendStart < _sendEnd;

    /// <summary>A close frame always fits behind everything else.</summary>
    private int SendLimit => _send.Length - WebSocketWriter.CloseFrameBytes;

    /// <summary>Takes over a connected socket and sends the upgrade request.</summary>
    /// <param name="socket">Connected; the link disposes of it.</param>
    /// <param name="address">Names host, path and query of the request; of the socket's scheme.</param>
    /// <exception cref="ArgumentException">The address has another scheme, or its request does not fit the send buffer.</exception>
    /// <exception cref="InvalidOperationException">The link has a socket.</exception>
    public void Attach(ILinkSocket socket, Uri address)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(address);
        if (_socket is not null) throw new InvalidOperationException("the link has a socket; drop it first");
        if (address.Scheme != socket.Scheme) throw new ArgumentException($"a {socket.Scheme} socket does not lead to a {address.Scheme} address", nameof(address));
        var upgrade = new WebSocketUpgrade(address);
        if (upgrade.Request.Length > SendLimit) throw new ArgumentException($"the upgrade request has {upgrade.Request.Length} bytes, the send buffer holds {SendLimit}", nameof(address));

        _socket = socket;
        State = LinkState.Upgrading;
        Fault = null;
        _upgrade = upgrade;
        _isCloseSent = false;
        ForgetReceived();
        upgrade.Request.CopyTo(_send, 0);
        _sendStart = 0;
        _sendEnd = upgrade.Request.Length;
        Flush();
    }

    /// <summary>Reads once what the socket holds, as far as the buffer has room. At the end of the stream the link is closed, but what had arrived can still be taken.</summary>
    /// <remarks>Ends the life of the message last taken.</remarks>
    /// <returns>False when nothing was read: nothing is there, the connection ended, or the buffer is full of messages that were not taken.</returns>
    public bool Receive()
    {
        if (_socket is null || !TryMakeRoom()) return false;

        switch (_socket.Receive(_receive.AsSpan(_receiveEnd), out int receivedBytes))
        {
            case LinkTransfer.Done:
                _receiveEnd += receivedBytes;
                _isSearched = false;
                return true;
            case LinkTransfer.WouldBlock:
                return false;
            case LinkTransfer.Ended:
                return End(Fault ?? (_upgrade is null ? "ended by the peer without a close frame" : "ended by the peer before it answered the upgrade"));
            default:
                return End(Fault ?? _socket.Fault!);
        }
    }

    /// <summary>Takes the next whole text message. On the way it reads the upgrade's answer, answers pings and a close frame, and fails the connection at the first byte that breaks the protocol.</summary>
    /// <param name="message">UTF-8 in place, valid until the next <see cref="TryTake"/>, <see cref="Receive"/> or <see cref="Attach"/>.</param>
    /// <returns>False when no whole message has arrived.</returns>
    public bool TryTake(out ReadOnlySpan<byte> message)
    {
        message = default;
        if (_upgrade is null || TryUpgrade(_upgrade))
        {
            while (true)
            {
                switch (_reader.Read(_receive.AsSpan(0, _receiveEnd), out ReadOnlySpan<byte> payload))
                {
                    case WebSocketRead.Text:
                        message = payload;
                        return true;
                    case WebSocketRead.Ping:
                        Pong(payload);
                        continue;
                    case WebSocketRead.Pong:
                        continue;
                    case WebSocketRead.Close:
                        TakeClose(payload);
                        break;
                    case WebSocketRead.Broken:
                        Fail(WebSocketCloseCode.For(_reader.Error), Clause(_reader.Error));
                        break;
                }

                break;
            }
        }

        _isSearched = true;
        return false;
    }

    /// <summary>Sends a text message: masks it into the send buffer and hands the socket what it takes at once; <see cref="Flush"/> does the rest.</summary>
    /// <param name="text">UTF-8, which is not checked.</param>
    /// <returns>False, and nothing sent, when the link is not open or the send buffer has no room for all of it.</returns>
    public bool TrySend(ReadOnlySpan<byte> text)
    {
        if (HasUnsent) Flush();
        if (State != LinkState.Open) return false;
        int frameBytes = WebSocketWriter.WriteText(text, _maskKeys.Next(), SendRoom(text.Length));
        if (frameBytes == 0) return false;
        _sendEnd += frameBytes;
        Flush();
        return true;
    }

    /// <summary>Hands the socket what it takes of the unsent bytes.</summary>
    public void Flush()
    {
        while (_socket is not null && HasUnsent)
        {
            LinkTransfer transfer = _socket.Send(_send.AsSpan(_sendStart.._sendEnd), out int sentBytes);
            _sendStart += sentBytes; // whatever came of it: what the socket took is never sent twice
            if (transfer == LinkTransfer.Done) continue;
            if (transfer == LinkTransfer.WouldBlock) return;

            // Nothing more goes out, but what the peer said before it went, a close frame perhaps, may still be there to be read; the end of the stream follows it.
            Fault ??= _socket.Fault ?? "ended by the peer";
            State = LinkState.Closing;
            break;
        }

        _sendStart = 0;
        _sendEnd = 0;
    }

    /// <summary>Begins the closing handshake; messages can be taken until the peer ends it. An upgrade that is not answered yet is dropped; a link that closes or is closed stays as it is.</summary>
    /// <param name="code">See <see cref="WebSocketCloseCode.IsSendable"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No endpoint may send the code.</exception>
    public void Close(ushort code)
    {
        if (!WebSocketCloseCode.IsSendable(code)) throw new ArgumentOutOfRangeException(nameof(code), code, "a close frame carries 1000 to 1003, 1007 to 1014, or 3000 to 4999");
        string fault = $"closed by this side: {code}";
        if (State == LinkState.Upgrading) Drop(fault);
        if (State != LinkState.Open) return;

        Fault = fault;
        State = LinkState.Closing;
        _isCloseSent = true;
        SendClose(code);
    }

    /// <summary>Closes at once, without a word to the peer; what was not taken is gone. Does nothing to a link without a socket.</summary>
    /// <param name="fault">Why, as one clause for an operator.</param>
    public void Drop(string fault)
    {
        if (_socket is null) return;
        ForgetReceived();
        End(fault);
    }

    /// <summary>Closes at once.</summary>
    public void Dispose() => Drop("closed by this side");

    private static string Clause(WebSocketError error) => error switch
    {
        WebSocketError.ReservedBits => "a frame with reserved bits",
        WebSocketError.ReservedOpcode => "a frame with a reserved opcode",
        WebSocketError.MaskedFrame => "a masked frame from the server",
        WebSocketError.NonMinimalLength => "a frame length that is not in its shortest form",
        WebSocketError.LengthOutOfRange => "a frame length beyond 63 bits",
        WebSocketError.FragmentedControl => "a control frame in fragments",
        WebSocketError.ControlTooLong => "a control frame of more than 125 bytes",
        WebSocketError.UnexpectedContinuation => "a continuation of no message",
        WebSocketError.InterruptedMessage => "a message inside another one",
        WebSocketError.BinaryMessage => "a binary message",
        WebSocketError.MessageTooLong => "a message longer than the maximum",
        WebSocketError.InvalidUtf8 => "invalid UTF-8 in a text message",
        WebSocketError.InvalidCloseLength => "a close frame with half a code",
        WebSocketError.InvalidCloseCode => "a close frame with an invalid code",
        WebSocketError.InvalidCloseReason => "invalid UTF-8 in a close frame",
        _ => "a broken frame",
    };

    /// <summary>Reads the upgrade's answer; false until it is there and opens the connection.</summary>
    private bool TryUpgrade(WebSocketUpgrade upgrade)
    {
        ReadOnlySpan<byte> received = _receive.AsSpan(0, _receiveEnd);
        int headBytes = WebSocketUpgrade.HeadBytes(received);
        if (headBytes == 0 && received.Length < WebSocketUpgrade.HeadBytesMax) return false;
        string? refusal = headBytes == 0 ? $"the head of the answer to the upgrade is longer than {WebSocketUpgrade.HeadBytesMax} bytes" : upgrade.Refusal(received[..headBytes]);
        if (refusal is not null)
        {
            ForgetReceived();
            return End(refusal);
        }

        _upgrade = null;
        _reader.Reset(headBytes);
        if (State == LinkState.Upgrading) State = LinkState.Open;
        return true;
    }

    /// <summary>A pong that finds no room is left out: the peer has not read what was sent before, and will ask again.</summary>
    private void Pong(ReadOnlySpan<byte> payload)
    {
        if (State != LinkState.Open) return;
        _sendEnd += WebSocketWriter.WritePong(payload, _maskKeys.Next(), SendRoom(payload.Length));
        Flush();
    }

    private void TakeClose(ReadOnlySpan<byte> reason)
    {
        bool hasCode = _reader.CloseCode != WebSocketCloseCode.NoneReceived;
        string said = hasCode ? $"{_reader.CloseCode} {Encoding.UTF8.GetString(reason)}".TrimEnd() : "no code";
        string fault = _isCloseSent ? Fault! : $"closed by the peer: {said}";
        Fail(hasCode ? _reader.CloseCode : WebSocketCloseCode.Normal, fault);
    }

    /// <summary>Ends the connection with a close frame, if none was sent; one that the socket does not take at once is lost with it.</summary>
    private void Fail(ushort code, string fault)
    {
        if (State == LinkState.Open) SendClose(code);
        ForgetReceived();
        End(fault);
    }

    private void SendClose(ushort code)
    {
        _sendEnd += WebSocketWriter.WriteClose(code, _maskKeys.Next(), _send.AsSpan(_sendEnd));
        Flush();
    }

    /// <summary>The free end of the send buffer, cleared of sent bytes if the frame would not fit otherwise.</summary>
    private Span<byte> SendRoom(int payloadBytes)
    {
        if (_sendStart > 0 && SendLimit - _sendEnd < payloadBytes + WebSocketWriter.HeaderBytesMax)
        {
            _send.AsSpan(_sendStart.._sendEnd).CopyTo(_send);
            _sendEnd -= _sendStart;
            _sendStart = 0;
        }

        return _send.AsSpan(_sendEnd..SendLimit);
    }

    /// <summary>Makes room behind the received bytes. A buffer that is full after a search holds the beginning of one message, and only then is it too small.</summary>
    private bool TryMakeRoom()
    {
        if (_receiveEnd == _receive.Length || _reader.KeptFrom == _receiveEnd) _receiveEnd = _reader.Compact(_receive.AsSpan(0, _receiveEnd));
        if (_receiveEnd < _receive.Length) return true;
        if (!_isSearched) return false;

        Array.Resize(ref _receive, (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)_reader.BytesWanted), (uint)_receiveBytesMax));
        return true;
    }

    private void ForgetReceived()
    {
        _reader.Reset(0);
        _receiveEnd = 0;
        _isSearched = false;
    }

    /// <summary>Returns false, which is what its callers answer.</summary>
    private bool End(string fault)
    {
        _socket?.Dispose();
        _socket = null;
        State = LinkState.Closed;
        Fault = fault;
        _sendStart = 0;
        _sendEnd = 0;
        return false;
    }
}
