using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LatencyEngine.Bybit;
using LatencyEngine.History;
using LatencyEngine.Host;
using LatencyEngine.Strategist;
using LatencyEngine.Transport;

namespace LatencyEngine.Cli;

/// <summary><c>download-data</c>: candles and funding of a venue into a history. No key.</summary>
internal static class DownloadDataVerb
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static Command Create(CliContext context)
    {
        var environment = new Option<string>("--env") { HelpName = "NAME", Description = MarketAddress.EnvironmentHelp };
        var endpoint = new Option<string>("--endpoint") { HelpName = "URL", Description = "a venue at one address instead, for example http://127.0.0.1:8701" };
        var authorities = new Option<string>("--authorities") { HelpName = "FILE", Description = "PEM file of the certificates to trust (default: the system's)" };
        var symbols = new Option<string>("--symbol", "--symbols") { HelpName = "LIST", Description = "what to download, for example BTCUSDT,ETHUSDT", Required = true };
        var intervals = new Option<string>("--interval", "--intervals") { HelpName = "LIST", Description = $"lengths of the candles, some of {Timeframe.Allowed}; or none, for funding alone", Required = true };
        var from = new Option<string>("--from") { HelpName = "TIME", Description = "first moment, such as 2024-01-31 or 2024-01-31T12:00:00Z (default: the newest that the history has)" };
        var to = new Option<string>("--to") { HelpName = "TIME", Description = "the moment behind the last (default: now)" };
        var database = new Option<string>("--db") { HelpName = "FILE", Description = "the history, an SQLite file; made where it is missing", Required = true };
        var noFunding = new Option<bool>("--no-funding") { Description = "candles alone" };
        var indicators = new Option<bool>("--indicators") { Description = "store the indicators of the candles, too" };
        var jump = new Option<string>("--jump-factor") { HelpName = "NUMBER", Description = string.Create(CultureInfo.InvariantCulture, $"candles with a price so many times above or below the close before are kept out (default: {HistoryStore.JumpFactorDefault})") };
        var asJson = new Option<bool>("--json") { Description = "one JSON document on stdout and nothing else there" };
        var command = new Command("download-data", "Download candles and settled funding into a history, page by page. Started again it goes on where it was, and asks only for what is missing. Needs no key.")
        {
            environment, endpoint, authorities, symbols, intervals, from, to, database, noFunding, indicators, jump, asJson,
        };
        command.SetAction(parsed =>
        {
            var faults = new List<string>();
            (VenueEndpoints Endpoints, string Name)? venue = MarketAddress.Read(parsed.GetValue(environment), parsed.GetValue(endpoint), endpoint.Name, faults);
            string? authoritiesPath = parsed.GetValue(authorities);
            if (authoritiesPath is not null && !File.Exists(authoritiesPath)) faults.Add($"{authorities.Name} must name an existing PEM file, was \"{authoritiesPath}\"");
            string[] names = MarketAddress.ReadSymbols(symbols.Name, parsed.GetValue(symbols), faults);
            Timeframe[] timeframes = parsed.GetValue(intervals)?.Trim() == "none" ? [] : HistoryOptions.Timeframes(intervals.Name, parsed.GetValue(intervals), faults);
            if (timeframes.Length == 0 && parsed.GetValue(noFunding) && faults.Count == 0) faults.Add($"{intervals.Name} none and {noFunding.Name} leave nothing to download");
            long? fromMillis = HistoryOptions.Moment(from.Name, parsed.GetValue(from), faults);
            long? toMillis = HistoryOptions.Moment(to.Name, parsed.GetValue(to), faults);
            if (fromMillis >= toMillis) faults.Add($"{from.Name} must be before {to.Name}");
            double jumpFactor = HistoryOptions.JumpFactor(jump.Name, parsed.GetValue(jump), faults);
            string? path = parsed.GetValue(database);
            if (string.IsNullOrWhiteSpace(path)) faults.Add($"{database.Name} needs a value");
            if (faults.Count > 0) throw new ConfigurationException(faults);

            using HistoryStore store = HistoryStore.Open(path!, isCreated: true);
            Job[] jobs = [.. names.SelectMany(name => timeframes.Cast<Timeframe?>().Concat(parsed.GetValue(noFunding) ? [] : [null]).Select(one => new Job(name, one)))];
            MillisRange[] ranges = [.. jobs.Select(job => new MillisRange(fromMillis ?? Newest(store, job, from.Name, faults), toMillis ?? long.MaxValue))];
            if (faults.Count > 0) throw new ConfigurationException(faults);

            context.Say($"downloading {string.Join(", ", names)} from {venue!.Value.Name} into {path}; Ctrl-C stops it, and it goes on when it is started again");
            var results = new List<HistoryDownloadResult>();
            try
            {
                using var client = new RestClient(venue.Value.Endpoints.Rest, credentials: null, new SystemClock(), recvWindowMillis: 0, Timeout, authoritiesPath: authoritiesPath) { OnNotice = context.Say };
                var download = new HistoryDownload(new BybitRest(client, Patience), store, jumpFactor);
                for (int i = 0; i < jobs.Length; i++) results.Add(DownloadAsync(context, download, jobs[i], ranges[i]).GetAwaiter().GetResult());
            }
            catch (OperationCanceledException)
            {
                context.Say("interrupted; what came is in the history, and the same command goes on from there");
                return ExitStatus.Interrupted;
            }
            catch (VenueRefusalException fault)
            {
                context.Say($"{fault.Message}; what came before is in the history, and the same command goes on from there");
                return ExitStatus.Failed;
            }

            if (parsed.GetValue(indicators)) foreach (Job job in jobs.Where(job => job.Timeframe is not null)) StoredIndicators.Update(store, job.Symbol, job.Timeframe!);
            Show(context, store, venue.Value.Name, results, parsed.GetValue(asJson));
            return ExitStatus.Done;
        });
        return command;
    }

    /// <summary>One series.</summary>
    private sealed record Job(string Symbol, Timeframe? Timeframe);

    private static long Newest(HistoryStore store, Job job, string option, List<string> faults)
    {
        if (store.Series().FirstOrDefault(one => one.Symbol == job.Symbol && one.Timeframe == job.Timeframe) is { } series) return series.LastMillis;
        faults.Add($"{option} is missing, and the history has nothing of {job.Symbol} {HistoryReport.Name(job.Timeframe)} to go on from; say where to begin, for example {option} 2024-01-01");
        return 0;
    }

    private static async Task<HistoryDownloadResult> DownloadAsync(CliContext context, HistoryDownload download, Job job, MillisRange range)
    {
        var bar = new ProgressBar(context.Error, context.ErrorIsTerminal, $"{job.Symbol} {HistoryReport.Name(job.Timeframe)}");
        try
        {
            return job.Timeframe is { } timeframe
                ? await download.CandlesAsync(job.Symbol, timeframe, range, bar, context.Interrupted).ConfigureAwait(false)
                : await download.FundingAsync(job.Symbol, range, bar, context.Interrupted).ConfigureAwait(false);
        }
        finally
        {
            bar.End();
        }
    }

    private static void Show(CliContext context, HistoryStore store, string venue, List<HistoryDownloadResult> results, bool asJson)
    {
        IReadOnlyList<SeriesSummary> series = store.Series();
        foreach (HistoryDownloadResult result in results.Where(result => result.Faults.Any(fault => fault.Kind == HistoryFaultKind.Mismatch)))
        {
            context.Say($"{result.Symbol} {HistoryReport.Name(result.Timeframe)}: the venue tells other rows than the history has, first at {HistoryText.Time(result.Faults.First(fault => fault.Kind == HistoryFaultKind.Mismatch).AtMillis)}; the history's are kept");
        }

        if (asJson)
        {
            var document = new JsonObject { ["db"] = store.Path, ["venue"] = venue, ["series"] = new JsonArray([.. results.Select(result => HistoryReport.Document(result, Rows(result)))]) };
            context.Output.WriteLine(document.ToJsonString(IndentedJson.Default.Options));
            return;
        }

        foreach (HistoryDownloadResult result in results) HistoryReport.Write(result, Rows(result), context.Output);

        long Rows(HistoryDownloadResult result) => series.FirstOrDefault(one => one.Symbol == result.Symbol && one.Timeframe == result.Timeframe)?.Rows ?? 0;
    }
}
