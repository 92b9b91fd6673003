using LatencyEngine.Model;
using static LatencyEngine.Orders.Tests.OrderDesk;

namespace LatencyEngine.Orders.Tests;

public sealed class OrderTablePlanTests
{
    private readonly OrderDesk _desk = new();

    [Fact]
    public void Wanted_quotes_that_do_not_work_are_placed_each_under_its_own_name()
    {
        OrderIntent[] intents = _desk.Plan(Bid(100, 5), Bid(99, 7, level: 1), Ask(102, 6));

        Assert.Equal(3, intents.Length);
        Assert.Equal(new OrderIntent(OrderAction.Place, Instruments.Btc, Side.Buy, new(100), new(5), default, default, new(Session, 1), TimeInForce.PostOnly, ReduceOnly: false), intents[0]);
        Assert.Equal(3, intents.Select(intent => intent.ClientOrderId).Distinct().Count());
    }

    [Fact]
    public void A_quote_of_quantity_zero_is_not_placed_and_one_that_works_is_cancelled()
    {
        Assert.Empty(_desk.Plan(Bid(100, 0)));
        OrderIntent order = _desk.Work(Bid(100, 5));

        OrderIntent cancel = _desk.PlanOne(Bid(100, 0));
        Assert.Equal((OrderAction.Cancel, order.ClientOrderId, 5L), (cancel.Action, cancel.ClientOrderId, cancel.PreviousQty.Lots));
    }

    [Fact]
    public void A_level_that_is_not_named_is_cancelled_and_another_instrument_is_not_touched()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));

        Assert.Equal(0, _desk.Table.Plan(Instruments.Eth, [], new OrderIntent[4]));
        Assert.Equal((OrderAction.Cancel, order.ClientOrderId), (_desk.PlanOne().Action, _desk.PlanOne().ClientOrderId));
    }

    [Theory]
    [InlineData(98, false)]
    [InlineData(102, false)]
    [InlineData(97, true)]
    [InlineData(103, true)]
    public void A_quote_moves_when_its_target_is_at_least_the_requote_distance_away(long targetTicks, bool moves)
    {
        OrderIntent order = _desk.Work(Bid(100, 5));

        OrderIntent[] intents = _desk.Plan(Bid(targetTicks, 5));
        Assert.Equal(moves ? 1 : 0, intents.Length);
        if (moves) Assert.Equal((OrderAction.Amend, order.ClientOrderId, targetTicks, 5L, 5L), (intents[0].Action, intents[0].ClientOrderId, intents[0].Price.Ticks, intents[0].Qty.Lots, intents[0].PreviousQty.Lots));
    }

    [Fact]
    public void The_requote_distance_is_the_instruments_own()
    {
        var desk = new OrderDesk { Instrument = Instruments.Eth };
        desk.Work(Bid(100, 5));

        Assert.Empty(desk.Plan(Bid(104, 5)));
        Assert.Equal((OrderAction.Amend, 105L), (desk.PlanOne(Bid(105, 5)).Action, desk.PlanOne(Bid(105, 5)).Price.Ticks));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, true)]
    [InlineData(12, false)]
    [InlineData(24, false)]
    [InlineData(25, true)]
    public void A_quote_is_resized_at_its_price_only_to_shrink_or_when_less_than_half_is_open(long targetLots, bool resizes)
    {
        _desk.Work(Bid(100, 12));

        OrderIntent[] intents = _desk.Plan(Bid(101, targetLots));
        Assert.Equal(resizes ? 1 : 0, intents.Length);
        if (resizes) Assert.Equal((OrderAction.Amend, 100L, targetLots), (intents[0].Action, intents[0].Price.Ticks, intents[0].Qty.Lots));
    }

    [Fact]
    public void A_partial_fill_keeps_its_place_in_the_queue_until_less_than_half_is_left()
    {
        OrderIntent order = _desk.Work(Bid(100, 10));
        _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 5);
        Assert.Empty(_desk.Plan(Bid(100, 10)));

        _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 6);
        OrderIntent amend = _desk.PlanOne(Bid(100, 10));
        Assert.Equal((100L, 16L, 4L, 6L), (amend.Price.Ticks, amend.Qty.Lots, amend.PreviousQty.Lots, amend.FilledQty.Lots));
    }

    [Fact]
    public void The_quantity_of_an_amend_is_the_new_total_filled_plus_wanted()
    {
        OrderIntent order = _desk.Work(Ask(100, 10));
        _desk.Stream(order, OrderStatus.PartiallyFilled, filledLots: 3);

        Assert.Equal(3 + 8, _desk.PlanOne(Ask(110, 8)).Qty.Lots);
        _desk.Execute(order, 4);
        Assert.Equal(4 + 8, _desk.PlanOne(Ask(110, 8)).Qty.Lots);
    }

    [Fact]
    public void An_order_with_a_request_on_its_way_waits_for_the_answer()
    {
        OrderIntent place = _desk.PlanOne(Bid(100, 5));
        RequestId request = _desk.Send(place);
        Assert.Empty(_desk.Plan(Bid(200, 5)));
        Assert.Empty(_desk.Plan());
        Assert.Empty(_desk.PlanCancelAll());

        _desk.Acknowledge(request);
        Assert.Empty(_desk.Plan(Bid(200, 5)));
        _desk.Stream(place, OrderStatus.New);
        _desk.Send(_desk.PlanOne(Bid(200, 5)));
        Assert.Empty(_desk.Plan(Bid(300, 5)));
        Assert.Empty(_desk.PlanCancelAll());
    }

    [Fact]
    public void An_order_that_is_all_executed_is_left_to_the_stream()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        _desk.Execute(order, 5);

        Assert.Empty(_desk.Plan(Bid(200, 5)));
    }

    [Fact]
    public void A_plan_that_is_not_sent_changes_nothing_and_is_planned_again()
    {
        OrderIntent first = _desk.PlanOne(Bid(100, 5));
        OrderIntent second = _desk.PlanOne(Bid(100, 5));

        Assert.NotEqual(first.ClientOrderId, second.ClientOrderId);
        Assert.Equal(0, _desk.Table.LiveOrders);
    }

    [Fact]
    public void Two_plans_for_one_level_never_become_two_orders()
    {
        OrderIntent first = _desk.PlanOne(Bid(100, 5));
        OrderIntent second = _desk.PlanOne(Bid(100, 5));

        Assert.NotEqual(RequestId.None, _desk.Send(first));
        Assert.Equal(RequestId.None, _desk.Send(second));
        Assert.Equal(RequestId.None, _desk.Send(first));
        Assert.Equal(1, _desk.Table.LiveOrders);
        Assert.Equal(1, _desk.Table.CreatesSent);
    }

    [Fact]
    public void Of_two_targets_for_one_level_the_first_counts() =>
        Assert.Equal(100, _desk.PlanOne(Bid(100, 5), Bid(90, 5)).Price.Ticks);

    [Fact]
    public void Cancels_come_first_then_amends_farthest_first_then_places()
    {
        OrderIntent near = _desk.Work(Bid(100, 5));
        OrderIntent far = _desk.Work(Bid(100, 5), Bid(90, 5, level: 1));
        OrderIntent gone = _desk.Work(Bid(100, 5), Bid(90, 5, level: 1), Ask(120, 5, level: 1));

        OrderIntent[] intents = _desk.Plan(Ask(110, 5), Bid(103, 5), Bid(80, 5, level: 1));
        Assert.Equal([OrderAction.Cancel, OrderAction.Amend, OrderAction.Amend, OrderAction.Place], intents.Select(intent => intent.Action));
        Assert.Equal([gone.ClientOrderId, far.ClientOrderId, near.ClientOrderId], intents.Take(3).Select(intent => intent.ClientOrderId));
    }

    [Fact]
    public void A_short_span_takes_the_farthest_amends()
    {
        _desk.Work(Bid(100, 5));
        OrderIntent far = _desk.Work(Bid(100, 5), Bid(90, 5, level: 1));
        var one = new OrderIntent[1];

        Assert.Equal(1, _desk.Table.Plan(Instruments.Btc, [Bid(103, 5), Bid(80, 5, level: 1), Ask(120, 5)], one));
        Assert.Equal(far.ClientOrderId, one[0].ClientOrderId);
        Assert.Equal(0, _desk.Table.Plan(Instruments.Btc, [Bid(103, 5)], []));
    }

    [Fact]
    public void Cancelling_everything_takes_quotes_and_other_orders_alike()
    {
        OrderIntent quote = _desk.Work(Bid(100, 5));
        OrderIntent other = quote with { ClientOrderId = _desk.Table.NextName(), Side = Side.Sell, TimeInForce = TimeInForce.GoodTillCancel, ReduceOnly = true };
        Assert.NotEqual(RequestId.None, _desk.Send(other));
        _desk.Stream(other, OrderStatus.New);

        OrderIntent[] cancels = _desk.PlanCancelAll();
        Assert.Equal(2, cancels.Length);
        Assert.Contains(cancels, cancel => cancel.ClientOrderId == other.ClientOrderId && cancel.ReduceOnly);
        Assert.Equal(quote.ClientOrderId, _desk.PlanOne().ClientOrderId);
    }

    [Fact]
    public void A_number_whose_slot_is_taken_is_skipped_and_a_full_table_names_nothing()
    {
        OrderIntent quote = _desk.Work(Bid(100, 5));
        var names = new HashSet<ClientOrderId>();
        for (int i = 1; i < OrderTable.Capacity; i++)
        {
            OrderIntent other = quote with { ClientOrderId = _desk.Table.NextName() };
            Assert.True(names.Add(other.ClientOrderId));
            Assert.NotEqual(RequestId.None, _desk.Send(other));
        }

        Assert.DoesNotContain(quote.ClientOrderId, names);
        Assert.Equal(OrderTable.Capacity, _desk.Table.LiveOrders);
        Assert.Equal(ClientOrderId.None, _desk.Table.NextName());
        Assert.Empty(_desk.Plan(Bid(100, 5), Ask(110, 5)));

        _desk.Stream(quote, OrderStatus.Filled, filledLots: 5);
        Assert.True(_desk.Table.NextName().IsOurs);
    }

    [Fact]
    public void Targets_in_the_quoters_order_and_in_reverse_lead_to_the_same_requests()
    {
        int settled = 0, withRequests = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var desk = new OrderDesk();
            for (int step = 0; step < 30; step++)
            {
                QuoteTarget[] targets = [Bid(random.Next(98, 104), random.Next(4)), Bid(random.Next(96, 100), random.Next(4), level: 1), Ask(random.Next(104, 110), random.Next(4)), Ask(random.Next(108, 112), random.Next(4), level: 1)];
                OrderIntent[] intents = desk.Plan(targets);
                OrderIntent[] reversed = desk.Plan([.. targets.Reverse()]);

                // A place that is planned again has another name.
                Assert.Equivalent(intents.Select(Nameless), reversed.Select(Nameless), strict: true);
                if (intents.Length == 0) settled++;
                else withRequests++;
                foreach (OrderIntent intent in intents) Answer(desk, intent, random);
                if (random.Next(5) == 0) desk.Wait(OrderDesk.TimeoutNanos);
            }
        }

        Assert.True(settled > 500 && withRequests > 500, $"{settled} plans came to nothing, {withRequests} to something");

        static OrderIntent Nameless(OrderIntent intent) => intent.Action == OrderAction.Place ? intent with { ClientOrderId = default } : intent;

        static void Answer(OrderDesk desk, OrderIntent intent, Random random)
        {
            const int ServerTimeout = 10_000, Refused = 170_000;
            RequestId request = desk.Send(intent);
            int answer = random.Next(6);
            if (answer == 0) return;
            desk.Acknowledge(request, answer switch { 1 => ServerTimeout, 2 => Refused, _ => 0 });
            if (answer <= 3) return;
            if (intent.Action == OrderAction.Cancel) desk.Stream(intent, OrderStatus.Cancelled, cancelType: CancelType.ByUser);
            else if (answer == 4) desk.Stream(intent, OrderStatus.New, filledLots: intent.FilledQty.Lots);
            else desk.Stream(intent, OrderStatus.PartiallyFilled, filledLots: intent.FilledQty.Lots + random.Next((int)(intent.Qty - intent.FilledQty).Lots));
        }
    }

    [Fact]
    public void Time_that_changes_no_order_is_no_change()
    {
        OrderIntent order = _desk.Work(Bid(100, 5));
        long changes = _desk.Table.Changes;
        _desk.Wait(OrderDesk.TimeoutNanos);
        Assert.Equal(changes, _desk.Table.Changes);

        _desk.Send(order with { Action = OrderAction.Cancel });
        changes = _desk.Table.Changes;
        _desk.Wait(OrderDesk.TimeoutNanos);
        Assert.Equal(OrderState.OutcomeUnknown, _desk.StateOf(order));
        Assert.NotEqual(changes, _desk.Table.Changes);
    }

    [Theory]
    [InlineData(0, 3, 1, TimeInForce.PostOnly, 1, 1)]
    [InlineData(17, 3, 1, TimeInForce.PostOnly, 1, 1)]
    [InlineData(2, 0, 1, TimeInForce.PostOnly, 1, 1)]
    [InlineData(2, 3, 0, TimeInForce.PostOnly, 1, 1)]
    [InlineData(2, 3, 1, TimeInForce.PostOnly, 0, 1)]
    [InlineData(2, 3, 1, TimeInForce.Unset, 1, 1)]
    [InlineData(2, 3, 1, TimeInForce.ImmediateOrCancel, 1, 1)]
    [InlineData(2, 3, 1, TimeInForce.PostOnly, 1, 0)]
    public void A_table_that_cannot_work_is_refused_when_constructed(int levels, long requoteTicks, long timeoutNanos, TimeInForce timeInForce, long lifetimeNanos, long streamDelayNanos) =>
        Assert.Throws<ArgumentException>(() => new OrderTable(Instruments.Two, levels, new OrderTableSettings([3, requoteTicks], timeoutNanos, timeInForce, lifetimeNanos, streamDelayNanos)));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_table_needs_one_requote_distance_an_instrument(int count) => Assert.Equal(
        $"order table: requote ticks are needed for 2 instruments, was {count}",
        Assert.Throws<ArgumentException>(() => new OrderTable(Instruments.Two, 2, OrderDesk.Settings with { RequoteTicks = new long[count] })).Message);
}
