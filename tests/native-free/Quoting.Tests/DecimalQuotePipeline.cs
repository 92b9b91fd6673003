using LatencyEngine.Model;

namespace LatencyEngine.Quoting.Tests;

/// <summary>The pipeline written as its definition reads, in decimal ticks and lots: slow, obvious, and independent of the fixed-point one.</summary>
internal static class DecimalQuotePipeline
{
    public static QuoteTarget[] Build(QuotePipelineSettings settings, decimal fair, decimal halfModel, decimal skewPerUnit, decimal bias, decimal shift, long positionLots, long bestBid, long bestAsk, decimal bidWidening = 0, decimal askWidening = 0)
    {
        // Multiplied before divided: a quotient that decimals cut off is then never a whole number of ticks, and no floor depends on the cut.
        decimal skew = skewPerUnit * positionLots / settings.BaseQty.Lots;
        decimal reservation = fair + Math.Clamp(bias, -0.8m * halfModel, 0.8m * halfModel) + shift - skew;
        decimal half = Math.Max(Math.Max(halfModel, fair * (settings.MakerFeeE8 + settings.MinEdgeE8) / 1e8m), 0.5m);
        decimal bid = Math.Min(decimal.Floor(reservation - half - bidWidening), bestAsk - 1);
        decimal ask = Math.Max(decimal.Ceiling(reservation + half + askWidening), bestBid + 1);
        decimal bound = settings.UnitsMax * settings.BaseQty.Lots;
        decimal keep = Math.Floor(1e8m * (1 - (settings.AddingShrinkE8 / 1e8m * Math.Min(Math.Abs(positionLots), bound) / bound))) / 1e8m;
        return
        [
            .. Ladder(settings, Side.Buy, bid, -1, Math.Max(0, bound - positionLots), positionLots > 0 ? keep : 1),
            .. Ladder(settings, Side.Sell, ask, 1, Math.Max(0, bound + positionLots), positionLots < 0 ? keep : 1),
        ];
    }

    private static IEnumerable<QuoteTarget> Ladder(QuotePipelineSettings settings, Side side, decimal first, int direction, decimal room, decimal keep)
    {
        decimal used = 0;
        decimal offset = 0;
        decimal gap = settings.Step.Ticks;
        decimal want = settings.BaseQty.Lots;
        for (int level = 0; level < settings.Levels; level++)
        {
            decimal price = first + (direction * decimal.Floor(offset));
            decimal qty = Math.Min(decimal.Floor(decimal.Floor(Math.Max(0, want)) * keep), room - used);
            if (price <= 0) qty = 0;
            used += qty;
            offset += gap;
            gap *= settings.StepMultiplierE8 / 1e8m;
            if (settings.HasLinearSizes) want += settings.BaseQty.Lots * ((settings.SizeMultiplierE8 / 1e8m) - 1);
            else want *= settings.SizeMultiplierE8 / 1e8m;
            yield return new QuoteTarget(side, level, new PriceTicks((long)price), new QtyLots((long)qty));
        }
    }
}
