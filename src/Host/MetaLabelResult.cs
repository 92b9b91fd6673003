namespace LatencyEngine.Host;

/// <summary>What the meta-label has done in a run.</summary>
/// <param name="TradesWithoutEdge">Whether a model without an edge was acted on.</param>
/// <param name="Symbols">Each symbol.</param>
public sealed record MetaLabelResult(bool TradesWithoutEdge, IReadOnlyList<MetaLabelSymbolResult> Symbols);
