using System.CommandLine;
using System.Text.Json;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary><c>soak</c>: the engine against a venue that misbehaves, for long, and what came of it.</summary>
internal static class SoakVerb
{
    private const string ShippedFaults = "configs/faults.json";

    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var duration = new Option<string>("--duration") { HelpName = "TIME", Description = "seconds, or such as 3m, 1h (default: 1h)" };
        var command = new Command("soak", $"Trade against the simulated venue in a process of its own, with a fault every few seconds ({ShippedFaults} unless --faults names another file), and check uptime, latencies, memory, sockets and that it ends flat.") { duration };
        options.AddSoakTo(command);
        command.SetAction(parsed =>
        {
            EngineConfiguration configuration = options.Read(parsed, context).Configuration;
            var faults = new List<string>();
            TimeSpan? time = parsed.GetValue(duration) is { } text ? Durations.Read(duration.Name, text, faults) : TimeSpan.FromHours(1);
            if (faults.Count > 0) throw new ConfigurationException(faults);
            var request = new SoakRequest
            {
                Configuration = configuration,
                Duration = time!.Value,
                FaultsPath = configuration.Venue.Faults ?? Path.Combine(configuration.Root, ShippedFaults),
                ProfilePath = Path.GetFullPath(configuration.Source, configuration.Root),
                Program = OwnProgram(),
                Say = context.Say,
            };
            SoakResult result = SoakRunner.Run(request, LiveVerb.Watch(context), context.Interrupted);
            if (context.ErrorIsTerminal) context.Error.WriteLine();
            if (options.WantsJson(parsed)) context.Output.WriteLine(JsonSerializer.Serialize(result, IndentedJson.Default.SoakResult));
            else LiveVerb.WriteText(result.Live, context.Output);
            foreach (string breach in result.Breaches) context.Say(breach);
            if (result.Breaches.Count > 0) return ExitStatus.Failed;
            return result.Live.Interrupted ? ExitStatus.Interrupted : ExitStatus.Done;
        });
        return command;
    }

    /// <summary>How this program is started once more: by itself, or by the host that runs its assembly.</summary>
    internal static string[] OwnProgram()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "latency-engine.dll");
        return File.Exists(assembly) && Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.ProcessPath!, assembly] : [Environment.ProcessPath!];
    }
}
