using LatencyEngine.Model;

namespace LatencyEngine.Simulator;

/// <summary>An order of a client. Quantities in base coin, money in USDT, times in ns since 1970. Written by <see cref="Venue"/> only.</summary>
public sealed class VenueOrder
{
    private readonly List<TradePrint> _prints = [];

    internal VenueOrder(long uid, string orderId, string symbol, Side side)
    {
        Uid = uid;
        OrderId = orderId;
        Symbol = symbol;
        Side = side;
    }

    /// <summary>The account that it belongs to.</summary>
    public long Uid { get; }

    /// <summary>The venue's id, a UUID.</summary>
    public string OrderId { get; }

    /// <summary>The client's id; empty when none was sent.</summary>
    public string OrderLinkId { get; internal init; } = "";

    /// <summary>The symbol.</summary>
    public string Symbol { get; }

    /// <summary>Buy or sell.</summary>
    public Side Side { get; }

    /// <summary>True for a market order, which is matched as an IOC limit order.</summary>
    public bool IsMarket { get; internal init; }

    /// <summary>Time in force.</summary>
    public VenueTimeInForce TimeInForce { get; internal init; }

    /// <summary>May only shrink the position.</summary>
    public bool ReduceOnly { get; internal init; }

    /// <summary><c>closeOnTrigger</c>: of every stop; a reduce-only order with it goes before the account's other ones.</summary>
    public bool CloseOnTrigger { get; internal init; }

    /// <summary>Take profit that the position gets when this order fills; null for none.</summary>
    public StopLevel? TakeProfit { get; internal init; }

    /// <summary>Stop loss that the position gets when this order fills; null for none.</summary>
    public StopLevel? StopLoss { get; internal init; }

    /// <summary>Where a stop of the position triggers; null for every other order.</summary>
    public StopLevel? Trigger { get; internal set; }

    /// <summary><c>stopOrderType</c> of a stop: "TakeProfit" or "StopLoss"; empty for every other order.</summary>
    public string StopOrderType { get; internal init; } = "";

    /// <summary>The link id of the order that a stop came with; empty for none.</summary>
    public string ParentOrderLinkId { get; internal init; } = "";

    /// <summary><c>createType</c>.</summary>
    public string CreateType { get; internal init; } = "CreateByUser";

    /// <summary>Counts the account's orders from 1, in the order in which they were taken.</summary>
    internal long Number { get; set; }

    /// <summary>When the order reached the venue.</summary>
    public long CreatedAtNanos { get; internal init; }

    /// <summary>Last change.</summary>
    public long UpdatedAtNanos { get; internal set; }

    /// <summary>Price of the last trade when the order was created; null before any.</summary>
    public decimal? LastPriceOnCreated { get; internal init; }

    /// <summary>Limit price; 0 while a stop waits.</summary>
    public decimal Price { get; internal set; }

    /// <summary>Total quantity.</summary>
    public decimal Qty { get; internal set; }

    /// <summary>Filled quantity.</summary>
    public decimal CumExecQty { get; private set; }

    /// <summary>Filled value.</summary>
    public decimal CumExecValue { get; private set; }

    /// <summary>Fees of its fills.</summary>
    public decimal CumExecFee { get; private set; }

    /// <summary>Profit on quantity that its fills closed, less the fee on that quantity.</summary>
    public decimal ClosedPnl { get; private set; }

    /// <summary>What its fills have closed; null for nothing.</summary>
    internal ClosedTrade? Closed { get; set; }

    /// <summary>Quantity still open; 0 once the order is done.</summary>
    public decimal LeavesQty => IsOpen || IsWaiting || Status == VenueOrderStatus.Triggered ? Qty - CumExecQty : 0m;

    /// <summary>Status.</summary>
    public VenueOrderStatus Status { get; internal set; }

    /// <summary>True while the order rests.</summary>
    public bool IsOpen => Status is VenueOrderStatus.New or VenueOrderStatus.PartiallyFilled;

    /// <summary>True while a stop waits for its price.</summary>
    public bool IsWaiting => Status == VenueOrderStatus.Untriggered;

    /// <summary>True while the order rests or waits.</summary>
    internal bool IsLive => IsOpen || IsWaiting;

    /// <summary><c>cancelType</c>.</summary>
    public string CancelType { get; internal set; } = "UNKNOWN";

    /// <summary><c>smpOrderId</c>: the order of the same account that would have traded with this one; empty unless that cancelled it.</summary>
    public string SmpOrderId { get; internal set; } = "";

    /// <summary><c>rejectReason</c>.</summary>
    public string RejectReason { get; internal set; } = "EC_NoError";

    /// <summary>When the order took its present place in the queue: placement, the last loss of priority, or the moment its price first became visible.</summary>
    public long JoinedAtNanos { get; private set; }

    /// <summary><c>cts</c> of the book in which it took that place, ms since 1970: trades that matched earlier are already in that book.</summary>
    public long JoinedBookMillis { get; private set; }

    /// <summary>Recorded quantity ahead when it took that place; null while the price has not been visible.</summary>
    public decimal? QueueAheadAtJoin { get; private set; }

    /// <summary>Recorded quantity still ahead; null while the price has not been visible.</summary>
    public decimal? QueueAhead { get; internal set; }

    /// <summary>Displayed quantity at the price in the last recorded book.</summary>
    internal decimal DisplayedAtPrice { get; private set; }

    /// <summary>Recorded quantity traded at the price since then.</summary>
    internal decimal TradedAtPrice { get; set; }

    /// <summary>Filled since it took that place.</summary>
    public decimal FilledSinceJoin { get; private set; }

    /// <summary>Recorded trades at or through the price since it took that place, oldest first; empty once the order is done.</summary>
    public IReadOnlyList<TradePrint> PrintsSinceJoin => _prints;

    /// <summary>Time priority among the clients' orders: lower is earlier.</summary>
    internal long Priority { get; private set; }

    /// <summary>True once the recorded opposite side has reached the price since the order took its place.</summary>
    internal bool WasCrossed { get; set; }

    /// <summary>As <see cref="WasCrossed"/>, and nothing has filled since.</summary>
    internal bool IsCrossed { get; set; }

    internal bool IsBuy => Side == Side.Buy;

    internal void Join(long priority, decimal? queueAhead, long bookMillis, long nowNanos)
    {
        Priority = priority;
        FilledSinceJoin = 0;
        WasCrossed = IsCrossed = false;
        _prints.Clear();
        Reveal(queueAhead, bookMillis, nowNanos);
    }

    internal void Reveal(decimal? queueAhead, long bookMillis, long nowNanos)
    {
        JoinedAtNanos = nowNanos;
        JoinedBookMillis = bookMillis;
        QueueAheadAtJoin = queueAhead;
        QueueAhead = queueAhead;
    }

    /// <summary>A recorded book shows a quantity at the price.</summary>
    internal void SeeBook(decimal displayed)
    {
        DisplayedAtPrice = displayed;
        TradedAtPrice = 0m;
    }

    internal void Witness(TradePrint print) => _prints.Add(print);

    /// <summary>A done order is kept for look-ups; its evidence is in its fills.</summary>
    internal void ForgetPrints()
    {
        _prints.Clear();
        _prints.TrimExcess();
    }

    internal void Fill(decimal qty, decimal price, decimal fee, decimal closedPnl, bool fromQueue)
    {
        CumExecQty += qty;
        CumExecValue += qty * price;
        CumExecFee += fee;
        ClosedPnl += closedPnl;
        if (fromQueue) FilledSinceJoin += qty;
    }
}
