using LatencyEngine.Pipeline;

namespace LatencyEngine.Host;

/// <summary>What the quotes of one instrument were made of in a live run, and what came of them.</summary>
/// <param name="Symbol">The instrument.</param>
/// <param name="FairValue">What the quotes were laid around; empty where the book never had a top on a tick.</param>
/// <param name="Intensity">The rolling arrival intensity; null where the configured one holds.</param>
/// <param name="Tracking">How well the resting quotes followed the wanted ones.</param>
/// <param name="MarkOuts">What the mid did after its fills.</param>
public sealed record LiveInstrument(string Symbol, IReadOnlyList<FairValuePart> FairValue, IntensitySummary? Intensity, TrackingResult Tracking, IReadOnlyList<MarkOutResult> MarkOuts)
{
    /// <summary>Of an instrument at rest.</summary>
    public static LiveInstrument Of(InstrumentLane lane) => new(lane.Spec.Symbol, FairValuePart.Of(lane), IntensitySummary.Of(lane), TrackingResult.Of(lane.Tracking), MarkOutResult.Of(lane));
}
