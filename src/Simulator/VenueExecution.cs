namespace LatencyEngine.Simulator;

/// <summary>An execution as it was published.</summary>
/// <param name="Row">What happened.</param>
/// <param name="Mark">Mark price then; null before there was one.</param>
/// <param name="Sequence"><c>seq</c>.</param>
/// <param name="TimeMillis"><c>execTime</c>, ms since 1970.</param>
internal sealed record VenueExecution(ExecutionRow Row, decimal? Mark, long Sequence, long TimeMillis);
