namespace LatencyEngine.Host;

/// <summary>What a watchdog saw: the document of <c>watchdog --json</c>.</summary>
public sealed record WatchdogResult
{
    /// <summary>demo, testnet or mainnet.</summary>
    public required string Environment { get; init; }

    /// <summary>Address of the venue's REST.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The run's name.</summary>
    public required string Name { get; init; }

    /// <summary>Process number of the run that was watched last; null when there was none.</summary>
    public required int? EngineProcess { get; init; }

    /// <summary>Signs of life that it has given.</summary>
    public required long Beats { get; init; }

    /// <summary>What was found wrong, oldest first.</summary>
    public required IReadOnlyList<WatchdogAlarm> Alarms { get; init; }

    /// <summary>The operator ended it.</summary>
    public required bool Interrupted { get; init; }
}
