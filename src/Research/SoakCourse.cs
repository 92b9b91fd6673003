using System.Globalization;
using LatencyEngine.Host;
using LatencyEngine.Meter;

namespace LatencyEngine.Research;

/// <summary>Latencies and collections of a long run, part by part, and whether the latencies drift.</summary>
/// <remarks>Thread: one.</remarks>
internal sealed class SoakCourse
{
    // A shared host may slow down by as much without anybody's fault; a leak or a list that grows does more in an hour.
    // In a short run other programs of the same host come and go, and its 99th percentiles are of few samples.
    private const double LongSeconds = 600;
    private const int IntervalsMin = 12;
    private const double P50RiseMax = 2;
    private const long P50FloorNanos = 1_000;
    private const double P99RiseMax = 3;
    private const long P99FloorNanos = 5_000_000;
    private const double ShortP50RiseMax = 4;
    private const long ShortP50FloorNanos = 100_000;

    private readonly List<SoakInterval> _intervals = [];
    private readonly Dictionary<string, (LatencyHistogram Before, LatencyHistogram Within)> _stages = [];
    private int[] _collections = CollectionsNow();

    /// <summary>The parts so far, oldest first.</summary>
    public IReadOnlyList<SoakInterval> Intervals => _intervals;

    /// <summary>Collections of all parts by generation.</summary>
    public IReadOnlyList<int> Collections => [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation => _intervals.Sum(interval => interval.Collections[generation]))];

    /// <summary>By stage; empty where the run ended too early to tell.</summary>
    public IReadOnlyDictionary<string, LatencyDrift> Drift
    {
        get
        {
            var drift = new SortedDictionary<string, LatencyDrift>(StringComparer.Ordinal);
            if (_intervals.Count < IntervalsMin) return drift;
            int quarter = _intervals.Count / 4;
            foreach (string stage in _intervals[0].Latency.Keys)
            {
                LatencySummary[] early = Of(stage, _intervals.Skip(quarter).Take(quarter));
                LatencySummary[] late = Of(stage, _intervals.Skip(_intervals.Count - quarter));
                if (early.Length == 0 || late.Length == 0) continue;
                drift[stage] = new LatencyDrift(Median(early, one => one.P50), Median(late, one => one.P50), Median(early, one => one.P99), Median(late, one => one.P99));
            }

            return drift;
        }
    }

    /// <summary>How often the collector has run, by generation.</summary>
    public static int[] CollectionsNow() => [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(GC.CollectionCount)];

    /// <summary>Ends a part.</summary>
    /// <param name="elapsed">Since the run began to trade.</param>
    /// <param name="collectionsBefore">As they were before the sizes were measured, which collects.</param>
    /// <param name="collectionsAfter">As they are now.</param>
    /// <param name="sizes">Of the process.</param>
    /// <param name="stages">What was recorded since the start.</param>
    public void Add(TimeSpan elapsed, int[] collectionsBefore, int[] collectionsAfter, ProcessSizes sizes, IReadOnlyDictionary<string, LatencyHistogram> stages)
    {
        var latency = new SortedDictionary<string, LatencySummary>(StringComparer.Ordinal);
        foreach ((string name, LatencyHistogram now) in stages)
        {
            if (!_stages.TryGetValue(name, out (LatencyHistogram Before, LatencyHistogram Within) stage)) _stages[name] = stage = (new LatencyHistogram(), new LatencyHistogram());
            stage.Within.SetToDifference(now, stage.Before);
            latency[name] = LatencySummary.Of(stage.Within);
            stage.Before.Add(stage.Within);
        }

        int[] collections = [.. collectionsBefore.Zip(_collections, (later, earlier) => later - earlier)];
        _collections = collectionsAfter;
        _intervals.Add(new SoakInterval(Math.Round(elapsed.TotalSeconds, 3), sizes.HeapBytes, sizes.ResidentBytes, sizes.Descriptors, collections, latency));
    }

    /// <summary>What has risen by more than it may, one sentence each.</summary>
    /// <param name="seconds">How long the run traded.</param>
    public IReadOnlyList<string> Breaches(double seconds)
    {
        bool isLong = seconds >= LongSeconds;
        var breaches = new List<string>();
        foreach ((string stage, LatencyDrift drift) in Drift)
        {
            Require("p50", stage, drift.P50Early, drift.P50Late, isLong ? P50RiseMax : ShortP50RiseMax, isLong ? P50FloorNanos : ShortP50FloorNanos);
            if (isLong) Require("p99", stage, drift.P99Early, drift.P99Late, P99RiseMax, P99FloorNanos);
        }

        return breaches;

        void Require(string percentile, string stage, long early, long late, double riseMax, long floorNanos)
        {
            double most = (riseMax * early) + floorNanos;
            if (late > most) breaches.Add(string.Create(CultureInfo.InvariantCulture, $"{percentile} of {stage} rose from {early / 1e6:0.####} ms to {late / 1e6:0.####} ms; wanted below {most / 1e6:0.####}"));
        }
    }

    private static LatencySummary[] Of(string stage, IEnumerable<SoakInterval> intervals) => [.. intervals.Select(interval => interval.Latency[stage]).Where(latency => latency.Count > 0)];

    private static long Median(LatencySummary[] of, Func<LatencySummary, long> percentile) => of.Select(percentile).Order().ElementAt((of.Length - 1) / 2);
}
