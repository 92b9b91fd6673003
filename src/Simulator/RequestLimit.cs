namespace LatencyEngine.Simulator;

/// <summary>The rolling one-second request limit of one operation (Bybit V5, 17.1).</summary>
internal sealed class RequestLimit(int requestsPerSecond)
{
    private const long WindowNanos = 1_000_000_000;

    private readonly Queue<long> _taken = new();

    /// <summary>Requests in a whole window.</summary>
    public int RequestsPerSecond => requestsPerSecond;

    /// <summary>Requests left in the present window.</summary>
    public int Remaining => requestsPerSecond - _taken.Count;

    /// <summary>Takes one request; false when the window is full.</summary>
    public bool TryTake(long nowNanos)
    {
        while (_taken.TryPeek(out long oldest) && oldest <= nowNanos - WindowNanos) _taken.Dequeue();
        if (_taken.Count >= requestsPerSecond) return false;
        _taken.Enqueue(nowNanos);
        return true;
    }

    /// <summary>When the next request is free: now, or when the oldest leaves a full window.</summary>
    public long ResetNanos(long nowNanos) => Remaining > 0 ? nowNanos : _taken.Peek() + WindowNanos;
}
