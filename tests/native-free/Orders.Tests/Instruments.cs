using LatencyEngine.Model;

namespace LatencyEngine.Orders.Tests;

internal static class Instruments
{
    public static readonly InstrumentId Btc = new(0);
    public static readonly InstrumentId Eth = new(1);

    public static readonly InstrumentTable Two = new([Create(0, "BTCUSDT", 1, 1, 3), Create(1, "ETHUSDT", 2, 1, 2)]);

    public static InstrumentSpec Create(int index, string symbol, int priceDecimals, long tick, int qtyDecimals) =>
        new(new InstrumentId(index), symbol, priceDecimals, tick, qtyDecimals, lotMantissa: 1)
        {
            MinOrderQty = new QtyLots(1),
            MaxOrderQty = new QtyLots(1_000_000_000),
            MinNotional = new MoneyE8(5 * MoneyE8.One),
            MinPrice = new PriceTicks(1),
            MaxPrice = new PriceTicks(1_000_000_000),
            MaxLeverageE2 = 10_000,
        };
}
