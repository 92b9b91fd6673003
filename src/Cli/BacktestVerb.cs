using System.CommandLine;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary><c>backtest</c>: the engine and the dry-run venue in virtual time, one thread, as fast as it goes.</summary>
internal static class BacktestVerb
{
    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var compare = new Option<bool>("--compare-requoting") { Description = "run the market three times, with every change of a wanted price sent, and with quoting:requote distance and queue; print requests, tracking error and P&L side by side" };
        Command command = RunVerb.Create(
            "backtest",
            "Run the engine against the simulated venue over a recording, in virtual time, as fast as it goes.",
            context,
            options,
            startProgress: () => new IncidentLines(context.Error),
            complete: (request, _) => Complete(request),
            instead: (request, parsed) => parsed.GetValue(compare) ? Compare(request, options.WantsJson(parsed), context) : null);
        command.Options.Add(compare);
        return command;
    }

    private static RunRequest Complete(RunRequest request) => request.Upstream is null
        ? request
        : throw new ConfigurationException([$"{request.Configuration.Where("venue:market")} is live, and virtual time cannot wait for a market: take dry-run, or another market"]);

    private static int Compare(RunRequest request, bool asJson, CliContext context)
    {
        if (request.JournalPath is not null || request.RecordPath is not null) throw new ConfigurationException(["--compare-requoting makes several runs, and --journal and --record write one: leave them out"]);
        RequoteComparison comparison = RequoteComparison.Run(request, each => context.Run(each, null, context.Interrupted));
        if (comparison.Rows.Count < RequoteComparison.Policies.Count) throw new OperationCanceledException(context.Interrupted);
        context.Output.Write(asJson ? RequoteComparisonText.Serialize(comparison) + "\n" : RequoteComparisonText.Render(comparison));
        foreach (string broken in comparison.InvariantBreaks) context.Say($"invariant broken: {broken}");
        return comparison.InvariantBreaks.Count == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }
}
