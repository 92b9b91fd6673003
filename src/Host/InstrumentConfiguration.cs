namespace LatencyEngine.Host;

/// <summary>Section <c>instruments:SYMBOL</c>: what depends on an instrument's tick size and price. Model units: price in ticks, time in seconds, inventory in units of one base order.</summary>
public sealed record InstrumentConfiguration
{
    /// <summary>Base order, in base coin; one unit of inventory. Above 0, at most 1,000,000,000.</summary>
    public required decimal OrderQty { get; init; }

    /// <summary>Largest order, in base coin; at least the largest quote, at most 1,000,000,000.</summary>
    public required decimal OrderQtyMax { get; init; }

    /// <summary>Largest position either way if every open order of that side filled, in base coin; at least the inventory that the quoter may build, at most 1,000,000,000.</summary>
    public required decimal PositionQtyMax { get; init; }

    /// <summary>Risk aversion gamma, 1 / (tick x unit); above 0, at most 1,000.</summary>
    public required double RiskAversionPerTickUnit { get; init; }

    /// <summary>Decay k of the arrival intensity with depth, 1 / tick; above 0, at most 1,000.</summary>
    public required double ArrivalDecayPerTick { get; init; }

    /// <summary>Lowest volatility the model is given; above 0, at most 100,000.</summary>
    public required double SigmaFloorTicksPerSqrtSecond { get; init; }

    /// <summary>Highest volatility the model is given; above the floor, at most 100,000.</summary>
    public required double SigmaCapTicksPerSqrtSecond { get; init; }

    /// <summary>A working quote stays where it is until its target has moved this far; 1 to 100,000.</summary>
    public required int RequoteTicks { get; init; }

    /// <summary>Distance between two levels; 1 to 100,000.</summary>
    public required int LevelStepTicks { get; init; }
}
