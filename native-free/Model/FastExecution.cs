namespace LatencyEngine.Model;

/// <summary>One row of an <c>execution.fast</c> message (Bybit V5, 7.3): a fill some milliseconds before its <c>execution</c> row, without fee, kind and open quantity.</summary>
public struct FastExecution
{
    /// <summary>The instrument.</summary>
    public InstrumentId Instrument;

    /// <summary>The engine's id of the order; none for maker fills, whose <c>orderLinkId</c> the venue leaves empty, and for an order that it did not place.</summary>
    public ClientOrderId ClientOrderId;

    /// <summary>The venue's id of the order.</summary>
    public VenueOrderId VenueOrderId;

    /// <summary><c>execId</c>: the same as in the <c>execution</c> row that follows.</summary>
    public UInt128 ExecutionId;

    /// <summary>Side of the order.</summary>
    public Side Side;

    /// <summary>True for a maker fill.</summary>
    public bool IsMaker;

    /// <summary>Execution price.</summary>
    public PriceE8 Price;

    /// <summary>Executed quantity.</summary>
    public QtyLots Qty;

    /// <summary><c>seq</c>: equal for fills made at the same moment.</summary>
    public long Sequence;

    /// <summary><c>execTime</c>, ms since 1970.</summary>
    public long ExecutedMillis;
}
