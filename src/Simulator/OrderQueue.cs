namespace LatencyEngine.Simulator;

/// <summary>The clients' resting orders of one symbol in the recorded queue.</summary>
/// <remarks>
/// An order joins behind the recorded quantity displayed at its price. A recorded trade by the opposite taker at or through the price first uses up that
/// quantity, then fills the order; a trade that matched before the book the order joined is already in that book and counts for nothing. An order beyond the
/// visible window joins when its price is first displayed. The orders keep price-time priority among themselves, and no traded unit is given out twice.
/// Every model asks for prints, and that cuts both ways: a touch fills nothing, which is pessimistic; an order that the recorded opposite side reaches without
/// prints stays, though live it would have been hit at a bad price, which flatters. The latter are counted. How cancellations ahead count is the model's.
/// </remarks>
internal sealed class OrderQueue(QueueModel model, decimal lot)
{
    private readonly List<VenueOrder> _buys = [];
    private readonly List<VenueOrder> _sells = [];
    private long _nextPriority;

    /// <summary>Resting orders of one side in price-time priority.</summary>
    public IReadOnlyList<VenueOrder> Orders(bool buys) => buys ? _buys : _sells;

    /// <summary>Puts an order at the back of the queue at its price.</summary>
    public void Join(VenueOrder order, MarketBook book, long nowNanos)
    {
        decimal? displayed = book.DisplayedAt(order.IsBuy, order.Price);
        order.Join(_nextPriority++, displayed, book.MatchedMillis, nowNanos);
        order.SeeBook(displayed ?? 0m);
        Insert(order);
    }

    /// <summary>Puts an order where its price and its time priority belong, without touching its place in the recorded queue.</summary>
    private void Insert(VenueOrder order)
    {
        List<VenueOrder> side = order.IsBuy ? _buys : _sells;
        side.Insert(PlaceOf(order, side), order);
    }

    /// <summary>Where an order belongs among others of its side, by price and then time.</summary>
    public static int PlaceOf(VenueOrder order, List<VenueOrder> side)
    {
        int behind = side.FindIndex(other => other.Price == order.Price ? other.Priority > order.Priority : (other.Price < order.Price) == order.IsBuy);
        return behind < 0 ? side.Count : behind;
    }

    /// <summary>Takes an order out.</summary>
    public void Remove(VenueOrder order) => (order.IsBuy ? _buys : _sells).Remove(order);

    /// <summary>Places that the recorded opposite side reached and where nothing filled afterwards.</summary>
    public int CrossedWithoutFill { get; private set; }

    /// <summary>Moves orders forward for what has left the book, gives a place to every order whose price it shows for the first time, and notes the orders that the opposite side has reached.</summary>
    public void OnBook(MarketBook book, long nowNanos)
    {
        Reveal(_buys, book, nowNanos);
        Reveal(_sells, book, nowNanos);
        NoteCrossed(_buys, order => book.Displayed.Ask <= order.Price);
        NoteCrossed(_sells, order => book.Displayed.Bid >= order.Price);
    }

    /// <summary>Lets a recorded trade pass along the queue.</summary>
    /// <param name="print">The trade.</param>
    /// <param name="takerBuys">Side of its taker.</param>
    /// <param name="fills">Receives the fills in priority order; the orders themselves are not changed beyond their queue.</param>
    public void OnPrint(TradePrint print, bool takerBuys, List<(VenueOrder Order, decimal Qty)> fills)
    {
        decimal given = 0;      // units of the print given to client orders so far
        decimal frontier = 0;   // units of the print that have passed before the next client order may be served
        foreach (VenueOrder order in takerBuys ? _sells : _buys)
        {
            if (takerBuys ? print.Price < order.Price : print.Price > order.Price) break;
            if (order.QueueAhead is not { } ahead)
            {
                frontier = print.Qty;
                continue;
            }

            if (print.MatchMillis < order.JoinedBookMillis) continue;
            order.Witness(print);
            decimal start = Math.Max(frontier, ahead + given);
            decimal fill = Math.Min(order.LeavesQty, Math.Max(0m, print.Qty - start));
            order.QueueAhead = ahead - Math.Min(ahead, print.Qty - given);
            if (print.Price == order.Price) order.TradedAtPrice += print.Qty;
            frontier = fill == order.LeavesQty ? start + fill : print.Qty;
            if (fill == 0) continue;
            given += fill;
            if (order.IsCrossed)
            {
                order.IsCrossed = false;
                CrossedWithoutFill--;
            }

            fills.Add((order, fill));
        }
    }

    private void Reveal(List<VenueOrder> side, MarketBook book, long nowNanos)
    {
        foreach (VenueOrder order in side)
        {
            if (book.DisplayedAt(order.IsBuy, order.Price) is not { } displayed) continue;
            if (order.QueueAhead is { } ahead) order.QueueAhead = QueueModels.Ahead(model, ahead, order.DisplayedAtPrice, displayed, order.TradedAtPrice, lot);
            else order.Reveal(displayed, book.MatchedMillis, nowNanos);
            order.SeeBook(displayed);
        }
    }

    private void NoteCrossed(List<VenueOrder> side, Predicate<VenueOrder> isReached)
    {
        foreach (VenueOrder order in side)
        {
            if (order.WasCrossed || !isReached(order)) continue;
            order.WasCrossed = order.IsCrossed = true;
            CrossedWithoutFill++;
        }
    }
}
