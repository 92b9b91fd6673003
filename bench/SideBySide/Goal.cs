namespace LatencyEngine.SideBySide;

/// <summary>What a ratio is wanted to be.</summary>
/// <param name="Must">What has to hold.</param>
/// <param name="Wanted">What is aimed at.</param>
/// <param name="MoreIsBetter">True: at least; false: at most.</param>
internal sealed record Goal(double Must, double Wanted, bool MoreIsBetter)
{
    /// <summary>Whether a ratio is good enough for a bound.</summary>
    public bool Reaches(double ratio, double bound) => MoreIsBetter ? ratio >= bound : ratio <= bound;
}
