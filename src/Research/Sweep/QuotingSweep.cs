using System.Globalization;
using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>Many backtests side by side: each quoting model with its skew by inventory and without it, over the same seeds, on all cores.</summary>
/// <remarks>Without its skew a model keeps its spread: the symmetric maker of equal spread that Avellaneda and Stoikov (2008, section 3.3) compare theirs with. The result does not depend on the number of cores.</remarks>
public static class QuotingSweep
{
    /// <summary>Most runs of a model.</summary>
    public const int SeedsMax = 1_000;

    /// <summary>Runs, blocks.</summary>
    /// <param name="request">What to run and compare.</param>
    /// <param name="progress">Told after each run how many are done, of how many; any thread, one at a time. May be null.</param>
    /// <param name="cancel">Gives it up.</param>
    /// <exception cref="InvalidOperationException">An invariant broke in a run: nothing is said of models by an engine that does not hold.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static SweepResult Run(SweepRequest request, Action<int, int>? progress, CancellationToken cancel)
    {
        EngineConfiguration[] ways = [.. request.Models.SelectMany(model => (EngineConfiguration[])[model, model with { Quoting = model.Quoting with { InventorySkewFraction = 0 } }])];
        ulong firstSeed = request.Run.Configuration.Venue.Seed;
        var runs = new IReadOnlyList<SweepRun>[ways.Length * request.Seeds];
        var seconds = new double[runs.Length];
        var told = new Lock();
        int done = 0;
        WarmUp.Run();
        Parallel.For(0, runs.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel }, at =>
        {
            EngineConfiguration way = ways[at / request.Seeds];
            ulong seed = firstSeed + (ulong)(at % request.Seeds);
            runs[at] = SweepRun.Make(request.Run with { Configuration = way with { Venue = way.Venue with { Seed = seed } } }, out seconds[at], cancel);
            lock (told) progress?.Invoke(++done, runs.Length);
        });

        string[] symbols = Symbols(request.Run, cancel);
        return new SweepResult
        {
            Market = request.Run.IsFlow ? "flow" : "replay",
            Data = request.Run.MarketName,
            FirstSeed = firstSeed,
            Seeds = request.Seeds,
            MarketSeconds = seconds.Average(),
            Rows = [.. symbols.SelectMany((symbol, instrument) => ways.Select((way, at) => Row(symbol, way.Quoting.Model, at % 2 == 1, OfWay(at, instrument), OfWay(at | 1, instrument))))],
        };

        SweepRun[] OfWay(int way, int instrument) => [.. Enumerable.Range(way * request.Seeds, request.Seeds).Select(at => runs[at][instrument])];
    }

    private static string[] Symbols(RunRequest request, CancellationToken cancel)
    {
        using RunStage stage = RunStage.Set(request, cancel);
        return [.. stage.Symbols];
    }

    private static SweepRow Row(string symbol, string model, bool isSymmetric, SweepRun[] runs, SweepRun[] symmetric)
    {
        return new SweepRow
        {
            Symbol = symbol,
            Model = model,
            IsSymmetric = isSymmetric,
            Fills = Mean(runs.Select(run => run.Fills))!,
            NetPnl = Mean(runs.Select(run => run.NetPnl))!,
            NetPnlLessSymmetric = Less(run => run.NetPnl),
            InventoryVariance = Mean(runs.Select(run => run.InventoryVariance))!,
            InventoryVarianceLessSymmetric = Less(run => run.InventoryVariance),
            OwnSpreadTicks = Mean(runs.Select(run => run.OwnSpreadTicks)),
            MarkOutTicks = SweepRun.HorizonsSeconds.Select((seconds, i) => (seconds, i)).ToDictionary(
                horizon => horizon.seconds.ToString(CultureInfo.InvariantCulture), horizon => Mean(runs.Select(run => run.MarkOutTicks[horizon.i]))),
        };

        Estimate? Less(Func<SweepRun, double> figure) => isSymmetric ? null : Mean(runs.Zip(symmetric, (run, other) => figure(run) - figure(other)));
    }

    /// <summary>Mean and interval; runs without a figure are left out. Null when none has one.</summary>
    internal static Estimate? Mean(IEnumerable<double> figures)
    {
        double[] values = [.. figures.Where(double.IsFinite)];
        if (values.Length == 0) return null;
        double mean = values.Average();
        if (values.Length < StudentT.RunsMin) return new Estimate(mean, null, null);
        double margin = StudentT.Quantile975(values.Length - 1) * Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1.0) / values.Length);
        return new Estimate(mean, mean - margin, mean + margin);
    }
}
