namespace LatencyEngine.Simulator;

/// <summary>What one account holds in one symbol: the position with its margin and stops, its leverage and its resting orders. USDT and base coin.</summary>
/// <remarks>
/// Isolated margin is taken at the entry price and cross margin at the mark (Bybit V5, 14.11). The fee to close in the initial margin and in the isolated
/// maintenance margin is that at the bankruptcy price E (1 -/+ 1/L); in the cross maintenance margin it is taken at the mark (docs/models.md, 3.4), where
/// captured frames show the former: a difference of 1/L of a fee. Assumed: closing a part of a position releases the same part of its extra margin.
/// </remarks>
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

    /// <summary><c>seq</c> of the last execution; -1 before any (Bybit V5, 7.4).</summary>
    public long LastSequence { get; set; } = -1;

    /// <summary>Margin beyond the initial margin, isolated mode only: added by the client, or below zero what funding took when nothing was available. Always an amount of the ledger, to 1e-8 USDT.</summary>
    public decimal ExtraMargin { get; set; }

    /// <summary>Isolated mode: before a liquidation the available balance is added to the margin.</summary>
    public bool AutoAddMargin { get; set; }

    /// <summary>The waiting take-profit order of the position; null for none.</summary>
    public VenueOrder? TakeProfit { get; set; }

    /// <summary>The waiting stop-loss order of the position; null for none.</summary>
    public VenueOrder? StopLoss { get; set; }

    /// <summary><c>positionIdx</c>: 0 one-way, 1 long and 2 short in hedge mode.</summary>
    public int PositionIdx => !Account.IsInHedgeMode ? 0 : Position.Qty < 0 ? 2 : 1;

    /// <summary>The mark, or the entry price while there is none: then nothing is unrealised.</summary>
    public decimal MarkOrEntry => Market.Mark ?? Position.AverageEntry;

    public decimal Unrealised => Position.UnrealisedAt(MarkOrEntry);

    public decimal FeeToClose => Position.Qty == 0 ? 0m : PositionMath.FeeToClose(Position.Qty, Position.AverageEntry, Leverage, Fees.Taker);

    /// <summary>Margin at the leverage with the fee to close (Bybit V5, 16.1 and 16.2), without what was added.</summary>
    public decimal InitialMargin => PositionMath.InitialMargin(IsCross ? MarkValue : Position.EntryValue, Leverage) + FeeToClose;

    /// <summary>What the position binds: initial and extra margin.</summary>
    public decimal PositionMargin => InitialMargin + ExtraMargin;

    /// <summary>Maintenance margin at the mark, with the fee to close.</summary>
    public decimal MaintenanceMargin
    {
        get
        {
            if (Position.Qty == 0) return 0m;
            return IsCross
                ? PositionMath.CrossMaintenanceMargin(Position.Qty, MarkOrEntry, Ladder, Fees.Taker)
                : PositionMath.MaintenanceMargin(MarkValue, Tier) + FeeToClose;
        }
    }

    /// <summary>The tier of the position's value at the mark.</summary>
    public RiskTier Tier => Ladder.TierOf(MarkValue);

    /// <summary>The mark at which the position is liquidated, in cross mode with everything else as it is; null when flat, 0 when none.</summary>
    public decimal? LiquidationPrice => IsCross
        ? PositionMath.CrossLiquidationPrice(Position.Qty, Position.AverageEntry, Account.BalanceBesides(this), Ladder, Fees.Taker)
        : PositionMath.LiquidationPrice(Position.Qty, Position.AverageEntry, Leverage, Ladder, ExtraMargin, Fees.Taker);

    /// <summary>Whether the mark has reached the liquidation price, or in cross mode the account its maintenance margin.</summary>
    public bool IsLiquidationDue => IsCross
        ? Account.IsMaintenanceReached
        : LiquidationPrice is { } price && Market.Mark is { } mark && (Position.Qty > 0 ? mark <= price : mark >= price);

    /// <summary>The price at which the position is taken over: its margin is gone there, in cross mode its share of the account's equity by maintenance margin. Not flat.</summary>
    public decimal BankruptcyPrice => IsCross
        ? PositionMath.CrossBankruptcyPrice(Position.Qty, MarkOrEntry, Account.Equity * MaintenanceMargin / Account.MaintenanceMargin, Fees.Taker)
        : PositionMath.BankruptcyPrice(Position.Qty, Position.AverageEntry, Leverage, ExtraMargin, Fees.Taker);

    /// <summary>The price at which closing the position would end at nothing; null when flat.</summary>
    public decimal? BreakEvenPrice =>
        Position.Qty == 0 ? null : PositionMath.BreakEvenPrice(Position.Qty, Position.AverageEntry, CurrentRealised, Fees.Taker);

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

    private bool IsCross => Account.MarginMode == MarginMode.Cross;

    private decimal MarkValue => Math.Abs(Position.Qty) * MarkOrEntry;

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

    /// <summary>Books a fill: the money goes to the ledger, the position follows. The result holds the rounded amounts.</summary>
    public FillResult BookFill(Ledger ledger, LedgerEntryType type, int sign, decimal qty, decimal price, decimal feeRate, string execId, long nowNanos)
    {
        PositionState before = Position;
        FillResult exact = PositionMath.ApplyFill(before, sign, qty, price, feeRate);
        LedgerEntry entry = ledger.Post(new LedgerEntry
        {
            TimeNanos = nowNanos,
            Uid = Account.Uid,
            Symbol = Symbol,
            Type = type,
            CashFlow = exact.Realised,
            Fee = exact.Fee,
            PositionAfter = exact.After.Qty,
            ExecId = execId,
        });
        Position = exact.After with { RealisedGross = before.RealisedGross + entry.CashFlow, Fees = before.Fees + entry.Fee };
        decimal held = Math.Abs(before.Qty);
        if (exact.ClosedQty == held) ExtraMargin = 0m;
        else if (exact.ClosedQty > 0) ExtraMargin = Ledger.Rounded(ExtraMargin * (held - exact.ClosedQty) / held);

        bool opensAnew = before.Qty == 0 || Math.Sign(Position.Qty) == -Math.Sign(before.Qty);
        CurrentRealised = opensAnew
            ? -Ledger.Rounded(entry.Fee * (qty - exact.ClosedQty) / qty)
            : CurrentRealised + entry.CashFlow - entry.Fee;
        if (opensAnew) PositionOpenedMillis = nowNanos / Venue.NanosPerMilli;
        PositionUpdatedMillis = nowNanos / Venue.NanosPerMilli;
        return exact with { After = Position, Realised = entry.CashFlow, Fee = entry.Fee };
    }

    /// <summary>Books funding; above zero is paid: from the available balance and, isolated, what that lacks from the position's margin (Bybit V5, 16.6).</summary>
    /// <returns>The payment, rounded.</returns>
    public decimal BookFunding(Ledger ledger, decimal payment, string execId, long nowNanos)
    {
        LedgerEntry entry = ledger.Post(new LedgerEntry
        {
            TimeNanos = nowNanos,
            Uid = Account.Uid,
            Symbol = Symbol,
            Type = LedgerEntryType.Settlement,
            Funding = -payment,
            PositionAfter = Position.Qty,
            ExecId = execId,
        });
        Position = Position with { Funding = Position.Funding + entry.Funding };
        CurrentRealised += entry.Funding;
        PositionUpdatedMillis = nowNanos / Venue.NanosPerMilli;
        decimal missing = Math.Min(-entry.Funding, -Account.Available);
        if (!IsCross && missing > 0) ExtraMargin -= Ledger.Rounded(missing);
        return -entry.Funding;
    }

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
