namespace LatencyEngine.Research.Tests;

/// <summary>A machine whose time of day can be set while it runs; its stopwatch goes on.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _aheadTicks;

    public TimeSpan Ahead
    {
        set => Volatile.Write(ref _aheadTicks, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _aheadTicks));
}
