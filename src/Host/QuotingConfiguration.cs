namespace LatencyEngine.Host;

/// <summary>Section <c>quoting</c>: what holds for every instrument.</summary>
public sealed record QuotingConfiguration
{
    /// <summary>The rolling horizon tau in which inventory should turn over; above 0, at most a day.</summary>
    public required double HorizonSeconds { get; init; }

    /// <summary>Largest inventory either way, in base orders, which the quoter counts whole; 1 to 1,000.</summary>
    public required int MaxInventoryUnits { get; init; }

    /// <summary>Edge kept on top of the maker fee, as a fraction of the price; 0 to below 0.5.</summary>
    public required decimal MinEdgeFraction { get; init; }

    /// <summary>Quotes a side, 1 to 10.</summary>
    public required int LevelsPerSide { get; init; }

    /// <summary>Quantity of a level over that of the level before it, above 0, at most 10.</summary>
    public required decimal SizeMultiplier { get; init; }

    /// <summary>Time constant of the volatility estimate; above 0, at most a day.</summary>
    public required double VolatilityTimeConstantSeconds { get; init; }

    /// <summary>Mids are sampled at most this often: every update would add the bounce between bid and ask to the volatility; 1 to 60,000.</summary>
    public required int MidSampleMilliseconds { get; init; }

    /// <summary>The fair value.</summary>
    public required FairValueModel FairValue { get; init; }
}
