namespace LatencyEngine.Forecast;

/// <summary>From a history to a forecast: a pure function. It reads no clock, keeps nothing, and gives the same bits for the same closes. What stays in force when it fails is the caller's to keep.</summary>
public static class DailyForecaster
{
    /// <summary>Most days ahead.</summary>
    public const int DaysMax = 365;

    /// <summary>Rows between the origins whose errors give weights and conformal intervals.</summary>
    public const int OriginEveryRows = 45;

    private const int FirstOriginRows = 4 * 365;

    /// <summary>The rows that a history is scored from: every 45th, once four years are known, or half of a shorter history.</summary>
    public static IReadOnlyList<int> OriginRows(DailyCloses closes)
    {
        int first = Math.Max(TrendFitter.RowsMin, Math.Min(FirstOriginRows, closes.Count / 2)) - 1;
        return [.. Enumerable.Range(0, closes.Count).Where(row => row >= first && (row - first) % OriginEveryRows == 0)];
    }

    /// <summary>Forecasts the days after a history.</summary>
    /// <param name="closes">The history.</param>
    /// <param name="days">Days ahead, 1 to <see cref="DaysMax"/>.</param>
    /// <param name="settings">Of the trend model.</param>
    /// <param name="cancel">Ends it between two fits.</param>
    /// <exception cref="ForecastException">The history is too short, or cannot be fitted.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Too few or too many days.</exception>
    public static DailyForecast Forecast(DailyCloses closes, int days, ForecastSettings settings, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, DaysMax);
        Members members = Members.Fit(closes, settings);
        int[] horizons = [.. Enumerable.Range(1, days)];
        IReadOnlyDictionary<int, IReadOnlyList<OriginForecast>> scored = RollingOrigins.Run(closes, settings, OriginRows(closes), horizons, cancel);
        return new DailyForecast
        {
            FirstDay = DateOnly.FromDayNumber(closes.DayNumbers[0]),
            LastDay = closes.LastDay,
            Rows = closes.Count,
            LastPrice = closes.Prices[^1],
            Warnings = closes.Warnings,
            Model = members.Model,
            PowerLaw = members.PowerLaw,
            Days = [.. horizons.Select(horizon => Day(closes.LastDay.AddDays(horizon), members, horizon, scored[horizon]))],
            Phase = PhaseEvidence.Of(closes),
        };
    }

    private static ForecastDay Day(DateOnly day, Members members, int horizon, IReadOnlyList<OriginForecast> scored)
    {
        double[] says = members.LogPrices(horizon);
        var weights = Weights.From(scored);
        double log = weights.Apply(says);
        double deviation = members.Model.LogStandardDeviation(day);
        double model = says[(int)Forecaster.TrendModel];
        (double? at80, double? at95) = RollingOrigins.HalfWidths(scored, Forecaster.Ensemble);
        return new ForecastDay
        {
            Day = day,
            Price = Math.Exp(log),
            Simulated80 = Around(log, Scores.Deviations80 * deviation),
            Simulated95 = Around(log, Scores.Deviations95 * deviation),
            Conformal80 = at80 is { } half80 ? Around(log, half80) : null,
            Conformal95 = at95 is { } half95 ? Around(log, half95) : null,
            EqualWeights = Math.Exp(says[(int)Forecaster.EqualEnsemble]),
            PowerLaw = Math.Exp(says[(int)Forecaster.AnchoredPowerLaw]),
            CycleAnalog = Math.Exp(says[(int)Forecaster.CycleAnalog]),
            TrendModel = Math.Exp(says[(int)Forecaster.AnchoredTrendModel]),
            UnanchoredTrendModel = Math.Exp(model),
            UnanchoredPowerLaw = Math.Exp(says[(int)Forecaster.PowerLaw]),
            UnanchoredTrendModel80 = Around(model, Scores.Deviations80 * deviation),
            Weights = weights,
            Phase = HalvingCycle.PositionOf(day).Label,
        };
    }

    private static (double Lower, double Upper) Around(double log, double half) => (Math.Exp(log - half), Math.Exp(log + half));
}
