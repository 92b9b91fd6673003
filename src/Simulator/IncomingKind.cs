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

    /// <summary>A signed GET: <see cref="ReplaySession.Ask"/>, answered by <see cref="VenueRest.Answer"/>.</summary>
    LookUp = 4,

    /// <summary>A signed POST that cancels orders: <see cref="ReplaySession.CancelAll"/>.</summary>
    CancelAll = 5,
}
