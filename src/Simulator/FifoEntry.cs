namespace LatencyEngine.Simulator;

/// <summary>One resting quantity in a <see cref="FifoBook"/>: the flow's own, or a client's order. Written by the book only.</summary>
internal sealed class FifoEntry(bool isBuy, long priceTicks, long lots, VenueOrder? order)
{
    public bool IsBuy { get; } = isBuy;

    public long PriceTicks { get; } = priceTicks;

    /// <summary>What still rests; 0 once it is filled or taken out.</summary>
    public long Lots { get; set; } = lots;

    /// <summary>The client's order; null for the flow's own.</summary>
    public VenueOrder? Order { get; } = order;

    /// <summary>The entry in front of it at the same price; null for the first.</summary>
    public FifoEntry? Previous { get; set; }

    /// <summary>The entry behind it at the same price; null for the last.</summary>
    public FifoEntry? Next { get; set; }
}
