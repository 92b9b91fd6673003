using System.Xml.Linq;
using LatencyEngine.Forecast;
using static LatencyEngine.Research.Html;

namespace LatencyEngine.Research;

/// <summary>The pages of a <see cref="ForecastReport"/> and an <see cref="EvaluationReport"/>: one file that loads nothing, for screen, phone and paper.</summary>
public static class ForecastHtml
{
    private const int RecentDays = 180;

    /// <summary>The page of a forecast; also well-formed XML.</summary>
    public static string Render(ForecastReport report)
    {
        DailyForecast forecast = report.Forecast;
        ForecastDay last = forecast.Days[^1];
        return Page(
            $"Forecast after {forecast.LastDay:yyyy-MM-dd}",
            new XElement(
                "header",
                Element("div", "eyebrow", "LatencyEngine forecast"),
                new XElement("h1", $"{ForecastText.Price(last.Price)} in {forecast.Days.Count} days"),
                Element("p", "soft", ForecastText.Title(report))),
            forecast.Warnings.Count == 0 ? null : Element("div", "alert", new XElement("ul", forecast.Warnings.Select(warning => new XElement("li", warning)))),
            Element(
                "div",
                "cards",
                Card("last close", ForecastText.Price(forecast.LastPrice), $"{forecast.LastDay:yyyy-MM-dd}"),
                Card("forecast", ForecastText.Price(last.Price), $"{last.Day:yyyy-MM-dd}"),
                Card("80 %, conformal", last.Conformal80 is { } past ? $"{ForecastText.Price(past.Lower)} - {ForecastText.Price(past.Upper)}" : "-", $"simulated {ForecastText.Price(last.Simulated80.Lower)} - {ForecastText.Price(last.Simulated80.Upper)}"),
                Card("phase", HalvingCycle.NameOf(forecast.Phase.Position.Label), $"{Figures.Count(forecast.Phase.Position.DaysSinceHalving)} days after the halving")),
            Section(
                "The coming days",
                Figure(Fan(report, "Forecast and conformal intervals: the errors that were made on earlier days", day => day.Conformal80, day => day.Conformal95), 360, 300),
                Figure(Fan(report, "The same forecast with the intervals of the model's simulated trends", day => day.Simulated80, day => day.Simulated95), 360, 300),
                Figure(MemberLines(report), 300, 260),
                Element("p", "soft", ForecastText.WeightSentence(forecast)),
                Element("p", "soft", ForecastText.IntervalSentence(last)),
                Table("table", ForecastText.DayHeadings, ForecastText.Shown(forecast).Select(day => Cells(ForecastText.DayCells(day))))),
            Section(
                "The whole history",
                Figure(History(report), 420, 320),
                Element("p", "soft", $"{forecast.Model.Bends.Count(bend => bend != 0)} of {forecast.Model.Bends.Count} changepoints bend the trend; the dashed lines are those that do. Halvings are the solid lines.")),
            Section(
                "The phase",
                new XElement("p", ForecastText.PhaseSentence(forecast.Phase)),
                forecast.Phase.Earlier.Count == 0 ? null : Element("ul", "notes", ForecastText.EarlierSentences(forecast.Phase).Select(line => new XElement("li", line)))));
    }

    /// <summary>The page of an evaluation; also well-formed XML.</summary>
    public static string Render(EvaluationReport report)
    {
        Evaluation evaluation = report.Evaluation;
        return Page(
            "Scores of the daily forecast",
            new XElement(
                "header",
                Element("div", "eyebrow", "LatencyEngine forecast --evaluate"),
                new XElement("h1", "Is the forecast better than none?"),
                Element("p", "soft", ForecastText.Title(report))),
            Section("What may be said", Element("ul", "notes", ForecastText.Notes(evaluation).Concat(evaluation.Warnings).Select(line => new XElement("li", line)))),
            evaluation.Scores.Select(scores => Section(ForecastText.HorizonTitle(scores), Table("table scores", ForecastText.ScoreHeadings, scores.Forecasters.Select(Score)))));
    }

    private static XElement Score(ForecasterScore score)
    {
        XElement row = Cells(ForecastText.ScoreCells(score));
        if (score.Forecaster == Forecaster.Ensemble) row.SetAttributeValue("class", "subject");
        return row;
    }

    private static XElement Cells(string[] cells) => Row(cells[0], cells.Skip(1));

    private static XElement Card(string label, string value, string detail) => Element("div", "card", Element("div", "label", label), Element("div", "value", value), Element("div", "detail", detail));

    private static Chart Fan(ForecastReport report, string title, Func<ForecastDay, (double Lower, double Upper)?> at80, Func<ForecastDay, (double Lower, double Upper)?> at95)
    {
        DailyForecast forecast = report.Forecast;
        var fans = new List<ChartFan>();
        foreach ((string name, Func<ForecastDay, (double Lower, double Upper)?> interval) in new[] { ("95 %", at95), ("80 %", at80) })
        {
            if (forecast.Days.Any(day => interval(day) is null)) continue;
            ChartPoint start = Point(forecast.LastDay, forecast.LastPrice);
            fans.Add(new ChartFan(
                name,
                [start, .. forecast.Days.Select(day => Point(day.Day, interval(day)!.Value.Lower))],
                [start, .. forecast.Days.Select(day => Point(day.Day, interval(day)!.Value.Upper))]));
        }

        ChartLine[] lines = [Recent(report), Ahead("forecast", report, day => day.Price)];
        return new Chart(
            title,
            "Closes of the last months and the forecast with its intervals, on a logarithmic scale.",
            ChartAxis.Dates(FirstRecent(report), forecast.Days[^1].Day),
            ChartAxis.Price(lines.SelectMany(line => line.Points).Concat(fans.SelectMany(fan => fan.Lower.Concat(fan.Upper))).Select(point => point.Y)),
            lines,
            [],
            Baseline: null)
        {
            Fans = fans,
            Bands = Phases(FirstRecent(report), forecast.Days[^1].Day),
            Rules = Halvings(FirstRecent(report), forecast.Days[^1].Day),
        };
    }

    private static Chart MemberLines(ForecastReport report)
    {
        ChartLine[] lines =
        [
            Recent(report),
            Ahead("forecast", report, day => day.Price),
            Ahead("power law", report, day => day.PowerLaw),
            Ahead("cycle analog", report, day => day.CycleAnalog),
            Ahead("trend model", report, day => day.TrendModel),
        ];
        return new Chart(
            "The members of the ensemble, moved to begin at the last close",
            "Closes of the last months, the forecast and its three members, on a logarithmic scale.",
            ChartAxis.Dates(FirstRecent(report), report.Forecast.Days[^1].Day),
            ChartAxis.Price(lines.SelectMany(line => line.Points).Select(point => point.Y)),
            lines,
            [],
            Baseline: null);
    }

    private static Chart History(ForecastReport report)
    {
        DailyForecast forecast = report.Forecast;
        DateOnly end = forecast.Days[^1].Day;
        IEnumerable<DateOnly> days = report.Closes.DayNumbers.Select(DateOnly.FromDayNumber);
        ChartLine[] lines =
        [
            new("close", [.. days.Zip(report.Closes.Prices, Point)], IsStep: false),
            Ahead("forecast", report, day => day.Price),
            new("trend model", [.. days.Concat(forecast.Days.Select(day => day.Day)).Select(day => new ChartPoint(ChartAxis.UnixSeconds(day), forecast.Model.LogPrice(day) / Math.Log(10)))], IsStep: false),
            new("power law", [.. days.Concat(forecast.Days.Select(day => day.Day)).Select(day => new ChartPoint(ChartAxis.UnixSeconds(day), forecast.PowerLaw.LogPrice(day) / Math.Log(10)))], IsStep: false),
        ];
        return new Chart(
            "Closes, fits, changepoints, phases and halvings",
            "All closes on a logarithmic scale with the fitted trend model and power law, the days on which the trend bends, the phases of the halving cycle and the halvings.",
            ChartAxis.Dates(forecast.FirstDay, end),
            ChartAxis.Price(lines.SelectMany(line => line.Points).Select(point => point.Y)),
            lines,
            [],
            Baseline: null)
        {
            Bands = Phases(forecast.FirstDay, end),
            Rules =
            [
                .. Halvings(forecast.FirstDay, end),
                .. forecast.Model.Changepoints.Zip(forecast.Model.Bends).Where(pair => pair.Second != 0).Select(pair => new ChartRule(
                    ChartAxis.UnixSeconds(pair.First),
                    "changepoint",
                    "changepoint",
                    $"changepoint {pair.First:yyyy-MM-dd}: the slope changes by {pair.Second:+0.000;-0.000} in scaled units")),
            ],
        };
    }

    private static DateOnly FirstRecent(ForecastReport report)
    {
        DateOnly wanted = report.Forecast.LastDay.AddDays(-Math.Max(RecentDays, 3 * report.Forecast.Days.Count));
        return wanted > report.Forecast.FirstDay ? wanted : report.Forecast.FirstDay;
    }

    private static ChartLine Recent(ForecastReport report)
    {
        int first = FirstRecent(report).DayNumber;
        return new ChartLine("close", [.. report.Closes.DayNumbers.Zip(report.Closes.Prices).Where(row => row.First >= first).Select(row => Point(DateOnly.FromDayNumber(row.First), row.Second))], IsStep: false);
    }

    private static ChartLine Ahead(string name, ForecastReport report, Func<ForecastDay, double> price) =>
        new(name, [Point(report.Forecast.LastDay, report.Forecast.LastPrice), .. report.Forecast.Days.Select(day => Point(day.Day, price(day)))], IsStep: false);

    private static List<ChartBand> Phases(DateOnly first, DateOnly last)
    {
        var bands = new List<ChartBand>();
        DateOnly from = first;
        for (DateOnly day = first.AddDays(1); day <= last; day = day.AddDays(1))
        {
            CyclePhase label = HalvingCycle.PositionOf(from).Label;
            if (day != last && HalvingCycle.PositionOf(day).Label == label) continue;
            bands.Add(new ChartBand(ChartAxis.UnixSeconds(from), ChartAxis.UnixSeconds(day), HalvingCycle.NameOf(label), HalvingCycle.NameOf(label)));
            from = day;
        }

        return bands;
    }

    private static IReadOnlyList<ChartRule> Halvings(DateOnly first, DateOnly last) =>
        [.. HalvingCycle.Halvings.Where(day => day >= first && day <= last).Select(day => new ChartRule(ChartAxis.UnixSeconds(day), "halving", "halving", $"halving {day:yyyy-MM-dd}"))];

    private static ChartPoint Point(DateOnly day, double price) => new(ChartAxis.UnixSeconds(day), Math.Log10(price));
}
