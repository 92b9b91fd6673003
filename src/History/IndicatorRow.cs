namespace LatencyEngine.History;

/// <summary>The indicators of a candle.</summary>
/// <param name="OpenMillis">Opening of the candle, ms since 1970.</param>
/// <param name="Values">One a column of <see cref="HistoryStore.IndicatorColumns"/>, in their order; NaN where one is not defined yet.</param>
public sealed record IndicatorRow(long OpenMillis, IReadOnlyList<double> Values);
