namespace LatencyEngine.Budgets;

/// <summary>An order as the venue's messages spell it.</summary>
internal sealed record VenueOrder(string LinkId, string Symbol, string Side, string Price, string Qty);
