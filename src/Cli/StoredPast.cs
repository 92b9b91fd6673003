using LatencyEngine.History;
using LatencyEngine.Simulator;

namespace LatencyEngine.Cli;

/// <summary>A history as a venue tells it.</summary>
internal sealed class StoredPast(HistoryStore store) : IMarketPast
{
    /// <inheritdoc />
    public IEnumerable<(long StartMillis, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume, decimal Turnover)> Candles(string symbol, string interval, long startMillis, long endMillis, int limit)
    {
        if (Timeframe.Find(interval) is not { } timeframe || endMillis < startMillis) return [];

        // The venue lists the newest of them.
        return store.Candles(symbol, timeframe, new MillisRange(startMillis, endMillis + 1), limit).Reverse().Select(candle => (
            candle.OpenMillis, (decimal)candle.Open, (decimal)candle.High, (decimal)candle.Low, (decimal)candle.Close, Amount(candle.Volume), Amount(candle.Turnover)));
    }

    /// <inheritdoc />
    public IEnumerable<(long SettledMillis, decimal Rate)> Funding(string symbol, long startMillis, long endMillis, int limit) =>
        endMillis < startMillis ? [] : store.Funding(symbol, new MillisRange(startMillis, endMillis + 1)).Reverse().Take(limit).Select(one => (one.AtMillis, (decimal)one.Rate));

    private static decimal Amount(double value) => double.IsNaN(value) ? 0 : (decimal)value;
}
