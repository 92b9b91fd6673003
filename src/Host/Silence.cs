namespace LatencyEngine.Host;

/// <summary>How long a heartbeat has been silent. Time in which the watcher itself did not look does not count: it was stopped, or the whole machine, and with it what it watches.</summary>
internal sealed class Silence
{
    /// <summary>The most that counts between two looks, ns.</summary>
    public const long GapMaxNanos = 250_000_000;

    private long _beats = -1;
    private long _lookedAtNanos;

    /// <summary>Since the last sign of life, ns.</summary>
    public long Nanos { get; private set; }

    /// <summary>Looks.</summary>
    /// <param name="beats">Signs so far.</param>
    /// <param name="nowNanos">By a monotonic clock.</param>
    public void Look(long beats, long nowNanos)
    {
        Nanos = beats == _beats ? Nanos + Math.Min(nowNanos - _lookedAtNanos, GapMaxNanos) : 0;
        (_beats, _lookedAtNanos) = (beats, nowNanos);
    }

    /// <summary>Counts from the next look on: what was before means nothing.</summary>
    public void Forget() => _beats = -1;
}
