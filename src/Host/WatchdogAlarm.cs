namespace LatencyEngine.Host;

/// <summary>A watchdog found its engine silent or gone, and what it did.</summary>
public sealed record WatchdogAlarm
{
    /// <summary>When it was raised.</summary>
    public required DateTime RaisedUtc { get; init; }

    /// <summary>Why, as one clause.</summary>
    public required string Reason { get; init; }

    /// <summary>From the engine's last sign of life until the alarm, ms.</summary>
    public required double RaisedAfterMs { get; init; }

    /// <summary>From the engine's last sign of life until the venue had answered the first mass cancel, ms; null where it did not.</summary>
    public required double? CancelledAfterMs { get; init; }

    /// <summary>From the engine's last sign of life until the venue showed no order, and went on showing none, ms; null where it did not come to that.</summary>
    public required double? NothingRestsAfterMs { get; init; }

    /// <summary>Mass cancels that the venue took.</summary>
    public required int Cancels { get; init; }

    /// <summary>What was still held then: the watchdog cancels, and closes nothing.</summary>
    public required IReadOnlyList<string> Positions { get; init; }
}
