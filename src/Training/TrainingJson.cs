using System.Text.Json;
using System.Text.Json.Serialization;

namespace LatencyEngine.Training;

/// <summary>The one document of <c>train --json</c>. docs/reference/json-output.md.</summary>
public static class TrainingJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Writes it.</summary>
    /// <param name="outcome">What <c>train</c> did.</param>
    public static string Serialize(TrainingOutcome outcome)
    {
        TrainingResult result = outcome.Result;
        return JsonSerializer.Serialize(
            new
            {
                outcome.Request.Name,
                outcome.Request.Symbol,
                outcome.Request.IntervalMillis,
                outcome.Request.Folder,
                Candles = outcome.CandleCount,
                outcome.CandlesMissing,
                Events = result.Events.Count,
                EventsTested = result.Scores.Count,
                Folds = result.Folds.Select((fold, number) => new
                {
                    Fold = number,
                    Events = fold.Fold.Test.Length,
                    EventsTrained = fold.Fold.Train.Length,
                    Auc = Finite(fold.Scores?.Auc),
                    LogLoss = fold.Scores?.LogLoss,
                    Brier = fold.Scores?.Brier,
                    Trades = fold.Trades?.Count,
                    ProfitFactor = fold.Trades?.ProfitFactor,
                }),
                Auc = Finite(result.Scores.Auc),
                AucInterval = Ends(result.AucInterval),
                result.Scores.LogLoss,
                result.Scores.Brier,
                result.Scores.Ece,
                result.Scores.BaseRate,
                outcome.Request.Settings.Threshold,
                PrecisionAtThreshold = result.Scores.Precision,
                RecallAtThreshold = result.Scores.Recall,
                Trades = result.Filtered.Count,
                result.Filtered.ProfitFactor,
                result.Filtered.MeanReturn,
                MeanReturnInterval = Ends(result.MeanReturnInterval),
                result.Filtered.SharpePerTrade,
                Sharpe = result.FilteredDailySharpe,
                result.Filtered.MaxDrawdown,
                result.Filtered.FinalEquity,
                Unfiltered = new
                {
                    Trades = result.Unfiltered.Count,
                    result.Unfiltered.ProfitFactor,
                    result.Unfiltered.MeanReturn,
                    result.Unfiltered.SharpePerTrade,
                    Sharpe = result.UnfilteredDailySharpe,
                    result.Unfiltered.MaxDrawdown,
                    result.Unfiltered.FinalEquity,
                },
                Edge = result.HasEdge,
                Trees = result.Model.Trees.TreeCount,
                result.Model.Parameters,
                Calibration = result.Model.Calibration.IsIsotonic ? "isotonic" : "platt",
                outcome.Card.ModelSha256,
                outcome.Card.DataSha256,
                outcome.Card.ConfigurationSha256,
            },
            Options);
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static double[]? Ends(Interval? interval) => interval is { } ends ? [ends.Low, ends.High] : null;
}
