using LatencyEngine.Book;
using LatencyEngine.Meter;
using LatencyEngine.Pipeline;

namespace LatencyEngine.Host;

/// <summary>One part of what quotes are laid around: their centre without inventory is the sum of the parts in use.</summary>
/// <param name="Name"><c>mid</c>; <c>weightedMid</c>, <c>microprice</c> and <c>imbalance</c>, which are added to it; <c>orderFlow</c>, by which the quotes are shifted.</param>
/// <param name="Weight">1 where it is in use, else 0.</param>
/// <param name="MeanTicks">Its mean over time.</param>
/// <param name="MeanAbsoluteTicks">The mean of it without sign.</param>
public sealed record FairValuePart(string Name, int Weight, double MeanTicks, double MeanAbsoluteTicks)
{
    /// <summary>The parts of an instrument; empty where its book never had a top on a tick.</summary>
    /// <param name="lane">The instrument, at rest.</param>
    public static IReadOnlyList<FairValuePart> Of(InstrumentLane lane)
    {
        FairValueParts parts = lane.Parts;
        if (parts.Mid.Seconds == 0) return [];
        return
        [
            Part("mid", isInUse: true, parts.Mid),
            Part("weightedMid", lane.FairValue == FairValueModel.WeightedMid, parts.WeightedMid),
            Part("microprice", lane.FairValue == FairValueModel.Microprice, parts.Microprice),
            Part("imbalance", lane.FairValue == FairValueModel.Imbalance, parts.Imbalance),
            Part("orderFlow", lane.OrderFlow is not null, parts.OrderFlow),
        ];
    }

    private static FairValuePart Part(string name, bool isInUse, TimeWeightedMean mean) => new(name, isInUse ? 1 : 0, mean.Mean, mean.MeanAbsolute);
}
