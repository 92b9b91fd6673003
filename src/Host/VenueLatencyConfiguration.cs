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

    /// <summary>Requests that cancel, engine to venue; at least 20.</summary>
    public required int CancelMicroseconds { get; init; }

    /// <summary>Seeded addition to each of them: the largest of a uniform one, the median of a lognormal one; at least 0.</summary>
    public required int JitterMicroseconds { get; init; }

    /// <summary>Distribution of that addition: "uniform", "lognormal" or "resampled".</summary>
    public required string JitterDistribution { get; init; }

    /// <summary>Standard deviation of the logarithm of a lognormal addition; 0 to 5.</summary>
    public required double JitterSigma { get; init; }

    /// <summary>Full path of the file with the measured additions of a resampled one; null for none.</summary>
    public required string? JitterSamples { get; init; }
}
