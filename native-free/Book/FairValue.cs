using System.Runtime.CompilerServices;
using LatencyEngine.Model;

namespace LatencyEngine.Book;

/// <summary>Where between bid and ask the fair price lies, from the book alone.</summary>
/// <remarks>Thread: any; pure. Allocates, throws: never. Both quantities of the top are positive, as <see cref="OrderBook.TryGetTop"/> gives them. The independent numbers are in <c>book_series.csv</c> of the goldens.</remarks>
public static class FairValue
{
    /// <summary>The mid weighted by the quantity of the other side, in ticks: (bid × ask quantity + ask × bid quantity) / both quantities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double WeightedMidTicks(in BookTop top) => ImbalanceTicks(in top, ImbalanceShare(in top));

    /// <summary>From the bid on as much of the spread as the bids' share, in ticks; of one level it is <see cref="WeightedMidTicks"/>.</summary>
    /// <param name="top">Best bid and ask.</param>
    /// <param name="bidShare">The bids' share of the quantity, 0 to 1.</param>
    public static double ImbalanceTicks(in BookTop top, double bidShare) => top.BidPrice.Ticks + (top.Spread.Ticks * bidShare);

    /// <summary>The bid's share of the quantity at the top, 0 to 1: above one half, buyers press.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ImbalanceShare(in BookTop top) => top.BidQty.Lots / (double)(top.BidQty + top.AskQty).Lots;

    /// <summary>The bid's share of the quantity of the best levels, 0 to 1; one half where there is none.</summary>
    /// <param name="book">The book.</param>
    /// <param name="levels">Levels of each side that count, positive; a side that has fewer counts whole. The time grows with it.</param>
    public static double ImbalanceShare(OrderBook book, int levels)
    {
        double bidLots = 0;
        double askLots = 0;
        for (int i = 0; i < levels; i++)
        {
            bidLots += book.Level(Side.Buy, i).Qty.Lots;
            askLots += book.Level(Side.Sell, i).Qty.Lots;
        }

        double lots = bidLots + askLots;
        return lots == 0 ? 0.5 : bidLots / lots;
    }
}
