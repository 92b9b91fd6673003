using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;
using static LatencyEngine.Book.Tests.Books;

namespace LatencyEngine.Book.Tests;

public sealed class OrderBookAgainstNaiveBookTests
{
    private const long TicksMax = (1L << 53) - 1;

    /// <summary>Distances at which a dense window, its words and its marks have their edges, and some far beyond.</summary>
    private static readonly long[] Edges = [0, 63, 64, 127, 128, 2_047, 2_048, 4_095, 4_096, 6_143, 6_144, 6_145, 8_190, 8_191, 8_192, 8_193, 16_384, 1_000_000, 1L << 40];

    [Theory]
    [InlineData(1, 3_000)]
    [InlineData(50, 2_000)]
    [InlineData(200, 500)]
    public void Both_books_say_and_hold_the_same_after_every_random_message(int depth, int messagesPerSeed)
    {
        const int Seeds = 20;   // 110,000 messages over the three depths, about ten level changes each
        var seen = new HashSet<BookChange>();
        var message = new BookDelta();
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var random = new Random(seed);
            var book = new OrderBook(Spec(), depth);
            var naive = new NaiveBook(depth);
            long updateId = 1;
            for (int i = 0; i < messagesPerSeed; i++)
            {
                updateId = Draw(random, depth, updateId, book, message);

                BookChange expected = naive.Apply(message);
                BookChange actual = book.Apply(message);

                if (expected != actual) Assert.Fail($"depth {depth}, seed {seed}, message {i}: expected {expected}, was {actual}");
                if (Difference(naive, book) is { } difference) Assert.Fail($"depth {depth}, seed {seed}, message {i}: {difference}");
                seen.Add(actual);
            }
        }

        BookChange[] reachable = [BookChange.Snapshot, BookChange.Updated, BookChange.Gap, BookChange.AwaitingSnapshot, BookChange.Crossed, BookChange.TooDeep];
        Assert.All(reachable, change => Assert.Contains(change, seen));
        Assert.Equal(depth == 1, seen.Contains(BookChange.Heartbeat));
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(200, 3)]
    [InlineData(1_000, 40)]   // 40,000 ticks a side
    public void Both_books_hold_the_same_while_the_price_wanders_through_the_whole_range(int depth, int spacing)
    {
        const int Seeds = 4;
        const int Messages = 1_500;
        var message = new BookDelta();
        long moves = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var random = new Random(seed);
            var book = new OrderBook(Spec(), depth);
            var naive = new NaiveBook(depth);
            long centre = 1L << 30;
            for (int i = 0; i < Messages; i++)
            {
                long step = (random.Next(4) == 0 ? random.NextInt64(-12_000, 12_001) : random.NextInt64(-300, 301)) + (random.Next(200) == 0 ? random.NextInt64(-(1L << 29), 1L << 29) : 0);
                centre = Math.Clamp(centre + step, 100_000, 1L << 50);
                moves += Math.Abs(step);
                Wander(random, naive, centre, spacing, depth, i == 0, message);
                message.UpdateId = i;

                BookChange expected = naive.Apply(message);
                BookChange actual = book.Apply(message);

                if (expected != actual) Assert.Fail($"seed {seed}, message {i}: expected {expected}, was {actual}");
                if (Difference(naive, book) is { } difference) Assert.Fail($"seed {seed}, message {i}: {difference}");
            }
        }

        Assert.True(moves > 1_000 * 8_192, $"the price moved {moves} ticks");
    }

    [Fact]
    public void Changes_at_the_edges_of_anything_give_the_same_book_as_the_naive_one()
    {
        // Each number is one change: its side, its distance from the start with a jitter of one tick, its quantity. Every eighth ends a message.
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1).ArrayOf(120), Shorter), changes =>
        {
            const long Start = 1L << 41;
            var book = new OrderBook(Spec(), 1_000);
            var naive = new NaiveBook(1_000);
            BookDelta message = Snapshot(0, [(Start, 1)], [(Start + (1L << 42), 1)]);
            for (int i = 0; i <= changes.Length; i++)
            {
                if (i % 8 == 0 || i == changes.Length)
                {
                    if (naive.Apply(message) != book.Apply(message) || Difference(naive, book) is not null) return false;
                    message.IsSnapshot = i > 0 && i < changes.Length && changes[i] % 11 == 0;
                    message.UpdateId++;
                    message.BidCount = message.AskCount = 0;
                }

                if (i == changes.Length) continue;
                int change = changes[i];
                long distance = Edges[change % Edges.Length] + ((change >> 8) % 3) - 1;
                long lots = (change >> 12) % 3 == 0 ? 0 : 1 + (change >> 16);
                bool isOutwards = (change >> 10) % 4 != 0;
                if ((change & 128) == 0) Add(message.Bids, ref message.BidCount, Start + (isOutwards ? -distance : distance), lots);
                else Add(message.Asks, ref message.AskCount, Start + (1L << 42) + (isOutwards ? distance : -distance), lots);
            }

            return true;

            // A snapshot lists a price once; a delta may repeat it.
            void Add(BookLevel[] levels, ref int count, long price, long lots)
            {
                if (message.IsSnapshot && levels.AsSpan(0, count).ToArray().Any(level => level.Price.Ticks == price)) return;
                levels[count++] = new BookLevel(new PriceTicks(price), new QtyLots(lots));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

        static IEnumerable<int[]> Shorter(int[] changes)
        {
            for (int half = changes.Length / 2; half > 0; half /= 2)
            {
                for (int from = 0; from + half <= changes.Length; from += half) yield return [.. changes[..from], .. changes[(from + half)..]];
            }
        }
    }

    [Fact]
    public void Levels_at_both_ends_of_the_range_and_side_by_side_are_one_book()
    {
        var book = new OrderBook(Spec(), 50);
        var naive = new NaiveBook(50);
        BookDelta[] messages =
        [
            Snapshot(1, [(0, 1), (1, 2)], [(TicksMax, 3), (TicksMax - 1, 4)]),
            Delta(2, [(TicksMax - 3, 5)], [(TicksMax - 2, 6)]),
            Delta(3, [(TicksMax - 3, 0), (2, 7)], [(3, 8), (TicksMax, 9)]),
            Delta(4, [(2, 0), (1, 0)], [(3, 0), (1, 10)]),
            Delta(5, [(0, 0)], [(1, 0), (TicksMax, 0), (TicksMax - 1, 0), (TicksMax - 2, 0)]),
            Delta(6, [(TicksMax - 1, 1)], [(TicksMax, 1)]),
        ];

        foreach (BookDelta message in messages)
        {
            Assert.Equal(naive.Apply(message), book.Apply(message));
            Assert.Null(Difference(naive, book));
        }
    }

    private static long Draw(Random random, int depth, long updateId, OrderBook book, BookDelta message)
    {
        message.Depth = depth;
        message.IsSnapshot = random.Next(book.IsUsable ? 60 : 4) == 0;
        message.UpdateId = updateId = random.Next(150) == 0 ? updateId + random.Next(-3, 4) : message.IsSnapshot && random.Next(3) == 0 ? updateId : updateId + 1;
        message.MatchMillis = random.NextInt64();
        long centre = 10_000 + random.Next(-3, 4);
        int perSide = message.IsSnapshot ? random.Next(40) == 0 ? depth + 1 : random.Next(depth + 1) : random.Next(8);
        message.BidCount = Fill(random, message.Bids, perSide, message.IsSnapshot, centre, -1, depth);
        message.AskCount = Fill(random, message.Asks, message.IsSnapshot ? perSide : random.Next(8), message.IsSnapshot, centre, +1, depth);
        return updateId;
    }

    /// <summary>A snapshot lists each price once, now and then shuffled; a delta draws prices around the top, repeats some, and deletes half.</summary>
    private static int Fill(Random random, BookLevel[] levels, int count, bool isSnapshot, long centre, int outwards, int depth)
    {
        long distance = 4;
        for (int i = 0; i < count; i++)
        {
            distance = isSnapshot ? distance + random.Next(1, 3) : random.Next(random.Next(40) == 0 ? -8 : 4, 10 + (2 * depth));
            long lots = !isSnapshot && random.Next(2) == 0 ? 0 : random.Next(1, 1_000);
            levels[i] = new BookLevel(new PriceTicks(centre + (outwards * distance)), new QtyLots(lots));
        }

        if (isSnapshot && random.Next(10) == 0) random.Shuffle(levels.AsSpan(0, count));
        return count;
    }

    /// <summary>A message that moves a book of the naive one's levels to a new centre: what has been run over goes, what is too much goes from the far end, and new levels come anywhere.</summary>
    private static void Wander(Random random, NaiveBook naive, long centre, int spacing, int depth, bool isSnapshot, BookDelta message)
    {
        message.IsSnapshot = isSnapshot || random.Next(100) == 0;
        Dictionary<long, long> bids = message.IsSnapshot ? [] : naive.Bids;
        Dictionary<long, long> asks = message.IsSnapshot ? [] : naive.Asks;
        int wanted = message.IsSnapshot ? depth : Math.Min(depth, 12);
        message.BidCount = WanderSide(random, bids.Keys.OrderDescending(), price => price >= centre, centre, -1, spacing, depth, wanted, message.Bids);
        message.AskCount = WanderSide(random, asks.Keys.Order(), price => price <= centre, centre, +1, spacing, depth, wanted, message.Asks);
    }

    private static int WanderSide(Random random, IEnumerable<long> bestFirst, Predicate<long> isRunOver, long centre, int outwards, int spacing, int depth, int wanted, BookLevel[] levels)
    {
        int count = 0;
        int kept = 0;
        foreach (long price in bestFirst)
        {
            bool goes = isRunOver(price) || kept >= depth - wanted || random.Next(30) == 0;
            if (goes) levels[count++] = new BookLevel(new PriceTicks(price), default);
            else kept++;
        }

        for (int i = 0; i < wanted; i++)
        {
            long distance = 1 + random.NextInt64(random.Next(2) == 0 ? spacing : (long)spacing * depth);
            levels[count++] = new BookLevel(new PriceTicks(centre + (outwards * distance)), new QtyLots(random.Next(1, 1_000)));
        }

        random.Shuffle(levels.AsSpan(count - wanted, wanted));
        return count;
    }

    private static string? Difference(NaiveBook naive, OrderBook book)
    {
        if (naive.IsUsable != book.IsUsable) return $"usable should be {naive.IsUsable}";
        bool hasTop = book.TryGetTop(out BookTop top);
        if (hasTop != (naive.Bids.Count > 0 && naive.Asks.Count > 0)) return $"has a top: {hasTop}";
        if (hasTop && (top.BidPrice.Ticks != naive.Bids.Keys.Max() || top.AskPrice.Ticks != naive.Asks.Keys.Min())) return $"another top: {top}";
        return SideDifference(naive.Bids, book, Side.Buy) ?? SideDifference(naive.Asks, book, Side.Sell);
    }

    /// <summary>The same number of levels, each with the naive quantity, in strictly worsening order: then both hold the same side.</summary>
    private static string? SideDifference(Dictionary<long, long> naive, OrderBook book, Side side)
    {
        if (book.LevelCount(side) != naive.Count) return $"{side} has {book.LevelCount(side)} levels, expected {naive.Count}";
        for (int i = 0; i < naive.Count; i++)
        {
            BookLevel level = book.Level(side, i);
            if (naive.GetValueOrDefault(level.Price.Ticks) != level.Qty.Lots) return $"{side} level {i} is {level}, expected quantity {naive.GetValueOrDefault(level.Price.Ticks)}";
            if (book.QtyAt(side, level.Price) != level.Qty) return $"{side} quantity at {level.Price} is {book.QtyAt(side, level.Price)}, expected {level.Qty}";
            if (i > 0 && side.Sign * (level.Price - book.Level(side, i - 1).Price).Ticks >= 0) return $"{side} level {i} is not worse than the one before";
        }

        return null;
    }
}
