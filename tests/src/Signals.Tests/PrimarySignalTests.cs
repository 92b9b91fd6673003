using LatencyEngine.TestData;

namespace LatencyEngine.Signals.Tests;

/// <summary>The trend signal, against the golden series of independent code.</summary>
public sealed class PrimarySignalTests
{
    [Fact]
    public void Vote_strength_and_direction_agree_with_the_golden_series()
    {
        var set = new IndicatorSet(3_600_000);
        int directed = 0;
        foreach ((IReadOnlyDictionary<string, string> candle, IReadOnlyDictionary<string, string> row) in ReferenceFiles.GoldenRows("candles500.csv").Zip(ReferenceFiles.GoldenRows("regimes_signals500.csv")))
        {
            double Of(string column) => double.Parse(candle[column]);
            IndicatorValues values = set.Next(new Candle(long.Parse(candle["open_time_ms"]), Of("open"), Of("high"), Of("low"), Of("close"), Of("volume")));
            PrimarySignal signal = PrimarySignal.Of(in values);

            Assert.Equal(row["primary_vote"].Length == 0 ? 0 : int.Parse(row["primary_vote"]), signal.Vote);
            Assert.Equal(row["primary_strength"].Length == 0 ? 0 : double.Parse(row["primary_strength"]), signal.Strength, 1e-9);
            Assert.Equal(row["primary_direction"], signal.Direction switch { SignalDirection.Up => "LONG", SignalDirection.Down => "SHORT", _ => "NEUTRAL" });
            if (signal.Direction != SignalDirection.Neutral) directed++;
        }

        Assert.Equal(167, directed);
    }

    [Theory]
    [InlineData(2, 1, SignalDirection.Up)]
    [InlineData(2, 0, SignalDirection.Neutral)]
    [InlineData(2, -1, SignalDirection.Neutral)]
    [InlineData(-3, -1, SignalDirection.Down)]
    [InlineData(-3, 2, SignalDirection.Neutral)]
    [InlineData(1, 3, SignalDirection.Neutral)]
    [InlineData(0, 0, SignalDirection.Neutral)]
    public void A_direction_stands_only_where_the_longer_timeframe_leans_the_same_way(int vote, int longer, SignalDirection expected) =>
        Assert.Equal(expected, new PrimarySignal(vote).ConfirmedBy(new PrimarySignal(longer)));
}
