namespace LatencyEngine.Bybit;

/// <summary>A row of <c>market/kline</c> (Bybit V5, 13). Prices in USDT.</summary>
/// <param name="StartMillis">Start of the candle, ms since 1970.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price so far.</param>
/// <param name="Volume">Base coin.</param>
/// <param name="Turnover">USDT.</param>
public readonly record struct RestCandle(long StartMillis, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume, decimal Turnover);
