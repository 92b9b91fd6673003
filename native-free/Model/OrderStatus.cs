namespace LatencyEngine.Model;

/// <summary>Status of an order on the venue (Bybit V5, 14.4).</summary>
public enum OrderStatus : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Resting.</summary>
    New = 1,

    /// <summary>Resting with some fills.</summary>
    PartiallyFilled = 2,

    /// <summary>Closed: all filled.</summary>
    Filled = 3,

    /// <summary>Closed: cancelled, perhaps after fills.</summary>
    Cancelled = 4,

    /// <summary>Closed: refused by the matching engine.</summary>
    Rejected = 5,

    /// <summary>Conditional, waiting.</summary>
    Untriggered = 6,

    /// <summary>Conditional, between waiting and resting.</summary>
    Triggered = 7,

    /// <summary>Closed: conditional, cancelled before its trigger.</summary>
    Deactivated = 8,

    /// <summary>A status this engine does not know: counted and reported, never guessed.</summary>
    Other = 255,
}
