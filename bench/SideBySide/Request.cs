using LatencyEngine.Model;

namespace LatencyEngine.SideBySide;

/// <summary>What one order request is encoded from.</summary>
internal readonly struct Request(OrderIntent intent, RequestId id, long timestampMillis)
{
    /// <summary>What to do.</summary>
    public readonly OrderIntent Intent = intent;

    /// <summary>Name of the request.</summary>
    public readonly RequestId Id = id;

    /// <summary>Venue time, ms since 1970.</summary>
    public readonly long TimestampMillis = timestampMillis;
}
