namespace LatencyEngine.Simulator;

/// <summary>A recorded market as a book to trade against: the displayed levels, and client orders in the recorded queue.</summary>
/// <remarks>
/// The recorded market is not moved by the clients. Assumed: a taker meets the recorded quantity ahead of a resting client order, its own account's included, before
/// that order, and what it takes there does not move the client order forward.
/// </remarks>
internal sealed class RecordedBook(QueueModel queueModel, decimal lot, long takenNanos) : ISymbolBook
{
    /// <summary>The displayed levels.</summary>
    public MarketBook Market { get; } = new(takenNanos);

    /// <summary>The clients' orders.</summary>
    public OrderQueue Queue { get; } = new(queueModel, lot);

    public (decimal? Bid, decimal? Ask) Displayed => Market.Displayed;

    public IEnumerable<(decimal Price, decimal Qty)> Levels(bool bidSide) => Market.Levels(bidSide);

    public IReadOnlyList<VenueOrder> Orders(bool buys) => Queue.Orders(buys);

    public List<Crossing> Crossings(VenueOrder taker, decimal wantedQty, long nowNanos, List<VenueOrder>? passedOver = null)
    {
        List<Crossing> crossings = [];
        if (Market.IsAway) return crossings;
        decimal wanted = wantedQty;
        using IEnumerator<VenueOrder> resting = Queue.Orders(!taker.IsBuy).GetEnumerator();
        VenueOrder? maker = Next();
        foreach ((decimal price, decimal available) in Market.Available(bidSide: !taker.IsBuy, nowNanos))
        {
            if (wanted == 0 || IsBetter(taker, taker.Price, price)) break;
            while (maker is not null && IsBetter(taker, maker.Price, price)) AddMaker();
            decimal left = available;
            while (maker is not null && maker.Price == price)
            {
                decimal met = available - left;
                decimal ahead = Math.Min(left, Math.Max(0m, (maker.QueueAhead ?? available) - met));
                left -= Add(null, price, ahead);
                AddMaker();
            }

            Add(null, price, left);
        }

        while (maker is not null) AddMaker();
        return crossings;

        VenueOrder? Next() => resting.MoveNext() ? resting.Current : null;

        void AddMaker()
        {
            if (maker!.Uid != taker.Uid) Add(maker, maker.Price, maker.LeavesQty);
            else if (wanted > 0 && !IsBetter(taker, taker.Price, maker.Price)) passedOver?.Add(maker);
            maker = Next();
        }

        decimal Add(VenueOrder? counter, decimal price, decimal most)
        {
            if (IsBetter(taker, taker.Price, price)) return 0m;
            decimal qty = Math.Min(wanted, most);
            if (qty <= 0) return 0m;
            wanted -= qty;

            // What stands before and behind an order of the taker's own account is one trade.
            if (counter is null && crossings.Count > 0 && crossings[^1] is { Maker: null } last && last.Price == price)
            {
                crossings[^1] = last with { Qty = last.Qty + qty };
                return qty;
            }

            crossings.Add(new Crossing(counter, price, qty));
            return qty;
        }
    }

    public void Take(VenueOrder taker, Crossing crossing, long nowNanos)
    {
        if (crossing.Maker is null) Market.Take(bidSide: !taker.IsBuy, crossing.Price, crossing.Qty, nowNanos);
    }

    public void Join(VenueOrder order, long nowNanos) => Queue.Join(order, Market, nowNanos);

    public void Shrink(VenueOrder order)
    {
        // The queue reads the quantity from the order itself.
    }

    public void Remove(VenueOrder order) => Queue.Remove(order);

    /// <summary>Whether a resting price is better for the taker than another.</summary>
    private static bool IsBetter(VenueOrder taker, decimal price, decimal than) => taker.IsBuy ? price < than : price > than;
}
