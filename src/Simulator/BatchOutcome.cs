namespace LatencyEngine.Simulator;

/// <summary>What became of one order of a batch (Bybit V5, 8.4).</summary>
/// <param name="Request">The order as it was asked for.</param>
/// <param name="Refusal">Why not; null when it was carried out.</param>
/// <param name="Order">The order; null when refused.</param>
internal readonly record struct BatchOutcome(OrderRequest Request, Refusal? Refusal, VenueOrder? Order);
