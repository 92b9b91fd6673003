using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>Which runs to make and compare.</summary>
public sealed record SweepRequest
{
    /// <summary>The market and everything else that the runs share.</summary>
    public required RunRequest Run { get; init; }

    /// <summary>The configuration of each quoting model, under its name (<c>quoting:model</c>).</summary>
    public required IReadOnlyList<EngineConfiguration> Models { get; init; }

    /// <summary>Runs of each model, with the configured seed and those that follow it; at least 1.</summary>
    public required int Seeds { get; init; }
}
