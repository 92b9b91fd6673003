namespace LatencyEngine.Simulator;

/// <summary>What one symbol can be traded against: the market's own quantity, and the resting orders of all clients in their places in the queue.</summary>
/// <remarks>The thread that owns the venue. It moves quantity, never money; orders themselves are filled by <see cref="Venue"/>.</remarks>
internal interface ISymbolBook
{
    /// <summary>Best displayed prices; null for an empty side.</summary>
    (decimal? Bid, decimal? Ask) Displayed { get; }

    /// <summary>Displayed levels of one side, best first.</summary>
    IEnumerable<(decimal Price, decimal Qty)> Levels(bool bidSide);

    /// <summary>Resting client orders of one side, of all accounts, in price-time priority.</summary>
    IReadOnlyList<VenueOrder> Orders(bool buys);

    /// <summary>What an order would trade with, best price first, up to its price and a quantity. Nothing is changed.</summary>
    /// <param name="taker">The order.</param>
    /// <param name="wantedQty">How much of it is to trade, base coin.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="passedOver">Receives the orders of its own account that it reaches while it still wants something, in price-time priority; null when nobody asks.</param>
    List<Crossing> Crossings(VenueOrder taker, decimal wantedQty, long nowNanos, List<VenueOrder>? passedOver = null);

    /// <summary>A crossing has been traded: the market's own quantity is gone; a maker's is taken from its order by the caller.</summary>
    void Take(VenueOrder taker, Crossing crossing, long nowNanos);

    /// <summary>Puts an order at the back of the queue at its price.</summary>
    void Join(VenueOrder order, long nowNanos);

    /// <summary>The open quantity of a resting order has become smaller; it keeps its place.</summary>
    void Shrink(VenueOrder order);

    /// <summary>Takes an order out, if it is there.</summary>
    void Remove(VenueOrder order);
}
