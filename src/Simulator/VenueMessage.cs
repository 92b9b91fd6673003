namespace LatencyEngine.Simulator;

/// <summary>One frame that the venue sends, before any latency.</summary>
/// <param name="Channel">The socket it goes out on.</param>
/// <param name="Frame">Compact V5 JSON, UTF-8; owned by the receiver.</param>
/// <param name="Uid">The account it is for; 0 for everyone.</param>
/// <param name="IsFastExecution">It is an <c>execution.fast</c> message (Bybit V5, 7.3), which only those receive who ask for it.</param>
public readonly record struct VenueMessage(DeliveryChannel Channel, ReadOnlyMemory<byte> Frame, long Uid, bool IsFastExecution = false);
