namespace LatencyEngine.Transport;

/// <summary>The machine's own time of day, UTC. Where that is set back, this clock stands until it is reached again.</summary>
public sealed class SystemClock : LogicClock
{
    private const long NanosPerTick = 100;

    private long _lastNanos;

    /// <inheritdoc />
    public override long NowNanos
    {
        get
        {
            long now = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * NanosPerTick;
            long last = Volatile.Read(ref _lastNanos);
            while (now > last)
            {
                long seen = Interlocked.CompareExchange(ref _lastNanos, now, last);
                if (seen == last) return now;
                last = seen;
            }

            return last;
        }
    }

    /// <inheritdoc />
    public override long RealNanosUntil(long logicNanos) => logicNanos - NowNanos;
}
