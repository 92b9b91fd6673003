using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>One long run against a venue that misbehaves.</summary>
public sealed record SoakRequest
{
    /// <summary>The validated configuration; its section <c>venue</c> is the venue's, its faults those of <see cref="FaultsPath"/>.</summary>
    public required EngineConfiguration Configuration { get; init; }

    /// <summary>How long to trade.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How many times the usual rate the market's order flow has.</summary>
    public required int FlowRate { get; init; }

    /// <summary>Full path of the file of faults.</summary>
    public required string FaultsPath { get; init; }

    /// <summary>Full path of the profile, for the venue's process.</summary>
    public required string ProfilePath { get; init; }

    /// <summary>Program and first arguments that start a verb of this program in a process of its own.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>Told what happens, a line each.</summary>
    public required Action<string> Say { get; init; }
}
