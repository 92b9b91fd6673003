using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline;

/// <summary>Which order closes a position, and what became of the last one. One order of an instrument at a time: what it fills is seen before the next is sized.</summary>
/// <remarks>Thread: hot. Allocates: only when constructed. Throws: never. Time: logic time, from the arguments.</remarks>
internal sealed class PositionCloser(int instruments)
{
    /// <summary>Wait after a refusal: what the venue refuses once, it refuses on the next book too.</summary>
    public const long RetryNanos = 1_000_000_000;

    /// <summary>Refusals in a row after which a position is given up: each takes this wait, the next book and perhaps a look-up, and a live run waits for no more than thirty of these waits altogether.</summary>
    public const int RefusalsMax = 15;

    // The codes of the smallest quantity and of the smallest value (Bybit V5, 14.9): the next book changes nothing about them.
    private const int ParameterErrorCode = 10001;
    private const int BelowMinNotionalCode = 110094;

    // How far through the touch an order goes, as a fraction of it: deep enough to fill on a book that moves, and no worse for what it closes. What is left goes to the next book.
    private const long ThroughFractionE8 = 100_000;

    private readonly Closing[] _closings = new Closing[instruments];

    /// <summary>True once positions are to be closed.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>Positions are to be closed from now on; what was given up is tried again.</summary>
    public void Begin()
    {
        IsAsked = true;
        foreach (ref Closing closing in _closings.AsSpan()) closing.Refusals = 0;
    }

    /// <summary>Positions are not to be closed any more; an order that is on its way stays known.</summary>
    public void End() => IsAsked = false;

    /// <summary>What was given up of an instrument is tried again.</summary>
    public void TryAgain(InstrumentId instrument) => _closings[instrument.Index].Refusals = 0;

    /// <summary>The order that closes now, without its name: reduce-only, immediate or cancel, no larger than the position, the limits and the venue allow.</summary>
    /// <remarks>
    /// A position below the venue's smallest order or value is offered whole, until the venue refuses it: whether it takes one is not documented (Bybit V5, 23.13).
    /// Of a larger one no rest is left that would be below the smallest order, where that can be avoided.
    /// </remarks>
    /// <param name="spec">The instrument.</param>
    /// <param name="limits">Its limits; the price keeps within the collar.</param>
    /// <param name="top">The present book; default while there is none, and then the order goes as far through the mark price as the collar allows.</param>
    /// <param name="mark">Mark price; 0 while unknown.</param>
    /// <param name="position">Signed.</param>
    /// <param name="kept">Size that stays, without sign.</param>
    /// <param name="now">The present.</param>
    /// <param name="intent">The order.</param>
    /// <returns>False when no more is held than stays, it is given up, the last refusal was a moment ago, or no price within the collar and the venue's bounds reaches the touch.</returns>
    public bool TryPlan(InstrumentSpec spec, RiskLimits limits, in BookTop top, PriceE8 mark, QtyLots position, QtyLots kept, EpochNanos now, out OrderIntent intent)
    {
        intent = default;
        ref Closing closing = ref _closings[spec.Id.Index];
        long heldLots = Math.Abs(position.Lots) - kept.Lots;
        if (heldLots <= 0 || closing.Refusals >= RefusalsMax || now.Nanos < closing.NotBefore.Nanos) return false;
        Side side = position.Lots > 0 ? Side.Sell : Side.Buy;
        if (!(top.BidPrice.Ticks > 0 ? TryPrice(spec, limits, in top, side, out PriceTicks price) : TryPriceByMark(spec, limits, mark, side, out price))) return false;
        Int128 lotValueE16 = (Int128)price.Ticks * spec.TickE8 * spec.LotE8;
        long valueLots = (long)Int128.Min((Int128)limits.OrderNotionalMax.Units * PriceE8.One / lotValueE16, long.MaxValue);
        long lots = Math.Min(Math.Min(heldLots, valueLots), Math.Min(limits.OrderMax.Lots, spec.MaxOrderQty.Lots));
        long restLots = heldLots - lots;
        long missingLots = spec.MinOrderQty.Lots - restLots;
        if (restLots > 0 && missingLots > 0 && lots - missingLots >= spec.MinOrderQty.Lots) lots -= missingLots;
        if (lots <= 0) return false;
        closing.IsBelowSmallest = lots < spec.MinOrderQty.Lots || lotValueE16 * lots < (Int128)spec.MinNotional.Units * PriceE8.One;
        intent = new OrderIntent(OrderAction.Place, spec.Id, side, price, new QtyLots(lots), default, default, ClientOrderId.None, TimeInForce.ImmediateOrCancel, ReduceOnly: true);
        return true;
    }

    /// <summary>The planned order has left.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="order">Its name.</param>
    /// <param name="notBeforeNanos">Logic time before which no other is planned.</param>
    public void OnSent(InstrumentId instrument, ClientOrderId order, long notBeforeNanos)
    {
        ref Closing closing = ref _closings[instrument.Index];
        closing.Order = order;
        closing.NotBefore = new EpochNanos(notBeforeNanos);
    }

    /// <summary>The closing order that may be alive; none when there is none.</summary>
    public ClientOrderId OrderOf(InstrumentId instrument) => _closings[instrument.Index].Order;

    /// <summary>True for a closing order that may be alive.</summary>
    public bool IsClosing(ClientOrderId order)
    {
        foreach (ref readonly Closing closing in _closings.AsSpan())
        {
            if (order.IsOurs && closing.Order == order) return true;
        }

        return false;
    }

    /// <summary>An order has ended, and the venue had taken it or never knew it; any other than a closing one changes nothing.</summary>
    public void OnOrderEnded(ClientOrderId order)
    {
        foreach (ref Closing closing in _closings.AsSpan())
        {
            if (order.IsOurs && closing.Order == order) closing = new Closing { NotBefore = closing.NotBefore };
        }
    }

    /// <summary>The venue did not take an order; any other than a closing one changes nothing. It is tried again after a wait, unless the smallest order was refused for what it is, or it was the last of too many refusals.</summary>
    /// <param name="order">The order.</param>
    /// <param name="returnCode">The answer's code; 0 when the order stream told it.</param>
    /// <param name="now">The present.</param>
    public void OnRefused(ClientOrderId order, int returnCode, EpochNanos now)
    {
        foreach (ref Closing closing in _closings.AsSpan())
        {
            if (!order.IsOurs || closing.Order != order) continue;
            closing.Order = ClientOrderId.None;
            closing.NotBefore = new EpochNanos(now.Nanos + RetryNanos);
            bool isForItsSize = closing.IsBelowSmallest && returnCode is ParameterErrorCode or BelowMinNotionalCode;
            closing.Refusals = isForItsSize ? RefusalsMax : closing.Refusals + 1;
        }
    }

    /// <summary>How far the closing of a position that is held has come: going on, or given up as too small or as refused.</summary>
    public ClosingState StateOf(InstrumentId instrument)
    {
        ref readonly Closing closing = ref _closings[instrument.Index];
        if (closing.Refusals < RefusalsMax) return ClosingState.Closing;
        return closing.IsBelowSmallest ? ClosingState.TooSmallToClose : ClosingState.Refused;
    }

    /// <summary>The price of an order that takes: a little through the touch, within the collar and the venue's bounds; false when that does not reach the touch.</summary>
    internal static bool TryPrice(InstrumentSpec spec, RiskLimits limits, in BookTop top, Side side, out PriceTicks price)
    {
        Int128 twiceMid = top.TwiceMidTicks;
        if (side == Side.Sell)
        {
            long touch = top.BidPrice.Ticks;
            Int128 lowest = ((twiceMid * (MarginMath.OneE8 - limits.CollarFractionE8)) + (2 * MarginMath.OneE8) - 1) / (2 * MarginMath.OneE8);
            long through = touch - (long)((Int128)touch * ThroughFractionE8 / MarginMath.OneE8);
            price = new PriceTicks(Math.Max(Math.Max(through, (long)lowest), spec.MinPrice.Ticks));
            return price.Ticks <= touch && price <= spec.MaxPrice;
        }
        else
        {
            long touch = top.AskPrice.Ticks;
            Int128 highest = twiceMid * (MarginMath.OneE8 + limits.CollarFractionE8) / (2 * MarginMath.OneE8);
            long through = touch + (long)((Int128)touch * ThroughFractionE8 / MarginMath.OneE8);
            price = new PriceTicks(Math.Min(Math.Min(through, (long)highest), spec.MaxPrice.Ticks));
            return price.Ticks >= touch && price >= spec.MinPrice;
        }
    }

    /// <summary>No further than the venue surely takes: beyond its limit it would move the order there anyway (Bybit V5, 14.10).</summary>
    private static bool TryPriceByMark(InstrumentSpec spec, RiskLimits limits, PriceE8 mark, Side side, out PriceTicks price)
    {
        long reachE8 = spec.PriceLimitRatioE8 == 0 ? limits.CollarFractionE8 : Math.Min(limits.CollarFractionE8, spec.PriceLimitRatioE8);
        Int128 limitE16 = (Int128)mark.Units * (MarginMath.OneE8 + (side.Sign * reachE8));
        Int128 tickE16 = (Int128)spec.TickE8 * MarginMath.OneE8;
        long ticks = (long)(side == Side.Buy ? limitE16 / tickE16 : (limitE16 + tickE16 - 1) / tickE16);
        price = new PriceTicks(Math.Clamp(ticks, spec.MinPrice.Ticks, spec.MaxPrice.Ticks));
        return mark.Units > 0;
    }

    /// <summary>What is known about closing one instrument.</summary>
    private struct Closing
    {
        /// <summary>The order on its way; none when it has ended.</summary>
        public ClientOrderId Order;

        /// <summary>Not tried again before.</summary>
        public EpochNanos NotBefore;

        /// <summary>The last order planned was below the venue's smallest.</summary>
        public bool IsBelowSmallest;

        /// <summary>Refusals since one was taken; from <see cref="RefusalsMax"/> on it is given up.</summary>
        public int Refusals;
    }
}
