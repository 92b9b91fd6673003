using LatencyEngine.Model;

namespace LatencyEngine.Simulator;

/// <summary>Take profit and stop loss of whole positions (Bybit V5, 11.4 and 14.7): conditional market orders that follow the position's size.</summary>
/// <remarks>
/// The thread that owns the venue. Assumed: of two stops that are due at once the loss is stopped; a stop that finds nothing to trade with is used up; a change
/// of a set stop keeps its order id.
/// </remarks>
internal sealed class TradingStops(Venue venue)
{
    private const string ClearedWithPosition = "CancelByTpSlTsClear";

    /// <summary><c>triggerDirection</c>: 1 when a rising price triggers the stop, 2 for a falling one, 0 for every other order.</summary>
    public static int DirectionOf(VenueOrder order) => order.Trigger is null ? 0 : (order.StopOrderType == "TakeProfit") == order.IsBuy ? 2 : 1;

    /// <summary>Refuses stops on the wrong side of a price: a long's profit lies above and its loss below it.</summary>
    /// <param name="isLong">The position's side.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="priceOf">The price that each level must lie beyond; null when there is none.</param>
    /// <param name="instrument">Whose ticks the levels must lie on.</param>
    public static Refusal? Check(bool isLong, TradingStopRequest request, Func<TriggerBy, decimal?> priceOf, VenueInstrument instrument) =>
        Check("TakeProfit", request.TakeProfit, isLong, isAbove: isLong, priceOf, instrument) ?? Check("StopLoss", request.StopLoss, isLong, isAbove: !isLong, priceOf, instrument);

    /// <summary>Sets, changes or removes the stops of a position.</summary>
    public Refusal? Set(AccountSymbol state, TradingStopRequest request, long nowNanos, List<VenueMessage> output)
    {
        if (state.Position.Qty == 0) return new Refusal(10001, "can not set tp/sl/ts for zero position");
        Refusal? refusal = Check(state.Position.Qty > 0, request, by => PriceOf(state.Market, by), state.Instrument);
        if (refusal is not null) return refusal;
        if (IsUnchanged(state.TakeProfit, request.TakeProfit) && IsUnchanged(state.StopLoss, request.StopLoss)) return new Refusal(34040, "not modified");
        state.TakeProfit = Changed(state, state.TakeProfit, request.TakeProfit, "TakeProfit", parentLinkId: "", nowNanos, output);
        state.StopLoss = Changed(state, state.StopLoss, request.StopLoss, "StopLoss", parentLinkId: "", nowNanos, output);
        return null;
    }

    /// <summary>After a fill: stops that came with the order become the position's, those of a closed position go, the others take its new size.</summary>
    public void FollowPosition(AccountSymbol state, VenueOrder filled, long nowNanos, List<VenueMessage> output)
    {
        (StopLevel?, StopLevel?) before = (state.TakeProfit?.Trigger, state.StopLoss?.Trigger);
        state.TakeProfit = Resized(state, state.TakeProfit, nowNanos, output);
        state.StopLoss = Resized(state, state.StopLoss, nowNanos, output);
        if (Math.Sign(state.Position.Qty) == filled.Side.Sign)
        {
            state.TakeProfit = Changed(state, state.TakeProfit, filled.TakeProfit, "TakeProfit", filled.OrderLinkId, nowNanos, output);
            state.StopLoss = Changed(state, state.StopLoss, filled.StopLoss, "StopLoss", filled.OrderLinkId, nowNanos, output);
        }

        if (before != (state.TakeProfit?.Trigger, state.StopLoss?.Trigger)) venue.PublishAccount(state, nowNanos, output);
    }

    /// <summary>A price has moved: stops whose price has come go into matching.</summary>
    /// <returns>Whether any did.</returns>
    public bool TryTrigger(SymbolMarket market, long nowNanos, List<VenueMessage> output)
    {
        bool isAny = false;
        foreach (VenueAccount account in venue.Accounts)
        {
            AccountSymbol state = account.In(market.Symbol);
            if (state.StopLoss is { } loss && IsDue(market, loss))
            {
                isAny = true;
                Trigger(state, loss, nowNanos, output);
            }

            if (state.TakeProfit is { } profit && IsDue(market, profit))
            {
                isAny = true;
                Trigger(state, profit, nowNanos, output);
            }
        }

        return isAny;
    }

    /// <summary>A client cancels a stop.</summary>
    public void CancelByUser(AccountSymbol state, VenueOrder stop, long nowNanos, List<VenueMessage> output)
    {
        Forget(state, stop);
        Deactivate(stop, "CancelByUser", "EC_PerCancelRequest", nowNanos, output);
    }

    private static Refusal? Check(string name, StopLevel? level, bool isLong, bool isAbove, Func<TriggerBy, decimal?> priceOf, VenueInstrument instrument)
    {
        if (level is not { Price: > 0 } set) return null;
        if (set.Price < instrument.MinPrice || set.Price > instrument.MaxPrice || set.Price % instrument.TickSize != 0) return new Refusal(10001, $"{name} price is invalid");
        if (priceOf(set.By) is not { } price) return new Refusal(10001, $"{name}: there is no {set.By} of {instrument.Symbol}");
        if (isAbove ? set.Price > price : set.Price < price) return null;
        string wanted = isAbove ? "higher" : "lower";
        return new Refusal(
            10001,
            $"{name}:{VenueJson.Trimmed(set.Price)} set for {(isLong ? "Buy" : "Sell")} position should be {wanted} than base_price:{VenueJson.Trimmed(price)}??{set.By}");
    }

    private static bool IsUnchanged(VenueOrder? stop, StopLevel? wanted) => wanted is null || (wanted.Value.Price == 0 ? stop is null : stop?.Trigger == wanted);

    /// <summary>The price that triggers; null when there is none yet.</summary>
    public static decimal? PriceOf(SymbolMarket market, TriggerBy by) => by switch
    {
        TriggerBy.MarkPrice => market.Mark,
        TriggerBy.IndexPrice => market.Index,
        _ => market.LastPrice,
    };

    private static bool IsDue(SymbolMarket market, VenueOrder stop) =>
        stop.Trigger is { } level && PriceOf(market, level.By) is { } price && (DirectionOf(stop) == 1 ? price >= level.Price : price <= level.Price);

    private VenueOrder? Changed(AccountSymbol state, VenueOrder? stop, StopLevel? wanted, string type, string parentLinkId, long nowNanos, List<VenueMessage> output)
    {
        if (IsUnchanged(stop, wanted)) return stop;
        if (wanted!.Value.Price == 0)
        {
            Deactivate(stop!, "CancelByUser", "EC_PerCancelRequest", nowNanos, output);
            return null;
        }

        if (stop is null)
        {
            stop = new VenueOrder(state.Account.Uid, venue.NextOrderId(), state.Symbol, state.Position.Qty > 0 ? Side.Sell : Side.Buy)
            {
                IsMarket = true,
                TimeInForce = VenueTimeInForce.ImmediateOrCancel,
                ReduceOnly = true,
                CloseOnTrigger = true,
                StopOrderType = type,
                CreateType = "CreateBy" + type,
                ParentOrderLinkId = parentLinkId,
                CreatedAtNanos = nowNanos,
                LastPriceOnCreated = state.Market.LastPrice,
                Qty = Math.Abs(state.Position.Qty),
                Status = VenueOrderStatus.Untriggered,
            };
            state.Account.Add(stop);
        }

        stop.Trigger = wanted;
        stop.UpdatedAtNanos = nowNanos;
        venue.PublishOrder(stop, nowNanos, output);
        return stop;
    }

    private VenueOrder? Resized(AccountSymbol state, VenueOrder? stop, long nowNanos, List<VenueMessage> output)
    {
        if (stop is null) return null;
        if (Math.Sign(state.Position.Qty) != stop.Side.Opposite.Sign)
        {
            Deactivate(stop, ClearedWithPosition, "EC_NoError", nowNanos, output);
            return null;
        }

        decimal qty = Math.Abs(state.Position.Qty);
        if (stop.Qty == qty) return stop;
        stop.Qty = qty;
        stop.UpdatedAtNanos = nowNanos;
        venue.PublishOrder(stop, nowNanos, output);
        return stop;
    }

    private void Trigger(AccountSymbol state, VenueOrder stop, long nowNanos, List<VenueMessage> output)
    {
        Forget(state, stop);
        stop.Status = VenueOrderStatus.Triggered;
        stop.UpdatedAtNanos = nowNanos;
        venue.PublishOrder(stop, nowNanos, output);
        stop.Status = VenueOrderStatus.New;
        venue.MatchAtMarket(state, stop, nowNanos, output);
    }

    private void Deactivate(VenueOrder stop, string cancelType, string reason, long nowNanos, List<VenueMessage> output)
    {
        stop.Status = VenueOrderStatus.Deactivated;
        stop.CancelType = cancelType;
        stop.RejectReason = reason;
        stop.UpdatedAtNanos = nowNanos;
        venue.Account(stop.Uid).End(stop);
        venue.PublishOrder(stop, nowNanos, output);
    }

    private static void Forget(AccountSymbol state, VenueOrder stop)
    {
        if (state.TakeProfit == stop) state.TakeProfit = null;
        if (state.StopLoss == stop) state.StopLoss = null;
    }
}
