namespace LatencyEngine.Host;

/// <summary>Section <c>orderBudget</c>: the venue's limits for this account (Bybit V5, 17.2 and 17.3), 1 to 1,200 each.</summary>
public sealed record OrderBudgetConfiguration
{
    /// <summary><c>order.create</c>.</summary>
    public required int CreatesPerSecond { get; init; }

    /// <summary><c>order.amend</c>.</summary>
    public required int AmendsPerSecond { get; init; }

    /// <summary><c>order.cancel</c>.</summary>
    public required int CancelsPerSecond { get; init; }

    /// <summary>Cancels that ordinary requoting leaves for pulling quotes; 0 to below <see cref="CancelsPerSecond"/>.</summary>
    public required int CancelReserve { get; init; }

    /// <summary>A request without an answer for this long has an unknown outcome; 1 to 60,000.</summary>
    public required int AcknowledgementTimeoutMilliseconds { get; init; }
}
