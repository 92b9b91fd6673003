using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>The clock of a run in lockstep: it shows the time of the one delivery that is on its way.</summary>
/// <remarks>Writer: the venue's thread, while nothing is on its way. Readers: any thread.</remarks>
/// <param name="firstNanos">Time shown before the first delivery, ns since 1970.</param>
public sealed class LockstepClock(long firstNanos) : LogicClock
{
    private long _nowNanos = firstNanos;
    private bool _endsBurst = true;

    /// <inheritdoc />
    public override long NowNanos => Volatile.Read(ref _nowNanos);

    /// <inheritdoc />
    public override bool EndsBurst => Volatile.Read(ref _endsBurst);

    /// <summary>Shows the time of the next delivery. Venue's thread.</summary>
    /// <param name="nowNanos">Its time, ns since 1970; a time before the one shown is not shown.</param>
    /// <param name="endsBurst">Whether it is the last of its burst.</param>
    public void Set(long nowNanos, bool endsBurst)
    {
        Volatile.Write(ref _nowNanos, Math.Max(_nowNanos, nowNanos));
        Volatile.Write(ref _endsBurst, endsBurst);
    }

    /// <inheritdoc />
    public override long RealNanosUntil(long logicNanos) => long.MaxValue;
}
