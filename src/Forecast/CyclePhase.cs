namespace LatencyEngine.Forecast;

/// <summary>Where a day stands in the halving cycle. A label of history: four cycles are known, so it is a prior and no signal.</summary>
public enum CyclePhase
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>From 930 days after a halving until the next one, and everything before the first.</summary>
    Accumulation = 1,

    /// <summary>Less than 480 days after a halving.</summary>
    Bull = 2,

    /// <summary>480 to 599 days after a halving.</summary>
    Distribution = 3,

    /// <summary>600 to 929 days after a halving.</summary>
    Bear = 4,
}
