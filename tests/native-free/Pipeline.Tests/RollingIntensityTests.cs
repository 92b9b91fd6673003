using System.Globalization;
using LatencyEngine.Book;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

public sealed class RollingIntensityTests
{
    private const double ConfiguredRate = 2;
    private const double ConfiguredDecay = 0.3;
    private const long Mid = 10_000;

    private readonly RollingIntensity _rolling = new(Estimate(), ConfiguredRate, ConfiguredDecay);
    private readonly ArrivalIntensity _twin = Estimate();
    private long _step;

    [Fact]
    public void A_is_the_geometric_mean_of_the_sides_and_k_their_mean()
    {
        Assert.Equal(0, Play(49, buys: true, sells: true));
        Assert.Equal((ConfiguredRate, ConfiguredDecay), (_rolling.ArrivalRatePerSecond, _rolling.DecayPerTick));

        Assert.Equal(2, Play(60, buys: true, sells: true));

        Assert.NotEqual(_twin.Asks.DecayPerTick, _twin.Bids.DecayPerTick);
        Assert.Equal(Math.Sqrt(_twin.Asks.ArrivalRatePerSecond * _twin.Bids.ArrivalRatePerSecond), _rolling.ArrivalRatePerSecond, 12);
        Assert.Equal((_twin.Asks.DecayPerTick + _twin.Bids.DecayPerTick) / 2, _rolling.DecayPerTick, 12);
        Assert.Equal((4, 0), (_rolling.FitsTaken, _rolling.FitsRefused));
    }

    [Fact]
    public void A_side_that_was_never_fitted_counts_as_configured_and_when_its_fit_is_refused_with_four_fifths_of_its_k()
    {
        Play(60, buys: true, sells: false);

        Assert.Equal(IntensityFitStatus.TooFewDepths, _rolling.Estimate.Bids.Status);
        Assert.Equal(Math.Sqrt(_twin.Asks.ArrivalRatePerSecond * ConfiguredRate), _rolling.ArrivalRatePerSecond, 12);
        Assert.Equal((_twin.Asks.DecayPerTick + (0.8 * ConfiguredDecay)) / 2, _rolling.DecayPerTick, 12);
        Assert.Equal((1, 1), (_rolling.FitsTaken, _rolling.FitsRefused));
    }

    [Fact]
    public void While_a_fit_is_refused_the_last_values_stay_and_k_counts_as_four_fifths_of_itself_until_one_is_taken()
    {
        Play(110, buys: true, sells: true);

        // After the window of ten seconds nothing of the sellers is left.
        Play(160, buys: true, sells: false);

        Assert.Equal((IntensityFitStatus.TooFewDepths, true), (_twin.Bids.Status, _twin.Bids.HasValue));
        Assert.Equal((_twin.Asks.DecayPerTick + (0.8 * _twin.Bids.DecayPerTick)) / 2, _rolling.DecayPerTick, 12);
        Assert.Equal(Math.Sqrt(_twin.Asks.ArrivalRatePerSecond * _twin.Bids.ArrivalRatePerSecond), _rolling.ArrivalRatePerSecond, 12);

        Play(100, buys: true, sells: true);
        Assert.Equal((_twin.Asks.DecayPerTick + _twin.Bids.DecayPerTick) / 2, _rolling.DecayPerTick, 12);
    }

    [Fact]
    public void A_fit_that_goes_further_than_a_step_may_is_counted_as_taken_in_part()
    {
        Play(110, buys: true, sells: true);
        long before = _rolling.FitsTakenInPart;

        Play(60, buys: true, sells: true, times: 4);

        Assert.Equal(IntensityFitStatus.TakenInPart, _twin.Asks.Status);
        Assert.True(_rolling.FitsTakenInPart > before);
        Assert.True(_rolling.FitsTaken >= _rolling.FitsTakenInPart);
    }

    [Fact]
    public void Public_trades_are_fitted_and_the_fits_move_the_quotes()
    {
        (RollingIntensity intensity, int amends) = Traded(isBlock: "false");

        Assert.Equal((2, 0), (intensity.FitsTaken, intensity.FitsRefused));
        Assert.NotEqual(0.1, intensity.DecayPerTick);
        Assert.True(amends >= 2, $"{amends} amends");
    }

    [Fact]
    public void Block_trades_are_no_arrivals()
    {
        (RollingIntensity intensity, _) = Traded(isBlock: "true");

        Assert.Equal((0, 2), (intensity.FitsTaken, intensity.FitsRefused));
        Assert.Equal((1, 0.8 * 0.1), (intensity.ArrivalRatePerSecond, intensity.DecayPerTick));
    }

    /// <summary>Seven seconds of an engine whose book stands still, and its volatility with it, so that only a fit moves its quotes.</summary>
    private static (RollingIntensity Intensity, int Amends) Traded(string isBlock)
    {
        EngineUnderTest engine = new EngineUnderTest(hasRollingIntensity: true).Begin();
        engine.Book(600_000, 600_002, snapshot: true);
        int amends = 0;
        for (int step = 0; step < 70; step++)
        {
            engine.Advance(EngineUnderTest.Second / 10);
            engine.Book(600_000, 600_002);
            Trade(engine, "Buy", 600_001 + 1 + (step % 10), isBlock);
            Trade(engine, "Sell", 600_001 - 1 - (step % 10), isBlock);
            List<string> requests = engine.Requests();
            amends += requests.Count(request => SentRequest.Parse(request).Operation == "order.amend");
            engine.Answer(requests);
        }

        Assert.Equal((0L, 0L), (engine.Meters.FramesRejected, engine.AllocatedBytes));
        return (engine.Lanes[0].Intensity!, amends);
    }

    private static ArrivalIntensity Estimate() => new(depthMaxTicks: 30, windowSeconds: 10, warmUpSeconds: 5);

    /// <summary>Steps with a mid and, where wanted, takers of either side: buyers to depths of 1 to 10 ticks in turn, sellers to 1 to 6, or several times as deep.</summary>
    /// <returns>How often a value may have moved.</returns>
    private int Play(int steps, bool buys, bool sells, int times = 1)
    {
        int moved = 0;
        for (int i = 0; i < steps; i++, _step++)
        {
            long nanos = _step * ArrivalIntensity.StepNanos;
            moved += _rolling.OnMid(2 * Mid, nanos) ? 1 : 0;
            _twin.OnMid(2 * Mid, nanos);
            if (buys) Trade(Side.Buy, Mid + (times * (1 + (_step % 10))), nanos);
            if (sells) Trade(Side.Sell, Mid - (times * (1 + (_step % 6))), nanos);
        }

        return moved;
    }

    private void Trade(Side taker, long priceTicks, long nanos)
    {
        Assert.False(_rolling.OnTrade(taker, new PriceTicks(priceTicks), nanos));
        _twin.OnTrade(taker, new PriceTicks(priceTicks), nanos);
    }

    private static void Trade(EngineUnderTest engine, string takerSide, long priceTicks, string isBlock) => engine.Public(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":{{engine.NowMillis}},"data":[{"T":{{engine.NowMillis}},"s":"BTCUSDT","S":"{{takerSide}}","v":"0.001","p":"{{EngineUnderTest.Price(priceTicks)}}","L":"PlusTick","i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":{{isBlock}},"seq":1}]}"""));
}
