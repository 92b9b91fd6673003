using System.CommandLine;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary><c>backtest</c>: the engine and the dry-run venue in virtual time, one thread, as fast as it goes.</summary>
internal static class BacktestVerb
{
    public static Command Create(CliContext context) => RunVerb.Create(
        "backtest",
        "Run the engine against the simulated venue over a recording, in virtual time, as fast as it goes.",
        context,
        new RunOptions(),
        startProgress: () => new IncidentLines(context.Error),
        complete: (request, _) => Complete(request));

    private static RunRequest Complete(RunRequest request) => request.Upstream is null
        ? request
        : throw new ConfigurationException([$"{request.Configuration.Where("venue:market")} is live, and virtual time cannot wait for a market: take dry-run, or another market"]);
}
