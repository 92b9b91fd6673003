using LatencyEngine.Meter;

namespace LatencyEngine.SideBySide;

/// <summary>One of those that do the same work in every round.</summary>
internal sealed class Contestant
{
    private static long _kept;
    private readonly Action<double[]> _measure;

    /// <summary>Gives several figures a round.</summary>
    /// <param name="figures">What it gives.</param>
    /// <param name="measure">Does the work once and writes one number for each figure.</param>
    public Contestant(IReadOnlyList<Figure> figures, Action<double[]> measure)
    {
        Figures = figures;
        _measure = measure;
    }

    /// <summary>What it gives every round.</summary>
    public IReadOnlyList<Figure> Figures { get; }

    /// <summary>Every value of all measured rounds, by the name of the series; empty where only figures are kept.</summary>
    public IReadOnlyList<(string Name, LatencyHistogram Histogram)> Histograms { get; init; } = [];

    /// <summary>Whether it works in this process; else the runtime that has to be warm is not this one.</summary>
    public bool IsInProcess { get; init; } = true;

    /// <summary>One that is timed over whole batches on the calling thread: its figure is nanoseconds of <see cref="CpuTime"/> for one operation.</summary>
    /// <param name="figure">What it gives.</param>
    /// <param name="operations">Operations of a batch.</param>
    /// <param name="batch">The work; its result is kept, so that no compiler may leave the work out.</param>
    public static Contestant OfBatches(Figure figure, long operations, Func<long> batch) => new([figure], numbers =>
    {
        CpuTime time = CpuTime.Start();
        _kept += batch();
        numbers[0] = (double)time.Nanos / operations;
    });

    /// <summary>One that times itself.</summary>
    /// <param name="figure">What it gives.</param>
    /// <param name="operations">Operations of a batch.</param>
    /// <param name="batchNanos">Does the work and returns how long it took.</param>
    /// <param name="isInProcess">Whether it works in this process.</param>
    public static Contestant OfOwnClock(Figure figure, long operations, Func<double> batchNanos, bool isInProcess) => new([figure], numbers => numbers[0] = batchNanos() / operations) { IsInProcess = isInProcess };

    /// <summary>Does the work of one round.</summary>
    /// <returns>One number for each of <see cref="Figures"/>.</returns>
    public double[] Measure()
    {
        var numbers = new double[Figures.Count];
        _measure(numbers);
        return numbers;
    }
}
