using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace LatencyEngine.Training;

/// <summary>The training report: one page that loads nothing, the same for the same training.</summary>
public static class TrainingReport
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; color: #1d2733; }
        table { border-collapse: collapse; } th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #dde3ea; } th:first-child, td:first-child { text-align: left; white-space: nowrap; }
        .left th:last-child, .left td:last-child { text-align: left; } .bars td:last-child { color: #2563b0; }
        .charts { display: flex; flex-wrap: wrap; gap: 1.5rem; margin: 1.5rem 0; } figure { margin: 0; max-width: 340px; } figcaption { font-weight: 600; } svg { background: #f8fafc; display: block; max-width: 100%; }
        .verdict { font-weight: 600; padding: .6rem 1rem; background: #eef2f7; }
        """;

    private const int FigureWidth = 340;
    private const int FigureHeight = 260;
    private const int FigureMargin = 8;
    private const string Blue = "#2563b0";
    private const string Pale = "#b9d0ec";
    private const string Grey = "#98a4b3";
    private const string Orange = "#d9822b";

    /// <summary>Writes the page.</summary>
    /// <param name="outcome">What <c>train</c> did.</param>
    public static string Render(TrainingOutcome outcome)
    {
        TrainingResult result = outcome.Result;
        string title = $"Meta-model {outcome.Request.Name}";
        var page = new XElement(
            "html",
            new XAttribute("lang", "en"),
            new XElement(
                "head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")),
                new XElement("title", title),
                new XElement("style", Style)),
            new XElement(
                "body",
                new XElement("h1", title),
                new XElement("p", $"{outcome.Request.Symbol}, candles of {outcome.Request.IntervalMillis / 60_000} minutes: {outcome.CandleCount} ({outcome.CandlesMissing} missing), {result.Events.Count} events, {result.Scores.Count} of them tested."),
                new XElement("p", new XAttribute("class", "verdict"), TrainingText.Verdict(result)),
                new XElement("h2", "Walk-forward test"),
                FoldTable(result),
                new XElement("h2", "With and without the model, after fees"),
                TradeTable(result),
                new XElement(
                    "div",
                    new XAttribute("class", "charts"),
                    Figure($"ROC, area {TrainingText.Or(result.Scores.Auc)}{TrainingText.Ends(result.AucInterval, 1)}", "share of losers taken", "share of winners taken", (Grey, [(0, 0), (1, 1)]), (Blue, Roc(result))),
                    CalibrationFigure(result),
                    Figure("Equity", "share of the trades' time", "equity, blue with the model, grey without", (Grey, Equity(result, double.NegativeInfinity)), (Blue, Equity(result, outcome.Request.Settings.Threshold)))),
                Table(["mean probability", "share that paid", "events"], ClassifierScores.Reliability(result.Probabilities, result.Tested.Labels).Select(bin => new[] { Three(bin.MeanProbability), Three(bin.Share), $"{bin.Count}" })),
                new XElement("h2", "What each fold was trained on"),
                new XElement("p", "Candles across, a line a fold. Grey: trained on. Blue: tested. Pale: not tested, for there is too little before it to train on."),
                FoldDiagram(result),
                new XElement("p", "The same at each border, a line an event, from the candle after its signal to that of its exit. Grey: trained on. Orange: purged or embargoed. Blue: tested."),
                new XElement("div", new XAttribute("class", "charts"), result.Folds.Select((fold, number) => fold.Scores is null ? null : new XElement("figure", new XElement("figcaption", $"fold {number}"), BorderDiagram(result, fold)))),
                new XElement("h2", "Feature importance"),
                Importance(result),
                new XElement("h2", "Origin"),
                Table(
                    ["what", "value"],
                    [
                        ["XGBoost", string.Join(", ", result.Model.Parameters.ToXgBoost(outcome.Request.Settings.Seed).Select(pair => $"{pair.Key} {pair.Value}"))],
                        ["trees", $"{result.Model.Trees.TreeCount}"],
                        ["calibration", result.Model.Calibration.IsIsotonic ? "isotonic" : "Platt"],
                        ["SHA-256 of the model", outcome.Card.ModelSha256],
                        ["SHA-256 of the data", outcome.Card.DataSha256],
                        ["SHA-256 of the settings", outcome.Card.ConfigurationSha256],
                    ],
                    "left")));
        return $"<!DOCTYPE html>\n{page}\n";
    }

    private static XElement FoldTable(TrainingResult result) => Table(
        ["fold", "events", "trained on", "AUC", "log loss", "Brier", "base rate", "trades", "precision", "profit factor"],
        result.Folds.Select((fold, number) => fold is { Scores: { } scores, Trades: { } trades }
            ? new[] { $"{number}", $"{scores.Count}", $"{fold.Fold.Train.Length}", Three(scores.Auc), Three(scores.LogLoss), Three(scores.Brier), Three(scores.BaseRate), $"{trades.Count}", TrainingText.Or(scores.Precision), TrainingText.Or(trades.ProfitFactor) }
            : [$"{number}", $"{fold.Fold.Test.Length}", $"{fold.Fold.Train.Length}", "not tested", "-", "-", "-", "-", "-", "-"])
        .Append(
        [
            "all", $"{result.Scores.Count}", "-", Three(result.Scores.Auc), Three(result.Scores.LogLoss), Three(result.Scores.Brier), Three(result.Scores.BaseRate), $"{result.Filtered.Count}",
            TrainingText.Or(result.Scores.Precision), TrainingText.Or(result.Filtered.ProfitFactor),
        ]));

    private static XElement TradeTable(TrainingResult result)
    {
        string[] Row(string name, TradeScores trades, double? sharpe, string interval) =>
            [name, $"{trades.Count}", TrainingText.Or(trades.ProfitFactor), TrainingText.Percent(trades.MeanReturn) + interval, TrainingText.Or(trades.SharpePerTrade), TrainingText.Or(sharpe), TrainingText.Percent(trades.MaxDrawdown), Three(trades.FinalEquity)];
        return Table(
            ["", "trades", "profit factor", "mean return", "Sharpe a trade", "Sharpe a year, daily", "drawdown", "equity at the end"],
            [
                Row("with the model", result.Filtered, result.FilteredDailySharpe, TrainingText.Ends(result.MeanReturnInterval, 100)),
                Row("every signal", result.Unfiltered, result.UnfilteredDailySharpe, ""),
                Row("never trading", TradeScores.Of([]), null, ""),
            ]);
    }

    private static (double X, double Y)[] Roc(TrainingResult result)
    {
        bool[] labels = result.Tested.Labels;
        (int positives, int negatives) = (labels.Count(label => label), labels.Count(label => !label));
        var points = new List<(double X, double Y)> { (0, 0) };
        (int hits, int misses) = (0, 0);
        foreach (IGrouping<double, int> tied in Enumerable.Range(0, labels.Length).GroupBy(i => result.Probabilities[i]).OrderByDescending(tied => tied.Key))
        {
            hits += tied.Count(i => labels[i]);
            misses += tied.Count(i => !labels[i]);
            points.Add(((double)misses / Math.Max(1, negatives), (double)hits / Math.Max(1, positives)));
        }

        return [.. points];
    }

    /// <summary>A dot a bin, its area by the events in it: a bin of one event says little and must look so.</summary>
    private static XElement CalibrationFigure(TrainingResult result)
    {
        const double DotRadiusMax = 12;
        List<(int Count, double MeanProbability, double Share)> bins = ClassifierScores.Reliability(result.Probabilities, result.Tested.Labels);
        int most = bins.Max(bin => bin.Count);
        XElement figure = Figure($"Calibration, error {Three(result.Scores.Ece)}", "mean probability", "share that paid", (Grey, [(0, 0), (1, 1)]));
        figure.Element("svg")!.Add(bins.Select(bin => new XElement(
            "circle",
            new XAttribute("cx", Coordinate(Across(bin.MeanProbability))),
            new XAttribute("cy", Coordinate(Up(bin.Share))),
            new XAttribute("r", Coordinate(Math.Max(1.5, DotRadiusMax * Math.Sqrt((double)bin.Count / most)))),
            new XAttribute("fill", Blue),
            new XElement("title", $"{bin.Count} events"))));
        return figure;
    }

    private static (double X, double Y)[] Equity(TrainingResult result, double threshold)
    {
        int[] taken = [.. Enumerable.Range(0, result.Tested.Count).Where(i => result.Probabilities[i] > threshold).OrderBy(i => result.Tested.ExitMillis[i])];
        double[] equity = TradeScores.Equity([.. taken.Select(i => result.Tested.NetReturns[i])]);
        (long first, long last) = (result.Tested.ExitMillis.Min(), result.Tested.ExitMillis.Max());
        double At(int i) => (double)(result.Tested.ExitMillis[i] - first) / Math.Max(1, last - first);
        return [(0, 1), .. taken.SelectMany((i, n) => new[] { (At(i), equity[n]), (At(i), equity[n + 1]) }), (1, equity[^1])];
    }

    private static XElement FoldDiagram(TrainingResult result) => Bars(900, 22, result.Folds.SelectMany((fold, row) => new (int, int, int, string, string)?[]
    {
        fold.Fold.Train.Length == 0 ? null : (row, result.Events.Spans[fold.Fold.Train[0]].SignalBar, fold.Fold.Train.Max(i => result.Events.Spans[i].ExitBar), Grey, $"fold {row}: {fold.Fold.Train.Length} events trained on"),
        (row, fold.FirstBar, fold.LastBar, fold.Scores is null ? Pale : Blue, $"fold {row}: {fold.Fold.Test.Length} events {(fold.Scores is null ? "not tested" : "tested")}"),
    }));

    private static XElement BorderDiagram(TrainingResult result, FoldResult fold)
    {
        const int Before = 8;
        const int Behind = 4;
        int border = fold.Fold.Test[0];
        int first = Math.Max(0, border - Before);
        HashSet<int> trained = [.. fold.Fold.Train];
        return Bars(340, 10, Enumerable.Range(first, Math.Min(border + Behind, result.Events.Count) - first).Select(i => ((int, int, int, string, string)?)(
            i - first,
            result.Events.Spans[i].SignalBar + 1,
            result.Events.Spans[i].ExitBar,
            i >= border ? Blue : trained.Contains(i) ? Grey : Orange,
            $"event {i}: {(i >= border ? "tested" : trained.Contains(i) ? "trained on" : "left out")}")));
    }

    /// <summary>Bars from one candle to another, each in its line, as wide as the candles drawn allow.</summary>
    private static XElement Bars(int width, int step, IEnumerable<(int Line, int From, int To, string Colour, string What)?> bars)
    {
        (int Line, int From, int To, string Colour, string What)[] drawn = [.. bars.OfType<(int, int, int, string, string)>()];
        (int first, int last) = (drawn.Min(bar => bar.From), drawn.Max(bar => bar.To) + 1);
        double At(int bar) => (double)(bar - first) * width / (last - first);
        return Svg(width, (drawn.Max(bar => bar.Line) + 1) * step, drawn.Select(bar => new XElement(
            "rect",
            new XAttribute("x", Coordinate(At(bar.From))),
            new XAttribute("y", Coordinate((bar.Line * step) + (step / 5.0))),
            new XAttribute("width", Coordinate(Math.Max(1, At(bar.To + 1) - At(bar.From)))),
            new XAttribute("height", Coordinate(step * 3 / 5.0)),
            new XAttribute("fill", bar.Colour),
            new XElement("title", bar.What))));
    }

    private static XElement Importance(TrainingResult result)
    {
        double[] gains = Gains(result.Model.Json, result.Events.FeatureNames.Count);
        double sum = Math.Max(double.Epsilon, gains.Sum());
        return Table(["feature", "share of the gain", ""], Enumerable.Range(0, gains.Length).OrderByDescending(i => gains[i]).Select(i => new[] { result.Events.FeatureNames[i], TrainingText.Percent(gains[i] / sum), new string('█', (int)Math.Round(60 * gains[i] / sum)) }), "left bars");
    }

    /// <summary>What the splits by each feature gained, over all trees.</summary>
    private static double[] Gains(byte[] json, int features)
    {
        double[] gains = new double[features];
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonElement tree in document.RootElement.GetProperty("learner").GetProperty("gradient_booster").GetProperty("model").GetProperty("trees").EnumerateArray())
        {
            JsonElement left = tree.GetProperty("left_children");
            for (int node = 0; node < left.GetArrayLength(); node++)
            {
                if (left[node].GetInt32() >= 0) gains[tree.GetProperty("split_indices")[node].GetInt32()] += tree.GetProperty("loss_changes")[node].GetDouble();
            }
        }

        return gains;
    }

    private static XElement Table(IEnumerable<string> headings, IEnumerable<string[]> rows, string? style = null) =>
        new("table", style is null ? null : new XAttribute("class", style), new XElement("tr", headings.Select(heading => new XElement("th", heading))), rows.Select(row => new XElement("tr", row.Select(cell => new XElement("td", cell)))));

    private static XElement Figure(string title, string xName, string yName, params (string Colour, (double X, double Y)[] Points)[] lines)
    {
        (double yMin, double yMax) = (lines.Min(line => line.Points.Min(point => point.Y)), lines.Max(line => line.Points.Max(point => point.Y)));
        if (yMax <= yMin) yMax = yMin + 1;
        return new XElement(
            "figure",
            new XElement("figcaption", title),
            Svg(FigureWidth, FigureHeight, lines.Select(line => new XElement(
                "polyline",
                new XAttribute("fill", "none"),
                new XAttribute("stroke", line.Colour),
                new XAttribute("stroke-width", 2),
                new XAttribute("points", string.Join(' ', line.Points.Select(point => $"{Coordinate(Across(point.X))},{Coordinate(Up((point.Y - yMin) / (yMax - yMin)))}")))))),
            new XElement("div", $"across: {xName}, 0 to 1; up: {yName}, {Three(yMin)} to {Three(yMax)}"));
    }

    /// <summary>Where a share of a figure's width lies.</summary>
    private static double Across(double share) => FigureMargin + (share * (FigureWidth - (2 * FigureMargin)));

    /// <summary>Where a share of a figure's height lies, from its foot.</summary>
    private static double Up(double share) => FigureHeight - FigureMargin - (share * (FigureHeight - (2 * FigureMargin)));

    private static XElement Svg(int width, int height, IEnumerable<XElement?> content) =>
        new("svg", new XAttribute("viewBox", $"0 0 {width} {height}"), new XAttribute("width", width), new XAttribute("height", height), new XAttribute("role", "img"), content);

    private static string Three(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Coordinate(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
