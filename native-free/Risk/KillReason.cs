namespace LatencyEngine.Risk;

/// <summary>Why the kill switch was thrown. Journalled: append only, never renumber.</summary>
public enum KillReason : byte
{
    /// <summary>Not thrown.</summary>
    Unset = 0,

    /// <summary>An operator asked for it.</summary>
    Operator = 1,

    /// <summary>The engine's ledger and the venue's streams disagree.</summary>
    LedgerMismatch = 2,

    /// <summary>The venue took a position over.</summary>
    Liquidated = 3,

    /// <summary>An order rests on the venue that the order table holds as closed.</summary>
    UnexpectedOrder = 4,

    /// <summary>The venue does not accept the key or the session.</summary>
    VenueRefused = 5,
}
