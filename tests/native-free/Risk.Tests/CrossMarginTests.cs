using System.Globalization;
using System.Numerics;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Risk.Tests;

public sealed class CrossMarginTests
{
    private const long LotE8 = 100_000; // 0.001
    private const long One = MarginMath.OneE8;

    [Fact]
    public void Golden_accounts_of_three_positions_have_the_same_profit_margin_and_liquidation_price()
    {
        var ladders = new Dictionary<string, RiskTierTable> { ["BTC"] = Ladder("BTC"), ["ALT"] = Ladder("ALT") };
        int rows = 0, liquidated = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("cross_margin.csv"))
        {
            long feeE8 = (long)(Cell(row, "taker_fee") * One);
            Position[] positions = [.. Enumerable.Range(1, 3).Select(i => Position.Read(row, i, ladders[row[$"ladder{i}"]]))];
            Int128 wallet = CrossMargin.OfMoney(new MoneyE8((long)(Cell(row, "wallet") * One)));
            Int128[] profits = [.. positions.Select(each => CrossMargin.Unrealised(each.Side, each.CostE16, each.ValueE16))];
            Int128[] margins = [.. positions.Select(each => CrossMargin.Maintenance(each.ValueE16, feeE8, each.Tiers))];
            Int128 equity = wallet + Sum(profits);
            Int128 besides = wallet + Sum(profits[1..]) - Sum(margins[1..]);

            Position first = positions[0];
            PriceE8 price = CrossMargin.LiquidationPrice(first.Side, first.CostE16, first.Qty, LotE8, besides, feeE8, first.Tiers);

            Assert.Equal(
                (row["case"], Cell(row, "unrealised"), Cell(row, "equity"), Cell(row, "maintenance_margin")),
                (row["case"], Decimal(Sum(profits)), Decimal(equity), Decimal(Sum(margins))));
            Assert.Equal((row["case"], row["liquidated_now"] == "1"), (row["case"], Sum(margins) >= equity));
            Assert.Equal((row["case"], decimal.Round(Cell(row, "liq_price_1"), 8, MidpointRounding.ToEven)), (row["case"], price.Units / 1e8m));
            rows++;
            liquidated += row["liquidated_now"] == "1" ? 1 : 0;
        }

        Assert.Equal(80, rows);
        Assert.True(liquidated > 0, "no golden account is liquidated");
    }

    [Fact]
    public void A_lone_position_without_a_wallet_to_spare_is_liquidated_by_its_own_margin()
    {
        // 1 BTC long at 50,000, wallet 1,000: 49,000 / (1 - 0.005 - 0.00055).
        Int128 costE16 = (Int128)50_000 * One * 1_000 * LotE8;
        Int128 wallet = CrossMargin.OfMoney(new MoneyE8(1_000 * MoneyE8.One));

        Assert.Equal(49_273_46774599, CrossMargin.LiquidationPrice(Side.Buy, costE16, new QtyLots(1_000), LotE8, wallet, 55_000, Ladder("BTC")).Units);
    }

    [Fact]
    public void A_wallet_that_covers_the_whole_position_leaves_no_price_to_a_long_one_and_a_far_one_to_a_short_one()
    {
        Int128 costE16 = (Int128)50_000 * One * 1_000 * LotE8;
        Int128 wallet = CrossMargin.OfMoney(new MoneyE8(60_000 * MoneyE8.One));

        Assert.Equal(default, CrossMargin.LiquidationPrice(Side.Buy, costE16, new QtyLots(1_000), LotE8, wallet, 55_000, Ladder("BTC")));
        Assert.True(CrossMargin.LiquidationPrice(Side.Sell, costE16, new QtyLots(1_000), LotE8, wallet, 55_000, Ladder("BTC")).Units > 109_000 * One);
        Assert.Equal(default, CrossMargin.LiquidationPrice(Side.Sell, 0, default, LotE8, wallet, 55_000, Ladder("BTC")));
    }

    [Fact]
    public void At_the_liquidation_price_and_not_one_unit_before_it_the_account_has_no_more_than_its_maintenance_margin()
    {
        const int Seed = 20261122;
        const int Cases = 100_000;
        var random = new Random(Seed);
        RiskTier[][] ladders = [Ladders.Read("BTC"), Ladders.Read("ALT")];
        RiskTierTable[] tables = [.. ladders.Select(rows => new RiskTierTable("X", rows))];
        int priced = 0;
        for (int i = 0; i < Cases; i++)
        {
            int ladder = random.Next(ladders.Length);
            Side side = random.Next(2) == 0 ? Side.Buy : Side.Sell;
            var qty = new QtyLots((long)Math.Exp(random.NextDouble() * Math.Log(5_000_000)));
            Int128 costE16 = ((Int128)(long)Math.Exp(Math.Log(1e6) + (random.NextDouble() * Math.Log(2e7))) * qty.Lots * LotE8) + random.Next(1, 100_000_000);
            long feeE8 = random.Next(0, 100_000);
            // From a wallet that is gone to one that is worth the position, in units of 1e-24.
            Int128 besides = (Int128)((double)costE16 * One * ((random.NextDouble() * 1.2) - 0.2)) + random.Next();

            long price = CrossMargin.LiquidationPrice(side, costE16, qty, LotE8, besides, feeE8, tables[ladder]).Units;

            if (price <= 1) continue;
            priced++;
            BigInteger Spare(long at) => (BigInteger)besides + (side.Sign * (((BigInteger)at * qty.Lots * LotE8) - (BigInteger)costE16) * One) - Needed((BigInteger)at * qty.Lots * LotE8, feeE8, ladders[ladder]);
            Assert.True(
                Spare(price + side.Sign) >= 0 && Spare(price - side.Sign) <= 0,
                $"seed {Seed}, case {i}: {side} {qty.Lots} lots, cost {costE16}, besides {besides}, fee {feeE8}: {price} leaves {Spare(price)}");
        }

        Assert.True(priced > Cases / 2, $"{priced} of {Cases} accounts have a price");
    }

    [Fact]
    public void Cross_margin_arithmetic_holds_at_the_largest_stated_account()
    {
        Int128 costE16 = (Int128)1_000_000_000_000 * One * One - 1;
        Int128 besides = (Int128)10_000_000_000_000 * One * One * One;
        RiskTierTable tiers = Ladder("BTC");

        Assert.Equal(-1_000_000_000_000m, decimal.Round(Decimal(CrossMargin.Unrealised(Side.Sell, 0, costE16)), 6));
        Assert.True(CrossMargin.Maintenance(costE16, MarginMath.TakerFeeMaxE8, tiers) > 0);
        Assert.Equal(default, CrossMargin.LiquidationPrice(Side.Buy, costE16, new QtyLots(20_000_000_000), LotE8, besides, MarginMath.TakerFeeMaxE8, tiers));
        Assert.True(CrossMargin.LiquidationPrice(Side.Sell, costE16, new QtyLots(20_000_000_000), LotE8, besides, MarginMath.TakerFeeMaxE8, tiers).Units > 0);
    }

    [Fact]
    public void Cross_margin_arithmetic_allocates_nothing()
    {
        RiskTierTable tiers = Ladder("BTC");
        long checksum = Work(tiers, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        checksum += Work(tiers, 1_000);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.NotEqual(0, checksum);
    }

    private static long Work(RiskTierTable tiers, int times)
    {
        long checksum = 0;
        for (int i = 1; i <= times; i++)
        {
            Int128 costE16 = (Int128)60_000 * One * i * LotE8;
            Int128 besides = CrossMargin.OfMoney(new MoneyE8(i * MoneyE8.One)) - CrossMargin.Maintenance(costE16, 55_000, tiers);
            checksum += CrossMargin.LiquidationPrice(Side.Sell, costE16, new QtyLots(i), LotE8, besides, 55_000, tiers).Units;
        }

        return checksum;
    }

    /// <summary>Maintenance margin and fee to close by the row that the value falls into, in 1e-24.</summary>
    private static BigInteger Needed(BigInteger valueE16, long feeE8, RiskTier[] rows)
    {
        RiskTier row = rows.FirstOrDefault(row => valueE16 <= (BigInteger)row.ValueLimit.Units * One, rows[^1]);
        return (valueE16 * (row.MaintenanceRateE8 + feeE8)) - ((BigInteger)row.Deduction.Units * One * One);
    }

    private static Int128 Sum(IEnumerable<Int128> parts) => parts.Aggregate((Int128)0, (sum, part) => sum + part);

    /// <summary>1e-24 USDT as USDT, to the twelve places of the goldens.</summary>
    private static decimal Decimal(Int128 e24) => (decimal)MoneyE8.DivideHalfEven(e24, 1_000_000_000_000) / 1_000_000_000_000m;

    private static decimal Cell(IReadOnlyDictionary<string, string> row, string name) => decimal.Parse(row[name], CultureInfo.InvariantCulture);

    private static RiskTierTable Ladder(string name) => new(name, Ladders.Read(name));

    private sealed record Position(Side Side, Int128 CostE16, Int128 ValueE16, QtyLots Qty, RiskTierTable Tiers)
    {
        public static Position Read(IReadOnlyDictionary<string, string> row, int number, RiskTierTable tiers)
        {
            decimal signed = Cell(row, $"qty{number}");
            var qty = new QtyLots((long)(Math.Abs(signed) * One / LotE8));
            return new Position(signed > 0 ? Side.Buy : Side.Sell, (Int128)(Cell(row, $"entry{number}") * One) * qty.Lots * LotE8, (Int128)(Cell(row, $"mark{number}") * One) * qty.Lots * LotE8, qty, tiers);
        }
    }
}
