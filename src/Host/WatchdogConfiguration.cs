namespace LatencyEngine.Host;

/// <summary>Section <c>watchdog</c>.</summary>
public sealed record WatchdogConfiguration
{
    /// <summary>The watchdog cancels everything when the engine has given no sign of life for so long while orders may rest, 500 to 60,000 ms. The engine gives one every 100 ms.</summary>
    public required int SilentMilliseconds { get; init; }
}
