namespace LatencyEngine.Model;

/// <summary>How long an order lives (Bybit V5, 14.2).</summary>
public enum TimeInForce : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Rests until cancelled; takes if it crosses.</summary>
    GoodTillCancel = 1,

    /// <summary>Rests or is cancelled; never takes.</summary>
    PostOnly = 2,

    /// <summary>Fills what crosses now, cancels the rest.</summary>
    ImmediateOrCancel = 3,

    /// <summary>All or nothing.</summary>
    FillOrKill = 4,
}
