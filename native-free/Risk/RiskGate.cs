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
    private readonly WorstCase[] _worstCases;
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
            Require(limit.MarkPriceAgeMaxNanos > 0, spec, "largest age of the mark price must be positive (in ns)", limit.MarkPriceAgeMaxNanos);
            Require(limit.OrderMax >= spec.MinOrderQty, spec, $"largest order must be at least the venue's smallest, {spec.MinOrderQty.Lots} lots", limit.OrderMax.Lots);
            Require(limit.OrderNotionalMax >= spec.MinNotional, spec, $"largest order value must be at least the venue's smallest, {spec.MinNotional.Units} (in 1e-8 USDT)", limit.OrderNotionalMax.Units);
            Require(limit.PositionMax.Lots is > 0 and <= LotsMax, spec, $"largest position must be 1 to {LotsMax} lots", limit.PositionMax.Lots);
            Require(limit.OpenOrdersMax > 0, spec, "most open orders must be positive", limit.OpenOrdersMax);
            Require(limit.CollarFractionE8 is > 0 and <= MarginMath.OneE8, spec, "collar must be above 0 and at most 1 (in 1e-8)", limit.CollarFractionE8);
            Require(limit.AdverseJumpE8 is >= 0 and < MarginMath.OneE8, spec, "adverse jump must be at least 0 and below 1 (in 1e-8)", limit.AdverseJumpE8);
            Require(limit.ExposureMaxE8 is > 0 and <= MarginMath.OneE8, spec, "largest exposure must be above 0 and at most 1 (in 1e-8)", limit.ExposureMaxE8);
            Require(limit.IsCross == limits[0].IsCross, spec, "margin mode must be the account's", limit.IsCross);
            Require(limit.LeverageE2 >= MarginMath.LeverageOneE2 && limit.LeverageE2 <= spec.MaxLeverageE2, spec, $"leverage must be 100 to {spec.MaxLeverageE2} (in 1e-2)", limit.LeverageE2);
            Require(limit.TakerFeeE8 is >= 0 and <= MarginMath.TakerFeeMaxE8, spec, $"taker fee must be 0 to {MarginMath.TakerFeeMaxE8} (in 1e-8)", limit.TakerFeeE8);
        }

        _instruments = instruments;
        _limits = [.. limits];
        _worstCases = new WorstCase[limits.Count];
        for (int i = 0; i < _worstCases.Length; i++) _worstCases[i] = new WorstCase(instruments[new InstrumentId(i)], limits[i]);
    }

    /// <summary>True when all positions share the account's balance.</summary>
    public bool IsCross => _limits[0].IsCross;

    /// <summary>True from <see cref="Kill"/> to <see cref="Resume"/>.</summary>
    public bool IsKilled => KilledBy != KillReason.Unset;

    /// <summary>The first reason given to <see cref="Kill"/>; unset while the switch is not thrown.</summary>
    public KillReason KilledBy { get; private set; }

    /// <summary>Every reason given to it since, the first too: bit n is set for the reason of number n; 0 while the switch is not thrown.</summary>
    public int KillReasons { get; private set; }

    /// <summary>Throws the kill switch. It stays on until <see cref="Resume"/>: a tripped engine does not un-trip itself.</summary>
    /// <param name="reason">One more beside those that hold; unset counts as <see cref="KillReason.Operator"/>.</param>
    public void Kill(KillReason reason)
    {
        if (reason == KillReason.Unset) reason = KillReason.Operator;
        if (!IsKilled) KilledBy = reason;
        KillReasons |= 1 << (int)reason;
    }

    /// <summary>Takes the kill switch back, whatever threw it: for an operator alone.</summary>
    public void Resume() => (KilledBy, KillReasons) = (KillReason.Unset, 0);

    /// <summary>The limits of an instrument.</summary>
    public RiskLimits LimitsOf(InstrumentId instrument) => _limits[instrument.Index];

    /// <summary>The worst case of an instrument.</summary>
    public WorstCase WorstCaseOf(InstrumentId instrument) => _worstCases[instrument.Index];

    /// <summary>How many intents were refused for this reason since start.</summary>
    public long Refused(RiskReason reason) => _refused[(byte)reason];

    /// <summary>Decides one intent.</summary>
    /// <returns><see cref="RiskReason.Accepted"/>, or the first limit broken in the order of the reasons' numbers.</returns>
    /// <remarks>
    /// Exposure of a side is what the position becomes, in that direction, if every open order of the side fills; an amend replaces its own open quantity.
    /// <list type="bullet">
    /// <item>A cancel passes whatever the state; only a spent order budget refuses it.</item>
    /// <item>The kill switch, and a limit of the loss ladder, refuse every place and amend except a reduce-only place, which passes stale and unusable data too: nothing but the connection that shows its fills may be missing.</item>
    /// <item>An intent that does not add exposure beyond what there is, or that is reduce-only, is never refused for position, liquidation or margin: the way out stays open.
    /// What carries a position through zero adds exposure on the other side, and what moves to a worse price adds loss.</item>
    /// <item>A reduce-only place of the whole position may be below the venue's smallest order, which is for the venue to take or refuse (Bybit V5, 14.9, 23.13).</item>
    /// </list>
    /// Ticks and lots need no check: prices and quantities are counted in them.
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
        bool isWayOut = isPlace && intent.ReduceOnly;
        if (isPlace && context.IsNameTaken) return RiskReason.DuplicateName;
        if (!isWayOut)
        {
            if (IsKilled) return RiskReason.KillSwitchOn;
            if (context.MarketDataAgeNanos > limits.MarketDataAgeMaxNanos) return RiskReason.MarketDataStale;
            if (!context.IsBookUsable) return RiskReason.BookUnusable;
        }

        if (!context.IsPrivateStreamUp) return RiskReason.Blind;
        if (context.IsReducing && !isWayOut) return RiskReason.Reducing;
        if (!isWayOut && context.MarkPriceAgeNanos > limits.MarkPriceAgeMaxNanos) return RiskReason.MarkPriceStale;
        if (!isWayOut && !context.IsTrading) return RiskReason.NotTrading;

        bool closesAll = isWayOut && intent.Qty.Lots == -intent.Side.Sign * context.Position.Lots;
        if ((intent.Qty < spec.MinOrderQty && !closesAll) || intent.Qty.Lots <= intent.FilledQty.Lots) return RiskReason.OrderTooSmall;
        // Own limits are about what can still fill; the venue's filters are about the order's total.
        long openLots = intent.Qty.Lots - intent.FilledQty.Lots;
        if (openLots > limits.OrderMax.Lots || intent.Qty > spec.MaxOrderQty) return RiskReason.OrderTooLarge;
        Int128 priceE8 = (Int128)intent.Price.Ticks * spec.TickE8;
        if (priceE8 * intent.Qty.Lots * spec.LotE8 < (Int128)spec.MinNotional.Units * MarginMath.OneE8 && !intent.ReduceOnly) return RiskReason.NotionalTooSmall;
        if (priceE8 * openLots * spec.LotE8 > (Int128)limits.OrderNotionalMax.Units * MarginMath.OneE8) return RiskReason.NotionalTooLarge;

        if (IsOutsideCollar(priceE8, in context, spec, limits.CollarFractionE8, isWayOut)) return RiskReason.PriceOutsideCollar;
        if (CrossesOwnOrder(in intent, in context)) return RiskReason.WouldCrossOwnOrder;
        if (intent.Price < spec.MinPrice || intent.Price > spec.MaxPrice || spec.IsBeyondPriceLimit(intent.Side, intent.Price, context.MarkPrice)) return RiskReason.PriceOutsideVenueBounds;

        long added = AddedExposureLots(in intent, in context, out long exposure);
        if (added > 0 && exposure > limits.PositionMax.Lots) return RiskReason.PositionLimit;
        if (isPlace && context.OpenOrders >= limits.OpenOrdersMax) return RiskReason.OpenOrderLimit;
        if (added > 0 && IsAboveLadder(priceE8, exposure, spec, limits)) return RiskReason.LeverageTooHigh;
        if (context.RequestsLeft <= 0) return RiskReason.OrderBudgetSpent;

        bool isDearer = intent.Side == Side.Buy ? intent.Price > context.BestOwnBid : intent.Price < context.BestOwnAsk;
        if (intent.ReduceOnly || exposure <= 0 || (added <= 0 && !isDearer)) return RiskReason.Accepted;
        if (!SurvivesTheWorst(in intent, in context)) return RiskReason.LiquidationTooClose;
        if (added <= 0) return RiskReason.Accepted;

        MoneyE8 left = context.AvailableMargin - MarginMath.OrderCost(intent.Side, priceE8 * added * spec.LotE8, limits.LeverageE2, limits.TakerFeeE8);
        if (left.Units < 0) return RiskReason.MarginInsufficient;
        if ((Int128)left.Units * MarginMath.OneE8 < (Int128)context.Balance.Units * (MarginMath.OneE8 - limits.ExposureMaxE8)) return RiskReason.ExposureLimit;
        return context.GuardHolds ? RiskReason.GuardHolds : RiskReason.Accepted;
    }

    /// <summary>Twice the price, since the reference is twice a mid. Without a reference every price is outside, except on the way out.</summary>
    private static bool IsOutsideCollar(Int128 priceE8, in RiskContext context, InstrumentSpec spec, long collarE8, bool isWayOut)
    {
        Int128 twiceMidE8 = (Int128)context.TwiceReferenceMidTicks * spec.TickE8;
        if (twiceMidE8 <= 0) return !isWayOut;
        if (Int128.Abs((priceE8 * 2) - twiceMidE8) * MarginMath.OneE8 > twiceMidE8 * collarE8) return true;
        Int128 markE8 = context.MarkPrice.Units;
        return !isWayOut && markE8 > 0 && Int128.Abs(priceE8 - markE8) * MarginMath.OneE8 > markE8 * collarE8;
    }

    /// <summary>The row of the position with every open order of the side, all at this price.</summary>
    private static bool IsAboveLadder(Int128 priceE8, long exposureLots, InstrumentSpec spec, RiskLimits limits)
    {
        Int128 valueE16 = priceE8 * exposureLots * spec.LotE8;
        ref readonly RiskTier tier = ref limits.Tiers.Find(valueE16);
        return limits.LeverageE2 > tier.MaxLeverageE2 || valueE16 > (Int128)tier.ValueLimit.Units * MarginMath.OneE8;
    }

    private bool SurvivesTheWorst(in OrderIntent intent, in RiskContext context)
    {
        bool isBuy = intent.Side == Side.Buy;
        var added = new QtyLots(intent.Qty.Lots - intent.FilledQty.Lots - intent.PreviousQty.Lots);
        var after = new Holding(
            context.Position,
            context.CostE16,
            new QtyLots(context.OpenBuyQty.Lots + (isBuy ? added.Lots : 0)),
            Dearer(isBuy ? intent.Price : default, Dearer(context.BestOwnBid, context.UnbookedBuyPrice)),
            new QtyLots(context.OpenSellQty.Lots + (isBuy ? 0 : added.Lots)),
            Cheaper(isBuy ? default : intent.Price, Cheaper(context.BestOwnAsk, context.UnbookedSellPrice)),
            context.MarkPrice);
        WorstCase worst = _worstCases[intent.Instrument.Index];
        return _limits[intent.Instrument.Index].IsCross
            ? context.ElsewhereE24 + worst.CrossSurplusE24(in after) > 0
            : worst.Survives(Side.Buy, in after) && worst.Survives(Side.Sell, in after);
    }

    private static PriceTicks Dearer(PriceTicks left, PriceTicks right) => left > right ? left : right;

    /// <summary>0 is none.</summary>
    private static PriceTicks Cheaper(PriceTicks left, PriceTicks right) => right.Ticks == 0 || (left.Ticks > 0 && left < right) ? left : right;

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

    private static void Require(bool holds, InstrumentSpec spec, string rule, object was)
    {
        if (!holds) throw new ArgumentException($"risk {spec.Symbol}: {rule}, was {was}");
    }
}
