namespace LatencyEngine.Forecast;

/// <summary>Everything that names a price for a coming day: the baselines, the members of the ensemble as they are and anchored, and the ensembles.</summary>
public enum Forecaster
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>The last price: a random walk.</summary>
    Naive = 1,

    /// <summary>The last price and the mean of the last 365 log returns a day: a random walk with drift.</summary>
    RandomWalkWithDrift = 2,

    /// <summary>The last price of the same weekday.</summary>
    SeasonalNaive = 3,

    /// <summary>A power of the days since the chain's first day, by least squares.</summary>
    PowerLaw = 4,

    /// <summary>Half of what earlier halving cycles did from the same day on.</summary>
    CycleAnalog = 5,

    /// <summary>Trend with changepoints and seasons.</summary>
    TrendModel = 6,

    /// <summary>Geometric mean of the members as they are.</summary>
    RawEnsemble = 7,

    /// <summary>The power law, moved to begin at the last price.</summary>
    AnchoredPowerLaw = 8,

    /// <summary>The trend model, moved to begin at the last price.</summary>
    AnchoredTrendModel = 9,

    /// <summary>Geometric mean of the anchored members.</summary>
    EqualEnsemble = 10,

    /// <summary>Weighted geometric mean of the anchored members and the last price: what is published.</summary>
    Ensemble = 11,
}
