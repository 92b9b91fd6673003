using System.Runtime.CompilerServices;
using LatencyEngine.Model;

namespace LatencyEngine.Quoting;

/// <summary>The venue's own bounds on an order, applied to finished quotes by dropping what breaks one (Bybit V5, 13.1).</summary>
public static class VenueFilters
{
    /// <summary>Sets the quantity to 0 where an order would be below <c>minOrderQty</c>, above <c>maxOrderQty</c>, worth less than <c>minNotionalValue</c>, or priced outside <c>minPrice</c> and <c>maxPrice</c>.</summary>
    /// <remarks>Thread: any. Allocates: never. Throws: never. The quantity of a dropped quote does not move to another level.</remarks>
    public static void Apply(InstrumentSpec spec, Span<QuoteTarget> targets)
    {
        foreach (ref QuoteTarget target in targets)
        {
            bool passes = target.Qty >= spec.MinOrderQty
                && target.Qty <= spec.MaxOrderQty
                && target.Price >= spec.MinPrice
                && target.Price <= spec.MaxPrice
                && IsWorthEnough(spec, in target);
            if (!passes) target = target with { Qty = default };
        }
    }

    /// <summary>Sets the quantity to 0 where a buy would be priced further above the mark price, or a sell further below it, than the venue surely takes: it would move the order to its own limit (Bybit V5, 14.10).</summary>
    /// <remarks>Thread: any. Allocates: never. Throws: never.</remarks>
    /// <param name="spec">The instrument; without a limit of its own nothing is dropped.</param>
    /// <param name="mark">Mark price; 0 while unknown: nothing is dropped.</param>
    /// <param name="targets">Quotes, changed in place.</param>
    public static void ApplyPriceLimit(InstrumentSpec spec, PriceE8 mark, Span<QuoteTarget> targets)
    {
        if (spec.PriceLimitRatioE8 == 0 || mark.Units <= 0 || SurelyWithin(spec, mark, targets)) return;
        foreach (ref QuoteTarget target in targets)
        {
            if (spec.IsBeyondPriceLimit(target.Side, target.Price, mark)) target = target with { Qty = default };
        }
    }

    /// <summary>All prices lie clearly within the limit on either side, as nearly always: floats say so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool SurelyWithin(InstrumentSpec spec, PriceE8 mark, ReadOnlySpan<QuoteTarget> targets)
    {
        const double Clearly = 0.999;
        double markTicks = mark.Units * spec.TicksPerE8;
        double reachTicks = markTicks * (spec.PriceLimitRatioE8 * (Clearly / PriceE8.One));
        bool isWithin = true;
        foreach (ref readonly QuoteTarget target in targets) isWithin &= Math.Abs(target.Price.Ticks - markTicks) < reachTicks;
        return isWithin;
    }

    /// <summary>Whether <see cref="InstrumentSpec.Notional"/> is at least the smallest. Far above it, which is nearly always, a float says so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsWorthEnough(InstrumentSpec spec, in QuoteTarget target)
    {
        const double SurelyMore = 1.000001;
        double valueE16 = (double)target.Price.Ticks * target.Qty.Lots * spec.TickLotE16;
        bool isSure = valueE16 > (double)spec.MinNotional.Units * MoneyE8.One * SurelyMore && valueE16 * SurelyMore < (double)long.MaxValue * MoneyE8.One;
        return isSure || spec.Notional(target.Price, target.Qty) >= spec.MinNotional;
    }
}
