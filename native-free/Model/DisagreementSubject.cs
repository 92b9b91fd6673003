namespace LatencyEngine.Model;

/// <summary>What the engine and the venue disagree on. Journalled: append only, never renumber.</summary>
public enum DisagreementSubject
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Signed position size, in lots.</summary>
    PositionSize = 1,

    /// <summary>Average entry price, in 1e-8.</summary>
    AverageEntry = 2,

    /// <summary>Wallet balance, in 1e-8 USDT.</summary>
    WalletBalance = 3,

    /// <summary>An open order with a name of the engine that the order table does not hold. Ours: the name, session in the upper half and number in the lower; the venue's: signed open quantity in lots.</summary>
    Orphan = 4,

    /// <summary>An open order that the engine did not place, told once. Ours: 0; the venue's: signed open quantity in lots.</summary>
    ForeignOrder = 5,

    /// <summary>A position that cannot be taken over, told once. Ours: signed position size in lots; the venue's: its <see cref="Model.PositionStatus"/>.</summary>
    PositionStatus = 6,
}
