using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;

namespace LatencyEngine.Risk.Tests;

public sealed class LiquidationGuardTests
{
    private const long Second = 1_000_000_000;
    private static readonly LiquidationGuardSettings Settings = new(HoldShareE8: 100_000_000, UsedShareMaxE8: 80_000_000, CutFractionE8: 50_000_000, PassiveNanos: Second, PauseNanos: 0);
    private static readonly EpochNanos Begin = new(1_700_000_000 * Second);

    [Theory]
    [InlineData(100, 49_397, 0)]
    [InlineData(100, 49_396, 1)]
    [InlineData(-100, 50_603, 0)]
    [InlineData(-100, 50_604, 1)]
    public void A_position_is_cut_by_half_once_four_fifths_of_its_way_are_used(long lots, long mark, long cuts)
    {
        LiquidationGuard guard = Holding(lots);

        Assert.Equal(cuts == 1, guard.OnMark(new QtyLots(lots), Usdt(mark), Begin));

        Assert.Equal((cuts == 1, cuts, cuts * 50), (guard.IsCutting, guard.Cuts, guard.Kept.Lots));
        Assert.False(guard.OnMark(new QtyLots(lots), Usdt(mark), Begin));   // begun already
    }

    [Theory]
    [InlineData(100, 49_624, 49_623)]    // half of the 753.77 to the liquidation price is 376.88
    [InlineData(-100, 50_376, 50_377)]
    public void From_half_of_its_way_on_nothing_is_added_to_a_position_until_the_mark_comes_back(long lots, long before, long after)
    {
        var guard = new LiquidationGuard(Spec(), Settings with { HoldShareE8 = 50_000_000 });
        guard.OnPosition(new QtyLots(lots), Usdt(50_000), Liquidation(lots), Usdt(before), Begin);
        Assert.False(guard.HoldsAdding);

        Assert.True(guard.OnMark(new QtyLots(lots), Usdt(after), Begin));
        Assert.True(guard.HoldsAdding);
        Assert.False(guard.OnMark(new QtyLots(lots), Usdt(after), Begin));

        Assert.True(guard.OnMark(new QtyLots(lots), Usdt(before), Begin));
        Assert.Equal((false, 0L), (guard.HoldsAdding, guard.Cuts));
    }

    [Fact]
    public void A_cut_rests_at_the_touch_for_its_time_and_no_longer()
    {
        LiquidationGuard guard = Holding(100);
        Assert.False(guard.IsPassive(Begin));
        guard.OnMark(new QtyLots(100), Usdt(49_000), Begin);

        Assert.True(guard.IsPassive(new EpochNanos(Begin.Nanos + Second - 1)));
        Assert.False(guard.IsPassive(new EpochNanos(Begin.Nanos + Second)));
        Assert.True(guard.IsCutting);
    }

    [Fact]
    public void A_part_of_a_cut_does_not_end_it_the_whole_does_and_what_is_not_safe_then_is_cut_again_down_to_nothing()
    {
        LiquidationGuard guard = Holding(100);
        guard.OnMark(new QtyLots(100), Usdt(49_300), Begin);
        Assert.False(Becomes(guard, 51, 49_300));
        Assert.Equal(50, guard.Kept.Lots);

        long[] kept = [.. new long[] { 50, 25, 12, 6 }.Select(lots =>
        {
            Assert.True(Becomes(guard, lots, 49_300));
            return guard.Kept.Lots;
        })];

        Assert.Equal([25, 12, 6, 0], kept);   // 3 would be below the smallest order of 5
        Assert.True(Becomes(guard, 0, 49_300));
        Assert.Equal((false, 5L), (guard.IsCutting, guard.Cuts));
    }

    [Fact]
    public void A_cut_that_is_done_at_a_safe_mark_is_the_last()
    {
        LiquidationGuard guard = Holding(100);
        guard.OnMark(new QtyLots(100), Usdt(49_300), Begin);

        Assert.True(Becomes(guard, 50, 49_500));

        Assert.Equal((false, 1L), (guard.IsCutting, guard.Cuts));
    }

    [Fact]
    public void After_a_cut_nothing_is_added_for_its_pause_however_safe_the_mark_is()
    {
        var guard = new LiquidationGuard(Spec(), Settings with { PauseNanos = 30 * Second });
        guard.OnPosition(new QtyLots(100), Usdt(50_000), Liquidation(100), Usdt(50_000), Begin);
        guard.OnMark(new QtyLots(100), Usdt(49_300), Begin);
        Becomes(guard, 50, 50_000);
        Assert.True(guard.HoldsAdding);

        Assert.False(guard.OnMark(new QtyLots(50), Usdt(50_000), new EpochNanos(Begin.Nanos + (30 * Second) - 1)));
        Assert.True(guard.OnMark(new QtyLots(50), Usdt(50_000), new EpochNanos(Begin.Nanos + (30 * Second))));
        Assert.False(guard.HoldsAdding);
    }

    [Fact]
    public void A_position_that_has_turned_is_another_one()
    {
        LiquidationGuard guard = Holding(100);
        guard.OnMark(new QtyLots(100), Usdt(49_300), Begin);

        Assert.True(Becomes(guard, -80, 49_300));

        Assert.False(guard.IsCutting);
    }

    [Fact]
    public void Without_a_position_a_mark_or_a_price_that_liquidates_nothing_is_cut()
    {
        var guard = new LiquidationGuard(Spec(), Settings);
        Assert.False(guard.OnMark(default, Usdt(1), Begin));
        Assert.False(guard.OnPosition(new QtyLots(100), Usdt(50_000), default, Usdt(1), Begin));
        Assert.False(Holding(100).OnMark(new QtyLots(100), default, Begin));
    }

    [Fact]
    public void A_guard_that_waits_for_the_whole_way_never_cuts()
    {
        var guard = new LiquidationGuard(Spec(), Settings with { UsedShareMaxE8 = 100_000_000 });

        Assert.False(guard.OnPosition(new QtyLots(100), Usdt(50_000), Liquidation(100), Usdt(49_000), Begin));
    }

    [Fact]
    public void Every_cut_leaves_less_and_nothing_that_no_order_could_close() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(1, 1_000_000).Zip(Gen.Choose(1, 100_000_000)).ToArbitrary(),
        pair =>
        {
            (long lots, long fraction) = (pair.Item1, pair.Item2);
            var guard = new LiquidationGuard(Spec(), Settings with { CutFractionE8 = fraction });
            Assert.True(guard.OnPosition(new QtyLots(-lots), Usdt(50_000), Usdt(50_700), Usdt(50_600), Begin));

            Assert.True(guard.Kept.Lots < lots);
            Assert.True(guard.Kept.Lots == 0 || guard.Kept >= Spec().MinOrderQty);
            Assert.True((lots - guard.Kept.Lots) * 100_000_000m >= lots * (decimal)fraction);
        }));

    [Theory]
    [InlineData(0, 1, 0, "liquidation guard BTCUSDT: share of the way must be above 0 and at most 1 (in 1e-8), was 0")]
    [InlineData(100_000_001, 1, 0, "liquidation guard BTCUSDT: share of the way must be above 0 and at most 1 (in 1e-8), was 100000001")]
    [InlineData(1, 0, 0, "liquidation guard BTCUSDT: share of a cut must be above 0 and at most 1 (in 1e-8), was 0")]
    [InlineData(1, 1, -1, "liquidation guard BTCUSDT: time at the touch must not be negative (in ns), was -1")]
    public void A_setting_out_of_range_is_refused(long share, long fraction, long nanos, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new LiquidationGuard(Spec(), new LiquidationGuardSettings(100_000_000, share, fraction, nanos, PauseNanos: 0))).Message);

    /// <summary>Entered at 50,000, liquidated at 49,246.23115578 or its mirror image.</summary>
    private static LiquidationGuard Holding(long lots)
    {
        var guard = new LiquidationGuard(Spec(), Settings);
        guard.OnPosition(new QtyLots(lots), Usdt(50_000), Liquidation(lots), Usdt(50_000), Begin);
        return guard;
    }

    private static bool Becomes(LiquidationGuard guard, long lots, long mark) => guard.OnPosition(new QtyLots(lots), Usdt(50_000), Liquidation(lots), Usdt(mark), Begin);

    private static PriceE8 Liquidation(long lots) => lots == 0 ? default : new PriceE8(lots > 0 ? 49_246_23115578 : 50_753_76884422);

    private static PriceE8 Usdt(long price) => new(price * MoneyE8.One);

    private static InstrumentSpec Spec() => new(new InstrumentId(0), "BTCUSDT", priceDecimals: 1, tickMantissa: 1, qtyDecimals: 3, lotMantissa: 1) { MinOrderQty = new(5), MaxOrderQty = new(1_000_000), MinNotional = default, MinPrice = new(1), MaxPrice = new(19_999_998), MaxLeverageE2 = 10_000 };
}
