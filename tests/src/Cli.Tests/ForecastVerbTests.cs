using System.Text.Json;
using LatencyEngine.Forecast;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

public sealed class ForecastVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latency-engine-forecast-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Its_json_is_its_summary_alone_on_stdout_and_its_file_can_be_loaded()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("forecast", "--data", ReferenceFiles.Sample("btc-usd-daily.csv"), "--days", "30", "--json", "--report", _folder));

        using JsonDocument document = JsonDocument.Parse(line.Output);
        string report = document.RootElement.GetProperty("reportPath").GetString()!;
        Assert.Equal(File.ReadAllText(Path.Combine(report, "summary.json")), line.Output);
        Assert.Equal(document.RootElement.GetProperty("yhat")[29].GetDouble(), ForecastFile.Load(Path.Combine(report, "forecast.json")).Days[29].Price);
        Assert.True(document.RootElement.GetProperty("fitSeconds").GetDouble() > 0);
        Assert.True(File.Exists(Path.Combine(report, "report.html")));
        Assert.Empty(line.Error);
    }

    [Fact]
    public void The_evaluation_takes_the_days_to_forecast_from_and_scores_them_as_the_golden_does()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("forecast", "--evaluate", "--data", ReferenceFiles.Golden("forecast_roll_series.csv"), "--first-origin", "2016-07-10", "--last-origin", "2020-12-31", "--every", "90", "--json", "--report", _folder));

        using JsonDocument document = JsonDocument.Parse(line.Output);
        JsonElement golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("forecast_roll_scores.json"))).RootElement.GetProperty("scores");
        foreach (JsonElement horizon in document.RootElement.GetProperty("horizons").EnumerateArray())
        {
            JsonElement wanted = golden.GetProperty(horizon.GetProperty("days").GetInt32().ToString());
            JsonElement found = horizon.GetProperty("forecasters");
            Assert.Equal(wanted.GetProperty("n").GetInt32(), horizon.GetProperty("origins").GetInt32());
            Assert.Equal(wanted.GetProperty("naive").GetProperty("mape").GetDouble(), found.GetProperty("naive").GetProperty("mape").GetProperty("value").GetDouble(), 1e-9);
            Assert.Equal(wanted.GetProperty("ensemble_anchored").GetProperty("mape").GetDouble(), found.GetProperty("equalEnsemble").GetProperty("mape").GetProperty("value").GetDouble(), 0.02);
        }
    }

    [Fact]
    public void Dropped_closes_are_a_warning_on_standard_error_and_in_the_result()
    {
        string data = Path.Combine(_folder, "closes.csv");
        File.WriteAllLines(data, ["date,close", .. Enumerable.Range(0, 100).Select(i => $"{new DateOnly(2020, 1, 1).AddDays(i):yyyy-MM-dd},{(i == 7 ? "-1" : "5")}")]);
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Done, line.Invoke("forecast", "--data", data, "--days", "2", "--report", _folder));

        Assert.EndsWith("1 closing price was dropped because it is not a positive number: 2020-01-08", Assert.Single(line.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("! 1 closing price was dropped", line.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_short_a_history_is_one_line_and_status_2()
    {
        string data = Path.Combine(_folder, "closes.csv");
        File.WriteAllLines(data, ["date,close", "2020-01-01,5"]);
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("forecast", "--data", data, "--report", _folder));

        Assert.Equal(["latency-engine: a forecast needs at least 60 daily closes, there are 1: give a longer history"], line.ErrorLines);
        Assert.Empty(line.Output);
    }

    [Fact]
    public void Interrupted_it_says_so_and_ends_with_status_130()
    {
        using var line = new CommandLine();
        line.Interrupt();

        Assert.Equal(ExitStatus.Interrupted, line.Invoke("forecast", "--report", _folder));

        Assert.Equal(["latency-engine: interrupted before there was anything to report"], line.ErrorLines);
    }

    [Fact]
    public void Faults_of_several_options_come_together()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("forecast", "--days", "0", "--form", "cubic", "--every", "x", "--first-origin", "yesterday"));

        Assert.Equal(
            [
                "latency-engine: --form must be log-additive or multiplicative, was cubic",
                "latency-engine: --days must be a whole number from 1 to 365, was 0",
                "latency-engine: --every must be a whole number from 1 to 3650, was x",
                "latency-engine: --first-origin must be a day as yyyy-mm-dd, was yesterday",
                "latency-engine: --first-origin goes with --evaluate only; add that, or leave it out",
                "latency-engine: --every goes with --evaluate only; add that, or leave it out",
            ],
            line.ErrorLines);
    }

    [Theory]
    [InlineData("--data cannot be read: Could not find file '/nowhere.csv'.; name a CSV file with columns date and close", "--data", "/nowhere.csv")]
    [InlineData("--data needs a value", "--data", " ")]
    [InlineData("--days does not go with --evaluate, which scores 1, 7, 30, 90 days ahead; leave one out", "--evaluate", "--days", "30")]
    public void Bad_usage_is_one_clear_line_and_status_2(string expected, params string[] args)
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke(["forecast", "--report", _folder, .. args]));

        Assert.Equal([$"latency-engine: {expected}"], line.ErrorLines);
    }
}
