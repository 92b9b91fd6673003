namespace LatencyEngine.Simulator;

/// <summary>Where an order stands (Bybit V5, 14.4).</summary>
public enum VenueOrderStatus
{
    /// <summary>Not yet known to matching.</summary>
    Unset = 0,

    /// <summary>Resting, nothing filled.</summary>
    New = 1,

    /// <summary>Resting, partly filled.</summary>
    PartiallyFilled = 2,

    /// <summary>Done, completely filled.</summary>
    Filled = 3,

    /// <summary>Done, the rest was cancelled.</summary>
    Cancelled = 4,

    /// <summary>A stop that waits for its price.</summary>
    Untriggered = 5,

    /// <summary>A stop whose price has come, on its way into matching.</summary>
    Triggered = 6,

    /// <summary>Done: a stop that was taken away before its price came.</summary>
    Deactivated = 7,
}
