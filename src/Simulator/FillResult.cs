namespace LatencyEngine.Simulator;

/// <summary>What one fill did to a position.</summary>
/// <param name="After">The position after it.</param>
/// <param name="ClosedQty">Quantity that reduced the position, 0 or above.</param>
/// <param name="Realised">Profit of the closed quantity, before fees.</param>
/// <param name="Fee">Fee of the fill; negative is a rebate.</param>
public readonly record struct FillResult(PositionState After, decimal ClosedQty, decimal Realised, decimal Fee);
