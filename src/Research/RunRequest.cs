using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>One run to make.</summary>
public sealed record RunRequest
{
    /// <summary>The verb the operator used: backtest or dry-run; for the report.</summary>
    public required string Verb { get; init; }

    /// <summary>The validated configuration.</summary>
    public required EngineConfiguration Configuration { get; init; }

    /// <summary>Full path of the recording to run; null for a live market, or the flow market of the configuration.</summary>
    public required string? RecordingPath { get; init; }

    /// <summary>The venue whose live market is run; null for a recording or a flow market.</summary>
    public UpstreamRequest? Upstream { get; init; }

    /// <summary>Whether the market is generated.</summary>
    public bool IsFlow => RecordingPath is null && Upstream is null;

    /// <summary>How much of the market to run, in logic time from its first frame; above zero; null is all of a recording. A live market and a flow market have no end of their own.</summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>What is run, in one phrase: the recording's file as given, the venue of a live market, or the flow market's scenario.</summary>
    public string MarketName => Upstream is { } upstream ? $"live, {upstream.Name}" : RecordingPath is { } path ? Configuration.ShownPath(path) : $"order flow, {Configuration.Venue.Scenario}";

    /// <summary>Full path of the journal to write; null for none.</summary>
    public string? JournalPath { get; init; }

    /// <summary>Full path of the recording to write of what was received; null for none.</summary>
    public string? RecordPath { get; init; }

    /// <summary>The files by which a dry-run is reached from outside; null for none.</summary>
    public RunFiles? Files { get; init; }

    /// <summary>What runs beside the engine at its own pace; null for nothing. One run an object.</summary>
    public ISlowThread? SlowThread { get; init; }

    /// <summary>What happens to a dry-run's connections.</summary>
    public DryRunScenario Scenario { get; init; } = DryRunScenario.Calm;

    /// <summary>Full path of the folder that the report's own folder is made in.</summary>
    public required string ReportDirectory { get; init; }
}
