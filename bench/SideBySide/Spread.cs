namespace LatencyEngine.SideBySide;

/// <summary>What one figure or ratio was over the rounds.</summary>
/// <param name="Median">The middle round; the mean of the two middle ones for an even number.</param>
/// <param name="Min">The smallest round.</param>
/// <param name="Max">The largest round.</param>
/// <param name="Rounds">How many rounds.</param>
internal readonly record struct Spread(double Median, double Min, double Max, int Rounds)
{
    /// <summary>Summarises at least one round.</summary>
    public static Spread Of(IEnumerable<double> rounds)
    {
        double[] sorted = [.. rounds.Order()];
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1], sorted.Length);
    }
}
