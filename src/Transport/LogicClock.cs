namespace LatencyEngine.Transport;

/// <summary>The time that the io thread stamps on frames: venue time, or in a dry-run the recording's time.</summary>
public abstract class LogicClock
{
    /// <summary>Nanoseconds since 1970. Any thread. Never goes back.</summary>
    public abstract long NowNanos { get; }

    /// <summary>Whether the last frame that the sockets hold may end a burst. False only in lockstep, where the venue knows that more belongs to it. Any thread.</summary>
    public virtual bool EndsBurst => true;

    /// <summary>Real nanoseconds until this clock shows a time; 0 or less when it does already. Any thread.</summary>
    /// <param name="logicNanos">The time to come.</param>
    public abstract long RealNanosUntil(long logicNanos);

    /// <summary>A time that does not go back: the later one of what the clock has shown last and what it would show now. Any thread, without a lock.</summary>
    /// <param name="lastNanos">What it has shown last.</param>
    /// <param name="nowNanos">What it would show now.</param>
    protected static long Forward(ref long lastNanos, long nowNanos)
    {
        long last = Volatile.Read(ref lastNanos);
        while (nowNanos > last)
        {
            long seen = Interlocked.CompareExchange(ref lastNanos, nowNanos, last);
            if (seen == last) return nowNanos;
            last = seen;
        }

        return last;
    }
}
