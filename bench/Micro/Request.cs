using LatencyEngine.Model;

namespace LatencyEngine.Micro;

/// <summary>What one order request is encoded from.</summary>
internal readonly record struct Request(OrderIntent Intent, RequestId Id, long TimestampMillis);
