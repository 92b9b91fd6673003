using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>The answer of <c>user/query-api</c> (Bybit V5, 12.8), without the key itself.</summary>
public sealed record RestApiKey
{
    /// <summary>The account.</summary>
    [JsonPropertyName("userID")]
    public long Uid { get; init; }

    /// <summary>1 for a key that may only read; null where the venue gives none.</summary>
    public int? ReadOnly { get; init; }

    /// <summary>Names of permissions by group, for example <c>ContractTrade</c>: <c>Order</c>, <c>Position</c>.</summary>
    public IReadOnlyDictionary<string, string[]> Permissions { get; init => field = value ?? new Dictionary<string, string[]>(); } = new Dictionary<string, string[]>();

    /// <summary>When the key ends, as the venue writes it; the year 1970 for never.</summary>
    public string ExpiredAt { get; init => field = value ?? ""; } = "";

    /// <summary>Level of the account, for example <c>VIP-1</c>.</summary>
    public string VipLevel { get; init => field = value ?? ""; } = "";

    /// <summary>Whether the key has a permission of a group.</summary>
    public bool May(string group, string permission) => Permissions.TryGetValue(group, out string[]? names) && names is not null && names.Contains(permission, StringComparer.Ordinal);
}
