using LatencyEngine.Signals;
using LatencyEngine.TestData;

namespace LatencyEngine.MetaModel.Tests;

/// <summary>Features and events as they are known at the close of a candle.</summary>
public sealed class FeatureBuilderTests
{
    private const long HourMillis = 3_600_000;
    private static readonly Candle[] Candles =
    [
        .. ReferenceFiles.GoldenRows("candles500.csv").Select(row =>
            new Candle(long.Parse(row["open_time_ms"]), double.Parse(row["open"]), double.Parse(row["high"]), double.Parse(row["low"]), double.Parse(row["close"]), double.Parse(row["volume"]))),
    ];

    [Fact]
    public void Features_of_a_candle_follow_from_the_golden_indicators()
    {
        var builder = new FeatureBuilder(HourMillis);
        IReadOnlyDictionary<string, string>[] golden = [.. ReferenceFiles.GoldenRows("indicators500.csv")];
        for (int i = 0; i < Candles.Length; i++)
        {
            builder.Next(Candles[i]);
            if (i < 60) continue;
            double Of(string column) => double.Parse(golden[i][column]);
            double atr = Of("atr14");
            AssertFeature(builder, "rsi_14", Of("rsi14"));
            AssertFeature(builder, "macd_histogram", Of("macd_hist") / atr);
            AssertFeature(builder, "ema_gap_9_21", (Of("ema9") - Of("ema21")) / atr);
            AssertFeature(builder, "percent_b_20", Of("bb_pctb"));
            AssertFeature(builder, "stochastic_k_14", Of("stoch_k"));
            AssertFeature(builder, "adx_14", Of("adx14"));
            AssertFeature(builder, "return_24", (Candles[i].Close - Candles[i - 24].Close) / atr);
            AssertFeature(builder, "return_1", (Candles[i].Close - Candles[i - 1].Close) / atr);
            double[] changes = [.. Enumerable.Range(0, 24).Select(step => Math.Log(Candles[i - step].Close / Candles[i - step - 1].Close))];
            AssertFeature(builder, "volatility_24", Math.Sqrt(changes.Average(change => Math.Pow(change - changes.Average(), 2))));
            AssertFeature(builder, "hour", DateTimeOffset.FromUnixTimeMilliseconds(Candles[i].OpenMillis + HourMillis).Hour);
            AssertFeature(builder, "weekday", (int)DateTimeOffset.FromUnixTimeMilliseconds(Candles[i].OpenMillis + HourMillis).DayOfWeek);
            AssertFeature(builder, "funding_rate", double.NaN);
        }
    }

    [Fact]
    public void The_longer_vote_is_that_of_its_last_closed_candle()
    {
        var builder = new FeatureBuilder(HourMillis);
        var folder = new CandleFolder(4 * HourMillis);
        var set = new IndicatorSet(4 * HourMillis);
        PrimarySignal longer = default;
        int votes = 0;
        foreach (Candle candle in Candles)
        {
            builder.Next(in candle);
            folder.OnCandle(in candle, out _);
            if ((candle.OpenMillis + HourMillis) % (4 * HourMillis) == 0 && folder.OnTime(candle.OpenMillis + HourMillis, out Candle closed)) longer = PrimarySignal.Of(set.Next(in closed));
            AssertFeature(builder, "longer_vote", longer.Vote);
            if (longer.Vote != 0) votes++;
        }

        Assert.True(votes > 200);
    }

    [Fact]
    public void A_confirmed_direction_is_an_event_once()
    {
        var builder = new FeatureBuilder(HourMillis);
        (SignalDirection before, int events) = (SignalDirection.Neutral, 0);
        foreach (Candle candle in Candles)
        {
            builder.Next(in candle);
            Assert.Equal(builder.Direction != SignalDirection.Neutral && builder.Direction != before, builder.IsEvent);
            AssertFeature(builder, "direction", (int)builder.Direction);
            before = builder.Direction;
            if (builder.IsEvent) events++;
        }

        Assert.True(events > 5);
    }

    [Fact]
    public void A_flat_market_has_missing_features_and_none_that_is_infinite()
    {
        var builder = new FeatureBuilder(HourMillis);
        for (int i = 0; i < 200; i++)
        {
            builder.Next(new Candle(i * HourMillis, 100, 100, 100, 100, 0));
            foreach (float value in builder.Values) Assert.False(float.IsInfinity(value));
        }
    }

    [Fact]
    public void A_candle_allocates_nothing()
    {
        var builder = new FeatureBuilder(HourMillis, new FundingRates([(0, 0.0001)]));
        int next = 0;
        for (; next < 300; next++) builder.Next(in Candles[next]);

        Assert.Equal(0, Allocation.BytesOf(() => builder.Next(in Candles[next++])));
    }

    private static void AssertFeature(FeatureBuilder builder, string name, double expected)
    {
        int index = FeatureBuilder.Features.Select(feature => feature.Name).ToList().IndexOf(name);
        Assert.True(double.IsNaN(expected) ? float.IsNaN(builder.Values[index]) : Math.Abs(builder.Values[index] - expected) <= 1e-5 * Math.Max(1, Math.Abs(expected)), $"{name}: {builder.Values[index]} and not {expected}");
    }
}
