using LatencyEngine.Model;

namespace LatencyEngine.Pipeline;

/// <summary>Leaves an instrument alone for a while when the venue refuses one create of a side after another: what it refuses now, for margin or a rule of the account, it will refuse on the next book too (Bybit V5, 18.2: shrink or stop).</summary>
/// <remarks>Each pause that ends in another refusal is twice as long as the one before. Thread: hot. Allocates: never.</remarks>
internal sealed class RefusalPause
{
    private const int RefusalsInARow = 5;
    private const long FirstNanos = 1_000_000_000;
    private const long LongestNanos = 32_000_000_000;

    private int _refusals;
    private long _nanos;
    private EpochNanos _end;

    /// <summary>A create was refused.</summary>
    public void OnRefused(EpochNanos now)
    {
        if (++_refusals < RefusalsInARow || HoldsAt(now)) return;
        _nanos = _nanos == 0 ? FirstNanos : Math.Min(2 * _nanos, LongestNanos);
        _end = new EpochNanos(now.Nanos + _nanos);
    }

    /// <summary>An order of the side is in the book.</summary>
    public void OnResting()
    {
        _refusals = 0;
        _nanos = 0;
    }

    /// <summary>Whether creates are to wait.</summary>
    public bool HoldsAt(EpochNanos now) => now.Nanos < _end.Nanos;
}
