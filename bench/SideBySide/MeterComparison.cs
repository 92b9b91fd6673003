using LatencyEngine.Meter;

namespace LatencyEngine.SideBySide;

/// <summary>What measuring itself costs.</summary>
internal static class MeterComparison
{
    private const int Operations = 1_000_000;
    private const int DurationsCount = 4_096;

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } =
    [
        new Entry(["Meter.histogramAdd"], [], _ => HistogramAdd()),
        new Entry(["Meter.clockRead"], [], _ => ClockRead()),
    ];

    private static Comparison HistogramAdd()
    {
        // Durations as the hot path records them, from 100 ns to some microseconds, in an order that no branch predictor can learn.
        var random = new Random(1);
        long[] durations = [.. Enumerable.Range(0, DurationsCount).Select(_ => (long)Math.Exp(random.NextDouble() * 5) * 100)];
        var histogram = new LatencyHistogram();
        return new Comparison
        {
            Contestants =
            [
                Contestant.OfBatches(new Figure("Meter.histogramAdd"), Operations, () =>
                {
                    for (int i = 0; i < Operations; i++) histogram.Record(durations[i & (DurationsCount - 1)]);
                    return histogram.Count;
                }),
            ],
        };
    }

    private static Comparison ClockRead() => new()
    {
        Contestants =
        [
            Contestant.OfBatches(new Figure("Meter.clockRead"), Operations, () =>
            {
                long sum = 0;
                for (int i = 0; i < Operations; i++) sum += StageClock.NowNanos();
                return sum;
            }),
        ],
    };
}
