namespace LatencyEngine.Orders;

/// <summary>What a place in the queue of one instrument is worth, against an error of the price. Source: docs/models.md, 2.9.</summary>
/// <param name="FillTicks">What a certain fill is worth, in ticks: no place is held against a larger error for its own sake; 0 or more.</param>
/// <param name="TradedLots">Lots that trade at a level, on the average, before the price leaves it; positive.</param>
public readonly record struct QueueWorth(double FillTicks, double TradedLots)
{
    /// <summary>The chance of a fill at the back of the queue over that of an order with a lead, exp(-lead / traded): 1 without a lead, falling to 0.</summary>
    /// <param name="leadLots">Lots that are ahead of the back and not of the order; 0 or more.</param>
    /// <remarks>Thread: any. Allocates: never. Throws: never.</remarks>
    public double ShareAtTheBack(long leadLots) => Math.Exp(-leadLots / TradedLots);

    /// <summary>What an order with a lead loses at the back of a queue, in ticks.</summary>
    /// <param name="leadLots">As in <see cref="ShareAtTheBack"/>.</param>
    public double LostTicks(long leadLots) => leadLots == 0 ? 0 : FillTicks * (1 - ShareAtTheBack(leadLots));
}
