using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Signals;

namespace LatencyEngine.Strategist.Tests;

public sealed class HybridSignalTests
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;
    private const long Made = 20_000 * Day;
    private const long Now = Made + Hour;

    private static readonly HybridSettings Plan = new();

    [Theory]
    [InlineData(1.10, 10 / 15.0)]   // models: 10 % is 0.667
    [InlineData(1.15, 1)]
    [InlineData(1.50, 1)]
    [InlineData(0.925, -0.5)]
    [InlineData(0.5, -1)]
    public void The_forecasts_score_is_its_change_over_fifteen_percent(double ahead, double score)
    {
        HybridSignal signal = Signal(Path(day => day <= 0 ? 100 : 100 * ahead), price: 100, momentumFrom: 100, rsi: 50);

        Assert.Equal(score, signal.Forecast, 9);
        Assert.Equal(ahead - 1, signal.ExpectedChange, 9);
    }

    [Fact]
    public void The_tactical_score_buys_what_rises_what_is_oversold_and_what_lies_below_the_path()
    {
        HybridSignal signal = Signal(Path(_ => 105), price: 100, momentumFrom: 100 / 1.04, rsi: 42);

        Assert.Equal((0.4, 0.4, 0.5), (Math.Round(signal.Momentum, 9), Math.Round(signal.Rsi, 9), Math.Round(signal.Deviation, 9)));
        Assert.Equal((0.4 + 0.4 + 0.5) / 3, signal.Tactical, 9);
        Assert.Equal((0.6 * 5 / 15) + (0.4 * signal.Tactical), signal.Score, 9);

        HybridSignal other = Signal(Path(_ => 105), price: 100, momentumFrom: 100 / 1.04, rsi: 42, Plan with { MomentumWeight = 0, RsiWeight = 3, DeviationWeight = 1 });
        Assert.Equal(((3 * 0.4) + 0.5) / 4, other.Tactical, 9);
    }

    [Theory]
    [InlineData(30, 1)]
    [InlineData(20, 1)]
    [InlineData(70, -1)]
    [InlineData(50, 0)]
    public void The_RSI_counts_fully_at_thirty_and_at_seventy(double rsi, double score) => Assert.Equal(score, Signal(Path(_ => 100), 100, 100, rsi).Rsi, 9);

    [Fact]
    public void Below_the_smallest_score_nothing_is_done_and_at_it_something_is()
    {
        // 0.6 of the forecast's half is 0.3: 7.5 % ahead, and a path that is the price today.
        ForecastPath path = Path(day => day <= 1 ? 100 : 107.5001);
        Assert.Equal(0.300004, Signal(path, 100, 100, 50).Score, 6);
        HybridSignal weaker = Signal(Path(day => day <= 1 ? 100 : 107.4999), 100, 100, 50);

        Assert.Equal((0, "the score is below the smallest that counts"), (weaker.Score, weaker.Reason));
        Assert.True(weaker.Forecast > 0.49);   // what it is made of is told all the same
    }

    [Fact]
    public void Without_a_forecast_of_use_or_with_too_little_known_the_score_is_nothing_and_says_why()
    {
        ForecastPath path = Path(_ => 200);
        Assert.Equal("there is no forecast", Signal(null, 100, 100, 50).Reason);
        Assert.Equal("the forecast is from the future", Signal(path with { MadeAtMillis = Now + 1 }, 100, 100, 50).Reason);
        Assert.Equal("the score is below the smallest that counts", Signal(path with { MadeAtMillis = Now - (36 * Hour) }, 100, 100, 50).Reason);
        Assert.Equal("the forecast is older than 36 h", Signal(path with { MadeAtMillis = Now - (36 * Hour) - 1 }, 100, 100, 50).Reason);
        Assert.Equal("there is no price", Signal(path, double.NaN, 100, 50).Reason);
        Assert.Equal("there is no price", Signal(path, 0, 100, 50).Reason);
        Assert.Equal("there are too few candles", Signal(path, 100, double.NaN, 50).Reason);
        Assert.Equal("there are too few candles", Signal(path, 100, 100, double.NaN).Reason);
        Assert.Equal("the forecast holds no price at that moment", Signal(path with { Closes = [.. path.Closes.Take(30)] }, 100, 100, 50).Reason);
        Assert.Equal("the forecast holds no price at that moment", Signal(Path(_ => double.NaN), 100, 100, 50).Reason);
        Assert.Equal("the forecast holds no price at that moment", Signal(Path(_ => -1), 100, 100, 50).Reason);
    }

    [Theory]
    [InlineData(24, 1)]
    [InlineData(30, 0.5)]
    [InlineData(35, 1 / 12.0)]
    [InlineData(36, 0)]
    public void A_forecast_counts_fully_for_a_day_and_fades_until_it_is_too_old(int hours, double share)
    {
        ForecastPath path = Path(_ => 200) with { MadeAtMillis = Now - (hours * Hour) };

        Assert.Equal(share, Signal(path, 100, 100, 50).Forecast, 9);
    }

    [Fact]
    public void Whatever_is_put_in_every_score_is_a_number_from_minus_one_to_one() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            double Any() => random.Next(8) switch
            {
                0 => double.NaN, 1 => double.PositiveInfinity, 2 => 0, 3 => -1, 4 => double.MaxValue, 5 => double.Epsilon, _ => 100 * random.NextDouble(),
            };
            var path = new ForecastPath(Now - random.Next(0, 40) * Hour, Any(), [.. Enumerable.Range(0, 40).Select(_ => random.Next(20) == 0 ? Any() : 100.0)]);
            HybridSignal signal = Signal(path, Any(), Any(), Any());
            return new[] { signal.Score, signal.Forecast, signal.Tactical, signal.Momentum, signal.Rsi, signal.Deviation }.All(score => score is >= -1 and <= 1)
                && (signal.Score == 0) == (signal.Reason is not null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void The_path_lies_between_its_closes_on_the_line_of_their_logarithms()
    {
        var path = new ForecastPath(Made, 100, [121, 100]);

        Assert.Null(path.At(Made - 1));
        Assert.Equal(100, path.At(Made)!.Value, 9);
        Assert.Equal(110, path.At(Made + (Day / 2))!.Value, 9);
        Assert.Equal(121, path.At(Made + Day)!.Value, 9);
        Assert.Equal(100, path.At(Made + (2 * Day))!.Value, 9);
        Assert.Null(path.At(Made + (2 * Day) + 1));
    }

    /// <summary>By days ahead, from today's 0.</summary>
    private static ForecastPath Path(Func<int, double> close) => new(Made, close(0), [.. Enumerable.Range(1, 40).Select(close)]);

    private static HybridSignal Signal(ForecastPath? path, double price, double momentumFrom, double rsi, HybridSettings? settings = null) =>
        HybridSignal.Of(settings ?? Plan, path, price, momentumFrom, new IndicatorValues { Rsi14 = rsi }, Now);
}
