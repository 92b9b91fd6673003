namespace LatencyEngine.Orders;

/// <summary>What the ledger did with an execution. Journalled: append only, never renumber.</summary>
public enum LedgerOutcome : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Booked.</summary>
    Booked = 1,

    /// <summary>An execution with this id has been booked before; nothing changed.</summary>
    Duplicate = 2,

    /// <summary>A kind this engine does not book, or values that no execution can have; nothing changed, and the ledger may now differ from the venue.</summary>
    NotBooked = 3,
}
