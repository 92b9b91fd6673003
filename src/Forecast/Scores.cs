namespace LatencyEngine.Forecast;

/// <summary>How good each forecaster was at one horizon.</summary>
public sealed record Scores
{
    /// <summary>Standard deviations to each side of a normal distribution's middle 80 %.</summary>
    public const double Deviations80 = 1.2815515655446004;

    /// <summary>Standard deviations to each side of a normal distribution's middle 95 %.</summary>
    public const double Deviations95 = 1.959963984540054;

    private static readonly Forecaster[] Baselines = [Forecaster.Naive, Forecaster.RandomWalkWithDrift, Forecaster.SeasonalNaive];

    /// <summary>Days ahead.</summary>
    public required int Horizon { get; init; }

    /// <summary>First and last day that was forecast from.</summary>
    public required (DateOnly First, DateOnly Last) Origins { get; init; }

    /// <summary>Neighbouring origins whose days overlap: they count together in the confidence intervals.</summary>
    public required int Block { get; init; }

    /// <summary>The figures of every forecaster, in the order of <see cref="Forecaster"/>.</summary>
    public required IReadOnlyList<ForecasterScore> Forecasters { get; init; }

    /// <summary>The figures of one forecaster.</summary>
    public ForecasterScore this[Forecaster forecaster] => Forecasters.First(score => score.Forecaster == forecaster);

    /// <summary>Scores the forecasts of one horizon.</summary>
    /// <param name="forecasts">At least one, rising by origin.</param>
    public static Scores Of(IReadOnlyList<OriginForecast> forecasts)
    {
        int horizon = forecasts[0].Horizon;
        int days = forecasts[^1].Origin.DayNumber - forecasts[0].Origin.DayNumber;
        double spacing = forecasts.Count > 1 ? (double)days / (forecasts.Count - 1) : horizon;
        int block = Math.Max(1, Math.Min(forecasts.Count, (int)Math.Ceiling(horizon / spacing)));
        return new Scores
        {
            Horizon = horizon,
            Origins = (forecasts[0].Origin, forecasts[^1].Origin),
            Block = block,
            Forecasters = [.. Enum.GetValues<Forecaster>().Where(forecaster => forecaster != Forecaster.Unset).Select(forecaster => Score(forecaster, forecasts, block))],
        };
    }

    private static ForecasterScore Score(Forecaster forecaster, IReadOnlyList<OriginForecast> forecasts, int block)
    {
        double[] percent = [.. forecasts.Select(forecast => PercentError(forecast, forecaster))];
        double[] logErrors = [.. forecasts.Select(forecast => forecast.LogError(forecaster))];
        bool[] hits =
        [
            .. from forecast in forecasts
               let said = Math.Sign(forecast.LogPrices[(int)forecaster] - forecast.OriginLogPrice)
               let came = Math.Sign(forecast.ActualLogPrice - forecast.OriginLogPrice)
               where said != 0 && came != 0
               select said == came,
        ];
        return new ForecasterScore
        {
            Forecaster = forecaster,
            Count = forecasts.Count,
            Mape = ScoreEstimate.OfMean(percent, block),
            MaeLog = logErrors.Average(Math.Abs),
            RmseLog = Math.Sqrt(logErrors.Average(error => error * error)),
            Mase = ScoreEstimate.OfMean([.. forecasts.Select(forecast => Math.Abs(forecast.LogError(forecaster)) / forecast.MeanDailyLogChange)], block),
            DirectionHitRate = hits.Length == 0 ? null : ScoreEstimate.OfShare(hits.Count(hit => hit), hits.Length, block),
            AgainstBaselines =
            [
                .. from baseline in Baselines
                   where baseline != forecaster
                   select new Comparison(baseline, ScoreEstimate.OfMean([.. forecasts.Select(forecast => PercentError(forecast, forecaster) - PercentError(forecast, baseline))], block)),
            ],
            Conformal80 = Interval(forecaster, forecasts, forecast => forecast.ConformalHalfWidths[(int)forecaster].At80, block),
            Conformal95 = Interval(forecaster, forecasts, forecast => forecast.ConformalHalfWidths[(int)forecaster].At95, block),
            Simulated80 = IsModelBased(forecaster) ? Interval(forecaster, forecasts, forecast => Deviations80 * forecast.SimulatedLogDeviation, block) : null,
            Simulated95 = IsModelBased(forecaster) ? Interval(forecaster, forecasts, forecast => Deviations95 * forecast.SimulatedLogDeviation, block) : null,
        };
    }

    private static bool IsModelBased(Forecaster forecaster) => forecaster is Forecaster.TrendModel or Forecaster.Ensemble;

    private static double PercentError(OriginForecast forecast, Forecaster forecaster) => 100 * Math.Abs(Math.Exp(-forecast.LogError(forecaster)) - 1);

    private static IntervalScore? Interval(Forecaster forecaster, IReadOnlyList<OriginForecast> forecasts, Func<OriginForecast, double?> halfWidth, int block)
    {
        (double Error, double Half)[] cases = [.. from forecast in forecasts where halfWidth(forecast) is not null select (forecast.LogError(forecaster), halfWidth(forecast)!.Value)];
        if (cases.Length == 0) return null;
        return new IntervalScore(
            cases.Length,
            ScoreEstimate.OfShare(cases.Count(one => Math.Abs(one.Error) <= one.Half), cases.Length, block),
            cases.Average(one => 2 * one.Half),
            ScoreEstimate.OfMean([.. cases.Select(one => Pinball(0.1, one.Error + one.Half))], block),
            ScoreEstimate.OfMean([.. cases.Select(one => Pinball(0.5, one.Error))], block),
            ScoreEstimate.OfMean([.. cases.Select(one => Pinball(0.9, one.Error - one.Half))], block),
            ScoreEstimate.OfMean([.. cases.Select(one => (Pinball(0.1, one.Error + one.Half) + Pinball(0.5, one.Error) + Pinball(0.9, one.Error - one.Half)) / 3)], block));
    }

    private static double Pinball(double quantile, double error) => Math.Max(quantile * error, (quantile - 1) * error);
}

/// <summary>How good one forecaster was at one horizon. Errors in log are of ln(price).</summary>
public sealed record ForecasterScore
{
    /// <summary>Whose figures these are.</summary>
    public required Forecaster Forecaster { get; init; }

    /// <summary>Forecasts that were scored.</summary>
    public required int Count { get; init; }

    /// <summary>Mean absolute error, percent of the price that came.</summary>
    public required ScoreEstimate Mape { get; init; }

    /// <summary>Mean absolute error in log.</summary>
    public required double MaeLog { get; init; }

    /// <summary>Root of the mean squared error in log.</summary>
    public required double RmseLog { get; init; }

    /// <summary>Mean absolute error in log, divided by the mean absolute daily change up to the origin (Hyndman and Koehler, 2006).</summary>
    public required ScoreEstimate Mase { get; init; }

    /// <summary>Share of forecasts that named the side of the last price on which the price came; null for one that names none.</summary>
    public required ScoreEstimate? DirectionHitRate { get; init; }

    /// <summary>Against each baseline but itself.</summary>
    public required IReadOnlyList<Comparison> AgainstBaselines { get; init; }

    /// <summary>Its conformal interval at 80 %; null where there was none.</summary>
    public required IntervalScore? Conformal80 { get; init; }

    /// <summary>Its conformal interval at 95 %; null where there was none.</summary>
    public required IntervalScore? Conformal95 { get; init; }

    /// <summary>The interval of the simulated trends at 80 % around it; for the trend model and the ensemble only.</summary>
    public required IntervalScore? Simulated80 { get; init; }

    /// <summary>As <see cref="Simulated80"/> at 95 %.</summary>
    public required IntervalScore? Simulated95 { get; init; }
}

/// <summary>A forecaster's mean absolute percentage error less a baseline's, over the same days.</summary>
/// <param name="Baseline">The baseline.</param>
/// <param name="MapeDifference">Percentage points; below zero is better than the baseline.</param>
public readonly record struct Comparison(Forecaster Baseline, ScoreEstimate MapeDifference)
{
    /// <summary>What may be said: better or worse only where the whole confidence interval is.</summary>
    public Verdict Verdict => MapeDifference.High < 0 ? Verdict.Better : MapeDifference.Low > 0 ? Verdict.Worse : Verdict.Level;
}

/// <summary>What a comparison allows to be said.</summary>
public enum Verdict
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Better, and the whole confidence interval with it.</summary>
    Better = 1,

    /// <summary>No difference that is more than chance.</summary>
    Level = 2,

    /// <summary>Worse, and the whole confidence interval with it.</summary>
    Worse = 3,
}

/// <summary>How an interval held.</summary>
/// <param name="Count">Forecasts that had one.</param>
/// <param name="Coverage">Share of prices that came inside.</param>
/// <param name="MeanLogWidth">Mean width in log.</param>
/// <param name="PinballLow">Mean pinball loss in log of the lower end as the 10 % quantile (meant for 80 % intervals).</param>
/// <param name="PinballMiddle">Of the forecast itself as the median.</param>
/// <param name="PinballHigh">Of the upper end as the 90 % quantile.</param>
/// <param name="Pinball">Of the three together, their mean.</param>
public sealed record IntervalScore(int Count, ScoreEstimate Coverage, double MeanLogWidth, ScoreEstimate PinballLow, ScoreEstimate PinballMiddle, ScoreEstimate PinballHigh, ScoreEstimate Pinball);
