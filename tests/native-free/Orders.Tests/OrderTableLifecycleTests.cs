using LatencyEngine.Model;
using static LatencyEngine.Orders.Tests.OrderDesk;

namespace LatencyEngine.Orders.Tests;

public sealed class OrderTableLifecycleTests
{
    private readonly OrderDesk _desk = new();

    [Fact]
    public void An_acknowledged_create_works_only_when_the_stream_shows_it()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        RequestId request = _desk.Send(place);
        Assert.Equal(new RequestId(Session, 1), request);
        Assert.Equal(OrderState.PendingNew, _desk.StateOf(place));

        Assert.Equal(OrderOutcome.Accepted, _desk.Acknowledge(request));
        Assert.Equal(OrderState.PendingNew, _desk.StateOf(place));
        Assert.Equal(OrderOutcome.Working, _desk.Stream(place, OrderStatus.New));
        Assert.Equal(OrderState.Working, _desk.StateOf(place));
        Assert.Equal((1L, 1L, 0L), (_desk.Table.CreatesSent, _desk.Table.Acknowledged, _desk.Table.Rejected));
    }

    [Fact]
    public void The_stream_may_come_before_the_acknowledgement()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        RequestId request = _desk.Send(place);

        Assert.Equal(OrderOutcome.Working, _desk.Stream(place, OrderStatus.New));
        Assert.Equal(OrderOutcome.Late, _desk.Acknowledge(request));
        Assert.Equal(OrderState.Working, _desk.StateOf(place));
    }

    [Fact]
    public void An_order_may_fill_before_anything_else_is_heard_of_it()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        RequestId request = _desk.Send(place);

        Assert.Equal(OrderOutcome.Filled, _desk.Stream(place, OrderStatus.Filled, filledLots: 5));
        Assert.Equal(OrderOutcome.Late, _desk.Acknowledge(request));
        Assert.Equal(0, _desk.Table.LiveOrders);
    }

    [Theory]
    [InlineData(110003)]
    [InlineData(110007)]
    [InlineData(110094)]
    [InlineData(10001)]
    [InlineData(110001)]
    [InlineData(30208)]
    [InlineData(3400139)]
    public void A_refused_create_is_closed_at_once_and_its_level_is_free(int returnCode)
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));

        Assert.Equal(OrderOutcome.Rejected, _desk.Acknowledge(_desk.Send(place), returnCode));
        Assert.Equal(OrderState.Unset, _desk.StateOf(place));
        Assert.Equal(default, _desk.Exposure());
        Assert.Equal(OrderAction.Place, _desk.PlanOne(Bid(100, 5)).Action);
    }

    [Theory]
    [InlineData(10000)]
    [InlineData(10016)]
    [InlineData(10019)]
    [InlineData(10999)]      // not in V5's list
    [InlineData(12345678)]
    [InlineData(429)]
    public void A_create_with_no_usable_answer_keeps_its_level_and_its_exposure(int returnCode)
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));

        Assert.Equal(OrderOutcome.OutcomeUnknown, _desk.Acknowledge(_desk.Send(place), returnCode));
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(place));
        Assert.Empty(_desk.Plan(Bid(100, 5)));
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
        Assert.Equal(OrderOutcome.Working, _desk.Stream(place, OrderStatus.New));
        Assert.Equal(OrderState.Working, _desk.StateOf(place));
    }

    [Fact]
    public void A_post_only_order_that_would_take_is_acknowledged_and_then_cancelled()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        _desk.Acknowledge(_desk.Send(place));

        Assert.Equal(OrderOutcome.PostOnlyRefused, _desk.Stream(place, OrderStatus.Cancelled, reason: RejectReason.PostOnlyWillTake));
        Assert.Equal(1, _desk.Table.PostOnlyRefused);
        Assert.Equal(0, _desk.Table.LiveOrders);
    }

    [Fact]
    public void An_amend_is_done_when_the_stream_shows_its_values()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        OrderIntent amend = _desk.PlanOne(Bid(110, 8));
        RequestId request = _desk.Send(amend);

        Assert.Equal(OrderOutcome.Accepted, _desk.Acknowledge(request));
        Assert.Equal(OrderState.PendingAmend, _desk.StateOf(order));
        Assert.Equal(OrderOutcome.Working, _desk.Stream(order, OrderStatus.New, priceTicks: 110, lots: 8));
        Assert.Equal(OrderState.Working, _desk.StateOf(order));
        Assert.Equal(new OpenExposure(new(8), default, 1, new(110), default), _desk.Exposure());
    }

    [Fact]
    public void A_fill_that_overtakes_an_amend_does_not_settle_it()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Send(_desk.PlanOne(Bid(110, 8)));

        _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 2);
        Assert.Equal(OrderState.PendingAmend, _desk.StateOf(order));
        Assert.Equal(8, _desk.Exposure().OpenBuyQty.Lots);
        Assert.Equal(110, _desk.Exposure().BestOwnBid.Ticks);

        _desk.Stream(order, OrderStatus.PartiallyFilled, priceTicks: 110, lots: 8, filledLots: 2);
        Assert.Equal(OrderState.Working, _desk.StateOf(order));
    }

    [Fact]
    public void A_price_that_the_venue_moved_to_its_limit_settles_an_amend()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Send(_desk.PlanOne(Bid(110, 5)));

        _desk.Stream(order, OrderStatus.New, priceTicks: 108);
        Assert.Equal(OrderState.Working, _desk.StateOf(order));
        Assert.Equal(108, _desk.Exposure().BestOwnBid.Ticks);
    }

    [Fact]
    public void An_amend_that_fails_in_matching_leaves_the_old_order_and_the_next_plan_replaces_it()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Acknowledge(_desk.Send(_desk.PlanOne(Bid(110, 8))));

        _desk.Stream(order, OrderStatus.New, reason: RejectReason.Other);
        Assert.Equal(OrderState.Working, _desk.StateOf(order));
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
        Assert.Equal(OrderAction.Cancel, _desk.PlanOne(Bid(110, 8)).Action);
        Assert.Empty(_desk.Plan(Bid(100, 5)));
    }

    [Theory]
    [InlineData(10001, OrderOutcome.Unchanged)]
    [InlineData(110064, OrderOutcome.Refused)]
    public void A_refused_amend_leaves_the_order_working_and_is_not_tried_again_but_replaced(int returnCode, OrderOutcome outcome)
    {
        OrderIntent order = _desk.Work(Bid(100, 5));

        Assert.Equal(outcome, _desk.Acknowledge(_desk.Send(_desk.PlanOne(Bid(110, 8))), returnCode));
        Assert.Equal(OrderState.Working, _desk.StateOf(order));
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
        Assert.Equal(OrderAction.Cancel, _desk.PlanOne(Bid(110, 8)).Action);
    }

    [Theory]
    [InlineData(10003)]
    [InlineData(10004)]
    [InlineData(10005)]
    [InlineData(10007)]
    [InlineData(10010)]
    [InlineData(33004)]
    public void A_venue_that_does_not_accept_the_key_is_told_apart_and_the_order_never_became(int returnCode)
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));

        Assert.Equal(OrderOutcome.HardStop, _desk.Acknowledge(_desk.Send(place), returnCode));
        Assert.Equal(OrderState.Unset, _desk.StateOf(place));
        Assert.Equal(0, _desk.Exposure().OpenBuyQty.Lots);
    }

    [Theory]
    [InlineData(10006)]
    [InlineData(10018)]
    [InlineData(10403)]
    [InlineData(10429)]
    [InlineData(20003)]
    public void A_request_refused_for_its_rate_may_be_tried_again(int returnCode)
    {
        OrderIntent order = _desk.Work(Bid(100, 5));

        Assert.Equal(OrderOutcome.RateLimited, _desk.Acknowledge(_desk.Send(_desk.PlanOne(Bid(110, 8))), returnCode));
        Assert.Equal(OrderAction.Amend, _desk.PlanOne(Bid(110, 8)).Action);
        Assert.Equal(OrderOutcome.RateLimited, _desk.Acknowledge(_desk.Send(_desk.PlanOne()), returnCode));
        Assert.Equal(OrderState.Working, _desk.StateOf(order));

        OrderIntent ask = _desk.PlanOne(Bid(100, 5), Ask(110, 5));
        Assert.Equal(OrderOutcome.RateLimited, _desk.Acknowledge(_desk.Send(ask), returnCode));
        Assert.Equal(OrderState.Unset, _desk.StateOf(ask));
    }

    [Theory]
    [InlineData(110001)]
    [InlineData(110008)]
    [InlineData(110010)]
    [InlineData(110079)]
    [InlineData(40004)]
    public void An_order_that_the_gateway_calls_gone_or_busy_waits_for_the_stream(int returnCode)
    {
        OrderIntent order = _desk.Work(Bid(100, 5));

        Assert.Equal(OrderOutcome.OutcomeUnknown, _desk.Acknowledge(_desk.Send(_desk.PlanOne()), returnCode));
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(order));
        Assert.Empty(_desk.Plan(Bid(100, 5)));
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
        Assert.Equal(OrderOutcome.Filled, _desk.Stream(order, OrderStatus.Filled, filledLots: 5));
        Assert.Equal(OrderState.Unset, _desk.StateOf(order));
    }

    [Fact]
    public void A_cancel_that_loses_the_race_ends_in_two_filled_events_and_one_fill()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        Assert.Equal(OrderOutcome.Accepted, _desk.Acknowledge(_desk.Send(_desk.PlanOne())));

        Assert.Equal(OrderOutcome.Filled, _desk.Stream(order, OrderStatus.Filled, filledLots: 5));
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Execute(order, 5);
        Assert.Equal(OrderOutcome.Repeated, _desk.Stream(order, OrderStatus.Filled, filledLots: 5, cancelType: CancelType.ByUser, reason: RejectReason.CancelTooLate));
        Assert.Equal(default, _desk.Exposure());
        Assert.Equal(0, _desk.Table.LiveOrders);
    }

    [Fact]
    public void A_cancel_is_done_when_the_stream_says_so()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        RequestId request = _desk.Send(_desk.PlanOne());
        Assert.Equal(OrderState.PendingCancel, _desk.StateOf(order));

        _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 2);
        Assert.Equal(OrderState.PendingCancel, _desk.StateOf(order));
        Assert.Equal(OrderOutcome.Cancelled, _desk.Stream(order, OrderStatus.Cancelled, filledLots: 2, cancelType: CancelType.ByUser, reason: RejectReason.PerCancelRequest));
        Assert.Equal(OrderOutcome.Late, _desk.Acknowledge(request));
        Assert.Equal(0, _desk.Table.CancelledByVenue);
    }

    [Fact]
    public void A_cancel_that_nobody_asked_for_is_told_apart()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));

        Assert.Equal(OrderOutcome.CancelledByVenue, _desk.Stream(order, OrderStatus.Cancelled, cancelType: CancelType.BeforeLiquidation));
        Assert.Equal(1, _desk.Table.CancelledByVenue);
        Assert.Equal(0, _desk.Table.LiveOrders);
    }

    [Fact]
    public void A_request_without_an_answer_leaves_the_outcome_unknown_and_a_cancel_is_proposed_once_each_timeout()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Send(_desk.PlanOne(Bid(110, 5)));

        Assert.Equal(0, _desk.Wait(TimeoutNanos - 1));
        Assert.Equal(1, _desk.Wait(1));
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(order));
        Assert.Empty(_desk.Plan());
        Assert.Equal(0, _desk.Wait(TimeoutNanos));
        OrderIntent cancel = _desk.PlanOne(Bid(110, 5));
        Assert.Equal(OrderAction.Cancel, cancel.Action);
        Assert.Equal(cancel, Assert.Single(_desk.PlanCancelAll()));

        Assert.Equal(OrderOutcome.OutcomeUnknown, _desk.Acknowledge(_desk.Send(cancel), 110001));
        Assert.Empty(_desk.Plan());
        _desk.Wait(TimeoutNanos);
        Assert.Equal(OrderAction.Cancel, _desk.PlanOne().Action);
        Assert.Equal((1L, 1L), (_desk.Table.TimedOut, _desk.Table.Unanswered));
    }

    [Fact]
    public void An_accepted_request_without_an_order_event_times_out_too()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        RequestId request = _desk.Send(place);
        _desk.Wait(TimeoutNanos - 1);
        _desk.Acknowledge(request);

        Assert.Equal(0, _desk.Wait(TimeoutNanos - 1));
        Assert.Equal(1, _desk.Wait(1));
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(place));
        Assert.Equal((1L, 0L), (_desk.Table.TimedOut, _desk.Table.Unanswered));
    }

    [Fact]
    public void An_answer_after_the_timeout_still_counts()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        RequestId create = _desk.Send(place);
        _desk.Wait(TimeoutNanos);

        Assert.Equal(OrderOutcome.Accepted, _desk.Acknowledge(create));
        Assert.Equal(OrderState.PendingNew, _desk.StateOf(place));
    }

    [Fact]
    public void A_create_that_is_refused_after_its_cancel_was_sent_is_closed()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        RequestId create = _desk.Send(place);
        _desk.Wait(TimeoutNanos);
        _desk.Wait(TimeoutNanos);
        RequestId cancel = _desk.Send(_desk.PlanOne());

        Assert.Equal(OrderOutcome.Rejected, _desk.Acknowledge(create, 110007));
        Assert.Equal(OrderState.Unset, _desk.StateOf(place));
        Assert.Equal(OrderOutcome.Late, _desk.Acknowledge(cancel, 110001));
    }

    [Fact]
    public void A_cancel_refused_for_its_rate_does_not_make_an_unknown_order_known()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        _desk.Send(place);
        _desk.Wait(TimeoutNanos);
        _desk.Wait(TimeoutNanos);

        Assert.Equal(OrderOutcome.RateLimited, _desk.Acknowledge(_desk.Send(_desk.PlanOne()), 10006));
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(place));
        Assert.Empty(_desk.Plan());
    }

    [Fact]
    public void While_a_lost_amend_may_still_come_a_fill_at_the_old_values_does_not_allow_another()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Send(_desk.PlanOne(Bid(110, 9)));
        _desk.Wait(TimeoutNanos);

        _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 1);
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(order));
        Assert.Equal(9, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Stream(order, OrderStatus.PartiallyFilled, priceTicks: 110, lots: 9, filledLots: 1);
        Assert.Equal(OrderState.Working, _desk.StateOf(order));
    }

    [Fact]
    public void What_filled_is_in_the_exposure_until_the_ledger_has_it_whichever_stream_is_first()
    {
        OrderIntent streamFirst = _desk.Work(Bid(100, 5));
        _desk.Stream(streamFirst, OrderStatus.PartiallyFilled, filledLots: 2);
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Execute(streamFirst, 2);
        Assert.Equal(3, _desk.Exposure().OpenBuyQty.Lots);

        _desk.Execute(streamFirst, 3);
        Assert.Equal(0, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Stream(streamFirst, OrderStatus.Filled, filledLots: 5);
        Assert.Equal(default, _desk.Exposure());
    }

    [Fact]
    public void What_has_filled_keeps_its_price_until_the_ledger_has_it()
    {
        OrderIntent bid = _desk.Work(Bid(100, 5));
        OrderIntent ask = _desk.Work(Bid(100, 5), Ask(120, 4));
        _desk.Send(Assert.Single(_desk.Plan(Bid(100, 5), Ask(117, 4))));   // the amend may have come first
        _desk.Stream(bid, OrderStatus.Filled, filledLots: 5);
        _desk.Stream(ask, OrderStatus.Filled, filledLots: 4);
        _desk.Work(Bid(90, 1));

        OpenExposure open = _desk.Exposure();
        Assert.Equal(new OpenExposure(new(6), new(4), 1, new(90), default, UnbookedBuyPrice: new(100), UnbookedSellPrice: new(117)), open);
        Assert.Equal((100, 117), (open.DearestBuy.Ticks, open.CheapestSell.Ticks));

        _desk.Execute(bid, 5);
        _desk.Execute(ask, 4);
        open = _desk.Exposure();
        Assert.Equal((90, 0), (open.DearestBuy.Ticks, open.CheapestSell.Ticks));
    }

    [Fact]
    public void Own_prices_are_the_best_that_may_rest()
    {
        OrderIntent bid = _desk.Work(Bid(100, 5));
        _desk.Work(Bid(100, 5), Ask(120, 4));
        OrderIntent[] moves = _desk.Plan(Bid(90, 5), Ask(130, 4));
        foreach (OrderIntent move in moves) _desk.Send(move);

        Assert.Equal(new OpenExposure(new(5), new(4), 2, new(100), new(120)), _desk.Exposure());
        _desk.Stream(bid, OrderStatus.New, priceTicks: 90);
        Assert.Equal(90, _desk.Exposure().BestOwnBid.Ticks);
        Assert.Equal(default, _desk.Table.Exposure(Instruments.Eth));
    }

    [Fact]
    public void Stale_events_change_nothing()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 3, updatedMillis: 1_000);

        Assert.Equal(OrderOutcome.Stale, _desk.Stream(order, OrderStatus.New, priceTicks: 50, updatedMillis: 999));
        Assert.Equal(OrderOutcome.Stale, _desk.Stream(order, OrderStatus.New, priceTicks: 50, updatedMillis: 1_001));
        Assert.Equal(100, _desk.Exposure().BestOwnBid.Ticks);
        Assert.Equal(2, _desk.Table.Ignored);
    }

    [Fact]
    public void Orders_of_others_and_of_earlier_sessions_are_reported_and_not_adopted()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));

        Assert.Equal(OrderOutcome.ForeignFound, _desk.Stream(order with { ClientOrderId = ClientOrderId.None }, OrderStatus.New));
        Assert.Equal(OrderOutcome.PreviousSession, _desk.Stream(order with { ClientOrderId = new(Session - 1, 1) }, OrderStatus.Cancelled));
        Assert.Equal(OrderOutcome.PreviousSession, _desk.Stream(order with { ClientOrderId = new(Session - 1, 1) }, OrderStatus.New));
        Assert.Equal(OrderOutcome.Foreign, _desk.Stream(order with { ClientOrderId = ClientOrderId.None }, OrderStatus.Filled));
        Assert.Equal(4, _desk.Table.NotOurs);
        Assert.Equal(1, _desk.Table.LiveOrders);
        Assert.Equal(OrderState.Working, _desk.StateOf(order));
    }

    [Fact]
    public void An_event_that_does_not_fit_the_order_is_ignored()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));

        Assert.Equal(OrderOutcome.Unrecognised, _desk.Stream(order with { Side = Side.Sell }, OrderStatus.Filled));
        Assert.Equal(OrderOutcome.Unrecognised, _desk.Stream(order with { Instrument = Instruments.Eth }, OrderStatus.Filled));
        Assert.Equal(OrderOutcome.Unrecognised, _desk.Stream(order, OrderStatus.Other));
        Assert.Equal(OrderOutcome.Unrecognised, _desk.Stream(order, OrderStatus.Unset));
        Assert.Equal(OrderState.Working, _desk.StateOf(order));
    }

    [Fact]
    public void An_answer_to_no_request_of_this_engine_is_told_apart_and_an_answer_counts_once()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        RequestId request = _desk.Send(place);

        Assert.Equal(OrderOutcome.UnknownRequest, _desk.Acknowledge(RequestId.None, 110001));
        Assert.Equal(OrderOutcome.UnknownRequest, _desk.Acknowledge(request with { Number = 99 }));
        Assert.Equal(OrderOutcome.UnknownRequest, _desk.Acknowledge(request with { Session = Session - 1 }, 110007));
        Assert.Equal(OrderOutcome.Accepted, _desk.Acknowledge(request));
        Assert.Equal(OrderOutcome.UnknownRequest, _desk.Acknowledge(request, 110007));
        Assert.Equal(OrderState.PendingNew, _desk.StateOf(place));
    }

    [Fact]
    public void An_intent_whose_order_has_moved_on_is_not_sent()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        OrderIntent amend = _desk.PlanOne(Bid(110, 5));
        OrderIntent cancel = _desk.PlanOne();
        _desk.Send(cancel);

        Assert.Equal(RequestId.None, _desk.Send(amend));
        Assert.Equal(RequestId.None, _desk.Send(cancel));
        _desk.Stream(order, OrderStatus.Cancelled);
        Assert.Equal(RequestId.None, _desk.Send(cancel));
        Assert.Equal(RequestId.None, _desk.Send(order with { ClientOrderId = ClientOrderId.None }));
        Assert.Equal((0L, 1L), (_desk.Table.AmendsSent, _desk.Table.CancelsSent));
    }

    [Fact]
    public void A_new_session_names_new_orders_and_keeps_the_old_ones()
    {
        OrderIntent old = _desk.Work(Bid(100, 5));
        _desk.Table.BeginSession(Session + 1);

        OrderIntent ask = _desk.PlanOne(Bid(100, 5), Ask(110, 5));
        Assert.Equal(Session + 1, ask.ClientOrderId.Session);
        Assert.Equal(Session + 1, _desk.Send(ask).Session);
        Assert.Equal(OrderOutcome.Filled, _desk.Stream(old, OrderStatus.Filled, filledLots: 5));
    }

    [Fact]
    public void The_order_stream_is_slow_while_it_does_not_show_what_was_accepted_and_not_while_only_the_answer_is_missing()
    {
        OrderIntent order = _desk.PlanOne(OrderDesk.Bid(100, 5));
        RequestId request = _desk.Send(order);
        _desk.Wait(OrderDesk.StreamDelayNanos + 1);
        Assert.False(_desk.Table.IsStreamSlow);

        _desk.Acknowledge(request);
        _desk.Wait(OrderDesk.StreamDelayNanos);
        Assert.False(_desk.Table.IsStreamSlow);
        _desk.Wait(1);
        Assert.True(_desk.Table.IsStreamSlow);

        _desk.Stream(order, OrderStatus.New);
        _desk.Wait(0);
        Assert.False(_desk.Table.IsStreamSlow);
    }

    [Fact]
    public void The_order_stream_stays_slow_while_an_accepted_order_is_unknown_and_its_cancel_on_its_way()
    {
        OrderIntent order = _desk.PlanOne(OrderDesk.Bid(100, 5));
        _desk.Acknowledge(_desk.Send(order));
        Assert.Equal(1, _desk.Wait(TimeoutNanos));
        Assert.True(_desk.Table.IsStreamSlow);
        _desk.Wait(TimeoutNanos);
        RequestId cancel = _desk.Send(Assert.Single(_desk.PlanCancelAll()));
        _desk.Wait(0);
        Assert.True(_desk.Table.IsStreamSlow);
        _desk.Acknowledge(cancel, returnCode: 10006);
        _desk.Wait(0);
        Assert.True(_desk.Table.IsStreamSlow);

        _desk.Stream(order, OrderStatus.Cancelled, cancelType: CancelType.ByUser);
        _desk.Wait(0);
        Assert.False(_desk.Table.IsStreamSlow);
    }

    [Fact]
    public void A_refused_amend_awaits_nothing_of_the_order_stream()
    {
        OrderIntent order = _desk.Work(OrderDesk.Bid(100, 5));
        RequestId request = _desk.Send(_desk.PlanOne(OrderDesk.Bid(90, 5)));
        _desk.Acknowledge(request, returnCode: 110003);
        _desk.Wait(OrderDesk.StreamDelayNanos + 1);

        Assert.Equal(OrderState.Working, _desk.StateOf(order));
        Assert.False(_desk.Table.IsStreamSlow);
    }
}
