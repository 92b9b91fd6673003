namespace LatencyEngine.Transport;

/// <summary>The machine's own time of day, UTC. Where that is set back, this clock stands until it is reached again.</summary>
public sealed class SystemClock : LogicClock
{
    private long _lastNanos;

    /// <summary>The machine's time of day, ns since 1970; it goes back where the machine's does. Any thread.</summary>
    public static long UtcNowNanos => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <inheritdoc />
    public override long NowNanos => Forward(ref _lastNanos, UtcNowNanos);

    /// <inheritdoc />
    public override long RealNanosUntil(long logicNanos) => logicNanos - NowNanos;
}
