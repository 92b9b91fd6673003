using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LatencyEngine.Forecast;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary><c>forecast</c>: the daily close of the coming days, and what such forecasts have been worth.</summary>
internal static class ForecastVerb
{
    private const string SampleData = "samples/btc-usd-daily.csv";
    private const string Reports = "reports";
    private const int DaysDefault = 30;
    private const int EveryMax = 3650;

    public static Command Create(CliContext context)
    {
        var data = new Option<string>("--data") { HelpName = "FILE", Description = $"daily closes: a CSV file with columns date and close or price (default: {SampleData})" };
        var days = new Option<string>("--days") { HelpName = "NUMBER", Description = $"days ahead, 1 to {DailyForecaster.DaysMax} (default: {DaysDefault})" };
        var form = new Option<string>("--form") { HelpName = "FORM", Description = "log-additive (default): trend and seasons of ln(price), or multiplicative: of the price" };
        var evaluate = new Option<bool>("--evaluate") { Description = "score forecasts of earlier days instead, against naive ones" };
        var firstOrigin = new Option<string>("--first-origin") { HelpName = "DATE", Description = "with --evaluate: the first day to forecast from, yyyy-mm-dd (default: after four years, or half of shorter data)" };
        var lastOrigin = new Option<string>("--last-origin") { HelpName = "DATE", Description = "with --evaluate: no day to forecast from after this one" };
        var every = new Option<string>("--every") { HelpName = "DAYS", Description = $"with --evaluate: closes from one day to forecast from to the next (default: {DailyForecaster.OriginEveryRows})" };
        var report = new Option<string>("--report") { HelpName = "DIR", Description = $"folder that gets a report folder (default: {Reports})" };
        var asJson = new Option<bool>("--json") { Description = "one JSON document on stdout and nothing else there" };
        var command = new Command("forecast", "Forecast the daily close with intervals and the phase of the halving cycle, or score such forecasts.") { data, days, form, evaluate, firstOrigin, lastOrigin, every, report, asJson };
        command.SetAction(parsed =>
        {
            var faults = new List<string>();
            string root = InstallRoot.Find();
            string file = ReadPath(parsed, data, Path.Combine(root, SampleData), faults);
            string directory = ReadPath(parsed, report, Path.Combine(root, Reports), faults);
            var settings = new ForecastSettings { Form = ReadForm(parsed.GetValue(form), faults) };
            int ahead = ReadNumber(parsed, days, DaysDefault, DailyForecaster.DaysMax, faults);
            int step = ReadNumber(parsed, every, DailyForecaster.OriginEveryRows, EveryMax, faults);
            DateOnly? first = ReadDay(parsed, firstOrigin, faults);
            DateOnly? last = ReadDay(parsed, lastOrigin, faults);
            bool isEvaluation = parsed.GetValue(evaluate);
            if (isEvaluation && parsed.GetResult(days) is not null) faults.Add($"{days.Name} does not go with {evaluate.Name}, which scores {string.Join(", ", Evaluation.Horizons)} days ahead; leave one out");
            foreach (Option option in (Option[])[firstOrigin, lastOrigin, every])
            {
                if (!isEvaluation && parsed.GetResult(option) is not null) faults.Add($"{option.Name} goes with {evaluate.Name} only; add that, or leave it out");
            }

            if (faults.Count > 0) throw new ConfigurationException(faults);
            ReportWriter.Probe(directory);
            DailyCloses closes = Read(file);
            foreach (string warning in closes.Warnings) context.Say($"{file}: {warning}");

            long start = Stopwatch.GetTimestamp();
            if (isEvaluation)
            {
                IReadOnlyList<int> rows = first is null && last is null && parsed.GetResult(every) is null
                    ? DailyForecaster.OriginRows(closes)
                    : RollingOrigins.Rows(closes, first ?? FirstOrigin(closes), last ?? DateOnly.MaxValue, step);
                var evaluation = Evaluation.Of(closes, settings, rows, context.Interrupted);
                var scored = new EvaluationReport(file, evaluation, Stopwatch.GetElapsedTime(start).TotalSeconds, null);
                return Show(parsed.GetValue(asJson), context, () => scored = scored with { ReportPath = ReportWriter.Write(scored, directory) }, () => scored.ToJson(), () => ForecastText.Render(scored));
            }

            DailyForecast forecast = DailyForecaster.Forecast(closes, ahead, settings, context.Interrupted);
            var made = new ForecastReport(file, closes, forecast, Stopwatch.GetElapsedTime(start).TotalSeconds, null);
            return Show(parsed.GetValue(asJson), context, () => made = made with { ReportPath = ReportWriter.Write(made, directory) }, () => made.ToJson(), () => ForecastText.Render(made));
        });
        return command;
    }

    /// <summary>The result is shown also when its report could not be written.</summary>
    private static int Show(bool asJson, CliContext context, Action writeReport, Func<string> json, Func<string> text)
    {
        ReportException? fault = null;
        try
        {
            writeReport();
        }
        catch (ReportException exception)
        {
            fault = exception;
        }

        if (asJson) context.Output.WriteLine(json());
        else context.Output.Write(text());
        if (fault is null) return ExitStatus.Done;
        context.Say(fault.Message);
        return ExitStatus.Failed;
    }

    private static DailyCloses Read(string file)
    {
        try
        {
            return DailyCloses.Parse(File.ReadLines(file), file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ForecastException($"--data cannot be read: {fault.Message}; name a CSV file with columns date and close", fault);
        }
    }

    private static DateOnly FirstOrigin(DailyCloses closes) => DailyForecaster.OriginRows(closes) is [int row, ..] ? DateOnly.FromDayNumber(closes.DayNumbers[row]) : DateOnly.MinValue;

    private static string ReadPath(ParseResult parsed, Option<string> option, string otherwise, List<string> faults)
    {
        if (parsed.GetResult(option) is null) return otherwise;
        string? path = parsed.GetValue(option);
        if (!string.IsNullOrWhiteSpace(path)) return Path.GetFullPath(path);
        faults.Add($"{option.Name} needs a value");
        return otherwise;
    }

    private static ForecastForm ReadForm(string? text, List<string> faults)
    {
        if (text is null or "log-additive") return ForecastForm.LogAdditive;
        if (text == "multiplicative") return ForecastForm.Multiplicative;
        faults.Add(text.Length == 0 ? "--form needs a value" : $"--form must be log-additive or multiplicative, was {text}");
        return ForecastForm.LogAdditive;
    }

    private static int ReadNumber(ParseResult parsed, Option<string> option, int otherwise, int most, List<string> faults)
    {
        if (parsed.GetValue(option) is not string text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most) return number;
        faults.Add(text.Length == 0 ? $"{option.Name} needs a value" : $"{option.Name} must be a whole number from 1 to {most}, was {text}");
        return otherwise;
    }

    private static DateOnly? ReadDay(ParseResult parsed, Option<string> option, List<string> faults)
    {
        if (parsed.GetValue(option) is not string text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)) return day;
        faults.Add(text.Length == 0 ? $"{option.Name} needs a value" : $"{option.Name} must be a day as yyyy-mm-dd, was {text}");
        return null;
    }
}
