namespace LatencyEngine.Model;

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
