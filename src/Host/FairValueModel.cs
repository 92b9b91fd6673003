namespace LatencyEngine.Host;

/// <summary>The price that quotes are laid around (models: fair value).</summary>
public enum FairValueModel
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>(best bid + best ask) / 2.</summary>
    Mid = 1,

    /// <summary>Best prices weighted by the quantity on the opposite side.</summary>
    WeightedMid = 2,
}
