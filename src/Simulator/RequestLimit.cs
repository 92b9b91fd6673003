namespace LatencyEngine.Simulator;

/// <summary>A limit of requests in a rolling window: one second for an operation of a user, longer for an address (Bybit V5, 17.1).</summary>
internal sealed class RequestLimit(int requests, int windowSeconds = 1)
{
    private readonly long _windowNanos = windowSeconds * 1_000_000_000L;
    private readonly Queue<long> _taken = new();

    /// <summary>Requests in a whole window.</summary>
    public int Requests => requests;

    /// <summary>Requests left in the window of the last <see cref="TryTake"/>.</summary>
    public int Remaining => requests - _taken.Count;

    /// <summary>Takes one request; false when the window is full.</summary>
    public bool TryTake(long nowNanos)
    {
        while (_taken.TryPeek(out long oldest) && oldest <= nowNanos - _windowNanos) _taken.Dequeue();
        if (_taken.Count >= requests) return false;
        _taken.Enqueue(nowNanos);
        return true;
    }

    /// <summary>When the next request is free: now, or when the oldest leaves a full window.</summary>
    public long ResetNanos(long nowNanos) => Remaining > 0 ? nowNanos : _taken.Peek() + _windowNanos;
}
