namespace LatencyEngine.Forecast;

/// <summary>What was forecast from one day for another, with nothing known after the first, and what came.</summary>
public sealed record OriginForecast
{
    /// <summary>The last day that was known.</summary>
    public required DateOnly Origin { get; init; }

    /// <summary>Days from there to the day that was forecast.</summary>
    public required int Horizon { get; init; }

    /// <summary>ln(price) on the origin.</summary>
    public required double OriginLogPrice { get; init; }

    /// <summary>ln(price) that came.</summary>
    public required double ActualLogPrice { get; init; }

    /// <summary>What each forecaster said of ln(price), by <see cref="Forecaster"/>.</summary>
    public required double[] LogPrices { get; init; }

    /// <summary>Standard deviation of ln(price) over the trend model's simulated trends.</summary>
    public required double SimulatedLogDeviation { get; init; }

    /// <summary>Mean absolute daily change of ln(price) up to the origin: what the scaled error is measured in.</summary>
    public required double MeanDailyLogChange { get; init; }

    /// <summary>The ensemble's weights.</summary>
    public required Weights Weights { get; init; }

    /// <summary>Half the width, in ln(price), of each forecaster's conformal intervals at 80 and 95 %, by <see cref="Forecaster"/>; null where too few outcomes were known.</summary>
    public required (double? At80, double? At95)[] ConformalHalfWidths { get; init; }

    /// <summary>ln(price) that came less the one that was forecast.</summary>
    public double LogError(Forecaster forecaster) => ActualLogPrice - LogPrices[(int)forecaster];
}
