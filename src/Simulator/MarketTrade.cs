namespace LatencyEngine.Simulator;

/// <summary>One public trade, recorded or of a flow market.</summary>
/// <param name="Id"><c>i</c>.</param>
/// <param name="TakerBuys">Side of the taker.</param>
/// <param name="Price"><c>p</c>.</param>
/// <param name="Qty"><c>v</c>.</param>
/// <param name="MatchMillis"><c>T</c>: match time, ms.</param>
/// <param name="IsBlock"><c>BT</c>: agreed outside the book.</param>
/// <param name="Sequence"><c>seq</c>: shared by all trades of one taker; 0 when the recording has none.</param>
internal readonly record struct MarketTrade(string Id, bool TakerBuys, decimal Price, decimal Qty, long MatchMillis, bool IsBlock, long Sequence);
