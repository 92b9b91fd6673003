namespace LatencyEngine.Transport;

/// <summary>The commands of a socket that the io thread sends by itself (Bybit V5, 4 and 5).</summary>
internal enum VenueOperation
{
    /// <summary>None of these.</summary>
    Unset = 0,

    /// <summary>Login.</summary>
    Auth = 1,

    /// <summary>Subscription of one topic.</summary>
    Subscribe = 2,

    /// <summary>End of a subscription.</summary>
    Unsubscribe = 3,

    /// <summary>Heartbeat.</summary>
    Ping = 4,
}
