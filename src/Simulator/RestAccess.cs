namespace LatencyEngine.Simulator;

/// <summary>Who may make a REST call.</summary>
internal enum RestAccess
{
    /// <summary>Anyone, unsigned.</summary>
    Public = 0,

    /// <summary>Any key.</summary>
    Read = 1,

    /// <summary>A key that may change orders.</summary>
    Order = 2,

    /// <summary>A key that may change positions and the account's modes.</summary>
    Position = 3,

    /// <summary>A key that may move money.</summary>
    Wallet = 4,
}
