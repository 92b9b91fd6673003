namespace LatencyEngine.Simulator;

/// <summary>One public frame of a market source, before any latency.</summary>
/// <param name="Frame">V5 JSON, UTF-8; owned by the receiver.</param>
/// <param name="RecordedIndex">Line number in the recording, from 1; -1 for a frame that the venue has written.</param>
internal readonly record struct MarketMessage(ReadOnlyMemory<byte> Frame, long RecordedIndex);
