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

    /// <summary>Fills of one side at the fair price, a second: the A of the arrival intensity A exp(-k depth); above 0, at most 1,000. Read by the GLFT models.</summary>
    public required double ArrivalRatePerSecond { get; init; }

    /// <summary>How far a fill moves the fair price against the engine, in ticks; 0 to 100,000. Read by the GLFT models.</summary>
    public required double ImpactTicks { get; init; }

    /// <summary>A view of the market that outlasts any single holding, for the whole run: -1 (down) to 1 (up), 0 for none. Its weight is <see cref="QuotingConfiguration.ViewWeight"/>.</summary>
    public required double ViewScore { get; init; }

    /// <summary>Largest shift of the quotes that a slow thread's bias may ask for, either way, in ticks; 0 to 100,000.</summary>
    public required double BiasMaxTicks { get; init; }

    /// <summary>Largest inventory that a slow thread's bias may have the quotes lean towards, either way, in base coin; 0 to 1,000,000,000. The weight is <see cref="QuotingConfiguration.ViewWeight"/>.</summary>
    public required decimal BiasMaxQty { get; init; }

    /// <summary>Drift of the price that is taken to last, ticks a second; -1,000 to 1,000, 0 for none.</summary>
    public required double DriftTicksPerSecond { get; init; }

    /// <summary>Lowest volatility the model is given; above 0, at most 100,000.</summary>
    public required double SigmaFloorTicksPerSqrtSecond { get; init; }

    /// <summary>Highest volatility the model is given; above the floor, at most 100,000.</summary>
    public required double SigmaCapTicksPerSqrtSecond { get; init; }

    /// <summary>A working quote stays where it is until its target has moved this far; 1 to 100,000.</summary>
    public required int RequoteTicks { get; init; }

    /// <summary>What a certain fill is worth when a place in the queue is weighed against the error of the price, in ticks; 0 to 100,000. Read with quoting:requote "queue".</summary>
    public required double QueueValueTicks { get; init; }

    /// <summary>Quantity that trades at a level, on the average, before the price leaves it, in base coin; above 0, at most 1,000,000,000. Read with quoting:requote "queue".</summary>
    public required decimal QueueTradedQty { get; init; }

    /// <summary>Distance between two levels; 1 to 100,000.</summary>
    public required int LevelStepTicks { get; init; }

    /// <summary>What the microprice adds to the mid, a row for each bucket of the spread (1 tick, 2 ticks and so on, the last one for all that is wider), in it a column for each of the imbalance from sellers to buyers; null without a table. In a profile one text: <see cref="MicropriceText"/>.</summary>
    public required IReadOnlyList<double[]>? MicropriceTicks { get; init; }

    /// <summary>Expected change of the price now for a lot of the decaying sum of order-flow imbalance, ticks a second: <c>alphaTicksPerSecondPerLot</c> of <c>calibrate</c>; -1,000 to 1,000, 0 quotes without it.</summary>
    public required double OrderFlowAlphaTicksPerSecondPerLot { get; init; }

    /// <summary>Half-life of that sum; above 0, at most a day.</summary>
    public required double OrderFlowHalfLifeSeconds { get; init; }
}
