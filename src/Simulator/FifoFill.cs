namespace LatencyEngine.Simulator;

/// <summary>What a taker got from one resting entry.</summary>
/// <param name="Maker">The entry; already reduced by the fill.</param>
/// <param name="PriceTicks">The entry's price.</param>
/// <param name="Lots">Filled, above zero.</param>
internal readonly record struct FifoFill(FifoEntry Maker, long PriceTicks, long Lots);
