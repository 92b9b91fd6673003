namespace LatencyEngine.Research;

/// <summary>A recorded market trade that worked off the queue before an own order, or filled it.</summary>
/// <param name="RecvNanos">When the recording received it, nanoseconds since 1970-01-01 UTC.</param>
/// <param name="TradeId">The venue's id of the trade.</param>
/// <param name="Price">Price, USDT.</param>
/// <param name="Qty">Size, base coin.</param>
public sealed record TradePrint(long RecvNanos, string TradeId, decimal Price, decimal Qty);
