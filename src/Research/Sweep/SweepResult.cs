namespace LatencyEngine.Research;

/// <summary>Quoting models side by side, each with its skew and without, on the same markets.</summary>
public sealed record SweepResult
{
    /// <summary>"replay" or "flow".</summary>
    public required string Market { get; init; }

    /// <summary>Recording file as given, or the flow market's scenario.</summary>
    public required string Data { get; init; }

    /// <summary>Seed of the first run.</summary>
    public required ulong FirstSeed { get; init; }

    /// <summary>Runs behind every row.</summary>
    public required int Seeds { get; init; }

    /// <summary>Seconds of market in each run, the mean over them.</summary>
    public required double MarketSeconds { get; init; }

    /// <summary>By instrument, then by model, with its skew and then without.</summary>
    public required IReadOnlyList<SweepRow> Rows { get; init; }
}
