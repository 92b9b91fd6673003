using LatencyEngine.Model;

namespace LatencyEngine.Risk.Tests;

public sealed class RiskTierTableTests
{
    private static readonly Int128 UsdtE16 = (Int128)MoneyE8.One * MoneyE8.One;

    [Theory]
    [InlineData("BTC", 14)]
    [InlineData("ALT", 8)]
    public void A_published_ladder_satisfies_the_deduction_identity(string name, int rows)
    {
        RiskTier[] tiers = Ladders.Read(name);

        _ = new RiskTierTable(name, tiers);

        Assert.Equal(rows, tiers.Length);
    }

    [Theory]
    [InlineData(0, 0, 500_000)]
    [InlineData(2_000_000, 0, 500_000)]
    [InlineData(2_000_000, 1, 560_000)]
    [InlineData(2_600_000, 0, 560_000)]
    [InlineData(50_000_000, 0, 2_900_000)]
    [InlineData(50_000_000, 1, 2_900_000)]
    [InlineData(900_000_000, 0, 2_900_000)]
    public void A_limit_belongs_to_its_own_row_and_the_smallest_unit_more_to_the_next(long usdt, int unitsMore, long rateE8)
    {
        var ladder = new RiskTierTable("BTC", Ladders.Read("BTC"));

        Assert.Equal(rateE8, ladder.Find((usdt * UsdtE16) + unitsMore).MaintenanceRateE8);
    }

    [Fact]
    public void The_maintenance_margin_is_continuous_where_rows_meet()
    {
        RiskTier[] tiers = Ladders.Read("BTC");
        for (int i = 1; i < tiers.Length; i++)
        {
            Int128 limitE16 = (Int128)tiers[i - 1].ValueLimit.Units * MoneyE8.One;
            Assert.Equal(MarginMath.MaintenanceMargin(limitE16, tiers[i - 1]), MarginMath.MaintenanceMargin(limitE16, tiers[i]));
        }
    }

    [Fact]
    public void A_ladder_that_breaks_the_identity_is_refused_with_the_deduction_it_should_have()
    {
        RiskTier[] tiers = Ladders.Read("BTC");
        tiers[1] = tiers[1] with { Deduction = tiers[1].Deduction + new MoneyE8(1) };

        AssertRefused("deduction of row 1 must be 120000000000 (in 1e-8 USDT) for the margin to be continuous, was 120000000001", tiers);
        AssertRefused("deduction of row 0 must be 0", [tiers[0] with { Deduction = new MoneyE8(1) }]);
    }

    [Fact]
    public void Rows_out_of_order_or_range_are_refused()
    {
        RiskTier[] tiers = Ladders.Read("BTC");

        AssertRefused("at least one row", []);
        AssertRefused("value limit of row 1", [tiers[1] with { Deduction = default }, tiers[0]]);
        AssertRefused("value limit of row 0", [tiers[0] with { ValueLimit = default }]);
        AssertRefused("maintenance rate of row 1", [tiers[0], tiers[1] with { MaintenanceRateE8 = tiers[0].MaintenanceRateE8 }]);
        AssertRefused("maintenance rate of row 0", [tiers[0] with { MaintenanceRateE8 = MarginMath.OneE8 }]);
        AssertRefused("highest leverage of row 0", [tiers[0] with { MaxLeverageE2 = 99 }]);
    }

    private static void AssertRefused(string message, RiskTier[] tiers) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new RiskTierTable("BTC", tiers)).Message, StringComparison.Ordinal);
}
