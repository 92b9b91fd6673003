namespace LatencyEngine.Host;

/// <summary>Section <c>venue:latency</c>: one way, at most 10,000,000 each.</summary>
public sealed record VenueLatencyConfiguration
{
    /// <summary>Market data, venue to engine; at least 1.</summary>
    public required int FeedMicroseconds { get; init; }

    /// <summary>Requests, engine to venue; at least 20, the span of one burst.</summary>
    public required int OrderMicroseconds { get; init; }

    /// <summary>Acknowledgements and private messages, venue to engine; at least 1.</summary>
    public required int ResponseMicroseconds { get; init; }

    /// <summary>Largest seeded addition to each of them; at least 0.</summary>
    public required int JitterMicroseconds { get; init; }
}
