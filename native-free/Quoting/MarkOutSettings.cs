using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>How the mark-outs of one instrument's fills widen its quotes.</summary>
public sealed record MarkOutSettings
{
    /// <summary>The base order, by which a fill weighs.</summary>
    public required QtyLots BaseQty { get; init; }

    /// <summary>Ticks that a side is widened by for each tick that its fills lost on the mean; 0 measures and widens nothing.</summary>
    public required double Gain { get; init; }

    /// <summary>Largest widening of a side, as a fraction of the mid; not negative.</summary>
    public required double WideningMaxFraction { get; init; }

    /// <summary>Time after which a mark-out weighs 1/e; positive.</summary>
    public required double MemorySeconds { get; init; }
}
