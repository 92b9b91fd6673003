namespace LatencyEngine.Research;

/// <summary>A row of a published table, with the decimals that it was printed with.</summary>
/// <param name="Spread">Average total spread.</param>
/// <param name="Profit">Mean over the paths.</param>
/// <param name="StdProfit">Standard deviation of the profit.</param>
/// <param name="FinalQ">Mean inventory at the end, in units.</param>
/// <param name="StdFinalQ">Standard deviation of the inventory at the end.</param>
public sealed record PublishedFigures(decimal Spread, decimal Profit, decimal StdProfit, decimal FinalQ, decimal StdFinalQ);
