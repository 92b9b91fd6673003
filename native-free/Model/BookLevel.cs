namespace LatencyEngine.Model;

/// <summary>One price level of a book message. A quantity of zero deletes the level; any other is absolute, not an increment.</summary>
public readonly record struct BookLevel(PriceTicks Price, QtyLots Qty);
