namespace LatencyEngine.Training;

/// <summary>Where a figure lies in 95 of 100 draws of the bootstrap.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    private const int BlockLength = 20;
    private const double Tail = 0.025;

    /// <summary>Draws blocks of neighbouring events with replacement, since neighbours overlap. Source: Künsch (1989).</summary>
    /// <param name="count">Events.</param>
    /// <param name="draws">How often.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="figureOf">The figure of events drawn; NaN is left out.</param>
    /// <returns>Null where every draw was left out.</returns>
    public static Interval? Bootstrap(int count, int draws, int seed, Func<int[], double> figureOf)
    {
        var random = new Random(seed);
        int length = Math.Min(BlockLength, count);
        int[] drawn = new int[count];
        var figures = new List<double>(draws);
        for (int draw = 0; draw < draws && count > 0; draw++)
        {
            for (int i = 0, block = 0; i < count; i++)
            {
                if (i % length == 0) block = random.Next(count - length + 1);
                drawn[i] = block + (i % length);
            }

            double figure = figureOf(drawn);
            if (!double.IsNaN(figure)) figures.Add(figure);
        }

        if (figures.Count == 0) return null;
        figures.Sort();
        return new Interval(figures[(int)(Tail * (figures.Count - 1))], figures[(int)Math.Ceiling((1 - Tail) * (figures.Count - 1))]);
    }
}
