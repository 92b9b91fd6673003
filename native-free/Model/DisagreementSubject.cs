namespace LatencyEngine.Model;

/// <summary>Which figure the engine's ledger and the venue's stream disagree on.</summary>
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
}
