namespace LatencyEngine.Simulator;

/// <summary>What an API key may change; every key may read (Bybit V5, 12.8).</summary>
[Flags]
public enum ApiPermissions
{
    /// <summary>A read-only key.</summary>
    None = 0,

    /// <summary><c>ContractTrade</c> <c>Order</c>: orders over REST and the order-entry socket.</summary>
    Order = 1,

    /// <summary><c>ContractTrade</c> <c>Position</c>: leverage, margin, trading stop and the account's modes.</summary>
    Position = 2,

    /// <summary><c>Wallet</c>: more demo money.</summary>
    Wallet = 4,

    /// <summary>Everything.</summary>
    All = Order | Position | Wallet,
}
