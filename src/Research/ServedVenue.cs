namespace LatencyEngine.Research;

/// <summary>A venue that takes connections.</summary>
public sealed record ServedVenue
{
    /// <summary>Where REST is served.</summary>
    public required Uri Rest { get; init; }

    /// <summary>The public socket.</summary>
    public required Uri Public { get; init; }

    /// <summary>The private socket.</summary>
    public required Uri Private { get; init; }

    /// <summary>The order-entry socket.</summary>
    public required Uri Trade { get; init; }

    /// <summary>What moves the prices, in one phrase.</summary>
    public required string Market { get; init; }

    /// <summary>Symbols that can be traded.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }
}
