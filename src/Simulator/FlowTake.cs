namespace LatencyEngine.Simulator;

/// <summary>What one taker of the flow took.</summary>
/// <param name="TakerBuys">Side of the taker.</param>
/// <param name="Sequence">The book's cross sequence.</param>
/// <param name="Fills">At least one, in the order in which they matched.</param>
internal readonly record struct FlowTake(bool TakerBuys, long Sequence, IReadOnlyList<FifoFill> Fills);
