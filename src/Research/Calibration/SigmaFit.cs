using LatencyEngine.Book;

namespace LatencyEngine.Research;

/// <summary>Volatility of the mid, in ticks per square root of a second. docs/models.md, 2.6.</summary>
public sealed record SigmaFit
{
    /// <summary>Changes of the mid that it is made of.</summary>
    public required int Increments { get; init; }

    /// <summary>Seconds that they span.</summary>
    public required double Seconds { get; init; }

    /// <summary>The engine's estimate at the end: the exponentially weighted one, at the configured time constant. Its interval takes the changes for independent.</summary>
    public required Estimate EwmaTicksPerSqrtSecond { get; init; }

    /// <summary>Of the whole recording.</summary>
    public required Estimate RealisedTicksPerSqrtSecond { get; init; }

    /// <summary>Of the whole recording without its jumps. A price that stands still between two changes makes it too small.</summary>
    public required Estimate BipowerTicksPerSqrtSecond { get; init; }

    /// <summary>Share of the realised variance that came in jumps, 0 to 1.</summary>
    public required double JumpShare { get; init; }

    /// <summary>Fits; null with fewer than two changes.</summary>
    /// <param name="books">Tops in the order of time.</param>
    /// <param name="timeConstantSeconds">Of the exponentially weighted estimate.</param>
    /// <param name="spacingMillis">Least time between two mids.</param>
    internal static SigmaFit? Of(IReadOnlyList<BookPoint> books, double timeConstantSeconds, int spacingMillis)
    {
        (List<(double Change, double Seconds)> increments, double ewma) = Sampled(books, timeConstantSeconds, spacingMillis);
        if (increments.Count < 2) return null;
        (double realised, double bipower) = Sigmas(increments, without: -1);
        (double Realised, double Bipower)[] leftOut = [.. Enumerable.Range(0, Jackknife.Blocks).Select(block => Sigmas(increments, block))];
        return new SigmaFit
        {
            Increments = increments.Count,
            Seconds = increments.Sum(increment => increment.Seconds),
            EwmaTicksPerSqrtSecond = EwmaInterval(increments, timeConstantSeconds, ewma),
            RealisedTicksPerSqrtSecond = Jackknife.OfPositive(realised, [.. leftOut.Select(sigmas => sigmas.Realised)]),
            BipowerTicksPerSqrtSecond = Jackknife.OfPositive(bipower, [.. leftOut.Select(sigmas => sigmas.Bipower)]),
            JumpShare = realised == 0 ? 0 : Math.Max(0, 1 - (bipower * bipower / (realised * realised))),
        };
    }

    /// <summary>Realised and bipower volatility, of all increments or without one stretch of them.</summary>
    internal static (double Realised, double Bipower) Sigmas(IReadOnlyList<(double Change, double Seconds)> increments, int without)
    {
        (double squares, double products, double seconds, int count, int pairs) = (0, 0, 0, 0, 0);
        for (int i = 0; i < increments.Count; i++)
        {
            if (Jackknife.BlockOf(i, increments.Count) == without) continue;
            (double change, double elapsed) = increments[i];
            squares += change * change;
            seconds += elapsed;
            count++;
            if (i == 0) continue;
            products += Math.Abs(change) * Math.Abs(increments[i - 1].Change);
            pairs++;
        }

        return (Math.Sqrt(squares / seconds), Math.Sqrt(Math.PI / 2 * count / pairs * products / seconds));
    }

    private static (List<(double Change, double Seconds)> Increments, double Ewma) Sampled(IReadOnlyList<BookPoint> books, double timeConstantSeconds, int spacingMillis)
    {
        var ewma = new EwmaVolatility(timeConstantSeconds, spacingMillis);
        var increments = new List<(double Change, double Seconds)>();
        long spacingNanos = Math.Max(1, spacingMillis * 1_000_000L);
        BookPoint? sampled = null;
        foreach (BookPoint book in books.Where(book => book.IsUsable))
        {
            ewma.OnMid(book.MidTicks, book.Nanos);
            if (sampled is { } last)
            {
                if (book.Nanos - last.Nanos < spacingNanos) continue;
                increments.Add((book.MidTicks - last.MidTicks, (book.Nanos - last.Nanos) / 1e9));
            }

            sampled = book;
        }

        return (increments, ewma.SigmaPerSqrtSecond);
    }

    /// <summary>The estimate is a weighted mean of rates d^2/dt: its variance is theirs times the sum of the squared weights.</summary>
    private static Estimate EwmaInterval(List<(double Change, double Seconds)> increments, double timeConstantSeconds, double sigma)
    {
        const double NormalQuantile = 1.959964;
        (double mean, double meanOfSquares, double squaredWeights) = (0, 0, 0);
        bool isFirst = true;
        foreach ((double change, double seconds) in increments)
        {
            double rate = change * change / seconds;
            double weight = isFirst ? 0 : Math.Exp(-seconds / timeConstantSeconds);
            mean = (weight * mean) + ((1 - weight) * rate);
            meanOfSquares = (weight * meanOfSquares) + ((1 - weight) * rate * rate);
            squaredWeights = (weight * weight * squaredWeights) + ((1 - weight) * (1 - weight));
            isFirst = false;
        }

        // Of the logarithm of sigma, which is half that of the variance.
        double margin = NormalQuantile * 0.5 * Math.Sqrt(squaredWeights * Math.Max(0, meanOfSquares - (mean * mean))) / mean;
        return double.IsFinite(margin) ? new Estimate(sigma, sigma * Math.Exp(-margin), sigma * Math.Exp(margin)) : new Estimate(sigma, null, null);
    }
}
