using System.CommandLine;
using System.Globalization;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary><c>paper-table</c>: the simulation of Avellaneda and Stoikov's paper beside what they published.</summary>
internal static class PaperTableVerb
{
    private const int PublishedPaths = 1_000;
    private const ulong FirstSeed = 1;

    public static Command Create(CliContext context)
    {
        var paths = new Option<string>("--paths") { HelpName = "NUMBER", Description = $"paths of each row, {PaperExperiment.PathsMin} to {PaperExperiment.PathsMax} (default: {PublishedPaths}, as published)" };
        var seed = new Option<string>("--seed") { HelpName = "NUMBER", Description = $"seed of the random draws (default: {FirstSeed})" };
        var report = new Option<string>("--report") { HelpName = "DIR", Description = "folder that gets a report folder: the table and one path as a page, and summary.json (default: no report)" };
        var asJson = new Option<bool>("--json") { Description = "one JSON document on stdout and nothing else there" };
        var command = new Command("paper-table", "Simulate the tables of Avellaneda and Stoikov's paper, inventory against symmetric quotes, and print them beside the published ones.") { paths, seed, report, asJson };
        command.SetAction(parsed =>
        {
            var faults = new List<string>();
            int count = ReadPaths(parsed.GetValue(paths), faults);
            ulong start = ReadSeed(parsed.GetValue(seed), faults);
            string? directory = parsed.GetValue(report);
            if (directory is not null && string.IsNullOrWhiteSpace(directory)) faults.Add($"{report.Name} needs a value");
            if (faults.Count > 0) throw new ConfigurationException(faults);
            if (directory is not null) ReportWriter.Probe(directory = Path.GetFullPath(directory));

            PaperTable table = PaperExperiment.Run(count, start, new ParallelOptions { CancellationToken = context.Interrupted });
            ReportException? fault = null;
            try
            {
                if (directory is not null) table = table with { ReportPath = ReportWriter.Write(table, directory) };
            }
            catch (ReportException exception)
            {
                fault = exception;
            }

            if (parsed.GetValue(asJson)) context.Output.WriteLine(PaperTableJson.Serialize(table));
            else context.Output.Write(PaperTableText.Render(table));
            if (fault is null) return ExitStatus.Done;
            context.Say(fault.Message);
            return ExitStatus.Failed;
        });
        return command;
    }

    private static int ReadPaths(string? text, List<string> faults)
    {
        if (text is null) return PublishedPaths;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int paths) && paths is >= PaperExperiment.PathsMin and <= PaperExperiment.PathsMax) return paths;
        faults.Add(text.Length == 0 ? "--paths needs a value" : $"--paths must be a whole number from {PaperExperiment.PathsMin} to {PaperExperiment.PathsMax}, was {text}");
        return 0;
    }

    private static ulong ReadSeed(string? text, List<string> faults)
    {
        if (text is null) return FirstSeed;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)) return seed;
        faults.Add(text.Length == 0 ? "--seed needs a value" : $"--seed must be a whole number from 0 up, was {text}");
        return 0;
    }
}
