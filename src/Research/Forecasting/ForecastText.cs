using System.Text;
using LatencyEngine.Forecast;

namespace LatencyEngine.Research;

/// <summary>A forecast, or an evaluation, as plain text for a terminal: sentences at most <see cref="Width"/> characters wide.</summary>
public static class ForecastText
{
    private const int Width = 110;
    private const int PlotColumns = 96;
    private const int PlotRows = 18;
    private const int HistoryDaysMin = 60;

    /// <summary>The plot, the days, the weights, and the phase with its evidence.</summary>
    public static string Render(ForecastReport report)
    {
        DailyForecast forecast = report.Forecast;
        ForecastDay last = forecast.Days[^1];
        var text = new StringBuilder();
        text.Append($"{Title(report)}\n\n");
        foreach (string warning in forecast.Warnings) text.Append($"! {warning}\n");
        text.Append(Plot(report)).Append('\n');
        text.Append(Aligned([[.. DayHeadings], .. Shown(forecast).Select(DayCells)]));
        text.Append('\n').Append(Wrapped(WeightSentence(forecast), ""));
        text.Append(Wrapped(IntervalSentence(last), ""));
        text.Append('\n').Append(Wrapped(PhaseSentence(forecast.Phase), ""));
        foreach (string line in EarlierSentences(forecast.Phase)) text.Append(Wrapped(line, "- "));
        if (report.ReportPath is { } path) text.Append($"\nReport  {path}\n");
        return text.ToString();
    }

    /// <summary>A table a horizon and what it allows to be said.</summary>
    public static string Render(EvaluationReport report)
    {
        Evaluation evaluation = report.Evaluation;
        var text = new StringBuilder();
        text.Append($"{Title(report)}\n");
        foreach (string warning in evaluation.Warnings) text.Append($"! {warning}\n");
        foreach (Scores scores in evaluation.Scores)
        {
            text.Append($"\n{HorizonTitle(scores)}\n");
            text.Append(Aligned([[.. ScoreHeadings], .. scores.Forecasters.Select(ScoreCells)]));
        }

        text.Append('\n');
        foreach (string line in Notes(evaluation)) text.Append(Wrapped(line, "- "));
        if (report.ReportPath is { } path) text.Append($"\nReport  {path}\n");
        return text.ToString();
    }

    internal static IReadOnlyList<string> DayHeadings { get; } = ["day", "forecast", "80 % simulated", "80 % conformal", "95 % simulated", "95 % conformal", "phase"];

    internal static IReadOnlyList<string> ScoreHeadings { get; } = ["forecaster", "MAPE, %", "MASE", "pinball", "hits, %", "80 % covers, %", "95 % covers, %", "MAPE less random walk's"];

    internal static string Title(ForecastReport report) =>
        $"Forecast of the daily close: {report.Forecast.Days.Count} days after {report.Forecast.LastDay:yyyy-MM-dd}, from {Figures.Count(report.Forecast.Rows)} closes since {report.Forecast.FirstDay:yyyy-MM-dd}, in {report.FitSeconds:0.00} s";

    internal static string Title(EvaluationReport report) =>
        $"Forecasts of {report.Evaluation.Years:0.0} years, each with what was known on its day: {Figures.Count(report.Evaluation.Rows)} closes, {report.Evaluation.Data.First:yyyy-MM-dd} to {report.Evaluation.Data.Last:yyyy-MM-dd}, in {report.EvaluationSeconds:0.0} s";

    internal static string HorizonTitle(Scores scores) =>
        $"{Days(scores.Horizon)} ahead: {scores[Forecaster.Naive].Count} forecasts, {scores.Origins.First:yyyy-MM-dd} to {scores.Origins.Last:yyyy-MM-dd}";

    /// <summary>Every day of a short forecast, else about a dozen spread over it.</summary>
    internal static IEnumerable<ForecastDay> Shown(DailyForecast forecast)
    {
        int every = Math.Max(1, (forecast.Days.Count + 11) / 12);
        return forecast.Days.Where((_, i) => i == 0 || i == forecast.Days.Count - 1 || (i + 1) % every == 0);
    }

    internal static string[] DayCells(ForecastDay day) =>
    [
        $"{day.Day:yyyy-MM-dd}",
        Price(day.Price),
        Range(day.Simulated80),
        Range(day.Conformal80),
        Range(day.Simulated95),
        Range(day.Conformal95),
        HalvingCycle.NameOf(day.Phase),
    ];

    internal static string[] ScoreCells(ForecasterScore score)
    {
        IntervalScore? at80 = score.Conformal80;
        Comparison? naive = score.AgainstBaselines.Where(comparison => comparison.Baseline == Forecaster.Naive).Select(comparison => (Comparison?)comparison).FirstOrDefault();
        return
        [
            NameOf(score.Forecaster),
            Bracketed(score.Mape, "0.00"),
            Bracketed(score.Mase, "0.00"),
            at80 is null ? "-" : Bracketed(at80.Pinball, "0.000"),
            score.DirectionHitRate is { } hits ? Share(hits) : "-",
            at80 is null ? "-" : Share(at80.Coverage),
            score.Conformal95 is { } at95 ? Share(at95.Coverage) : "-",
            naive is { } against ? $"{against.MapeDifference.Value:+0.00;-0.00;0.00} ({against.MapeDifference.Low:+0.00;-0.00;0.00} to {against.MapeDifference.High:+0.00;-0.00;0.00}) {Evaluation.WordOf(against.Verdict)}" : "-",
        ];
    }

    /// <summary>What must be read with the tables.</summary>
    internal static IEnumerable<string> Notes(Evaluation evaluation)
    {
        foreach (string finding in evaluation.Findings) yield return finding;
        for (int i = 0; i < evaluation.Scores.Count; i++)
        {
            Weights w = evaluation.Weights[i];
            yield return $"Weights at {Days(evaluation.Scores[i].Horizon)} from here on: power law {w.PowerLaw:0.00}, cycle analog {w.CycleAnalog:0.00}, trend model {w.TrendModel:0.00}, last price {w.Naive:0.00}.";
        }

        yield return "A member whose mean log error is not below that of the last price has no skill at that horizon and weighs 0; the last price takes its share.";
        foreach (Scores scores in evaluation.Scores)
        {
            (ForecasterScore model, ForecasterScore ensemble) = (scores[Forecaster.TrendModel], scores[Forecaster.Ensemble]);
            yield return $"Simulated trends at {Days(scores.Horizon)}: the 80 % interval covers {Share(model.Simulated80!.Coverage)} % around the trend model as it is and {Share(ensemble.Simulated80!.Coverage)} % around the ensemble, that of 95 % {Share(model.Simulated95!.Coverage)} % and {Share(ensemble.Simulated95!.Coverage)} %.";
        }

        yield return "In the tables coverage and pinball are those of the conformal interval; pinball is the mean of its 10, 50 and 90 % quantiles, in log. In brackets: confidence intervals of 95 %, by block bootstrap, Wilson's for shares. Hits: of the forecasts that named a direction.";
        if (evaluation.Years < 5) yield return $"These are {evaluation.Years:0.0} years of forecasts; fewer than five say little.";
    }

    internal static string NameOf(Forecaster forecaster) => forecaster switch
    {
        Forecaster.Naive => "random walk",
        Forecaster.RandomWalkWithDrift => "random walk, drift",
        Forecaster.SeasonalNaive => "seasonal naive",
        Forecaster.PowerLaw => "power law, raw",
        Forecaster.CycleAnalog => "cycle analog",
        Forecaster.TrendModel => "trend model, raw",
        Forecaster.RawEnsemble => "ensemble, raw",
        Forecaster.AnchoredPowerLaw => "power law",
        Forecaster.AnchoredTrendModel => "trend model",
        Forecaster.EqualEnsemble => "ensemble, equal",
        _ => "ensemble, weighted",
    };

    internal static string WeightSentence(DailyForecast forecast)
    {
        ForecastDay last = forecast.Days[^1];
        Weights w = last.Weights;
        string members = $"{forecast.Days.Count} days ahead: power law {Price(last.PowerLaw)} (weight {w.PowerLaw:0.00}), cycle analog {Price(last.CycleAnalog)} ({w.CycleAnalog:0.00}), trend model {Price(last.TrendModel)} ({w.TrendModel:0.00}), last price {Price(forecast.LastPrice)} ({w.Naive:0.00}); with equal weights {Price(last.EqualWeights)}.";
        if (w.ScoredOrigins < Weights.ScoredOriginsMin) return $"{members} The history is too short to score the members: their weights are equal.";
        string skill = w.Naive == 1 ? "No member has beaten the last price here, so the forecast is the last price." : "A member that has not beaten the last price weighs 0.";
        return $"{members} Weights from {w.ScoredOrigins} forecasts of earlier days. {skill}";
    }

    internal static string IntervalSentence(ForecastDay last) => last.Conformal80 is null
        ? "Simulated intervals assume independent residuals and are too narrow on prices; for conformal ones, from errors that were made, the history is too short."
        : "Simulated intervals assume independent residuals and do not hold on prices; conformal ones are the errors that were made on earlier days.";

    internal static string PhaseSentence(PhaseEvidence phase)
    {
        string until = phase.LabelTo is { } to ? $"until {to.AddDays(-1):yyyy-MM-dd}" : "until the next halving";
        string since = phase.Position.CycleIndex < 0 ? "the chain's first day" : $"the halving of {phase.CycleStart:yyyy-MM-dd}";
        return $"Phase: {HalvingCycle.NameOf(phase.Position.Label)}. {phase.Day:yyyy-MM-dd} is {Figures.Count(phase.Position.DaysSinceHalving)} days after {since}; the label goes from {phase.LabelFrom:yyyy-MM-dd} {until}. It is a label of {phase.Earlier.Count} earlier cycles, no signal.";
    }

    internal static IEnumerable<string> EarlierSentences(PhaseEvidence phase) =>
        phase.Earlier.Select(earlier => $"after the halving of {earlier.Halving:yyyy-MM-dd}, {earlier.From:yyyy-MM-dd} to {earlier.To:yyyy-MM-dd}: {earlier.Change * 100:+#,##0;-#,##0;0} %");

    internal static string Price(double price) => price.ToString(price >= 1_000 ? "#,##0" : price >= 1 ? "0.00" : "0.0000##");

    private static string Range((double Lower, double Upper)? interval) => interval is { } found ? $"{Price(found.Lower)} - {Price(found.Upper)}" : "-";

    private static string Bracketed(ScoreEstimate estimate, string format) => $"{estimate.Value.ToString(format)} ({estimate.Low.ToString(format)}-{estimate.High.ToString(format)})";

    private static string Share(ScoreEstimate share) => Bracketed(new ScoreEstimate(100 * share.Value, 100 * share.Low, 100 * share.High), "0");

    private static string Days(int days) => days == 1 ? "1 day" : $"{days} days";

    private static string Aligned(string[][] lines)
    {
        int[] widths = [.. lines[0].Select((_, column) => lines.Max(line => line[column].Length))];
        var text = new StringBuilder();
        foreach (string[] line in lines) text.Append(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        return text.ToString();
    }

    /// <summary>The last months and the forecast on a logarithmic scale: closes, the forecast, and its wider and narrower conformal interval (simulated where there is none).</summary>
    private static string Plot(ForecastReport report)
    {
        DailyForecast forecast = report.Forecast;
        int historyDays = Math.Max(HistoryDaysMin, 2 * forecast.Days.Count);
        DateOnly first = forecast.LastDay.AddDays(-historyDays);
        int days = historyDays + forecast.Days.Count;
        var values = new (double Low95, double Low80, double Middle, double High80, double High95, bool IsAhead)[PlotColumns];
        for (int column = 0; column < PlotColumns; column++)
        {
            int ahead = (int)Math.Round((double)column / (PlotColumns - 1) * days) - historyDays;
            if (ahead > 0)
            {
                ForecastDay day = forecast.Days[ahead - 1];
                (double l80, double h80) = day.Conformal80 ?? day.Simulated80;
                (double l95, double h95) = day.Conformal95 ?? day.Simulated95;
                values[column] = (Math.Log(l95), Math.Log(l80), Math.Log(day.Price), Math.Log(h80), Math.Log(h95), true);
            }
            else
            {
                double log = report.Closes.RowOf(forecast.LastDay.DayNumber + ahead) is { } row ? report.Closes.LogPrices[row] : double.NaN;
                values[column] = (log, log, log, log, log, false);
            }
        }

        double low = values.Where(value => !double.IsNaN(value.Low95)).Min(value => value.Low95);
        double high = values.Where(value => !double.IsNaN(value.High95)).Max(value => value.High95);
        if (high - low < 1e-6) high = low + 1e-6;
        var text = new StringBuilder();
        for (int row = 0; row < PlotRows; row++)
        {
            double top = high - ((high - low) * row / PlotRows);
            double bottom = high - ((high - low) * (row + 1) / PlotRows);
            text.Append($"{(row % 3 == 0 ? Price(Math.Exp((top + bottom) / 2)) : ""),10} |");
            var line = new StringBuilder();
            foreach (var value in values)
            {
                bool Crosses(double from, double to) => (from < top || row == 0) && to >= bottom;
                line.Append(double.IsNaN(value.Middle) ? ' '
                    : Crosses(value.Middle, value.Middle) ? value.IsAhead ? 'o' : '*'
                    : value.IsAhead && Crosses(value.Low80, value.High80) ? ':'
                    : value.IsAhead && Crosses(value.Low95, value.High95) ? '.'
                    : ' ');
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
        }

        string from = $"{first:yyyy-MM-dd}", to = $"{forecast.Days[^1].Day:yyyy-MM-dd}";
        text.Append(new string(' ', 12)).Append(from).Append(to.PadLeft(PlotColumns - from.Length)).Append('\n');
        string kind = forecast.Days[^1].Conformal80 is null ? "simulated" : "conformal";
        return text.Append($"{"",12}* close  o forecast  : 80 %  . 95 % ({kind}), logarithmic\n").ToString();
    }

    private static string Wrapped(string sentence, string bullet)
    {
        var text = new StringBuilder(bullet);
        int column = bullet.Length;
        foreach (string word in sentence.Split(' '))
        {
            if (column > bullet.Length && column + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', bullet.Length);
                column = bullet.Length;
            }

            if (column > bullet.Length)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        return text.Append('\n').ToString();
    }
}
