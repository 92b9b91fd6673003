using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Quoting.Tests;

public sealed class MarkOutsTests
{
    private const long Millisecond = 1_000_000;
    private const long Second = 1_000 * Millisecond;
    private const long Start = 1_700_000_000 * Second;

    /// <summary>Base order 10 lots: five of them are a prior of 50. The largest widening at a mid of 600,000 ticks is 60.</summary>
    private static readonly MarkOutSettings Settings = new() { BaseQty = new(10), Gain = 2, WideningMaxFraction = 0.0001, MemorySeconds = 60 };

    [Fact]
    public void A_fill_is_marked_after_each_time_with_the_mid_that_was_in_force_then()
    {
        var markOuts = new MarkOuts(Settings);
        markOuts.OnMid(1_200_000, Start);
        markOuts.OnFill(Side.Buy, new(10), Start);
        markOuts.OnFill(Side.Sell, new(30), Start);

        markOuts.OnMid(1_199_980, Start + (100 * Millisecond) - 1);   // 10 ticks lower, in force when 0.1 s are over
        Assert.Equal(0, markOuts.TotalLots(Side.Buy, 0));
        markOuts.OnMid(1_199_900, Start + (100 * Millisecond));
        Assert.Equal((10, -10.0), (markOuts.TotalLots(Side.Buy, 0), markOuts.TotalMeanTicks(Side.Buy, 0)));
        Assert.Equal((30, +10.0), (markOuts.TotalLots(Side.Sell, 0), markOuts.TotalMeanTicks(Side.Sell, 0)));

        markOuts.OnTime(Start + Second);
        Assert.Equal((10, -50.0), (markOuts.TotalLots(Side.Buy, 1), markOuts.TotalMeanTicks(Side.Buy, 1)));
        markOuts.OnMid(1_200_001, Start + (2 * Second));
        markOuts.OnTime(Start + (10 * Second) - 1);
        Assert.Equal(0, markOuts.TotalLots(Side.Buy, 2));
        markOuts.OnTime(Start + (10 * Second));
        Assert.Equal((10, 0.5), (markOuts.TotalLots(Side.Buy, 2), markOuts.TotalMeanTicks(Side.Buy, 2)));
        Assert.Equal((30, -0.5), (markOuts.TotalLots(Side.Sell, 2), markOuts.TotalMeanTicks(Side.Sell, 2)));
    }

    [Fact]
    public void The_worst_mean_of_a_side_widens_it_by_the_gain_and_leaves_the_other_side_alone()
    {
        var markOuts = new MarkOuts(Settings);
        long now = Fill(markOuts, Start, Side.Buy, lots: 50, moveTicks: -10);   // after 0.1 s the mean is -10 x 50 / (50 + 50)

        Assert.True(markOuts.OnTime(now));
        Assert.Equal(-5, markOuts.MeanTicks(Side.Buy, 0), 9);
        Assert.Equal(10 * NanoTicks.One, markOuts.BidWideningNanoTicks);
        Assert.Equal(0, markOuts.AskWideningNanoTicks);
        Assert.True(markOuts.Widens);

        markOuts.OnTime(now + (900 * Millisecond));   // after a second it is the same move, a little older in the first mean
        Assert.Equal(-5, markOuts.MeanTicks(Side.Buy, 1), 9);
        Assert.Equal(10 * NanoTicks.One, markOuts.BidWideningNanoTicks);
    }

    [Fact]
    public void A_market_that_goes_our_way_after_fills_widens_nothing()
    {
        var markOuts = new MarkOuts(Settings);
        long now = Fill(markOuts, Start, Side.Buy, lots: 50, moveTicks: +10);
        now = Fill(markOuts, now, Side.Sell, lots: 50, moveTicks: -10);

        Assert.False(markOuts.OnTime(now));
        Assert.False(markOuts.Widens);
        Assert.True(markOuts.MeanTicks(Side.Buy, 0) > 0 && markOuts.MeanTicks(Side.Sell, 0) > 0);
    }

    [Fact]
    public void Without_fills_the_widening_fades_and_what_began_at_a_tick_ends_below_half_a_tick()
    {
        var markOuts = new MarkOuts(Settings);
        long now = Fill(markOuts, Start, Side.Sell, lots: 10, moveTicks: +3);   // 2 x 3 x 10 / 60 = 1 tick
        Assert.True(markOuts.OnTime(now));
        Assert.Equal(1.0, markOuts.AskWideningNanoTicks / 1e9, 9);

        long least = long.MaxValue;
        for (int i = 0; i < 6_000 && markOuts.Widens; i++)
        {
            markOuts.OnTime(now += Second / 10);
            if (!markOuts.Widens) break;
            Assert.True(markOuts.AskWideningNanoTicks <= least || now < Start + (12 * Second), "it grows only while a fill is still being marked");
            least = markOuts.AskWideningNanoTicks;
        }

        Assert.InRange(least, NanoTicks.One / 2, NanoTicks.One * 51 / 100);
        Assert.Equal(0, markOuts.AskWideningNanoTicks);

        // What has ended does not begin again by itself; a move of less than that to begin with would not have begun.
        Assert.False(markOuts.OnTime(now + Second));
        var small = new MarkOuts(Settings);
        now = Fill(small, Start, Side.Sell, lots: 10, moveTicks: +2);
        Assert.False(small.OnTime(now));
        Assert.False(small.Widens);
    }

    [Fact]
    public void The_widening_has_a_bound_by_the_price_and_a_gain_of_zero_measures_only()
    {
        var markOuts = new MarkOuts(Settings);
        var measuring = new MarkOuts(Settings with { Gain = 0 });
        long now = Fill(markOuts, Start, Side.Buy, lots: 1_000, moveTicks: -5_000);
        Fill(measuring, Start, Side.Buy, lots: 1_000, moveTicks: -5_000);
        markOuts.OnTime(now);

        Assert.Equal(0.0001 * (600_000 - 5_000), markOuts.BidWideningNanoTicks / 1e9, 6);
        Assert.False(measuring.OnTime(now));
        Assert.False(measuring.Widens);
        Assert.Equal(-5_000, measuring.TotalMeanTicks(Side.Buy, 0));
    }

    [Fact]
    public void A_fill_in_two_parts_is_one_fill()
    {
        var whole = new MarkOuts(Settings);
        var parts = new MarkOuts(Settings);
        foreach (MarkOuts markOuts in (MarkOuts[])[whole, parts]) markOuts.OnMid(1_200_000, Start);
        whole.OnFill(Side.Buy, new(10), Start);
        parts.OnFill(Side.Buy, new(3), Start);
        parts.OnFill(Side.Buy, new(7), Start);
        foreach (MarkOuts markOuts in (MarkOuts[])[whole, parts])
        {
            markOuts.OnMid(1_199_900, Start + Millisecond);
            markOuts.OnTime(Start + Second);
        }

        Assert.True(whole.Widens);
        Assert.Equal((whole.BidWideningNanoTicks, whole.TotalLots(Side.Buy, 1)), (parts.BidWideningNanoTicks, parts.TotalLots(Side.Buy, 1)));
    }

    [Fact]
    public void A_lost_book_ends_the_following_of_fills_and_without_a_mid_none_begins()
    {
        var markOuts = new MarkOuts(Settings);
        Assert.False(markOuts.OnFill(Side.Buy, new(10), Start));
        markOuts.OnMid(1_200_000, Start);
        Assert.True(markOuts.OnFill(Side.Buy, new(10), Start));

        markOuts.ForgetWaiting();
        Assert.False(markOuts.OnFill(Side.Buy, new(10), Start));
        markOuts.OnMid(1_000_000, Start + Second);
        markOuts.OnTime(Start + (20 * Second));

        Assert.Equal([0, 0, 0], Enumerable.Range(0, 3).Select(horizon => markOuts.TotalLots(Side.Buy, horizon)));
    }

    [Fact]
    public void As_many_fills_as_there_is_room_for_are_followed_and_the_room_comes_back()
    {
        var markOuts = new MarkOuts(Settings);
        markOuts.OnMid(1_200_000, Start);
        for (int i = 0; i < MarkOuts.FillsMax; i++) Assert.True(markOuts.OnFill(Side.Buy, new(1), Start));
        Assert.False(markOuts.OnFill(Side.Buy, new(1), Start + (10 * Second) - 1));
        Assert.True(markOuts.OnFill(Side.Buy, new(1), Start + (10 * Second)));
        markOuts.OnTime(Start + (20 * Second));

        Assert.Equal(MarkOuts.FillsMax + 1, markOuts.TotalLots(Side.Buy, 2));
    }

    [Fact]
    public void Every_mean_and_every_sum_is_that_of_the_slow_twin_after_any_events()
    {
        long marks = 0, widened = 0;
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                MarkOutSettings settings = Settings with { BaseQty = new(random.Next(1, 30)), MemorySeconds = 1 + (random.NextDouble() * 100) };
                var fast = new MarkOuts(settings);
                var slow = new NaiveMarkOuts(settings);
                long now = Start;
                long mid = 1_200_000;
                for (int i = 0; i < 120; i++)
                {
                    // No two events at one moment: which of them came first, the twin does not know.
                    now += random.Next(10) == 0 ? random.Next(1, 15_000) * Millisecond : random.Next(1, 300) * Millisecond;
                    switch (i == 0 ? 0 : random.Next(10))
                    {
                        case < 4:
                            fast.OnMid(mid += random.Next(-40, 41), now);
                            slow.OnMid(mid, now);
                            break;
                        case < 7:
                            (Side side, long lots) = (random.Next(2) == 0 ? Side.Buy : Side.Sell, random.Next(1, 60));
                            fast.OnFill(side, new(lots), now);
                            slow.OnFill(side, lots, now);
                            break;
                        case 7 when random.Next(4) == 0:
                            fast.OnTime(now);
                            slow.OnTime(now);
                            fast.ForgetWaiting();
                            slow.OnLost(now);
                            break;
                        default:
                            fast.OnTime(now);
                            slow.OnTime(now);
                            break;
                    }

                    if (i % 20 != 19) continue;
                    fast.OnTime(++now);
                    slow.OnTime(now);
                    foreach (Side side in (Side[])[Side.Buy, Side.Sell])
                    {
                        double least = 0;
                        for (int horizon = 0; horizon < 3; horizon++)
                        {
                            double mean = slow.MeanTicks(side, horizon, now);
                            least = Math.Min(least, mean);
                            (long _, long lots, decimal ticks)[] known = slow.Known(side, horizon);
                            long totalLots = known.Sum(mark => mark.lots);
                            double totalMean = totalLots == 0 ? 0 : (double)(known.Sum(mark => mark.lots * mark.ticks) / totalLots);
                            marks += known.Length;
                            if (Math.Abs(fast.MeanTicks(side, horizon) - mean) > 1e-9 || fast.TotalLots(side, horizon) != totalLots || Math.Abs(fast.TotalMeanTicks(side, horizon) - totalMean) > 1e-9) return false;
                        }

                        double widening = Math.Clamp(-settings.Gain * least, 0, settings.WideningMaxFraction * mid / 2);
                        double applied = (side == Side.Buy ? fast.BidWideningNanoTicks : fast.AskWideningNanoTicks) / 1e9;
                        bool isRight = applied == 0 ? widening < 1 + 1e-6 : Math.Abs(applied - widening) < 1e-6 && applied >= 0.5;
                        if (!isRight) return false;
                        if (applied > 0) widened++;
                    }
                }

                return true;
            }).CheckUntil(60, () => marks > 10_000 && widened > 100);

        Assert.True(marks > 10_000 && widened > 100, $"{marks} marks, {widened} widened");
    }

    [Fact]
    public void Whatever_comes_the_widening_is_never_below_zero_nor_above_its_bound() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            MarkOutSettings settings = Settings with { Gain = Math.Pow(10, random.Next(-3, 300)), WideningMaxFraction = random.NextDouble() / 2, MemorySeconds = Math.Pow(10, random.Next(-9, 9)), BaseQty = new(random.NextInt64(1, long.MaxValue)) };
            var markOuts = new MarkOuts(settings);
            long now = random.NextInt64(0, long.MaxValue / 4);
            double mostNanoTicks = 0;
            for (int i = 0; i < 200; i++)
            {
                now += random.NextInt64(0, 1L << random.Next(1, 50));
                long mid = random.NextInt64(1, 1L << random.Next(2, 34));
                markOuts.OnMid(mid, now);
                markOuts.OnFill(random.Next(2) == 0 ? Side.Buy : Side.Sell, new(random.NextInt64(1, 1L << random.Next(2, 50))), now);
                markOuts.OnTime(now);
                mostNanoTicks = Math.Min(settings.WideningMaxFraction * mid / 2, NanoTicks.TicksMax) * 1e9;
                if (markOuts.BidWideningNanoTicks < 0 || markOuts.AskWideningNanoTicks < 0) return false;
                if (Math.Max(markOuts.BidWideningNanoTicks, markOuts.AskWideningNanoTicks) > mostNanoTicks + 1) return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Settings_out_of_range_are_refused_with_their_value()
    {
        AssertRefused("base order must have a lot or more, was 0", Settings with { BaseQty = new(0) });
        AssertRefused("gain must be a number and not negative, was -1", Settings with { Gain = -1 });
        AssertRefused("gain must be a number and not negative, was NaN", Settings with { Gain = double.NaN });
        AssertRefused("largest widening must be a fraction of 0 to below 1, was 1", Settings with { WideningMaxFraction = 1 });
        AssertRefused("memory must be a positive number of seconds, was 0", Settings with { MemorySeconds = 0 });

        static void AssertRefused(string message, MarkOutSettings settings) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => new MarkOuts(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Following_fills_and_widening_allocate_nothing()
    {
        var markOuts = new MarkOuts(Settings);
        Feed(0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Feed(20_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.True(markOuts.Widens);

        void Feed(int from)
        {
            for (int i = from; i < from + 20_000; i++)
            {
                long now = Start + (i * 20 * Millisecond);
                markOuts.OnMid(1_200_000 - i, now);
                if (i % 3 == 0) markOuts.OnFill(i % 2 == 0 ? Side.Buy : Side.Sell, new(10), now);
                if (i % 5 == 0) markOuts.OnTime(now);
            }
        }
    }

    /// <summary>A fill at a mid of 600,000 ticks, after which the mid moves and stays.</summary>
    /// <returns>The time a tenth of a second after the fill.</returns>
    private static long Fill(MarkOuts markOuts, long now, Side side, long lots, long moveTicks)
    {
        markOuts.OnMid(1_200_000, now);
        Assert.True(markOuts.OnFill(side, new(lots), now));
        markOuts.OnMid(1_200_000 + (2 * moveTicks), now + Millisecond);
        return now + (100 * Millisecond);
    }
}
