namespace LatencyEngine.Bybit.Tests;

/// <summary>Virtual time in which nobody waits: whoever wants to be woken in a while is woken at once, and time has gone on by that while.</summary>
internal sealed class SwiftTime : TimeProvider
{
    // Of the limits: a place is given back after that while, for which nobody waits.
    private static readonly TimeSpan[] Windows = [TimeSpan.FromMilliseconds(1_020), TimeSpan.FromSeconds(5)];

    private readonly List<TimeSpan> _waits = [];
    private long _passedTicks;

    public static DateTimeOffset Start { get; } = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    /// <summary>What was waited for, in order.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_waits) return [.. _waits];
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _passedTicks);

    public override DateTimeOffset GetUtcNow() => Start + TimeSpan.FromTicks(GetTimestamp());

    public void Advance(TimeSpan time) => Interlocked.Add(ref _passedTicks, time.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            if (!Windows.Contains(dueTime))
            {
                lock (_waits) _waits.Add(dueTime);
                Advance(dueTime);
            }

            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Nothing();
    }

    private sealed class Nothing : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
