namespace LatencyEngine.Research;

/// <summary>How far a run has come.</summary>
/// <param name="Fraction">Share of the recording done, 0 to 1.</param>
/// <param name="LogicUtc">Logic time reached.</param>
/// <param name="Mid">Mid price of the first instrument, USDT; null before its first book.</param>
/// <param name="Equity">Wallet + unrealised, USDT.</param>
/// <param name="PositionQty">Signed position of the first instrument, base coin.</param>
/// <param name="Orders">Requests sent so far.</param>
/// <param name="Fills">Executions so far.</param>
public readonly record struct RunProgress(double Fraction, DateTime LogicUtc, decimal? Mid, decimal Equity, decimal PositionQty, long Orders, long Fills);
