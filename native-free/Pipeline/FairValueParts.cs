using LatencyEngine.Meter;

namespace LatencyEngine.Pipeline;

/// <summary>What could make the fair value of one instrument, whether it is quoted by or not: looked at on every tick, each time for the time since the tick before.</summary>
/// <remarks>Writer: the hot thread; readers look when it is idle. The time in which the book of the stream has a top counts.</remarks>
public sealed class FairValueParts
{
    /// <summary>The mid, in ticks.</summary>
    public TimeWeightedMean Mid { get; } = new();

    /// <summary>The weighted mid less the mid, in ticks.</summary>
    public TimeWeightedMean WeightedMid { get; } = new();

    /// <summary>The microprice less the mid, in ticks; 0 without a table.</summary>
    public TimeWeightedMean Microprice { get; } = new();

    /// <summary>The fair value by the imbalance of the best levels less the mid, in ticks.</summary>
    public TimeWeightedMean Imbalance { get; } = new();

    /// <summary>The shift by the order flow that the last quotes were made with, in ticks, before the quotes' clamp of it; 0 while there were none.</summary>
    public TimeWeightedMean OrderFlow { get; } = new();
}
