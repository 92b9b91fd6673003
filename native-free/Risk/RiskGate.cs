using System.Diagnostics;
using LatencyEngine.Model;

namespace LatencyEngine.Risk;

/// <summary>The last check before bytes leave.</summary>
/// <remarks>
/// Thread: hot. Allocates: only in the constructor. Blocks: never. Throws: only in the constructor. A decision depends on its arguments, the limits and the kill switch alone.
/// </remarks>
public sealed class RiskGate
{
    /// <summary>Bound of every quantity that the gate adds up; quantities are held below it where bytes enter, so no sum overflows.</summary>
    private const long LotsMax = 1L << 53;

    private readonly InstrumentTable _instruments;
    private readonly RiskLimits[] _limits;
    private readonly long[] _refused = new long[256];

    /// <summary>Creates the gate.</summary>
    /// <param name="instruments">The engine's instruments.</param>
    /// <param name="limits">One entry an instrument, at the instrument's index.</param>
    /// <exception cref="ArgumentException">A limit is out of range; the message names the instrument, the limit, what it was and what is allowed.</exception>
    public RiskGate(InstrumentTable instruments, IReadOnlyList<RiskLimits> limits)
    {
        if (limits.Count != instruments.Count) throw new ArgumentException($"risk: limits are needed for {instruments.Count} instruments, was {limits.Count}");
        for (int i = 0; i < limits.Count; i++)
        {
            InstrumentSpec spec = instruments[new InstrumentId(i)];
            RiskLimits limit = limits[i];
            Require(limit.MarketDataAgeMaxNanos > 0, spec, "largest age of market data must be positive (in ns)", limit.MarketDataAgeMaxNanos);
            Require(limit.OrderMax >= spec.MinOrderQty, spec, $"largest order must be at least the venue's smallest, {spec.MinOrderQty.Lots} lots", limit.OrderMax.Lots);
            Require(limit.OrderNotionalMax >= spec.MinNotional, spec, $"largest order value must be at least the venue's smallest, {spec.MinNotional.Units} (in 1e-8 USDT)", limit.OrderNotionalMax.Units);
            Require(limit.PositionMax.Lots is > 0 and <= LotsMax, spec, $"largest position must be 1 to {LotsMax} lots", limit.PositionMax.Lots);
            Require(limit.OpenOrdersMax > 0, spec, "most open orders must be positive", limit.OpenOrdersMax);
            Require(limit.CollarFractionE8 is > 0 and <= MarginMath.OneE8, spec, "collar must be above 0 and at most 1 (in 1e-8)", limit.CollarFractionE8);
            Require(limit.LiquidationDistanceMinE8 is >= 0 and < MarginMath.OneE8, spec, "smallest liquidation distance must be at least 0 and below 1 (in 1e-8)", limit.LiquidationDistanceMinE8);
            Require(limit.LeverageE2 >= MarginMath.LeverageOneE2 && limit.LeverageE2 <= spec.MaxLeverageE2, spec, $"leverage must be 100 to {spec.MaxLeverageE2} (in 1e-2)", limit.LeverageE2);
            Require(limit.TakerFeeE8 is >= 0 and <= MarginMath.TakerFeeMaxE8, spec, $"taker fee must be 0 to {MarginMath.TakerFeeMaxE8} (in 1e-8)", limit.TakerFeeE8);
        }

        _instruments = instruments;
        _limits = [.. limits];
    }

    /// <summary>True once <see cref="Kill"/> was called.</summary>
    public bool IsKilled => KilledBy != KillReason.Unset;

    /// <summary>The first reason given to <see cref="Kill"/>; unset before.</summary>
    public KillReason KilledBy { get; private set; }

    /// <summary>Throws the kill switch. It stays on until restart: a tripped engine does not un-trip itself.</summary>
    /// <param name="reason">Kept if it is the first; unset counts as <see cref="KillReason.Operator"/>.</param>
    public void Kill(KillReason reason)
    {
        if (!IsKilled) KilledBy = reason == KillReason.Unset ? KillReason.Operator : reason;
    }

    /// <summary>The limits of an instrument.</summary>
    public RiskLimits LimitsOf(InstrumentId instrument) => _limits[instrument.Index];

    /// <summary>How many intents were refused for this reason since start.</summary>
    public long Refused(RiskReason reason) => _refused[(byte)reason];

    /// <summary>Decides one intent.</summary>
    /// <returns><see cref="RiskReason.Accepted"/>, or the first limit broken in the order of the reasons' numbers.</returns>
    /// <remarks>
    /// Exposure of a side is what the position becomes, in that direction, if every open order of the side fills; an amend replaces its own open quantity.
    /// <list type="bullet">
    /// <item>A cancel passes whatever the state; only a spent order budget refuses it.</item>
    /// <item>The kill switch, and a limit of the loss ladder, refuse every place and amend except a reduce-only place.</item>
    /// <item>An intent that does not add exposure beyond what there is, or that is reduce-only, is never refused for position, liquidation or margin: the way out stays open.
    /// What carries a position through zero adds exposure on the other side.</item>
    /// <item>A reduce-only place of the whole position may be below the venue's smallest order, which is for the venue to take or refuse (Bybit V5, 14.9, 23.13).</item>
    /// </list>
    /// </remarks>
    public RiskReason Check(in OrderIntent intent, in RiskContext context)
    {
        RiskReason reason = intent.Action == OrderAction.Cancel ? CheckCancel(in context) : CheckPlaceOrAmend(in intent, in context);
        if (reason != RiskReason.Accepted) _refused[(byte)reason]++;
        return reason;
    }

    private static RiskReason CheckCancel(in RiskContext context) => context.RequestsLeft > 0 ? RiskReason.Accepted : RiskReason.OrderBudgetSpent;

    private RiskReason CheckPlaceOrAmend(in OrderIntent intent, in RiskContext context)
    {
        if (intent.Action is not (OrderAction.Place or OrderAction.Amend)
            || intent.Side is not (Side.Buy or Side.Sell)
            || (uint)intent.Instrument.Index >= (uint)_limits.Length)
        {
            return RiskReason.MalformedIntent;
        }

        InstrumentSpec spec = _instruments[intent.Instrument];
        RiskLimits limits = _limits[intent.Instrument.Index];
        bool isPlace = intent.Action == OrderAction.Place;

        if (IsKilled && !(isPlace && intent.ReduceOnly)) return RiskReason.KillSwitchOn;
        if (context.MarketDataAgeNanos > limits.MarketDataAgeMaxNanos) return RiskReason.MarketDataStale;
        if (!context.IsBookUsable) return RiskReason.BookUnusable;
        if (!context.IsPrivateStreamUp) return RiskReason.Blind;
        if (context.IsReducing && !(isPlace && intent.ReduceOnly)) return RiskReason.Reducing;

        bool closesAll = isPlace && intent.ReduceOnly && intent.Qty.Lots == -intent.Side.Sign * context.Position.Lots;
        if ((intent.Qty < spec.MinOrderQty && !closesAll) || intent.Qty.Lots <= intent.FilledQty.Lots) return RiskReason.OrderTooSmall;
        // Own limits are about what can still fill; the venue's filters are about the order's total.
        long openLots = intent.Qty.Lots - intent.FilledQty.Lots;
        if (openLots > limits.OrderMax.Lots || intent.Qty > spec.MaxOrderQty) return RiskReason.OrderTooLarge;
        Int128 priceE8 = (Int128)intent.Price.Ticks * spec.TickE8;
        if (priceE8 * intent.Qty.Lots * spec.LotE8 < (Int128)spec.MinNotional.Units * MarginMath.OneE8 && !intent.ReduceOnly) return RiskReason.NotionalTooSmall;
        if (priceE8 * openLots * spec.LotE8 > (Int128)limits.OrderNotionalMax.Units * MarginMath.OneE8) return RiskReason.NotionalTooLarge;

        Int128 twiceOffMid = Int128.Abs(((Int128)intent.Price.Ticks * 2) - context.TwiceReferenceMidTicks);
        if (context.TwiceReferenceMidTicks <= 0
            || twiceOffMid * MarginMath.OneE8 > (Int128)context.TwiceReferenceMidTicks * limits.CollarFractionE8)
        {
            return RiskReason.PriceOutsideCollar;
        }

        if (CrossesOwnOrder(in intent, in context)) return RiskReason.WouldCrossOwnOrder;
        if (intent.Price < spec.MinPrice || intent.Price > spec.MaxPrice) return RiskReason.PriceOutsideVenueBounds;

        long added = AddedExposureLots(in intent, in context, out long exposure);
        if (added > 0 && exposure > limits.PositionMax.Lots) return RiskReason.PositionLimit;
        if (isPlace && context.OpenOrders >= limits.OpenOrdersMax) return RiskReason.OpenOrderLimit;
        if (context.RequestsLeft <= 0) return RiskReason.OrderBudgetSpent;
        if (added <= 0) return RiskReason.Accepted;

        if (IsLiquidationTooClose(in context, limits.LiquidationDistanceMinE8)) return RiskReason.LiquidationTooClose;
        Int128 addedCostE16 = priceE8 * added * spec.LotE8;
        return MarginMath.OrderCost(intent.Side, addedCostE16, limits.LeverageE2, limits.TakerFeeE8) > context.AvailableMargin
            ? RiskReason.MarginInsufficient
            : RiskReason.Accepted;
    }

    private static bool CrossesOwnOrder(in OrderIntent intent, in RiskContext context) => intent.Side == Side.Buy
        ? context.BestOwnAsk.Ticks > 0 && intent.Price >= context.BestOwnAsk
        : context.BestOwnBid.Ticks > 0 && intent.Price <= context.BestOwnBid;

    /// <summary>Lots by which the intent raises the exposure of its side above both zero and what is open already; zero or less when it does not, and always for reduce-only.</summary>
    private static long AddedExposureLots(in OrderIntent intent, in RiskContext context, out long exposure)
    {
        long open = intent.Side == Side.Buy ? context.OpenBuyQty.Lots : context.OpenSellQty.Lots;
        Debug.Assert(intent.PreviousQty.Lots <= open, "The quantity that an amend replaces is part of the open quantity.");
        long before = (intent.Side.Sign * context.Position.Lots) + open;
        exposure = before - intent.PreviousQty.Lots + (intent.Qty.Lots - intent.FilledQty.Lots);
        return intent.ReduceOnly ? 0 : exposure - Math.Max(before, 0);
    }

    /// <summary>The way from mark to liquidation price, measured in the direction that hurts and so negative once the mark has passed it, against a fraction of the mark price.
    /// An unknown mark price is too close.</summary>
    private static bool IsLiquidationTooClose(in RiskContext context, long distanceMinE8)
    {
        if (context.Position.Lots == 0 || context.LiquidationPrice.Units == 0) return false;
        Int128 distance = (Int128)context.MarkPrice.Units - context.LiquidationPrice.Units;
        if (context.Position.Lots < 0) distance = -distance;
        return context.MarkPrice.Units <= 0 || distance * MarginMath.OneE8 < (Int128)context.MarkPrice.Units * distanceMinE8;
    }

    private static void Require(bool holds, InstrumentSpec spec, string rule, object was)
    {
        if (!holds) throw new ArgumentException($"risk {spec.Symbol}: {rule}, was {was}");
    }
}
