using System.Diagnostics.CodeAnalysis;

namespace LatencyEngine.Bybit;

/// <summary>Keeps requests within one of the venue's limits, so that a burst waits here and is not refused there (Bybit V5, 17).</summary>
/// <remarks>
/// A request holds its place until a window after its answer: the venue had counted it by then, so however long the ways there and back are, it never counts more
/// than the limit in a window of its own. Any thread. Allocates.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore holds nothing of the system's until its wait handle is asked for.")]
internal sealed class RequestPace
{
    private readonly SemaphoreSlim _free;
    private readonly TimeSpan _window;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private int _limit;
    private int _owed;   // places to be taken away when they are given back
    private long _heldUntil;

    /// <summary>Prepares a limit.</summary>
    /// <param name="limit">Requests in a window.</param>
    /// <param name="window">Its length.</param>
    /// <param name="time">Measures it.</param>
    public RequestPace(int limit, TimeSpan window, TimeProvider time)
    {
        _free = new SemaphoreSlim(limit);
        (_limit, _window, _time) = (limit, window, time);
        _heldUntil = time.GetTimestamp();
    }

    /// <summary>Waits for a place.</summary>
    /// <exception cref="OperationCanceledException">The wait was ended; there is no place to give back.</exception>
    public async Task TakeAsync(CancellationToken cancel)
    {
        await _free.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            while (_time.GetElapsedTime(_time.GetTimestamp(), Volatile.Read(ref _heldUntil)) is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, _time, cancel).ConfigureAwait(false);
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Gives a place back, a window from now: the request has been answered, or nobody waits for its answer any more.</summary>
    public void Answered() => _ = ReleaseLaterAsync();

    /// <summary>The venue says what the limit is.</summary>
    public void Learn(int limit)
    {
        lock (_lock)
        {
            int more = limit - _limit;
            _limit = limit;
            int paid = Math.Min(_owed, Math.Max(more, 0));
            _owed += Math.Max(-more, 0) - paid;
            if (more > paid) _free.Release(more - paid);
        }
    }

    /// <summary>The venue takes no more for a while.</summary>
    public void Hold(TimeSpan wait)
    {
        long until = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
        lock (_lock) _heldUntil = Math.Max(_heldUntil, until);
    }

    private async Task ReleaseLaterAsync()
    {
        await Task.Delay(_window, _time).ConfigureAwait(false);
        Release();
    }

    private void Release()
    {
        lock (_lock)
        {
            if (_owed > 0) _owed--;
            else _free.Release();
        }
    }
}
