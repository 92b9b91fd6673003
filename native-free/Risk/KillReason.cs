namespace LatencyEngine.Risk;

/// <summary>Why the kill switch was thrown. Journalled: append only, never renumber.</summary>
public enum KillReason : byte
{
    /// <summary>Not thrown.</summary>
    Unset = 0,

    /// <summary>An operator asked for it.</summary>
    Operator = 1,

    /// <summary>The venue's streams contradicted the engine's ledger again soon after it had taken the venue's figures.</summary>
    LedgerMismatch = 2,

    /// <summary>The venue took a position over.</summary>
    Liquidated = 3,

    // 4 was an order that rests although it was held as closed: it is cancelled now, and nothing is killed.

    /// <summary>The venue does not accept the key or the session.</summary>
    VenueRefused = 5,

    /// <summary>Equity was too far below its peak.</summary>
    Drawdown = 6,

    /// <summary>What runs beside was too unsure of itself for too long.</summary>
    ModelConfidence = 7,
}
