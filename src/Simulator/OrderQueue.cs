namespace LatencyEngine.Simulator;

/// <summary>The account's resting orders of one symbol in the recorded queue, under the queue model "trades-at-or-through".</summary>
/// <remarks>
/// An order joins behind the recorded quantity displayed at its price. A recorded trade by the opposite taker at or through the price first uses up that
/// quantity, then fills the order. Cancellations ahead are not credited and a touch fills nothing, so the model is pessimistic. An order beyond the visible
/// window joins when its price is first displayed. Own orders keep price-time priority among themselves, and no traded unit is given out twice.
/// </remarks>
internal sealed class OrderQueue
{
    private readonly List<VenueOrder> _buys = [];
    private readonly List<VenueOrder> _sells = [];
    private long _nextPriority;

    /// <summary>Resting orders of one side in price-time priority.</summary>
    public IReadOnlyList<VenueOrder> Orders(bool buys) => buys ? _buys : _sells;

    /// <summary>Puts an order at the back of the queue at its price.</summary>
    public void Join(VenueOrder order, MarketBook book, long nowNanos)
    {
        order.Join(_nextPriority++, book.DisplayedAt(order.IsBuy, order.Price), nowNanos);
        Insert(order);
    }

    /// <summary>Puts an order where its price and its time priority belong, without touching its place in the recorded queue.</summary>
    public void Insert(VenueOrder order)
    {
        List<VenueOrder> side = order.IsBuy ? _buys : _sells;
        int behind = side.FindIndex(other => other.Price == order.Price ? other.Priority > order.Priority : (other.Price < order.Price) == order.IsBuy);
        side.Insert(behind < 0 ? side.Count : behind, order);
    }

    /// <summary>Takes an order out.</summary>
    public void Remove(VenueOrder order) => (order.IsBuy ? _buys : _sells).Remove(order);

    /// <summary>Gives a place to every order whose price a new book shows for the first time.</summary>
    public void OnBook(MarketBook book, long nowNanos)
    {
        Reveal(_buys, book, nowNanos);
        Reveal(_sells, book, nowNanos);
    }

    /// <summary>Lets a recorded trade pass along the queue.</summary>
    /// <param name="print">The trade.</param>
    /// <param name="takerBuys">Side of its taker.</param>
    /// <param name="fills">Receives the fills in priority order; the orders themselves are not changed beyond their queue.</param>
    public void OnPrint(TradePrint print, bool takerBuys, List<(VenueOrder Order, decimal Qty)> fills)
    {
        decimal given = 0;      // units of the print given to own orders so far
        decimal frontier = 0;   // units of the print that have passed before the next own order may be served
        foreach (VenueOrder order in takerBuys ? _sells : _buys)
        {
            if (takerBuys ? print.Price < order.Price : print.Price > order.Price) break;
            if (order.QueueAhead is not { } ahead)
            {
                frontier = print.Qty;
                continue;
            }

            order.Witness(print);
            decimal start = Math.Max(frontier, ahead + given);
            decimal fill = Math.Min(order.LeavesQty, Math.Max(0m, print.Qty - start));
            order.QueueAhead = ahead - Math.Min(ahead, print.Qty - given);
            frontier = fill == order.LeavesQty ? start + fill : print.Qty;
            if (fill == 0) continue;
            given += fill;
            fills.Add((order, fill));
        }
    }

    private static void Reveal(List<VenueOrder> side, MarketBook book, long nowNanos)
    {
        foreach (VenueOrder order in side)
        {
            if (order.QueueAhead is null && book.DisplayedAt(order.IsBuy, order.Price) is { } displayed) order.Reveal(displayed, nowNanos);
        }
    }
}
