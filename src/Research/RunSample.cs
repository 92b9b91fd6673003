namespace LatencyEngine.Research;

/// <summary>The state of a run at one moment of logic time.</summary>
/// <param name="Utc">Logic time.</param>
/// <param name="Equity">Wallet + unrealised, USDT.</param>
/// <param name="PositionQty">Signed position by instrument, in the order of <see cref="RunResult.Symbols"/>.</param>
/// <param name="Mid">Mid price by instrument; null while its book is unusable.</param>
/// <param name="OwnBid">Best own bid by instrument; null without one.</param>
/// <param name="OwnAsk">Best own ask by instrument; null without one.</param>
public sealed record RunSample(
    DateTime Utc, decimal Equity, IReadOnlyList<decimal> PositionQty, IReadOnlyList<decimal?> Mid, IReadOnlyList<decimal?> OwnBid, IReadOnlyList<decimal?> OwnAsk);
