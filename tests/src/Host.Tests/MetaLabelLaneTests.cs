using LatencyEngine.MetaModel;
using LatencyEngine.Model;
using LatencyEngine.Pipeline.Tests;
using LatencyEngine.Signals;
using LatencyEngine.Strategist;

namespace LatencyEngine.Host.Tests;

/// <summary>When the signals of hourly candles count again behind a hole in them.</summary>
public sealed class MetaLabelLaneTests
{
    private const long Hour = 3_600_000;
    private const int Before = 1_000;
    private const int After = 900;
    private static readonly InstrumentSpec Spec = new EngineUnderTest().Btc;

    [Theory]
    [InlineData(1, 100)]
    [InlineData(4, 100)]
    [InlineData(5, 500)]
    [InlineData(1_440, 500)]
    public void A_hole_of_some_hours_asks_for_a_hundred_hours_behind_it_and_a_longer_one_for_five_hundred(int hole, int expected)
    {
        Candle[] series = Walk(1, hole, factor: 1);
        MetaLabelLane lane = Lane([.. series.Take(Before), .. series.Skip(Before + hole)]);
        Assert.Equal(0, TakeTo(lane, Before));

        for (int hours = 1; hours <= After; hours++) Assert.Equal(Math.Max(0, expected - hours), TakeTo(lane, Before + hole + hours));
    }

    [Fact]
    public void A_series_asks_for_five_hundred_hours_from_its_beginning_and_a_short_hole_in_them_for_none_less()
    {
        Candle[] series = Walk(1, hole: 0, factor: 1);
        MetaLabelLane lane = Lane([.. series.Take(50), .. series.Skip(51)]);

        Assert.Equal(500, lane.HoursMissing(0));
        Assert.Equal(450, TakeTo(lane, 50));
        Assert.Equal(450 - 49, TakeTo(lane, 100));
        Assert.Equal(0, TakeTo(lane, 501));
    }

    [Fact]
    public void While_the_newest_hours_are_missing_those_that_have_to_come_behind_them_are_counted()
    {
        MetaLabelLane lane = Lane([.. Walk(1, hole: 0, factor: 1).Take(Before)]);

        Assert.Equal([0, 0, 100, 100, 100, 500], ((int[])[0, 1, 2, 3, 4, 5]).Select(hours => TakeTo(lane, Before + hours)));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void A_direction_that_counts_is_the_one_of_the_series_without_the_hole(double factor)
    {
        const int Hole = 60 * 24;
        int differs = 0;
        for (int seed = 1; seed <= 50; seed++)
        {
            Candle[] series = Walk(seed, Hole, factor);
            (MetaLabelLane whole, MetaLabelLane broken) = (Lane(series), Lane([.. series.Take(Before), .. series.Skip(Before + Hole)]));
            TakeTo(whole, Before + Hole);
            TakeTo(broken, Before);
            for (int hours = Before + Hole + 1; hours <= series.Length; hours++)
            {
                TakeTo(whole, hours);
                bool counts = TakeTo(broken, hours) == 0;
                if (counts) Assert.Equal(whole.DirectionAt(hours * Hour), broken.DirectionAt(hours * Hour));
                else if (hours > Before + Hole + 100 && whole.Features.Direction != broken.Features.Direction) differs++;
            }
        }

        Assert.True(differs > 0, "a hundred hours would have been enough");
    }

    /// <summary>A random walk that is elsewhere behind a hole.</summary>
    private static Candle[] Walk(int seed, int hole, double factor)
    {
        var random = new Random(seed);
        double close = 60_000;
        return [.. Enumerable.Range(0, Before + hole + After).Select(index =>
        {
            double drift = index >= Before && index < Before + hole ? Math.Pow(factor, 1.0 / hole) : 1;
            double open = close;
            close = open * drift * (1 + (0.01 * (random.NextDouble() - 0.5)));
            return new Candle(index * Hour, open, Math.Max(open, close) * 1.001, Math.Min(open, close) * 0.999, close, 5);
        })];
    }

    private static MetaLabelLane Lane(IReadOnlyList<Candle> history) =>
        new(Spec, new MetaLabelTrader(new MetaLabelSettings()), new DirectionalTrades(null, "meta-label", Spec, 300, 100, 0, () => 1, _ => { }), history);

    /// <summary>Takes all that has closed by so many hours, and says how many are missing then.</summary>
    private static int TakeTo(MetaLabelLane lane, int hours)
    {
        while (lane.TryTakeHour(hours * Hour, hours * Hour, out _))
        {
        }

        return lane.HoursMissing(hours * Hour);
    }
}
