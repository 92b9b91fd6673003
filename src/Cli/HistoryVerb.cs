using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LatencyEngine.History;
using LatencyEngine.Host;
using LatencyEngine.Strategist;

namespace LatencyEngine.Cli;

/// <summary><c>history</c>: what a history holds; files into it and out of it; what is too old deleted.</summary>
internal static class HistoryVerb
{
    private const string FundingName = "funding";
    private const int RetainDaysMax = 36_500;

    public static Command Create(CliContext context)
    {
        var database = new Option<string>("--db") { HelpName = "FILE", Description = "the history, an SQLite file", Required = true };
        var import = new Option<string>("--import") { HelpName = "CSV", Description = $"add the rows of this file, plain or gzip, with the header {HistoryCsv.Headers}; the history is made where it is missing" };
        var export = new Option<string>("--export") { HelpName = "CSV", Description = "write a series into this file, which must not exist yet" };
        var symbol = new Option<string>("--symbol") { HelpName = "SYMBOL", Description = "whose rows are imported or exported, and of whom alone rows are deleted (default: of all)" };
        var interval = new Option<string>("--interval") { HelpName = "LENGTH", Description = $"of the candles that are imported (default: as the file's times say), exported or deleted: {Timeframe.Allowed}; or {FundingName}" };
        var from = new Option<string>("--from") { HelpName = "TIME", Description = "first moment that is exported, such as 2024-01-31 or 2024-01-31T12:00:00Z (default: all)" };
        var to = new Option<string>("--to") { HelpName = "TIME", Description = "the moment behind the last that is exported (default: all)" };
        var deleteBefore = new Option<string>("--delete-before") { HelpName = "TIME", Description = "delete candles and funding of before this moment; --symbol and --interval say of which alone; trades are kept" };
        var retainDays = new Option<string>("--retain-days") { HelpName = "NUMBER", Description = "delete what is older than so many days" };
        var vacuum = new Option<bool>("--vacuum") { Description = "give the space of deleted rows back to the disk" };
        var indicators = new Option<bool>("--indicators") { Description = "store the indicators that candles lack" };
        var jump = new Option<string>("--jump-factor") { HelpName = "NUMBER", Description = string.Create(CultureInfo.InvariantCulture, $"candles with a price so many times above or below the close before are kept out (default: {HistoryStore.JumpFactorDefault})") };
        var asJson = new Option<bool>("--json") { Description = "one JSON document on stdout and nothing else there" };
        var command = new Command("history", "Show what a history holds. Import files into it, export from it, and delete what is too old.") { database, import, export, symbol, interval, from, to, deleteBefore, retainDays, vacuum, indicators, jump, asJson };
        command.SetAction(parsed =>
        {
            var faults = new List<string>();
            string path = Value(database) ?? "";
            (string? importPath, string? exportPath) = (Value(import), Value(export));
            string? name = Value(symbol) is { } given ? Single(MarketAddress.ReadSymbols(symbol.Name, given, faults), symbol.Name) : null;
            bool isFunding = Value(interval) == FundingName;
            Timeframe? timeframe = !isFunding && Value(interval) is { } length ? Single(HistoryOptions.Timeframes(interval.Name, length, faults), interval.Name) : null;
            var range = new MillisRange(HistoryOptions.Moment(from.Name, Value(from), faults) ?? MillisRange.All.FromMillis, HistoryOptions.Moment(to.Name, Value(to), faults) ?? MillisRange.All.ToMillis);
            long? before = HistoryOptions.Moment(deleteBefore.Name, Value(deleteBefore), faults) ?? Retained();
            double jumpFactor = HistoryOptions.JumpFactor(jump.Name, Value(jump), faults);
            if (Value(deleteBefore) is not null && Value(retainDays) is not null) faults.Add($"{deleteBefore.Name} and {retainDays.Name} exclude each other; take one of them away");
            if ((importPath ?? exportPath) is not null && name is null && Value(symbol) is null) faults.Add($"{symbol.Name} is missing: say whose rows they are");
            if (exportPath is not null && timeframe is null && Value(interval) is null) faults.Add($"{interval.Name} is missing: say which series is exported, such as 60 or {FundingName}");
            if (exportPath is not null && Path.Exists(exportPath)) faults.Add($"{export.Name}: {exportPath} exists; move it away, or name another");
            if (faults.Count > 0) throw new ConfigurationException(faults);

            HistoryFile? file = importPath is null ? null : HistoryCsv.Read(importPath);
            using HistoryStore store = HistoryStore.Open(path, isCreated: file is not null);
            StoreReport? imported = file is null ? null : Import(store, file, importPath!, name!, timeframe, isFunding, jumpFactor, interval.Name);
            if (parsed.GetValue(indicators)) foreach (SeriesSummary series in store.Series().Where(series => series.Timeframe is not null)) StoredIndicators.Update(store, series.Symbol, series.Timeframe!);
            long? deleted = before is { } first ? store.DeleteBefore(first, name, timeframe, withCandles: !isFunding, withFunding: timeframe is null) : null;
            if (parsed.GetValue(vacuum)) store.Vacuum();
            int? exported = exportPath is null ? null : Export(store, exportPath, name!, timeframe, range);
            if (parsed.GetValue(asJson)) context.Output.WriteLine(Document(store, imported, deleted, exported).ToJsonString(IndentedJson.Default.Options));
            else Write(store, imported, deleted, exported, context.Output);
            return ExitStatus.Done;

            T? Single<T>(T[] read, string option)
                where T : class
            {
                if (read.Length > 1) faults.Add($"{option} takes one here, was given {read.Length}");
                return read.Length == 1 ? read[0] : null;
            }

            string? Value(Option<string> option) => OptionText.Of(parsed, option, faults);

            long? Retained()
            {
                if (Value(retainDays) is not { } text) return null;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int days) && days is > 0 and <= RetainDaysMax) return DateTimeOffset.UtcNow.AddDays(-days).ToUnixTimeMilliseconds();
                faults.Add($"{retainDays.Name} must be a whole number from 1 to {RetainDaysMax}, was \"{text}\"");
                return null;
            }
        });
        return command;
    }

    private static StoreReport Import(HistoryStore store, HistoryFile file, string path, string symbol, Timeframe? timeframe, bool isFunding, double jumpFactor, string option)
    {
        if (file.Funding is { } funding)
        {
            return timeframe is null ? store.AddFunding(symbol, funding) : throw new ConfigurationException([$"{path} holds funding, and {option} says {timeframe}; take it away"]);
        }

        if (isFunding) throw new ConfigurationException([$"{path} holds candles, and {option} says {FundingName}; take it away"]);
        Timeframe? own = file.Timeframe;
        if (timeframe is not null && own is not null && own != timeframe) throw new ConfigurationException([$"{path} holds candles of {own}, and {option} says {timeframe}; take it away"]);
        return store.AddCandles(symbol, timeframe ?? own ?? throw new ConfigurationException([$"{path} does not tell the length of its candles; name one of {Timeframe.Allowed} with {option}"]), file.Candles!, jumpFactor);
    }

    private static int Export(HistoryStore store, string path, string symbol, Timeframe? timeframe, MillisRange range)
    {
        try
        {
            using var output = new StreamWriter(new FileStream(path, FileMode.CreateNew)) { NewLine = "\n" };
            if (timeframe is not null)
            {
                IReadOnlyList<HistoryCandle> candles = store.Candles(symbol, timeframe, range);
                HistoryCsv.Write(output, candles);
                return candles.Count;
            }

            IReadOnlyList<FundingSettlement> funding = store.Funding(symbol, range);
            HistoryCsv.Write(output, funding);
            return funding.Count;
        }
        catch (IOException)
        {
            File.Delete(path);   // half of it would stand in the way of the next try
            throw;
        }
    }

    private static JsonObject Document(HistoryStore store, StoreReport? imported, long? deleted, int? exported) => new()
    {
        ["db"] = store.Path,
        ["imported"] = imported is null ? null : new JsonObject { ["stored"] = imported.Stored, ["known"] = imported.Known, ["keptOut"] = imported.Faults.Count, ["keptOutRows"] = HistoryReport.KeptOut(imported.Faults) },
        ["deleted"] = deleted,
        ["exported"] = exported,
        ["series"] = new JsonArray([.. store.Series().Select(series => (JsonNode)new JsonObject
        {
            ["symbol"] = series.Symbol,
            ["series"] = HistoryReport.Name(series.Timeframe),
            ["rows"] = series.Rows,
            ["first"] = HistoryText.Time(series.FirstMillis),
            ["last"] = HistoryText.Time(series.LastMillis),
            ["gaps"] = Gaps(store, series)?.Count,
        })]),
    };

    private static void Write(HistoryStore store, StoreReport? imported, long? deleted, int? exported, TextWriter output)
    {
        if (imported is not null)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"imported   {imported.Stored:#,0} rows, {imported.Known:#,0} known already"));
            HistoryReport.WriteFaults(imported.Faults, output);
        }

        if (deleted is not null) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"deleted    {deleted:#,0} rows"));
        if (exported is not null) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exported   {exported:#,0} rows"));
        IReadOnlyList<SeriesSummary> all = store.Series();
        foreach (SeriesSummary series in all)
        {
            string gaps = Gaps(store, series) is { } found ? found.Count == 0 ? "no gap" : string.Create(CultureInfo.InvariantCulture, $"{found.Count:#,0} gaps, {found.Sum(gap => (gap.ToMillis - gap.FromMillis) / series.Timeframe!.Millis):#,0} candles missing") : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{series.Symbol,-12} {HistoryReport.Name(series.Timeframe),-8} {series.Rows,10:#,0}  {HistoryText.Time(series.FirstMillis)} to {HistoryText.Time(series.LastMillis)}  {gaps}").TrimEnd());
        }

        if (all.Count == 0) output.WriteLine($"{store.Path} holds nothing yet");
    }

    private static IReadOnlyList<MillisRange>? Gaps(HistoryStore store, SeriesSummary series) =>
        series.Timeframe is { } timeframe ? store.Gaps(series.Symbol, timeframe, new MillisRange(series.FirstMillis, series.LastMillis + 1)) : null;
}
