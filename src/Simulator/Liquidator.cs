using LatencyEngine.Model;

namespace LatencyEngine.Simulator;

/// <summary>Takes positions from accounts whose margin is gone (Bybit V5, 16.5 and 24.8): orders are cancelled, the position is cut tier by tier, the rest is taken over.</summary>
/// <remarks>
/// The thread that owns the venue. A cut is a fill-or-kill order at the bankruptcy price, so that it never costs more than the margin of what it closes. What is
/// taken over is worth the mark: the difference to the bankruptcy price is the insurance fund's. Assumed: in isolated mode the orders of the symbol are
/// cancelled, in cross mode those of all symbols, and the position with the largest maintenance margin goes first; positions are not deleveraged against each
/// other when the fund is below zero, but only where a fault asks for it: half of the position then goes at the mark, for the taker's fee, after the symbol's orders.
/// </remarks>
internal sealed class Liquidator(Venue venue)
{
    /// <summary>A price or an account has changed in a market: liquidates the isolated positions in it and the cross accounts that are due.</summary>
    /// <returns>Whether anything was: it may have traded with orders of other accounts, in any market.</returns>
    public bool TryLiquidate(SymbolMarket market, long nowNanos, List<VenueMessage> output)
    {
        bool isAny = false;
        foreach (VenueAccount account in venue.Accounts)
        {
            int before = account.Liquidations;
            if (account.MarginMode == MarginMode.Cross) LiquidateCross(account, nowNanos, output);
            else LiquidateIsolated(account.In(market.Symbol), nowNanos, output);
            isAny |= account.Liquidations > before;
        }

        return isAny;
    }

    /// <summary>Closes half of a position that is not flat.</summary>
    public void Deleverage(AccountSymbol state, long nowNanos, List<VenueMessage> output)
    {
        CancelOrders(state, nowNanos, output, "CancelAllBeforeAdl");
        decimal steps = Math.Abs(state.Position.Qty) / state.Instrument.QtyStep;
        VenueOrder closing = NewOrder(state, "CreateByAdl_PassThrough", VenueTimeInForce.ImmediateOrCancel, Ledger.Rounded(state.MarkOrEntry), decimal.Ceiling(steps / 2) * state.Instrument.QtyStep, nowNanos);
        venue.FillTakeover(state, closing, "AdlTrade", nowNanos, output);
    }

    private void LiquidateIsolated(AccountSymbol state, long nowNanos, List<VenueMessage> output)
    {
        if (!state.IsLiquidationDue) return;
        if (state.AutoAddMargin)
        {
            MarginRules.Replenish(state);
            if (!state.IsLiquidationDue)
            {
                venue.PublishAccount(state, nowNanos, output);
                return;
            }
        }

        CancelOrders(state, nowNanos, output);
        Begin(state, nowNanos, output);
        while (state.IsLiquidationDue)
        {
            if (!TryCutToLowerTier(state, nowNanos, output)) TakeOver(state, nowNanos, output);
        }
    }

    private void LiquidateCross(VenueAccount account, long nowNanos, List<VenueMessage> output)
    {
        if (!account.IsMaintenanceReached) return;
        foreach (AccountSymbol state in account.Symbols) CancelOrders(state, nowNanos, output);
        AccountSymbol? begun = null;
        while (account.IsMaintenanceReached)
        {
            AccountSymbol state = account.Symbols.MaxBy(each => each.MaintenanceMargin)!;
            if (state != begun) Begin(state, nowNanos, output);
            begun = state;
            if (!TryCutToLowerTier(state, nowNanos, output)) TakeOver(state, nowNanos, output);
        }
    }

    private void CancelOrders(AccountSymbol state, long nowNanos, List<VenueMessage> output, string cancelType = "CancelAllBeforeLiq")
    {
        foreach (VenueOrder order in (VenueOrder[])[.. state.Orders(buys: true), .. state.Orders(buys: false)])
        {
            venue.Cancel(state, order, cancelType, "EC_NoError", nowNanos, output);
        }
    }

    private void Begin(AccountSymbol state, long nowNanos, List<VenueMessage> output)
    {
        state.Account.Liquidations++;
        venue.PublishLiquidating(state, nowNanos, output);
    }

    /// <summary>Sells or buys at once what lies above the next lower tier; false when there is no lower one or the book does not give it.</summary>
    private bool TryCutToLowerTier(AccountSymbol state, long nowNanos, List<VenueMessage> output)
    {
        decimal qty = PositionMath.QtyAboveTier(state.Position.Qty, state.MarkOrEntry, state.Instrument.QtyStep, state.Ladder);
        if (qty == 0) return false;
        bool isLong = state.Position.Qty > 0;
        decimal bankruptcy = Ledger.Rounded(state.BankruptcyPrice);
        decimal ticks = bankruptcy / state.Instrument.TickSize;
        decimal limit = (isLong ? decimal.Ceiling(ticks) : decimal.Floor(ticks)) * state.Instrument.TickSize;
        VenueOrder cut = NewOrder(state, "CreateByLiq", VenueTimeInForce.FillOrKill, Math.Clamp(limit, state.Instrument.MinPrice, state.Instrument.MaxPrice), qty, nowNanos);
        venue.Match(state, cut, wasResting: false, nowNanos, output);
        if (cut.Status != VenueOrderStatus.Filled) return false;
        state.Market.OnLiquidation(isLong, qty, bankruptcy, nowNanos);
        return true;
    }

    private void TakeOver(AccountSymbol state, long nowNanos, List<VenueMessage> output)
    {
        decimal qty = state.Position.Qty;
        decimal worth = state.MarkOrEntry;
        decimal bankruptcy = Ledger.Rounded(state.BankruptcyPrice);   // the printed price is the booked one: a client's own ledger agrees to the last digit
        VenueOrder takeover = NewOrder(state, "CreateByTakeOver_PassThrough", VenueTimeInForce.ImmediateOrCancel, bankruptcy, Math.Abs(qty), nowNanos);
        venue.FillTakeover(state, takeover, "BustTrade", nowNanos, output);
        venue.Ledger.PostInsurance(qty * (worth - bankruptcy));
        state.Market.OnLiquidation(qty > 0, Math.Abs(qty), bankruptcy, nowNanos);
    }

    private VenueOrder NewOrder(AccountSymbol state, string createType, VenueTimeInForce timeInForce, decimal price, decimal qty, long nowNanos)
    {
        var order = new VenueOrder(state.Account.Uid, venue.NextOrderId(), state.Symbol, state.Position.Qty > 0 ? Side.Sell : Side.Buy)
        {
            IsMarket = true,
            TimeInForce = timeInForce,
            CreateType = createType,
            CreatedAtNanos = nowNanos,
            UpdatedAtNanos = nowNanos,
            LastPriceOnCreated = state.Market.LastPrice,
            Price = price,
            Qty = qty,
            Status = VenueOrderStatus.New,
        };
        state.Account.Add(order);
        return order;
    }
}
