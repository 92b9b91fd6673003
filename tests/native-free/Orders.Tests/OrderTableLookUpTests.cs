using LatencyEngine.Model;
using static LatencyEngine.Orders.Tests.OrderDesk;

namespace LatencyEngine.Orders.Tests;

/// <summary>What becomes of an order whose request or answer was lost with a connection, told by the stream or by a look-up.</summary>
public sealed class OrderTableLookUpTests
{
    private readonly OrderDesk _desk = new();

    [Fact]
    public void With_the_connection_every_answer_on_its_way_is_lost_and_only_those_orders_become_unknown()
    {
        OrderIntent working = _desk.Work(Bid(100, 5));
        OrderIntent amended = _desk.Work(Bid(100, 5), Ask(120, 5));
        OrderIntent cancelled = _desk.Work(Bid(100, 5), Ask(120, 5), Ask(130, 5, level: 1));
        OrderIntent[] changes = _desk.Plan(Bid(100, 5), Ask(125, 5));
        foreach (OrderIntent change in changes) _desk.Send(change);
        OrderIntent placed = _desk.PlanOne(Bid(100, 5), Ask(125, 5), Bid(90, 5, level: 1));
        RequestId create = _desk.Send(placed);

        _desk.Table.OnRequestsLost(_desk.Now);

        Assert.Equal(OrderState.Working, _desk.StateOf(working));
        Assert.All([amended, cancelled, placed], order => Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(order)));
        Assert.Equal(3, _desk.Table.CountOutcomeUnknown());
        Assert.Equal([OrderAction.Cancel, OrderAction.Cancel, OrderAction.Cancel], _desk.Plan(Bid(100, 5)).Select(intent => intent.Action));
        Assert.Equal(OrderOutcome.Late, _desk.Acknowledge(create));
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(placed));
    }

    [Fact]
    public void An_order_of_lost_outcome_gets_a_cancel_as_soon_as_one_can_be_sent_and_the_next_after_the_timeout()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        _desk.LoseWith(place);

        OrderIntent cancel = _desk.PlanOne(Bid(100, 5));
        Assert.Equal((OrderAction.Cancel, place.ClientOrderId), (cancel.Action, cancel.ClientOrderId));
        Assert.Equal(OrderOutcome.OutcomeUnknown, _desk.Acknowledge(_desk.Send(cancel), 110001));

        _desk.Wait(TimeoutNanos - 1);
        Assert.Empty(_desk.Plan(Bid(100, 5)));
        _desk.Wait(1);
        Assert.Equal(OrderAction.Cancel, _desk.PlanOne(Bid(100, 5)).Action);
        Assert.Equal(0, _desk.Table.TimedOut);
    }

    [Fact]
    public void An_order_whose_outcome_was_unknown_before_the_loss_need_not_wait_for_its_next_cancel_either()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        Assert.Equal(OrderOutcome.OutcomeUnknown, _desk.Acknowledge(_desk.Send(place), 10016));
        Assert.Empty(_desk.Plan(Bid(100, 5)));

        _desk.Table.OnRequestsLost(_desk.Now);

        Assert.Equal(OrderAction.Cancel, _desk.PlanOne(Bid(100, 5)).Action);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lost_create_that_arrived_rests_as_soon_as_the_stream_or_a_look_up_shows_it(bool byLookUp)
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        _desk.LoseWith(place);

        Assert.Equal(OrderOutcome.Working, byLookUp ? _desk.LookUp(place, OrderStatus.New) : _desk.Stream(place, OrderStatus.New));
        Assert.Equal(OrderState.Working, _desk.StateOf(place));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lost_amend_that_arrived_is_done_when_its_values_are_shown(bool byLookUp)
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.LoseWith(_desk.PlanOne(Bid(110, 8)));

        Assert.Equal(OrderOutcome.Working, byLookUp ? _desk.LookUp(order, OrderStatus.New, 110, 8) : _desk.Stream(order, OrderStatus.New, 110, 8));
        Assert.Equal(OrderState.Working, _desk.StateOf(order));
        Assert.Equal(new OpenExposure(new(8), default, 1, new(110), default), _desk.Exposure());
    }

    [Fact]
    public void A_lost_amend_that_a_look_up_does_not_show_may_still_come_and_the_order_goes_by_a_cancel()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.LoseWith(_desk.PlanOne(Bid(110, 8)));

        Assert.Equal(OrderOutcome.Working, _desk.LookUp(order, OrderStatus.New));
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(order));
        Assert.Equal(8, _desk.Exposure().OpenBuyQty.Lots);

        _desk.Wait(TimeoutNanos);
        _desk.Acknowledge(_desk.Send(_desk.PlanOne(Bid(110, 8))));
        Assert.Equal(OrderOutcome.Cancelled, _desk.Stream(order, OrderStatus.Cancelled, cancelType: CancelType.ByUser));
        Assert.Equal(0, _desk.Table.LiveOrders);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lost_cancel_that_arrived_closes_the_order(bool byLookUp)
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.LoseWith(_desk.PlanOne());

        OrderOutcome outcome = byLookUp
            ? _desk.LookUp(order, OrderStatus.Cancelled, cancelType: CancelType.ByUser, reason: RejectReason.PerCancelRequest)
            : _desk.Stream(order, OrderStatus.Cancelled, cancelType: CancelType.ByUser, reason: RejectReason.PerCancelRequest);
        Assert.Equal(OrderOutcome.Cancelled, outcome);
        Assert.Equal(0, _desk.Table.LiveOrders);
    }

    [Fact]
    public void A_lost_cancel_that_did_not_arrive_leaves_the_order_working_and_it_is_cancelled_anew()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.LoseWith(_desk.PlanOne());

        Assert.Equal(OrderOutcome.Working, _desk.LookUp(order, OrderStatus.New));
        Assert.Equal(OrderState.Working, _desk.StateOf(order));
        Assert.Equal(OrderAction.Cancel, _desk.PlanOne().Action);
    }

    [Fact]
    public void An_order_that_filled_unseen_is_closed_by_a_look_up_and_its_executions_leave_no_exposure()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));

        _desk.Execute(order, 5);
        Assert.Equal(OrderOutcome.Filled, _desk.LookUp(order, OrderStatus.Filled, filledLots: 5));
        Assert.Equal(default, _desk.Exposure());
        Assert.Equal(0, _desk.Table.LiveOrders);
    }

    [Fact]
    public void A_look_up_row_that_is_older_than_the_stream_changes_nothing()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Stream(order, OrderStatus.New, priceTicks: 108, updatedMillis: 1_000);
        _desk.Stream(order, OrderStatus.PartiallyFilled, priceTicks: 108, filledLots: 2, updatedMillis: 1_000);

        Assert.Equal(OrderOutcome.Stale, _desk.LookUp(order, OrderStatus.New, priceTicks: 100, updatedMillis: 999));
        Assert.Equal(OrderOutcome.Stale, _desk.LookUp(order, OrderStatus.New, priceTicks: 108, updatedMillis: 1_000));
        Assert.Equal(OrderOutcome.Stale, _desk.LookUp(order, OrderStatus.PartiallyFilled, priceTicks: 100, filledLots: 2, updatedMillis: 1_000));
        Assert.Equal(108, _desk.Exposure().BestOwnBid.Ticks);
        Assert.Equal(OrderOutcome.Working, _desk.LookUp(order, OrderStatus.PartiallyFilled, priceTicks: 108, filledLots: 2, updatedMillis: 1_000));
    }

    [Fact]
    public void A_stream_row_of_the_same_millisecond_as_a_look_up_row_may_be_the_older_one()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.LookUp(order, OrderStatus.New, priceTicks: 108, updatedMillis: 1_000);

        Assert.Equal(OrderOutcome.Stale, _desk.Stream(order, OrderStatus.New, priceTicks: 104, updatedMillis: 1_000));
        Assert.Equal(108, _desk.Exposure().BestOwnBid.Ticks);
        Assert.Equal(OrderOutcome.Working, _desk.Stream(order, OrderStatus.PartiallyFilled, priceTicks: 109, filledLots: 1, updatedMillis: 1_000));
        Assert.Equal(OrderOutcome.Working, _desk.Stream(order, OrderStatus.PartiallyFilled, priceTicks: 110, filledLots: 1, updatedMillis: 1_001));
    }

    [Fact]
    public void A_reason_in_a_look_up_row_may_be_an_old_one_and_does_not_settle_an_amend()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Send(_desk.PlanOne(Bid(110, 8)));

        _desk.LookUp(order, OrderStatus.New, reason: RejectReason.Other);
        Assert.Equal(OrderState.PendingAmend, _desk.StateOf(order));
        Assert.Equal(8, _desk.Exposure().OpenBuyQty.Lots);
    }

    [Fact]
    public void A_stream_that_is_behind_a_look_up_shows_no_unexpected_order()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        _desk.LoseWith(place);
        _desk.LookUp(place, OrderStatus.Cancelled, updatedMillis: 50);

        Assert.Equal(OrderOutcome.Stale, _desk.Stream(place, OrderStatus.New, updatedMillis: 49));
        Assert.Equal(OrderOutcome.Repeated, _desk.Stream(place, OrderStatus.Cancelled, updatedMillis: 50));
        Assert.Equal(0, _desk.Table.LiveOrders);
    }

    [Fact]
    public void A_row_that_is_older_than_the_orders_end_makes_no_orphan_of_it_whoever_told_the_end()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Stream(order, OrderStatus.Filled, filledLots: 5, updatedMillis: 1_000);

        Assert.Equal(OrderOutcome.Stale, _desk.LookUp(order, OrderStatus.New, updatedMillis: 1_000));
        Assert.Equal(OrderOutcome.Stale, _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 4, updatedMillis: 999));
        Assert.Equal((0, 0L, 2L), (_desk.Table.LiveOrders, _desk.Table.OrphansFound, _desk.Table.Ignored));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_open_row_that_is_newer_than_the_end_makes_an_orphan_that_is_cancelled_and_watched_until_it_is_closed(bool byLookUp)
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Stream(order, OrderStatus.Filled, filledLots: 5, updatedMillis: 1_000);
        _desk.Execute(order, 5);

        Assert.Equal(OrderOutcome.Orphan, byLookUp ? _desk.LookUp(order, OrderStatus.PartiallyFilled, filledLots: 2, updatedMillis: 1_001) : _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 2, updatedMillis: 1_001));
        Assert.Equal((OrderState.OutcomeUnknown, 1, 1L), (_desk.StateOf(order), _desk.Table.LiveOrphans, _desk.Table.OrphansFound));
        Assert.Equal(3, _desk.Exposure().OpenBuyQty.Lots);
        Assert.Equal(ClientOrderId.None, _desk.Table.QuoteAt(_desk.Instrument, Side.Buy, 0));

        OrderIntent cancel = Assert.Single(_desk.PlanCancelAll());
        Assert.Equal((OrderAction.Cancel, order.ClientOrderId), (cancel.Action, cancel.ClientOrderId));
        _desk.Send(cancel);
        Assert.Equal(OrderOutcome.Cancelled, _desk.Stream(order, OrderStatus.Cancelled, filledLots: 2, cancelType: CancelType.ByUser, updatedMillis: 1_002));
        Assert.Equal((0, 0, 1L), (_desk.Table.LiveOrders, _desk.Table.LiveOrphans, _desk.Table.UnknownResolved));
        Assert.Equal(OrderOutcome.Stale, _desk.LookUp(order, OrderStatus.PartiallyFilled, filledLots: 2, updatedMillis: 1_001));
    }

    [Fact]
    public void An_order_of_an_earlier_session_that_a_look_up_lists_is_taken_in_as_soon_as_its_place_in_the_table_is_free()
    {
        OrderIntent mine = _desk.Work(Bid(100, 5));
        OrderIntent earlier = mine with { ClientOrderId = new(Session - 1, mine.ClientOrderId.Number) };

        Assert.Equal(OrderOutcome.OrphanWaits, _desk.LookUp(earlier, OrderStatus.New));
        Assert.Equal(0, _desk.Table.OrphansFound);
        _desk.Stream(mine, OrderStatus.Cancelled);
        Assert.Equal(OrderOutcome.Orphan, _desk.LookUp(earlier, OrderStatus.New));
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(earlier));
        Assert.Equal(earlier.ClientOrderId, Assert.Single(_desk.PlanCancelAll()).ClientOrderId);
    }

    [Fact]
    public void An_order_of_others_is_found_once_and_never_touched()
    {
        OrderIntent other = _desk.PlanOne(Bid(100, 5)) with { ClientOrderId = ClientOrderId.None };

        Assert.Equal(OrderOutcome.ForeignFound, _desk.LookUp(other, OrderStatus.New));
        Assert.Equal(OrderOutcome.Foreign, _desk.LookUp(other, OrderStatus.New));
        Assert.Equal(OrderOutcome.Foreign, _desk.Stream(other, OrderStatus.Cancelled));
        Assert.Equal((1L, 0), (_desk.Table.ForeignOrders, _desk.Table.LiveOrders));
        Assert.Empty(_desk.PlanCancelAll());
    }

    [Fact]
    public void What_the_orders_had_filled_before_a_time_is_in_a_position_that_is_known_to_be_the_venues()
    {
        OrderIntent filled = _desk.Work(Bid(100, 5));
        _desk.Stream(filled, OrderStatus.Filled, filledLots: 5);
        OrderIntent partly = _desk.Work(Bid(100, 5));
        _desk.Stream(partly, OrderStatus.PartiallyFilled, filledLots: 2);
        Assert.Equal(10, _desk.Exposure().OpenBuyQty.Lots);

        // told at 2 and at 4 ms
        _desk.Table.OnPositionKnown(_desk.Instrument, 2);
        Assert.Equal(10, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Table.OnPositionKnown(_desk.Instrument, 4);
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Table.OnPositionKnown(_desk.Instrument, 5);
        Assert.Equal(3, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Stream(partly, OrderStatus.Cancelled, filledLots: 2);
        Assert.Equal(0, _desk.Exposure().OpenBuyQty.Lots);
    }

    [Fact]
    public void An_execution_of_what_was_written_off_counts_no_second_time_and_one_of_a_later_fill_does()
    {
        OrderIntent place = _desk.Work(Bid(100, 10));
        _desk.Stream(place, OrderStatus.PartiallyFilled, filledLots: 4, updatedMillis: 100);
        _desk.Stream(place, OrderStatus.PartiallyFilled, priceTicks: 101, filledLots: 4, updatedMillis: 900);   // moved since: no new fill
        _desk.Table.OnPositionKnown(_desk.Instrument, 101);
        Assert.Equal(6, _desk.Exposure().OpenBuyQty.Lots);

        _desk.Execute(place, 4, executedMillis: 100);
        Assert.Equal(6, _desk.Exposure().OpenBuyQty.Lots);
        Assert.Equal(4, _desk.PlanOne(Bid(110, 5)).FilledQty.Lots);

        _desk.Execute(place, 1, executedMillis: 1_000);
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Stream(place, OrderStatus.Filled, filledLots: 10, updatedMillis: 1_001);
        _desk.Execute(place, 4, executedMillis: 100);
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Execute(place, 5, executedMillis: 1_001);
        Assert.Equal(0, _desk.Exposure().OpenBuyQty.Lots);
    }

    [Fact]
    public void An_execution_of_what_an_ended_order_had_written_off_does_not_count_for_another_order()
    {
        OrderIntent first = _desk.Work(Bid(100, 5));
        _desk.Stream(first, OrderStatus.Filled, filledLots: 5, updatedMillis: 100);
        OrderIntent second = _desk.Work(Bid(100, 5));
        _desk.Stream(second, OrderStatus.Filled, filledLots: 5, updatedMillis: 200);
        _desk.Table.OnPositionKnown(_desk.Instrument, 150);
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);

        _desk.Execute(first, 5, executedMillis: 100);
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Execute(second, 5, executedMillis: 200);
        Assert.Equal(0, _desk.Exposure().OpenBuyQty.Lots);
    }

    [Fact]
    public void An_execution_of_what_an_orphan_had_filled_when_it_was_found_counts_no_second_time()
    {
        OrderIntent orphan = _desk.PlanOne(Bid(100, 10)) with { ClientOrderId = new(Session - 1, 9) };
        _desk.LookUp(orphan, OrderStatus.PartiallyFilled, filledLots: 4, updatedMillis: 100);
        Assert.Equal(6, _desk.Exposure().OpenBuyQty.Lots);

        _desk.Execute(orphan, 4, executedMillis: 100);
        Assert.Equal(6, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Execute(orphan, 1, executedMillis: 101);
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);
    }

    [Fact]
    public void Of_more_ended_orders_without_executions_than_the_table_holds_the_last_stay_in_the_exposure()
    {
        OrderIntent place = default;
        for (int i = 0; i < OrderTable.Capacity + 10; i++)
        {
            place = _desk.Work(Bid(100, 5));
            _desk.Stream(place, OrderStatus.Filled, filledLots: 5);
        }

        Assert.Equal(5L * OrderTable.Capacity, _desk.Exposure().OpenBuyQty.Lots);
        _desk.Execute(place, 5);
        Assert.Equal(5L * (OrderTable.Capacity - 1), _desk.Exposure().OpenBuyQty.Lots);
        _desk.Table.OnPositionKnown(_desk.Instrument, long.MaxValue);
        Assert.Equal(default, _desk.Exposure());
    }

    [Fact]
    public void Orders_of_unknown_outcome_are_counted_when_they_become_known_and_only_then()
    {
        OrderIntent shown = _desk.PlanOne(Bid(100, 5));
        _desk.LoseWith(shown);
        Assert.Equal(0, _desk.Table.UnknownResolved);
        _desk.Stream(shown, OrderStatus.New);
        Assert.Equal(1, _desk.Table.UnknownResolved);

        OrderIntent absent = _desk.PlanOne(Bid(100, 5), Ask(120, 5));
        _desk.LoseWith(absent);
        _desk.Wait(LifetimeNanos + 1);
        _desk.Table.OnAbsent(absent.ClientOrderId, _desk.Now, mayHaveMissedItsEnd: false);
        Assert.Equal(2, _desk.Table.UnknownResolved);
        _desk.Stream(shown, OrderStatus.Cancelled);
        Assert.Equal(2, _desk.Table.UnknownResolved);
    }

    [Fact]
    public void An_order_that_the_venue_does_not_know_is_closed_only_when_its_create_can_no_longer_arrive()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        EpochNanos sentAt = _desk.Now;
        _desk.LoseWith(place);

        Assert.Equal(OrderOutcome.Stale, _desk.Table.OnAbsent(place.ClientOrderId, new EpochNanos(sentAt.Nanos + LifetimeNanos), mayHaveMissedItsEnd: false));
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(place));
        Assert.Equal(OrderOutcome.Absent, _desk.Table.OnAbsent(place.ClientOrderId, new EpochNanos(sentAt.Nanos + LifetimeNanos + 1), mayHaveMissedItsEnd: false));
        Assert.Equal(0, _desk.Table.LiveOrders);
        Assert.Equal(OrderOutcome.Stale, _desk.Table.OnAbsent(place.ClientOrderId, new EpochNanos(sentAt.Nanos + LifetimeNanos + 1), mayHaveMissedItsEnd: false));
        Assert.Equal(OrderOutcome.Orphan, _desk.Stream(place, OrderStatus.New));
    }

    [Fact]
    public void An_order_that_the_venue_does_not_know_is_closed_although_another_cancel_for_it_is_on_its_way()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        _desk.LoseWith(place);
        _desk.Wait(LifetimeNanos + 1);
        _desk.Send(_desk.PlanOne());

        Assert.Equal(OrderState.PendingCancel, _desk.StateOf(place));
        Assert.Equal(OrderOutcome.Absent, _desk.Table.OnAbsent(place.ClientOrderId, _desk.Now, mayHaveMissedItsEnd: false));
    }

    [Fact]
    public void An_order_that_is_known_or_waits_for_an_answer_is_not_closed_by_its_absence()
    {
        OrderIntent working = _desk.Work(Bid(100, 5));
        OrderIntent pending = _desk.PlanOne(Bid(100, 5), Ask(120, 5));
        RequestId create = _desk.Send(pending);
        _desk.Now = new EpochNanos(_desk.Now.Nanos + (2 * LifetimeNanos));

        Assert.Equal(OrderOutcome.Stale, _desk.Table.OnAbsent(working.ClientOrderId, _desk.Now, mayHaveMissedItsEnd: false));
        Assert.Equal(OrderOutcome.Stale, _desk.Table.OnAbsent(pending.ClientOrderId, _desk.Now, mayHaveMissedItsEnd: false));
        Assert.Equal(2, _desk.Table.LiveOrders);
        Assert.Equal(OrderOutcome.Accepted, _desk.Acknowledge(create));
        _desk.Send(_desk.PlanCancelAll()[0]);
        Assert.Equal(OrderOutcome.Stale, _desk.Table.OnAbsent(working.ClientOrderId, _desk.Now, mayHaveMissedItsEnd: false));
    }

    [Fact]
    public void A_working_order_that_the_venue_does_not_know_after_the_stream_was_away_is_of_unknown_outcome_and_goes()
    {
        OrderIntent place = _desk.Work(Bid(100, 5));
        EpochNanos sentAt = _desk.Now;
        Assert.Equal(OrderOutcome.Stale, _desk.Table.OnAbsent(place.ClientOrderId, new EpochNanos(sentAt.Nanos + LifetimeNanos), mayHaveMissedItsEnd: true));
        Assert.Equal(OrderState.Working, _desk.StateOf(place));

        _desk.Now = new EpochNanos(sentAt.Nanos + LifetimeNanos + 1);
        Assert.Equal(OrderOutcome.OutcomeUnknown, _desk.Table.OnAbsent(place.ClientOrderId, _desk.Now, mayHaveMissedItsEnd: true));
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(place));
        Assert.Equal(5, _desk.Exposure().OpenBuyQty.Lots);

        OrderIntent cancel = _desk.PlanOne(Bid(100, 5));
        Assert.Equal(OrderAction.Cancel, cancel.Action);
        Assert.Equal(OrderOutcome.OutcomeUnknown, _desk.Acknowledge(_desk.Send(cancel), 110001));
        Assert.Equal(OrderOutcome.Absent, _desk.Table.OnAbsent(place.ClientOrderId, _desk.Now, mayHaveMissedItsEnd: false));
        Assert.Equal(0, _desk.Table.LiveOrders);
    }

    [Fact]
    public void The_stream_that_has_spoken_since_a_look_up_was_asked_is_believed()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Wait(LifetimeNanos + 1);
        EpochNanos askedAt = _desk.Now;
        _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 1, updatedMillis: askedAt.Milliseconds);
        _desk.LoseWith(_desk.PlanOne());

        Assert.Equal(OrderOutcome.Stale, _desk.Table.OnAbsent(order.ClientOrderId, askedAt, mayHaveMissedItsEnd: false));
        Assert.Equal(OrderOutcome.Absent, _desk.Table.OnAbsent(order.ClientOrderId, EpochNanos.FromMilliseconds(askedAt.Milliseconds + 1), mayHaveMissedItsEnd: false));
    }

    [Fact]
    public void A_look_up_asks_for_every_order_that_may_be_alive()
    {
        OrderIntent working = _desk.Work(Bid(100, 5));
        OrderIntent unknown = _desk.PlanOne(Bid(100, 5), Ask(120, 5));
        _desk.LoseWith(unknown);

        var names = new ClientOrderId[_desk.Table.LiveOrders];
        Assert.Equal(2, _desk.Table.CopyLive(names));
        Assert.Equal([working.ClientOrderId.Number, unknown.ClientOrderId.Number], names.Select(name => name.Number).Order());
        Assert.Equal(1, _desk.Table.CopyLive(names.AsSpan(1)));
    }
}
