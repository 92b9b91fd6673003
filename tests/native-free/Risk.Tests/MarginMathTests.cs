using System.Globalization;
using System.Numerics;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Risk.Tests;

public sealed class MarginMathTests
{
    private const long LotE8 = 100_000; // 0.001

    private static readonly RiskTier HalfPercent = new(new MoneyE8(2_000_000 * MoneyE8.One), MaintenanceRateE8: 500_000, MaxLeverageE2: 10_000, Deduction: default);

    [Fact]
    public void Margins_bankruptcy_and_liquidation_agree_with_the_golden_positions()
    {
        var ladders = new Dictionary<string, RiskTierTable> { ["BTC"] = Ladder("BTC"), ["ALT"] = Ladder("ALT") };
        int rows = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("liquidation_static.csv"))
        {
            decimal Cell(string name) => decimal.Parse(row[name], CultureInfo.InvariantCulture);
            long RoundedE8(string name) => (long)(decimal.Round(Cell(name), 8, MidpointRounding.ToEven) * 1e8m);
            Side side = Cell("qty") > 0 ? Side.Buy : Side.Sell;
            var qty = new QtyLots((long)(Math.Abs(Cell("qty")) * 1e8m / LotE8));
            Int128 costE16 = (Int128)(Cell("entry") * 1e8m) * qty.Lots * LotE8;
            int leverageE2 = (int)(Cell("leverage") * 100);
            var extraMargin = new MoneyE8((long)(Cell("extra_margin") * 1e8m));
            long takerFeeE8 = (long)(Cell("taker_fee") * 1e8m);

            RiskTier tier = ladders[row["ladder"]].Find(costE16);
            long initialE8 = MarginMath.InitialMargin(costE16, leverageE2).Units;
            long maintenanceE8 = MarginMath.MaintenanceMargin(costE16, tier).Units;
            long feeToCloseE8 = MarginMath.FeeToClose(side, costE16, leverageE2, takerFeeE8).Units;
            long bankruptcyE8 = MarginMath.BankruptcyPrice(side, costE16, qty, LotE8, leverageE2).Units;
            long liquidationE8 = MarginMath.LiquidationPrice(side, costE16, qty, LotE8, leverageE2, extraMargin, takerFeeE8, tier).Units;

            Assert.Equal((row["case"], (long)(Cell("mmr") * 1e8m), (long)(Cell("mm_deduction") * 1e8m)), (row["case"], tier.MaintenanceRateE8, tier.Deduction.Units));
            Assert.Equal(
                (row["case"], RoundedE8("initial_margin"), RoundedE8("maintenance_margin_entry"), RoundedE8("fee_to_close"), RoundedE8("bankruptcy_price"), RoundedE8("liq_price")),
                (row["case"], initialE8, maintenanceE8, feeToCloseE8, bankruptcyE8, liquidationE8));
            rows++;
        }

        Assert.Equal(248, rows);
    }

    [Fact]
    public void The_venues_worked_example_comes_out_to_the_cent()
    {
        // 1 BTC long at 40,000, 50x, 3,000 USDT added, rate 0.5 %, taker fee 0.055 %: the help centre prints 36,380.25 and a fee to close of 21.56.
        Int128 costE16 = Cost(price: 40_000, lots: 1_000);

        PriceE8 liquidation = MarginMath.LiquidationPrice(Side.Buy, costE16, new QtyLots(1_000), LotE8, 5_000, new MoneyE8(3_000 * MoneyE8.One), 55_000, HalfPercent);

        Assert.Equal(36_380.25m, decimal.Round(liquidation.Units / 1e8m, 2));
        Assert.Equal(21.56m, MarginMath.FeeToClose(Side.Buy, costE16, 5_000, 55_000).Units / 1e8m);
    }

    [Fact]
    public void Liquidation_comes_before_bankruptcy_on_both_sides()
    {
        // 50,000 at 50x and 0.5 %: entry -/+ entry/leverage is bankruptcy, not liquidation.
        Int128 costE16 = Cost(price: 50_000, lots: 100);
        var qty = new QtyLots(100);

        Assert.Equal(49_000_00000000, MarginMath.BankruptcyPrice(Side.Buy, costE16, qty, LotE8, 5_000).Units);
        Assert.Equal(49_246_23115578, MarginMath.LiquidationPrice(Side.Buy, costE16, qty, LotE8, 5_000, default, 55_000, HalfPercent).Units);
        Assert.Equal(51_000_00000000, MarginMath.BankruptcyPrice(Side.Sell, costE16, qty, LotE8, 5_000).Units);
        Assert.Equal(50_746_26865672, MarginMath.LiquidationPrice(Side.Sell, costE16, qty, LotE8, 5_000, default, 55_000, HalfPercent).Units);
    }

    [Theory]
    [InlineData(0, 50_000_00000000)]
    [InlineData(80_000_000, 49_396_98492463)]     // 80 % of 753.76884422; the rest of a unit towards the entry
    [InlineData(100_000_000, 49_246_23115578)]
    public void The_way_to_liquidation_is_used_up_from_the_entry_on(long usedShareE8, long markE8)
    {
        Int128 costE16 = Cost(price: 50_000, lots: 100);
        PriceE8 entry = new(50_000 * MoneyE8.One);
        PriceE8 liquidation = MarginMath.LiquidationPrice(Side.Buy, costE16, new QtyLots(100), LotE8, 5_000, default, 55_000, HalfPercent);
        PriceE8 mirrored = new((2 * entry.Units) - liquidation.Units);

        Assert.Equal(new PriceE8(markE8), MarginMath.PriceAtUsedShare(Side.Buy, entry, liquidation, usedShareE8));
        Assert.Equal(new PriceE8((2 * entry.Units) - markE8), MarginMath.PriceAtUsedShare(Side.Sell, entry, mirrored, usedShareE8));
        Assert.Equal(liquidation, MarginMath.PriceAtUsedShare(Side.Buy, liquidation, entry, usedShareE8));
    }

    [Fact]
    public void At_the_liquidation_price_margin_and_profit_equal_the_maintenance_margin()
    {
        // 0.1 BTC long at 50,000, 50x: margin 100, loss to 49,246.23115578 is 75.376884422, maintenance margin there 24.623115578.
        Int128 costE16 = Cost(price: 50_000, lots: 100);
        decimal liquidation = MarginMath.LiquidationPrice(Side.Buy, costE16, new QtyLots(100), LotE8, 5_000, default, 55_000, HalfPercent).Units / 1e8m;

        decimal marginAndProfit = 100 + (0.1m * (liquidation - 50_000));
        decimal maintenance = MarginMath.MaintenanceMargin((Int128)(liquidation * 1e8m) * 100 * LotE8, HalfPercent).Units / 1e8m;

        Assert.Equal(maintenance, marginAndProfit, 8);
    }

    [Fact]
    public void A_position_that_no_price_can_liquidate_has_no_liquidation_price()
    {
        Int128 costE16 = Cost(price: 50_000, lots: 1_000);

        Assert.Equal(default, MarginMath.LiquidationPrice(Side.Buy, costE16, new QtyLots(1_000), LotE8, 100, default, 55_000, HalfPercent));
        Assert.Equal(default, MarginMath.BankruptcyPrice(Side.Buy, costE16, new QtyLots(1_000), LotE8, 100));
        Assert.Equal(default, MarginMath.LiquidationPrice(Side.Buy, costE16, new QtyLots(1_000), LotE8, 5_000, new MoneyE8(50_000 * MoneyE8.One), 55_000, HalfPercent));
        Assert.Equal(default, MarginMath.LiquidationPrice(Side.Sell, Cost(price: 50_000, lots: 1), new QtyLots(1), LotE8, 5_000, new MoneyE8(1_000_000_000 * MoneyE8.One), 55_000, HalfPercent));
    }

    [Fact]
    public void A_flat_position_has_neither_price()
    {
        Assert.Equal(default, MarginMath.LiquidationPrice(Side.Buy, 0, default, LotE8, 5_000, default, 55_000, HalfPercent));
        Assert.Equal(default, MarginMath.BankruptcyPrice(Side.Buy, 0, default, LotE8, 5_000));
    }

    [Fact]
    public void Funding_taken_from_the_margin_brings_liquidation_nearer()
    {
        Int128 costE16 = Cost(price: 50_000, lots: 100);
        PriceE8 Liquidation(Side side, long extraUsdt) =>
            MarginMath.LiquidationPrice(side, costE16, new QtyLots(100), LotE8, 5_000, new MoneyE8(extraUsdt * MoneyE8.One), 55_000, HalfPercent);

        Assert.True(Liquidation(Side.Buy, -10) > Liquidation(Side.Buy, 0) && Liquidation(Side.Buy, 0) > Liquidation(Side.Buy, 10));
        Assert.True(Liquidation(Side.Sell, -10) < Liquidation(Side.Sell, 0) && Liquidation(Side.Sell, 0) < Liquidation(Side.Sell, 10));
    }

    [Fact]
    public void The_cost_of_an_order_is_its_margin_and_both_fees()
    {
        // 1 BTC at 40,000, 50x, 0.055 %: 800 + 22 + 21.56.
        Assert.Equal(843_56000000, MarginMath.OrderCost(Side.Buy, Cost(price: 40_000, lots: 1_000), 5_000, 55_000).Units);
        Assert.Equal(844_44000000, MarginMath.OrderCost(Side.Sell, Cost(price: 40_000, lots: 1_000), 5_000, 55_000).Units);
    }

    [Fact]
    public void Liquidation_prices_agree_with_unbounded_integers_on_random_positions()
    {
        const int Seed = 20261121;
        var random = new Random(Seed);
        RiskTierTable ladder = Ladder("BTC");
        for (int i = 0; i < 100_000; i++)
        {
            Side side = random.Next(2) == 0 ? Side.Buy : Side.Sell;
            var qty = new QtyLots(random.NextInt64(1, 500_000));
            // Any remainder: a cost is a sum of fills and divides by the quantity only by chance.
            Int128 costE16 = ((Int128)random.NextInt64(1, 20_000_000_000_000) * qty.Lots * LotE8) + random.Next(1, 100_000_000);
            int leverageE2 = random.Next(100, 10_001);
            long extraE8 = random.Next(2) == 0 ? 0 : random.NextInt64(-100 * MoneyE8.One, 100_000 * MoneyE8.One);
            long feeE8 = random.Next(0, 100_000);
            RiskTier tier = ladder.Find(costE16);

            PriceE8 liquidation = MarginMath.LiquidationPrice(side, costE16, qty, LotE8, leverageE2, new MoneyE8(extraE8), feeE8, tier);

            Assert.True(
                Unbounded(side.Sign, costE16, qty.Lots * LotE8, leverageE2, extraE8, feeE8, tier) == liquidation.Units,
                $"seed {Seed}, case {i}: {side} {qty.Lots} lots, cost {costE16}, leverage {leverageE2}, extra {extraE8}, fee {feeE8}: was {liquidation.Units}");
        }
    }

    [Fact]
    public void Margin_arithmetic_holds_at_the_largest_stated_position()
    {
        // The stated bounds at once: cost 1e12 USDT less one unit, 150x, fee of the extra margin 1e6 USDT, and an entry price that fits its type.
        Int128 costE16 = (Int128)1_000_000_000_000 * MoneyE8.One * MoneyE8.One - 1;
        var qty = new QtyLots(20_000_000_000);
        var tier = new RiskTier(new MoneyE8(50_000_000 * MoneyE8.One), 2_900_000, 2_000, new MoneyE8(452_000 * MoneyE8.One));

        PriceE8 liquidation = MarginMath.LiquidationPrice(Side.Sell, costE16, qty, LotE8, 15_000, new MoneyE8(1_000_000_000 * MoneyE8.One), 100_000, tier);

        Assert.Equal(Unbounded(-1, costE16, qty.Lots * LotE8, 15_000, 1_000_000_000 * MoneyE8.One, 100_000, tier), liquidation.Units);
    }

    [Fact]
    public void Margin_arithmetic_allocates_nothing()
    {
        RiskTierTable ladder = Ladder("BTC");
        long checksum = Work(ladder, 1_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        checksum += Work(ladder, 10_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.NotEqual(0, checksum);
    }

    private static long Work(RiskTierTable ladder, int times)
    {
        long checksum = 0;
        for (int i = 1; i <= times; i++)
        {
            Int128 costE16 = (Int128)60_000 * MoneyE8.One * i * LotE8;
            ref readonly RiskTier tier = ref ladder.Find(costE16);
            checksum ^= MarginMath.LiquidationPrice(Side.Sell, costE16, new QtyLots(i), LotE8, 5_000, default, 55_000, in tier).Units;
            checksum ^= MarginMath.BankruptcyPrice(Side.Buy, costE16, new QtyLots(i), LotE8, 5_000).Units;
            checksum ^= MarginMath.MaintenanceMargin(costE16, in tier).Units;
            checksum ^= MarginMath.OrderCost(Side.Buy, costE16, 5_000, 55_000).Units;
        }

        return checksum;
    }

    /// <summary>The formula as one fraction, with every factor multiplied out.</summary>
    private static long Unbounded(int sign, Int128 costE16, long qtyE8, int leverageE2, long extraE8, long feeE8, in RiskTier tier)
    {
        const long One = MarginMath.OneE8;
        BigInteger cost = (BigInteger)costE16;
        BigInteger feeFactor = One - (sign * feeE8);
        BigInteger buffer = (cost * 100 * feeFactor) + ((BigInteger)extraE8 * One * One * leverageE2) + ((BigInteger)tier.Deduction.Units * One * leverageE2 * feeFactor);
        BigInteger numerator = ((cost * leverageE2 * feeFactor) - (sign * buffer)) * One;
        BigInteger denominator = (BigInteger)qtyE8 * (One - (sign * tier.MaintenanceRateE8)) * leverageE2 * feeFactor;
        if (numerator.Sign <= 0) return 0;
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        int half = (remainder * 2).CompareTo(denominator);
        if (half > 0 || (half == 0 && !quotient.IsEven)) quotient++;
        return quotient <= long.MaxValue ? (long)quotient : 0;
    }

    private static Int128 Cost(long price, long lots) => (Int128)price * MoneyE8.One * lots * LotE8;

    private static RiskTierTable Ladder(string name) => new(name, Ladders.Read(name));
}
