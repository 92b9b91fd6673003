using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LatencyEngine.Bybit;
using LatencyEngine.Host;

namespace LatencyEngine.Cli;

/// <summary><c>record</c>: a venue's market into files that <c>--data</c> plays again. No key, no orders.</summary>
internal static class RecordVerb
{
    public static Command Create(CliContext context)
    {
        var environment = new Option<string>("--env") { HelpName = "NAME", Description = MarketAddress.EnvironmentHelp };
        var endpoint = new Option<string>("--endpoint") { HelpName = "URL", Description = "a venue at one address instead, for example http://127.0.0.1:8701" };
        var authorities = new Option<string>("--authorities") { HelpName = "FILE", Description = "PEM file of the certificates to trust (default: the system's)" };
        var symbols = new Option<string>("--symbols", "--symbol") { HelpName = "LIST", Description = "what to record, for example BTCUSDT,SOLUSDT", Required = true };
        var depth = new Option<string>("--depth") { HelpName = "LEVELS", Description = MarketAddress.DepthHelp };
        var duration = new Option<string>("--duration") { HelpName = "TIME", Description = "seconds, or such as 90s, 20m, 1h (default: until Ctrl-C)" };
        var folder = new Option<string>("--out") { HelpName = "DIR", Description = "folder for the files; it must not exist yet, or be empty", Required = true };
        var megabytes = new Option<string>("--file-megabytes") { HelpName = "NUMBER", Description = "a file ends at so much text, before compression (default: 256)" };
        var fileTime = new Option<string>("--file-time") { HelpName = "TIME", Description = "and when it spans so much time (default: 1h)" };
        var asJson = new Option<bool>("--json") { Description = "one JSON document on stdout and nothing else there" };
        var command = new Command("record", "Write a venue's market, book, trades and ticker, as it comes: raw frames with receive times, in files with checksums. Needs no key and sends no order.") { environment, endpoint, authorities, symbols, depth, duration, folder, megabytes, fileTime, asJson };
        command.SetAction(parsed =>
        {
            var faults = new List<string>();
            Uri? address = MarketAddress.Read(parsed.GetValue(environment), parsed.GetValue(endpoint), endpoint.Name, faults)?.Endpoints.Public;
            string[] topics = Topics(parsed.GetValue(symbols)!, parsed.GetValue(depth), faults);
            TimeSpan? time = parsed.GetValue(duration) is { } text ? Durations.Read(duration.Name, text, faults) : null;
            TimeSpan? fileTimeMax = parsed.GetValue(fileTime) is { } fileText ? Durations.Read(fileTime.Name, fileText, faults) : TimeSpan.FromHours(1);
            long fileBytesMax = Megabytes(megabytes.Name, parsed.GetValue(megabytes), faults);
            if (string.IsNullOrWhiteSpace(parsed.GetValue(folder))) faults.Add($"{folder.Name} needs a value");
            string? authoritiesPath = parsed.GetValue(authorities);
            if (authoritiesPath is not null && !File.Exists(authoritiesPath)) faults.Add($"{authorities.Name} must name an existing PEM file, was \"{authoritiesPath}\"");
            if (faults.Count > 0) throw new ConfigurationException(faults);

            var request = new MarketRecorderRequest
            {
                PublicAddress = address!,
                AuthoritiesPath = authoritiesPath,
                Topics = topics,
                FolderPath = Path.GetFullPath(parsed.GetValue(folder)!),
                Duration = time,
                FileBytesMax = fileBytesMax,
                FileTimeMax = fileTimeMax!.Value,
            };
            context.Say($"recording {string.Join(", ", topics)} from {address} into {request.FolderPath}{(time is null ? "; Ctrl-C ends it" : "")}");
            MarketRecording recording = MarketRecorder.Run(request, Watch(context), context.Interrupted);
            if (parsed.GetValue(asJson)) context.Output.WriteLine(Document(recording, request).ToJsonString(IndentedJson.Default.Options));
            else WriteText(recording, request, context.Output);
            if (recording.Frames == 0) context.Say($"nothing came from {address}: {recording.LastFault ?? "the topics are silent"}");
            if (context.Interrupted.IsCancellationRequested) return ExitStatus.Interrupted;
            return recording.Frames > 0 ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    private static string[] Topics(string symbols, string? depth, List<string> faults)
    {
        string[] names = MarketAddress.ReadSymbols("--symbols", symbols, faults);
        int levels = MarketAddress.ReadDepth(depth, faults);
        return [.. names.SelectMany(name => (string[])[string.Create(CultureInfo.InvariantCulture, $"orderbook.{levels}.{name}"), $"publicTrade.{name}", $"tickers.{name}"])];
    }

    private static long Megabytes(string option, string? text, List<string> faults)
    {
        int megabytes = 256;
        if (text is not null && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out megabytes) || megabytes is < 1 or > 100_000))
        {
            faults.Add($"{option} must be a whole number from 1 to 100000, was \"{text}\"");
        }

        return (long)megabytes << 20;
    }

    /// <summary>A person sees that it goes on; a log gets a line only where something happens.</summary>
    private static Action<MarketRecording> Watch(CliContext context)
    {
        int reconnects = 0;
        bool wasConnected = false;
        return recording =>
        {
            if (wasConnected && !recording.IsConnected) context.Say($"lost the market: {recording.LastFault}; connecting again");
            if (recording.Reconnects > reconnects) context.Say(string.Create(CultureInfo.InvariantCulture, $"the market is back after {recording.Frames:#,0} frames"));
            (reconnects, wasConnected) = (recording.Reconnects, recording.IsConnected);
            if (context.ErrorIsTerminal) context.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{recording.Frames:#,0} frames, {recording.Bytes / 1e6:#,0.0} MB, {recording.Files} files  "));
        };
    }

    private static JsonObject Document(MarketRecording recording, MarketRecorderRequest request) => new()
    {
        ["folder"] = request.FolderPath,
        ["address"] = request.PublicAddress.OriginalString,
        ["topics"] = new JsonArray([.. request.Topics]),
        ["frames"] = recording.Frames,
        ["bytes"] = recording.Bytes,
        ["files"] = recording.Files,
        ["reconnects"] = recording.Reconnects,
        ["framesLeftOut"] = recording.FramesLeftOut,
    };

    private static void WriteText(MarketRecording recording, MarketRecorderRequest request, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"frames      {recording.Frames:#,0}, {recording.Bytes:#,0} bytes before compression"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"files       {recording.Files}, sums in SHA256SUMS"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"reconnects  {recording.Reconnects}"));
        if (recording.FramesLeftOut > 0) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"left out    {recording.FramesLeftOut:#,0} frames with a raw newline"));
        output.WriteLine($"folder      {request.FolderPath}");
        output.WriteLine($"play it     ./run.sh dry-run --data {request.FolderPath}");
    }
}
