using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>A row of <c>market/funding/history</c> (Bybit V5, 13).</summary>
public sealed record RestFunding
{
    /// <summary>What longs paid shorts, a fraction of the position's value.</summary>
    public decimal FundingRate { get; init; }

    /// <summary>When, ms since 1970.</summary>
    [JsonPropertyName("fundingRateTimestamp")]
    public long SettledMillis { get; init; }
}
