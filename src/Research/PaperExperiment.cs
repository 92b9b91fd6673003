using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>Simulates the numerical experiment of Avellaneda and Stoikov, Quantitative Finance 8(3) 2008, section 3.3, and of its preprint of 2006.</summary>
public static class PaperExperiment
{
    /// <summary>Fewest paths: below there is no standard deviation.</summary>
    public const int PathsMin = 2;

    /// <summary>Most paths: standard errors are then below a hundredth, and the run takes minutes.</summary>
    public const int PathsMax = 1_000_000;

    private const string Inventory = "inventory";
    private const string Symmetric = "symmetric";

    private static readonly PublishedFigures PreprintInventory = new(1.15m, 33.92m, 4.72m, -0.02m, 1.88m);
    private static readonly PublishedFigures PreprintSymmetric = new(1.15m, 66.20m, 14.53m, 0.25m, 9.06m);

    private static readonly (double Gamma, bool IsConstantSpread, string Source, PublishedFigures Inventory, PublishedFigures Symmetric)[] Tables =
    [
        (0.1, false, "journal, table 1", new(1.49m, 65.0m, 6.6m, 0.08m, 2.9m), new(1.49m, 68.4m, 12.7m, 0.26m, 8.4m)),
        (0.01, false, "journal, table 2", new(1.35m, 68.6m, 8.7m, 0.12m, 5.1m), new(1.35m, 68.8m, 12.8m, 0.09m, 8.7m)),
        (1, false, "journal, table 3", new(3.02m, 31.4m, 5.0m, 0.02m, 1.7m), new(3.02m, 44.0m, 11.0m, 0.00m, 5.1m)),
        (0.5, false, "preprint, table 3", PreprintInventory, PreprintSymmetric),
        (0.5, true, "preprint, table 3", PreprintInventory, PreprintSymmetric),
    ];

    /// <summary>Simulates every row.</summary>
    /// <param name="paths"><see cref="PathsMin"/> to <see cref="PathsMax"/>.</param>
    /// <param name="seed">The same seed gives the same table, whatever the number of threads.</param>
    /// <param name="options">How many threads, and when to stop.</param>
    /// <exception cref="OperationCanceledException">The operator asked to stop.</exception>
    public static PaperTable Run(int paths, ulong seed, ParallelOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(paths, PathsMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(paths, PathsMax);

        ulong[] pathSeeds = PathSeeds(paths, seed);
        var rows = new List<PaperRow>();
        foreach ((double gamma, bool isConstantSpread, string source, PublishedFigures inventory, PublishedFigures symmetric) in Tables)
        {
            rows.Add(Row(gamma, Inventory, isConstantSpread, source, inventory, PaperStrategy.Inventory(gamma, isConstantSpread), pathSeeds, options));
            rows.Add(Row(gamma, Symmetric, isConstantSpread, source, symmetric, PaperStrategy.Symmetric(gamma, isConstantSpread), pathSeeds, options));
        }

        (Estimate exactPoisson, _) = Simulate(PaperStrategy.Inventory(0.1, isConstantSpread: false, isExactPoisson: true), pathSeeds, options);
        var firstPath = new PaperPoint[PaperStrategy.Steps];
        PaperStrategy.Inventory(0.1, isConstantSpread: false).Run(new SplitMix64(pathSeeds[0]), firstPath);
        return new PaperTable { Paths = paths, Seed = seed, Rows = rows, Notes = [.. Notes(rows, exactPoisson)], FirstPath = firstPath };
    }

    /// <summary>The seed of each path's own generator.</summary>
    internal static ulong[] PathSeeds(int paths, ulong seed)
    {
        var seeds = new SplitMix64(seed);
        var pathSeeds = new ulong[paths];
        for (int path = 0; path < paths; path++) pathSeeds[path] = seeds.Next();
        return pathSeeds;
    }

    private static PaperRow Row(double gamma, string name, bool isConstantSpread, string source, PublishedFigures published, PaperStrategy strategy, ulong[] pathSeeds, ParallelOptions options)
    {
        (Estimate profit, Estimate finalQ) = Simulate(strategy, pathSeeds, options);
        return new PaperRow
        {
            Gamma = gamma,
            Strategy = name,
            SpreadReading = isConstantSpread ? "constant" : "full",
            Spread = strategy.AverageSpread,
            Profit = profit.Mean,
            StdProfit = profit.Std,
            FinalQ = finalQ.Mean,
            StdFinalQ = finalQ.Std,
            StderrProfit = profit.StderrMean,
            StderrStdProfit = profit.StderrStd,
            StderrFinalQ = finalQ.StderrMean,
            StderrStdFinalQ = finalQ.StderrStd,
            Source = source,
            Published = published,
        };
    }

    /// <summary>Profit and inventory at the end. A path has a place and a generator of its own, and sums run in the order of the paths: the number of threads changes nothing.</summary>
    internal static (Estimate Profit, Estimate FinalQ) Simulate(PaperStrategy strategy, ulong[] pathSeeds, ParallelOptions options)
    {
        var profits = new double[pathSeeds.Length];
        var inventories = new double[pathSeeds.Length];
        Parallel.For(0, pathSeeds.Length, options, path =>
        {
            PaperState end = strategy.Run(new SplitMix64(pathSeeds[path]));
            profits[path] = end.Profit;
            inventories[path] = end.Inventory;
        });
        return (Estimate.Of(profits), Estimate.Of(inventories));
    }

    /// <summary>Where text and tables disagree, with the figures of this run.</summary>
    private static IEnumerable<string> Notes(IReadOnlyList<PaperRow> rows, Estimate exactPoisson)
    {
        PaperRow Of(double gamma, string strategy, string reading = "full") => rows.Single(row => row.Gamma == gamma && row.Strategy == strategy && row.SpreadReading == reading);
        string Profit(PaperRow row) => Figures.Estimate(row.Profit, row.StderrProfit);
        PaperRow first = Of(0.1, Inventory);
        (PaperRow whole, PaperRow part) = (Of(0.5, Inventory), Of(0.5, Inventory, "constant"));

        yield return "Gamma 0.5 is not in the journal article (Quantitative Finance 8(3), 2008), whose tables have 0.1, 0.01 and 1. It is table 3 of the 2006 preprint, whose profits differ throughout: 62.94 and 67.21 at 0.1, 66.78 and 67.36 at 0.01.";
        yield return $"The preprint's text has the spread of formula (30); the spread in its tables is only the constant part of it, (2/gamma) ln(1 + gamma/k): 1.15 at gamma 0.5, where (30) averages {whole.Spread:0.000}. Both readings are simulated here.";
        yield return $"Neither reading gives the preprint's profit of 33.92 at gamma 0.5, inventory: {Profit(whole)} with (30), {Profit(part)} with the constant part. Its symmetric profit, 66.20, is nearer to the constant part: {Profit(Of(0.5, Symmetric, "constant"))}, where (30) gives {Profit(Of(0.5, Symmetric))}.";
        yield return $"\"With probability lambda dt\" has to be taken literally, as min(lambda dt, 1), although A dt is 0.7 and no small probability. The exact 1 - exp(-lambda dt) gives a profit of {Figures.Estimate(exactPoisson.Mean, exactPoisson.StderrMean)} at gamma 0.1, inventory; the literal one {Profit(first)}, and the journal has 65.0.";
        yield return $"The spreads here are means over the 200 quotes, {first.Spread:0.000} at gamma 0.1 and {Of(1, Inventory).Spread:0.000} at 1. The journal's 3.02 is the mean over continuous time, the constant part and gamma sigma^2 T / 2: {PaperStrategy.ContinuousAverageSpread(1):0.000}.";
        yield return "The published figures are of 1,000 paths, without standard errors: they carry about those that --paths 1000 shows here. This world has no fees, no adverse selection and no queue; its profits say nothing about a market.";
    }

    /// <summary>A sample's mean and standard deviation, each with its standard error.</summary>
    internal readonly record struct Estimate(double Mean, double Std, double StderrMean, double StderrStd)
    {
        /// <summary>The error of the standard deviation is the usual sqrt((m4 - m2^2) / (4 n m2)), with m2 and m4 the central moments.</summary>
        public static Estimate Of(double[] values)
        {
            double mean = values.Average();
            double second = 0;
            double fourth = 0;
            foreach (double value in values)
            {
                double square = (value - mean) * (value - mean);
                second += square;
                fourth += square * square;
            }

            double std = Math.Sqrt(second / (values.Length - 1));
            second /= values.Length;
            fourth /= values.Length;
            double stderrStd = second == 0 ? 0 : Math.Sqrt((fourth - (second * second)) / (4 * values.Length * second));
            return new Estimate(mean, std, std / Math.Sqrt(values.Length), stderrStd);
        }
    }
}
