namespace LatencyEngine.Transport;

/// <summary>When the private and the order-entry connection are made anew for their age. A connection is known by the moment at which it became of use.</summary>
/// <remarks>Thread: io. Times: real, ns.</remarks>
internal sealed class RenewalPlan(ConnectionTimings timings)
{
    private readonly long _ageMaxNanos = Nanos(timings.AccountAgeMax);
    private readonly long _apartNanos = Nanos(timings.StableAfter);
    private readonly long _leaveNanos = Nanos(timings.LeaveWithin);
    private long _leavingNanos = long.MinValue;
    private long _leaveByNanos;

    /// <summary>True from the announcement of an order-entry connection's end on.</summary>
    public bool IsLeaving(long tradeReadyNanos) => tradeReadyNanos == _leavingNanos;

    /// <summary>The engine is told now that the order-entry connection is to be made anew.</summary>
    public void Leave(long tradeReadyNanos, long nowNanos)
    {
        _leavingNanos = tradeReadyNanos;
        _leaveByNanos = nowNanos + _leaveNanos;
    }

    /// <summary>Which of the two is due first; the private one where both are.</summary>
    public bool IsTradeNext(long tradeReadyNanos, long privateReadyNanos) =>
        IsLeaving(tradeReadyNanos) || Due(tradeReadyNanos, privateReadyNanos) < Due(privateReadyNanos, tradeReadyNanos);

    /// <summary>When something is to be done, while both are of use: an age is reached, and the other connection is not new itself; or the engine has had its time.</summary>
    public long DueNanos(long tradeReadyNanos, long privateReadyNanos) => IsLeaving(tradeReadyNanos)
        ? _leaveByNanos
        : Math.Min(Due(tradeReadyNanos, privateReadyNanos), Due(privateReadyNanos, tradeReadyNanos));

    private long Due(long readyNanos, long otherReadyNanos) => Math.Max(readyNanos + _ageMaxNanos, otherReadyNanos + _apartNanos);

    private static long Nanos(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;
}
