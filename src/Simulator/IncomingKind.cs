namespace LatencyEngine.Simulator;

/// <summary>What a client asks of the venue over its sockets.</summary>
public enum IncomingKind
{
    /// <summary>Not set; never comes in.</summary>
    Unset = 0,

    /// <summary>An order-entry request: <see cref="ReplaySession.Submit"/>.</summary>
    Order = 1,

    /// <summary>A book was subscribed while the market plays: <see cref="ReplaySession.RequestSnapshot"/>.</summary>
    BookSnapshot = 2,

    /// <summary>A ticker was subscribed while the market plays: <see cref="ReplaySession.RequestSnapshot"/>.</summary>
    TickerSnapshot = 3,

    /// <summary>A REST call: <see cref="ReplaySession.Take"/> answers it by <see cref="VenueRest"/>.</summary>
    Call = 4,

    /// <summary>A user's connections have been gone for its whole protection window: every order of it is to be cancelled (Bybit V5, 7.6).</summary>
    Disconnected = 5,
}
