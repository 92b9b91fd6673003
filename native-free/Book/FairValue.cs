using LatencyEngine.Model;

namespace LatencyEngine.Book;

/// <summary>Where between bid and ask the fair price lies, from the top of the book alone.</summary>
/// <remarks>Thread: any; pure. Allocates, throws: never. Both quantities of the top are positive, as <see cref="OrderBook.TryGetTop"/> gives them. The independent numbers are in <c>book_series.csv</c> of the goldens.</remarks>
public static class FairValue
{
    /// <summary>The mid weighted by the quantity of the other side, in ticks: (bid × ask quantity + ask × bid quantity) / both quantities.</summary>
    public static double WeightedMidTicks(in BookTop top) => top.BidPrice.Ticks + (top.Spread.Ticks * ImbalanceShare(in top));

    /// <summary>The bid's share of the quantity at the top, 0 to 1: above one half, buyers press.</summary>
    public static double ImbalanceShare(in BookTop top) => top.BidQty.Lots / (double)(top.BidQty + top.AskQty).Lots;
}
