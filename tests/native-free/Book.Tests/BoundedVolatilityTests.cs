using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;

namespace LatencyEngine.Book.Tests;

public sealed class BoundedVolatilityTests
{
    private const long Second = 1_000_000_000;
    private const int WindowSeconds = 25;   // a floor of 0.1

    [Fact]
    public void There_is_no_value_and_no_bound_before_the_estimate_has_one()
    {
        BoundedVolatility volatility = Realised();
        volatility.OnMid(100, 0);

        Assert.Equal((false, 0, SigmaBound.Unset), (volatility.HasValue, volatility.SigmaPerSqrtSecond, volatility.Bound));
    }

    [Fact]
    public void In_its_warm_up_from_the_first_mid_on_there_is_no_value_and_what_was_measured_counts_afterwards()
    {
        var volatility = new BoundedVolatility(new RollingVolatility(WindowSeconds, WindowSeconds, isJumpRobust: false), WindowSeconds, warmUpSeconds: 2.5);
        for (int i = 0; i < 3; i++)
        {
            volatility.OnMid(100 + (3 * (i % 2)), (7 + i) * Second);
            Assert.Equal((false, 0, SigmaBound.Unset), (volatility.HasValue, volatility.SigmaPerSqrtSecond, volatility.Bound));
        }

        volatility.OnMid(103, 10 * Second);

        Assert.Equal((true, 3, SigmaBound.None), (volatility.HasValue, volatility.SigmaPerSqrtSecond, volatility.Bound));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundedVolatility(new EwmaVolatility(1), 1, warmUpSeconds: double.NaN));
    }

    [Fact]
    public void A_still_market_has_half_a_tick_per_square_root_of_the_window()
    {
        BoundedVolatility volatility = Realised();
        for (int i = 0; i < 10; i++) volatility.OnMid(100, i * Second);

        Assert.True(volatility.HasValue);
        Assert.Equal(0.1, volatility.SigmaPerSqrtSecond, 12);
        Assert.Equal(SigmaBound.Floor, volatility.Bound);
    }

    [Fact]
    public void Above_five_times_the_last_hour_the_cap_holds_and_says_so()
    {
        BoundedVolatility volatility = Realised();
        long time = Walk(volatility, 0, seconds: 3_600);
        Assert.Equal((1, SigmaBound.None), (volatility.SigmaPerSqrtSecond, volatility.Bound));

        // The hour that ends now: 3,599 changes of one tick, and this one.
        volatility.OnMid(1_000, time);
        double cap = 5 * Math.Sqrt((1_000_000 + 3_599) / 3_600.0);

        Assert.Equal(cap, volatility.SigmaPerSqrtSecond, 9);
        Assert.Equal(SigmaBound.Cap, volatility.Bound);
    }

    [Fact]
    public void The_cap_waits_for_half_an_hour_of_samples_and_again_after_a_long_silence()
    {
        BoundedVolatility volatility = Realised();
        long time = Walk(volatility, 0, seconds: 1_798);
        volatility.OnMid(1_000, time);
        Assert.Equal(SigmaBound.None, volatility.Bound);
        volatility.OnMid(2_000, time + Second);
        Assert.Equal(SigmaBound.Cap, volatility.Bound);

        BoundedVolatility woken = Realised();
        time = Walk(woken, 0, seconds: 3_600) + (3_000 * Second);
        woken.OnMid(1_000, time);
        Assert.Equal(SigmaBound.None, woken.Bound);
    }

    [Fact]
    public void A_cap_below_the_floor_does_not_count()
    {
        BoundedVolatility volatility = Realised();
        long time = 0;
        for (int i = 0; i < 3_600; i++) volatility.OnMid(100, time += Second);
        volatility.OnMid(100.5, time += Second);   // the hour: 5 sqrt(0.25 / 3600) = 0.0417; the estimate: 0.1

        Assert.Equal((0.1, SigmaBound.None), (volatility.SigmaPerSqrtSecond, volatility.Bound));

        volatility.OnMid(101.5, time + Second);

        Assert.Equal(0.1, volatility.SigmaPerSqrtSecond, 2);
        Assert.Equal(SigmaBound.Cap, volatility.Bound);
    }

    [Fact]
    public void Value_and_bound_are_those_of_the_slow_twin_in_any_market()
    {
        var seen = new HashSet<SigmaBound>();
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                BoundedVolatility volatility = Realised();
                var estimate = new NaiveRollingVolatility(WindowSeconds, 250, 100);
                var hour = new NaiveRollingVolatility(3_600, 3_600, 1_000);
                decimal mid = 1_000;
                long time = 0;
                int calm = random.Next(1, 4);
                for (int i = 0; i < 3_000; i++)
                {
                    time += random.Next(1_000) == 0 ? random.Next(1, 300) * Second : random.Next(900, 1_400) * (Second / 1_000);
                    mid += i == 2_949 ? 800 : random.Next(300) == 0 ? random.Next(-2_000, 2_001) / 2m : i % 500 < 60 ? 0 : random.Next(-calm, calm + 1) / 2m;
                    volatility.OnMid((double)mid, time);
                    estimate.OnMid(mid, time);
                    hour.OnMid(mid, time);
                    if (i % 50 != 0 || !volatility.HasValue) continue;

                    double floor = 0.5 / Math.Sqrt(WindowSeconds);
                    double cap = hour.Count < 1_800 ? double.MaxValue : Math.Max(floor, 5 * hour.Realised);
                    double expected = Math.Clamp(estimate.Realised, floor, cap);
                    SigmaBound bound = estimate.Realised > cap ? SigmaBound.Cap : estimate.Realised < floor ? SigmaBound.Floor : SigmaBound.None;
                    if (bound != volatility.Bound || Math.Abs(volatility.SigmaPerSqrtSecond - expected) > 1e-9 * expected) return false;
                    seen.Add(bound);
                }

                return true;
            }).CheckUntil(10, () => seen.Count == 3);

        Assert.Equal(3, seen.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_window_that_is_not_a_positive_number_is_refused(double seconds)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundedVolatility(new EwmaVolatility(30), seconds));
    }

    [Fact]
    public void A_warm_one_allocates_nothing()
    {
        BoundedVolatility volatility = Realised();
        long time = Walk(volatility, 0, 4_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Walk(volatility, time, 4_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
    }

    private static BoundedVolatility Realised() => new(new RollingVolatility(WindowSeconds, 250, isJumpRobust: false), WindowSeconds);

    /// <summary>One tick to and fro each second, from 0 on.</summary>
    /// <returns>The second after.</returns>
    private static long Walk(BoundedVolatility volatility, long time, int seconds)
    {
        for (int i = 0; i <= seconds; i++, time += Second) volatility.OnMid(i % 2, time);
        return time;
    }
}
