using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;

namespace LatencyEngine.Book.Tests;

public sealed class VolatilityJumpTests
{
    private const long Millisecond = 1_000_000;
    private const long Tenth = 100 * Millisecond;

    [Fact]
    public void A_move_far_beyond_the_usual_is_a_jump_and_ends_at_half_the_ratio()
    {
        var jump = new VolatilityJump(shortSeconds: 1, ratio: 4);
        var shortTerm = new EwmaVolatility(1);
        var slow = new EwmaVolatility(60);
        long time = 0;
        for (int i = 0; i < 1_000; i++) Feed(i % 2 * 2);   // 2 ticks to and fro each tenth of a second
        Assert.False(jump.IsJumping);

        Feed(80);
        Assert.True(jump.IsJumping);
        double atTheEnd = 0;
        int samples = 0;
        bool wasBelowTheRatio = false;
        while (jump.IsJumping)
        {
            Assert.True(shortTerm.SigmaPerSqrtSecond > 2 * slow.SigmaPerSqrtSecond);
            wasBelowTheRatio |= shortTerm.SigmaPerSqrtSecond < 4 * slow.SigmaPerSqrtSecond;
            Feed(80 + (samples++ % 2 * 2));
            atTheEnd = shortTerm.SigmaPerSqrtSecond / slow.SigmaPerSqrtSecond;
        }

        Assert.True(wasBelowTheRatio, "what begins above the ratio goes on below it");
        Assert.InRange(atTheEnd, 1.8, 2);
        Assert.InRange(samples, 10, 50);
        Assert.Equal(shortTerm.SigmaPerSqrtSecond, jump.SigmaPerSqrtSecond);

        void Feed(double mid)
        {
            jump.OnMid(mid, time += Tenth);
            shortTerm.OnMid(mid, time);
            slow.OnMid(mid, time);
        }
    }

    [Fact]
    public void A_market_that_becomes_livelier_for_good_is_no_jump_for_good()
    {
        var jump = new VolatilityJump(shortSeconds: 1, ratio: 4);
        long time = 0;
        for (int i = 0; i < 1_000; i++) jump.OnMid(i % 2 * 2, time += Tenth);
        int jumping = 0;
        for (int i = 0; i < 3_000; i++)
        {
            jump.OnMid(i % 2 * 20, time += Tenth);
            if (jump.IsJumping) jumping++;
        }

        Assert.InRange(jumping, 50, 600);
        Assert.False(jump.IsJumping);
    }

    [Fact]
    public void Nothing_is_a_jump_before_the_slow_volatility_is_as_old_as_its_time_constant()
    {
        var jump = new VolatilityJump(shortSeconds: 1, ratio: 4);
        for (int i = 0; i < 599; i++) jump.OnMid(i % 2, i * Tenth);
        jump.OnMid(1_000, 599 * Tenth);
        Assert.False(jump.IsJumping);

        jump.OnMid(1_000, 600 * Tenth);
        Assert.True(jump.IsJumping);
    }

    [Fact]
    public void A_few_ticks_after_a_silence_are_none_and_in_a_still_market_as_many_as_the_ratio_are()
    {
        var jump = new VolatilityJump(shortSeconds: 1, ratio: 4);
        long time = 0;
        for (int i = 0; i < 700; i++) jump.OnMid(0, time += Tenth);
        jump.OnMid(4, time += Tenth);
        Assert.False(jump.IsJumping);
        for (int i = 0; i < 700; i++) jump.OnMid(4, time += Tenth);
        jump.OnMid(9, time += Tenth);
        Assert.True(jump.IsJumping);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_steady_random_walk_has_no_jump(int seed)
    {
        var jump = new VolatilityJump(shortSeconds: 1, ratio: 4);
        var random = new Random(seed);
        double mid = 0;
        for (int i = 0; i < 36_000; i++)
        {
            for (int step = 0; step < 5; step++) mid += random.Next(-6, 7) / 2.0;
            jump.OnMid(mid, i * Tenth);
            Assert.False(jump.IsJumping, $"seed {seed}, second {i / 10}");
        }
    }

    [Fact]
    public void It_is_jumping_exactly_when_two_estimates_of_their_own_say_so_in_any_market()
    {
        long began = 0;
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                double ratio = 2 + (random.NextDouble() * 3);
                double seconds = 0.2 + random.NextDouble();
                var jump = new VolatilityJump(seconds, ratio);
                var shortTerm = new EwmaVolatility(seconds);
                var slow = new EwmaVolatility(60 * seconds);
                bool isJumping = false;
                double mid = 0;
                long time = 0, first = -1, last = 0;
                for (int i = 0; i < 1_500; i++)
                {
                    time += random.Next(500) == 0 ? random.Next(100_000) * Millisecond : random.Next(1, 300) * Millisecond;
                    mid += random.Next(100) == 0 ? random.Next(-100, 101) / 2.0 : random.Next(-2, 3) / 2.0;
                    jump.OnMid(mid, time);
                    shortTerm.OnMid(mid, time);
                    slow.OnMid(mid, time);
                    if (first < 0) first = last = time;
                    else if (time - last >= Tenth) last = time;
                    double usual = Math.Max(slow.SigmaPerSqrtSecond, 1 / Math.Sqrt(seconds));
                    double share = shortTerm.SigmaPerSqrtSecond / usual;
                    double bound = isJumping ? ratio / 2 : ratio;
                    if (Math.Abs(share - bound) < 1e-9) return true;   // a rounding may decide
                    bool before = isJumping;
                    isJumping = last - first >= (long)(60e9 * seconds) && share > bound;
                    if (isJumping && !before) began++;
                    if (jump.IsJumping != isJumping) return false;
                }

                return true;
            }).CheckUntil(100, () => began > 100);

        Assert.True(began > 100, $"{began} jumps");
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(double.NaN, 4)]
    [InlineData(double.PositiveInfinity, 4)]
    [InlineData(1, 1.9)]
    [InlineData(1, 7.1)]
    [InlineData(1, double.NaN)]
    public void Arguments_out_of_range_are_refused(double seconds, double ratio) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new VolatilityJump(seconds, ratio));

    [Fact]
    public void The_largest_ratio_can_be_exceeded()
    {
        var jump = new VolatilityJump(shortSeconds: 1, VolatilityJump.RatioMax);
        long time = 0;
        for (int i = 0; i < 700; i++) jump.OnMid(i % 2 / 2.0, time += Tenth);
        jump.OnMid(1_000_000, time + Tenth);

        Assert.True(jump.IsJumping);
    }

    [Fact]
    public void A_warm_one_allocates_nothing()
    {
        var jump = new VolatilityJump(1, 4);
        Feed(0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Feed(10_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);

        void Feed(int from)
        {
            for (int i = from; i < from + 10_000; i++) jump.OnMid(i % 1_000 == 0 ? 500 : i % 7, i * 40 * Millisecond);
        }
    }
}
