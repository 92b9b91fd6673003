namespace LatencyEngine.Research;

/// <summary>One point of a latency distribution.</summary>
/// <param name="Percentile">Percent of all values at or below <paramref name="Nanos"/>, 0 to 100.</param>
/// <param name="Nanos">Latency in nanoseconds.</param>
public readonly record struct PercentilePoint(double Percentile, long Nanos);
