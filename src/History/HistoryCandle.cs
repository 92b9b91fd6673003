namespace LatencyEngine.History;

/// <summary>A closed candle as it is kept: the doubles nearest to what was told, from which models compute (docs/decisions/0029-history-in-sqlite.md).</summary>
/// <param name="OpenMillis">First moment, ms since 1970.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Traded quantity in base coin; NaN where the source does not tell it.</param>
/// <param name="Turnover">Traded value in quote coin; NaN where the source does not tell it.</param>
public readonly record struct HistoryCandle(long OpenMillis, double Open, double High, double Low, double Close, double Volume, double Turnover);
