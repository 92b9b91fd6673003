using LatencyEngine.Meter;
using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>How a live run stands.</summary>
/// <param name="Elapsed">Since it began to trade.</param>
/// <param name="State">Whether it quotes.</param>
/// <param name="HeldBy">What holds an instrument's quotes back or further out while it does.</param>
/// <param name="Equity">Wallet and unrealised P&amp;L, USDT.</param>
/// <param name="Requests">Requests made.</param>
/// <param name="Fills">Executions booked.</param>
/// <param name="Positions">By symbol, in base coin, signed.</param>
public sealed record LiveProgress(TimeSpan Elapsed, QuotingState State, QuotesHeldBy HeldBy, decimal Equity, long Requests, long Fills, IReadOnlyDictionary<string, decimal> Positions)
{
    /// <summary>What is measured of every frame's life since the start, by name; written to while it is read.</summary>
    public required IReadOnlyDictionary<string, LatencyHistogram> Stages { get; init; }
}
