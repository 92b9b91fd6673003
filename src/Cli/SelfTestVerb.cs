using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LatencyEngine.Host;

namespace LatencyEngine.Cli;

/// <summary><c>self-test</c>: known answers for every stage of the hot path, and what it allocates.</summary>
internal static class SelfTestVerb
{
    public static Command Create(CliContext context)
    {
        var frames = new Option<string>("--frames") { HelpName = "NUMBER", Description = $"market frames of the zero-allocation check (default: {SelfTest.FramesUsual})" };
        var asJson = new Option<bool>("--json") { Description = "one JSON document on stdout and nothing else there" };
        var command = new Command("self-test", "Check this program on this host: each stage of the hot path against known answers, the whole path against a shipped journal byte for byte, and that a long run of it allocates nothing.") { frames, asJson };
        command.SetAction(parsed => Show(SelfTest.Run(ReadFrames(parsed.GetValue(frames)), context.Interrupted), parsed.GetValue(asJson), context));
        return command;
    }

    /// <summary>Prints the checks and gives the exit status.</summary>
    internal static int Show(IReadOnlyList<SelfTestCheck> checks, bool asJson, CliContext context)
    {
        if (asJson) context.Output.WriteLine(JsonSerializer.Serialize(checks, IndentedJson.Default.IReadOnlyListSelfTestCheck));
        else foreach (SelfTestCheck check in checks) context.Output.WriteLine($"{check.Name,-10}  {(check.Fault is { } fault ? $"FAILED: {fault}" : check.Detail)}");
        foreach (SelfTestCheck failed in checks.Where(check => check.Fault is not null)) context.Say($"self-test: {failed.Name} failed: {failed.Fault}");
        return checks.All(check => check.Fault is null) ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static long ReadFrames(string? text)
    {
        if (text is null) return SelfTest.FramesUsual;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long frames) && frames is >= 1 and <= 1_000_000_000_000) return frames;
        throw new ConfigurationException([$"--frames must be a whole number from 1 to 1000000000000, was \"{text}\""]);
    }
}
