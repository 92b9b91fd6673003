using LatencyEngine.Model;
using static LatencyEngine.Book.Tests.Books;

namespace LatencyEngine.Book.Tests;

public sealed class OrderBookAgainstNaiveBookTests
{
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
