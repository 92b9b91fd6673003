using System.Globalization;

namespace LatencyEngine.Forecast;

/// <summary>How good every forecaster was over years of a history, by horizon, each forecast made with nothing but what was known on its day.</summary>
public sealed record Evaluation
{
    /// <summary>Days ahead that are scored.</summary>
    public static IReadOnlyList<int> Horizons { get; } = [1, 7, 30, 90];

    /// <summary>First and last day of the history.</summary>
    public required (DateOnly First, DateOnly Last) Data { get; init; }

    /// <summary>Closes in the history.</summary>
    public required int Rows { get; init; }

    /// <summary>What was left out of the history, one sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The scores, by horizon.</summary>
    public required IReadOnlyList<Scores> Scores { get; init; }

    /// <summary>The weights that the scores earn for the next forecast, one a horizon.</summary>
    public required IReadOnlyList<Weights> Weights { get; init; }

    /// <summary>What the scores allow to be said of the published ensemble, one sentence a horizon, good or bad.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Years from the first to the last day that was forecast from.</summary>
    public double Years => (Scores.Max(score => score.Origins.Last.DayNumber) - Scores.Min(score => score.Origins.First.DayNumber)) / 365.25;

    /// <summary>Evaluates a history. A pure function.</summary>
    /// <param name="closes">The history.</param>
    /// <param name="settings">Of the trend model.</param>
    /// <param name="originRows">Rows to forecast from, rising.</param>
    /// <param name="cancel">Ends it between two fits.</param>
    /// <exception cref="ForecastException">There is no forecast whose outcome is known, or a history cannot be fitted.</exception>
    public static Evaluation Of(DailyCloses closes, ForecastSettings settings, IReadOnlyList<int> originRows, CancellationToken cancel = default)
    {
        IReadOnlyDictionary<int, IReadOnlyList<OriginForecast>> forecasts = RollingOrigins.Run(closes, settings, originRows, Horizons, cancel);
        int[] scored = [.. Horizons.Where(horizon => forecasts[horizon].Count > 0)];
        if (scored.Length == 0) throw new ForecastException("there is nothing to evaluate: no day that is forecast from has its outcome in the data; give a longer history, or an earlier first origin");
        Scores[] scores = [.. scored.Select(horizon => Forecast.Scores.Of(forecasts[horizon]))];
        return new Evaluation
        {
            Data = (DateOnly.FromDayNumber(closes.DayNumbers[0]), closes.LastDay),
            Rows = closes.Count,
            Warnings = closes.Warnings,
            Scores = scores,
            Weights = [.. scored.Select(horizon => Forecast.Weights.From(forecasts[horizon]))],
            Findings = [.. scores.Select(Finding)],
        };
    }

    /// <summary>A forecaster's name in JSON.</summary>
    public static string NameOf(Forecaster forecaster) => JsonNameOf(forecaster.ToString());

    /// <summary>A verdict's word.</summary>
    public static string WordOf(Verdict verdict) => JsonNameOf(verdict.ToString());

    private static string JsonNameOf(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Finding(Scores scores)
    {
        ForecasterScore ensemble = scores[Forecaster.Ensemble];
        string against = string.Join("; ", ensemble.AgainstBaselines.Select(comparison => Against(scores, comparison)));
        string verdict = ensemble.AgainstBaselines.All(comparison => comparison.Verdict == Verdict.Better) ? "beats every naive forecast" : "does not beat the naive forecasts";
        return string.Create(CultureInfo.InvariantCulture, $"At {scores.Horizon} {(scores.Horizon == 1 ? "day" : "days")} the ensemble {verdict}: its mean error is {ensemble.Mape.Value:0.00} % of the price; {against}.");
    }

    private static string Against(Scores scores, Comparison comparison)
    {
        string baseline = comparison.Baseline switch
        {
            Forecaster.Naive => "the random walk",
            Forecaster.RandomWalkWithDrift => "the random walk with drift",
            _ => "the seasonal naive",
        };
        string verdict = comparison.Verdict switch { Verdict.Better => "better than", Verdict.Worse => "worse than", _ => "level with" };
        ScoreEstimate difference = comparison.MapeDifference;
        double error = scores[comparison.Baseline].Mape.Value;
        return string.Create(CultureInfo.InvariantCulture, $"{verdict} {baseline} ({error:0.00} %): difference {difference.Value:+0.00;-0.00;0.00}, 95 % from {difference.Low:+0.00;-0.00;0.00} to {difference.High:+0.00;-0.00;0.00}");
    }
}
