using LatencyEngine.Transport;

namespace LatencyEngine.Bybit.Tests;

/// <summary>Logic time that stands still.</summary>
internal sealed class FixedClock : LogicClock
{
    public override long NowNanos => 1_700_000_000_000_999_999;

    public override long RealNanosUntil(long logicNanos) => 1_000_000;
}
