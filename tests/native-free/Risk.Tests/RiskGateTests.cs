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
        OrderMax = new QtyLots(10),
        OrderNotionalMax = new MoneyE8(700 * MoneyE8.One),
        PositionMax = new QtyLots(50),
        OpenOrdersMax = 4,
        CollarFractionE8 = 1_000_000,
        LiquidationDistanceMinE8 = 1_000_000,
        LeverageE2 = 1_000,
        TakerFeeE8 = 55_000,
    };

    /// <summary>A market at 60,000 in which nothing stands against an order.</summary>
    private static readonly RiskContext Healthy = new()
    {
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
        RiskContext midAtPrice = Healthy with { TwiceReferenceMidTicks = 2 * priceTicks };

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
        RiskContext nearMaximum = Healthy with { TwiceReferenceMidTicks = 2_000_000 };

        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 1, 1_000_000), nearMaximum));
        Assert.Equal(RiskReason.PriceOutsideVenueBounds, Check(Place(Side.Buy, 1, 1_000_001), nearMaximum));
    }

    [Fact]
    public void The_position_limit_counts_every_open_order_of_the_side_as_filled()
    {
        RiskContext longThirty = Healthy with { Position = new QtyLots(30), OpenBuyQty = new QtyLots(15) };
        RiskContext shortThirty = Healthy with { Position = new QtyLots(-30), OpenSellQty = new QtyLots(15) };

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
        Assert.Equal(RiskReason.Accepted, Check(Amend(Side.Buy, from: 5, to: 4), overLimit));
        Assert.Equal(RiskReason.Accepted, Check(Amend(Side.Buy, from: 5, to: 5), overLimit));
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
    [InlineData(10, 59_400_00000000, RiskReason.Accepted)]
    [InlineData(10, 59_400_00000001, RiskReason.LiquidationTooClose)]
    [InlineData(10, 60_000_00000000, RiskReason.LiquidationTooClose)]
    [InlineData(10, 99_000_00000000, RiskReason.LiquidationTooClose)]
    [InlineData(-10, 60_600_00000000, RiskReason.Accepted)]
    [InlineData(-10, 60_599_99999999, RiskReason.LiquidationTooClose)]
    [InlineData(-10, 21_000_00000000, RiskReason.LiquidationTooClose)]
    [InlineData(10, 0, RiskReason.Accepted)]
    [InlineData(0, 60_000_00000000, RiskReason.Accepted)]
    public void Exposure_is_added_only_while_the_mark_keeps_its_distance_on_the_safe_side_of_liquidation(long positionLots, long liquidationE8, RiskReason expected)
    {
        // 1 % of a mark of 60,000 is 600. A liquidation price beyond the mark means that liquidation is overdue, however far beyond.
        RiskContext context = Healthy with { Position = new QtyLots(positionLots), LiquidationPrice = new PriceE8(liquidationE8) };

        Assert.Equal(expected, Check(Place(positionLots < 0 ? Side.Sell : Side.Buy, 1), context));
    }

    [Fact]
    public void An_unknown_mark_price_counts_as_too_close() =>
        Assert.Equal(RiskReason.LiquidationTooClose, Check(
            Place(Side.Sell, 1), Healthy with { Position = new QtyLots(-10), LiquidationPrice = new PriceE8(70_000 * PriceE8.One), MarkPrice = default }));

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
        RiskContext shortFour = Healthy with { Position = new QtyLots(-4), AvailableMargin = new MoneyE8(36_37620000) };

        Assert.Equal(RiskReason.Accepted, Check(Place(Side.Buy, 10), shortFour));
        Assert.Equal(RiskReason.MarginInsufficient, Check(Place(Side.Buy, 10), shortFour with { AvailableMargin = new MoneyE8(36_37619999) }));
    }

    [Fact]
    public void The_first_limit_broken_in_the_order_of_the_numbers_is_the_one_named()
    {
        // Everything is wrong at once; each repair uncovers the next reason.
        var gate = new RiskGate(Instruments, [Limits]);
        RiskContext context = InTrouble(positionLots: 60, openBuyLots: 0) with
        {
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
                case RiskReason.MarketDataStale: context.MarketDataAgeNanos = 0; break;
                case RiskReason.BookUnusable: context.IsBookUsable = true; break;
                case RiskReason.Blind: context.IsPrivateStreamUp = true; break;
                case RiskReason.OrderTooLarge: intent = intent with { Qty = new QtyLots(10) }; break;
                case RiskReason.NotionalTooLarge: intent = intent with { Qty = new QtyLots(1) }; break;
                case RiskReason.PriceOutsideCollar: context.TwiceReferenceMidTicks = 2 * intent.Price.Ticks; break;
                case RiskReason.WouldCrossOwnOrder: context.BestOwnAsk = default; break;
                case RiskReason.PriceOutsideVenueBounds: intent = intent with { Price = new PriceTicks(1_000_000) }; break;
                case RiskReason.PositionLimit: context.Position = new QtyLots(49); break;
                case RiskReason.OpenOrderLimit: context.OpenOrders = 3; break;
                case RiskReason.OrderBudgetSpent: context.RequestsLeft = 1; break;
                case RiskReason.LiquidationTooClose: context.LiquidationPrice = default; break;
                case RiskReason.MarginInsufficient: context.AvailableMargin = new MoneyE8(1_000 * MoneyE8.One); break;
                default: Assert.Fail($"unexpected {reason} after {string.Join(", ", seen)}"); break;
            }
        }

        Assert.Equal(
            [
                RiskReason.MarketDataStale, RiskReason.BookUnusable, RiskReason.Blind, RiskReason.OrderTooLarge, RiskReason.NotionalTooLarge,
                RiskReason.PriceOutsideCollar, RiskReason.WouldCrossOwnOrder, RiskReason.PriceOutsideVenueBounds, RiskReason.PositionLimit, RiskReason.OpenOrderLimit,
                RiskReason.OrderBudgetSpent, RiskReason.LiquidationTooClose, RiskReason.MarginInsufficient, RiskReason.Accepted,
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
    public void Any_change_that_adds_no_exposure_is_never_refused_for_position_liquidation_or_margin() => ForAnySituation((random, context) =>
    {
        (OrderIntent intent, long before, long after) = AnyChange(random, context);
        bool addsExposure = !intent.ReduceOnly && after > Math.Max(0, before);
        RiskReason reason = Check(intent, context);
        return addsExposure || reason is not (RiskReason.PositionLimit or RiskReason.LiquidationTooClose or RiskReason.MarginInsufficient);
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
        AssertRefused("smallest liquidation distance", Limits with { LiquidationDistanceMinE8 = -1 });
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

    /// <summary>No free margin, and liquidation a tick away.</summary>
    private static RiskContext InTrouble(long positionLots, long openBuyLots) => Healthy with
    {
        Position = new QtyLots(positionLots),
        OpenBuyQty = new QtyLots(openBuyLots),
        LiquidationPrice = new PriceE8(59_999_90000000),
        AvailableMargin = default,
    };

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
                RiskContext context = Healthy with
                {
                    Position = new QtyLots(random.Next(-70, 71)),
                    OpenBuyQty = new QtyLots(random.Next(0, 30)),
                    OpenSellQty = new QtyLots(random.Next(0, 30)),
                    OpenOrders = random.Next(0, 6),
                    LiquidationPrice = new PriceE8(random.Next(3) * 30_000 * PriceE8.One),
                    MarketDataAgeNanos = random.Next(8) == 0 ? 6_000_000 : 0,
                    IsBookUsable = random.Next(8) != 0,
                    RequestsLeft = random.Next(0, 5),
                    AvailableMargin = new MoneyE8(random.Next(0, 100) * MoneyE8.One),
                };
                return holds(random, context);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
}
