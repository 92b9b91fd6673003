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

    /// <summary>Whether <see cref="InstrumentSpec.Notional"/> is at least the smallest. Far above it, which is nearly always, a float says so.</summary>
    private static bool IsWorthEnough(InstrumentSpec spec, in QuoteTarget target)
    {
        const double SurelyMore = 1.000001;
        double valueE16 = (double)target.Price.Ticks * spec.TickE8 * ((double)target.Qty.Lots * spec.LotE8);
        bool isSure = valueE16 > (double)spec.MinNotional.Units * MoneyE8.One * SurelyMore && valueE16 * SurelyMore < (double)long.MaxValue * MoneyE8.One;
        return isSure || spec.Notional(target.Price, target.Qty) >= spec.MinNotional;
    }
}
