using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The shape of the quotes of one instrument: fee floor, ladder and inventory bound.</summary>
public sealed record QuotePipelineSettings
{
    /// <summary>The account's maker fee as a fraction in 1e-8 (2 bp is 20,000); negative is a rebate.</summary>
    public required long MakerFeeE8 { get; init; }

    /// <summary>The maker fee of a unit in ticks: what a model that has it inside its optimum adds to both distances (docs/models.md, 2.6).</summary>
    /// <param name="fairTicks">Fair price, ticks.</param>
    public double MakerFeeTicks(double fairTicks)
    {
        const double OneE8 = 1e8;
        return MakerFeeE8 / OneE8 * fairTicks;
    }

    /// <summary>Smallest profit per side above the fee, as a fraction of the price in 1e-8; not negative.</summary>
    public required long MinEdgeE8 { get; init; }

    /// <summary>Quotes a side, 1 to <see cref="QuotePipeline.LevelsMax"/>.</summary>
    public required int Levels { get; init; }

    /// <summary>Distance from one level to the next, at least one tick.</summary>
    public required TickDelta Step { get; init; }

    /// <summary>Distance between two levels as a multiple of the one before it, in 1e-8: 1 to 10; 1 is a straight ladder.</summary>
    public long StepMultiplierE8 { get; init; } = 100_000_000;

    /// <summary>Quantity of level 0, and the unit in which inventory is counted.</summary>
    public required QtyLots BaseQty { get; init; }

    /// <summary>Quantity of a level as a multiple of the level before it, in 1e-8 (1.5 is 150,000,000); positive, at most 10.</summary>
    public required long SizeMultiplierE8 { get; init; }

    /// <summary>True: quantities grow in a straight line, each level by as much as <see cref="SizeMultiplierE8"/> adds to the base. False: each by the multiple.</summary>
    public bool HasLinearSizes { get; init; }

    /// <summary>Share by which the side that adds to the inventory has shrunk at the bound, in 1e-8, straight from nothing when flat: 0 to 1. The side that reduces does not change.</summary>
    public long AddingShrinkE8 { get; init; }

    /// <summary>Largest inventory that the quotes may build, long or short, in base orders.</summary>
    public required int UnitsMax { get; init; }

    /// <summary>Share of the model's skew by inventory: 1 is the model's own, 0 quotes alike on both sides whatever is held. Not negative.</summary>
    public double SkewFraction { get; init; } = 1;

    /// <summary>Share of <see cref="UnitsMax"/> that a full view of the market asks to hold, 0 to 1; 0 quotes without a view.</summary>
    public double ViewWeight { get; init; }

    /// <summary>A view that holds for the whole run, -1 to 1, up above zero; 0 for none. Its target is <see cref="DirectionalBias.ViewTarget"/>.</summary>
    public double ViewScore { get; init; }

    /// <summary>Largest inventory that a bias may ask to hold, either way, in base orders; not negative. Above <see cref="UnitsMax"/> it bounds nothing.</summary>
    public double BiasUnitsMax { get; init; } = double.PositiveInfinity;

    /// <summary>Largest shift of the quotes that a bias may ask for, either way, in ticks; 0 to <see cref="NanoTicks.TicksMax"/>.</summary>
    public double BiasTicksMax { get; init; }

    /// <summary>Drift of the price that is taken to last, ticks a second; 0 for none.</summary>
    public double DriftTicksPerSecond { get; init; }
}
