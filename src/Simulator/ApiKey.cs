namespace LatencyEngine.Simulator;

/// <summary>An API key that the gateway accepts.</summary>
public sealed record ApiKey
{
    /// <summary>The key as clients send it.</summary>
    public required string Key { get; init; }

    /// <summary>Its secret, with which clients sign.</summary>
    public required string Secret { get; init; }

    /// <summary>The account it belongs to.</summary>
    public required long Uid { get; init; }

    /// <summary>What it may change.</summary>
    public ApiPermissions Permissions { get; init; } = ApiPermissions.All;

    /// <summary>When it expires, ms since 1970; null for never.</summary>
    public long? ExpiresAtMillis { get; init; }

    /// <summary>May do what a call needs.</summary>
    internal bool May(ApiPermissions needed) => (Permissions & needed) == needed;
}
