using LatencyEngine.Host;

namespace LatencyEngine.Research;

/// <summary>One instrument's part of a run.</summary>
public sealed record InstrumentResult(string Symbol, long Fills, decimal RealisedPnl, decimal UnrealisedPnl, decimal Fees, decimal FinalPositionQty, decimal MaxAbsPositionQty, decimal AverageEntry, decimal LastMark)
{
    /// <summary>What the quotes were laid around; empty where the book never had a top on a tick.</summary>
    public IReadOnlyList<FairValuePart> FairValue { get; init; } = [];

    /// <summary>The rolling arrival intensity; null where the configured one holds.</summary>
    public IntensitySummary? Intensity { get; init; }

    /// <summary>How well its quotes followed what was wanted.</summary>
    public TrackingResult Tracking { get; init; } = new(null, null, null, null);

    /// <summary>What the mid did after its fills.</summary>
    public IReadOnlyList<MarkOutResult> MarkOuts { get; init; } = [];
}
