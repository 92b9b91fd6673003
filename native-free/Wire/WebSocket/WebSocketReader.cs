using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Unicode;

namespace LatencyEngine.Wire;

/// <summary>The receiving side of a WebSocket client (RFC 6455): walks received bytes where they lie and yields whole messages.</summary>
/// <remarks>
/// <para>The buffer is the caller's; the reader keeps positions in it. From the front: bytes that are done with, the joined fragments of a message in progress,
/// a gap of headers and control frames, then what has not been read. A fragmented message is joined by moving each continuation up behind the part before it.</para>
/// <para>The first error ends the reading for good: after it, or after a close frame, only <see cref="Reset"/> starts again.</para>
/// <para>Thread: one. Allocates: at construction only. Blocks: never. Throws: never after construction, as long as the bytes passed are the ones received since <see cref="Reset"/> or moved by <see cref="Compact"/>.</para>
/// </remarks>
public sealed class WebSocketReader
{
    /// <summary>What a buffer must hold beyond the longest message: a control frame may arrive before the last fragment, and is longer than any header.</summary>
    public const int OverheadBytesMax = 2 + WebSocketOpcode.ControlPayloadBytesMax;

    private const int ShortHeaderBytes = 2;
    private const int Length16HeaderBytes = ShortHeaderBytes + sizeof(ushort);
    private const int Length64HeaderBytes = ShortHeaderBytes + sizeof(ulong);
    private const int Length16Mark = 126;
    private const int Length64Mark = 127;

    private readonly int _messageBytesMax;
    private int _position;
    private int _messageStart;
    private int _messageBytes;
    private bool _isInMessage;
    private bool _isClosed;

    /// <summary>Creates a reader that stands at the front of an empty buffer.</summary>
    /// <param name="messageBytesMax">Longest message that is accepted, positive and at most 1 GiB.</param>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is out of range.</exception>
    public WebSocketReader(int messageBytesMax)
    {
        if (messageBytesMax is < 1 or > 1 << 30) throw new ArgumentOutOfRangeException(nameof(messageBytesMax), messageBytesMax, "the longest message must be from 1 to 2^30 bytes");
        _messageBytesMax = messageBytesMax;
    }

    /// <summary>Position in the buffer of the first byte that is not yet part of a frame read.</summary>
    public int Position => _position;

    /// <summary>Position in the buffer of the first byte that is still needed: of the message in progress, else <see cref="Position"/>.</summary>
    public int KeptFrom => _isInMessage ? _messageStart : _position;

    /// <summary>Bytes that a compacted buffer must be able to hold for the frame that was <see cref="WebSocketRead.Incomplete"/> to fit: at most the longest message and <see cref="OverheadBytesMax"/>.</summary>
    public int BytesWanted { get; private set; }

    /// <summary>What is wrong after <see cref="WebSocketRead.Broken"/>.</summary>
    public WebSocketError Error { get; private set; }

    /// <summary>The peer's code after <see cref="WebSocketRead.Close"/>; <see cref="WebSocketCloseCode.NoneReceived"/> when it gave none.</summary>
    public ushort CloseCode { get; private set; }

    /// <summary>Starts a new connection.</summary>
    /// <param name="position">Where in the buffer its first frame starts.</param>
    public void Reset(int position)
    {
        _position = position;
        _messageStart = 0;
        _messageBytes = 0;
        _isInMessage = false;
        _isClosed = false;
        BytesWanted = 0;
        Error = WebSocketError.Unset;
        CloseCode = 0;
    }

    /// <summary>Reads on to the next message or control frame.</summary>
    /// <param name="received">The buffer from its front to the last byte received.</param>
    /// <param name="payload">The payload in place, valid until the next call of a member or write to the buffer; empty unless the answer says that there is one.</param>
    public WebSocketRead Read(Span<byte> received, out ReadOnlySpan<byte> payload)
    {
        Debug.Assert(_position <= received.Length, "Bytes that were read are still in the buffer.");
        payload = default;
        if (Error != WebSocketError.Unset) return WebSocketRead.Broken;
        if (_isClosed) return WebSocketRead.Incomplete;

        while (true)
        {
            ReadOnlySpan<byte> unread = received[_position..];
            if (unread.Length < ShortHeaderBytes) return Want(Length64HeaderBytes);

            bool isFinal = (unread[0] & 0x80) != 0;
            int opcode = unread[0] & 0x0F;
            int lengthMark = unread[1] & 0x7F;
            if ((unread[0] & 0x70) != 0) return Break(WebSocketError.ReservedBits);
            if ((unread[1] & 0x80) != 0) return Break(WebSocketError.MaskedFrame);
            WebSocketError error = Check(opcode, isFinal, lengthMark);
            if (error != WebSocketError.Unset) return Break(error);

            int headerBytes = lengthMark switch { Length16Mark => Length16HeaderBytes, Length64Mark => Length64HeaderBytes, _ => ShortHeaderBytes };
            if (unread.Length < headerBytes) return Want(headerBytes);
            ulong length = lengthMark switch
            {
                Length16Mark => BinaryPrimitives.ReadUInt16BigEndian(unread[ShortHeaderBytes..]),
                Length64Mark => BinaryPrimitives.ReadUInt64BigEndian(unread[ShortHeaderBytes..]),
                _ => (ulong)lengthMark,
            };
            if (length > long.MaxValue) return Break(WebSocketError.LengthOutOfRange);
            if (lengthMark == Length16Mark && length < Length16Mark) return Break(WebSocketError.NonMinimalLength);
            if (lengthMark == Length64Mark && length <= ushort.MaxValue) return Break(WebSocketError.NonMinimalLength);

            bool isControl = (opcode & WebSocketOpcode.ControlBit) != 0;
            if (!isControl && length > (ulong)(_messageBytesMax - _messageBytes)) return Break(WebSocketError.MessageTooLong);
            int payloadBytes = (int)length;
            if (unread.Length < headerBytes + payloadBytes) return Want(headerBytes + payloadBytes);

            int payloadStart = _position + headerBytes;
            _position = payloadStart + payloadBytes;
            if (isControl)
            {
                ReadOnlySpan<byte> control = received.Slice(payloadStart, payloadBytes);
                if (opcode == WebSocketOpcode.Close) return Close(control, out payload);
                payload = control;
                return opcode == WebSocketOpcode.Ping ? WebSocketRead.Ping : WebSocketRead.Pong;
            }

            Join(received, payloadStart, payloadBytes);
            if (!isFinal) continue;

            ReadOnlySpan<byte> message = received.Slice(_messageStart, _messageBytes);
            _isInMessage = false;
            _messageBytes = 0;
            if (!Utf8.IsValid(message)) return Break(WebSocketError.InvalidUtf8);
            payload = message;
            return WebSocketRead.Text;
        }
    }

    /// <summary>Moves what is still needed to the front of the buffer and closes the gap in it.</summary>
    /// <param name="received">The buffer from its front to the last byte received.</param>
    /// <returns>Bytes that are kept: where the next received byte belongs.</returns>
    public int Compact(Span<byte> received)
    {
        received.Slice(_messageStart, _messageBytes).CopyTo(received);
        received[_position..].CopyTo(received[_messageBytes..]);
        int keptBytes = _messageBytes + received.Length - _position;
        _messageStart = 0;
        _position = _messageBytes;
        return keptBytes;
    }

    /// <summary>The rules that the first two bytes alone decide.</summary>
    private WebSocketError Check(int opcode, bool isFinal, int lengthMark)
    {
        switch (opcode)
        {
            case WebSocketOpcode.Continuation:
                return _isInMessage ? WebSocketError.Unset : WebSocketError.UnexpectedContinuation;
            case WebSocketOpcode.Text:
                return _isInMessage ? WebSocketError.InterruptedMessage : WebSocketError.Unset;
            case WebSocketOpcode.Binary:
                return _isInMessage ? WebSocketError.InterruptedMessage : WebSocketError.BinaryMessage;
            case WebSocketOpcode.Close or WebSocketOpcode.Ping or WebSocketOpcode.Pong:
                if (!isFinal) return WebSocketError.FragmentedControl;
                return lengthMark > WebSocketOpcode.ControlPayloadBytesMax ? WebSocketError.ControlTooLong : WebSocketError.Unset;
            default:
                return WebSocketError.ReservedOpcode;
        }
    }

    private void Join(Span<byte> received, int payloadStart, int payloadBytes)
    {
        if (_isInMessage)
        {
            received.Slice(payloadStart, payloadBytes).CopyTo(received[(_messageStart + _messageBytes)..]);
        }
        else
        {
            _isInMessage = true;
            _messageStart = payloadStart;
        }

        _messageBytes += payloadBytes;
    }

    private WebSocketRead Close(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> reason)
    {
        reason = default;
        int code = WebSocketCloseCode.NoneReceived;
        if (payload.Length > 0)
        {
            if (payload.Length < sizeof(ushort)) return Break(WebSocketError.InvalidCloseLength);
            code = BinaryPrimitives.ReadUInt16BigEndian(payload);
            if (!WebSocketCloseCode.IsSendable(code)) return Break(WebSocketError.InvalidCloseCode);
            if (!Utf8.IsValid(payload[sizeof(ushort)..])) return Break(WebSocketError.InvalidCloseReason);
            reason = payload[sizeof(ushort)..];
        }

        CloseCode = (ushort)code;
        _isClosed = true;
        return WebSocketRead.Close;
    }

    private WebSocketRead Want(int frameBytes)
    {
        BytesWanted = _messageBytes + frameBytes;
        return WebSocketRead.Incomplete;
    }

    private WebSocketRead Break(WebSocketError error)
    {
        Error = error;
        return WebSocketRead.Broken;
    }
}
