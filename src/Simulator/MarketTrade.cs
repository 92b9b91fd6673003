namespace LatencyEngine.Simulator;

/// <summary>One recorded public trade.</summary>
/// <param name="Id"><c>i</c>.</param>
/// <param name="TakerBuys">Side of the taker.</param>
/// <param name="Price"><c>p</c>.</param>
/// <param name="Qty"><c>v</c>.</param>
/// <param name="MatchMillis"><c>T</c>: match time, ms.</param>
/// <param name="IsBlock"><c>BT</c>: agreed outside the book.</param>
internal readonly record struct MarketTrade(string Id, bool TakerBuys, decimal Price, decimal Qty, long MatchMillis, bool IsBlock);
