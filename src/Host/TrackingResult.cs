using LatencyEngine.Model;
using LatencyEngine.Orders;

namespace LatencyEngine.Host;

/// <summary>How well the resting quotes of one instrument followed the wanted ones, by time, over all levels of a side.</summary>
/// <param name="BidErrorTicks">Mean distance of the resting bids from the wanted ones; null when none rested.</param>
/// <param name="AskErrorTicks">The same of the asks.</param>
/// <param name="BidMissingShare">Share of the time in which a bid was wanted and none rested, 0 to 1; null when none was wanted.</param>
/// <param name="AskMissingShare">The same of the asks.</param>
public sealed record TrackingResult(double? BidErrorTicks, double? AskErrorTicks, double? BidMissingShare, double? AskMissingShare)
{
    /// <summary>Of an engine that rests.</summary>
    public static TrackingResult Of(QuoteTracking tracking) => new(
        Known(tracking.MeanErrorTicks(Side.Buy)), Known(tracking.MeanErrorTicks(Side.Sell)), Known(tracking.MissingShare(Side.Buy)), Known(tracking.MissingShare(Side.Sell)));

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
