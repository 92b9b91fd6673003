namespace LatencyEngine.Research;

/// <summary>Confidence intervals by leaving out one of <see cref="Blocks"/> stretches of the recording at a time (Künsch 1989). What hangs together within a stretch, such as bursts of trades or counts that include each other, widens the interval as it should.</summary>
internal static class Jackknife
{
    /// <summary>Stretches of equal length that a recording is cut into.</summary>
    public const int Blocks = 20;

    private const double StudentT = 2.093024;   // 97.5 % at Blocks - 1 degrees of freedom

    /// <summary>The stretch of an item.</summary>
    /// <param name="index">0 to <paramref name="count"/> - 1, in the order of time.</param>
    /// <param name="count">Items in the whole recording.</param>
    public static int BlockOf(int index, int count) => (int)((long)index * Blocks / count);

    /// <summary>The interval around a fit.</summary>
    /// <param name="whole">The fit to everything.</param>
    /// <param name="without">The fit without each stretch; NaN where there is none.</param>
    public static Estimate Of(double whole, IReadOnlyList<double> without)
    {
        double mean = without.Average();
        double margin = StudentT * Math.Sqrt((without.Count - 1) / (double)without.Count * without.Sum(value => (value - mean) * (value - mean)));
        return double.IsFinite(margin) ? new Estimate(whole, whole - margin, whole + margin) : new Estimate(whole, null, null);
    }

    /// <summary>The interval around a fit that cannot be negative, reckoned in its logarithm.</summary>
    public static Estimate OfPositive(double whole, IReadOnlyList<double> without)
    {
        Estimate log = Of(Math.Log(whole), [.. without.Select(value => Math.Log(value))]);
        return new Estimate(whole, Exp(log.Low), Exp(log.High));

        static double? Exp(double? value) => value is { } end ? Math.Exp(end) : null;
    }
}
