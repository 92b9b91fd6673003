namespace LatencyEngine.Simulator;

/// <summary>A public trade as it was printed.</summary>
/// <param name="Trade">What matched.</param>
/// <param name="TickDirection"><c>L</c>: against the trade before it (Bybit V5, 15).</param>
internal readonly record struct TapeTrade(MarketTrade Trade, string TickDirection);
