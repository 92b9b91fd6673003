using System.CommandLine;
using System.Globalization;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary><c>sweep</c>: quoting models side by side over many seeds.</summary>
internal static class SweepVerb
{
    private const string ShippedModels = "avellaneda-stoikov,glft";
    private const int ShippedSeeds = 30;

    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var models = new Option<string>("--models") { HelpName = "LIST", Description = $"quoting models to compare, each with its skew by inventory and without (default: {ShippedModels})" };
        var seeds = new Option<string>("--seeds") { HelpName = "NUMBER", Description = $"runs of each, with --seed and those that follow it, 1 to {QuotingSweep.SeedsMax} (default: {ShippedSeeds})" };
        var command = new Command("sweep", "Run quoting models side by side over many seeds, in virtual time on all cores, and compare P&L, inventory, spread and mark-outs.") { models, seeds };
        options.AddSweepTo(command);
        command.SetAction(parsed =>
        {
            int count = ReadSeeds(parsed.GetValue(seeds));
            string[] names = (parsed.GetValue(models) ?? ShippedModels).Split(',', StringSplitOptions.TrimEntries);
            if (names.Distinct(StringComparer.Ordinal).Count() < names.Length) throw new ConfigurationException([$"{models.Name} must be different models separated by commas, was {parsed.GetValue(models)}"]);
            (EngineConfiguration Configuration, TimeSpan? Duration, UpstreamRequest? Upstream)[] read = [.. names.Select(name => options.Read(parsed, context, new ConfigurationOverride("quoting:model", name, models.Name)))];
            EngineConfiguration first = read[0].Configuration;
            if (read[0].Upstream is not null) throw new ConfigurationException([$"{first.Where("venue:market")} is live, and no two runs see the same: take replay or flow"]);
            SweepResult result = QuotingSweep.Run(
                new SweepRequest
                {
                    Run = new RunRequest
                    {
                        Verb = "sweep",
                        Configuration = first,
                        RecordingPath = first.Venue.Market == "replay" ? first.Data.Recording : null,
                        Duration = read[0].Duration,
                        ReportDirectory = first.Report.Directory,
                    },
                    Models = [.. read.Select(one => one.Configuration)],
                    Seeds = count,
                },
                (done, all) => Tell(context, done, all),
                context.Interrupted);
            if (options.WantsJson(parsed)) context.Output.WriteLine(SweepJson.Serialize(result));
            else context.Output.Write(SweepText.Render(result));
            return ExitStatus.Done;
        });
        return command;
    }

    private static int ReadSeeds(string? text)
    {
        if (text is null) return ShippedSeeds;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seeds) && seeds is >= 1 and <= QuotingSweep.SeedsMax
            ? seeds
            : throw new ConfigurationException([text.Length == 0 ? "--seeds needs a value" : $"--seeds must be a whole number from 1 to {QuotingSweep.SeedsMax}, was {text}"]);
    }

    /// <summary>A line every tenth of the runs.</summary>
    private static void Tell(CliContext context, int done, int all)
    {
        if (done * 10 / all > (done - 1) * 10 / all) context.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} of {all} runs"));
    }
}
