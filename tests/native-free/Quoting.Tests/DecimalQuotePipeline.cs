using LatencyEngine.Model;

namespace LatencyEngine.Quoting.Tests;

/// <summary>The pipeline written as its definition reads, in decimal ticks and lots: slow, obvious, and independent of the fixed-point one.</summary>
internal static class DecimalQuotePipeline
{
    public static QuoteTarget[] Build(QuotePipelineSettings settings, decimal fair, decimal halfModel, decimal skewPerUnit, decimal bias, long positionLots, long bestBid, long bestAsk)
    {
        // Multiplied before divided: a quotient that decimals cut off is then never a whole number of ticks, and no floor depends on the cut.
        decimal skew = skewPerUnit * positionLots / settings.BaseQty.Lots;
        decimal reservation = fair + Math.Clamp(bias, -0.8m * halfModel, 0.8m * halfModel) - skew;
        decimal half = Math.Max(Math.Max(halfModel, fair * (settings.MakerFeeE8 + settings.MinEdgeE8) / 1e8m), 0.5m);
        decimal bid = Math.Min(decimal.Floor(reservation - half), bestAsk - 1);
        decimal ask = Math.Max(decimal.Ceiling(reservation + half), bestBid + 1);
        decimal bound = settings.UnitsMax * settings.BaseQty.Lots;
        return
        [
            .. Ladder(settings, Side.Buy, bid, -settings.Step.Ticks, Math.Max(0, bound - positionLots)),
            .. Ladder(settings, Side.Sell, ask, settings.Step.Ticks, Math.Max(0, bound + positionLots)),
        ];
    }

    private static IEnumerable<QuoteTarget> Ladder(QuotePipelineSettings settings, Side side, decimal first, decimal step, decimal room)
    {
        decimal used = 0;
        decimal want = settings.BaseQty.Lots;
        for (int level = 0; level < settings.Levels; level++)
        {
            decimal price = first + (level * step);
            decimal qty = Math.Min(decimal.Floor(want), room - used);
            if (price <= 0) qty = 0;
            used += qty;
            want *= settings.SizeMultiplierE8 / 1e8m;
            yield return new QuoteTarget(side, level, new PriceTicks((long)price), new QtyLots((long)qty));
        }
    }
}
