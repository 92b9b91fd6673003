using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline;

/// <summary>The directional request of one instrument, how far it has come, and its next order: immediate or cancel, within its bound. One order at a time: what it fills is seen before the next is sized.</summary>
/// <remarks>docs/decisions/0027-bias-and-directional-requests.md. Thread: hot. Allocates: never. Throws: never. Time: logic time, from the arguments.</remarks>
internal sealed class DirectionalTrade
{
    private DirectionalRequest _request;
    private ClientOrderId _order;
    private Phase _phase;
    private int _sideBefore;
    private PriceTicks _stopBefore;

    private enum Phase
    {
        None,
        Entering,
        Holding,
        Stopping,
    }

    /// <summary>There is a request that is not over: the instrument is not quoted.</summary>
    public bool IsActive => _phase != Phase.None;

    /// <summary>The position is worked towards.</summary>
    public bool IsEntering => _phase == Phase.Entering;

    /// <summary>The stop was reached: the position is to be closed whole.</summary>
    public bool IsStopping => _phase == Phase.Stopping;

    /// <summary>Its first fill has been told.</summary>
    public bool HasOpened { get; private set; }

    /// <summary>The request; the last one when none is active.</summary>
    public ref readonly DirectionalRequest Request => ref _request;

    /// <summary>Whether a request makes sense, whatever the state of the engine.</summary>
    /// <param name="request">The request.</param>
    /// <param name="spec">Its instrument.</param>
    /// <param name="limits">The instrument's limits.</param>
    /// <param name="mark">Mark price; 0 before there is one.</param>
    /// <param name="now">The present.</param>
    /// <returns><see cref="DirectionalOutcome.Taken"/>, or why not.</returns>
    public static DirectionalOutcome Judge(in DirectionalRequest request, InstrumentSpec spec, RiskLimits limits, PriceE8 mark, EpochNanos now)
    {
        (long wanted, long bound, long stop) = (request.Wanted.Lots, request.Bound.Ticks, request.Stop.Ticks);
        bool isTimed = request.MadeAt.Nanos >= 0 && request.MadeAt.Nanos <= now.Nanos && request.EntrySeconds is > 0 and <= DirectionalRequest.EntrySecondsMax;
        bool isSized = wanted >= -limits.PositionMax.Lots && wanted <= limits.PositionMax.Lots && (wanted == 0 || Math.Abs(wanted) >= spec.MinOrderQty.Lots);
        bool isPriced = wanted == 0
            ? bound >= 0 && bound <= spec.MaxPrice.Ticks && stop == 0
            : bound > 0 && bound <= spec.MaxPrice.Ticks && stop > 0 && stop <= spec.MaxPrice.Ticks && Math.Sign(wanted) * Math.Sign(bound - stop) > 0;
        if (!isTimed || !isSized || !isPriced) return DirectionalOutcome.Impossible;
        return now.Nanos >= EntryEndsAt(in request) || IsBeyondStop(in request, spec, mark) ? DirectionalOutcome.TooLate : DirectionalOutcome.Taken;
    }

    /// <summary>Whether a request would have something opened: more than is held, or on the other side.</summary>
    public static bool Opens(in DirectionalRequest request, QtyLots position) =>
        request.Wanted.Lots != 0 && (Math.Sign(request.Wanted.Lots) != Math.Sign(position.Lots) || Math.Abs(request.Wanted.Lots) > Math.Abs(position.Lots));

    /// <summary>Begins to work towards a request, in place of the one before; nothing wanted is closed as at a stop, until it is gone. An order of the one before that is on its way stays known until the next is sent, and its stop until its position is gone.</summary>
    public void Take(in DirectionalRequest request)
    {
        if (IsActive && _request.Wanted.Lots != 0 && Math.Sign(_request.Wanted.Lots) != Math.Sign(request.Wanted.Lots)) (_sideBefore, _stopBefore) = (Math.Sign(_request.Wanted.Lots), _request.Stop);
        _request = request;
        _phase = request.Wanted.Lots == 0 ? Phase.Stopping : Phase.Entering;
        HasOpened = false;
    }

    /// <summary>The time to enter is over.</summary>
    public bool HasExpired(EpochNanos now) => now.Nanos >= EntryEndsAt(in _request);

    /// <summary>The mark price is at the stop or beyond, and the position is not being closed for it yet.</summary>
    /// <param name="spec">The instrument.</param>
    /// <param name="mark">Mark price.</param>
    /// <param name="position">Signed: while it is that of the request before, that one's stop holds.</param>
    public bool StopsAt(InstrumentSpec spec, PriceE8 mark, QtyLots position)
    {
        if (_phase is not (Phase.Entering or Phase.Holding)) return false;
        return _sideBefore != 0 && Math.Sign(position.Lots) == _sideBefore ? IsBeyond(_sideBefore, _stopBefore, spec, mark) : IsBeyondStop(in _request, spec, mark);
    }

    /// <summary>Nothing more is ordered towards the position; the stop stays.</summary>
    public void Hold() => _phase = Phase.Holding;

    /// <summary>The position is to be closed.</summary>
    public void Stop() => _phase = Phase.Stopping;

    /// <summary>The request is over.</summary>
    public void End() => (_phase, _sideBefore) = (Phase.None, 0);

    /// <summary>The planned order has left.</summary>
    public void OnSent(ClientOrderId order) => _order = order;

    /// <summary>True for the first fill of an order that opens a position: once a request.</summary>
    public bool IsFirstFill(ClientOrderId order)
    {
        if (HasOpened || _phase == Phase.None || _request.Wanted.Lots == 0 || !order.IsOurs || order != _order) return false;
        HasOpened = true;
        return true;
    }

    /// <summary>Whether an order would still be of use.</summary>
    /// <param name="spec">The instrument.</param>
    /// <param name="position">Signed.</param>
    public bool IsReached(InstrumentSpec spec, QtyLots position)
    {
        if (position == _request.Wanted) return true;
        Size(position, out Side _, out long lots, out bool reduces);
        bool closesAll = reduces && lots == Math.Abs(position.Lots);
        bool isWorthless = _request.Bound.Ticks > 0 && !reduces && (Int128)_request.Bound.Ticks * spec.TickE8 * spec.LotE8 * lots < (Int128)spec.MinNotional.Units * PriceE8.One;
        return (lots < spec.MinOrderQty.Lots && !closesAll) || isWorthless;
    }

    /// <summary>The order that goes on towards the position, without its name: immediate or cancel, no larger than the limits allow. What is held on the other side, or too much, is reduced first.</summary>
    /// <param name="spec">The instrument.</param>
    /// <param name="limits">Its limits; the price keeps within the collar and the request's bound.</param>
    /// <param name="top">The present book.</param>
    /// <param name="position">Signed, and not the wanted one.</param>
    /// <param name="intent">The order.</param>
    /// <returns>False when no price within bound and collar reaches the touch.</returns>
    public bool TryPlan(InstrumentSpec spec, RiskLimits limits, in BookTop top, QtyLots position, out OrderIntent intent)
    {
        intent = default;
        Size(position, out Side side, out long wantedLots, out bool reduces);
        if (!PositionCloser.TryPrice(spec, limits, in top, side, out PriceTicks price)) return false;
        bool isTowards = side == (_request.Wanted.Lots > 0 ? Side.Buy : Side.Sell);   // the bound is the worst price to get into it
        if (_request.Bound.Ticks > 0 && isTowards)
        {
            long bound = _request.Bound.Ticks;
            if (side == Side.Buy ? top.AskPrice.Ticks > bound : top.BidPrice.Ticks < bound) return false;
            price = new PriceTicks(side == Side.Buy ? Math.Min(price.Ticks, bound) : Math.Max(price.Ticks, bound));
        }

        Int128 lotValueE16 = (Int128)price.Ticks * spec.TickE8 * spec.LotE8;
        long valueLots = (long)Int128.Min((Int128)limits.OrderNotionalMax.Units * PriceE8.One / lotValueE16, long.MaxValue);
        long lots = Math.Min(Math.Min(wantedLots, valueLots), Math.Min(limits.OrderMax.Lots, spec.MaxOrderQty.Lots));
        if (lots <= 0) return false;
        intent = new OrderIntent(OrderAction.Place, spec.Id, side, price, new QtyLots(lots), default, default, ClientOrderId.None, TimeInForce.ImmediateOrCancel, ReduceOnly: reduces);
        return true;
    }

    private static long EntryEndsAt(in DirectionalRequest request) => request.MadeAt.Nanos + (request.EntrySeconds * 1_000L * EpochNanos.PerMillisecond);

    private static bool IsBeyondStop(in DirectionalRequest request, InstrumentSpec spec, PriceE8 mark) => IsBeyond(Math.Sign(request.Wanted.Lots), request.Stop, spec, mark);

    private static bool IsBeyond(int side, PriceTicks stop, InstrumentSpec spec, PriceE8 mark) =>
        side != 0 && mark.Units > 0 && side * ((Int128)mark.Units - ((Int128)stop.Ticks * spec.TickE8)) <= 0;

    /// <summary>The whole of the next step: to flat, or to less, or on.</summary>
    private void Size(QtyLots position, out Side side, out long lots, out bool reduces)
    {
        long missingLots = _request.Wanted.Lots - position.Lots;
        side = missingLots > 0 ? Side.Buy : Side.Sell;
        reduces = position.Lots != 0 && Math.Sign(missingLots) != Math.Sign(position.Lots);
        lots = reduces ? Math.Min(Math.Abs(missingLots), Math.Abs(position.Lots)) : Math.Abs(missingLots);
    }
}
