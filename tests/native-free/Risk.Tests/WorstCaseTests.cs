using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;

namespace LatencyEngine.Risk.Tests;

/// <summary>The engine's integers against decimals that look at every state.</summary>
public sealed class WorstCaseTests
{
    private const int Seed = 20261122;
    private const int Cases = 100_000;
    private const decimal Taker = 0.00055m;
    private static readonly RiskTier[] Rows = Ladders.Read("BTC");
    private static readonly RiskTierTable Tiers = new("BTCUSDT", Rows);

    [Theory]
    [InlineData(0.014, true)]     // the way of a 50x position is (2 % - 0.5 %) / 0.995 = 1.5075 %
    [InlineData(0.01507, true)]
    [InlineData(0.01508, false)]
    public void A_long_isolated_order_survives_any_jump_that_ends_before_its_liquidation_price(double jump, bool survives)
    {
        WorstCase worst = Of(jump, isCross: false);
        Holding bids = Empty() with { BuyQty = new QtyLots(100), BuyPrice = new PriceTicks(500_000) };

        Assert.Equal(survives, worst.Survives(Side.Buy, in bids));
        Assert.True(worst.Survives(Side.Sell, in bids));   // no short position can come about
    }

    [Theory]
    [InlineData(0.01492, true)]   // (2 % - 0.5 %) / 1.005 = 1.4925 %
    [InlineData(0.01493, false)]
    public void A_short_one_ends_sooner(double jump, bool survives)
    {
        Holding asks = Empty() with { SellQty = new QtyLots(100), SellPrice = new PriceTicks(500_000) };

        Assert.Equal(survives, Of(jump, isCross: false).Survives(Side.Sell, in asks));
    }

    [Fact]
    public void What_a_position_has_earned_does_not_carry_an_order_that_would_stand_alone_once_it_is_closed()
    {
        // Long from 45,000 at a mark of 50,000: together with bids at 50,000 its average is safe, the bids alone are not.
        WorstCase worst = Of(0.02, isCross: false);
        Holding earned = Empty() with { Position = new QtyLots(100), CostE16 = Cost(100, 450_000) };

        Assert.True(worst.Survives(Side.Buy, in earned));
        Assert.False(worst.Survives(Side.Buy, earned with { BuyQty = new QtyLots(10), BuyPrice = new PriceTicks(500_000) }));
    }

    [Fact]
    public void Without_a_mark_price_nothing_that_can_be_held_survives()
    {
        Holding bids = Empty() with { BuyQty = new QtyLots(1), BuyPrice = new PriceTicks(500_000), MarkPrice = default };

        Assert.False(Of(0, isCross: false).Survives(Side.Buy, in bids));
        Assert.True(Of(0, isCross: true).CrossSurplusE24(in bids) < -CrossMargin.OfMoney(new MoneyE8(long.MaxValue)));
        Assert.Equal(0, Of(0, isCross: true).CrossSurplusE24(new Holding()));
        Int128 sum = CrossMargin.OfMoney(new MoneyE8(long.MaxValue));
        for (int i = 0; i < 64; i++) sum += Of(0, isCross: true).CrossSurplusE24(in bids);
        Assert.True(sum < 0, "64 of them add up to less than any balance");
    }

    [Fact]
    public void An_order_without_a_price_is_priced_at_the_mark()
    {
        WorstCase worst = Of(0.014, isCross: false);

        Assert.True(worst.Survives(Side.Buy, Empty() with { BuyQty = new QtyLots(10) }));
        Assert.False(Of(0.016, isCross: false).Survives(Side.Buy, Empty() with { BuyQty = new QtyLots(10) }));
        Assert.False(Of(0.016, isCross: false).Survives(Side.Sell, Empty() with { SellQty = new QtyLots(10) }));
    }

    [Fact]
    public void A_cross_account_keeps_what_its_worst_filling_and_jump_leave_of_it()
    {
        // Bids for 1 BTC at 50,000 without anything: 5 % below, the loss is 2,500, the fee to buy 27.5, margin and fee to close 47,500 x 0.555 %.
        Holding bids = Empty() with { BuyQty = new QtyLots(1_000), BuyPrice = new PriceTicks(500_000) };

        Assert.Equal(-2_500m - 27.5m - (47_500m * 0.00555m), Usdt(Of(0.05, isCross: true).CrossSurplusE24(in bids)));
    }

    [Fact]
    public void Isolated_whatever_survives_by_the_integers_survives_in_every_state_and_what_does_not_has_a_state_that_does_not()
    {
        var random = new Random(Seed);
        (int survivors, int losers) = (0, 0);
        for (int i = 0; i < Cases; i++)
        {
            decimal jump = random.Next(0, 2_000) / 100_000m;
            int leverageE2 = 100 * random.Next(10, 100);
            WorstCase worst = Of((double)jump, isCross: false, leverageE2);
            Holding holding = Any(random);
            bool survives = worst.Survives(Side.Buy, in holding) && worst.Survives(Side.Sell, in holding);

            // A position can be closed by other orders than those that rest, by those of the guard for example: what opens then stands alone.
            Holding closable = holding with { BuyQty = new QtyLots(Math.Max(holding.BuyQty.Lots, -holding.Position.Lots)), SellQty = new QtyLots(Math.Max(holding.SellQty.Lots, holding.Position.Lots)) };
            bool Holds(Holding held) => EveryState(in held, random, (lots, cost) => IsSafeAlone(lots, cost, Jumped(in held, lots, jump), leverageE2 / 100m));

            Assert.True(survives ? Holds(holding) : !Holds(closable), $"seed {Seed}, case {i}: {holding}, jump {jump}, leverage {leverageE2}: {survives}");
            if (survives) survivors++;
            else losers++;
        }

        Assert.True(survivors > Cases / 10 && losers > Cases / 10, $"{survivors} survive, {losers} do not");
    }

    [Fact]
    public void Cross_the_surplus_of_the_integers_is_the_least_of_every_state()
    {
        var random = new Random(Seed);
        for (int i = 0; i < Cases; i++)
        {
            decimal jump = random.Next(0, 20_000) / 100_000m;
            Holding holding = Any(random);
            decimal surplus = Usdt(Of((double)jump, isCross: true).CrossSurplusE24(in holding));
            decimal least = decimal.MaxValue;
            Holding held = holding;
            EveryState(in holding, random, (lots, cost) =>
            {
                decimal mark = Jumped(in held, lots, jump);
                decimal value = Math.Abs(lots) * mark;
                least = Math.Min(least, (lots * mark) - cost - Maintenance(value, Taker));
                return true;
            }, Taker);

            Assert.True(Math.Abs(surplus - least) < 0.000001m, $"seed {Seed}, case {i}: {holding}, jump {jump}: {surplus}, by every state {least}");
        }
    }

    /// <summary>The gate decides; fills come in any order and in parts, marks go anywhere within the jump from where they were when the last order was accepted.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_the_gate_accepts_never_falls_to_its_maintenance_margin_while_marks_stay_within_the_jump(bool isCross) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(150), Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), steps =>
        {
            var account = new AccountUnderGate(isCross, Tiers, Rows);
            foreach (int step in steps)
            {
                account.Take(step);
                if (account.Fault is { } fault) return false.Label(fault);
            }

            return true.ToProperty();
        }));

    [Fact]
    public void Sequences_of_orders_come_near_the_floor_and_are_refused_and_accepted()
    {
        foreach (bool isCross in (bool[])[false, true])
        {
            var random = new Random(Seed);
            (long accepted, long refused, decimal least) = (0, 0, decimal.MaxValue);
            for (int i = 0; i < 300; i++)
            {
                var account = new AccountUnderGate(isCross, Tiers, Rows);
                for (int step = 0; step < 300; step++) account.Take(random.Next());
                Assert.Null(account.Fault);
                accepted += account.Accepted;
                refused += account.Refused;
                least = Math.Min(least, account.LeastRatio);
            }

            Assert.True(accepted > 1_000 && refused > 1_000, $"cross {isCross}: {accepted} accepted, {refused} refused for the worst case");
            Assert.True(least is > 1 and < 2, $"cross {isCross}: margin was never below {least} times the maintenance margin");
        }
    }

    [Fact]
    public void The_worst_case_allocates_nothing()
    {
        WorstCase cross = Of(0.05, isCross: true);
        WorstCase isolated = Of(0.01, isCross: false);
        Holding holding = Any(new Random(Seed));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Int128 sum = 0;
        for (int i = 0; i < 1_000; i++) sum += cross.CrossSurplusE24(in holding) + (isolated.Survives(Side.Buy, in holding) ? 1 : 0);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.NotEqual(0, sum);
    }

    internal static decimal MaintenanceOf(decimal value, decimal fee, RiskTier[] rows)
    {
        RiskTier row = rows.FirstOrDefault(row => value <= row.ValueLimit.Units / 1e8m, rows[^1]);
        return (value * ((row.MaintenanceRateE8 / 1e8m) + fee)) - (row.Deduction.Units / 1e8m);
    }

    private static decimal Maintenance(decimal value, decimal fee) => MaintenanceOf(value, fee, Rows);

    private static Holding Empty() => new Holding() with { MarkPrice = new PriceE8(50_000 * PriceE8.One) };

    private static WorstCase Of(double jump, bool isCross, int leverageE2 = 5_000) => new(AccountUnderGate.Spec(0), AccountUnderGate.Limits(isCross, jump, leverageE2, Tiers));

    /// <summary>In lots of 0.001 and ticks of 0.1.</summary>
    private static Int128 Cost(long lots, long priceTicks) => (Int128)lots * 100_000 * priceTicks * 10_000_000;

    private static decimal Usdt(Int128 e24) => (decimal)MoneyE8.DivideHalfEven(e24, 100_000_000_000_000) / 10_000_000_000m;

    private static Holding Any(Random random)
    {
        long position = random.Next(3) == 0 ? 0 : random.Next(-80_000, 80_001);
        long buys = random.Next(3) == 0 ? 0 : random.Next(1, 80_000);
        long sells = random.Next(3) == 0 ? 0 : random.Next(1, 80_000);
        return new Holding(
            new QtyLots(position), Cost(Math.Abs(position), random.Next(490_000, 510_000)), new QtyLots(buys), buys == 0 ? default : new PriceTicks(random.Next(495_000, 500_001)),
            new QtyLots(sells), sells == 0 ? default : new PriceTicks(random.Next(500_001, 505_001)), new PriceE8(random.Next(497_000, 503_001) * 10_000_000L));
    }

    private static decimal Jumped(in Holding holding, decimal lots, decimal jump) => holding.MarkPrice.Units / 1e8m * (lots < 0 ? 1 + jump : 1 - jump);

    /// <summary>Isolated: margin and profit at the jumped mark above the maintenance margin of the value there.</summary>
    private static bool IsSafeAlone(decimal qty, decimal cost, decimal mark, decimal leverage)
    {
        if (qty == 0) return true;
        decimal value = Math.Abs(qty) * mark;
        return (Math.Abs(cost) * decimal.Floor(100_000_000m / leverage) / 100_000_000m) + (qty * mark) - cost > Maintenance(value, 0);
    }

    /// <summary>Whether all states hold: each side filled wholly, not at all, in some part and as far as it closes, one side first and the other one first. Quantities in coins, cost with the position's sign, fees of the fills in it.</summary>
    private static bool EveryState(in Holding holding, Random random, Func<decimal, decimal, bool> holds, decimal fee = 0)
    {
        decimal position = holding.Position.Lots / 1_000m;
        decimal cost = Math.Sign(position) * (decimal)(holding.CostE16 / 10_000) / 1e12m;
        (decimal buys, decimal bid) = (holding.BuyQty.Lots / 1_000m, holding.BuyPrice.Ticks / 10m);
        (decimal sells, decimal ask) = (holding.SellQty.Lots / 1_000m, holding.SellPrice.Ticks / 10m);
        bool all = true;
        foreach (decimal bought in (decimal[])[0, buys, buys * random.Next(1_000) / 1_000, Math.Min(buys, Math.Max(0, -position))])
        {
            foreach (decimal sold in (decimal[])[0, sells, sells * random.Next(1_000) / 1_000, Math.Min(sells, Math.Max(0, position))])
            {
                foreach (bool buysFirst in (bool[])[true, false])
                {
                    (decimal lots, decimal paid) = (position, cost);
                    if (fee > 0)
                    {
                        // Cross: the cost of all that was ever done, so that profit is worth less cost.
                        (lots, paid) = (position + bought - sold, cost + (bought * bid) - (sold * ask) + (fee * ((bought * bid) + (sold * ask))));
                    }
                    else
                    {
                        // Isolated: what is closed takes its part of the cost with it.
                        foreach (bool isBuy in (bool[])[buysFirst, !buysFirst]) (lots, paid) = isBuy ? Filled(lots, paid, bought, bid) : Filled(lots, paid, -sold, ask);
                    }

                    all &= holds(lots, paid);
                }
            }
        }

        return all;
    }

    private static (decimal Lots, decimal Cost) Filled(decimal lots, decimal cost, decimal signed, decimal price)
    {
        if (signed == 0) return (lots, cost);
        if (lots == 0 || Math.Sign(lots) == Math.Sign(signed)) return (lots + signed, cost + (signed * price));
        return Math.Abs(signed) < Math.Abs(lots) ? (lots + signed, cost * (lots + signed) / lots) : (lots + signed, (lots + signed) * price);
    }
}
