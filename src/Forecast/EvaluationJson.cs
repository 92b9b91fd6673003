using System.Text.Json;

namespace LatencyEngine.Forecast;

/// <summary>The one JSON form of an <see cref="Evaluation"/>.</summary>
public static class EvaluationJson
{
    /// <summary>Writes the members of an object that the caller has begun and ends.</summary>
    public static void WriteMembers(Utf8JsonWriter json, Evaluation evaluation)
    {
        json.WriteStartObject("data");
        json.WriteString("firstDay", DailyCloses.Iso(evaluation.Data.First));
        json.WriteString("lastDay", DailyCloses.Iso(evaluation.Data.Last));
        json.WriteNumber("rows", evaluation.Rows);
        Strings(json, "warnings", evaluation.Warnings);
        json.WriteEndObject();
        json.WriteNumber("years", evaluation.Years);
        Strings(json, "findings", evaluation.Findings);
        json.WriteStartArray("horizons");
        for (int i = 0; i < evaluation.Scores.Count; i++) Horizon(json, evaluation.Scores[i], evaluation.Weights[i]);
        json.WriteEndArray();
    }

    private static void Horizon(Utf8JsonWriter json, Scores scores, Weights weights)
    {
        json.WriteStartObject();
        json.WriteNumber("days", scores.Horizon);
        json.WriteNumber("origins", scores[Forecaster.Naive].Count);
        json.WriteString("firstOrigin", DailyCloses.Iso(scores.Origins.First));
        json.WriteString("lastOrigin", DailyCloses.Iso(scores.Origins.Last));
        json.WriteNumber("block", scores.Block);
        json.WriteStartObject("nextWeights");
        json.WriteNumber("powerLaw", weights.PowerLaw);
        json.WriteNumber("cycleAnalog", weights.CycleAnalog);
        json.WriteNumber("trendModel", weights.TrendModel);
        json.WriteNumber("naive", weights.Naive);
        json.WriteEndObject();
        json.WriteStartObject("forecasters");
        foreach (ForecasterScore score in scores.Forecasters)
        {
            json.WriteStartObject(Evaluation.NameOf(score.Forecaster));
            json.WriteNumber("n", score.Count);
            Estimate(json, "mape", score.Mape);
            json.WriteNumber("maeLog", score.MaeLog);
            json.WriteNumber("rmseLog", score.RmseLog);
            Estimate(json, "mase", score.Mase);
            if (score.DirectionHitRate is { } rate) Estimate(json, "directionHitRate", rate);
            else json.WriteNull("directionHitRate");
            json.WriteStartObject("mapeLess");
            foreach (Comparison comparison in score.AgainstBaselines)
            {
                json.WriteStartObject(Evaluation.NameOf(comparison.Baseline));
                EstimateMembers(json, comparison.MapeDifference);
                json.WriteString("verdict", Evaluation.WordOf(comparison.Verdict));
                json.WriteEndObject();
            }

            json.WriteEndObject();
            Interval(json, "conformal80", score.Conformal80, isEighty: true);
            Interval(json, "conformal95", score.Conformal95, isEighty: false);
            Interval(json, "simulated80", score.Simulated80, isEighty: true);
            Interval(json, "simulated95", score.Simulated95, isEighty: false);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Interval(Utf8JsonWriter json, string name, IntervalScore? score, bool isEighty)
    {
        if (score is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("n", score.Count);
        Estimate(json, "coverage", score.Coverage);
        json.WriteNumber("meanLogWidth", score.MeanLogWidth);
        if (isEighty)
        {
            json.WriteStartObject("pinballLog");
            Estimate(json, "q10", score.PinballLow);
            Estimate(json, "q50", score.PinballMiddle);
            Estimate(json, "q90", score.PinballHigh);
            Estimate(json, "mean", score.Pinball);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Estimate(Utf8JsonWriter json, string name, ScoreEstimate estimate)
    {
        json.WriteStartObject(name);
        EstimateMembers(json, estimate);
        json.WriteEndObject();
    }

    private static void EstimateMembers(Utf8JsonWriter json, ScoreEstimate estimate)
    {
        json.WriteNumber("value", estimate.Value);
        json.WriteNumber("low", estimate.Low);
        json.WriteNumber("high", estimate.High);
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
