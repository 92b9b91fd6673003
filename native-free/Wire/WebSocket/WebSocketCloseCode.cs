namespace LatencyEngine.Wire;

/// <summary>Status codes of close frames (RFC 6455, 7.4, and the IANA registry that it opened).</summary>
public static class WebSocketCloseCode
{
    /// <summary>The purpose of the connection is fulfilled.</summary>
    public const ushort Normal = 1000;

    /// <summary>The peer broke the protocol.</summary>
    public const ushort ProtocolError = 1002;

    /// <summary>A kind of data that this side does not take.</summary>
    public const ushort UnsupportedData = 1003;

    /// <summary>Stands for a close frame without a code; never sent (7.1.5).</summary>
    public const ushort NoneReceived = 1005;

    /// <summary>Data that is not what its message type says.</summary>
    public const ushort InvalidPayload = 1007;

    /// <summary>A message too long to be processed.</summary>
    public const ushort MessageTooBig = 1009;

    /// <summary>The code that answers an error; <see cref="ProtocolError"/> where no other fits.</summary>
    public static ushort For(WebSocketError error) => error switch
    {
        WebSocketError.BinaryMessage => UnsupportedData,
        WebSocketError.MessageTooLong => MessageTooBig,
        WebSocketError.InvalidUtf8 or WebSocketError.InvalidCloseReason => InvalidPayload,
        _ => ProtocolError,
    };

    /// <summary>Whether an endpoint may send a code: 1000 to 1003 and 1007 to 1011 by 7.4.1, 1012 to 1014 by the registry, 3000 to 4999 for libraries and applications by 7.4.2.</summary>
    public static bool IsSendable(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
