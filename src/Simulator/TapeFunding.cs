namespace LatencyEngine.Simulator;

/// <summary>A funding rate that was settled.</summary>
/// <param name="StampMillis">The funding stamp, ms since 1970.</param>
/// <param name="Rate">Part of the value; above zero longs paid.</param>
internal readonly record struct TapeFunding(long StampMillis, decimal Rate);
