namespace LatencyEngine.Simulator;

/// <summary>How long an order lives (Bybit V5, 14.2).</summary>
public enum VenueTimeInForce
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Takes what crosses, then rests.</summary>
    GoodTillCancelled = 1,

    /// <summary>Never takes.</summary>
    PostOnly = 2,

    /// <summary>Takes what crosses, the rest is cancelled.</summary>
    ImmediateOrCancel = 3,

    /// <summary>All at once or nothing.</summary>
    FillOrKill = 4,
}
