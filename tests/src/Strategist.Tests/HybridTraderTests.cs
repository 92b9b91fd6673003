using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.Strategist.Tests;

public sealed class HybridTraderTests
{
    private const long Hour = 3_600_000;

    private static readonly HybridSettings Plan = new();

    private readonly HybridTrader _trader = new(Plan);

    [Fact]
    public void A_signal_opens_a_tenth_of_the_capital_by_its_strength_with_a_bound_and_a_stop()
    {
        TradeDecision long_ = _trader.Decide(Signal(0.5), 50_000, new Holdings(25_000, 0, 0), 0);
        Assert.Equal(new TradeDecision(true, 0.025m, 50_025m, 46_000m, "a signal"), long_);   // 1,250 USDT

        TradeDecision short_ = new HybridTrader(Plan).Decide(Signal(-1), 50_000, new Holdings(25_000, 0, 0), 0);
        Assert.Equal(new TradeDecision(true, -0.05m, 49_975m, 54_000m, "a signal"), short_);
    }

    [Theory]
    [InlineData(1, 25_000)]
    [InlineData(2, 100_000)]
    [InlineData(4, 400_000)]
    public void More_than_the_capital_of_the_phase_is_not_traded_with_whatever_the_equity(int phase, int capital)
    {
        var trader = new HybridTrader(Plan with { Phase = phase });

        Assert.Equal(capital * 0.1m / 100, trader.Decide(Signal(1), 100, new Holdings(1_000_000, 0, 0), 0).WantedQty);
    }

    [Fact]
    public void The_equity_counts_where_it_is_less_and_all_positions_together_stay_within_their_share()
    {
        Assert.Equal(20, Qty(new Holdings(20_000, 0, 0)));
        Assert.Equal(20, Qty(new Holdings(20_000, 0, 12_000)));
        Assert.Equal(10, Qty(new Holdings(20_000, 0, 13_000)));   // 70 % of 20,000 is 14,000
        Assert.Equal(0, Qty(new Holdings(20_000, 0, 14_000)));
        Assert.Equal(0, Qty(new Holdings(4_999, 0, 0)));   // a tenth is below 500
        Assert.Equal(5, Qty(new Holdings(5_000, 0, 0)));

        decimal Qty(Holdings held) => new HybridTrader(Plan).Decide(Signal(1), 100, held, 0).WantedQty;
    }

    [Fact]
    public void What_is_held_is_kept_while_no_signal_is_against_it_and_turned_by_one_that_is()
    {
        Assert.True(At(0, 1, 0).IsTrade);
        Assert.Equal("it is held", At(10, 0.5, 25).Reason);
        Assert.False(At(20, 0, 25).IsTrade);

        TradeDecision turned = At(30, -0.4, 25);
        Assert.Equal((true, -10m, "the signal has turned"), (turned.IsTrade, turned.WantedQty, turned.Reason));
    }

    [Fact]
    public void Between_two_trades_four_hours_pass_also_after_a_stop()
    {
        Assert.True(At(0, 1, 0).IsTrade);
        Assert.False(At(1, 1, 25).IsTrade);
        Assert.Equal("the last trade is less than 4 h ago", At(3.99, -1, 25).Reason);
        Assert.True(At(4, -1, 25).IsTrade);

        At(5, -1, -25);
        Assert.Equal("the last trade is less than 4 h ago", At(10, -1, 0).Reason);   // its stop has closed it: seen at the tenth hour
        Assert.False(At(13.99, -1, 0).IsTrade);
        Assert.True(At(14, -1, 0).IsTrade);
    }

    [Fact]
    public void A_position_for_which_no_signal_has_stood_in_a_fortnight_is_closed()
    {
        At(0, 1, 0);
        At(100, 0.4, 25);
        Assert.False(At(436, 0, 25).IsTrade);

        Assert.Equal(new TradeDecision(true, 0, 0, 0, "no signal for it in 336 h"), At(436.01, 0, 25));
    }

    [Fact]
    public void A_change_that_does_not_pay_for_the_trade_opens_nothing_but_still_ends_what_is_against_it()
    {
        HybridSignal cheap = Signal(0.4) with { ExpectedChange = 0.0021 };   // 2 x (0.055 % + 0.05 %)

        Assert.Equal("the expected change does not pay for the trade", _trader.Decide(cheap, 100, new Holdings(25_000, 0, 0), 0).Reason);
        Assert.True(_trader.Decide(cheap with { ExpectedChange = 0.00211 }, 100, new Holdings(25_000, 0, 0), 0).IsTrade);
        TradeDecision ends = _trader.Decide(cheap, 100, new Holdings(25_000, -25, 0), 5 * Hour);
        Assert.Equal((true, 0m), (ends.IsTrade, ends.WantedQty));
    }

    [Fact]
    public void Whatever_comes_no_position_is_wanted_beyond_its_share_and_each_has_a_stop_on_its_losing_side() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var trader = new HybridTrader(Plan);
            decimal held = 0;
            long now = 0;
            for (int i = 0; i < 100; i++)
            {
                now += random.Next(0, 12) * Hour;
                decimal price = 100 + random.Next(100);
                var holdings = new Holdings(random.Next(0, 500_000), held, random.Next(0, 20_000));
                TradeDecision decision = trader.Decide(Signal((random.NextDouble() * 2) - 1), price, holdings, now);
                if (!decision.IsTrade) continue;
                int side = Math.Sign(decision.WantedQty);
                Assert.True(Math.Abs(decision.WantedQty) * price <= Math.Min(holdings.EquityUsdt, 25_000) * 0.1m);
                Assert.True(side == 0 ? decision.Stop == 0 : side * (price - decision.Stop) > 0 && side * (decision.Bound - price) > 0);
                held = decision.WantedQty;
            }
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Settings_that_cannot_be_are_listed_together()
    {
        HybridSettings wrong = Plan with { ForecastWeight = double.NaN, StopFraction = 8, FeeFraction = 0.055m, Phase = 5, MomentumWeight = 0, RsiWeight = 0, DeviationWeight = 0 };

        string message = Assert.Throws<ArgumentException>(() => new HybridTrader(wrong)).Message;

        Assert.Equal(
            "forecastWeight must be 0 to 1, was NaN; momentumWeight, rsiWeight and deviationWeight must not all be 0; stopFraction must be above 0 and below 1: a fraction, not percent, was 8; "
            + "feeFraction must be 0 to below 0.01: a fraction, not percent, was 0.055; phase must be 1 to 4, was 5 (Parameter 'settings')",
            message);
        Assert.Empty(Plan.Faults());
    }

    private static HybridSignal Signal(double score) => new(score, score, score, 0, 0, 0, score * 0.15, null);

    private TradeDecision At(double hour, double score, decimal held) => _trader.Decide(Signal(score), 100, new Holdings(25_000, held, 0), (long)(hour * Hour));
}
