namespace LatencyEngine.Model;

/// <summary>A moment of logic time: nanoseconds since 1970-01-01 UTC on the venue's clock (recording time in a dry-run). All decisions use this clock only.</summary>
public readonly record struct EpochNanos(long Nanos)
{
    /// <summary>Nanoseconds in one millisecond, the unit of every V5 timestamp.</summary>
    public const long PerMillisecond = 1_000_000;

    /// <summary>The same moment in whole milliseconds, rounded down.</summary>
    public long Milliseconds => Nanos / PerMillisecond;

    /// <summary>The moment of a V5 timestamp.</summary>
    public static EpochNanos FromMilliseconds(long milliseconds) => new(milliseconds * PerMillisecond);

    /// <summary>Nanoseconds from <paramref name="earlier"/> to <paramref name="later"/>; negative when they are the other way round.</summary>
    public static long operator -(EpochNanos later, EpochNanos earlier) => later.Nanos - earlier.Nanos;
}
