namespace LatencyEngine.History;

/// <summary>A row that was kept out of a history.</summary>
/// <param name="AtMillis">Its time, ms since 1970.</param>
/// <param name="Kind">Why.</param>
/// <param name="Text">Why, with its numbers, in one line.</param>
public sealed record HistoryFault(long AtMillis, HistoryFaultKind Kind, string Text);
