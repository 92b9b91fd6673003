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
                && spec.Notional(target.Price, target.Qty) >= spec.MinNotional;
            if (!passes) target = target with { Qty = default };
        }
    }
}
