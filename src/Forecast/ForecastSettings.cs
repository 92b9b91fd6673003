namespace LatencyEngine.Forecast;

/// <summary>How the trend model is built and fitted. The defaults are those whose scores the documentation shows.</summary>
public sealed record ForecastSettings
{
    /// <summary>What the model explains: the logarithm of the price as a sum, or the price itself as trend times season.</summary>
    public ForecastForm Form { get; init; } = ForecastForm.LogAdditive;

    /// <summary>Days on which the trend may bend, spread evenly over the first part of the history.</summary>
    public int Changepoints { get; init; } = 25;

    /// <summary>The first part of the history that holds the changepoints, a fraction of its rows.</summary>
    public double ChangepointRange { get; init; } = 0.8;

    /// <summary>Scale of the Laplace prior on the bends, in scaled units: smaller means a stiffer trend.</summary>
    public double ChangepointPriorScale { get; init; } = 0.05;

    /// <summary>Fourier terms of the year; not used with fewer than 730 rows.</summary>
    public int YearlyOrder { get; init; } = 6;

    /// <summary>Fourier terms of the week.</summary>
    public int WeeklyOrder { get; init; } = 3;

    /// <summary>Fourier terms of the halving cycle; not used where the history spans less than one cycle (1,458 days).</summary>
    public int HalvingOrder { get; init; } = 2;

    /// <summary>Standard deviation of the normal prior on the Fourier terms, in scaled units.</summary>
    public double SeasonalityPriorScale { get; init; } = 10;
}

/// <summary>The two forms of the trend model.</summary>
public enum ForecastForm
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>ln(price) = trend + season + noise: multiplicative on the price, and convex.</summary>
    LogAdditive = 1,

    /// <summary>price = trend * (1 + season) + noise.</summary>
    Multiplicative = 2,
}
