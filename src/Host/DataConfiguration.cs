namespace LatencyEngine.Host;

/// <summary>Section <c>data</c>: full paths of existing files.</summary>
public sealed record DataConfiguration
{
    /// <summary>The recording.</summary>
    public required string Recording { get; init; }

    /// <summary>The instrument list (Bybit V5, 13.1).</summary>
    public required string Instruments { get; init; }

    /// <summary>The risk tiers (Bybit V5, 13.2).</summary>
    public required string RiskLimits { get; init; }
}
