using LatencyEngine.Model;

namespace LatencyEngine.Risk.Tests;

/// <summary>What was found once against what is found anew each time.</summary>
public sealed class SurvivalRangeTests
{
    private const int Seed = 20261123;
    private const int Walks = 3_000;
    private const int Steps = 100;
    private static readonly RiskTierTable Tiers = new("BTCUSDT", Ladders.Read("BTC"));

    [Theory]
    [InlineData(Side.Buy)]
    [InlineData(Side.Sell)]
    public void Along_any_walk_of_prices_positions_and_orders_the_answers_are_those_of_the_worst_case(Side side)
    {
        var random = new Random(Seed);
        (int survivors, int losers, int turns) = (0, 0, 0);
        for (int walk = 0; walk < Walks; walk++)
        {
            // From far below the way of a position to beyond it, so that walks cross the edge in both directions.
            WorstCase worst = Of(random.Next(0, 2_000) / 100_000d, leverageE2: 100 * random.Next(10, 100));
            var range = new SurvivalRange(worst);
            long lots = random.Next(-80_000, 80_001);
            long open = random.Next(1, 80_000);
            double entry = random.Next(495_000, 505_000);
            double price = 500_000;
            double mark = 500_000;
            bool? before = null;
            for (int step = 0; step < Steps; step++)
            {
                price += (random.NextDouble() - 0.5) * random.Next(1, 1_000);
                mark += (random.NextDouble() - 0.5) * random.Next(1, 1_000);
                if (random.Next(40) == 0) lots = random.Next(3) == 0 ? 0 : random.Next(-80_000, 80_001);
                if (random.Next(40) == 0) lots = -lots;   // at the same cost
                if (random.Next(40) == 0) open = random.Next(1, 80_000);
                if (random.Next(40) == 0) entry = random.Next(495_000, 505_000);
                (QtyLots position, Int128 cost) = (new QtyLots(lots), Cost(Math.Abs(lots), (long)entry));
                var (openQty, orders, marked) = (new QtyLots(open), new PriceTicks(random.Next(60) == 0 ? 0 : (long)price), new PriceE8(random.Next(60) == 0 ? 0 : (long)(mark * 10_000_000)));
                Holding holding = side == Side.Buy ? new Holding(position, cost, openQty, orders, default, default, marked) : new Holding(position, cost, default, default, openQty, orders, marked);
                bool survives = worst.Survives(side, in holding);

                Assert.True(survives == range.Survives(side, position, cost, openQty, orders, marked), $"seed {Seed}, walk {walk}, step {step}: {holding}: {survives}");
                if (survives) survivors++;
                else losers++;
                if (before is { } was && was != survives) turns++;
                before = survives;
            }
        }

        Assert.True(survivors > Walks * Steps / 10 && losers > Walks * Steps / 10 && turns > Walks, $"{survivors} survive, {losers} do not, {turns} turns");
    }

    [Theory]
    [InlineData(Side.Buy)]
    [InlineData(Side.Sell)]
    public void A_mark_price_that_comes_unit_by_unit_to_the_edge_is_past_it_at_the_same_unit(Side side)
    {
        WorstCase worst = Of(0.01, leverageE2: 5_000);
        foreach (long openLots in (long[])[1, 100, 39_999, 80_000])
        {
            (QtyLots qty, PriceTicks orders) = (new QtyLots(openLots), new PriceTicks(500_000));
            long last = LastGoodMark(worst, side, qty, orders);
            var range = new SurvivalRange(worst);
            for (long units = last + (side.Sign * 200 * PriceE8.One); side.Sign * (units - last) > 2_000; units -= side.Sign * PriceE8.One / 7)
            {
                Assert.True(range.Survives(side, default, 0, qty, orders, new PriceE8(units)));
            }

            for (long away = 2_000; away >= -2_000; away--)
            {
                var mark = new PriceE8(last + (side.Sign * away));
                Assert.Equal(worst.Survives(side, OrdersAlone(side, qty, orders, mark)), range.Survives(side, default, 0, qty, orders, mark));
            }
        }
    }

    [Theory]
    [InlineData(Side.Buy)]
    [InlineData(Side.Sell)]
    public void Nothing_is_known_beyond_the_prices_that_were_tried(Side side)
    {
        WorstCase worst = Of(0.01, leverageE2: 5_000);
        (QtyLots qty, PriceTicks asked) = (new QtyLots(80_000), new PriceTicks(500_000));
        var tried = new PriceTicks(asked.Ticks + (side.Sign * ((asked.Ticks >> 10) + 1)));
        long last = LastGoodMark(worst, side, qty, tried);

        // The marks around the one whose tried mark is the last that survives.
        long near = last * 1_024 / (1_024 - side.Sign);
        for (long units = near - 100; units <= near + 100; units++)
        {
            var range = new SurvivalRange(worst);
            Assert.True(range.Survives(side, default, 0, qty, asked, new PriceE8(units)));
            foreach (PriceTicks price in (PriceTicks[])[asked, tried, new PriceTicks(tried.Ticks + side.Sign)])
            {
                for (long away = -5; away <= 5; away++)
                {
                    var mark = new PriceE8(last + away);
                    Assert.Equal(worst.Survives(side, OrdersAlone(side, qty, price, mark)), range.Survives(side, default, 0, qty, price, mark));
                    range = new SurvivalRange(worst);
                    range.Survives(side, default, 0, qty, asked, new PriceE8(units));
                }
            }
        }
    }

    [Fact]
    public void What_is_known_of_long_positions_says_nothing_of_short_ones()
    {
        // Below 48,000 an order at 50,000 to buy is lost at once, one to sell has earned.
        var range = new SurvivalRange(Of(0.01, leverageE2: 5_000));
        (QtyLots qty, PriceTicks price, PriceE8 mark) = (new QtyLots(100), new PriceTicks(500_000), new PriceE8(48_000 * PriceE8.One));

        Assert.True(range.Survives(Side.Sell, default, 0, qty, price, mark));
        Assert.False(range.Survives(Side.Buy, default, 0, qty, price, mark));
        Assert.True(range.Survives(Side.Sell, default, 0, qty, price, mark));
    }

    [Fact]
    public void It_allocates_nothing()
    {
        var range = new SurvivalRange(Of(0.01, leverageE2: 5_000));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int survivors = 0;
        for (int i = 0; i < 2_000; i++) survivors += range.Survives(Side.Buy, default, 0, new QtyLots(100), new PriceTicks(500_000 + i), new PriceE8((50_000 - i) * PriceE8.One)) ? 1 : 0;

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.InRange(survivors, 1, 1_999);
    }

    /// <summary>The mark price furthest against a side at which its orders alone survive, by halves.</summary>
    private static long LastGoodMark(WorstCase worst, Side side, QtyLots qty, PriceTicks orders)
    {
        long good = 50_000 * PriceE8.One;
        long bad = good - (side.Sign * good / 10);
        while (Math.Abs(good - bad) > 1)
        {
            long middle = (good + bad) / 2;
            if (worst.Survives(side, OrdersAlone(side, qty, orders, new PriceE8(middle)))) good = middle;
            else bad = middle;
        }

        return good;
    }

    private static Holding OrdersAlone(Side side, QtyLots qty, PriceTicks price, PriceE8 mark) =>
        side == Side.Buy ? new Holding(default, 0, qty, price, default, default, mark) : new Holding(default, 0, default, default, qty, price, mark);

    private static WorstCase Of(double jump, int leverageE2) => new(AccountUnderGate.Spec(0), AccountUnderGate.Limits(isCross: false, jump, leverageE2, Tiers));

    /// <summary>In lots of 0.001 and ticks of 0.1.</summary>
    private static Int128 Cost(long lots, long priceTicks) => (Int128)lots * 100_000 * priceTicks * 10_000_000;
}
