namespace LatencyEngine.History;

/// <summary>What became of rows that were given to a history.</summary>
/// <param name="Stored">Rows that it did not have.</param>
/// <param name="Known">Rows that it had already, just so.</param>
/// <param name="Faults">Rows that were kept out.</param>
public sealed record StoreReport(int Stored, int Known, IReadOnlyList<HistoryFault> Faults);
