using System.Text.Json.Serialization;
using LatencyEngine.Meter;

namespace LatencyEngine.Host;

/// <summary>Percentiles of one stage, in nanoseconds.</summary>
public sealed record LatencySummary(long Count, long P50, long P90, long P99, [property: JsonPropertyName("p999")] long P999, long Max)
{
    /// <summary>Of a histogram; zeros while it is empty.</summary>
    public static LatencySummary Of(LatencyHistogram histogram) =>
        new(histogram.Count, histogram.ValueAtPercentile(50), histogram.ValueAtPercentile(90), histogram.ValueAtPercentile(99), histogram.ValueAtPercentile(99.9), histogram.Max);
}
