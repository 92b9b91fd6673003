using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>What one run of the quote pipeline looks at. Prices and distances are in 1e-9 ticks (<see cref="NanoTicks"/>), at most 9e9 ticks either way.</summary>
/// <param name="FairNanoTicks">Fair price.</param>
/// <param name="HalfModelNanoTicks">Half the model's total spread, not negative.</param>
/// <param name="SkewPerUnitNanoTicks">Shift of the centre per base order of inventory, not negative.</param>
/// <param name="BiasNanoTicks">Directional shift of both quotes, signed; the pipeline clamps it.</param>
/// <param name="PositionE8">Signed position in 1e-8 base units (lots times <see cref="InstrumentSpec.LotE8"/>), long above zero.</param>
/// <param name="BestBid">Best bid of the book.</param>
/// <param name="BestAsk">Best ask of the book.</param>
public readonly record struct QuotePipelineInputs(
    long FairNanoTicks,
    long HalfModelNanoTicks,
    long SkewPerUnitNanoTicks,
    long BiasNanoTicks,
    long PositionE8,
    PriceTicks BestBid,
    PriceTicks BestAsk);
