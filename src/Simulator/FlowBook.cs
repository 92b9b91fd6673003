namespace LatencyEngine.Simulator;

/// <summary>A flow market as a book to trade against: the flow's quantity and the clients' orders in the same queues, matched by price and time.</summary>
/// <remarks>
/// The market is moved by its clients: what they take is gone, what they rest is in the way, and every trade is printed. Nothing about fills is modelled here;
/// a reduce-only order that an earlier fill of the same flow taker has made idle is the one case where a printed quantity is not booked to anyone. The thread that owns
/// the venue; it allocates.
/// </remarks>
internal sealed class FlowBook(SymbolMarket market, ulong seed) : ISymbolBook, IBookLevels
{
    private readonly Dictionary<VenueOrder, FifoEntry> _entries = [];
    private readonly List<VenueOrder> _buys = [];
    private readonly List<VenueOrder> _sells = [];
    private readonly SplitMix64 _ids = new(seed);
    private long _nextPriority;
    private (VenueOrder? Taker, long Nanos) _taking;

    /// <summary>The queues.</summary>
    public FifoBook Queues { get; } = new();

    public bool HasSnapshot => true;

    public long Sequence => Queues.Sequence;

    public long MatchedMillis { get; private set; }

    public (decimal? Bid, decimal? Ask) Displayed => (Price(Queues.BestTicks(bidSide: true)), Price(Queues.BestTicks(bidSide: false)));

    /// <summary>The middle of the best prices; null unless both sides are there.</summary>
    public decimal? Mid => Displayed is ({ } bid, { } ask) ? (bid + ask) / 2m : null;

    public IEnumerable<(decimal Price, decimal Qty)> Levels(bool bidSide) => Queues.Levels(bidSide).Select(level => (Price(level.PriceTicks), Qty(level.Lots)));

    public IReadOnlyList<VenueOrder> Orders(bool buys) => Side(buys);

    public List<Crossing> Crossings(VenueOrder taker, decimal wantedQty, long nowNanos, List<VenueOrder>? passedOver = null)
    {
        List<Crossing> crossings = [];
        long wanted = Lots(wantedQty);
        foreach ((long priceTicks, _) in Queues.Levels(bidSide: !taker.IsBuy))
        {
            decimal price = Price(priceTicks);
            if (wanted == 0 || (taker.IsBuy ? price > taker.Price : price < taker.Price)) break;
            long ofFlow = 0;
            foreach (FifoEntry entry in Queues.EntriesAt(bidSide: !taker.IsBuy, priceTicks))
            {
                if (wanted == 0) break;
                if (entry.Order is { } own && own.Uid == taker.Uid)
                {
                    passedOver?.Add(own);
                    continue;
                }

                long lots = Math.Min(wanted, entry.Order is null ? entry.Lots : Math.Min(entry.Lots, Lots(entry.Order.LeavesQty)));
                if (lots == 0) continue;
                wanted -= lots;
                if (entry.Order is { } maker)
                {
                    AddFlow(price, ref ofFlow);
                    crossings.Add(new Crossing(maker, price, Qty(lots)));
                }
                else
                {
                    ofFlow += lots;
                }
            }

            AddFlow(price, ref ofFlow);
        }

        return crossings;

        void AddFlow(decimal price, ref long lots)
        {
            if (lots > 0) crossings.Add(new Crossing(null, price, Qty(lots)));
            lots = 0;
        }
    }

    public void Take(VenueOrder taker, Crossing crossing, long nowNanos)
    {
        if (_taking != (taker, nowNanos)) Queues.BeginTaker();
        _taking = (taker, nowNanos);
        MatchedMillis = nowNanos / Venue.NanosPerMilli;
        long left = Lots(crossing.Qty);
        if (crossing.Maker is { } maker)
        {
            Queues.Fill(_entries[maker], left);
        }
        else
        {
            foreach (FifoEntry entry in (FifoEntry[])[.. Queues.EntriesAt(bidSide: !taker.IsBuy, Ticks(crossing.Price)).Where(entry => entry.Order is null)])
            {
                long lots = Math.Min(left, entry.Lots);
                if (lots > 0) Queues.Fill(entry, lots);
                left -= lots;
            }
        }

        market.Print(new MarketTrade(_ids.NextUuid(), taker.IsBuy, crossing.Price, crossing.Qty, MatchedMillis, IsBlock: false, Sequence));
    }

    public void Join(VenueOrder order, long nowNanos)
    {
        MatchedMillis = nowNanos / Venue.NanosPerMilli;
        FifoEntry entry = Queues.Add(order.IsBuy, Ticks(order.Price), Lots(order.LeavesQty), order);
        _entries.Add(order, entry);
        order.Join(_nextPriority++, Qty(FifoBook.LotsAhead(entry)), MatchedMillis, nowNanos);
        List<VenueOrder> side = Side(order.IsBuy);
        side.Insert(OrderQueue.PlaceOf(order, side), order);
    }

    public void Shrink(VenueOrder order)
    {
        FifoEntry entry = _entries[order];
        long cut = entry.Lots - Lots(order.LeavesQty);
        if (cut > 0) Queues.Reduce(entry, cut);
    }

    public void Remove(VenueOrder order)
    {
        if (!_entries.Remove(order, out FifoEntry? entry)) return;
        if (entry.Lots > 0) Queues.Remove(entry);
        Side(order.IsBuy).Remove(order);
    }

    /// <summary>The flow has changed the queues.</summary>
    public void OnFlow(long nowNanos) => MatchedMillis = nowNanos / Venue.NanosPerMilli;

    /// <summary>Prints what a taker of the flow took.</summary>
    /// <returns>The clients' orders that it hit, with what it took from each, in order.</returns>
    public List<(VenueOrder Order, decimal Qty)> Print(FlowTake take, long nowNanos)
    {
        List<(VenueOrder Order, decimal Qty)> hit = [];
        foreach (FifoFill fill in take.Fills)
        {
            (decimal price, decimal qty) = (Price(fill.PriceTicks), Qty(fill.Lots));
            var trade = new MarketTrade(_ids.NextUuid(), take.TakerBuys, price, qty, nowNanos / Venue.NanosPerMilli, IsBlock: false, take.Sequence);
            market.Print(trade);
            if (fill.Maker.Order is not { } order) continue;
            order.Witness(new TradePrint(nowNanos, trade.MatchMillis, trade.Id, price, qty));
            hit.Add((order, qty));
        }

        return hit;
    }

    private List<VenueOrder> Side(bool buys) => buys ? _buys : _sells;

    private decimal Price(long ticks) => ticks * market.Instrument.TickSize;

    private decimal? Price(long? ticks) => ticks is { } known ? Price(known) : null;

    private decimal Qty(long lots) => lots * market.Instrument.QtyStep;

    private long Ticks(decimal price) => (long)(price / market.Instrument.TickSize);

    private long Lots(decimal qty) => (long)(qty / market.Instrument.QtyStep);
}
