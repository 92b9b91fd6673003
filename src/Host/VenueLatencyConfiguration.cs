namespace LatencyEngine.Host;

/// <summary>Section <c>venue:latency</c>: one way, 0 to 10,000,000 each.</summary>
public sealed record VenueLatencyConfiguration
{
    /// <summary>Market data, venue to engine.</summary>
    public required int FeedMicroseconds { get; init; }

    /// <summary>Requests, engine to venue.</summary>
    public required int OrderMicroseconds { get; init; }

    /// <summary>Acknowledgements and private messages, venue to engine.</summary>
    public required int ResponseMicroseconds { get; init; }

    /// <summary>Largest seeded addition to each of them.</summary>
    public required int JitterMicroseconds { get; init; }
}
