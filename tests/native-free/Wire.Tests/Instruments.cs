using LatencyEngine.Model;

namespace LatencyEngine.Wire.Tests;

/// <summary>The instruments of these tests, with the venue's real steps; the last one is made up to have steps that are not powers of ten.</summary>
internal static class Instruments
{
    public static readonly InstrumentTable Table = new(
    [
        Spec(0, "BTCUSDT", priceDecimals: 1, tickMantissa: 1, qtyDecimals: 3, lotMantissa: 1),
        Spec(1, "SOLUSDT", priceDecimals: 2, tickMantissa: 1, qtyDecimals: 1, lotMantissa: 1),
        Spec(2, "BTCPERP", priceDecimals: 1, tickMantissa: 1, qtyDecimals: 3, lotMantissa: 1),
        Spec(3, "ICPUSDT", priceDecimals: 3, tickMantissa: 1, qtyDecimals: 1, lotMantissa: 1),
        Spec(4, "ESPORTSUSDT", priceDecimals: 5, tickMantissa: 1, qtyDecimals: 0, lotMantissa: 1),
        Spec(5, "AAPLUSDT", priceDecimals: 2, tickMantissa: 1, qtyDecimals: 2, lotMantissa: 1),
        Spec(6, "ODDUSDT", priceDecimals: 1, tickMantissa: 5, qtyDecimals: 2, lotMantissa: 25),
    ]);

    public static InstrumentSpec Btc => Table[new InstrumentId(0)];

    public static InstrumentSpec Sol => Table[new InstrumentId(1)];

    public static InstrumentSpec Odd => Table[new InstrumentId(6)];

    /// <summary>A specification with these steps, and limits that the decoder does not read.</summary>
    public static InstrumentSpec Spec(int index, string symbol, int priceDecimals, long tickMantissa, int qtyDecimals, long lotMantissa) =>
        new(new InstrumentId(index), symbol, priceDecimals, tickMantissa, qtyDecimals, lotMantissa)
        {
            MinOrderQty = new QtyLots(1),
            MaxOrderQty = new QtyLots(1_000_000),
            MinNotional = new MoneyE8(5 * MoneyE8.One),
            MinPrice = new PriceTicks(1),
            MaxPrice = new PriceTicks(10_000_000),
            MaxLeverageE2 = 10_000,
        };
}
