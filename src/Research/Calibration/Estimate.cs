namespace LatencyEngine.Research;

/// <summary>A fitted number with its confidence interval of 95 %.</summary>
/// <param name="Value">The number.</param>
/// <param name="Low">Lower end; null where the recording is too thin to tell.</param>
/// <param name="High">Upper end; null with <paramref name="Low"/>.</param>
public sealed record Estimate(double Value, double? Low, double? High);
