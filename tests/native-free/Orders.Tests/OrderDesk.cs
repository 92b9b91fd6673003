using LatencyEngine.Model;

namespace LatencyEngine.Orders.Tests;

/// <summary>A table of two instruments with two levels a side, and short words for what happens to it.</summary>
internal sealed class OrderDesk
{
    public const uint Session = 0xA1;
    public const long TimeoutNanos = 1_000_000_000;

    public const long LifetimeNanos = 6_000_000_000;
    public const long StreamDelayNanos = 400_000_000;

    public static readonly OrderTableSettings Settings = new(RequoteTicks: [3, 5], TimeoutNanos, TimeInForce.PostOnly, LifetimeNanos, StreamDelayNanos);

    private readonly OrderIntent[] _intents = new OrderIntent[16];
    private long _updatedMillis;

    public OrderDesk(OrderTableSettings? settings = null)
    {
        Table = new OrderTable(Instruments.Two, levelsPerSide: 2, settings ?? Settings);
        Table.BeginSession(Session);
    }

    public OrderTable Table { get; }

    public InstrumentId Instrument { get; init; } = Instruments.Btc;

    public EpochNanos Now { get; set; } = new(1_000_000);

    public static QuoteTarget Bid(long priceTicks, long lots, int level = 0) => new(Side.Buy, level, new PriceTicks(priceTicks), new QtyLots(lots));

    public static QuoteTarget Ask(long priceTicks, long lots, int level = 0) => new(Side.Sell, level, new PriceTicks(priceTicks), new QtyLots(lots));

    public OrderIntent[] Plan(params QuoteTarget[] targets) => [.. _intents[..Table.Plan(Instrument, targets, _intents)]];

    public OrderIntent[] PlanCancelAll() => [.. _intents[..Table.PlanCancelAll(Instrument, _intents)]];

    public RequestId Send(OrderIntent intent) => Table.OnSent(in intent, Now);

    public OrderOutcome Acknowledge(RequestId request, int returnCode = 0)
    {
        var ack = new Ack { RequestId = request, ReturnCode = returnCode };
        return Table.OnAck(in ack, Now);
    }

    public OrderOutcome Stream(OrderIntent order, OrderStatus status, long? priceTicks = null, long? lots = null, long filledLots = 0, CancelType cancelType = CancelType.None, RejectReason reason = RejectReason.None, long? updatedMillis = null)
    {
        OrderEvent row = Row(order, status, priceTicks, lots, filledLots, cancelType, reason, updatedMillis);
        return Table.OnOrder(in row);
    }

    public OrderOutcome LookUp(OrderIntent order, OrderStatus status, long? priceTicks = null, long? lots = null, long filledLots = 0, CancelType cancelType = CancelType.None, RejectReason reason = RejectReason.None, long? updatedMillis = null)
    {
        OrderEvent row = Row(order, status, priceTicks, lots, filledLots, cancelType, reason, updatedMillis);
        return Table.OnLookedUp(in row);
    }

    public void Execute(OrderIntent order, long lots, long executedMillis = 0)
    {
        var e = new ExecutionEvent { Instrument = order.Instrument, ClientOrderId = order.ClientOrderId, Type = ExecutionType.Trade, Side = order.Side, Qty = new QtyLots(lots), ExecutedMillis = executedMillis };
        Table.OnExecution(in e);
    }

    /// <summary>Makes the one target that does not work yet an order that the venue has acknowledged and the stream has shown.</summary>
    public OrderIntent Work(params QuoteTarget[] targets)
    {
        OrderIntent place = PlanOne(targets);
        Assert.Equal(OrderAction.Place, place.Action);
        Assert.Equal(OrderOutcome.Accepted, Acknowledge(Send(place)));
        Assert.Equal(OrderOutcome.Working, Stream(place, OrderStatus.New));
        return place;
    }

    public OrderIntent PlanOne(params QuoteTarget[] targets) => Assert.Single(Plan(targets));

    public OrderState StateOf(OrderIntent order) => Table.StateOf(order.ClientOrderId);

    /// <summary>The request of an intent is on its way when the order-entry connection is lost.</summary>
    public void LoseWith(OrderIntent intent)
    {
        Send(intent);
        Table.OnRequestsLost(Now);
    }

    public int Wait(long nanos)
    {
        Now = new EpochNanos(Now.Nanos + nanos);
        return Table.OnTime(Now);
    }

    public OpenExposure Exposure() => Table.Exposure(Instrument);

    private OrderEvent Row(OrderIntent order, OrderStatus status, long? priceTicks, long? lots, long filledLots, CancelType cancelType, RejectReason reason, long? updatedMillis)
    {
        long total = lots ?? order.Qty.Lots;
        bool isOpen = status is OrderStatus.New or OrderStatus.PartiallyFilled;
        return new OrderEvent
        {
            Instrument = order.Instrument,
            ClientOrderId = order.ClientOrderId,
            VenueOrderId = new VenueOrderId((UInt128)1 + order.ClientOrderId.Number),
            Side = order.Side,
            Status = status,
            CancelType = cancelType,
            RejectReason = reason,
            Price = new PriceTicks(priceTicks ?? order.Price.Ticks),
            Qty = new QtyLots(total),
            FilledQty = new QtyLots(filledLots),
            LeavesQty = new QtyLots(isOpen ? total - filledLots : 0),
            UpdatedMillis = updatedMillis ?? ++_updatedMillis,
        };
    }
}
