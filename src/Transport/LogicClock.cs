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
}
