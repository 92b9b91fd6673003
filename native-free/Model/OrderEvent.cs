namespace LatencyEngine.Model;

/// <summary>One row of an <c>order</c> message (Bybit V5, 7.1).</summary>
public struct OrderEvent
{
    /// <summary>The instrument.</summary>
    public InstrumentId Instrument;

    /// <summary>The engine's id; none for an order that it did not place.</summary>
    public ClientOrderId ClientOrderId;

    /// <summary>The venue's id.</summary>
    public VenueOrderId VenueOrderId;

    /// <summary>Side.</summary>
    public Side Side;

    /// <summary>Status after the event.</summary>
    public OrderStatus Status;

    /// <summary>Why it was cancelled.</summary>
    public CancelType CancelType;

    /// <summary>The matching engine's reason.</summary>
    public RejectReason RejectReason;

    /// <summary>True when the order may only reduce.</summary>
    public bool ReduceOnly;

    /// <summary>Limit price.</summary>
    public PriceTicks Price;

    /// <summary>Total quantity.</summary>
    public QtyLots Qty;

    /// <summary>Open quantity; 0 after a cancel.</summary>
    public QtyLots LeavesQty;

    /// <summary>Filled quantity.</summary>
    public QtyLots FilledQty;

    /// <summary><c>updatedTime</c>, ms since 1970.</summary>
    public long UpdatedMillis;
}
