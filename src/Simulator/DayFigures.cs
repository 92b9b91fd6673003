namespace LatencyEngine.Simulator;

/// <summary>What a ticker says of the last 24 hours, in whole minutes. Prices in USDT, volume in base coin, turnover in USDT.</summary>
/// <param name="PriceBefore">Price 24 hours ago, or the first known.</param>
/// <param name="PriceHourBefore">Price one hour ago, or the first known.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Volume">Traded quantity.</param>
/// <param name="Turnover">Traded value.</param>
internal readonly record struct DayFigures(decimal PriceBefore, decimal PriceHourBefore, decimal High, decimal Low, decimal Volume, decimal Turnover);
