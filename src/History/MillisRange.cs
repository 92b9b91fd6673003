namespace LatencyEngine.History;

/// <summary>A stretch of time, ms since 1970.</summary>
/// <param name="FromMillis">Its first moment.</param>
/// <param name="ToMillis">The first moment behind it.</param>
public readonly record struct MillisRange(long FromMillis, long ToMillis)
{
    /// <summary>All time.</summary>
    public static MillisRange All { get; } = new(long.MinValue, long.MaxValue);
}
