namespace LatencyEngine.Host;

/// <summary>What a running engine answers: one line of JSON.</summary>
/// <param name="IsDone">What was asked for is done.</param>
/// <param name="Text">What came of it, in a sentence; empty with a status.</param>
/// <param name="Status">How the run stands, where that was asked for.</param>
/// <param name="CancelAllMicroseconds">Of a kill: from its arrival until the cancel-all by REST was handed to the kernel, or to the client's queue where its connection did not stand.</param>
/// <param name="CancelMicroseconds">Of a kill: from its arrival until the kernel had the engine's first cancel; null where no order rested.</param>
public sealed record ControlReply(bool IsDone, string Text, RunStatus? Status = null, double? CancelAllMicroseconds = null, double? CancelMicroseconds = null);
