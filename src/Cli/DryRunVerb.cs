using System.CommandLine;

namespace LatencyEngine.Cli;

/// <summary><c>dry-run</c>: a backtest that is watched, until engine and venue meet over sockets.</summary>
internal static class DryRunVerb
{
    public static Command Create(CliContext context) => RunVerb.Create(
        "dry-run",
        "The main job: run the engine against the simulated venue over a recording and watch it. In this version it runs in virtual time, without sockets.",
        context,
        startProgress: () =>
        {
            context.Say("dry-run: in virtual time, as fast as it goes; this version has no sockets between engine and venue");
            return new ProgressLine(context.Error, context.ErrorIsTerminal);
        });
}
