namespace LatencyEngine.History;

/// <summary>What a history has of one series.</summary>
/// <param name="Symbol">Instrument.</param>
/// <param name="Timeframe">Length of its candles; null for its funding.</param>
/// <param name="Rows">How many.</param>
/// <param name="FirstMillis">Time of the first, ms since 1970.</param>
/// <param name="LastMillis">Time of the last.</param>
public sealed record SeriesSummary(string Symbol, Timeframe? Timeframe, long Rows, long FirstMillis, long LastMillis);
