using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.MetaModel;
using LatencyEngine.Signals;
using LatencyEngine.TestData;

namespace LatencyEngine.Strategist.Tests;

/// <summary>Trades of signals that a model lets pass: hand numbers, the golden sizes, and the traps of the plan by their names.</summary>
public sealed class MetaLabelTraderTests
{
    private const long Hour = 3_600_000;
    private const long Entry = 300_000;

    private static readonly MetaLabelSettings Plan = new();
    private static readonly MetaLabelHoldings Flat = new(25_000, 0, 0, 0);

    private readonly MetaLabelTrader _trader = new(Plan);

    [Fact]
    public void A_signal_above_the_threshold_opens_with_a_bound_and_a_stop()
    {
        MetaLabelDecision opened = Candle(_trader, Up(0.8), 50_000, Flat, 0);
        Assert.Equal(new MetaLabelDecision(MetaLabelOutcome.Opens, 0.008m, 50_025m, 49_000m), opened);   // 25,000 x 2 % x 0.8 is 400

        MetaLabelDecision sold = Candle(new MetaLabelTrader(Plan), Down(0.8), 50_000, Flat, 0);
        Assert.Equal(new MetaLabelDecision(MetaLabelOutcome.Opens, -0.008m, 49_975m, 51_000m), sold);
    }

    [Fact]
    public void Its_value_is_the_golden_share_of_the_equity()
    {
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("bet_size.csv"))
        {
            MetaLabelDecision decision = Candle(new MetaLabelTrader(Plan), Up(double.Parse(row["p"])), 100, new MetaLabelHoldings(1_000_000, 0, 0, 0), 0);

            Assert.Equal(double.Parse(row["seed_fraction_of_equity"]), (double)decision.WantedQty * 100 / 1_000_000, 1e-9);
            Assert.Equal(row["take"] == "1", decision.IsTrade);
        }
    }

    [Theory]
    [InlineData(0.61)]
    [InlineData(1)]
    public void Trap_T11_the_cap_of_a_tenth_never_binds_on_two_percent_times_a_probability_and_a_smaller_one_does(double probability)
    {
        decimal share = Candle(_trader, Up(probability), 100, Flat, 0).WantedQty * 100 / Flat.EquityUsdt;
        Assert.Equal(0.02m * (decimal)probability, share);

        var capped = new MetaLabelTrader(Plan with { PositionFraction = 0.005m });
        Assert.Equal(0.005m, Candle(capped, Up(probability), 100, Flat, 0).WantedQty * 100 / Flat.EquityUsdt);
    }

    [Fact]
    public void Trap_T12_a_stop_that_begins_to_trail_lies_beyond_the_entry()
    {
        Assert.Contains("trailFromFraction must be so far above trailFraction (0.01) that a stop which begins to trail lies beyond the entry, was 0.01", (Plan with { TrailFromFraction = 0.01m }).Faults());

        Candle(_trader, Up(0.7), 100, Flat, 0);
        Assert.Equal(default, Prices(_trader, 100, 101.49m, 101, Held(3), Hour));
        MetaLabelDecision trails = Prices(_trader, 101, 101.5m, 101.4m, Held(3), Hour);
        Assert.Equal(new MetaLabelDecision(MetaLabelOutcome.Trails, 3, 0, 101.5m * 0.99m), trails);
        Assert.True(trails.Stop > 100);
    }

    [Theory]
    [InlineData(-1, 25)]
    [InlineData(1, 75)]
    public void Trap_T13_in_a_trend_the_extreme_of_the_RSI_is_a_vote_against_it_and_takes_the_signal_away(int trend, double rsi)
    {
        IndicatorValues far = Values(trend, rsi), within = Values(trend, 50);

        Assert.Equal((trend, SignalDirection.Neutral), (PrimarySignal.Of(in far).Vote, PrimarySignal.Of(in far).Direction));   // two for the trend, one against
        Assert.Equal((2 * trend, (SignalDirection)trend), (PrimarySignal.Of(in within).Vote, PrimarySignal.Of(in within).Direction));
    }

    [Fact]
    public void Trap_T14_sixty_percent_itself_is_skipped_and_break_even_lies_far_below()
    {
        Assert.Equal(MetaLabelOutcome.Unsure, Candle(_trader, Up(0.6), 100, Flat, 0).Skip);
        Assert.Equal(MetaLabelOutcome.Opens, Candle(_trader, Up(Math.BitIncrement(0.6)), 100, Flat, 0).Outcome);

        // 3 % against 2 %, each less the taker's fees of both sides.
        double win = 0.03 - (0.00055 * 2.03), loss = 0.02 + (0.00055 * 1.98);
        Assert.Equal(0.42, loss / (win + loss), 0.003);
    }

    [Fact]
    public void Trap_T15_what_the_model_is_told_has_no_unit_of_price_and_no_scaler()
    {
        FeatureBuilder one = new(Hour), thousand = new(Hour);
        for (int i = 0; i < 400; i++)
        {
            Candle candle = Wave(i);
            one.Next(in candle);
            thousand.Next(candle with { Open = candle.Open * 1_024, High = candle.High * 1_024, Low = candle.Low * 1_024, Close = candle.Close * 1_024 });
            Assert.Equal(one.Values.ToArray(), thousand.Values.ToArray(), (left, right) => float.IsNaN(left) ? float.IsNaN(right) : Math.Abs(left - right) <= 1e-4f * (1 + Math.Abs(left)));
        }
    }

    [Fact]
    public void What_is_no_event_opens_nothing_and_what_has_no_model_is_skipped_for_it()
    {
        Assert.Equal(default, Candle(_trader, Up(0.9) with { IsEvent = false }, 100, Flat, 0));
        Assert.Equal(default, Candle(_trader, new MetaLabelSignal(SignalDirection.Neutral, true, 0.9), 100, Flat, 0));
        Assert.Equal(new MetaLabelDecision { Skip = MetaLabelOutcome.NoModel }, Candle(_trader, Up(double.NaN), 100, Flat, 0));
        Assert.Equal(MetaLabelOutcome.NoEquity, Candle(_trader, Up(0.9), 100, new MetaLabelHoldings(0, 0, 0, 0), 0).Skip);
    }

    [Fact]
    public void A_fourth_position_is_skipped()
    {
        Assert.Equal(MetaLabelOutcome.Opens, Candle(_trader, Up(0.9), 100, Flat with { PositionsElsewhere = 2 }, 0).Outcome);
        Assert.Equal(MetaLabelOutcome.Full, Candle(new MetaLabelTrader(Plan), Up(0.9), 100, Flat with { PositionsElsewhere = 3 }, 0).Skip);
    }

    [Fact]
    public void The_opposite_signal_closes_whether_the_model_lets_it_pass_or_not_and_its_own_opens_once_nothing_is_held()
    {
        Candle(_trader, Up(0.7), 100, Flat, 0);
        Assert.Equal(MetaLabelOutcome.Held, Candle(_trader, Up(0.7), 100, Held(3), Hour).Skip);
        Assert.Equal(MetaLabelOutcome.Unsure, Candle(_trader, Down(0.5), 100, Held(3), Hour).Skip);
        Assert.Equal(new MetaLabelDecision(MetaLabelOutcome.Reversal), _trader.OnPrices(SignalDirection.Down, 100, 100, 100, Held(3), Hour));
        Assert.Equal(new MetaLabelDecision(MetaLabelOutcome.Reversal), _trader.OnPrices(SignalDirection.Down, 100, 100, 100, Flat, Hour));   // not entered yet: nor shall it be
        Assert.Equal(default, _trader.OnPrices(SignalDirection.Neutral, 100, 100, 100, Held(3), Hour));

        Assert.Equal(new MetaLabelDecision(MetaLabelOutcome.Turns), Candle(_trader, Down(0.7), 100, Held(3), Hour));
        Assert.Equal(MetaLabelOutcome.Reversal, _trader.OnPrices(SignalDirection.Down, 100, 100, 100, Held(3), Hour + 10_000).Outcome);   // and nothing else while it is held
        _trader.Forget();
        MetaLabelDecision turned = _trader.OnPrices(SignalDirection.Down, 98, 100, 99, Flat, Hour + 20_000);
        Assert.Equal((MetaLabelOutcome.Opens, -350 / 99m, 99 * 1.02m), (turned.Outcome, turned.WantedQty, turned.Stop));
        Assert.Equal(Hour + Entry, _trader.EntryEndsMillis);
    }

    [Theory]
    [InlineData(SignalDirection.Down, 299_999, 0, MetaLabelOutcome.Opens, MetaLabelOutcome.None)]
    [InlineData(SignalDirection.Down, 300_000, 0, MetaLabelOutcome.None, MetaLabelOutcome.None)]
    [InlineData(SignalDirection.Neutral, 10_000, 0, MetaLabelOutcome.None, MetaLabelOutcome.None)]
    [InlineData(SignalDirection.Down, 10_000, 3, MetaLabelOutcome.None, MetaLabelOutcome.Full)]
    public void The_side_that_waits_opens_only_while_its_signal_lives(SignalDirection standing, long afterMillis, int elsewhere, MetaLabelOutcome expected, MetaLabelOutcome skipped)
    {
        Candle(_trader, Up(0.7), 100, Flat, 0);
        Candle(_trader, Down(0.7), 100, Held(3), Hour);
        _trader.Forget();

        MetaLabelDecision decision = _trader.OnPrices(standing, 100, 100, 100, Flat with { PositionsElsewhere = elsewhere }, Hour + afterMillis);
        Assert.Equal((expected, skipped), (decision.Outcome, decision.Skip));
        _trader.Forget();
        Assert.Equal(default, _trader.OnPrices(standing, 100, 100, 100, Flat, Hour + afterMillis));   // once
    }

    [Theory]
    [InlineData(103, MetaLabelOutcome.Target)]
    [InlineData(102.99, MetaLabelOutcome.Trails)]
    public void The_target_is_reached_when_the_price_has_been_there(decimal high, MetaLabelOutcome expected)
    {
        Candle(_trader, Up(0.7), 100, Flat, 0);

        Assert.Equal(expected, Prices(_trader, 100, high, 102.5m, Held(3), Hour).Outcome);
    }

    [Fact]
    public void A_short_has_its_target_and_its_trail_below()
    {
        Candle(_trader, Down(0.7), 100, Flat, 0);

        Assert.Equal(new MetaLabelDecision(MetaLabelOutcome.Trails, -3, 0, 98.5m * 1.01m), Prices(_trader, 98.5m, 99, 98.6m, Held(-3), Hour));
        Assert.Equal(MetaLabelOutcome.Target, Prices(_trader, 97, 98, 97.5m, Held(-3), Hour).Outcome);
    }

    [Fact]
    public void After_24_hours_it_is_closed_and_not_before()
    {
        Candle(_trader, Up(0.7), 100, Flat, 0);

        Assert.Equal(default, Prices(_trader, 100, 100, 100, Held(3), (24 * Hour) - 1));
        Assert.Equal(MetaLabelOutcome.Time, Prices(_trader, 100, 100, 100, Held(3), 24 * Hour).Outcome);
    }

    [Fact]
    public void A_position_that_the_stop_has_closed_is_gone_and_the_next_signal_opens()
    {
        Candle(_trader, Up(0.7), 100, Flat, 0);

        Assert.Equal(default, Prices(_trader, 97, 104, 98, Flat, Entry));
        Assert.Equal(MetaLabelOutcome.Time, Prices(_trader, 97, 104, 98, Flat, Entry + 60_000).Outcome);   // gone, and nobody has said so
        _trader.Forget();
        Assert.Equal(MetaLabelOutcome.Opens, Candle(_trader, Up(0.7), 98, Flat, Hour).Outcome);
    }

    [Fact]
    public void A_trail_that_the_price_has_passed_between_two_looks_closes()
    {
        Candle(_trader, Up(0.7), 100, Flat, 0);

        Assert.Equal(new MetaLabelDecision(MetaLabelOutcome.TrailPassed), Prices(_trader, 100, 102.9m, 101.8m, Held(3), Hour));
    }

    [Fact]
    public void A_trail_is_asked_for_until_the_engine_has_it_and_then_only_in_moves_that_are_worth_it()
    {
        Candle(_trader, Up(0.7), 100, Flat, 0);

        MetaLabelDecision first = Prices(_trader, 101.9m, 102, 102, Held(3, stop: 98), Hour);
        Assert.Equal((MetaLabelOutcome.Trails, 100.98m), (first.Outcome, first.Stop));
        Assert.Equal(first, Prices(_trader, 102, 102, 102, Held(3, stop: 98), Hour));   // it was refused: the old stop holds
        Assert.Equal(default, Prices(_trader, 102, 102.1m, 102.1m, Held(3, stop: 100.98m), Hour));
        Assert.Equal(MetaLabelOutcome.Trails, Prices(_trader, 102, 102.11m, 102.1m, Held(3, stop: 100.98m), Hour).Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void After_a_restart_it_goes_on_with_its_entry_its_time_and_how_far_the_stop_says_the_price_has_been(int side)
    {
        _trader.Resume(side, 100, 100 - (2 * side), 0);
        Assert.Equal(side, _trader.Side);
        Assert.Equal(default, Prices(_trader, 100, 100, 100, Held(side * 3, 100 - (2 * side)), (24 * Hour) - 1));
        Assert.Equal(MetaLabelOutcome.Time, Prices(_trader, 100, 100, 100, Held(side * 3, 100 - (2 * side)), 24 * Hour).Outcome);
        Assert.Equal(MetaLabelOutcome.Target, Prices(_trader, 100 + (3 * side), 100 + (3 * side), 100, Held(side * 3, 100 - (2 * side)), Hour).Outcome);

        decimal best = 100 + (2 * side), stop = best * (1 - (side * 0.01m));
        _trader.Resume(side, 100, stop, 0);
        Assert.Equal(default, Prices(_trader, best, best, best, Held(side * 3, stop), Hour));   // the stop is where it belongs
        decimal further = best + (0.2m * side);
        Assert.Equal(further * (1 - (side * 0.01m)), Prices(_trader, further, further, further, Held(side * 3, stop), Hour).Stop);
    }

    [Fact]
    public void Whatever_the_prices_do_the_stop_only_comes_nearer_and_lies_on_the_loser_s_side_of_the_price() =>
        Prop.ForAll(
            Gen.Choose(9_500, 10_299).ArrayOf().Select(prices => prices.Select(price => price / 100m).ToArray()).ToArbitrary(),
            Gen.Elements(-1, 1).ToArbitrary(),
            (prices, side) =>
            {
                var trader = new MetaLabelTrader(Plan);
                decimal stop = Candle(trader, side > 0 ? Up(0.7) : Down(0.7), 100, Flat, 0).Stop;
                foreach (decimal price in prices)
                {
                    MetaLabelDecision decision = Prices(trader, price, price, price, Held(side * 3, stop), Hour);
                    if (decision.Outcome != MetaLabelOutcome.Trails) continue;
                    if (side * (decision.Stop - stop) <= 0 || side * (price - decision.Stop) <= 0 || decision.WantedQty != side * 3) return false;
                    stop = decision.Stop;
                }

                return true;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_the_probability_no_position_is_larger_than_its_share_and_none_is_opened_at_or_below_the_threshold() =>
        Prop.ForAll(
            Gen.Choose(0, 1_000).Select(permille => permille / 1_000.0).ToArbitrary(),
            Gen.Choose(-100, 1_000_000).ToArbitrary(),
            Gen.Choose(1, 100_000).ToArbitrary(),
            (probability, equity, price) =>
            {
                MetaLabelDecision decision = Candle(new MetaLabelTrader(Plan), Up(probability), price, new MetaLabelHoldings(equity, 0, 0, 0), 0);
                return decision.IsTrade == (probability > 0.6 && equity > 0) && Math.Abs(decision.WantedQty) * price <= 0.02m * Math.Max(0, equity) + 0.0001m;
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(SignalDirection.Up, 0.7, 0.4)]
    [InlineData(SignalDirection.Down, 0.7, -0.4)]
    [InlineData(SignalDirection.Up, 0.4, 0)]
    [InlineData(SignalDirection.Neutral, 0.7, 0)]
    [InlineData(SignalDirection.Up, double.NaN, 0)]
    public void The_bias_is_the_direction_times_the_edge_of_the_probability(SignalDirection direction, double probability, double expected) =>
        Assert.Equal(expected, new MetaLabelSignal(direction, true, probability).Bias, 1e-12);

    [Fact]
    public void Settings_that_cannot_be_meant_are_named()
    {
        Assert.Empty(Plan.Faults());
        MetaLabelSettings wrong = new() { ProbabilityAbove = 0.59, PositionFraction = 10, OpenPositionsMax = 0, StopFraction = 2, TargetFraction = 0, HoldMaxHours = 0, SlippageFraction = 0.05m };
        Assert.Equal(["probabilityAbove", "positionFraction", "openPositionsMax", "stopFraction", "targetFraction", "holdMaxHours", "slippageFraction"], wrong.Faults().Select(fault => fault.Split(' ')[0]));
        Assert.Throws<ArgumentException>(() => new MetaLabelTrader(wrong));
    }

    /// <summary>A candle whose signal may be entered for five minutes.</summary>
    private static MetaLabelDecision Candle(MetaLabelTrader trader, MetaLabelSignal signal, decimal price, MetaLabelHoldings held, long nowMillis) => trader.OnCandle(signal, nowMillis + Entry, price, held, nowMillis);

    /// <summary>Prices while the direction that was opened with stands.</summary>
    private static MetaLabelDecision Prices(MetaLabelTrader trader, decimal low, decimal high, decimal price, MetaLabelHoldings held, long nowMillis) => trader.OnPrices((SignalDirection)trader.Side, low, high, price, held, nowMillis);

    private static MetaLabelSignal Up(double probability) => new(SignalDirection.Up, true, probability);

    private static MetaLabelSignal Down(double probability) => new(SignalDirection.Down, true, probability);

    private static MetaLabelHoldings Held(decimal qty, decimal stop = 0) => Flat with { Qty = qty, Stop = stop };

    private static IndicatorValues Values(int trend, double rsi) => default(IndicatorValues) with { Ema9 = 100 + trend, Ema21 = 100, Rsi14 = rsi, Macd = trend, MacdSignal = 0 };

    private static Candle Wave(int index)
    {
        double close = 100 + (10 * Math.Sin(index / 9.0)) + (3 * Math.Sin(index * 1.7));
        double open = 100 + (10 * Math.Sin((index - 1) / 9.0)) + (3 * Math.Sin((index - 1) * 1.7));
        return new Candle(index * Hour, open, Math.Max(open, close) + 1, Math.Min(open, close) - 1, close, 5 + Math.Cos(index));
    }
}
