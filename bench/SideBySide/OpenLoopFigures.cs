using LatencyEngine.Meter;

namespace LatencyEngine.SideBySide;

/// <summary>How latencies of an open loop are told: the same percentiles for each rate, and beside them what the host takes away.</summary>
internal static class OpenLoopFigures
{
    /// <summary>How long a round of one rate is, where the recording has as many frames.</summary>
    public const double SecondsOfRound = 0.25;

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

    /// <summary>What the host takes away from a thread that only reads the clock on the engine's core: the gaps between two readings, in the same rounds.</summary>
    public static Contestant Floor(string name)
    {
        LatencyHistogram histogram = new(), all = new();
        return new Contestant([.. Names(name).Select(of => new Figure(of))], numbers =>
        {
            histogram.Reset();
            var pair = new PinnedPair();
            pair.Run(static () => { }, () =>
            {
                long begun = StageClock.NowNanos();
                for (long last = begun, now; last - begun < SecondsOfRound * 1e9; last = now)
                {
                    now = StageClock.NowNanos();
                    histogram.Record(now - last);
                    all.Record(now - last);
                }
            });
            Read(histogram, numbers);
        })
        {
            Histograms = [(name, all)],
        };
    }
}
