namespace LatencyEngine.Research;

/// <summary>One instrument's part of a run.</summary>
public sealed record InstrumentResult(string Symbol, long Fills, decimal RealisedPnl, decimal UnrealisedPnl, decimal Fees, decimal FinalPositionQty, decimal MaxAbsPositionQty, decimal AverageEntry, decimal LastMark);
