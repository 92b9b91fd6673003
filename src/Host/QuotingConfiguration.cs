namespace LatencyEngine.Host;

/// <summary>Section <c>quoting</c>. Model units: price in ticks, time in seconds, inventory in units of one base order.</summary>
public sealed record QuotingConfiguration
{
    /// <summary>Risk aversion gamma, 1 / (tick x unit); above 0.</summary>
    public required double RiskAversionPerTickUnit { get; init; }

    /// <summary>Decay k of the arrival intensity with depth, 1 / tick; above 0.</summary>
    public required double ArrivalDecayPerTick { get; init; }

    /// <summary>The rolling horizon tau in which inventory should turn over; above 0.</summary>
    public required double HorizonSeconds { get; init; }

    /// <summary>Base order, in base coin, by symbol; one unit of inventory.</summary>
    public required IReadOnlyDictionary<string, decimal> OrderQty { get; init; }

    /// <summary>Largest inventory either way, in base orders; above 0.</summary>
    public required decimal MaxInventoryUnits { get; init; }

    /// <summary>Edge kept on top of the maker fee, as a fraction of the price; 0 to below 1.</summary>
    public required decimal MinEdgeFraction { get; init; }

    /// <summary>Quotes a side, 1 to 10.</summary>
    public required int LevelsPerSide { get; init; }

    /// <summary>Distance between two levels, at least 1.</summary>
    public required int LevelStepTicks { get; init; }

    /// <summary>Quantity of a level over that of the level before it, above 0, at most 10.</summary>
    public required decimal SizeMultiplier { get; init; }

    /// <summary>A working quote stays where it is until its target has moved this far; at least 1.</summary>
    public required int RequoteTicks { get; init; }

    /// <summary>Lowest volatility the model is given; above 0.</summary>
    public required double SigmaFloorTicksPerSqrtSecond { get; init; }

    /// <summary>Highest volatility the model is given; above the floor.</summary>
    public required double SigmaCapTicksPerSqrtSecond { get; init; }

    /// <summary>Time constant of the volatility estimate; above 0.</summary>
    public required double VolatilityTimeConstantSeconds { get; init; }

    /// <summary>Mids are sampled at most this often: every update would add the bounce between bid and ask to the volatility; 1 to 60,000.</summary>
    public required int MidSampleMilliseconds { get; init; }

    /// <summary>The fair value.</summary>
    public required FairValueModel FairValue { get; init; }
}
