using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using LatencyEngine.Forecast;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

/// <summary>What a person and a script get to see of a forecast and of its scores.</summary>
public sealed class ForecastPagesTests
{
    private static readonly DailyCloses Closes = DailyCloses.Parse(File.ReadLines(ReferenceFiles.Sample("btc-usd-daily.csv")), "sample");
    private static readonly ForecastReport Made = new("sample", Closes, DailyForecaster.Forecast(Closes, 30, new ForecastSettings()), 1.5, null);
    private static readonly EvaluationReport Scored = new("sample", Evaluation.Of(Closes, new ForecastSettings(), DailyForecaster.OriginRows(Closes)), 2.5, null);

    [Fact]
    public void The_json_has_an_entry_a_day_under_every_promised_key()
    {
        using JsonDocument document = JsonDocument.Parse(Made.ToJson());
        JsonElement root = document.RootElement;
        foreach (string key in (string[])["days", "yhat", "yhatLower80", "yhatUpper80", "yhatLower95", "yhatUpper95", "conformalLower80", "conformalUpper95", "yhatEqualWeights", "phases"])
        {
            Assert.Equal(30, root.GetProperty(key).GetArrayLength());
        }

        Assert.Equal("bull", root.GetProperty("phase").GetString());
        Assert.Equal(1.5, root.GetProperty("fitSeconds").GetDouble());
        Assert.Equal(["powerLaw", "cycleAnalog", "trendModel", "naive"], root.GetProperty("members").EnumerateObject().Select(member => member.Name));
        Assert.Equal(Made.Forecast.Days[29].Price, root.GetProperty("yhat")[29].GetDouble());
    }

    [Fact]
    public void The_text_names_the_last_price_its_intervals_the_weights_and_the_phase()
    {
        string text = ForecastText.Render(Made);
        ForecastDay last = Made.Forecast.Days[^1];
        Assert.Contains($"{last.Day:yyyy-MM-dd}  {last.Price:#,##0}", text);
        Assert.Contains($"{last.Conformal80!.Value.Lower:#,##0} - {last.Conformal80.Value.Upper:#,##0}", text);
        Assert.Contains("Phase: bull. 2025-01-31 is 286 days after the halving of 2024-04-20", text);
        Assert.Contains("after the halving of 2016-07-09", text);
        string[] plot = [.. text.Split('\n').Where(line => line.Length > 11 && line[11] == '|')];
        Assert.Equal(18, plot.Length);
        Assert.Contains(plot, line => line.Contains('*') && line.Contains('o'));
        Assert.All(plot, line => Assert.True(line.Length <= 110));
        Assert.All(text.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void The_page_draws_history_fan_changepoints_phases_and_halvings_and_loads_nothing()
    {
        string page = ForecastHtml.Render(Made);
        XElement html = XDocument.Parse(page).Root!;
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        XElement history = html.Descendants("svg").Last();
        string[] Classes(string element) => [.. history.Descendants(element).Select(shape => (string?)shape.Attribute("class") ?? "")];
        Assert.Equal(4, Classes("line").Count(style => style == "rule halving"));
        Assert.Equal(Made.Forecast.Model.Bends.Count(bend => bend != 0), Classes("line").Count(style => style == "rule changepoint"));
        Assert.All(["bull", "distribution", "bear", "accumulation"], phase => Assert.Contains($"band {phase}", Classes("rect")));
        Assert.Equal(2 * 2 * 2, html.Descendants("polygon").Count(shape => (string?)shape.Attribute("class") == "fan")); // two charts, two sizes, 80 and 95 %
        Assert.All(html.Descendants("polyline").Attributes("points"), points => Assert.DoesNotContain("NaN", points.Value));
    }

    [Fact]
    public void A_forecast_without_conformal_intervals_is_a_page_and_a_text_too()
    {
        DailyCloses few = Closes.First(100);
        var report = new ForecastReport("few", few, DailyForecaster.Forecast(few, 3, new ForecastSettings()), 0, null);
        XDocument.Parse(ForecastHtml.Render(report));
        string text = ForecastText.Render(report).Replace('\n', ' ');
        Assert.Contains("The history is too short to score the members: their weights are equal.", text);
        Assert.Contains("the history is too short.", text);
    }

    [Fact]
    public void The_scores_say_at_every_horizon_whether_the_naive_forecasts_are_beaten()
    {
        string text = ForecastText.Render(Scored).Replace("\n  ", " ", StringComparison.Ordinal);
        XDocument page = XDocument.Parse(ForecastHtml.Render(Scored));
        foreach (string finding in Scored.Evaluation.Findings)
        {
            Assert.Contains(finding, text);
            Assert.Contains(page.Descendants("li"), line => line.Value == finding);
        }

        foreach ((Scores scores, string finding) in Scored.Evaluation.Scores.Zip(Scored.Evaluation.Findings))
        {
            bool beats = scores[Forecaster.Ensemble].AgainstBaselines.All(comparison => comparison.Verdict == Verdict.Better);
            Assert.Equal(beats, finding.Contains("beats every naive forecast", StringComparison.Ordinal));
            Assert.Equal(!beats, finding.Contains("does not beat the naive forecasts", StringComparison.Ordinal));
            Assert.Contains(scores[Forecaster.Naive].Mape.Value.ToString("0.00 '%'", CultureInfo.InvariantCulture), finding);
        }
    }

    [Fact]
    public void The_json_of_the_scores_has_every_figure_of_every_forecaster_with_its_interval()
    {
        using JsonDocument document = JsonDocument.Parse(Scored.ToJson());
        JsonElement[] horizons = [.. document.RootElement.GetProperty("horizons").EnumerateArray()];
        Assert.Equal([1, 7, 30, 90], horizons.Select(horizon => horizon.GetProperty("days").GetInt32()));
        Assert.True(document.RootElement.GetProperty("years").GetDouble() > 5);
        foreach (JsonElement horizon in horizons)
        {
            JsonProperty[] forecasters = [.. horizon.GetProperty("forecasters").EnumerateObject()];
            Assert.Equal(11, forecasters.Length);
            foreach (JsonProperty forecaster in forecasters)
            {
                foreach (JsonElement figure in (JsonElement[])[forecaster.Value.GetProperty("mape"), forecaster.Value.GetProperty("mase"), forecaster.Value.GetProperty("conformal80").GetProperty("coverage"), forecaster.Value.GetProperty("conformal80").GetProperty("pinballLog").GetProperty("mean")])
                {
                    Assert.InRange(figure.GetProperty("value").GetDouble(), figure.GetProperty("low").GetDouble(), figure.GetProperty("high").GetDouble());
                }
            }
        }
    }
}
