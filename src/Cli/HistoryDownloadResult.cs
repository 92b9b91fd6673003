using LatencyEngine.History;

namespace LatencyEngine.Cli;

/// <summary>What became of one series of a download.</summary>
/// <param name="Symbol">Instrument.</param>
/// <param name="Timeframe">Length of its candles; null for funding.</param>
/// <param name="Range">The stretch of time that was looked at.</param>
/// <param name="Requests">Asked of the venue.</param>
/// <param name="Stored">Rows that the history did not have.</param>
/// <param name="Faults">Rows that were kept out.</param>
/// <param name="Gaps">What is missing now.</param>
internal sealed record HistoryDownloadResult(string Symbol, Timeframe? Timeframe, MillisRange Range, int Requests, int Stored, IReadOnlyList<HistoryFault> Faults, IReadOnlyList<MillisRange> Gaps);
