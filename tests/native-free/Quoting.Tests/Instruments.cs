using LatencyEngine.Model;

namespace LatencyEngine.Quoting.Tests;

/// <summary>Instruments whose filters do not get in the way unless a test asks for it.</summary>
internal static class Instruments
{
    /// <summary>Tick 0.1, lot 0.001, as BTCUSDT.</summary>
    public static InstrumentSpec Bitcoin { get; } = Create(priceDecimals: 1, tickMantissa: 1, qtyDecimals: 3, lotMantissa: 1);

    public static InstrumentSpec Create(
        int priceDecimals, long tickMantissa, int qtyDecimals, long lotMantissa, long minOrderLots = 1, long maxOrderLots = 1_000_000_000, long minNotionalE8 = 0, long maxPriceTicks = 1_000_000_000, long priceLimitRatioE8 = 0) =>
        new(new InstrumentId(0), "BTCUSDT", priceDecimals, tickMantissa, qtyDecimals, lotMantissa)
        {
            MinOrderQty = new QtyLots(minOrderLots),
            MaxOrderQty = new QtyLots(maxOrderLots),
            MinNotional = new MoneyE8(minNotionalE8),
            MinPrice = new PriceTicks(1),
            MaxPrice = new PriceTicks(maxPriceTicks),
            MaxLeverageE2 = 10_000,
            PriceLimitRatioE8 = priceLimitRatioE8,
        };

    /// <summary>A step of the venue from its decimal text: 0.0001 has mantissa 1 and 4 decimals.</summary>
    public static (int Decimals, long Mantissa) Split(decimal step)
    {
        int decimals = 0;
        while (step != decimal.Truncate(step))
        {
            step *= 10;
            decimals++;
        }

        return (decimals, (long)step);
    }
}
