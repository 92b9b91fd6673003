using LatencyEngine.Model;

namespace LatencyEngine.Book.Tests;

/// <summary>Instruments and messages in the fewest words.</summary>
internal static class Books
{
    public static InstrumentSpec Spec(string symbol = "BTCUSDT", int priceDecimals = 1, long tickMantissa = 1, int qtyDecimals = 3, long lotMantissa = 1) =>
        new(new InstrumentId(0), symbol, priceDecimals, tickMantissa, qtyDecimals, lotMantissa)
        {
            MinOrderQty = new QtyLots(1),
            MaxOrderQty = new QtyLots(1_000_000),
            MinNotional = new MoneyE8(0),
            MinPrice = new PriceTicks(1),
            MaxPrice = new PriceTicks(10_000_000),
            MaxLeverageE2 = 10_000,
        };

    public static BookDelta Snapshot(long updateId, (long Price, long Qty)[] bids, (long Price, long Qty)[] asks, int depth = 50) =>
        Message(true, updateId, bids, asks, depth);

    public static BookDelta Delta(long updateId, (long Price, long Qty)[] bids, (long Price, long Qty)[] asks, int depth = 50) =>
        Message(false, updateId, bids, asks, depth);

    private static BookDelta Message(bool isSnapshot, long updateId, (long Price, long Qty)[] bids, (long Price, long Qty)[] asks, int depth)
    {
        var message = new BookDelta { IsSnapshot = isSnapshot, UpdateId = updateId, Depth = depth, MatchMillis = 1_000 + updateId };
        foreach ((long price, long qty) in bids) message.Bids[message.BidCount++] = new BookLevel(new PriceTicks(price), new QtyLots(qty));
        foreach ((long price, long qty) in asks) message.Asks[message.AskCount++] = new BookLevel(new PriceTicks(price), new QtyLots(qty));
        return message;
    }

    public static (long Price, long Qty)[] Levels(OrderBook book, Side side) =>
        [.. Enumerable.Range(0, book.LevelCount(side)).Select(i => (book.Level(side, i).Price.Ticks, book.Level(side, i).Qty.Lots))];
}
