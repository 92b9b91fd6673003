using System.CommandLine;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary><c>dry-run</c>: the engine against the dry-run venue over loopback sockets.</summary>
internal static class DryRunVerb
{
    private static readonly Dictionary<string, DryRunScenario> Scenarios = new(StringComparer.Ordinal)
    {
        ["cuts"] = DryRunScenario.Cuts,
        ["refused-key"] = DryRunScenario.RefusedKey,
        ["silent-venue"] = DryRunScenario.SilentVenue,
    };

    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["cuts"] = "the venue cuts connections now and then",
        ["refused-key"] = "it refuses the key",
        ["silent-venue"] = "it never answers",
    };

    public static Command Create(CliContext context)
    {
        var options = new RunOptions(Descriptions);
        Command command = RunVerb.Create(
            "dry-run",
            "The main job: run the engine against the simulated venue over loopback sockets, real bytes both ways, at a pace that can be watched.",
            context,
            options,
            startProgress: () => context.ErrorIsTerminal ? new LivePage(context.Error) : new ProgressLine(context.Error),
            complete: (request, parsed) => Complete(request, options.Scenario(parsed) is { } name ? Scenarios.GetValueOrDefault(name, DryRunScenario.Calm) : DryRunScenario.Calm) with
            {
                Files = options.Files(parsed, request.Configuration, $"dry-run-{Environment.ProcessId}"),
            });
        options.AddSocketsTo(command);
        return command;
    }

    private static RunRequest Complete(RunRequest request, DryRunScenario scenario) => scenario != DryRunScenario.Cuts || request.Configuration.Venue.Speed is not null
        ? request with { Scenario = scenario }
        : throw new ConfigurationException(["--scenario cuts needs time for a connection to be away: --speed must be a number, was max"]);
}
