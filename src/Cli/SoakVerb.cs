using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary><c>soak</c>: the engine against a venue that misbehaves, for long, and what came of it.</summary>
internal static class SoakVerb
{
    private const int UsualRate = 10;
    private const string ShippedFaults = "configs/faults.json";

    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var duration = new Option<string>("--duration") { HelpName = "TIME", Description = "seconds, or such as 3m, 1h (default: 1h)" };
        Option<string> rate = FlowRate.Option($"{UsualRate}");
        var command = new Command("soak", $"Trade against the simulated venue in a process of its own, with a fault every few seconds ({ShippedFaults} unless --faults names another file), and check uptime, latencies and their drift, memory, sockets and that it ends flat.") { duration, rate };
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
                FlowRate = FlowRate.Read(parsed.GetValue(rate), UsualRate),
                FaultsPath = configuration.Venue.Faults ?? Path.Combine(configuration.Root, ShippedFaults),
                ProfilePath = Path.GetFullPath(configuration.Source, configuration.Root),
                Program = OwnProgram(),
                Say = context.Say,
            };
            SoakResult result = SoakRunner.Run(request, LiveVerb.Watch(context), context.Interrupted);
            if (context.ErrorIsTerminal) context.Error.WriteLine();
            if (options.WantsJson(parsed)) context.Output.WriteLine(JsonSerializer.Serialize(result, IndentedJson.Default.SoakResult));
            else WriteText(result, context.Output);
            foreach (string breach in result.Breaches) context.Say(breach);
            if (result.Breaches.Count > 0) return ExitStatus.Failed;
            return result.Live.Interrupted ? ExitStatus.Interrupted : ExitStatus.Done;
        });
        return command;
    }

    private static void WriteText(SoakResult result, TextWriter output)
    {
        LiveVerb.WriteText(result.Live, output);
        output.WriteLine();
        output.WriteLine("     at s   heap MB    RSS MB  files  gc 0/1/2  p50 and p99, us");
        foreach (SoakInterval part in result.Intervals)
        {
            string latency = string.Join(", ", part.Latency.Select(stage => string.Create(CultureInfo.InvariantCulture, $"{stage.Key} {stage.Value.P50 / 1e3:0.0} {stage.Value.P99 / 1e3:0.0}")));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part.AtSeconds,9:0.0} {part.HeapBytes / 1e6,9:0.0} {part.ResidentBytes / 1e6,9:0.0} {part.Descriptors,6}  {string.Join('/', part.Collections),8}  {latency}"));
        }

        foreach ((string stage, LatencyDrift drift) in result.Drift)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"drift of {stage}, second quarter to last: p50 {drift.P50Early / 1e3:0.0} to {drift.P50Late / 1e3:0.0} us, p99 {drift.P99Early / 1e3:0.0} to {drift.P99Late / 1e3:0.0} us"));
        }
    }

    /// <summary>How this program is started once more: by itself, or by the host that runs its assembly.</summary>
    internal static string[] OwnProgram()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "latency-engine.dll");
        return File.Exists(assembly) && Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.ProcessPath!, assembly] : [Environment.ProcessPath!];
    }
}
