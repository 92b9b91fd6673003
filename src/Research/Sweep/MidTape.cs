namespace LatencyEngine.Research;

/// <summary>The mid of one instrument over time, by its changes.</summary>
internal sealed class MidTape
{
    private readonly List<long> _times = [];
    private readonly List<double> _mids = [];
    private long _lastNanos = long.MinValue;

    /// <summary>Takes the mid of a moment; times do not fall.</summary>
    public void Add(long nanos, double mid)
    {
        _lastNanos = nanos;
        if (_mids.Count > 0 && _mids[^1] == mid) return;
        _times.Add(nanos);
        _mids.Add(mid);
    }

    /// <summary>The mid that stood at a moment; null before the first and after the last that was seen.</summary>
    public double? At(long nanos)
    {
        if (nanos > _lastNanos) return null;
        int at = _times.BinarySearch(nanos);
        if (at < 0) at = ~at - 1;

        // Of several changes at one moment the last one stands.
        while (at >= 0 && at + 1 < _times.Count && _times[at + 1] == nanos) at++;
        return at >= 0 ? _mids[at] : null;
    }
}
