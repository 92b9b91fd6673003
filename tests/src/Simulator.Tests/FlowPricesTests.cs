using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Index, mark and funding rate of a flow market (Bybit V5, 16.6).</summary>
public sealed class FlowPricesTests
{
    private const long StartMillis = 1_786_310_820_000;   // 21:27 UTC: the next stamp is at midnight
    private const long MidnightMillis = 1_786_320_000_000;

    private readonly VenueInstrument _instrument = InstrumentList.Load(ReferenceFiles.Sample("instruments-linear-20260809.json"))["BTCUSDT"];

    [Fact]
    public void The_index_follows_the_value_and_one_wild_trade_does_not_move_the_mark()
    {
        FlowPrices prices = Prices();
        Play(prices, seconds: 60, value: 65_100, mid: 65_100m, last: 65_100m, StartMillis);
        Assert.InRange(prices.Index, 65_099.9m, 65_100m);

        prices.Step(65_100, 65_100m, 60_000m, StartMillis + 60_100);

        Assert.InRange(prices.Mark, 65_090m, 65_110m);
    }

    [Fact]
    public void A_book_above_the_index_makes_longs_pay_up_to_the_cap_and_a_level_one_leaves_the_interest()
    {
        FlowPrices level = Prices();
        Play(level, seconds: 600, value: 65_000, mid: 65_000m, last: 65_000m, StartMillis);
        Assert.Equal(0.0001m, level.FundingRate);

        FlowPrices above = Prices();
        Play(above, seconds: 600, value: 65_000, mid: 65_130m, last: 65_130m, StartMillis);
        Assert.Equal(0.0015m, above.FundingRate);   // premium 0.2 %, less the band of 0.05 %
        Assert.Equal(65_130m, above.Mark);          // the basis and the last trade agree
        above.Step(65_000, 65_130m, 60_000m, StartMillis + 600_000);
        Assert.Equal(decimal.Round(65_000 * (1 + (0.0015m * (MidnightMillis - StartMillis - 600_000) / 3_600_000 / 8)), 2), above.Mark);

        FlowPrices below = Prices();
        Play(below, seconds: 600, value: 65_000, mid: 64_000m, last: 64_000m, StartMillis);
        Assert.Equal(-0.005m, below.FundingRate);
    }

    [Fact]
    public void A_stamp_that_has_passed_begins_a_new_interval()
    {
        FlowPrices prices = Prices();
        Assert.Equal(MidnightMillis, prices.NextFundingMillis);
        Play(prices, seconds: 60, value: 65_000, mid: 65_130m, last: 65_130m, MidnightMillis - 60_000);
        Assert.Equal(0.0015m, prices.FundingRate);

        Play(prices, seconds: 1, value: 65_000, mid: 65_000m, last: 65_000m, MidnightMillis);

        Assert.Equal((MidnightMillis + (8 * 3_600_000), 0.0001m), (prices.NextFundingMillis, prices.FundingRate));
    }

    private static void Play(FlowPrices prices, int seconds, double value, decimal mid, decimal last, long fromMillis)
    {
        for (int i = 0; i < seconds * 10; i++) prices.Step(value, mid, last, fromMillis + (i * 100));
    }

    private FlowPrices Prices() => new(_instrument, 65_000m, StartMillis * 1_000_000);
}
