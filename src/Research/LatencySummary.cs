using System.Text.Json.Serialization;

namespace LatencyEngine.Research;

/// <summary>Percentiles of one stage, in nanoseconds.</summary>
public sealed record LatencySummary(long Count, long P50, long P90, long P99, [property: JsonPropertyName("p999")] long P999, long Max);
