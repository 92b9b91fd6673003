using LatencyEngine.Book;

namespace LatencyEngine.Research;

/// <summary>How often one side's takers reach a depth: lambda(delta) = A exp(-k delta). docs/models.md, 2.6.</summary>
public sealed record IntensityFit
{
    // Half ticks: no quote lives beyond, and a single wild print must not make a grid of millions.
    private const long DepthsMax = 10_000;

    /// <summary>Steps in which a trade of that side went beyond the mid.</summary>
    public required int Arrivals { get; init; }

    /// <summary>Depths of the half-tick grid with enough arrivals beyond them.</summary>
    public required int UsableDepths { get; init; }

    /// <summary>The deepest of them, in ticks; 0 when there is none.</summary>
    public required double DeepestUsableTicks { get; init; }

    /// <summary>A of the weighted fit, a second; null when there is no fit.</summary>
    public required Estimate? APerSecond { get; init; }

    /// <summary>k of the weighted fit; null when there is no fit.</summary>
    public required Estimate? KPerTick { get; init; }

    /// <summary>Weighted by the number of arrivals: the fit that counts.</summary>
    public required IntensityLine? Wls { get; init; }

    /// <summary>Without weights, for comparison: it listens too much to the few deepest arrivals.</summary>
    public required IntensityLine? Ols { get; init; }

    /// <summary>Why the fit is not to be used; null when it may be.</summary>
    public required string? Rejected { get; init; }

    /// <summary>Fits one side.</summary>
    /// <param name="deepestHalfTicks">A step each, in the order of time: how far the deepest trade lay beyond the mid known before the step; 0 without one.</param>
    /// <param name="stepSeconds">Length of a step.</param>
    internal static IntensityFit Of(IReadOnlyList<long> deepestHalfTicks, double stepSeconds)
    {
        (IntensityLine? wls, IntensityLine? ols, int depths) = Fit(deepestHalfTicks, stepSeconds, without: -1);
        IntensityLine?[] leftOut = wls is null ? [] : [.. Enumerable.Range(0, Jackknife.Blocks).Select(block => Fit(deepestHalfTicks, stepSeconds, block).Wls)];
        return new IntensityFit
        {
            Arrivals = deepestHalfTicks.Count(depth => depth > 0),
            UsableDepths = depths,
            DeepestUsableTicks = depths * 0.5,
            APerSecond = wls is null ? null : Jackknife.OfPositive(wls.APerSecond, [.. leftOut.Select(line => line?.APerSecond ?? double.NaN)]),
            KPerTick = wls is null ? null : Jackknife.Of(wls.KPerTick, [.. leftOut.Select(line => line?.KPerTick ?? double.NaN)]),
            Wls = wls,
            Ols = ols,
            Rejected = Fault(wls, depths),
        };
    }

    private static string? Fault(IntensityLine? line, int depths)
    {
        if (line is null || depths < SideIntensity.DepthsMin) return $"{depths} usable depths, {SideIntensity.DepthsMin} are needed";
        if (line.KPerTick <= 0) return "k is not above 0: deeper arrivals are not rarer";
        if (line.R2 < SideIntensity.RSquaredMin) return $"r2 is below {SideIntensity.RSquaredMin}";
        return line.APerSecond is < SideIntensity.RateMin or > SideIntensity.RateMax ? $"A is outside {SideIntensity.RateMin} to {SideIntensity.RateMax} a second" : null;
    }

    private static (IntensityLine? Wls, IntensityLine? Ols, int Depths) Fit(IReadOnlyList<long> deepestHalfTicks, double stepSeconds, int without)
    {
        var depths = new List<long>();
        int steps = 0;
        for (int i = 0; i < deepestHalfTicks.Count; i++)
        {
            if (Jackknife.BlockOf(i, deepestHalfTicks.Count) == without) continue;
            steps++;
            if (deepestHalfTicks[i] > 0) depths.Add(deepestHalfTicks[i]);
        }

        depths.Sort();
        (List<double> delta, List<double> logRate, List<double> count) = ([], [], []);
        int notDeeper = 0;
        for (long depth = 1; depth <= DepthsMax; depth++)
        {
            while (notDeeper < depths.Count && depths[notDeeper] <= depth) notDeeper++;
            int arrivals = depths.Count - notDeeper;
            if (arrivals < SideIntensity.CountMin) break;
            delta.Add(depth * 0.5);
            logRate.Add(Math.Log(arrivals / (steps * stepSeconds)));
            count.Add(arrivals);
        }

        return delta.Count < 2 ? (null, null, delta.Count) : (Line(LineFit.Of(delta, logRate, count)!), Line(LineFit.Of(delta, logRate)!), delta.Count);
    }

    private static IntensityLine Line(LineFit fit) => new(Math.Exp(fit.Intercept), -fit.Slope, fit.R2);
}
