namespace LatencyEngine.Forecast;

/// <summary>A figure with its 95 % confidence interval.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
public readonly record struct ScoreEstimate(double Value, double Low, double High)
{
    private const int Resamples = 1000;
    private const ulong Seed = 20_261_120;

    /// <summary>The mean of figures in a row, its interval by a circular block bootstrap: neighbours that share days are drawn together. The draws are the same every time.</summary>
    /// <param name="figures">One an origin, in time; at least one.</param>
    /// <param name="block">Figures that are drawn together, 1 or more.</param>
    public static ScoreEstimate OfMean(double[] figures, int block)
    {
        ulong state = Seed;
        double[] means = new double[Resamples];
        for (int resample = 0; resample < Resamples; resample++)
        {
            double sum = 0;
            for (int drawn = 0; drawn < figures.Length;)
            {
                int from = (int)(Next(ref state) % (ulong)figures.Length);
                for (int i = 0; i < block && drawn < figures.Length; i++, drawn++) sum += figures[(from + i) % figures.Length];
            }

            means[resample] = sum / figures.Length;
        }

        Array.Sort(means);
        return new ScoreEstimate(figures.Average(), means[(int)(0.025 * Resamples)], means[(int)(0.975 * Resamples) - 1]);
    }

    /// <summary>A share of hits with Wilson's interval.</summary>
    /// <param name="hits">How often it was so.</param>
    /// <param name="count">Of how many; at least one.</param>
    /// <param name="block">Neighbours that share days: they count as one for the interval.</param>
    public static ScoreEstimate OfShare(int hits, int count, int block)
    {
        double share = (double)hits / count;
        double n = Math.Max(1, (double)count / block);
        double square = Scores.Deviations95 * Scores.Deviations95;
        double middle = (share + (square / (2 * n))) / (1 + (square / n));
        double half = Scores.Deviations95 / (1 + (square / n)) * Math.Sqrt((share * (1 - share) / n) + (square / (4 * n * n)));
        return new ScoreEstimate(share, Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    // SplitMix64 (Steele, Lea and Flood, 2014): the platform's generator may change with its version.
    private static ulong Next(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
