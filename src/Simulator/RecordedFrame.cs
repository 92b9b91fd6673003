namespace LatencyEngine.Simulator;

/// <summary>One line of a recording, or one frame of a live market.</summary>
/// <param name="LineNumber">Line in the uncompressed text of its file, from 1; -1 for a frame of a live market.</param>
/// <param name="ReceivedAtNanos">When the recorder received the frame, ns since 1970.</param>
/// <param name="Frame">The frame exactly as recorded, owned by the receiver.</param>
public readonly record struct RecordedFrame(long LineNumber, long ReceivedAtNanos, ReadOnlyMemory<byte> Frame);
