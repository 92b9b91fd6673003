namespace LatencyEngine.Model;

/// <summary>One quote the engine wants to have working. A quantity of zero means: nothing at this side and level.</summary>
/// <param name="Side">Bid (buy) or ask (sell).</param>
/// <param name="Level">0 is the quote nearest to the market.</param>
/// <param name="Price">Limit price.</param>
/// <param name="Qty">Open quantity wanted.</param>
public readonly record struct QuoteTarget(Side Side, int Level, PriceTicks Price, QtyLots Qty);
