namespace LatencyEngine.Transport.Tests;

/// <summary>Logic time in a test's hand; whoever waits for it looks again every millisecond.</summary>
internal sealed class ManualClock(long nowNanos) : LogicClock
{
    private long _nowNanos = nowNanos;
    private volatile bool _endsBurst = true;

    public override long NowNanos => Volatile.Read(ref _nowNanos);

    public override bool EndsBurst => _endsBurst;

    public void Set(long nanos) => Volatile.Write(ref _nowNanos, nanos);

    public void WithholdBurstEnds() => _endsBurst = false;

    public override long RealNanosUntil(long logicNanos) => logicNanos <= NowNanos ? 0 : 1_000_000;
}
