using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The shape of the quotes of one instrument: fee floor, ladder and inventory bound.</summary>
public sealed record QuotePipelineSettings
{
    /// <summary>The account's maker fee as a fraction in 1e-8 (2 bp is 20,000); negative is a rebate.</summary>
    public required long MakerFeeE8 { get; init; }

    /// <summary>Smallest profit per side above the fee, as a fraction of the price in 1e-8; not negative.</summary>
    public required long MinEdgeE8 { get; init; }

    /// <summary>Quotes a side, 1 to <see cref="QuotePipeline.LevelsMax"/>.</summary>
    public required int Levels { get; init; }

    /// <summary>Distance from one level to the next, at least one tick.</summary>
    public required TickDelta Step { get; init; }

    /// <summary>Quantity of level 0, and the unit in which inventory is counted.</summary>
    public required QtyLots BaseQty { get; init; }

    /// <summary>Quantity of a level as a multiple of the level before it, in 1e-8 (1.5 is 150,000,000); positive, at most 10.</summary>
    public required long SizeMultiplierE8 { get; init; }

    /// <summary>Largest inventory that the quotes may build, long or short, in base orders.</summary>
    public required int UnitsMax { get; init; }
}
