using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;

namespace LatencyEngine.Book.Tests;

public sealed class RollingVolatilityTests
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public void Realised_and_bipower_volatility_and_the_jump_share_agree_with_the_independent_numbers()
    {
        const decimal TickSize = 0.1m;
        var volatility = new RollingVolatility(windowSeconds: 86_400, increments: 100, isJumpRobust: true);
        int values = 0;
        double largestJumpShare = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("volatility.csv"))
        {
            volatility.OnMid((double)(decimal.Parse(row["mid"]) / TickSize), long.Parse(row["ts_ms"]) * Millisecond);

            Assert.Equal(row["sigma_rv100"].Length > 0, volatility.Count == 100);
            if (volatility.Count < 100) continue;
            AssertClose(double.Parse(row["sigma_rv100"]), volatility.RealisedPerSqrtSecond * (double)TickSize, row["ts_ms"]);
            AssertClose(double.Parse(row["sigma_bv100"]), volatility.BipowerPerSqrtSecond * (double)TickSize, row["ts_ms"]);
            AssertClose(double.Parse(row["jump_share"]), volatility.JumpShare, row["ts_ms"]);
            Assert.Equal(volatility.BipowerPerSqrtSecond, volatility.SigmaPerSqrtSecond);
            largestJumpShare = Math.Max(largestJumpShare, volatility.JumpShare);
            values++;
        }

        Assert.Equal(300, values);
        Assert.True(largestJumpShare > 0.5, "the golden has a jump");
    }

    [Fact]
    public void Every_figure_is_that_of_the_slow_twin_after_every_event_of_any_sequence()
    {
        long rolledOver = 0, alone = 0;
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                int spacingMillis = random.Next(2) * 100;
                int increments = random.Next(2, 40);
                int windowSeconds = random.Next(1, 6);
                var fast = new RollingVolatility(windowSeconds, increments, isJumpRobust: random.Next(2) == 0, spacingMillis);
                var slow = new NaiveRollingVolatility(windowSeconds, increments, spacingMillis);
                decimal mid = 600_000;
                long time = 1_000_000 * Millisecond;
                for (int i = 0; i < 100; i++)
                {
                    (decimal change, long elapsed) = Mids.Next(random);
                    mid += change;
                    time += elapsed;
                    int before = slow.Count;
                    fast.OnMid((double)mid, time);
                    slow.OnMid(mid, time);

                    if (!SameFigures(fast, slow)) return false;
                    if (slow.Count < before) rolledOver++;
                    if (slow.Count == 1 && before > 1) alone++;
                }

                return true;
            }).CheckUntil(200, () => rolledOver > 1_000 && alone > 100);

        Assert.True(rolledOver > 1_000 && alone > 100, $"{rolledOver} windows rolled over, {alone} down to a single change");
    }

    [Fact]
    public void What_has_left_the_window_leaves_nothing_in_the_sums()
    {
        // 200,000 changes of every size, then a still market: not even a rounding may stay.
        var volatility = new RollingVolatility(windowSeconds: 30, increments: 300, isJumpRobust: false);
        var random = new Random(1);
        double mid = 1e9;
        long time = 0;
        for (int i = 0; i < 200_000; i++) volatility.OnMid(mid += (random.Next(-1, 2) * Math.Pow(2, random.Next(-1, 29))) + (random.NextDouble() / 3), time += random.Next(100, 300) * Millisecond);
        Assert.True(volatility.RealisedPerSqrtSecond > 1e6);

        for (int i = 0; i < 301; i++) volatility.OnMid(mid, time += 100 * Millisecond);

        Assert.Equal(0, volatility.RealisedPerSqrtSecond);
        Assert.Equal(0, volatility.BipowerPerSqrtSecond);
        Assert.Equal(0, volatility.JumpShare);
    }

    [Fact]
    public void A_single_jump_moves_the_realised_volatility_and_hardly_the_bipower_one()
    {
        var volatility = new RollingVolatility(windowSeconds: 30, increments: 300, isJumpRobust: false);
        for (int i = 0; i < 200; i++) volatility.OnMid((i % 2) + (i >= 100 ? 500 : 0), i * 100 * Millisecond);

        Assert.InRange(volatility.RealisedPerSqrtSecond, 100, 120);
        Assert.InRange(volatility.BipowerPerSqrtSecond, 3, 12);
        Assert.InRange(volatility.JumpShare, 0.98, 1);
        Assert.Equal(volatility.RealisedPerSqrtSecond, volatility.SigmaPerSqrtSecond);
    }

    [Fact]
    public void The_realised_volatility_has_a_value_from_the_first_change_on_and_the_bipower_one_from_the_second()
    {
        var realised = new RollingVolatility(30, 300, isJumpRobust: false);
        var bipower = new RollingVolatility(30, 300, isJumpRobust: true);
        (bool, bool)[] expected = [(false, false), (true, false), (true, true)];
        for (int i = 0; i < 3; i++)
        {
            realised.OnMid(3 * i, i * 250 * Millisecond);
            bipower.OnMid(3 * i, i * 250 * Millisecond);
            Assert.Equal(expected[i], (realised.HasValue, bipower.HasValue));
        }

        Assert.Equal(6, realised.SigmaPerSqrtSecond, 12);                              // 3 ticks in a quarter of a second: sqrt(9 / 0.25)
        Assert.Equal(Math.Sqrt(Math.PI / 2 * 2 * 9 / 0.5), bipower.SigmaPerSqrtSecond, 12);

        // After a silence longer than the window one change is left, and no product of two.
        realised.OnMid(16, 100_500 * Millisecond);
        bipower.OnMid(16, 100_500 * Millisecond);
        Assert.Equal((true, false), (realised.HasValue, bipower.HasValue));
        Assert.Equal(1, realised.SigmaPerSqrtSecond, 12);
        Assert.Equal(0, bipower.SigmaPerSqrtSecond);
    }

    [Fact]
    public void Mids_are_sampled_as_for_the_other_estimate()
    {
        var volatility = new RollingVolatility(30, 300, isJumpRobust: false);
        volatility.OnMid(100, 1_000 * Millisecond);
        volatility.OnMid(900, 1_000 * Millisecond);
        volatility.OnMid(900, 1_099 * Millisecond);
        volatility.OnMid(900, 0);
        Assert.False(volatility.HasValue);

        volatility.OnMid(101, 1_100 * Millisecond);
        Assert.Equal(Math.Sqrt(1 / 0.1), volatility.SigmaPerSqrtSecond, 12);
    }

    [Theory]
    [InlineData(0, 300, 100)]
    [InlineData(double.NaN, 300, 100)]
    [InlineData(86_401, 300, 100)]
    [InlineData(30, 1, 100)]
    [InlineData(30, RollingVolatility.IncrementsMax + 1, 100)]
    [InlineData(30, 300, -1)]
    public void Arguments_out_of_range_are_refused(double windowSeconds, int increments, int spacingMillis)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RollingVolatility(windowSeconds, increments, isJumpRobust: false, spacingMillis));
    }

    [Fact]
    public void The_sums_hold_the_largest_changes_that_the_largest_window_can_have()
    {
        var volatility = new RollingVolatility(86_400, RollingVolatility.IncrementsMax, isJumpRobust: true, spacingMillis: 0);
        for (int i = 0; i <= RollingVolatility.IncrementsMax; i++) volatility.OnMid(i % 2 == 0 ? 0 : 1L << 53, i * 1_000 * Millisecond);

        Assert.Equal(1L << 30, volatility.RealisedPerSqrtSecond, 0);
        Assert.Equal(Math.Sqrt(Math.PI / 2), volatility.BipowerPerSqrtSecond / (1L << 30), 12);
    }

    [Fact]
    public void A_warm_estimator_allocates_nothing()
    {
        var volatility = new RollingVolatility(30, 300, isJumpRobust: true);
        double checksum = Feed(volatility, 0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        checksum += Feed(volatility, 10_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.NotEqual(0, checksum);
    }

    private static bool SameFigures(RollingVolatility fast, NaiveRollingVolatility slow) =>
        fast.Count == slow.Count
        && IsClose(slow.Realised, fast.RealisedPerSqrtSecond)
        && IsClose(slow.Bipower, fast.BipowerPerSqrtSecond)
        && Math.Abs(slow.JumpShare - fast.JumpShare) <= 1e-9;

    private static bool IsClose(double expected, double actual) => Math.Abs(actual - expected) <= 1e-9 * expected;

    private static void AssertClose(double expected, double actual, string row) =>
        Assert.True(Math.Abs(actual - expected) <= 1e-9 * Math.Abs(expected), $"row {row}: expected {expected:R}, was {actual:R}");

    private static double Feed(RollingVolatility volatility, int from)
    {
        for (int i = from; i < from + 10_000; i++) volatility.OnMid(i % 7, i * 40 * Millisecond);
        return volatility.SigmaPerSqrtSecond;
    }
}
