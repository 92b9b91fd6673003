using System.Diagnostics;

namespace LatencyEngine.Meter;

/// <summary>The monotonic clock of the meters. No decision reads it.</summary>
public static class StageClock
{
    private static readonly double NanosPerTick = 1e9 / Stopwatch.Frequency;

    /// <summary>Nanoseconds since an arbitrary start. Any thread.</summary>
    public static long NowNanos() => Stopwatch.Frequency == 1_000_000_000 ? Stopwatch.GetTimestamp() : (long)(Stopwatch.GetTimestamp() * NanosPerTick);
}
