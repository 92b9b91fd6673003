using LatencyEngine.Model;

namespace LatencyEngine.Orders;

/// <summary>How the order table plans and waits.</summary>
/// <param name="RequoteTicks">One value an instrument, at its index: a working quote moves when its target is at least this far away; 1 or more.</param>
/// <param name="AckTimeoutNanos">Longest wait for an answer before the outcome counts as unknown, and between two cancels of an order whose outcome is unknown; positive.</param>
/// <param name="QuoteTimeInForce">Time in force of quotes: PostOnly for a market maker.</param>
/// <param name="RequestLifetimeNanos">Age from which a request that has not arrived can no longer be accepted: its receive window and the difference of the clocks (Bybit V5, 9.1); positive.</param>
/// <param name="StreamDelayMaxNanos">Longest time from the acceptance of a request until the order stream shows its effect, beyond which the stream counts as slow; positive.</param>
public sealed record OrderTableSettings(IReadOnlyList<long> RequoteTicks, long AckTimeoutNanos, TimeInForce QuoteTimeInForce, long RequestLifetimeNanos, long StreamDelayMaxNanos)
{
    /// <summary>One value an instrument, at its index: a place in the queue is weighed against the error of the price (docs/models.md, 2.9). Empty: the distance alone decides.</summary>
    public IReadOnlyList<QueueWorth> QueueWorths { get; init; } = [];
}
