namespace LatencyEngine.Model;

/// <summary>Status of an order on the venue (Bybit V5, 14.4).</summary>
public enum OrderStatus : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Resting.</summary>
    New = 1,

    /// <summary>Resting with some fills.</summary>
    PartiallyFilled = 2,

    /// <summary>Closed: all filled.</summary>
    Filled = 3,

    /// <summary>Closed: cancelled, perhaps after fills.</summary>
    Cancelled = 4,

    /// <summary>Closed: refused by the matching engine.</summary>
    Rejected = 5,

    /// <summary>Conditional, waiting.</summary>
    Untriggered = 6,

    /// <summary>Conditional, between waiting and resting.</summary>
    Triggered = 7,

    /// <summary>Closed: conditional, cancelled before its trigger.</summary>
    Deactivated = 8,

    /// <summary>A status this engine does not know: counted and reported, never guessed.</summary>
    Other = 255,
}

/// <summary>Why an order was cancelled, as far as the engine acts on it (Bybit V5, 15, <c>cancelType</c>).</summary>
public enum CancelType : byte
{
    /// <summary><c>UNKNOWN</c> or empty: none.</summary>
    None = 0,

    /// <summary><c>CancelByUser</c>.</summary>
    ByUser = 1,

    /// <summary><c>CancelByReduceOnly</c>.</summary>
    ByReduceOnly = 2,

    /// <summary><c>CancelByPrepareLiq</c> or <c>CancelAllBeforeLiq</c>.</summary>
    BeforeLiquidation = 3,

    /// <summary><c>CancelByDCP</c>.</summary>
    ByDisconnectProtection = 4,

    /// <summary><c>CancelBySmp</c>.</summary>
    BySelfMatchPrevention = 5,

    /// <summary><c>CancelByAdmin</c>.</summary>
    ByAdmin = 6,

    /// <summary>Another documented or unknown value.</summary>
    Other = 255,
}

/// <summary>The matching engine's reason, as far as the engine acts on it (Bybit V5, 15, <c>rejectReason</c>).</summary>
public enum RejectReason : byte
{
    /// <summary><c>EC_NoError</c> or empty.</summary>
    None = 0,

    /// <summary><c>EC_PerCancelRequest</c>: the plain answer to a user's cancel.</summary>
    PerCancelRequest = 1,

    /// <summary><c>EC_PostOnlyWillTakeLiquidity</c>.</summary>
    PostOnlyWillTake = 2,

    /// <summary><c>EC_OrigClOrdIDDoesNotExist</c>: the cancel lost the race to a fill.</summary>
    CancelTooLate = 3,

    /// <summary><c>EC_NoImmediateQtyToFill</c>, <c>EC_NoEnoughQtyToFill</c> or <c>EC_CancelForNoFullFill</c>.</summary>
    NothingToFill = 4,

    /// <summary>Another documented or unknown value.</summary>
    Other = 255,
}

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
