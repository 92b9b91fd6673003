using System.CommandLine;

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
        complete: (request, _) => request);
}
