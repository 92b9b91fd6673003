namespace LatencyEngine.History;

/// <summary>Why a row was kept out of a history.</summary>
public enum HistoryFaultKind
{
    /// <summary>It cannot have happened: the high below the low or outside open and close, a price that is not above zero, a negative volume, a number that is not finite, a funding rate beyond 100 %.</summary>
    Impossible,

    /// <summary>It does not begin at a multiple of its length.</summary>
    Misaligned,

    /// <summary>A second row of its time in one source.</summary>
    Duplicate,

    /// <summary>Its time is before that of the row before it in one source.</summary>
    OutOfOrder,

    /// <summary>A price of it is more than the configured factor away from the close before.</summary>
    Jump,

    /// <summary>The history has another row of that time, and keeps it.</summary>
    Mismatch,
}
