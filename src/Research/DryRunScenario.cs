namespace LatencyEngine.Research;

/// <summary>What happens to the connections of a dry-run.</summary>
public enum DryRunScenario
{
    /// <summary>Not set.</summary>
    Unset = 0,

    /// <summary>Nothing.</summary>
    Calm = 1,

    /// <summary>Now and then the venue cuts one, two or all three of them.</summary>
    Cuts = 2,

    /// <summary>The venue does not know the key.</summary>
    RefusedKey = 3,

    /// <summary>The venue takes connections and never answers.</summary>
    SilentVenue = 4,
}
