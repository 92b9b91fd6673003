using LatencyEngine.Meter;

namespace LatencyEngine.SideBySide;

/// <summary>How latencies of an open loop are told: the same percentiles for each rate, and beside them what the host takes away.</summary>
internal static class OpenLoopFigures
{
    /// <summary>How long a round of one rate is, where the recording has as many frames.</summary>
    public const double SecondsOfRound = 0.25;

    private const double FloorItemsPerSecond = 200_000;

    private static readonly (string Name, double Percentile)[] Percentiles = [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("p99.99", 99.99), ("max", 100)];

    /// <summary>How many there are.</summary>
    public static int Count => Percentiles.Length;

    /// <summary>Their names, of one series.</summary>
    public static IEnumerable<string> Names(string of) => Percentiles.Select(percentile => $"{of}.{percentile.Name}");

    /// <summary>Reads them.</summary>
    /// <param name="histogram">The series.</param>
    /// <param name="numbers">Gets one number each, from its front on.</param>
    public static void Read(LatencyHistogram histogram, double[] numbers)
    {
        for (int i = 0; i < Percentiles.Length; i++) numbers[i] = Percentiles[i].Percentile == 100 ? histogram.Max : histogram.ValueAtPercentile(Percentiles[i].Percentile);
    }

    /// <summary>What the host takes: the open loop itself with nothing to do, a number handed from the one core to the other for each item. A stall of either makes every item late that is due in it, as in the loops that are measured.</summary>
    public static Contestant Floor(string name)
    {
        long[] due = [.. Enumerable.Range(0, (int)(FloorItemsPerSecond * SecondsOfRound)).Select(i => (long)(i * 1e9 / FloorItemsPerSecond))];
        LatencyHistogram histogram = new(), all = new();
        return new Contestant([.. Names(name).Select(of => new Figure(of) { Frames = due.Length })], numbers =>
        {
            histogram.Reset();
            int given = 0, taken = 0;
            OpenLoop.Play(
                passes: 1,
                due,
                (_, i) =>
                {
                    Volatile.Write(ref given, i + 1);
                    return true;
                },
                _ =>
                {
                    if (Volatile.Read(ref given) <= taken) return null;
                    taken++;
                    return true;
                },
                (_, nanos) =>
                {
                    histogram.Record(nanos);
                    all.Record(nanos);
                });
            Read(histogram, numbers);
        })
        {
            Histograms = [(name, all)],
        };
    }
}
