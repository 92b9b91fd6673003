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
/// <param name="ShiftNanoTicks">Shift of both quotes by a model that names it for the position as a whole, signed; not clamped. With it the skew is 0.</param>
/// <param name="BidWideningNanoTicks">How much further from the centre the bids lie, not negative.</param>
/// <param name="AskWideningNanoTicks">The same of the asks.</param>
public readonly record struct QuotePipelineInputs(
    long FairNanoTicks,
    long HalfModelNanoTicks,
    long SkewPerUnitNanoTicks,
    long BiasNanoTicks,
    long PositionE8,
    PriceTicks BestBid,
    PriceTicks BestAsk,
    long ShiftNanoTicks = 0,
    long BidWideningNanoTicks = 0,
    long AskWideningNanoTicks = 0);
