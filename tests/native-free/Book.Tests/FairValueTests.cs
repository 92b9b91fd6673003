using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Book.Tests;

public sealed class FairValueTests
{
    private const double GoldenTickSize = 0.5;

    [Fact]
    public void Weighted_mid_and_imbalance_agree_with_the_independent_numbers()
    {
        int rows = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("book_series.csv"))
        {
            BookTop top = Tops.Golden(row);

            AssertClose(double.Parse(row["imbalance"]), FairValue.ImbalanceShare(in top), row["ts_ms"]);
            AssertClose(double.Parse(row["weighted_mid"]), FairValue.WeightedMidTicks(in top) * GoldenTickSize, row["ts_ms"]);
            rows++;
        }

        Assert.Equal(4_000, rows);
    }

    [Theory]
    [InlineData(5, 5, 100.5)]
    [InlineData(9, 1, 100.9)]     // many buyers: near the ask
    [InlineData(1, 9, 100.1)]
    public void The_fair_price_leans_away_from_the_larger_quantity(long bidLots, long askLots, double expectedTicks)
    {
        BookTop top = Tops.Of(100, bidLots, 101, askLots);

        Assert.Equal(expectedTicks, FairValue.WeightedMidTicks(in top), 12);
    }

    [Fact]
    public void The_fair_price_lies_between_bid_and_ask()
    {
        for (int seed = 1; seed <= 10_000; seed++)
        {
            var random = new Random(seed);
            long bid = random.NextInt64(1, 1L << 40);
            BookTop top = Tops.Of(bid, random.NextInt64(1, 1L << 50), bid + random.NextInt64(1, 1L << 20), random.NextInt64(1, 1L << 50));

            Assert.True(FairValue.WeightedMidTicks(in top) >= top.BidPrice.Ticks && FairValue.WeightedMidTicks(in top) <= top.AskPrice.Ticks, $"seed {seed}");
        }
    }

    [Fact]
    public void The_imbalance_of_several_levels_counts_those_that_are_there()
    {
        var book = new OrderBook(Books.Spec(), 50);
        Assert.Equal(0.5, FairValue.ImbalanceShare(book, 5));

        book.Apply(Books.Snapshot(1, bids: [(100, 3), (99, 1), (90, 4)], asks: [(101, 1), (102, 1)]));

        Assert.True(book.TryGetTop(out BookTop top));
        Assert.Equal(FairValue.ImbalanceShare(in top), FairValue.ImbalanceShare(book, 1));
        Assert.Equal(4 / 6.0, FairValue.ImbalanceShare(book, 2));
        Assert.Equal(8 / 10.0, FairValue.ImbalanceShare(book, 3));
        Assert.Equal(8 / 10.0, FairValue.ImbalanceShare(book, 50));
    }

    private static void AssertClose(double expected, double actual, string row) =>
        Assert.True(Math.Abs(actual - expected) <= 1e-12 * Math.Abs(expected), $"row {row}: expected {expected:R}, was {actual:R}");
}
