namespace LatencyEngine.Simulator;

/// <summary>What one account holds in one symbol: the position, its leverage and its resting orders.</summary>
internal sealed class AccountSymbol(VenueAccount account, SymbolMarket market, decimal leverage, FeeRates fees)
{
    private readonly List<VenueOrder> _buys = [];
    private readonly List<VenueOrder> _sells = [];

    public VenueAccount Account { get; } = account;

    public SymbolMarket Market { get; } = market;

    public string Symbol => Market.Symbol;

    public VenueInstrument Instrument => Market.Instrument;

    public RiskLadder Ladder => Market.Ladder;

    public decimal Leverage { get; set; } = leverage;

    public FeeRates Fees { get; } = fees;

    public PositionState Position { get; set; }

    /// <summary>Realised profit less fees plus funding of the position now held, or of the last one when flat.</summary>
    public decimal CurrentRealised { get; set; }

    public long PositionOpenedMillis { get; set; }

    public long PositionUpdatedMillis { get; set; }

    /// <summary>The mark, or the entry price while there is none: then nothing is unrealised.</summary>
    public decimal MarkOrEntry => Market.Mark ?? Position.AverageEntry;

    public decimal Unrealised => Position.UnrealisedAt(MarkOrEntry);

    public decimal FeeToClose => Position.Qty == 0 ? 0m : PositionMath.FeeToClose(Position.Qty, Position.AverageEntry, Leverage, Fees.Taker);

    /// <summary>Isolated position margin, at entry, with the fee to close (Bybit V5, 16.1).</summary>
    public decimal PositionMargin => PositionMath.InitialMargin(Position.EntryValue, Leverage) + FeeToClose;

    /// <summary>Maintenance margin at the mark, with the fee to close.</summary>
    public decimal MaintenanceMargin
    {
        get
        {
            if (Position.Qty == 0) return 0m;
            decimal value = Math.Abs(Position.Qty) * MarkOrEntry;
            return PositionMath.MaintenanceMargin(value, Ladder.TierOf(value)) + FeeToClose;
        }
    }

    public decimal? LiquidationPrice => PositionMath.LiquidationPrice(Position.Qty, Position.AverageEntry, Leverage, Ladder);

    /// <summary>Margin held for open orders: the larger of the two sides, each counting what would open a position beyond the one held. Reduce-only orders hold none.</summary>
    /// <remarks>How the venue nets the two sides is not published (Bybit V5, 16.3); this is the usual model.</remarks>
    public decimal OrderMargin => Math.Max(SideMargin(buys: true), SideMargin(buys: false));

    /// <summary>Largest value of position plus the opening orders of one side, at order and entry prices.</summary>
    public decimal WorstValue
    {
        get
        {
            decimal buys = _buys.Where(order => !order.ReduceOnly).Sum(order => order.LeavesQty * order.Price);
            decimal sells = _sells.Where(order => !order.ReduceOnly).Sum(order => order.LeavesQty * order.Price);
            decimal held = Position.Qty * Position.AverageEntry;
            return Math.Max(Math.Abs(held + buys), Math.Abs(held - sells));
        }
    }

    /// <summary>The account's resting orders of one side in price-time priority.</summary>
    public IReadOnlyList<VenueOrder> Orders(bool buys) => buys ? _buys : _sells;

    /// <summary>Counts an order among those that rest.</summary>
    public void Insert(VenueOrder order)
    {
        List<VenueOrder> side = order.IsBuy ? _buys : _sells;
        side.Insert(OrderQueue.PlaceOf(order, side), order);
    }

    /// <summary>Counts an order no longer, if it was counted.</summary>
    public void Remove(VenueOrder order) => (order.IsBuy ? _buys : _sells).Remove(order);

    /// <summary>IM + fee to open + fee to close of one opening order (Bybit V5, 16.3).</summary>
    public decimal OrderCost(bool isBuy, decimal qty, decimal price) =>
        (qty * price / Leverage) + (qty * price * Fees.Taker) + PositionMath.FeeToClose(isBuy ? qty : -qty, price, Leverage, Fees.Taker);

    private decimal SideMargin(bool buys)
    {
        decimal closing = Position.Qty == 0 || (Position.Qty > 0) == buys ? 0m : Math.Abs(Position.Qty);
        decimal margin = 0m;
        foreach (VenueOrder order in Orders(buys))
        {
            if (order.ReduceOnly) continue;
            decimal closes = Math.Min(closing, order.LeavesQty);
            closing -= closes;
            margin += OrderCost(buys, order.LeavesQty - closes, order.Price);
        }

        return margin;
    }
}
