using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;

namespace LatencyEngine.Risk.Tests;

public sealed class RiskGateTests
{
    /// <summary>Tick 0.1, lot 0.001, orders of 1 to 1,000 lots worth at least 5 USDT.</summary>
    private static readonly InstrumentSpec Bitcoin = new(new InstrumentId(0), "BTCUSDT", 1, 1, 3, 1)
    {
        MinOrderQty = new QtyLots(1),
        MaxOrderQty = new QtyLots(1_000),
        MinNotional = new MoneyE8(5 * MoneyE8.One),
        MinPrice = new PriceTicks(1),
        MaxPrice = new PriceTicks(1_000_000),
        MaxLeverageE2 = 10_000,
    };

    private static readonly InstrumentTable Instruments = new([Bitcoin]);

    private static readonly RiskLimits Limits = new()
    {
        MarketDataAgeMaxNanos = 5_000_000,
        MarkPriceAgeMaxNanos = 9_000_000,
        OrderMax = new QtyLots(10),
        OrderNotionalMax = new MoneyE8(700 * MoneyE8.One),
        PositionMax = new QtyLots(50),
        OpenOrdersMax = 4,
        CollarFractionE8 = 1_000_000,
        AdverseJumpE8 = 1_000_000,
        ExposureMaxE8 = 100_000_000,
        IsCross = false,
        Tiers = new RiskTierTable("BTCUSDT", [new RiskTier(new MoneyE8(2_000_000 * MoneyE8.One), 500_000, 10_000, default)]),
        LeverageE2 = 1_000,
        TakerFeeE8 = 55_000,
    };

    /// <summary>A market at 60,000 in which nothing stands against an order.</summary>
    private static readonly RiskContext Healthy = new()
    {
        IsTrading = true,
        TwiceReferenceMidTicks = 1_200_000,
        MarkPrice = new PriceE8(60_000 * PriceE8.One),
        IsBookUsable = true,
        IsPrivateStreamUp = true,
        RequestsLeft = 5,
        AvailableMargin = new MoneyE8(10_000 * MoneyE8.One),
    };

    [Fact]
    public void An_order_within_every_limit_is_accepted() => Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 10), Healthy));

    [Fact]
    public void A_cancel_is_accepted_when_everything_else_is_wrong()
    {
        var gate = new RiskGate(Instruments, [Limits]);
        gate.Kill(KillReason.Operator);
        var nothingKnown = new RiskContext { RequestsLeft = 1, MarketDataAgeNanos = long.MaxValue };

        Assert.Equal(RiskReason.Accepted, gate.Check(Cancel(Side.Sell, 10), nothingKnown));
    }

    [Fact]
    public void Only_a_spent_order_budget_refuses_a_cancel() =>
        Assert.Equal(RiskReason.OrderBudgetSpent, Check(Cancel(Side.Sell, 10), Healthy with { RequestsLeft = 0 }));

    [Fact]
    public void The_kill_switch_refuses_places_and_amends_but_lets_reduce_only_places_out()
    {
        var gate = new RiskGate(Instruments, [Limits]);
        gate.Kill(KillReason.Liquidated);
        RiskContext longTen = Healthy with { Position = new QtyLots(10) };

        Assert.Equal(RiskReason.KillSwitchOn, gate.Check(Place(Side.Sell, 5), longTen));
        Assert.Equal(RiskReason.KillSwitchOn, gate.Check(Amend(Side.Sell, from: 5, to: 4), longTen with { OpenSellQty = new QtyLots(5) }));
        Assert.Equal(RiskReason.KillSwitchOn, gate.Check(Amend(Side.Sell, from: 5, to: 4) with { ReduceOnly = true }, longTen with { OpenSellQty = new QtyLots(5) }));
        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Sell, 10) with { ReduceOnly = true }, longTen));
        Assert.Equal(RiskReason.Accepted, gate.Check(Cancel(Side.Sell, 5), longTen));
    }

    [Fact]
    public void The_kill_switch_stays_on_and_keeps_its_first_reason()
    {
        var gate = new RiskGate(Instruments, [Limits]);
        Assert.False(gate.IsKilled);

        gate.Kill(KillReason.LedgerMismatch);
        gate.Kill(KillReason.Operator);

        Assert.True(gate.IsKilled);
        Assert.Equal(KillReason.LedgerMismatch, gate.KilledBy);
        Assert.Equal((1 << (int)KillReason.LedgerMismatch) | (1 << (int)KillReason.Operator), gate.KillReasons);
    }

    [Fact]
    public void A_resumed_gate_passes_what_it_passed_before_and_takes_the_next_reason()
    {
        var gate = new RiskGate(Instruments, [Limits]);
        gate.Kill(KillReason.LedgerMismatch);
        Assert.Equal(RiskReason.KillSwitchOn, gate.Check(Place(Side.Buy, 1), Healthy));

        gate.Resume();

        Assert.Equal((false, KillReason.Unset, 0), (gate.IsKilled, gate.KilledBy, gate.KillReasons));
        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Buy, 1), Healthy));
        gate.Kill(KillReason.Liquidated);
        Assert.Equal(KillReason.Liquidated, gate.KilledBy);
    }

    [Fact]
    public void A_kill_without_a_reason_still_kills()
    {
        var gate = new RiskGate(Instruments, [Limits]);

        gate.Kill(KillReason.Unset);

        Assert.True(gate.IsKilled);
        Assert.Equal(RiskReason.KillSwitchOn, gate.Check(Place(Side.Buy, 1), Healthy));
    }

    [Fact]
    public void Market_data_at_its_largest_age_passes_and_a_nanosecond_more_is_stale()
    {
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 1), Healthy with { MarketDataAgeNanos = 5_000_000 }));
        Assert.Equal(RiskReason.MarketDataStale, Check(Place(Side.Buy, 1), Healthy with { MarketDataAgeNanos = 5_000_001 }));
    }

    [Fact]
    public void Without_a_book_or_the_private_stream_nothing_new_is_sent()
    {
        Assert.Equal(RiskReason.BookUnusable, Check(Place(Side.Buy, 1), Healthy with { IsBookUsable = false }));
        Assert.Equal(RiskReason.Blind, Check(Place(Side.Buy, 1), Healthy with { IsPrivateStreamUp = false }));
    }

    [Fact]
    public void While_the_engine_reduces_only_a_reduce_only_place_and_cancels_pass()
    {
        RiskContext reducing = Healthy with { IsReducing = true, Position = new QtyLots(5), OpenSellQty = new QtyLots(4) };

        Assert.Equal(RiskReason.Reducing, Check(Place(Side.Sell, 1), reducing));
        Assert.Equal(RiskReason.Reducing, Check(Amend(Side.Sell, from: 4, to: 3), reducing));
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Sell, 1) with { ReduceOnly = true }, reducing));
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Sell, 1) with { Action = OrderAction.Cancel }, reducing));
    }

    [Fact]
    public void The_default_of_every_argument_is_refused()
    {
        Assert.Equal(RiskReason.MalformedIntent, Check(default, Healthy));
        Assert.Equal(RiskReason.MalformedIntent, Check(Place(Side.Unset, 1), Healthy));
        Assert.Equal(RiskReason.MalformedIntent, Check(Place(Side.Buy, 1) with { Instrument = new InstrumentId(1) }, Healthy));
        Assert.Equal(RiskReason.MalformedIntent, Check(Place(Side.Buy, 1) with { Instrument = new InstrumentId(-1) }, Healthy));
        Assert.Equal(RiskReason.BookUnusable, Check(Place(Side.Buy, 1), default));
    }

    [Fact]
    public void The_largest_order_passes_and_one_lot_more_is_refused()
    {
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Sell, 10), Healthy));
        Assert.Equal(RiskReason.OrderTooLarge, Check(Place(Side.Sell, 11), Healthy));
        Assert.Equal(RiskReason.OrderTooSmall, Check(Place(Side.Sell, 0), Healthy));
        Assert.Equal(RiskReason.OrderTooSmall, Check(Place(Side.Sell, -1), Healthy));
    }

    [Fact]
    public void The_largest_order_is_about_what_can_still_fill_not_about_what_has_filled()
    {
        var gate = new RiskGate(Instruments, [Limits]);
        OrderIntent amend = Amend(Side.Sell, from: 4, to: 16) with { FilledQty = new QtyLots(6) };
        RiskContext open = Healthy with { OpenSellQty = new QtyLots(4) };

        Assert.Equal(RiskReason.Accepted, gate.Check(amend, open));
        Assert.Equal(RiskReason.OrderTooLarge, gate.Check(amend with { Qty = new QtyLots(17) }, open));
    }

    [Fact]
    public void The_venues_largest_order_holds_where_the_limit_is_looser()
    {
        var gate = new RiskGate(Instruments, [Limits with { OrderMax = new QtyLots(5_000), OrderNotionalMax = new MoneyE8(1_000_000 * MoneyE8.One), PositionMax = new QtyLots(5_000) }]);

        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Buy, 1_000), Healthy));
        Assert.Equal(RiskReason.OrderTooLarge, gate.Check(Place(Side.Buy, 1_001), Healthy));
    }

    [Fact]
    public void An_amend_that_leaves_nothing_open_is_too_small()
    {
        OrderIntent amend = Amend(Side.Buy, from: 5, to: 5) with { FilledQty = new QtyLots(5) };

        Assert.Equal(RiskReason.OrderTooSmall, Check(amend, Healthy with { OpenBuyQty = new QtyLots(5) }));
    }

    [Theory]
    [InlineData(50_000, 1, RiskReason.Accepted)]
    [InlineData(49_999, 1, RiskReason.NotionalTooSmall)]
    [InlineData(700_000, 10, RiskReason.Accepted)]
    [InlineData(700_001, 10, RiskReason.NotionalTooLarge)]
    public void Order_values_are_exact_at_their_limits(long priceTicks, long lots, RiskReason expected)
    {
        // 5,000.0 x 0.001 is 5 USDT; 70,000.0 x 0.010 is 700 USDT.
        RiskContext midAtPrice = Healthy with { TwiceReferenceMidTicks = 2 * priceTicks, MarkPrice = new PriceE8(priceTicks * Bitcoin.TickE8) };

        Assert.Equal(expected, Check(Place(Side.Buy, lots, priceTicks), midAtPrice));
    }

    [Fact]
    public void A_reduce_only_order_may_be_worth_less_than_the_venues_smallest_value() =>
        Assert.Equal(RiskReason.Accepted, Check(
            Place(Side.Buy, 1, 40_000) with { ReduceOnly = true }, Healthy with { TwiceReferenceMidTicks = 80_000, Position = new QtyLots(-1) }));

    [Theory]
    [InlineData(606_000, RiskReason.Accepted)]
    [InlineData(606_001, RiskReason.PriceOutsideCollar)]
    [InlineData(594_000, RiskReason.Accepted)]
    [InlineData(593_999, RiskReason.PriceOutsideCollar)]
    public void A_price_on_the_collar_passes_and_a_tick_beyond_is_refused(long priceTicks, RiskReason expected) =>
        Assert.Equal(expected, Check(Place(Side.Buy, 1, priceTicks), Healthy));

    [Fact]
    public void A_mid_on_half_a_tick_is_compared_exactly()
    {
        // Mid 600,000.5 ticks, collar 6,000.005: 593,999.5 is not reached by 594,000 and 606,001 is beyond 606,000.505.
        RiskContext halfTick = Healthy with { TwiceReferenceMidTicks = 1_200_001 };

        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 1, 606_000), halfTick));
        Assert.Equal(RiskReason.PriceOutsideCollar, Check(Place(Side.Buy, 1, 606_001), halfTick));
        Assert.Equal(RiskReason.PriceOutsideCollar, Check(Place(Side.Buy, 1, 594_000), halfTick));
    }

    [Fact]
    public void Without_a_reference_mid_every_price_is_outside_the_collar() =>
        Assert.Equal(RiskReason.PriceOutsideCollar, Check(Place(Side.Buy, 1), Healthy with { TwiceReferenceMidTicks = 0 }));

    [Fact]
    public void An_order_may_come_next_to_an_own_order_but_not_trade_with_it()
    {
        RiskContext ownOrders = Healthy with { BestOwnBid = new PriceTicks(599_990), BestOwnAsk = new PriceTicks(600_010) };

        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 1, 600_009), ownOrders));
        Assert.Equal(RiskReason.WouldCrossOwnOrder, Check(Place(Side.Buy, 1, 600_010), ownOrders));
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Sell, 1, 599_991), ownOrders));
        Assert.Equal(RiskReason.WouldCrossOwnOrder, Check(Place(Side.Sell, 1, 599_990), ownOrders));
    }

    [Fact]
    public void A_price_beyond_the_venues_bounds_is_refused()
    {
        RiskContext nearMaximum = Healthy with { TwiceReferenceMidTicks = 2_000_000, MarkPrice = new PriceE8(100_000 * PriceE8.One) };

        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 1, 1_000_000), nearMaximum));
        Assert.Equal(RiskReason.PriceOutsideVenueBounds, Check(Place(Side.Buy, 1, 1_000_001), nearMaximum));
    }

    [Fact]
    public void The_position_limit_counts_every_open_order_of_the_side_as_filled()
    {
        RiskContext longThirty = Healthy with { Position = new QtyLots(30), OpenBuyQty = new QtyLots(15) };
        RiskContext shortThirty = Healthy with { Position = new QtyLots(-30), CostE16 = Cost(-30, 60_000), OpenSellQty = new QtyLots(15) };

        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 5), longThirty));
        Assert.Equal(RiskReason.PositionLimit, Check(Place(Side.Buy, 6), longThirty));
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Sell, 5), shortThirty));
        Assert.Equal(RiskReason.PositionLimit, Check(Place(Side.Sell, 6), shortThirty));
    }

    [Fact]
    public void An_amend_replaces_its_own_open_quantity()
    {
        // Long 42 with 5 open: raising those 5 to 8 ends at 50, to 9 at 51.
        RiskContext longFortyTwo = Healthy with { Position = new QtyLots(42), OpenBuyQty = new QtyLots(5) };

        Assert.Equal(RiskReason.Accepted, Check(Amend(Side.Buy, from: 5, to: 8), longFortyTwo));
        Assert.Equal(RiskReason.PositionLimit, Check(Amend(Side.Buy, from: 5, to: 9), longFortyTwo));
    }

    [Fact]
    public void What_an_amended_order_has_filled_is_in_the_position_and_not_counted_twice()
    {
        // An order of 6 with 2 filled has 4 open; to a total of 10 it has 8 open. Long 42 + 8 is the limit.
        OrderIntent amend = Amend(Side.Buy, from: 4, to: 10) with { FilledQty = new QtyLots(2) };

        Assert.Equal(RiskReason.Accepted, Check(amend, Healthy with { Position = new QtyLots(42), OpenBuyQty = new QtyLots(4) }));
        Assert.Equal(RiskReason.PositionLimit, Check(amend, Healthy with { Position = new QtyLots(43), OpenBuyQty = new QtyLots(4) }));
    }

    [Fact]
    public void A_position_beyond_its_limit_can_always_be_worked_down()
    {
        RiskContext overLimit = InTrouble(positionLots: 60, openBuyLots: 5);

        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Sell, 10), overLimit));
        Assert.Equal(RiskReason.Accepted, Check(Amend(Side.Buy, from: 5, to: 4) with { Price = new PriceTicks(599_990) }, overLimit));
        Assert.Equal(RiskReason.Accepted, Check(Amend(Side.Buy, from: 5, to: 5) with { Price = new PriceTicks(599_990) }, overLimit));
        Assert.Equal(RiskReason.PositionLimit, Check(Amend(Side.Buy, from: 5, to: 6), overLimit));
    }

    [Fact]
    public void What_carries_a_position_through_zero_adds_exposure_on_the_other_side()
    {
        RiskContext inTrouble = InTrouble(positionLots: 5, openBuyLots: 0);

        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Sell, 5), inTrouble));
        Assert.Equal(RiskReason.LiquidationTooClose, Check(Place(Side.Sell, 6), inTrouble));
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Sell, 6) with { ReduceOnly = true }, inTrouble));
    }

    [Fact]
    public void The_largest_number_of_open_orders_may_be_reached_and_amended_but_not_exceeded()
    {
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 1), Healthy with { OpenOrders = 3 }));
        Assert.Equal(RiskReason.OpenOrderLimit, Check(Place(Side.Buy, 1), Healthy with { OpenOrders = 4 }));
        Assert.Equal(RiskReason.Accepted, Check(Amend(Side.Buy, from: 1, to: 2), Healthy with { OpenOrders = 4, OpenBuyQty = new QtyLots(1) }));
    }

    [Fact]
    public void The_last_request_of_the_budget_may_be_used()
    {
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 1), Healthy with { RequestsLeft = 1 }));
        Assert.Equal(RiskReason.OrderBudgetSpent, Check(Place(Side.Buy, 1), Healthy with { RequestsLeft = 0 }));
    }

    [Theory]
    [InlineData(10, 65_669, RiskReason.Accepted)]
    [InlineData(10, 65_670, RiskReason.LiquidationTooClose)]
    [InlineData(10, 90_000, RiskReason.LiquidationTooClose)]
    [InlineData(-10, 55_367, RiskReason.Accepted)]
    [InlineData(-10, 55_366, RiskReason.LiquidationTooClose)]
    [InlineData(-10, 21_000, RiskReason.LiquidationTooClose)]
    [InlineData(0, 60_000, RiskReason.Accepted)]
    public void Exposure_is_added_only_while_position_and_orders_would_survive_the_adverse_jump(long positionLots, long entry, RiskReason expected)
    {
        // 1 % below a mark of 60,000 is 59,400. A long 10x position is liquidated at entry x 0.9 / 0.995, a short one at entry x 1.1 / 1.005.
        RiskContext context = Healthy with { Position = new QtyLots(positionLots), CostE16 = Cost(positionLots, entry) };

        Assert.Equal(expected, Check(Place(positionLots < 0 ? Side.Sell : Side.Buy, 1), context));
    }

    [Fact]
    public void An_order_counts_with_all_that_is_open_beside_it_at_the_worst_of_their_prices()
    {
        // Leverage 10, jump 9 %: an entry up to 60,363 survives it: 54,600 is above 0.9 / 0.995 of it.
        var gate = new RiskGate(Instruments, [Limits with { AdverseJumpE8 = 9_000_000 }]);
        RiskContext low = Healthy with { OpenBuyQty = new QtyLots(10), BestOwnBid = new PriceTicks(600_000) };

        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Buy, 1, 602_900), low));
        Assert.Equal(RiskReason.LiquidationTooClose, gate.Check(Place(Side.Buy, 1, 603_700), low));
        Assert.Equal(RiskReason.LiquidationTooClose, gate.Check(Place(Side.Buy, 1), low with { BestOwnBid = new PriceTicks(603_700) }));
        Assert.Equal(RiskReason.LiquidationTooClose, gate.Check(Place(Side.Buy, 1), low with { UnbookedBuyPrice = new PriceTicks(603_700) }));   // filled, and not booked yet
        RiskContext sold = Healthy with { OpenSellQty = new QtyLots(10), UnbookedSellPrice = new PriceTicks(597_600) };   // a short entry from 59,752 on survives it
        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Sell, 1), sold));
        Assert.Equal(RiskReason.LiquidationTooClose, gate.Check(Place(Side.Sell, 1), sold with { UnbookedSellPrice = new PriceTicks(597_500) }));
        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Sell, 1, 603_700), Healthy));
        Assert.Equal(RiskReason.LiquidationTooClose, gate.Check(Place(Side.Sell, 1, 603_700), low with { BestOwnBid = new PriceTicks(603_650) }));   // what is open is not safe
    }

    [Fact]
    public void An_amend_to_a_dearer_price_adds_loss_though_it_adds_no_quantity()
    {
        var gate = new RiskGate(Instruments, [Limits with { AdverseJumpE8 = 9_000_000 }]);
        RiskContext open = Healthy with { OpenBuyQty = new QtyLots(5), BestOwnBid = new PriceTicks(602_900) };

        Assert.Equal(RiskReason.LiquidationTooClose, gate.Check(Amend(Side.Buy, from: 5, to: 5) with { Price = new PriceTicks(603_700) }, open));
        Assert.Equal(RiskReason.Accepted, gate.Check(Amend(Side.Buy, from: 5, to: 5) with { Price = new PriceTicks(602_800) }, open));
        Assert.Equal(RiskReason.Accepted, gate.Check(Amend(Side.Buy, from: 5, to: 4), open with { BestOwnBid = new PriceTicks(603_700) }));   // less of it, however bad
    }

    [Fact]
    public void In_cross_margin_the_whole_account_has_to_survive()
    {
        // 0.010 at 60,000, 5 % lower: a loss of 30, 0.33 to buy, and 570 x 0.555 % = 3.1635 of margin and fee to close.
        var gate = new RiskGate(Instruments, [Limits with { AdverseJumpE8 = 5_000_000, IsCross = true }]);
        RiskContext spare = Healthy with { ElsewhereE24 = CrossMargin.OfMoney(new MoneyE8(33_49350001)) };

        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Buy, 10), spare));
        Assert.Equal(RiskReason.LiquidationTooClose, gate.Check(Place(Side.Buy, 10), spare with { ElsewhereE24 = CrossMargin.OfMoney(new MoneyE8(33_49350000)) }));
    }

    [Fact]
    public void An_unknown_mark_price_counts_as_too_close() =>
        Assert.Equal(RiskReason.LiquidationTooClose, Check(Place(Side.Sell, 1), Healthy with { MarkPrice = default }));

    [Fact]
    public void The_ladder_bounds_the_value_that_may_be_held_at_the_leverage()
    {
        var tiers = new RiskTierTable("BTCUSDT", [new RiskTier(new MoneyE8(600 * MoneyE8.One), 500_000, 10_000, default), new RiskTier(new MoneyE8(1_200 * MoneyE8.One), 1_000_000, 900, new MoneyE8(3 * MoneyE8.One))]);
        var ten = new RiskGate(Instruments, [Limits with { Tiers = tiers }]);
        var nine = new RiskGate(Instruments, [Limits with { Tiers = tiers, LeverageE2 = 900 }]);
        RiskContext holdsTen = Healthy with { Position = new QtyLots(10), CostE16 = Cost(10, 60_000) };

        Assert.Equal(RiskReason.Accepted, ten.Check(Place(Side.Buy, 10), Healthy));
        Assert.Equal(RiskReason.LeverageTooHigh, ten.Check(Place(Side.Buy, 1), holdsTen));
        Assert.Equal(RiskReason.Accepted, nine.Check(Place(Side.Buy, 10), holdsTen));
        Assert.Equal(RiskReason.LeverageTooHigh, nine.Check(Place(Side.Buy, 10), holdsTen with { OpenBuyQty = new QtyLots(1), BestOwnBid = new PriceTicks(600_000) }));   // beyond the last row
    }

    [Fact]
    public void A_part_of_the_balance_stays_unbound()
    {
        // 0.010 at 60,000 and 10x binds 60.627. Of 1,000 at least 300 must be left.
        var gate = new RiskGate(Instruments, [Limits with { ExposureMaxE8 = 70_000_000 }]);
        RiskContext context = Healthy with { Balance = new MoneyE8(1_000 * MoneyE8.One), AvailableMargin = new MoneyE8(360_62700000) };

        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Buy, 10), context));
        Assert.Equal(RiskReason.ExposureLimit, gate.Check(Place(Side.Buy, 10), context with { AvailableMargin = new MoneyE8(360_62699999) }));
    }

    [Fact]
    public void What_the_guard_holds_may_not_grow_and_may_always_shrink()
    {
        RiskContext held = Healthy with { Position = new QtyLots(10), CostE16 = Cost(10, 60_000), GuardHolds = true };

        Assert.Equal(RiskReason.GuardHolds, Check(Place(Side.Buy, 1), held));
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Sell, 10), held));
    }

    [Fact]
    public void A_name_that_may_be_alive_is_not_given_twice()
    {
        Assert.Equal(RiskReason.DuplicateName, Check(Place(Side.Buy, 1), Healthy with { IsNameTaken = true }));
        Assert.Equal(RiskReason.Accepted, Check(Amend(Side.Buy, from: 1, to: 1), Healthy with { IsNameTaken = true, OpenBuyQty = new QtyLots(1) }));
    }

    [Fact]
    public void A_mark_price_at_its_largest_age_passes_and_a_nanosecond_more_is_stale()
    {
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 1), Healthy with { MarkPriceAgeNanos = 9_000_000 }));
        Assert.Equal(RiskReason.MarkPriceStale, Check(Place(Side.Buy, 1), Healthy with { MarkPriceAgeNanos = 9_000_001 }));
    }

    [Fact]
    public void A_price_far_from_the_mark_is_outside_the_collar_though_the_book_is_there_too()
    {
        RiskContext apart = Healthy with { TwiceReferenceMidTicks = 1_220_000 };   // 1.7 % above the mark

        Assert.Equal(RiskReason.PriceOutsideCollar, Check(Place(Side.Buy, 1, 610_000), apart));
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Sell, 1, 610_000) with { ReduceOnly = true }, apart with { Position = new QtyLots(1) }));
    }

    [Fact]
    public void The_way_out_passes_in_every_state_but_without_the_connection_that_shows_its_fills()
    {
        var gate = new RiskGate(Instruments, [Limits]);
        gate.Kill(KillReason.Operator);
        RiskContext nothingKnown = InTrouble(10, 0) with
        {
            MarketDataAgeNanos = long.MaxValue, MarkPriceAgeNanos = long.MaxValue, IsBookUsable = false, TwiceReferenceMidTicks = 0, MarkPrice = default, OpenOrders = 3, GuardHolds = true,
        };

        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Sell, 10) with { ReduceOnly = true }, nothingKnown));
        Assert.Equal(RiskReason.Blind, gate.Check(Place(Side.Sell, 10) with { ReduceOnly = true }, nothingKnown with { IsPrivateStreamUp = false }));
    }

    [Fact]
    public void Neither_a_buy_far_above_the_mark_nor_a_sell_far_below_it_leaves_when_the_venue_has_a_limit()
    {
        var limited = new InstrumentSpec(Bitcoin.Id, "BTCUSDT", priceDecimals: 1, tickMantissa: 1, qtyDecimals: 3, lotMantissa: 1)
        {
            MinOrderQty = Bitcoin.MinOrderQty, MaxOrderQty = Bitcoin.MaxOrderQty, MinNotional = Bitcoin.MinNotional, MinPrice = Bitcoin.MinPrice, MaxPrice = Bitcoin.MaxPrice, MaxLeverageE2 = Bitcoin.MaxLeverageE2, PriceLimitRatioE8 = 500_000,
        };
        var gate = new RiskGate(new InstrumentTable([limited]), [Limits]);

        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Buy, 1, 603_000), Healthy));
        Assert.Equal(RiskReason.PriceOutsideVenueBounds, gate.Check(Place(Side.Buy, 1, 603_001), Healthy));
        Assert.Equal(RiskReason.PriceOutsideVenueBounds, gate.Check(Place(Side.Sell, 1, 596_999), Healthy));
        Assert.Equal(RiskReason.Accepted, gate.Check(Place(Side.Sell, 1, 603_001), Healthy));
    }

    [Fact]
    public void Added_exposure_must_be_covered_by_free_margin_to_the_last_unit()
    {
        // 0.010 at 60,000 and 10x costs 60 + 0.33 to open + 0.297 to close.
        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 10), Healthy with { AvailableMargin = new MoneyE8(60_62700000) }));
        Assert.Equal(RiskReason.MarginInsufficient, Check(Place(Side.Buy, 10), Healthy with { AvailableMargin = new MoneyE8(60_62699999) }));
    }

    [Fact]
    public void Only_the_part_of_an_order_that_adds_exposure_needs_margin()
    {
        // Short 4 and buying 10 leaves long 6: 36 + 0.198 + 0.1782.
        RiskContext shortFour = Healthy with { Position = new QtyLots(-4), CostE16 = Cost(-4, 60_000), AvailableMargin = new MoneyE8(36_37620000) };

        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 10), shortFour));
        Assert.Equal(RiskReason.MarginInsufficient, Check(Place(Side.Buy, 10), shortFour with { AvailableMargin = new MoneyE8(36_37619999) }));
    }

    [Fact]
    public void The_first_limit_broken_in_the_order_of_the_numbers_is_the_one_named()
    {
        // Everything is wrong at once; each repair uncovers the next reason.
        var gate = new RiskGate(Instruments, [Limits with { ExposureMaxE8 = 70_000_000 }]);
        RiskContext context = InTrouble(positionLots: 60, openBuyLots: 0) with
        {
            IsNameTaken = true,
            CostE16 = Cost(60, 130_000),
            MarkPriceAgeNanos = 9_000_001,
            IsTrading = false,
            Balance = new MoneyE8(10_000 * MoneyE8.One),
            GuardHolds = true,
            MarketDataAgeNanos = 5_000_001,
            IsBookUsable = false,
            IsPrivateStreamUp = false,
            BestOwnAsk = new PriceTicks(1),
            OpenOrders = 4,
            RequestsLeft = 0,
        };
        OrderIntent intent = Place(Side.Buy, 11, 1_000_001);
        var seen = new List<RiskReason>();
        while (true)
        {
            RiskReason reason = gate.Check(in intent, in context);
            Assert.DoesNotContain(reason, seen);
            seen.Add(reason);
            if (reason == RiskReason.Accepted) break;
            switch (reason)
            {
                case RiskReason.DuplicateName: context.IsNameTaken = false; break;
                case RiskReason.MarkPriceStale: context.MarkPriceAgeNanos = 0; break;
                case RiskReason.NotTrading: context.IsTrading = true; break;
                case RiskReason.ExposureLimit: context.AvailableMargin = new MoneyE8(10_000 * MoneyE8.One); break;
                case RiskReason.GuardHolds: context.GuardHolds = false; break;
                case RiskReason.MarketDataStale: context.MarketDataAgeNanos = 0; break;
                case RiskReason.BookUnusable: context.IsBookUsable = true; break;
                case RiskReason.Blind: context.IsPrivateStreamUp = true; break;
                case RiskReason.OrderTooLarge: intent = intent with { Qty = new QtyLots(10) }; break;
                case RiskReason.NotionalTooLarge: intent = intent with { Qty = new QtyLots(1) }; break;
                case RiskReason.PriceOutsideCollar: (context.TwiceReferenceMidTicks, context.MarkPrice) = (2 * intent.Price.Ticks, new PriceE8(intent.Price.Ticks * Bitcoin.TickE8)); break;
                case RiskReason.WouldCrossOwnOrder: context.BestOwnAsk = default; break;
                case RiskReason.PriceOutsideVenueBounds: intent = intent with { Price = new PriceTicks(1_000_000) }; break;
                case RiskReason.PositionLimit: context.Position = new QtyLots(49); break;
                case RiskReason.OpenOrderLimit: context.OpenOrders = 3; break;
                case RiskReason.OrderBudgetSpent: context.RequestsLeft = 1; break;
                case RiskReason.LiquidationTooClose: context.CostE16 = Cost(49, 100_000); break;
                case RiskReason.MarginInsufficient: context.AvailableMargin = new MoneyE8(1_000 * MoneyE8.One); break;
                default: Assert.Fail($"unexpected {reason} after {string.Join(", ", seen)}"); break;
            }
        }

        Assert.Equal(
            [
                RiskReason.DuplicateName, RiskReason.MarketDataStale, RiskReason.BookUnusable, RiskReason.Blind, RiskReason.MarkPriceStale, RiskReason.NotTrading, RiskReason.OrderTooLarge, RiskReason.NotionalTooLarge,
                RiskReason.PriceOutsideCollar, RiskReason.WouldCrossOwnOrder, RiskReason.PriceOutsideVenueBounds, RiskReason.PositionLimit, RiskReason.OpenOrderLimit,
                RiskReason.OrderBudgetSpent, RiskReason.LiquidationTooClose, RiskReason.MarginInsufficient, RiskReason.ExposureLimit, RiskReason.GuardHolds, RiskReason.Accepted,
            ],
            seen);
    }

    [Fact]
    public void Refusals_are_counted_by_reason_and_nothing_else_changes()
    {
        var gate = new RiskGate(Instruments, [Limits]);
        RiskContext noBudget = Healthy with { RequestsLeft = 0 };

        RiskReason[] twice = [gate.Check(Place(Side.Buy, 11), Healthy), gate.Check(Place(Side.Buy, 11), Healthy)];
        gate.Check(Cancel(Side.Buy, 1), in noBudget);
        gate.Check(Place(Side.Buy, 10), Healthy);

        Assert.Equal([RiskReason.OrderTooLarge, RiskReason.OrderTooLarge], twice);
        Assert.Equal(2, gate.Refused(RiskReason.OrderTooLarge));
        Assert.Equal(1, gate.Refused(RiskReason.OrderBudgetSpent));
        Assert.Equal(0, gate.Refused(RiskReason.Accepted));
        Assert.False(gate.IsKilled);
    }

    [Theory]
    [InlineData(Side.Sell, 3, 3, true, RiskReason.Accepted)]
    [InlineData(Side.Buy, -3, 3, true, RiskReason.Accepted)]
    [InlineData(Side.Sell, 3, 2, true, RiskReason.OrderTooSmall)]     // a part of it
    [InlineData(Side.Buy, 3, 3, true, RiskReason.OrderTooSmall)]      // the other way
    [InlineData(Side.Sell, 3, 3, false, RiskReason.OrderTooSmall)]    // may open
    [InlineData(Side.Sell, 0, 0, true, RiskReason.OrderTooSmall)]
    public void Below_the_smallest_order_only_a_whole_position_may_be_closed(Side side, long position, long lots, bool reduceOnly, RiskReason expected)
    {
        var coarse = new InstrumentSpec(Bitcoin.Id, "BTCUSDT", priceDecimals: 1, tickMantissa: 1, qtyDecimals: 3, lotMantissa: 1)
        {
            MinOrderQty = new QtyLots(5), MaxOrderQty = Bitcoin.MaxOrderQty, MinNotional = Bitcoin.MinNotional, MinPrice = Bitcoin.MinPrice, MaxPrice = Bitcoin.MaxPrice, MaxLeverageE2 = Bitcoin.MaxLeverageE2,
        };
        var gate = new RiskGate(new InstrumentTable([coarse]), [Limits]);
        if (reduceOnly) gate.Kill(KillReason.Operator);   // a way out stays one in the killed state

        Assert.Equal(expected, gate.Check(Place(side, lots) with { ReduceOnly = reduceOnly, TimeInForce = TimeInForce.ImmediateOrCancel }, Healthy with { Position = new QtyLots(position) }));
    }

    [Fact]
    public void Any_cancel_passes_while_requests_are_left() => ForAnySituation((random, context) =>
    {
        var gate = new RiskGate(Instruments, [Limits]);
        if (random.Next(2) == 0) gate.Kill(KillReason.Operator);
        return gate.Check(Cancel(AnySide(random), random.Next(1, 100)), context) == (context.RequestsLeft > 0 ? RiskReason.Accepted : RiskReason.OrderBudgetSpent);
    });

    [Fact]
    public void Any_change_that_adds_no_exposure_at_no_worse_price_is_never_refused_for_position_liquidation_or_margin() => ForAnySituation((random, context) =>
    {
        (OrderIntent intent, long before, long after) = AnyChange(random, context);
        bool addsExposure = !intent.ReduceOnly && after > Math.Max(0, before);
        bool isDearer = intent.Side == Side.Buy ? intent.Price > context.BestOwnBid : intent.Price < context.BestOwnAsk;
        RiskReason reason = Check(intent, context);
        return addsExposure || isDearer || reason is not (RiskReason.PositionLimit or RiskReason.LiquidationTooClose or RiskReason.MarginInsufficient);
    });

    [Fact]
    public void Whatever_is_accepted_keeps_the_exposure_of_its_side_within_the_limit_or_does_not_add_to_it() => ForAnySituation((random, context) =>
    {
        (OrderIntent intent, long before, long after) = AnyChange(random, context);
        return Check(intent, context) != RiskReason.Accepted || intent.ReduceOnly || after <= Math.Max(50, before);
    });

    [Fact]
    public void The_same_question_gets_the_same_answer_whatever_was_asked_in_between() => ForAnySituation((random, context) =>
    {
        var gate = new RiskGate(Instruments, [Limits]);
        (OrderIntent first, _, _) = AnyChange(random, context);
        RiskReason answer = gate.Check(first, context);
        for (int i = 0; i < 20; i++) gate.Check(AnyChange(random, context).Intent, context);
        return gate.Check(first, context) == answer;
    });

    [Fact]
    public void Checking_allocates_nothing()
    {
        var gate = new RiskGate(Instruments, [Limits]);
        Ask(gate, 1_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Ask(gate, 10_000);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
    }

    [Fact]
    public void Limits_out_of_range_are_refused_with_their_value()
    {
        AssertRefused("limits are needed for 1 instruments, was 2", Limits, Limits);
        AssertRefused("risk BTCUSDT: largest age of market data must be positive (in ns), was 0", Limits with { MarketDataAgeMaxNanos = 0 });
        AssertRefused("largest order must be at least the venue's smallest, 1 lots, was 0", Limits with { OrderMax = default });
        AssertRefused("largest order value", Limits with { OrderNotionalMax = new MoneyE8(1) });
        AssertRefused("largest position", Limits with { PositionMax = default });
        AssertRefused("most open orders", Limits with { OpenOrdersMax = 0 });
        AssertRefused("collar", Limits with { CollarFractionE8 = 0 });
        AssertRefused("largest age of the mark price", Limits with { MarkPriceAgeMaxNanos = 0 });
        AssertRefused("adverse jump must be at least 0 and below 1 (in 1e-8), was -1", Limits with { AdverseJumpE8 = -1 });
        AssertRefused("largest exposure must be above 0 and at most 1 (in 1e-8), was 100000001", Limits with { ExposureMaxE8 = 100_000_001 });
        AssertRefused("leverage must be 100 to 10000 (in 1e-2), was 10001", Limits with { LeverageE2 = 10_001 });
        AssertRefused("taker fee", Limits with { TakerFeeE8 = -1 });
    }

    private static void AssertRefused(string message, params RiskLimits[] limits) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new RiskGate(Instruments, limits)).Message, StringComparison.Ordinal);

    private static void Ask(RiskGate gate, int times)
    {
        for (int i = 0; i < times; i++)
        {
            OrderIntent place = Place(Side.Buy, i % 12, 600_000 + (i % 7_000));
            OrderIntent cancel = Cancel(Side.Sell, 1);
            RiskContext context = Healthy with { Position = new QtyLots((i % 120) - 60), RequestsLeft = i % 50 };
            gate.Check(in place, in context);
            gate.Check(in cancel, in context);
        }
    }

    private static RiskReason Check(in OrderIntent intent, in RiskContext context) => new RiskGate(Instruments, [Limits]).Check(in intent, in context);

    private static OrderIntent Place(Side side, long lots, long priceTicks = 600_000) =>
        new(OrderAction.Place, Bitcoin.Id, side, new PriceTicks(priceTicks), new QtyLots(lots), default, default, new ClientOrderId(1, 1), TimeInForce.PostOnly, ReduceOnly: false);

    private static OrderIntent Amend(Side side, long from, long to) => Place(side, to) with { Action = OrderAction.Amend, PreviousQty = new QtyLots(from) };

    private static OrderIntent Cancel(Side side, long lots) => Place(side, lots) with { Action = OrderAction.Cancel, PreviousQty = new QtyLots(lots) };

    /// <summary>No free margin, and a long position that a jump of less than 1 % liquidates.</summary>
    private static RiskContext InTrouble(long positionLots, long openBuyLots) => Healthy with
    {
        Position = new QtyLots(positionLots),
        OpenBuyQty = new QtyLots(openBuyLots),
        BestOwnBid = new PriceTicks(openBuyLots > 0 ? 599_990 : 0),
        CostE16 = Cost(positionLots, 66_000),
        AvailableMargin = default,
    };

    private static Int128 Cost(long lots, long price) => (Int128)Math.Abs(lots) * Bitcoin.LotE8 * price * PriceE8.One;

    private static Side AnySide(Random random) => random.Next(2) == 0 ? Side.Buy : Side.Sell;

    /// <summary>A place or amend, and the exposure of its side before and after it.</summary>
    private static (OrderIntent Intent, long Before, long After) AnyChange(Random random, in RiskContext context)
    {
        Side side = AnySide(random);
        long open = side == Side.Buy ? context.OpenBuyQty.Lots : context.OpenSellQty.Lots;
        long before = (side == Side.Buy ? context.Position.Lots : -context.Position.Lots) + open;
        long priceTicks = 600_000 + random.Next(-100, 100);
        if (open > 0 && random.Next(2) == 0)
        {
            long replaced = random.NextInt64(1, open + 1);
            long filled = random.Next(0, 3);
            long total = filled + random.Next(1, 9);
            OrderIntent amend = Amend(side, replaced, total) with { Price = new PriceTicks(priceTicks), FilledQty = new QtyLots(filled) };
            return (amend, before, before - replaced + total - filled);
        }

        long lots = random.Next(1, 12);
        return (Place(side, lots, priceTicks) with { ReduceOnly = random.Next(8) == 0 }, before, before + lots);
    }

    private static void ForAnySituation(Func<Random, RiskContext, bool> holds) =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                int position = random.Next(-70, 71);
                RiskContext context = Healthy with
                {
                    Position = new QtyLots(position),
                    CostE16 = Cost(position, random.Next(54_000, 66_000)),
                    BestOwnBid = new PriceTicks(random.Next(3) * 599_950),
                    OpenBuyQty = new QtyLots(random.Next(0, 30)),
                    OpenSellQty = new QtyLots(random.Next(0, 30)),
                    OpenOrders = random.Next(0, 6),
                    MarketDataAgeNanos = random.Next(8) == 0 ? 6_000_000 : 0,
                    IsBookUsable = random.Next(8) != 0,
                    RequestsLeft = random.Next(0, 5),
                    AvailableMargin = new MoneyE8(random.Next(0, 100) * MoneyE8.One),
                };
                return holds(random, context);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
}
