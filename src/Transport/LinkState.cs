namespace LatencyEngine.Transport;

/// <summary>Where a <see cref="WebSocketLink"/> stands.</summary>
public enum LinkState : byte
{
    /// <summary>Never attached to a socket.</summary>
    Unset = 0,

    /// <summary>There is no socket; <see cref="WebSocketLink.Fault"/> says why. Whole messages that had arrived can still be taken.</summary>
    Closed = 1,

    /// <summary>The upgrade is asked for and not yet answered.</summary>
    Upgrading = 2,

    /// <summary>Messages flow.</summary>
    Open = 3,

    /// <summary>Nothing more is sent; the peer's close frame or end of stream is awaited.</summary>
    Closing = 4,
}
