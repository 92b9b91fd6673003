namespace LatencyEngine.Research;

/// <summary>How a stage's latency moved in a soak: medians over the parts of its second quarter and of its last, in nanoseconds. The first quarter is for caches and connections to settle.</summary>
/// <param name="P50Early">Median of the second quarter's medians.</param>
/// <param name="P50Late">Of the last quarter's.</param>
/// <param name="P99Early">Median of the second quarter's 99th percentiles.</param>
/// <param name="P99Late">Of the last quarter's.</param>
public sealed record LatencyDrift(long P50Early, long P50Late, long P99Early, long P99Late);
