using LatencyEngine.History;
using LatencyEngine.Signals;

namespace LatencyEngine.Strategist;

/// <summary>The indicators of a history's candles.</summary>
public static class StoredIndicators
{
    private const int RowsAtOnce = 10_000;

    /// <summary>Computes the indicators that a series lacks, from its first candle on, and stores them. Where a candle has no volume, those of volume end.</summary>
    /// <param name="store">The history.</param>
    /// <param name="symbol">Instrument.</param>
    /// <param name="timeframe">Length of the candles.</param>
    /// <returns>Candles whose indicators were stored.</returns>
    /// <exception cref="HistoryException">The history cannot be read or written.</exception>
    public static int Update(HistoryStore store, string symbol, Timeframe timeframe)
    {
        var set = new IndicatorSet(timeframe.Millis);
        bool hasVolume = true;
        int stored = 0;
        var range = MillisRange.All;
        while (store.Candles(symbol, timeframe, range, RowsAtOnce, oldest: true) is { Count: > 0 } candles)
        {
            var here = new MillisRange(candles[0].OpenMillis, candles[^1].OpenMillis + 1);
            HashSet<long> known = [.. store.Indicators(symbol, timeframe, here).Select(row => row.OpenMillis)];
            var rows = new List<IndicatorRow>();
            foreach (HistoryCandle candle in candles)
            {
                hasVolume &= !double.IsNaN(candle.Volume);
                IndicatorValues values = set.Next(new Candle(candle.OpenMillis, candle.Open, candle.High, candle.Low, candle.Close, hasVolume ? candle.Volume : 0));
                if (!known.Contains(candle.OpenMillis)) rows.Add(new IndicatorRow(candle.OpenMillis, Columns(values, hasVolume)));
            }

            if (rows.Count > 0) store.SetIndicators(symbol, timeframe, rows);
            stored += rows.Count;
            range = range with { FromMillis = here.ToMillis };
        }

        return stored;
    }

    /// <summary>In the order of <see cref="HistoryStore.IndicatorColumns"/>.</summary>
    private static double[] Columns(in IndicatorValues values, bool hasVolume) =>
    [
        values.Sma20, values.Ema9, values.Ema20, values.Ema21, values.Ema50, values.Rsi14, values.Macd, values.MacdSignal, values.StochasticRaw, values.StochasticK, values.StochasticD,
        values.TrueRange, values.Atr14, values.BollingerDeviation, values.BollingerPercentB,
        hasVolume ? values.Obv : double.NaN, hasVolume ? values.VolumeSma20 : double.NaN, hasVolume ? values.VolumeRatio : double.NaN,
        values.PlusDi14, values.MinusDi14, values.Adx14, values.EfficiencyRatio20,
    ];
}
