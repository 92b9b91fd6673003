using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary><c>replay</c>: the events of a journal through a fresh engine; its answers must be the same bytes.</summary>
internal static class ReplayVerb
{
    public static Command Create(CliContext context)
    {
        var file = new Argument<string>("FILE") { Description = "journal, written by --journal" };
        var threads = new Option<string>("--threads") { HelpName = "NAME", Description = "inline (default): the engine called in place; paired: on a thread of its own" };
        threads.AcceptOnlyFromAmong("inline", "paired");
        var asJson = new Option<bool>("--json") { Description = "one JSON document on stdout and nothing else there" };
        var command = new Command("replay", "Run the events of a journal through a fresh engine and compare every byte that it answers with the journal.") { file, threads, asJson };
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(file)!;
            if (string.IsNullOrWhiteSpace(name)) throw new ConfigurationException(["the journal's FILE is empty; name an existing journal"]);
            string path = Path.GetFullPath(name);
            JournalReplayResult result = ReplayRunner.Run(path, isPaired: parsed.GetValue(threads) == "paired");
            if (parsed.GetValue(asJson)) context.Output.WriteLine(Document(result).ToJsonString(IndentedJson.Default.Options));
            else WriteText(result, context.Output);
            if (result.Cut is { } cut) context.Say(string.Create(CultureInfo.InvariantCulture, $"the journal has no end: it was cut after record {cut.RecordNumber}, at byte {cut.OffsetBytes}; what is before was compared"));
            return result.Difference is null ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    private static JsonObject Document(JournalReplayResult result) => new()
    {
        ["equal"] = result.Difference is null,
        ["inboundFrames"] = result.InboundFrames,
        ["recordedFrames"] = result.RecordedFrames,
        ["replayedFrames"] = result.ReplayedFrames,
        ["requests"] = result.Requests,
        ["outboundSha256"] = result.OutboundSha256,
        ["firstDifference"] = result.Difference is { } difference
            ? new JsonObject { ["index"] = difference.Index, ["expected"] = Describe(difference.Expected), ["was"] = Describe(difference.Was) }
            : null,
        ["cutAfterRecord"] = result.Cut?.RecordNumber,
    };

    private static void WriteText(JournalReplayResult result, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"events replayed   {result.InboundFrames:#,0}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"answers compared  {result.RecordedFrames:#,0}, of them {result.Requests:#,0} requests"));
        output.WriteLine($"outbound SHA-256  {result.OutboundSha256}");
        if (result.Difference is not { } difference)
        {
            output.WriteLine("equal             every answer, byte for byte");
            return;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"DIFFERENT         first at answer {difference.Index}"));
        output.WriteLine($"  journal         {Describe(difference.Expected)}");
        output.WriteLine($"  replay          {Describe(difference.Was)}");
    }

    private static string Describe(OutboundFrame? frame) => frame?.ToString() ?? "nothing";
}
