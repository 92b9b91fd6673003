using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Book.Tests;

public sealed class OrderFlowImbalanceTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Events_agree_with_the_independent_numbers()
    {
        BookTop? before = null;
        int events = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("book_series.csv"))
        {
            BookTop after = Tops.Golden(row);
            if (before is { } top)
            {
                Assert.Equal(long.Parse(row["ofi"]), OrderFlowImbalance.EventLots(in top, in after));
                events++;
            }

            before = after;
        }

        Assert.Equal(3_999, events);
    }

    [Fact]
    public void Half_of_an_event_is_left_after_the_half_life()
    {
        var flow = new OrderFlowImbalance(halfLifeSeconds: 2);
        BookTop first = Tops.Of(100, 5, 101, 5);
        BookTop more = Tops.Of(100, 13, 101, 5);
        flow.OnTop(in first, 10 * Second);
        Assert.Equal(0, flow.SumLotsAt(11 * Second));

        flow.OnTop(in more, 12 * Second);

        Assert.Equal(8, flow.SumLotsAt(12 * Second));
        Assert.Equal(4, flow.SumLotsAt(14 * Second), 12);
        Assert.Equal(1, flow.SumLotsAt(18 * Second), 12);
        Assert.Equal(8, flow.SumLotsAt(11 * Second));   // the past is not asked about: time that goes back stands still
    }

    [Fact]
    public void What_happened_while_the_book_was_lost_is_no_event()
    {
        var flow = new OrderFlowImbalance(1);
        BookTop before = Tops.Of(100, 5, 101, 5);
        BookTop more = Tops.Of(100, 6, 101, 5);
        BookTop after = Tops.Of(500, 5_000, 501, 5);
        flow.OnTop(in before, 0);
        flow.OnTop(in more, 1);
        flow.Reset();
        Assert.Equal(0, flow.SumLotsAt(1));

        flow.OnTop(in after, 2);

        Assert.Equal(0, flow.SumLotsAt(2));
    }

    [Fact]
    public void The_sum_is_that_of_all_events_each_decayed_from_its_own_time()
    {
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                double halfLife = Math.Exp((random.NextDouble() * 8) - 4);
                var flow = new OrderFlowImbalance(halfLife);
                var history = new List<(BookTop Top, long Nanos)>();
                long now = 1_700_000_000L * Second;
                int tops = random.Next(1, 60);
                for (int i = 0; i < tops; i++)
                {
                    now += random.Next(4) == 0 ? 0 : random.NextInt64(1, 3 * Second);
                    long bid = random.NextInt64(100, 104);
                    BookTop top = Tops.Of(bid, random.NextInt64(1, 50), bid + random.NextInt64(1, 3), random.NextInt64(1, 50));
                    flow.OnTop(in top, now);
                    history.Add((top, now));
                }

                long asked = now + random.NextInt64(0, 2 * Second);
                double expected = Slow(history, halfLife, asked);
                Assert.True(Math.Abs(flow.SumLotsAt(asked) - expected) <= 1e-9 * (1 + Math.Abs(expected)), $"seed {seed}: {flow.SumLotsAt(asked):R}, was to be {expected:R}");
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_mirrored_book_gives_the_opposite_event()
    {
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                BookTop before = Random(random);
                BookTop after = Random(random);
                BookTop mirroredBefore = Mirror(before);
                BookTop mirroredAfter = Mirror(after);
                Assert.Equal(-OrderFlowImbalance.EventLots(in before, in after), OrderFlowImbalance.EventLots(in mirroredBefore, in mirroredAfter));
            }).QuickCheckThrowOnFailure();

        static BookTop Random(Random random)
        {
            long bid = random.NextInt64(100, 104);
            return Tops.Of(bid, random.NextInt64(1, 50), bid + random.NextInt64(1, 3), random.NextInt64(1, 50));
        }

        static BookTop Mirror(BookTop top) => Tops.Of(1_000 - top.AskPrice.Ticks, top.AskQty.Lots, 1_000 - top.BidPrice.Ticks, top.BidQty.Lots);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_half_life_that_is_not_a_positive_number_is_refused(double seconds)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new OrderFlowImbalance(seconds));
    }

    [Fact]
    public void Tops_of_any_times_leave_a_finite_sum()
    {
        var flow = new OrderFlowImbalance(1e-9);
        long[] times = [long.MinValue, long.MaxValue, 0, long.MaxValue, long.MinValue];
        foreach (long nanos in times)
        {
            BookTop top = Tops.Of(100, 1L << 52, 101, 1);
            flow.OnTop(in top, nanos);
            Assert.True(double.IsFinite(flow.SumLotsAt(long.MaxValue)) && double.IsFinite(flow.SumLotsAt(long.MinValue)));
        }
    }

    [Fact]
    public void A_warm_sum_allocates_nothing()
    {
        var flow = new OrderFlowImbalance(1);
        double checksum = Feed(flow, 0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        checksum += Feed(flow, 10_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.NotEqual(0, checksum);
    }

    private static double Feed(OrderFlowImbalance flow, int from)
    {
        for (int i = from; i < from + 1_000; i++)
        {
            BookTop top = Tops.Of(100, 1 + (i % 7), 101, 3);
            flow.OnTop(in top, i * 1_000_000L);
        }

        return flow.SumLotsAt((from + 1_001) * 1_000_000L);
    }

    // From the whole history, with the rule of the paper by cases instead of indicators.
    private static double Slow(List<(BookTop Top, long Nanos)> history, double halfLifeSeconds, long asked)
    {
        decimal nanosPerSecond = Second;
        double sum = 0;
        for (int i = 1; i < history.Count; i++)
        {
            (BookTop before, _) = history[i - 1];
            (BookTop after, long nanos) = history[i];
            int bidMove = after.BidPrice.Ticks.CompareTo(before.BidPrice.Ticks);
            int askMove = after.AskPrice.Ticks.CompareTo(before.AskPrice.Ticks);
            long bidPart = bidMove > 0 ? after.BidQty.Lots : bidMove < 0 ? -before.BidQty.Lots : after.BidQty.Lots - before.BidQty.Lots;
            long askPart = askMove < 0 ? after.AskQty.Lots : askMove > 0 ? -before.AskQty.Lots : after.AskQty.Lots - before.AskQty.Lots;
            sum += (bidPart - askPart) * Math.Pow(0.5, (double)((asked - nanos) / nanosPerSecond) / halfLifeSeconds);
        }

        return sum;
    }
}
