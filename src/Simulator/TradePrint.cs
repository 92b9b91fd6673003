namespace LatencyEngine.Simulator;

/// <summary>A recorded public trade as evidence for a maker fill.</summary>
/// <param name="RecvNanos">Recording time of its frame, ns since 1970.</param>
/// <param name="MatchMillis"><c>T</c>: when it matched, ms since 1970.</param>
/// <param name="TradeId"><c>i</c> of the public trade.</param>
/// <param name="Price">Trade price.</param>
/// <param name="Qty">Traded quantity.</param>
public sealed record TradePrint(long RecvNanos, long MatchMillis, string TradeId, decimal Price, decimal Qty);
