using System.Globalization;
using System.Text;

namespace LatencyEngine.Training;

/// <summary>The closing lines of <c>train</c> for a person.</summary>
public static class TrainingText
{
    /// <summary>Whether the test found an edge, in a sentence.</summary>
    /// <param name="result">The test.</param>
    public static string Verdict(TrainingResult result) => result.HasEdge
        ? "edge: the area under the curve and the mean return of the trades lie above chance in 95 of 100 draws"
        : $"no edge: not both the area under the curve and the mean return of at least {TrainingResult.TradesMin} trades lie above chance in 95 of 100 draws; the model is not to be traded on";

    /// <summary>Writes them.</summary>
    /// <param name="outcome">What <c>train</c> did.</param>
    public static string Render(TrainingOutcome outcome)
    {
        TrainingResult result = outcome.Result;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{outcome.Request.Symbol}: {outcome.CandleCount} candles ({outcome.CandlesMissing} missing), {result.Events.Count} events, {result.Scores.Count} of them tested\n");
        text.Append("fold   events  trained     auc  log loss   brier  trades  profit factor\n");
        foreach ((FoldResult fold, int number) in result.Folds.Select((fold, number) => (fold, number)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{number,4}  {fold.Fold.Test.Length,7}  {fold.Fold.Train.Length,7}");
            if (fold.Scores is null) text.Append("  too little before it to train on");
            else text.Append(CultureInfo.InvariantCulture, $"  {fold.Scores.Auc,6:0.000}  {fold.Scores.LogLoss,8:0.0000}  {fold.Scores.Brier,6:0.0000}  {fold.Trades!.Count,6}  {Or(fold.Trades.ProfitFactor),13}");
            text.Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"auc {result.Scores.Auc:0.000}{Ends(result.AucInterval, 1)}, log loss {result.Scores.LogLoss:0.0000}, brier {result.Scores.Brier:0.0000}, calibration error {result.Scores.Ece:0.000}, base rate {result.Scores.BaseRate:0.000}\n");
        text.Append(CultureInfo.InvariantCulture, $"above {outcome.Request.Settings.Threshold}: precision {Or(result.Scores.Precision)}, {Line(result.Filtered, result.FilteredDailySharpe)}, mean return {Percent(result.Filtered.MeanReturn)}{Ends(result.MeanReturnInterval, 100)}\n");
        text.Append(CultureInfo.InvariantCulture, $"without the model: {Line(result.Unfiltered, result.UnfilteredDailySharpe)}, mean return {Percent(result.Unfiltered.MeanReturn)}\n");
        text.Append(CultureInfo.InvariantCulture, $"{Verdict(result)}\n");
        text.Append(CultureInfo.InvariantCulture, $"{result.Model.Trees.TreeCount} trees, model and report in {outcome.Request.Folder}\n");
        return text.ToString();
    }

    /// <summary>A figure, or a dash where it is not defined.</summary>
    internal static string Or(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("0.00", CultureInfo.InvariantCulture) : "-";

    /// <summary>A fraction as percent, or a dash.</summary>
    internal static string Percent(double? value) => value is { } number ? (100 * number).ToString("0.000", CultureInfo.InvariantCulture) + " %" : "-";

    /// <summary>The ends of an interval, in parentheses behind a blank; nothing where there is none.</summary>
    internal static string Ends(Interval? interval, double scale) => interval is { } ends ? string.Create(CultureInfo.InvariantCulture, $" ({scale * ends.Low:0.000} to {scale * ends.High:0.000})") : "";

    private static string Line(TradeScores trades, double? sharpe) => $"{trades.Count} trades, profit factor {Or(trades.ProfitFactor)}, sharpe {Or(sharpe)} a year, drawdown {Percent(trades.MaxDrawdown)}";
}
