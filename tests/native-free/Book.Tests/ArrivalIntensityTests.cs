using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Book.Tests;

public sealed class ArrivalIntensityTests
{
    private const long StepMillis = 100;
    private const long Millisecond = 1_000_000;
    private const long TwiceMid = 20_000;

    [Theory]
    [InlineData(Side.Buy)]
    [InlineData(Side.Sell)]
    public void A_and_k_agree_with_the_independent_fit_of_the_same_arrivals(Side taker)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(ReferenceFiles.Golden("intensity_fit.json")));
        JsonElement wls = golden.RootElement.GetProperty("wls");

        ArrivalIntensity intensity = GoldenArrivals(taker, depthMaxTicks: 30, times: 1);

        SideIntensity side = Of(intensity, taker);
        Assert.Equal(IntensityFitStatus.Taken, side.Status);
        Assert.Equal(golden.RootElement.GetProperty("n_points").GetInt32(), side.UsableDepths);
        AssertClose(wls.GetProperty("A").GetDouble(), side.ArrivalRatePerSecond);
        AssertClose(wls.GetProperty("k").GetDouble(), side.DecayPerTick);
        Assert.Equal(IntensityFitStatus.TooFewDepths, Of(intensity, taker.Opposite).Status);
    }

    [Theory]
    [InlineData(Side.Buy)]
    [InlineData(Side.Sell)]
    public void Down_to_each_depth_the_fit_is_that_of_the_independent_counts_down_to_there(Side taker)
    {
        // Of the arrivals twice, one after the other: then every depth of the file has the five that make it usable, at the same rate.
        const int Times = 2;
        Point[] counts = [.. ReferenceFiles.GoldenRows("intensity_counts.csv").Select(row => new Point(double.Parse(row["delta_ticks"]), Times * int.Parse(row["count"]), double.Parse(row["lambda_per_s"])))];
        Assert.Equal(60, counts.Count(point => point.Count >= SideIntensity.CountMin));

        for (int depthTicks = 3; depthTicks <= 30; depthTicks++)
        {
            SideIntensity side = Of(GoldenArrivals(taker, depthTicks, Times), taker);

            Point[] points = [.. counts.Where(point => point.Depth <= depthTicks)];
            (double rate, double decay, double rSquared) = Regression(points);
            Assert.Equal(points.Length, side.UsableDepths);
            AssertClose(rate, side.ArrivalRatePerSecond);
            AssertClose(decay, side.DecayPerTick);
            AssertClose(rSquared, side.RSquared);
        }
    }

    [Fact]
    public void Values_and_reasons_are_those_of_the_slow_twin_after_every_event_of_any_sequence()
    {
        var seen = new Dictionary<IntensityFitStatus, int>();
        IntensityFitStatus[] common = [IntensityFitStatus.Unset, IntensityFitStatus.WarmingUp, IntensityFitStatus.Taken, IntensityFitStatus.TakenInPart, IntensityFitStatus.TooFewDepths];
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                int depthMaxTicks = random.Next(3, 40);
                int windowSeconds = random.Next(10, 25);
                int warmUpSeconds = random.Next(5, windowSeconds + 1);
                var fast = new ArrivalIntensity(depthMaxTicks, windowSeconds, warmUpSeconds);
                var slow = new NaiveIntensity(depthMaxTicks, windowSeconds, warmUpSeconds);
                long twiceMid = TwiceMid;
                long millis = random.Next(1_000_000);
                double meanDepth = 0.5 + (10 * random.NextDouble());
                int pauseMillis = random.Next(20, 200);
                for (int i = 0; i < 800; i++)
                {
                    millis += random.Next(300) switch { 0 => random.Next(1_000, 40_000), 1 => -random.Next(1, 500), < 30 => 0, _ => random.Next(pauseMillis) };
                    if (i % 200 == 0) meanDepth *= 0.3 + (2 * random.NextDouble());
                    if (random.Next(3) == 0)
                    {
                        twiceMid += random.Next(200) == 0 ? random.Next(-500, 501) : random.Next(-2, 3);
                        fast.OnMid(twiceMid, millis * Millisecond);
                        slow.OnMid(twiceMid, millis);
                    }
                    else
                    {
                        Side taker = random.Next(3) == 0 ? Side.Sell : Side.Buy;
                        long price = (twiceMid / 2) + (taker.Sign * (long)(-Math.Log(1 - random.NextDouble()) * meanDepth));
                        if (random.Next(150) == 0) price += random.Next(-5_000, 5_000);
                        fast.OnTrade(taker, new PriceTicks(price), millis * Millisecond);
                        slow.OnTrade(taker, price, millis);
                    }

                    if (!IsSame(fast.Bids, slow.Bids) || !IsSame(fast.Asks, slow.Asks)) return false;
                    seen[fast.Asks.Status] = seen.GetValueOrDefault(fast.Asks.Status) + 1;
                }

                return true;
            }).CheckUntil(150, () => common.All(status => seen.GetValueOrDefault(status) > 500));

        Assert.All(common, status => Assert.True(seen.GetValueOrDefault(status) > 500, $"{status} was seen {seen.GetValueOrDefault(status)} times"));
    }

    [Fact]
    public void The_depth_counts_from_the_mid_before_the_step_and_of_a_step_only_the_deepest()
    {
        var swept = new Market();
        var plain = new Market();
        for (int step = 0; step < 100; step++)
        {
            long depth = 1 + (step % 10);
            plain.Trade(Side.Buy, depth);

            // The same deepest trade, with shallower ones about it and the mid moving along within the step.
            swept.Trade(Side.Buy, 1);
            swept.Mid(TwiceMid + (2 * depth));
            swept.Trade(Side.Buy, depth);
            swept.Trade(Side.Buy, depth - 1);
            swept.Mid(TwiceMid);
            plain.NextStep();
            swept.NextStep();
        }

        Assert.Equal(IntensityFitStatus.Taken, plain.Intensity.Asks.Status);
        Assert.Equal(plain.Intensity.Asks.ArrivalRatePerSecond, swept.Intensity.Asks.ArrivalRatePerSecond);
        Assert.Equal(plain.Intensity.Asks.DecayPerTick, swept.Intensity.Asks.DecayPerTick);
    }

    [Fact]
    public void After_a_lost_book_trades_count_again_in_the_first_step_that_begins_with_a_mid()
    {
        var lost = new Market();
        var plain = new Market();
        for (int step = 0; step < 100; step++)
        {
            long depth = 1 + (step % 10);
            plain.Trade(Side.Buy, depth);
            if (step == 40)
            {
                // In the step itself the mid before it is still known, in the next one it is not, though a new one comes in the middle of it.
                lost.Intensity.ForgetMid();
                lost.Trade(Side.Buy, depth);
                lost.NextStep(tellsMid: false);
                lost.Trade(Side.Buy, 500);
                lost.Mid(TwiceMid);
                lost.Trade(Side.Buy, 500);
                step++;
                plain.NextStep();
            }
            else
            {
                lost.Trade(Side.Buy, depth);
            }

            plain.NextStep();
            lost.NextStep();
        }

        Assert.Equal(IntensityFitStatus.Taken, plain.Intensity.Asks.Status);
        Assert.Equal(plain.Intensity.Asks.ArrivalRatePerSecond, lost.Intensity.Asks.ArrivalRatePerSecond);
        Assert.Equal(plain.Intensity.Asks.DecayPerTick, lost.Intensity.Asks.DecayPerTick);
    }

    [Fact]
    public void A_trade_at_a_depth_does_not_reach_it()
    {
        // Ten steps at each of 1 to 3 ticks: strictly deeper than 0.5 are all, than 1 and 1.5 twenty, than 2 and 2.5 ten, than 3 none.
        var market = new Market(warmUpSeconds: 10);
        for (int step = 0; step < 100; step++)
        {
            if (step < 30) market.Trade(Side.Buy, 1 + (step % 3));
            market.NextStep();
        }

        (double rate, double decay, _) = Regression([new(0.5, 30, 3), new(1, 20, 2), new(1.5, 20, 2), new(2, 10, 1), new(2.5, 10, 1)]);

        Assert.Equal(5, market.Intensity.Asks.UsableDepths);
        AssertClose(decay, market.Intensity.Asks.DecayPerTick);
        AssertClose(rate, market.Intensity.Asks.ArrivalRatePerSecond);
    }

    [Fact]
    public void Before_the_warm_up_is_over_there_is_no_value_and_it_says_so()
    {
        var market = new Market(warmUpSeconds: 9);
        for (int step = 0; step < 90; step++)
        {
            Assert.False(market.Intensity.Asks.HasValue);
            Assert.Equal(step < 50 ? IntensityFitStatus.Unset : IntensityFitStatus.WarmingUp, market.Intensity.Asks.Status);
            market.Trade(Side.Buy, 1 + (step % 10));
            market.NextStep();
        }

        for (int step = 90; step < 100; step++) market.NextStep();
        Assert.Equal(IntensityFitStatus.Taken, market.Intensity.Asks.Status);
    }

    [Fact]
    public void One_fit_moves_a_value_by_a_fifth_at_most_and_the_next_goes_on()
    {
        var market = new Market();
        market.Repeat(step => 1 + (step % 10), steps: 100);
        double rate = market.Intensity.Asks.ArrivalRatePerSecond, decay = market.Intensity.Asks.DecayPerTick;

        // From 10 trades a second to one in a second, and from 10 ticks deep to 4.
        market.Repeat(step => step % 10 == 0 ? 1 + (step / 10 % 4) : 0, steps: 50);
        Assert.Equal(IntensityFitStatus.TakenInPart, market.Intensity.Asks.Status);
        AssertClose(rate * 0.8, market.Intensity.Asks.ArrivalRatePerSecond);
        Assert.InRange(market.Intensity.Asks.DecayPerTick, decay * 0.8, decay * 1.2);

        market.Repeat(step => step % 2 == 0 ? 1 + (step / 2 % 4) : 0, steps: 50);
        AssertClose(rate * 0.64, market.Intensity.Asks.ArrivalRatePerSecond);
    }

    [Theory]
    [InlineData(IntensityFitStatus.TooFewDepths, 0)]
    [InlineData(IntensityFitStatus.NoDecay, 50)]    // all beyond the grid
    [InlineData(IntensityFitStatus.PoorFit, 28)]    // a flat line with a step at its end, where a tenth goes on
    public void A_refused_fit_says_why_and_leaves_the_last_values(IntensityFitStatus reason, long depthTicks)
    {
        var market = new Market();
        market.Repeat(step => 1 + (step % 10), steps: 100);
        Assert.False(market.Intensity.Asks.IsRefused);
        market.Repeat(step => reason == IntensityFitStatus.PoorFit && step % 10 == 0 ? 31 : depthTicks, steps: 50);
        (double, double) last = (market.Intensity.Asks.ArrivalRatePerSecond, market.Intensity.Asks.DecayPerTick);

        market.Repeat(step => reason == IntensityFitStatus.PoorFit && step % 10 == 0 ? 31 : depthTicks, steps: 100);

        Assert.Equal(reason, market.Intensity.Asks.Status);
        Assert.True(market.Intensity.Asks.IsRefused);
        Assert.Equal(last, (market.Intensity.Asks.ArrivalRatePerSecond, market.Intensity.Asks.DecayPerTick));
        Assert.True(market.Intensity.Asks.HasValue);
    }

    [Fact]
    public void A_rate_below_one_in_a_hundred_seconds_is_refused()
    {
        // Eleven trades in an hour, one tick deep and deeper: a good line, of a market that does not trade.
        var intensity = new ArrivalIntensity(30, windowSeconds: 3_600, warmUpSeconds: 3_600);
        intensity.OnMid(TwiceMid, 0);
        for (int trade = 0; trade < 11; trade++) intensity.OnTrade(Side.Buy, new PriceTicks((TwiceMid / 2) + 1 + (trade / 2)), At(1 + trade));
        intensity.OnMid(TwiceMid, At(36_001));

        Assert.Equal(IntensityFitStatus.RateOutOfRange, intensity.Asks.Status);
        Assert.True(intensity.Asks.RSquared > 0.9 && !intensity.Asks.HasValue);
    }

    [Fact]
    public void The_takers_side_chooses_the_quotes_that_it_fills()
    {
        var market = new Market();
        for (int step = 0; step < 100; step++)
        {
            market.Trade(Side.Sell, 1 + (step % 10));
            market.Trade(Side.Unset, 1 + (step % 10));
            market.NextStep();
        }

        Assert.True(market.Intensity.Bids.HasValue);
        Assert.Equal(IntensityFitStatus.TooFewDepths, market.Intensity.Asks.Status);
    }

    [Theory]
    [InlineData(2, 600, 60)]
    [InlineData(10_001, 600, 60)]
    [InlineData(30, 9, 5)]
    [InlineData(30, 86_401, 60)]
    [InlineData(30, 600, 4)]
    [InlineData(30, 600, 601)]
    public void Arguments_out_of_range_are_refused(int depthMaxTicks, int windowSeconds, int warmUpSeconds)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ArrivalIntensity(depthMaxTicks, windowSeconds, warmUpSeconds));
    }

    [Fact]
    public void A_warm_estimator_allocates_nothing()
    {
        var market = new Market();
        market.Repeat(step => 1 + (step % 10), steps: 1_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 1_000; step++)
        {
            market.Trade(Side.Buy, 1 + (step % 10));
            market.Trade(Side.Sell, 1 + (step % 7));
            market.NextStep();
        }

        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.True(market.Intensity.Bids.HasValue && market.Intensity.Fits > 30);
    }

    private static long At(long step) => step * StepMillis * Millisecond;

    private static SideIntensity Of(ArrivalIntensity intensity, Side taker) => taker == Side.Buy ? intensity.Asks : intensity.Bids;

    private static bool IsSame(SideIntensity fast, NaiveIntensity.NaiveFit slow) =>
        fast.Status == slow.Status
        && fast.HasValue == slow.Rate > 0
        && fast.UsableDepths == slow.UsableDepths
        && IsClose(slow.Rate, fast.ArrivalRatePerSecond)
        && IsClose(slow.Decay, fast.DecayPerTick)
        && Math.Abs(slow.RSquared - fast.RSquared) <= 1e-9;

    /// <summary>The golden's arrivals, of 600 s, taken by the one side; as often as wanted, over a window of all of them, to its fit.</summary>
    private static ArrivalIntensity GoldenArrivals(Side taker, int depthMaxTicks, int times)
    {
        const int Steps = 6_000;
        Dictionary<long, double> depths = ReferenceFiles.GoldenRows("intensity_arrivals.csv").ToDictionary(row => long.Parse(row["step"]), row => double.Parse(row["depth_ticks"]));
        var intensity = new ArrivalIntensity(depthMaxTicks, windowSeconds: times * 600, warmUpSeconds: times * 600);

        // A depth on halves needs a mid on halves: each step has its own, told just before it.
        for (long step = 0; step < times * Steps; step++)
        {
            long halfTicks = depths.TryGetValue(step % Steps, out double depth) ? (long)(2 * depth) : 0;
            long twiceMid = TwiceMid + (halfTicks % 2);
            intensity.OnMid(twiceMid, At(step + 1) - 1);
            if (halfTicks > 0) intensity.OnTrade(taker, new PriceTicks((twiceMid + (taker.Sign * halfTicks)) / 2), At(step + 1));
        }

        Assert.False(Of(intensity, taker).HasValue);
        intensity.OnMid(TwiceMid, At((times * Steps) + 1));
        return intensity;
    }

    /// <summary>ln(rate) over the depth, weighted by the counts.</summary>
    private static (double Rate, double Decay, double RSquared) Regression(Point[] points)
    {
        double weight = points.Sum(point => point.Count);
        double meanDepth = points.Sum(point => point.Count * point.Depth) / weight;
        double meanLog = points.Sum(point => point.Count * Math.Log(point.RatePerSecond)) / weight;
        double Squares(Func<Point, double> deviation) => points.Sum(point => point.Count * Math.Pow(deviation(point), 2));
        double slope = points.Sum(point => point.Count * (point.Depth - meanDepth) * (Math.Log(point.RatePerSecond) - meanLog)) / Squares(point => point.Depth - meanDepth);
        double missed = Squares(point => Math.Log(point.RatePerSecond) - meanLog - (slope * (point.Depth - meanDepth)));
        return (Math.Exp(meanLog - (slope * meanDepth)), -slope, 1 - (missed / Squares(point => Math.Log(point.RatePerSecond) - meanLog)));
    }

    private static bool IsClose(double expected, double actual) => Math.Abs(actual - expected) <= 1e-9 * expected;

    private static void AssertClose(double expected, double actual) => Assert.True(IsClose(expected, actual), $"expected {expected:R}, was {actual:R}");

    private readonly record struct Point(double Depth, int Count, double RatePerSecond);

    /// <summary>A market with a still mid, a window of ten seconds and a clock in steps; the first step has begun, with its mid known.</summary>
    private sealed class Market
    {
        private long _step = 1;

        public Market(int depthMaxTicks = 30, int warmUpSeconds = 5)
        {
            Intensity = new ArrivalIntensity(depthMaxTicks, windowSeconds: 10, warmUpSeconds);
            Intensity.OnMid(TwiceMid, 0);
            Mid(TwiceMid);
        }

        public ArrivalIntensity Intensity { get; }

        public void Mid(long twiceMid) => Intensity.OnMid(twiceMid, At(_step));

        public void Trade(Side taker, long depthTicks) => Intensity.OnTrade(taker, new PriceTicks((TwiceMid / 2) + (taker.Sign * depthTicks)), At(_step));

        public void NextStep(bool tellsMid = true)
        {
            _step++;
            if (tellsMid) Mid(TwiceMid);
        }

        /// <summary>Buys up to the depths given, one a step; 0 for none.</summary>
        public void Repeat(Func<int, long> depthTicks, int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                if (depthTicks(step) > 0) Trade(Side.Buy, depthTicks(step));
                NextStep();
            }
        }
    }
}
