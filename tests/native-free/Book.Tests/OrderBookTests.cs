using LatencyEngine.Model;
using static LatencyEngine.Book.Tests.Books;

namespace LatencyEngine.Book.Tests;

public sealed class OrderBookTests
{
    private static readonly BookDelta TwoByTwo = Snapshot(10, [(100, 5), (99, 6)], [(101, 7), (102, 8)]);

    [Fact]
    public void A_new_book_is_unusable_and_waits_for_a_snapshot()
    {
        var book = new OrderBook(Spec(), 50);

        Assert.Equal(BookChange.AwaitingSnapshot, book.Apply(Delta(1, [(100, 5)], [])));
        AssertUnusable(book);
    }

    [Fact]
    public void A_snapshot_is_the_book()
    {
        OrderBook book = After(TwoByTwo, BookChange.Snapshot);

        Assert.True(book.IsUsable);
        Assert.Equal([(100, 5), (99, 6)], Levels(book, Side.Buy));
        Assert.Equal([(101, 7), (102, 8)], Levels(book, Side.Sell));
        Assert.Equal(10, book.UpdateId);
        Assert.Equal(1_010, book.MatchMillis);
        Assert.True(book.TryGetTop(out BookTop top));
        Assert.Equal(new BookTop(new PriceTicks(100), new QtyLots(5), new PriceTicks(101), new QtyLots(7)), top);
    }

    [Fact]
    public void The_depth_topic_example_of_the_venue_gives_the_book_it_describes()
    {
        // Bybit V5, 6.1: the snapshot and delta printed there, in ticks of 0.10 and lots of 0.001.
        var book = new OrderBook(Spec(), 50);
        book.Apply(Snapshot(10132540, [(714238, 557), (714231, 102)], [(714239, 4669), (714240, 1)]));

        BookChange change = book.Apply(Delta(10132541, [(714198, 0), (714182, 159)], [(714279, 6), (714283, 0)]));

        Assert.Equal(BookChange.Updated, change);
        Assert.Equal([(714238, 557), (714231, 102), (714182, 159)], Levels(book, Side.Buy));
        Assert.Equal([(714239, 4669), (714240, 1), (714279, 6)], Levels(book, Side.Sell));
    }

    [Fact]
    public void A_delta_inserts_replaces_and_deletes_with_absolute_sizes()
    {
        OrderBook book = After(TwoByTwo, BookChange.Snapshot);

        Assert.Equal(BookChange.Updated, book.Apply(Delta(11, [(100, 2), (99, 0), (98, 1)], [(101, 0), (103, 4)])));

        Assert.Equal([(100, 2), (98, 1)], Levels(book, Side.Buy));
        Assert.Equal([(102, 8), (103, 4)], Levels(book, Side.Sell));
        Assert.Equal(11, book.UpdateId);
        Assert.Equal(1_011, book.MatchMillis);
    }

    [Fact]
    public void Deleting_a_level_that_is_not_there_changes_nothing()
    {
        OrderBook book = After(TwoByTwo, BookChange.Snapshot);

        Assert.Equal(BookChange.Updated, book.Apply(Delta(11, [(97, 0), (101, 0)], [(100, 0)])));

        Assert.Equal([(100, 5), (99, 6)], Levels(book, Side.Buy));
        Assert.Equal([(101, 7), (102, 8)], Levels(book, Side.Sell));
    }

    [Theory]
    [InlineData(100)]      // beside the best one
    [InlineData(50_000)]   // far behind it
    public void Of_a_price_that_a_snapshot_lists_twice_the_later_one_counts(long behind)
    {
        long bid = 1_000_000 - behind, ask = 1_000_001 + behind;
        OrderBook book = After(
            Snapshot(
                1,
                [(1_000_000, 5), (bid, 1), (bid, 2), (bid - 1, 3), (bid - 2, 4), (bid - 2, 0), (bid - 3, 6)],
                [(1_000_001, 5), (ask, 1), (ask, 2), (ask + 1, 3), (ask + 2, 4), (ask + 2, 0), (ask + 3, 6)]),
            BookChange.Snapshot);

        Assert.Equal([(1_000_000, 5), (bid, 2), (bid - 1, 3), (bid - 3, 6)], Levels(book, Side.Buy));
        Assert.Equal([(1_000_001, 5), (ask, 2), (ask + 1, 3), (ask + 3, 6)], Levels(book, Side.Sell));
    }

    [Fact]
    public void The_levels_of_a_message_may_come_in_any_order()
    {
        OrderBook book = After(Snapshot(1, [(98, 1), (100, 3), (99, 2)], [(103, 3), (101, 1), (102, 2)]), BookChange.Snapshot);

        Assert.Equal([(100, 3), (99, 2), (98, 1)], Levels(book, Side.Buy));
        Assert.Equal([(101, 1), (102, 2), (103, 3)], Levels(book, Side.Sell));
    }

    [Theory]
    [InlineData(10)]   // the same again
    [InlineData(12)]   // one lost
    [InlineData(9)]
    [InlineData(1)]
    [InlineData(long.MinValue)]
    public void A_delta_that_does_not_follow_is_a_gap_and_the_book_waits_for_a_snapshot(long updateId)
    {
        OrderBook book = After(TwoByTwo, BookChange.Snapshot);

        Assert.Equal(BookChange.Gap, book.Apply(Delta(updateId, [(100, 1)], [])));
        AssertUnusable(book);
        Assert.Equal(BookChange.AwaitingSnapshot, book.Apply(Delta(11, [(100, 1)], [])));
        AssertUnusable(book);

        Assert.Equal(BookChange.Snapshot, book.Apply(Snapshot(40, [(90, 1)], [(91, 1)])));
        Assert.True(book.IsUsable);
        Assert.Equal([(90, 1)], Levels(book, Side.Buy));
        Assert.Equal(BookChange.Updated, book.Apply(Delta(41, [(90, 2)], [])));
    }

    [Theory]
    [InlineData(1)]    // service restart
    [InlineData(10)]
    [InlineData(500)]
    public void A_later_snapshot_replaces_everything_whatever_its_id(long updateId)
    {
        OrderBook book = After(TwoByTwo, BookChange.Snapshot);

        Assert.Equal(BookChange.Snapshot, book.Apply(Snapshot(updateId, [(50, 1)], [(60, 2)])));

        Assert.Equal([(50, 1)], Levels(book, Side.Buy));
        Assert.Equal([(60, 2)], Levels(book, Side.Sell));
        Assert.Equal(BookChange.Updated, book.Apply(Delta(updateId + 1, [], [(60, 3)])));
    }

    [Fact]
    public void On_depth_1_every_message_is_a_snapshot_and_a_repeated_id_a_heartbeat()
    {
        var book = new OrderBook(Spec(), 1);
        Assert.Equal(BookChange.Snapshot, book.Apply(Snapshot(5, [(100, 1)], [(101, 1)], depth: 1)));
        Assert.Equal(BookChange.Heartbeat, book.Apply(Snapshot(5, [(100, 1)], [(101, 1)], depth: 1)));
        Assert.True(book.IsUsable);
        Assert.Equal(BookChange.Snapshot, book.Apply(Snapshot(9, [(99, 1)], [(101, 1)], depth: 1)));
        Assert.Equal([(99, 1)], Levels(book, Side.Buy));
    }

    [Fact]
    public void A_repeated_depth_1_snapshot_restores_a_book_that_was_invalidated()
    {
        var book = new OrderBook(Spec(), 1);
        book.Apply(Snapshot(5, [(100, 1)], [(101, 1)], depth: 1));
        book.Invalidate();
        AssertUnusable(book);

        Assert.Equal(BookChange.Snapshot, book.Apply(Snapshot(5, [(100, 1)], [(101, 1)], depth: 1)));
        Assert.True(book.TryGetTop(out _));
    }

    [Theory]
    [InlineData(101)]   // locked
    [InlineData(105)]   // crossed
    public void A_book_whose_bid_reaches_its_ask_is_thrown_away(long bid)
    {
        OrderBook book = After(TwoByTwo, BookChange.Snapshot);

        Assert.Equal(BookChange.Crossed, book.Apply(Delta(11, [(bid, 1)], [])));
        AssertUnusable(book);
        Assert.Equal(BookChange.AwaitingSnapshot, book.Apply(Delta(12, [(bid, 0)], [])));
        Assert.Equal(BookChange.Crossed, book.Apply(Snapshot(13, [(bid, 1)], [(101, 1)])));
        AssertUnusable(book);
        Assert.Equal(BookChange.Snapshot, book.Apply(Snapshot(14, [(100, 1)], [(101, 1)])));
    }

    [Fact]
    public void Only_the_book_after_the_whole_message_is_judged()
    {
        var book = new OrderBook(Spec(), 2);
        book.Apply(TwoByTwo);

        // The bid moves through the old ask and the side is one too deep until the rest of the message is applied.
        Assert.Equal(BookChange.Updated, book.Apply(Delta(11, [(101, 1), (99, 0)], [(101, 0), (103, 1)])));

        Assert.Equal([(101, 1), (100, 5)], Levels(book, Side.Buy));
        Assert.Equal([(102, 8), (103, 1)], Levels(book, Side.Sell));
    }

    [Fact]
    public void A_side_deeper_than_the_topic_is_thrown_away()
    {
        var book = new OrderBook(Spec(), 2);
        Assert.Equal(BookChange.TooDeep, book.Apply(Snapshot(1, [(100, 1), (99, 1), (98, 1)], [(101, 1)])));
        AssertUnusable(book);

        book.Apply(TwoByTwo);
        Assert.Equal(BookChange.TooDeep, book.Apply(Delta(11, [], [(103, 1)])));
        AssertUnusable(book);
    }

    [Fact]
    public void The_fullest_message_on_the_fullest_book_is_too_deep_and_nothing_worse()
    {
        var book = new OrderBook(Spec(), 1_000);
        Assert.Equal(BookChange.Snapshot, book.Apply(Snapshot(1, Run(1_000, 1_000), Run(10_000, 1_000))));

        Assert.Equal(BookChange.TooDeep, book.Apply(Delta(2, Run(4_000, BookDelta.LevelsPerSideMax), Run(20_000, BookDelta.LevelsPerSideMax))));
        AssertUnusable(book);

        static (long, long)[] Run(long from, int count) => [.. Enumerable.Range(0, count).Select(i => (from + i, 1L))];
    }

    [Fact]
    public void A_book_with_one_side_empty_is_usable_but_has_no_top()
    {
        OrderBook book = After(Snapshot(1, [(100, 1)], []), BookChange.Snapshot);

        Assert.True(book.IsUsable);
        Assert.False(book.TryGetTop(out _));
        Assert.Equal([(100, 1)], Levels(book, Side.Buy));

        Assert.Equal(BookChange.Updated, book.Apply(Delta(2, [(100, 0)], [(200, 1)])));
        Assert.False(book.TryGetTop(out _));
        Assert.Equal(BookChange.Updated, book.Apply(Delta(3, [(150, 1)], [])));
        Assert.True(book.TryGetTop(out _));
    }

    [Fact]
    public void Quantities_are_found_by_price_and_levels_beyond_the_last_are_empty()
    {
        OrderBook book = After(TwoByTwo, BookChange.Snapshot);

        Assert.Equal(6, book.QtyAt(Side.Buy, new PriceTicks(99)).Lots);
        Assert.Equal(8, book.QtyAt(Side.Sell, new PriceTicks(102)).Lots);
        Assert.Equal(0, book.QtyAt(Side.Buy, new PriceTicks(101)).Lots);
        Assert.Equal(0, book.QtyAt(Side.Sell, new PriceTicks(100)).Lots);
        Assert.Equal(default, book.Level(Side.Buy, 2));
        Assert.Equal(default, book.Level(Side.Sell, -1));
        Assert.Equal(default, book.Level(Side.Sell, int.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    public void A_depth_that_no_topic_has_is_refused(int depth)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new OrderBook(Spec(), depth));
    }

    [Fact]
    public void A_warm_book_allocates_nothing()
    {
        var book = new OrderBook(Spec(), 50);
        BookDelta delta = Delta(11, [(100, 5), (98, 1), (97, 0)], [(102, 0), (104, 3)]);
        Laps(book, delta, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        long checksum = Laps(book, delta, 10_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.NotEqual(0, checksum);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void A_level_is_kept_at_any_distance_from_the_best_one(int jitter)
    {
        foreach (long edge in new long[] { 64, 2_047, 2_048, 6_144, 8_192, 100_000, 1L << 40 })
        {
            const long Best = 1L << 41;
            const long Ask = 4 * Best;
            long far = edge + jitter;
            OrderBook book = After(Snapshot(1, [(Best, 1), (Best - far, 2)], [(Ask, 3), (Ask + far, 4)]), BookChange.Snapshot);

            Assert.Equal([(Best, 1), (Best - far, 2)], Levels(book, Side.Buy));
            Assert.Equal([(Ask, 3), (Ask + far, 4)], Levels(book, Side.Sell));
            Assert.Equal(BookChange.Updated, book.Apply(Delta(2, [(Best + far, 5)], [(Ask - far, 6)])));
            Assert.Equal([(Best + far, 5), (Best, 1), (Best - far, 2)], Levels(book, Side.Buy));
            Assert.Equal([(Ask - far, 6), (Ask, 3), (Ask + far, 4)], Levels(book, Side.Sell));
            Assert.Equal(2, book.QtyAt(Side.Buy, new PriceTicks(Best - far)).Lots);
            Assert.Equal(0, book.QtyAt(Side.Buy, new PriceTicks(Best - far - 1)).Lots);
            Assert.Equal(BookChange.Updated, book.Apply(Delta(3, [(Best + far, 0), (Best, 0)], [(Ask - far, 0), (Ask, 0)])));
            Assert.Equal([(Best - far, 2)], Levels(book, Side.Buy));
            Assert.Equal([(Ask + far, 4)], Levels(book, Side.Sell));
        }
    }

    [Fact]
    public void What_a_deleted_level_held_does_not_come_back()
    {
        OrderBook book = After(TwoByTwo, BookChange.Snapshot);
        book.Apply(Delta(11, [(99, 0)], []));
        Assert.Equal(0, book.QtyAt(Side.Buy, new PriceTicks(99)).Lots);

        book.Invalidate();
        Assert.Equal(BookChange.Snapshot, book.Apply(Snapshot(20, [(98, 1)], [(101, 1)])));
        Assert.Equal(0, book.QtyAt(Side.Buy, new PriceTicks(100)).Lots);
        Assert.Equal([(98, 1)], Levels(book, Side.Buy));
    }

    [Fact]
    public void A_book_that_jumps_and_reaches_far_allocates_nothing()
    {
        var random = new Random(77);
        BookDelta[] messages = [.. Enumerable.Range(0, 200).Select(i => Jump(random, i))];
        var book = new OrderBook(Spec(), 1_000);
        long Round()
        {
            long checksum = 0;
            foreach (BookDelta message in messages)
            {
                checksum += (int)book.Apply(message);
                checksum += book.Level(Side.Buy, 100).Qty.Lots + book.QtyAt(Side.Sell, new PriceTicks(5_000_000)).Lots;
            }

            return checksum;
        }

        for (int i = 0; i < 5; i++) Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        long sum = 0;
        for (int i = 0; i < 50; i++) sum += Round();
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.NotEqual(0, sum);
        Assert.True(book.IsUsable);

        static BookDelta Jump(Random random, int i)
        {
            long centre = random.NextInt64(1_000_000, 10_000_000);
            var bids = Enumerable.Range(0, 300).Select(level => (centre - 1 - (level * 50L), random.NextInt64(1, 100))).ToArray();
            var asks = Enumerable.Range(0, 300).Select(level => (10_000_000 + centre + (level * 50L), random.NextInt64(1, 100))).ToArray();
            return i % 3 == 0 ? Snapshot(i, bids, asks) : Delta(i, bids, asks);
        }
    }

    private static long Laps(OrderBook book, BookDelta delta, int count)
    {
        long checksum = 0;
        for (int i = 0; i < count; i++)
        {
            if (i % 10 == 0) book.Apply(TwoByTwo);
            delta.UpdateId = book.UpdateId + (i % 9 == 8 ? 2 : 1);
            delta.Bids[0] = new BookLevel(new PriceTicks(i % 20 == 0 ? 105 : 100), new QtyLots(1 + (i % 3)));
            checksum += (int)book.Apply(delta);
            if (book.TryGetTop(out BookTop top)) checksum += top.BidQty.Lots + book.Level(Side.Sell, 0).Qty.Lots + book.QtyAt(Side.Buy, top.BidPrice).Lots;
        }

        return checksum;
    }

    private static OrderBook After(BookDelta message, BookChange expected)
    {
        var book = new OrderBook(Spec(), 50);
        Assert.Equal(expected, book.Apply(message));
        return book;
    }

    private static void AssertUnusable(OrderBook book)
    {
        Assert.False(book.IsUsable);
        Assert.False(book.TryGetTop(out _));
        Assert.Equal(0, book.LevelCount(Side.Buy));
        Assert.Equal(0, book.LevelCount(Side.Sell));
        Assert.Equal(0, book.QtyAt(Side.Buy, new PriceTicks(100)).Lots);
    }
}
