namespace LatencyEngine.Model;

/// <summary>Best bid and ask of one book.</summary>
public readonly record struct BookTop(PriceTicks BidPrice, QtyLots BidQty, PriceTicks AskPrice, QtyLots AskQty)
{
    /// <summary>Best ask minus best bid.</summary>
    public TickDelta Spread => AskPrice - BidPrice;

    /// <summary>Twice the mid price, in ticks: the mid itself may lie on half a tick.</summary>
    public long TwiceMidTicks => BidPrice.Ticks + AskPrice.Ticks;
}
