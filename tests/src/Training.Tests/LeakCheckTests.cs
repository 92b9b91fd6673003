using LatencyEngine.Signals;

namespace LatencyEngine.Training.Tests;

/// <summary>What a model must not be told is found, by the feature's name.</summary>
public sealed class LeakCheckTests
{
    private static readonly Candle[] Candles = GoldenCandles.Read();
    private static readonly EventTable Events = EventTable.Of(GoldenCandles.Walk(6000, 3), GoldenCandles.HourMillis, new TripleBarrier(), null);

    [Fact]
    public void The_features_that_ship_depend_on_no_later_candle() =>
        LeakCheck.RequireCausal(Candles, Events.FeatureNames, candles => EventTable.RowsOf(candles, GoldenCandles.HourMillis, null));

    [Fact]
    public void A_feature_that_peeks_one_candle_ahead_is_caught()
    {
        float[][] Peeking(IReadOnlyList<Candle> candles) => [.. candles.Select((candle, i) => new[] { (float)candle.Close, (float)candles[Math.Min(i + 1, candles.Count - 1)].Close })];

        Assert.Contains("next_close", Assert.Throws<LeakException>(() => LeakCheck.RequireCausal(Candles, ["close", "next_close"], Peeking)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_normaliser_fitted_on_all_of_the_data_is_caught()
    {
        float[][] Normalised(IReadOnlyList<Candle> candles)
        {
            double mean = candles.Average(candle => candle.Close);
            return [.. candles.Select(candle => new[] { (float)(candle.Close / mean) })];
        }

        Assert.Contains("close_by_mean", Assert.Throws<LeakException>(() => LeakCheck.RequireCausal(Candles, ["close_by_mean"], Normalised)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_leaked_into_a_feature_is_caught()
    {
        LeakCheck.RequireUntold(Events);
        int column = Events.FeatureNames.ToList().IndexOf("adx_14");
        float[] leaked = [.. Events.Features];
        for (int i = 0; i < Events.Count; i++) leaked[(i * Events.FeatureNames.Count) + column] = (Events.Labels[i] ? 2 : 0) + (leaked[(i * Events.FeatureNames.Count) + column] / 100);

        Assert.Contains("adx_14", Assert.Throws<LeakException>(() => LeakCheck.RequireUntold(Events with { Features = leaked })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Funding_is_known_at_its_settlement_and_not_before()
    {
        long close = Candles[99].OpenMillis + GoldenCandles.HourMillis;
        int column = Events.FeatureNames.ToList().IndexOf("funding_rate");
        float RateAt(long settled) => EventTable.RowsOf(Candles[..100], GoldenCandles.HourMillis, new FundingRates([(settled, 0.25)]))[99][column];

        Assert.Equal(0.25f, RateAt(close));
        Assert.True(float.IsNaN(RateAt(close + 1)));
    }
}
