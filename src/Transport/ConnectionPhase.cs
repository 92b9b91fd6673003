namespace LatencyEngine.Transport;

/// <summary>Where a connection stands.</summary>
public enum ConnectionPhase
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Down; the next attempt is due later.</summary>
    Waiting = 1,

    /// <summary>Name look-up and TCP.</summary>
    Connecting = 2,

    /// <summary>WebSocket upgrade.</summary>
    Upgrading = 3,

    /// <summary>The login is sent.</summary>
    LoggingIn = 4,

    /// <summary>Subscriptions are sent, not all are confirmed.</summary>
    Subscribing = 5,

    /// <summary>Of use.</summary>
    Ready = 6,

    /// <summary>Closed for good.</summary>
    Stopped = 7,
}
