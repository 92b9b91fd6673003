using System.Text.Json;
using System.Text.Json.Nodes;
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

    private static readonly SettingsJson Json = new(new JsonSerializerOptions(Options));

    /// <summary>Writes it.</summary>
    /// <param name="outcome">What <c>train</c> did.</param>
    public static string Serialize(TrainingOutcome outcome)
    {
        TrainingResult result = outcome.Result;
        return new JsonObject
        {
            ["name"] = outcome.Request.Name,
            ["symbol"] = outcome.Request.Symbol,
            ["intervalMillis"] = outcome.Request.IntervalMillis,
            ["folder"] = outcome.Request.Folder,
            ["candles"] = outcome.CandleCount,
            ["candlesMissing"] = outcome.CandlesMissing,
            ["events"] = result.Events.Count,
            ["eventsTested"] = result.Scores.Count,
            ["folds"] = new JsonArray([.. result.Folds.Select((fold, number) => new JsonObject
            {
                ["fold"] = number,
                ["events"] = fold.Fold.Test.Length,
                ["eventsTrained"] = fold.Fold.Train.Length,
                ["auc"] = Finite(fold.Scores?.Auc),
                ["logLoss"] = fold.Scores?.LogLoss,
                ["brier"] = fold.Scores?.Brier,
                ["trades"] = fold.Trades?.Count,
                ["profitFactor"] = fold.Trades?.ProfitFactor,
            })]),
            ["auc"] = Finite(result.Scores.Auc),
            ["aucInterval"] = Ends(result.AucInterval),
            ["logLoss"] = result.Scores.LogLoss,
            ["brier"] = result.Scores.Brier,
            ["ece"] = result.Scores.Ece,
            ["baseRate"] = result.Scores.BaseRate,
            ["threshold"] = outcome.Request.Settings.Threshold,
            ["precisionAtThreshold"] = result.Scores.Precision,
            ["recallAtThreshold"] = result.Scores.Recall,
            ["trades"] = result.Filtered.Count,
            ["profitFactor"] = result.Filtered.ProfitFactor,
            ["meanReturn"] = result.Filtered.MeanReturn,
            ["meanReturnInterval"] = Ends(result.MeanReturnInterval),
            ["sharpePerTrade"] = result.Filtered.SharpePerTrade,
            ["sharpe"] = result.FilteredDailySharpe,
            ["maxDrawdown"] = result.Filtered.MaxDrawdown,
            ["finalEquity"] = result.Filtered.FinalEquity,
            ["unfiltered"] = new JsonObject
            {
                ["trades"] = result.Unfiltered.Count,
                ["profitFactor"] = result.Unfiltered.ProfitFactor,
                ["meanReturn"] = result.Unfiltered.MeanReturn,
                ["sharpePerTrade"] = result.Unfiltered.SharpePerTrade,
                ["sharpe"] = result.UnfilteredDailySharpe,
                ["maxDrawdown"] = result.Unfiltered.MaxDrawdown,
                ["finalEquity"] = result.Unfiltered.FinalEquity,
            },
            ["edge"] = result.HasEdge,
            ["trees"] = result.Model.Trees.TreeCount,
            ["parameters"] = JsonSerializer.SerializeToNode(result.Model.Parameters, Json.BoosterParameters),
            ["calibration"] = result.Model.Calibration.IsIsotonic ? "isotonic" : "platt",
            ["modelSha256"] = outcome.Card.ModelSha256,
            ["dataSha256"] = outcome.Card.DataSha256,
            ["configurationSha256"] = outcome.Card.ConfigurationSha256,
        }.ToJsonString(Options);
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static JsonArray? Ends(Interval? interval) => interval is { } ends ? new JsonArray(ends.Low, ends.High) : null;
}
