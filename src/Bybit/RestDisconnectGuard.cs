using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>A row of <c>account/query-dcp-info</c>: what the venue cancels by itself when the private connections are gone (Bybit V5, 7.6 and 12.6).</summary>
public sealed record RestDisconnectGuard
{
    /// <summary><c>DERIVATIVES</c>, <c>SPOT</c> or <c>OPTIONS</c>.</summary>
    public string Product { get; init => field = value ?? ""; } = "";

    /// <summary><c>ON</c>, or anything else for off.</summary>
    public string DcpStatus { get; init => field = value ?? ""; } = "";

    /// <summary>How long the connections may be gone, s.</summary>
    [JsonPropertyName("timeWindow")]
    public int WindowSeconds { get; init; }
}
