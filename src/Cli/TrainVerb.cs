using System.CommandLine;
using System.Globalization;
using LatencyEngine.Host;
using LatencyEngine.MetaModel;
using LatencyEngine.Training;

namespace LatencyEngine.Cli;

/// <summary><c>train</c>: the meta-model from candles.</summary>
internal static class TrainVerb
{
    private const int SeedDefault = 1;
    private const int CandidatesMax = 1000;
    private const int NameLengthMax = 64;
    private const string SymbolDefault = "BTCUSDT";
    private const string TimeframeDefault = "1h";

    public static Command Create(CliContext context)
    {
        var data = new Option<string>("--data") { HelpName = "CSV", Description = $"candles, oldest first, plain or gzip, with the header {CandleFile.Header}; shorter ones are folded into the timeframe" };
        var funding = new Option<string>("--funding") { HelpName = "CSV", Description = $"funding rates with the header {CandleFile.FundingHeader} (default: none, the model is not told them and trades pay none)" };
        var name = new Option<string>("--name") { HelpName = "NAME", Description = "name of the model: letters, digits, dots, dashes and underscores (default: the last part of --out)" };
        var output = new Option<string>("--out") { HelpName = "DIR", Description = "folder of the model; one that holds a model is not overwritten (default: models/NAME)" };
        var symbol = new Option<string>("--symbol") { HelpName = "SYMBOL", Description = $"instrument that the candles are of (default: {SymbolDefault})" };
        var timeframe = new Option<string>("--timeframe") { HelpName = "TIME", Description = $"length of a candle, such as 15m or 1h (default: {TimeframeDefault})" };
        var seed = new Option<string>("--seed") { HelpName = "NUMBER", Description = $"of everything drawn at random; the same data and seed give the same files (default: {SeedDefault})" };
        var candidates = new Option<string>("--candidates") { HelpName = "NUMBER", Description = $"candidates of the hyper-parameter search (default: {new TrainingSettings().Candidates})" };
        var asJson = new Option<bool>("--json") { Description = "one JSON document on stdout and nothing else there" };
        var command = new Command("train", "Train the meta-model on candles with XGBoost, test it by purged walk-forward folds, and write the model, its calibration and a report.") { data, funding, name, output, symbol, timeframe, seed, candidates, asJson };
        command.SetAction(parsed =>
        {
            var faults = new List<string>();
            string? candles = Value(data);
            if (candles is null && faults.Count == 0) faults.Add($"{data.Name} is missing: name a CSV file of candles");
            string? folder = Value(output);
            string? model = Value(name) ?? (folder is null ? null : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
            if (model is null && parsed.GetResult(name) is null && parsed.GetResult(output) is null) faults.Add($"{name.Name} is missing: name the model");
            else if (model is not null && !IsName(model)) faults.Add($"{name.Name} must be 1 to {NameLengthMax} letters, digits, dots, dashes and underscores, was {model}");
            folder ??= Path.Combine("models", model ?? "");
            long intervalMillis = Interval(Value(timeframe) ?? TimeframeDefault, timeframe.Name, faults);
            int seeded = Whole(seed, SeedDefault, int.MaxValue);
            int count = Whole(candidates, new TrainingSettings().Candidates, CandidatesMax);
            if (count == 0) faults.Add($"{candidates.Name} must be at least 1, was 0");
            string instrument = Value(symbol) ?? SymbolDefault;
            if (faults.Count == 0 && (File.Exists(folder) || File.Exists(Path.Combine(folder, ModelCard.ModelFileName)))) faults.Add($"{output.Name} must be a folder without a model, and {folder} is not; move it away, or name another");
            if (faults.Count > 0) throw new ConfigurationException(faults);

            var request = new TrainingRequest
            {
                Name = model!,
                Symbol = instrument,
                IntervalMillis = intervalMillis,
                CandlesPath = candles!,
                FundingPath = Value(funding),
                Folder = folder,
                Settings = new TrainingSettings { Seed = seeded, Candidates = count },
            };
            var bar = new ProgressBar(context.Error, context.ErrorIsTerminal, "training");
            TrainingOutcome outcome;
            try
            {
                outcome = TrainingRunner.Run(request, bar, context.Interrupted);
            }
            finally
            {
                bar.End();
            }

            if (parsed.GetValue(asJson)) context.Output.WriteLine(TrainingJson.Serialize(outcome));
            else context.Output.Write(TrainingText.Render(outcome));
            return ExitStatus.Done;

            string? Value(Option<string> option) => OptionText.Of(parsed, option, faults);

            int Whole(Option<string> option, int unset, int max)
            {
                if (Value(option) is not { } text) return unset;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= max) return value;
                faults.Add($"{option.Name} must be a whole number from 0 to {max}, was {text}");
                return unset;
            }
        });
        return command;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= NameLengthMax && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_') && name.Any(char.IsAsciiLetterOrDigit);

    private static long Interval(string text, string option, List<string> faults)
    {
        if (Durations.Read(option, text, faults) is not { } length) return 0;
        if (length.Ticks % TimeSpan.TicksPerMinute != 0 || TimeSpan.TicksPerDay % length.Ticks != 0) faults.Add($"{option} must be whole minutes that divide a day, was {text}");
        return (long)length.TotalMilliseconds;
    }
}
