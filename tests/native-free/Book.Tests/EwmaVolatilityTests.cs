using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;

namespace LatencyEngine.Book.Tests;

public sealed class EwmaVolatilityTests
{
    private const long Millisecond = 1_000_000;

    [Theory]
    [InlineData(0)]
    [InlineData(100)]   // the golden's mids are at least 100 ms apart: the default spacing drops none
    public void Sigma_agrees_with_the_independent_numbers(int spacingMillis)
    {
        var volatility = new EwmaVolatility(timeConstantSeconds: 30, spacingMillis);
        int values = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("volatility.csv"))
        {
            volatility.OnMid(double.Parse(row["mid"]), long.Parse(row["ts_ms"]) * Millisecond);

            Assert.Equal(row["sigma_ewma"].Length > 0, volatility.HasValue);
            if (!volatility.HasValue) continue;
            double expected = double.Parse(row["sigma_ewma"]);
            Assert.True(Math.Abs(volatility.SigmaPerSqrtSecond - expected) <= 1e-9 * expected, $"row {row["ts_ms"]}: expected {expected:R}, was {volatility.SigmaPerSqrtSecond:R}");
            values++;
        }

        Assert.Equal(399, values);
    }

    [Fact]
    public void Sigma_is_that_of_the_slow_twin_after_every_event_of_any_sequence()
    {
        long values = 0, faded = 0;
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                int spacingMillis = random.Next(2) * 100;
                decimal timeConstantSeconds = random.Next(1, 1_000) / 10m;
                var fast = new EwmaVolatility((double)timeConstantSeconds, spacingMillis);
                var slow = new NaiveEwmaVolatility(timeConstantSeconds, spacingMillis);
                decimal mid = 600_000;
                long time = 1_000_000 * Millisecond;
                for (int i = 0; i < 100; i++)
                {
                    (decimal change, long elapsed) = Mids.Next(random);
                    mid += change;
                    time += elapsed;
                    double before = fast.SigmaPerSqrtSecond;
                    fast.OnMid((double)mid, time);
                    slow.OnMid(mid, time);

                    double expected = slow.SigmaPerSqrtSecond;
                    if (fast.HasValue != slow.Count > 0 || Math.Abs(fast.SigmaPerSqrtSecond - expected) > (1e-9 * expected) + 1e-100) return false;   // after a silence of a thousand time constants no double has digits left
                    if (fast.HasValue) values++;
                    if (expected < before / 2) faded++;
                }

                return true;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

        Assert.True(values > 10_000 && faded > 20, $"{values} values, of which {faded} fell by half at once");
    }

    [Fact]
    public void There_is_no_value_before_the_second_sample()
    {
        var volatility = new EwmaVolatility(30);
        Assert.False(volatility.HasValue);
        volatility.OnMid(100, 0);
        Assert.False(volatility.HasValue);
        Assert.Equal(0, volatility.SigmaPerSqrtSecond);

        volatility.OnMid(103, 250 * Millisecond);

        Assert.True(volatility.HasValue);
        Assert.Equal(6, volatility.SigmaPerSqrtSecond, 12);   // 3 ticks in a quarter of a second: sqrt(9 / 0.25)
    }

    [Fact]
    public void The_second_rate_is_weighted_by_the_time_it_took()
    {
        var volatility = new EwmaVolatility(timeConstantSeconds: 2);
        volatility.OnMid(0, 0);
        volatility.OnMid(1, 1_000 * Millisecond);
        volatility.OnMid(4, 2_000 * Millisecond);

        double weight = Math.Exp(-0.5);
        Assert.Equal(Math.Sqrt((weight * 1) + ((1 - weight) * 9)), volatility.SigmaPerSqrtSecond, 12);
    }

    [Fact]
    public void Updates_of_one_moment_count_as_one_even_without_a_spacing()
    {
        var volatility = new EwmaVolatility(30, spacingMillis: 0);
        volatility.OnMid(100, 0);
        volatility.OnMid(150, 0);
        Assert.False(volatility.HasValue);

        volatility.OnMid(101, 1);
        Assert.Equal(Math.Sqrt(1 / 1e-9), volatility.SigmaPerSqrtSecond, 3);
    }

    [Fact]
    public void Mids_closer_than_the_spacing_are_not_sampled_and_the_first_at_the_spacing_is()
    {
        var every = new EwmaVolatility(30, spacingMillis: 100);
        var sparse = new EwmaVolatility(30, spacingMillis: 100);
        for (int ms = 0; ms <= 1_000; ms++)
        {
            double mid = ms % 100 == 0 ? ms / 100 : 1e6;   // wild in between: none of it may show
            every.OnMid(mid, ms * Millisecond);
            if (ms % 100 == 0) sparse.OnMid(mid, ms * Millisecond);
        }

        Assert.Equal(sparse.SigmaPerSqrtSecond, every.SigmaPerSqrtSecond);
    }

    [Fact]
    public void A_mid_from_the_past_is_ignored()
    {
        var volatility = new EwmaVolatility(30);
        volatility.OnMid(100, 1_000 * Millisecond);
        volatility.OnMid(500, 0);
        volatility.OnMid(500, long.MinValue + (2_000 * Millisecond));

        Assert.False(volatility.HasValue);
    }

    [Fact]
    public void Sigma_of_a_random_walk_converges_to_the_walks_own()
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            var random = new Random(seed);
            var volatility = new EwmaVolatility(timeConstantSeconds: 1_000);
            double mid = 60_000;
            long time = 0;
            double sumOfSigmas = 0;
            for (int i = 0; i < 100_000; i++)
            {
                volatility.OnMid(mid, time);
                long stepMillis = random.Next(100, 1_000);
                time += stepMillis * Millisecond;
                mid += (random.Next(2) == 0 ? 5 : -5) * Math.Sqrt(stepMillis / 1e3);
                if (i > 0) sumOfSigmas += volatility.SigmaPerSqrtSecond;
            }

            // Every rate is exactly 25 in this walk, whatever the spacing of its samples.
            Assert.True(Math.Abs((sumOfSigmas / 99_999) - 5) < 1e-6, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_time_constant_that_is_not_a_positive_number_is_refused(double seconds)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EwmaVolatility(seconds));
    }

    [Fact]
    public void A_negative_spacing_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EwmaVolatility(30, -1));
    }

    [Fact]
    public void A_warm_estimator_allocates_nothing()
    {
        var volatility = new EwmaVolatility(30);
        double checksum = Feed(volatility, 0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        checksum += Feed(volatility, 10_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.NotEqual(0, checksum);
    }

    private static double Feed(EwmaVolatility volatility, int from)
    {
        for (int i = from; i < from + 10_000; i++) volatility.OnMid(i % 7, i * 40 * Millisecond);
        return volatility.SigmaPerSqrtSecond;
    }
}
