using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>The engine's fixed-point values as exact decimals, for reports and comparisons, and back.</summary>
public static class Exact
{
    /// <summary>USDT.</summary>
    public static decimal Usdt(MoneyE8 amount) => amount.Units / 100_000_000m;

    /// <summary>A price.</summary>
    public static decimal Price(PriceE8 price) => price.Units / 100_000_000m;

    /// <summary>A price.</summary>
    public static decimal Price(InstrumentSpec spec, PriceTicks price) => price.Ticks * spec.TickE8 / 100_000_000m;

    /// <summary>The tick nearest to a price.</summary>
    public static PriceTicks Ticks(InstrumentSpec spec, decimal price) => new((long)decimal.Round(price / (spec.TickE8 / 100_000_000m)));

    /// <summary>Whole lots of a signed quantity in base coin; what is less than a lot is left out.</summary>
    public static long Lots(InstrumentSpec spec, decimal qty) => (long)decimal.Truncate(qty / (spec.LotE8 / 100_000_000m));

    /// <summary>A quantity in base coin.</summary>
    public static decimal Qty(InstrumentSpec spec, QtyLots qty) => qty.Lots * spec.LotE8 / 100_000_000m;

    /// <summary>Nanoseconds since 1970 as a UTC time, to 100 ns.</summary>
    public static DateTime Utc(long epochNanos) => DateTime.UnixEpoch.AddTicks(epochNanos / 100);
}
