namespace LatencyEngine.Simulator;

/// <summary>One frame that the venue sends, before any latency.</summary>
/// <param name="Channel">The socket it goes out on.</param>
/// <param name="Frame">Compact V5 JSON, UTF-8; owned by the receiver.</param>
public readonly record struct VenueMessage(DeliveryChannel Channel, ReadOnlyMemory<byte> Frame);
