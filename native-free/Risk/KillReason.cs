namespace LatencyEngine.Risk;

/// <summary>Why the kill switch was thrown. Journalled: append only, never renumber.</summary>
public enum KillReason : byte
{
    /// <summary>Not thrown.</summary>
    Unset = 0,

    /// <summary>An operator asked for it.</summary>
    Operator = 1,

    /// <summary>The account lost more than its drawdown limit.</summary>
    DrawdownLimit = 2,

    /// <summary>A position came too near to liquidation.</summary>
    LiquidationTooClose = 3,

    /// <summary>The engine's ledger and the venue's streams disagree.</summary>
    LedgerMismatch = 4,

    /// <summary>The outbound ring was full: requests or their records would be lost.</summary>
    OutboundRingFull = 5,
}
