namespace LatencyEngine.Forecast;

/// <summary>Forecasts from many days of the past, each with nothing but what was known on it.</summary>
public static class RollingOrigins
{
    /// <summary>The rows to forecast from.</summary>
    /// <param name="closes">The history.</param>
    /// <param name="first">The first origin, or the day after it that has a close.</param>
    /// <param name="last">No origin after this day.</param>
    /// <param name="everyRows">Rows from one origin to the next.</param>
    public static IReadOnlyList<int> Rows(DailyCloses closes, DateOnly first, DateOnly last, int everyRows)
    {
        var rows = new List<int>();
        int from = Enumerable.Range(0, closes.Count).FirstOrDefault(row => closes.DayNumbers[row] >= first.DayNumber, closes.Count);
        for (int row = from; row < closes.Count && closes.DayNumbers[row] <= last.DayNumber; row += everyRows) rows.Add(row);
        return rows;
    }

    /// <summary>Forecasts from each origin at each horizon whose outcome the history holds. Weights and conformal widths come from earlier origins whose outcome was known on the origin.</summary>
    /// <param name="closes">The history.</param>
    /// <param name="settings">Of the trend model.</param>
    /// <param name="originRows">Rows to forecast from, rising.</param>
    /// <param name="horizons">Days ahead, each once.</param>
    /// <param name="cancel">Ends it between two origins.</param>
    /// <returns>By horizon, then by origin.</returns>
    /// <exception cref="ForecastException">An origin's history is too short, or cannot be fitted.</exception>
    public static IReadOnlyDictionary<int, IReadOnlyList<OriginForecast>> Run(DailyCloses closes, ForecastSettings settings, IReadOnlyList<int> originRows, IReadOnlyList<int> horizons, CancellationToken cancel = default)
    {
        Dictionary<int, List<OriginForecast>> made = horizons.ToDictionary(horizon => horizon, _ => new List<OriginForecast>());
        double[] dailyChanges = [.. closes.LogPrices.Zip(closes.LogPrices.Skip(1), (from, to) => Math.Abs(to - from))];
        foreach (int row in originRows)
        {
            cancel.ThrowIfCancellationRequested();
            if (!horizons.Any(horizon => closes.RowOf(closes.DayNumbers[row] + horizon) is not null)) continue;
            Members members = Members.Fit(closes.First(row + 1), settings);
            foreach (int horizon in horizons)
            {
                if (closes.RowOf(closes.DayNumbers[row] + horizon) is not { } outcome) continue;
                DateOnly origin = DateOnly.FromDayNumber(closes.DayNumbers[row]);
                OriginForecast[] known = [.. Known(made[horizon], origin)];
                var weights = Weights.From(known);
                double[] logPrices = members.LogPrices(horizon);
                logPrices[(int)Forecaster.Ensemble] = weights.Apply(logPrices);
                made[horizon].Add(new OriginForecast
                {
                    Origin = origin,
                    Horizon = horizon,
                    OriginLogPrice = closes.LogPrices[row],
                    ActualLogPrice = closes.LogPrices[outcome],
                    LogPrices = logPrices,
                    SimulatedLogDeviation = members.Model.LogStandardDeviation(origin.AddDays(horizon)),
                    MeanDailyLogChange = dailyChanges.Take(row).Average(),
                    Weights = weights,
                    ConformalHalfWidths = [.. Enum.GetValues<Forecaster>().Select(forecaster => forecaster == Forecaster.Unset ? default : HalfWidths(known, forecaster))],
                });
            }
        }

        return made.ToDictionary(entry => entry.Key, entry => (IReadOnlyList<OriginForecast>)entry.Value);
    }

    /// <summary>The forecasts whose outcome is known on a day.</summary>
    public static IEnumerable<OriginForecast> Known(IEnumerable<OriginForecast> forecasts, DateOnly day) => forecasts.Where(forecast => forecast.Origin.AddDays(forecast.Horizon) <= day);

    /// <summary>A forecaster's conformal half widths at 80 and 95 % from scored forecasts of one horizon.</summary>
    public static (double? At80, double? At95) HalfWidths(IReadOnlyCollection<OriginForecast> scored, Forecaster forecaster)
    {
        double[] errors = [.. scored.Select(forecast => Math.Abs(forecast.LogError(forecaster)))];
        return (Conformal.HalfWidth(errors, 0.8), Conformal.HalfWidth(errors, 0.95));
    }
}
