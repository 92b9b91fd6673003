namespace LatencyEngine.Model;

/// <summary>What the engine has done about a disagreement with the venue. Journalled: append only, never renumber. As wide as the figures beside it, so that no gap follows it.</summary>
public enum DisagreementAction : long
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>The ledger has taken the venue's value.</summary>
    Adopted = 1,

    /// <summary>The order was taken into the table to be cancelled.</summary>
    Cancelled = 2,

    /// <summary>Nothing: it is not the engine's to change.</summary>
    LeftAlone = 3,

    /// <summary>The kill switch latches with it.</summary>
    Stopped = 4,
}
