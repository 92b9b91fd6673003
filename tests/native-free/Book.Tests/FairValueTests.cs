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
            BookTop top = Top(Ticks(row["bid"]), long.Parse(row["bid_qty"]), Ticks(row["ask"]), long.Parse(row["ask_qty"]));

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
        BookTop top = Top(100, bidLots, 101, askLots);

        Assert.Equal(expectedTicks, FairValue.WeightedMidTicks(in top), 12);
    }

    [Fact]
    public void The_fair_price_lies_between_bid_and_ask()
    {
        for (int seed = 1; seed <= 10_000; seed++)
        {
            var random = new Random(seed);
            long bid = random.NextInt64(1, 1L << 40);
            BookTop top = Top(bid, random.NextInt64(1, 1L << 50), bid + random.NextInt64(1, 1L << 20), random.NextInt64(1, 1L << 50));

            Assert.True(FairValue.WeightedMidTicks(in top) >= top.BidPrice.Ticks && FairValue.WeightedMidTicks(in top) <= top.AskPrice.Ticks, $"seed {seed}");
        }
    }

    private static long Ticks(string price) => (long)(decimal.Parse(price) / 0.5m);

    private static BookTop Top(long bid, long bidLots, long ask, long askLots) => new(new PriceTicks(bid), new QtyLots(bidLots), new PriceTicks(ask), new QtyLots(askLots));

    private static void AssertClose(double expected, double actual, string row) =>
        Assert.True(Math.Abs(actual - expected) <= 1e-12 * Math.Abs(expected), $"row {row}: expected {expected:R}, was {actual:R}");
}
