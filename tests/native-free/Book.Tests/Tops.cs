using LatencyEngine.Model;

namespace LatencyEngine.Book.Tests;

/// <summary>Tops of the book in the fewest words.</summary>
internal static class Tops
{
    public static BookTop Of(long bid, long bidLots, long ask, long askLots) => new(new PriceTicks(bid), new QtyLots(bidLots), new PriceTicks(ask), new QtyLots(askLots));

    /// <summary>A row of <c>book_series.csv</c>, whose tick is 0.5.</summary>
    public static BookTop Golden(IReadOnlyDictionary<string, string> row) => Of(Ticks(row["bid"]), long.Parse(row["bid_qty"]), Ticks(row["ask"]), long.Parse(row["ask_qty"]));

    private static long Ticks(string price) => (long)(decimal.Parse(price) / 0.5m);
}
