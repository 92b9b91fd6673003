using LatencyEngine.Meter;

namespace LatencyEngine.Host;

/// <summary>How long it took to come back, milliseconds.</summary>
/// <param name="Count">Times.</param>
/// <param name="P50">Median; null while there was none.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">Longest.</param>
public sealed record RecoverySummary(long Count, double? P50, double? P99, double? Max)
{
    /// <summary>Of a histogram in nanoseconds.</summary>
    public static RecoverySummary Of(LatencyHistogram histogram) => histogram.Count == 0
        ? new RecoverySummary(0, null, null, null)
        : new RecoverySummary(histogram.Count, Millis(histogram.ValueAtPercentile(50)), Millis(histogram.ValueAtPercentile(99)), Millis(histogram.Max));

    private static double Millis(long nanos) => Math.Round(nanos / 1e6, 3);
}
