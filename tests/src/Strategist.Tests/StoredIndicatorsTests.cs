using LatencyEngine.History;
using LatencyEngine.Signals;

namespace LatencyEngine.Strategist.Tests;

public sealed class StoredIndicatorsTests : IDisposable
{
    private const string Symbol = "BTCUSDT";
    private static readonly Timeframe Hourly = Timeframe.Find("1h")!;

    private readonly string _folder = Directory.CreateTempSubdirectory("stored-indicators-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_stored_indicators_are_those_of_the_whole_series_also_when_candles_come_in_pieces()
    {
        using HistoryStore store = HistoryStore.Open(Path.Combine(_folder, "history.db"), isCreated: true);
        HistoryCandle[] candles = [.. Enumerable.Range(0, 300).Select(At)];
        store.AddCandles(Symbol, Hourly, candles[..100]);
        Assert.Equal(100, StoredIndicators.Update(store, Symbol, Hourly));
        store.AddCandles(Symbol, Hourly, candles[150..]);
        Assert.Equal(150, StoredIndicators.Update(store, Symbol, Hourly));
        store.AddCandles(Symbol, Hourly, candles[100..150]);   // what was behind the hole is not what it was
        Assert.Equal(200, StoredIndicators.Update(store, Symbol, Hourly));
        Assert.Equal(0, StoredIndicators.Update(store, Symbol, Hourly));

        IndicatorValues[] wanted = IndicatorSet.Of([.. candles.Select(candle => new Candle(candle.OpenMillis, candle.Open, candle.High, candle.Low, candle.Close, candle.Volume))], Hourly.Millis);
        IReadOnlyList<IndicatorRow> rows = store.Indicators(Symbol, Hourly, MillisRange.All);
        Assert.Equal(candles.Select(candle => candle.OpenMillis), rows.Select(row => row.OpenMillis));
        foreach ((string column, Func<IndicatorValues, double> value) in new (string, Func<IndicatorValues, double>)[]
        {
            ("sma20", of => of.Sma20), ("ema50", of => of.Ema50), ("rsi14", of => of.Rsi14), ("macd_signal", of => of.MacdSignal), ("stochastic_d", of => of.StochasticD), ("atr14", of => of.Atr14),
            ("bollinger_deviation", of => of.BollingerDeviation), ("obv", of => of.Obv), ("volume_ratio", of => of.VolumeRatio), ("adx14", of => of.Adx14), ("efficiency_ratio20", of => of.EfficiencyRatio20),
        })
        {
            int index = HistoryStore.IndicatorColumns.ToList().IndexOf(column);
            Assert.Equal(wanted.Select(value), rows.Select(row => row.Values[index]));
            Assert.True(double.IsFinite(rows[^1].Values[index]), column);
        }
    }

    [Fact]
    public void Every_column_has_its_own_number()
    {
        using HistoryStore store = HistoryStore.Open(Path.Combine(_folder, "history.db"), isCreated: true);
        store.AddCandles(Symbol, Hourly, Enumerable.Range(0, 120).Select(At));

        StoredIndicators.Update(store, Symbol, Hourly);

        IndicatorRow last = store.Indicators(Symbol, Hourly, MillisRange.All)[^1];
        Assert.Equal(HistoryStore.IndicatorColumns.Count, last.Values.Distinct().Count());
    }

    [Fact]
    public void Without_a_volume_there_are_no_indicators_of_volume_and_the_others_are_there()
    {
        using HistoryStore store = HistoryStore.Open(Path.Combine(_folder, "history.db"), isCreated: true);
        store.AddCandles(Symbol, Hourly, Enumerable.Range(0, 60).Select(slot => At(slot) with { Volume = slot == 30 ? double.NaN : 5 }));

        StoredIndicators.Update(store, Symbol, Hourly);

        IReadOnlyList<IndicatorRow> rows = store.Indicators(Symbol, Hourly, MillisRange.All);
        List<string> columns = [.. HistoryStore.IndicatorColumns];
        Assert.True(double.IsFinite(rows[29].Values[columns.IndexOf("obv")]));
        Assert.All(rows.Skip(30), row => Assert.All(new[] { "obv", "volume_sma20", "volume_ratio" }, column => Assert.Equal(double.NaN, row.Values[columns.IndexOf(column)])));
        Assert.True(double.IsFinite(rows[59].Values[columns.IndexOf("rsi14")]));
    }

    private static HistoryCandle At(int slot)
    {
        double close = 100 + (10 * Math.Sin(slot / 7.0)) + (slot % 13 / 5.0);
        return new HistoryCandle(slot * 3_600_000L, close - 0.3, close + 1 + (slot % 3), close - 1 - (slot % 5), close, 5 + (slot % 11), 500);
    }
}
