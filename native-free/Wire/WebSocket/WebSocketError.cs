namespace LatencyEngine.Wire;

/// <summary>How a peer broke RFC 6455 or a limit of this side. <see cref="WebSocketCloseCode.For"/> gives the code that answers it.</summary>
public enum WebSocketError : byte
{
    /// <summary>Nothing is broken.</summary>
    Unset = 0,

    /// <summary>A reserved bit is set, and no extension was negotiated (5.2).</summary>
    ReservedBits = 1,

    /// <summary>An opcode that RFC 6455 reserves (5.2).</summary>
    ReservedOpcode = 2,

    /// <summary>A server masked a frame (5.1).</summary>
    MaskedFrame = 3,

    /// <summary>A length that is not in its shortest form (5.2).</summary>
    NonMinimalLength = 4,

    /// <summary>A 64-bit length with its most significant bit set (5.2).</summary>
    LengthOutOfRange = 5,

    /// <summary>A control frame in fragments (5.5).</summary>
    FragmentedControl = 6,

    /// <summary>A control frame with more than 125 bytes (5.5).</summary>
    ControlTooLong = 7,

    /// <summary>A continuation where no message is in progress (5.4).</summary>
    UnexpectedContinuation = 8,

    /// <summary>A new message before the last fragment of the one in progress (5.4).</summary>
    InterruptedMessage = 9,

    /// <summary>A binary message: the venue speaks text only.</summary>
    BinaryMessage = 10,

    /// <summary>A message longer than the maximum.</summary>
    MessageTooLong = 11,

    /// <summary>A text message that is not UTF-8 (8.1).</summary>
    InvalidUtf8 = 12,

    /// <summary>A close frame with half a code (5.5.1).</summary>
    InvalidCloseLength = 13,

    /// <summary>A close frame with a code that no endpoint may send (7.4).</summary>
    InvalidCloseCode = 14,

    /// <summary>A close frame with a reason that is not UTF-8 (5.5.1).</summary>
    InvalidCloseReason = 15,
}
