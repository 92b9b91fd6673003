namespace LatencyEngine.Simulator;

/// <summary>A recorded public trade as evidence for a maker fill.</summary>
/// <param name="ReceivedAtNanos">Recording time of its frame, ns since 1970.</param>
/// <param name="TradeId"><c>i</c> of the public trade.</param>
/// <param name="Price">Trade price.</param>
/// <param name="Qty">Traded quantity.</param>
public sealed record TradePrint(long ReceivedAtNanos, string TradeId, decimal Price, decimal Qty);
