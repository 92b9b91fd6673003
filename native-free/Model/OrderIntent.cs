namespace LatencyEngine.Model;

/// <summary>What a request does to an order.</summary>
public enum OrderAction : byte
{
    /// <summary>Not set; never sent.</summary>
    Unset = 0,

    /// <summary><c>order.create</c>.</summary>
    Place = 1,

    /// <summary><c>order.amend</c>.</summary>
    Amend = 2,

    /// <summary><c>order.cancel</c>.</summary>
    Cancel = 3,
}

/// <summary>How long an order lives (Bybit V5, 14.2).</summary>
public enum TimeInForce : byte
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Rests until cancelled; takes if it crosses.</summary>
    GoodTillCancel = 1,

    /// <summary>Rests or is cancelled; never takes.</summary>
    PostOnly = 2,

    /// <summary>Fills what crosses now, cancels the rest.</summary>
    ImmediateOrCancel = 3,

    /// <summary>All or nothing.</summary>
    FillOrKill = 4,
}

/// <summary>One change the engine wants at the venue, before the risk gate.</summary>
/// <param name="Action">Place, amend or cancel.</param>
/// <param name="Instrument">The instrument.</param>
/// <param name="Side">Side of the order.</param>
/// <param name="Price">Limit price; for an amend the new one, for a cancel the present one.</param>
/// <param name="Qty">Total quantity, positive; for an amend the new total including what has filled.</param>
/// <param name="PreviousQty">Open quantity this intent replaces: 0 for a place, the leaves quantity for an amend or cancel.</param>
/// <param name="FilledQty">Quantity of the order already filled; 0 for a place.</param>
/// <param name="ClientOrderId">The order.</param>
/// <param name="TimeInForce">For a place.</param>
/// <param name="ReduceOnly">The order may only shrink the position.</param>
public readonly record struct OrderIntent(
    OrderAction Action,
    InstrumentId Instrument,
    Side Side,
    PriceTicks Price,
    QtyLots Qty,
    QtyLots PreviousQty,
    QtyLots FilledQty,
    ClientOrderId ClientOrderId,
    TimeInForce TimeInForce,
    bool ReduceOnly);
