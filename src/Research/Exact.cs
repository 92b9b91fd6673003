using LatencyEngine.Model;

namespace LatencyEngine.Research;

/// <summary>The engine's fixed-point values as exact decimals, for reports and comparisons.</summary>
internal static class Exact
{
    public static decimal Usdt(MoneyE8 amount) => amount.Units / 100_000_000m;

    public static decimal Price(PriceE8 price) => price.Units / 100_000_000m;

    public static decimal Qty(InstrumentSpec spec, QtyLots qty) => qty.Lots * spec.LotE8 / 100_000_000m;

    /// <summary>Nanoseconds since 1970 as a UTC time, to 100 ns.</summary>
    public static DateTime Utc(long epochNanos) => DateTime.UnixEpoch.AddTicks(epochNanos / 100);
}
