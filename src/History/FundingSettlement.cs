namespace LatencyEngine.History;

/// <summary>A settled funding rate.</summary>
/// <param name="AtMillis">When it was settled, ms since 1970.</param>
/// <param name="Rate">What longs paid shorts, as a fraction of the position's value.</param>
public readonly record struct FundingSettlement(long AtMillis, double Rate);
