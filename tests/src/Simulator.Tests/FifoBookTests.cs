using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The true price-time book, against a list of orders that is searched from end to end.</summary>
public sealed class FifoBookTests
{
    private const int StepsPerCourse = 120;

    [Fact]
    public void Fills_levels_and_queue_places_are_those_of_a_list_searched_for_the_best_and_oldest_order() => ForEachCourse(course =>
    {
        for (int step = 0; step < StepsPerCourse; step++)
        {
            course.Step();
            foreach (bool bids in (bool[])[true, false])
            {
                Assert.Equal(course.Naive.Levels(bids), course.Book.Levels(bids));
                Assert.Equal(course.Naive.Orders.Count(order => order.IsBuy == bids), course.Book.EntryCount(bids));
            }

            foreach (NaiveOrder order in course.Naive.Orders)
            {
                Assert.Equal((order.Lots, course.Naive.Ahead(order)), (order.Entry.Lots, FifoBook.LotsAhead(order.Entry)));
            }
        }
    });

    [Fact]
    public void No_fill_leaves_a_better_price_or_an_older_order_behind_and_the_sides_never_cross() => ForEachCourse(course =>
    {
        for (int step = 0; step < StepsPerCourse; step++)
        {
            course.Step();
            Assert.Equal(course.LastWanted, course.LastFills);
            if (course.Book.BestTicks(bidSide: true) is { } bid && course.Book.BestTicks(bidSide: false) is { } ask) Assert.True(bid < ask, $"bid {bid}, ask {ask}");
        }
    });

    [Fact]
    public void What_was_added_rests_or_was_filled_or_was_taken_out() => ForEachCourse(course =>
    {
        for (int step = 0; step < StepsPerCourse; step++) course.Step();
        long resting = course.Book.Levels(bidSide: true).Concat(course.Book.Levels(bidSide: false)).Sum(level => level.Lots);
        Assert.Equal(course.Added, resting + course.Filled + course.TakenOut);
    });

    [Fact]
    public void A_smaller_order_keeps_its_place_and_a_price_that_crosses_cannot_rest()
    {
        var book = new FifoBook();
        FifoEntry first = book.Add(isBuy: true, priceTicks: 100, lots: 5);
        FifoEntry second = book.Add(isBuy: true, priceTicks: 100, lots: 5);

        book.Reduce(first, 3);

        Assert.Equal((2, 2), (first.Lots, FifoBook.LotsAhead(second)));
        List<FifoFill> fills = [];
        Assert.Equal(3, book.Take(takerBuys: false, limitTicks: 100, lots: 3, fills));
        Assert.Equal([new FifoFill(first, 100, 2), new FifoFill(second, 100, 1)], fills);
        Assert.Contains("crosses", Assert.Throws<InvalidOperationException>(() => book.Add(isBuy: false, 100, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sequence_rises_with_every_change_and_once_for_all_fills_of_a_taker()
    {
        var book = new FifoBook();
        FifoEntry entry = book.Add(isBuy: false, 101, 1);
        book.Add(isBuy: false, 102, 1);
        book.Add(isBuy: false, 103, 1);
        long before = book.Sequence;

        book.Take(takerBuys: true, 102, 2, []);
        Assert.Equal((3, before + 1), (before, book.Sequence));
        book.Take(takerBuys: true, 102, 2, []);
        Assert.Equal(before + 1, book.Sequence);
        Assert.Equal(0, entry.Lots);
    }

    private static void ForEachCourse(Action<Course> holds) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => holds(new Course(seed))).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    /// <summary>The same random orders, cancels, cuts and takers for both books.</summary>
    private sealed class Course(int seed)
    {
        private readonly Random _random = new(seed);

        public FifoBook Book { get; } = new();

        public NaiveBook Naive { get; } = new();

        public long Added { get; private set; }

        public long Filled { get; private set; }

        public long TakenOut { get; private set; }

        public List<(NaiveOrder? Maker, long PriceTicks, long Lots)> LastFills { get; private set; } = [];

        public List<(NaiveOrder? Maker, long PriceTicks, long Lots)> LastWanted { get; private set; } = [];

        public void Step()
        {
            LastFills = LastWanted = [];
            switch (_random.Next(6))
            {
                case 0 when Naive.Orders.Count > 0:
                    NaiveOrder leaving = Naive.Orders[_random.Next(Naive.Orders.Count)];
                    TakenOut += leaving.Lots;
                    Naive.Orders.Remove(leaving);
                    Book.Remove(leaving.Entry);
                    break;
                case 1 when Naive.Orders.Count > 0:
                    NaiveOrder shrinking = Naive.Orders[_random.Next(Naive.Orders.Count)];
                    long cut = 1 + _random.NextInt64(shrinking.Lots);
                    TakenOut += cut;
                    shrinking.Lots -= cut;
                    if (shrinking.Lots == 0) Naive.Orders.Remove(shrinking);
                    Book.Reduce(shrinking.Entry, cut);
                    break;
                default:
                    Send(isBuy: _random.Next(2) == 0, priceTicks: _random.Next(95, 106), lots: _random.Next(1, 10));
                    break;
            }
        }

        private void Send(bool isBuy, long priceTicks, long lots)
        {
            LastWanted = Naive.Take(isBuy, priceTicks, lots);
            List<FifoFill> fills = [];
            Assert.Equal(LastWanted.Sum(fill => fill.Lots), Book.Available(isBuy, priceTicks, lots));
            long filled = Book.Take(isBuy, priceTicks, lots, fills);
            LastFills = [.. fills.Select(fill => (Naive.ByEntry.GetValueOrDefault(fill.Maker), fill.PriceTicks, fill.Lots))];
            Filled += 2 * filled;   // the taker's and the makers'
            Added += lots;
            if (filled == lots) return;
            FifoEntry entry = Book.Add(isBuy, priceTicks, lots - filled);
            Naive.Rest(new NaiveOrder { IsBuy = isBuy, PriceTicks = priceTicks, Lots = lots - filled, Entry = entry });
        }
    }

    private sealed class NaiveOrder
    {
        public required bool IsBuy { get; init; }

        public required long PriceTicks { get; init; }

        public required long Lots { get; set; }

        public required FifoEntry Entry { get; init; }
    }

    private sealed class NaiveBook
    {
        /// <summary>Oldest first.</summary>
        public List<NaiveOrder> Orders { get; } = [];

        public Dictionary<FifoEntry, NaiveOrder> ByEntry { get; } = [];

        public void Rest(NaiveOrder order)
        {
            Orders.Add(order);
            ByEntry.Add(order.Entry, order);
        }

        public IEnumerable<(long PriceTicks, long Lots)> Levels(bool bids) =>
            Orders.Where(order => order.IsBuy == bids).GroupBy(order => order.PriceTicks).OrderBy(level => bids ? -level.Key : level.Key).Select(level => (level.Key, level.Sum(order => order.Lots)));

        public long Ahead(NaiveOrder order) =>
            Orders.TakeWhile(other => other != order).Where(other => other.IsBuy == order.IsBuy && other.PriceTicks == order.PriceTicks).Sum(other => other.Lots);

        public List<(NaiveOrder? Maker, long PriceTicks, long Lots)> Take(bool buys, long limitTicks, long lots)
        {
            List<(NaiveOrder? Maker, long PriceTicks, long Lots)> fills = [];
            while (lots > 0)
            {
                NaiveOrder? best = Orders.Where(order => order.IsBuy != buys && (buys ? order.PriceTicks <= limitTicks : order.PriceTicks >= limitTicks))
                    .MinBy(order => buys ? order.PriceTicks : -order.PriceTicks);
                if (best is null) break;
                long filled = Math.Min(lots, best.Lots);
                fills.Add((best, best.PriceTicks, filled));
                best.Lots -= filled;
                lots -= filled;
                if (best.Lots == 0) Orders.Remove(best);
            }

            return fills;
        }
    }
}
