namespace LatencyEngine.Simulator;

/// <summary>How an account's positions are margined (Bybit V5, 12.2): account-wide, not a symbol's.</summary>
public enum MarginMode
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary><c>ISOLATED_MARGIN</c>: each position answers with its own margin.</summary>
    Isolated = 1,

    /// <summary><c>REGULAR_MARGIN</c>: the whole wallet answers for every position.</summary>
    Cross = 2,
}
