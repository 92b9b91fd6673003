namespace LatencyEngine.Bybit;

/// <summary>The unified account's balance (Bybit V5, 12.1).</summary>
/// <param name="WalletUsdt">USDT in the wallet, without what open positions have won or lost.</param>
/// <param name="EquityUsdt">USDT with that.</param>
/// <param name="AvailableUsd">What new positions and orders may use, in USD over all coins; where the venue tells none, as under isolated margin, what is left of the USDT wallet beside the margin of positions and orders.</param>
public sealed record RestWallet(decimal WalletUsdt, decimal EquityUsdt, decimal AvailableUsd);
