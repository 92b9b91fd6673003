namespace LatencyEngine.Simulator;

/// <summary>What a crossing order trades with at one place in the queue.</summary>
/// <param name="Maker">The client's resting order; null for the market's own quantity.</param>
/// <param name="Price">The resting price: the trade's.</param>
/// <param name="Qty">Quantity to trade, above 0.</param>
internal readonly record struct Crossing(VenueOrder? Maker, decimal Price, decimal Qty);
