namespace LatencyEngine.Research.Tests;

/// <summary>A machine whose time of day can be set while it runs, and whose stopwatch can be moved on.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _aheadTicks;
    private long _passedTicks;

    public TimeSpan Ahead
    {
        set => Volatile.Write(ref _aheadTicks, value.Ticks);
    }

    /// <summary>What has passed besides.</summary>
    public TimeSpan Passed
    {
        set => Volatile.Write(ref _passedTicks, (long)(value.TotalSeconds * TimestampFrequency));
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _aheadTicks));

    public override long GetTimestamp() => base.GetTimestamp() + Volatile.Read(ref _passedTicks);
}
