namespace LatencyEngine.Simulator;

/// <summary>A liquidation as the public stream tells it (Bybit V5, 6.7).</summary>
/// <param name="TimeMillis">When, ms since 1970.</param>
/// <param name="WasLong">Whether a long position was liquidated.</param>
/// <param name="Qty">Base coin.</param>
/// <param name="BankruptcyPrice">USDT; not the price of an execution.</param>
internal readonly record struct TapeLiquidation(long TimeMillis, bool WasLong, decimal Qty, decimal BankruptcyPrice);
