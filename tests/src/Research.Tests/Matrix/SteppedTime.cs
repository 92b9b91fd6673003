namespace LatencyEngine.Research.Tests;

/// <summary>A stopwatch that can be moved on while it runs.</summary>
/// <param name="under">What it goes with; the machine's own by default.</param>
internal sealed class SteppedTime(TimeProvider? under = null) : TimeProvider
{
    private readonly TimeProvider _under = under ?? System;
    private long _passed;

    /// <summary>Lets more time pass than has passed.</summary>
    public void Pass(TimeSpan time) => Interlocked.Add(ref _passed, (long)(time.TotalSeconds * TimestampFrequency));

    public override long GetTimestamp() => _under.GetTimestamp() + Interlocked.Read(ref _passed);
}
