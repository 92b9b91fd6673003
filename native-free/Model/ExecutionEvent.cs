namespace LatencyEngine.Model;

/// <summary>One row of an <c>execution</c> message (Bybit V5, 7.2).</summary>
public struct ExecutionEvent
{
    /// <summary>The instrument.</summary>
    public InstrumentId Instrument;

    /// <summary>The engine's id of the order; none for an order that it did not place.</summary>
    public ClientOrderId ClientOrderId;

    /// <summary>The venue's id of the order.</summary>
    public VenueOrderId VenueOrderId;

    /// <summary><c>execId</c>: the key under which a repeated execution is recognised.</summary>
    public UInt128 ExecutionId;

    /// <summary>Kind.</summary>
    public ExecutionType Type;

    /// <summary>Side of the order.</summary>
    public Side Side;

    /// <summary>True for a maker fill.</summary>
    public bool IsMaker;

    /// <summary>Execution price; a bankruptcy price need not lie on a tick.</summary>
    public PriceE8 Price;

    /// <summary>Executed quantity.</summary>
    public QtyLots Qty;

    /// <summary>Open quantity of the order after this execution.</summary>
    public QtyLots LeavesQty;

    /// <summary><c>execFee</c> and what <c>extraFees</c> has in USDT, a tax on it: positive is paid, negative is a rebate.</summary>
    public MoneyE8 Fee;

    /// <summary><c>seq</c>: equal for fills made at the same moment.</summary>
    public long Sequence;

    /// <summary><c>execTime</c>, ms since 1970.</summary>
    public long ExecutedMillis;
}
