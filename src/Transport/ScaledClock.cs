using LatencyEngine.Meter;

namespace LatencyEngine.Transport;

/// <summary>Recording time that runs a fixed number of times as fast as real time, from a start on.</summary>
public sealed class ScaledClock : LogicClock
{
    private readonly long _firstNanos;
    private readonly double _speed;
    private long _startedAtNanos = long.MinValue;

    /// <summary>Creates a clock that stands at its first time until it is started.</summary>
    /// <param name="firstNanos">Time shown before and at the start, ns since 1970.</param>
    /// <param name="speed">Logic seconds a real second, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The speed is not above 0.</exception>
    public ScaledClock(long firstNanos, double speed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speed);
        _firstNanos = firstNanos;
        _speed = speed;
    }

    /// <inheritdoc />
    public override long NowNanos
    {
        get
        {
            long started = Volatile.Read(ref _startedAtNanos);   // acquire
            return started == long.MinValue ? _firstNanos : _firstNanos + Logic(StageClock.NowNanos() - started);
        }
    }

    /// <summary>How far this clock goes while <paramref name="realNanos"/> pass. Any thread.</summary>
    public long Logic(long realNanos) => (long)(realNanos * _speed);

    /// <summary>Lets time pass from here on; a clock that goes already goes on.</summary>
    public void Start() => Interlocked.CompareExchange(ref _startedAtNanos, StageClock.NowNanos(), long.MinValue);   // a full fence

    /// <inheritdoc />
    public override long RealNanosUntil(long logicNanos) => (long)((logicNanos - NowNanos) / _speed);
}
