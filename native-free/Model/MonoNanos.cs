namespace LatencyEngine.Model;

/// <summary>A reading of the machine's monotonic clock, in nanoseconds from an arbitrary start. Only meters use it; no decision does.</summary>
public readonly record struct MonoNanos(long Nanos)
{
    /// <summary>Nanoseconds from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    public static long operator -(MonoNanos later, MonoNanos earlier) => later.Nanos - earlier.Nanos;
}
