namespace LatencyEngine.Model;

/// <summary>The USDT row of a <c>wallet</c> message (Bybit V5, 7.5).</summary>
public struct WalletEvent
{
    /// <summary><c>walletBalance</c> of the coin: start + realised - fees + funding.</summary>
    public MoneyE8 WalletBalance;

    /// <summary><c>equity</c> of the coin: wallet balance + unrealised profit.</summary>
    public MoneyE8 Equity;

    /// <summary><c>totalPositionIM</c>: margin held by positions.</summary>
    public MoneyE8 PositionMargin;

    /// <summary><c>totalOrderIM</c>: margin held by open orders.</summary>
    public MoneyE8 OrderMargin;

    /// <summary><c>locked</c> + <c>bonus</c>: balance that no margin can come from.</summary>
    public MoneyE8 Unusable;

    /// <summary><c>creationTime</c> of the message, ms since 1970.</summary>
    public long CreatedMillis;
}
