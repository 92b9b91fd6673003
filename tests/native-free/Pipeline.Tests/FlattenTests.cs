using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>An operator's flatten: quotes away first, then every position closed by orders that can only reduce it.</summary>
public sealed class FlattenTests
{
    private const long TouchMillis = 100;

    [Theory]
    [InlineData("Buy", "Sell", "59940.0")]
    [InlineData("Sell", "Buy", "60060.2")]
    public void The_quotes_go_first_and_then_one_order_closes_the_position_through_the_touch(string held, string closing, string price)
    {
        EngineUnderTest engine = Holding(held);

        engine.Command(OperatorCommand.Flatten);
        List<string> cancels = engine.Requests();
        Assert.All(cancels, request => Assert.Equal("order.cancel", SentRequest.Parse(request).Operation));
        Assert.NotEmpty(cancels);
        engine.Answer(cancels);
        engine.Book(600_000, 600_002);

        string close = Assert.Single(engine.Requests());
        SentRequest sent = SentRequest.Parse(close);
        Assert.Equal(("order.create", closing, decimal.Parse(price), "0.010"), (sent.Operation, sent.Side, sent.PriceValue, sent.Qty));
        Assert.Contains("\"timeInForce\":\"IOC\"", close, StringComparison.Ordinal);
        Assert.Contains("\"reduceOnly\":true", close, StringComparison.Ordinal);
    }

    [Fact]
    public void Once_filled_the_engine_says_that_it_is_flat_and_sends_nothing_more()
    {
        EngineUnderTest engine = Holding("Buy");
        Assert.Equal(ClosingState.Unset, engine.State().Closing);
        SentRequest close = Close(engine);
        Assert.Equal(ClosingState.Closing, engine.State().Closing);

        engine.Fill(close, "0.010", "0", execution: 2);

        Assert.Equal(ClosingState.Flat, engine.State().Closing);
        engine.Move();
        Assert.Empty(engine.Requests());
        Assert.Equal(1, engine.Meters.ClosesSent);
    }

    [Fact]
    public void The_order_filled_but_not_executed_yet_is_neither_flat_nor_closed_again()
    {
        EngineUnderTest engine = Holding("Buy");
        SentRequest close = Close(engine);

        engine.Order(close, "Filled", leaves: "0", filled: "0.010");
        engine.Move();

        Assert.Empty(engine.Requests());
        Assert.Equal(ClosingState.Closing, engine.State().Closing);
    }

    [Fact]
    public void What_one_order_may_not_hold_takes_several_one_after_the_other_and_leaves_no_rest_below_the_smallest()
    {
        EngineUnderTest engine = Holding("Buy", new EngineUnderTest(orderMaxLots: 10, minOrderLots: 4), "0.010", "0.011");   // two fills: 21 lots

        SentRequest first = Close(engine);
        Assert.Equal("0.010", first.Qty);
        engine.Move();
        Assert.Empty(engine.Requests());   // not while the first may fill

        engine.Fill(first, "0.010", "0", execution: 8);
        Assert.Empty(engine.Requests());   // not on the book before the fill
        engine.Move();
        SentRequest second = SentRequest.Parse(Assert.Single(engine.Requests()));
        Assert.Equal("0.007", second.Qty);   // 11 less the 4 that can be an order of their own

        engine.Fill(second, "0.007", "0", execution: 9);
        engine.Move();
        Assert.Equal("0.004", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);
    }

    [Fact]
    public void An_order_that_found_nothing_is_repeated_on_the_next_book()
    {
        EngineUnderTest engine = Holding("Buy");
        SentRequest close = Close(engine);

        engine.Order(close, "Cancelled", leaves: "0", rejectReason: "EC_NoImmediateQtyToFill", endOfBurst: true);
        Assert.Empty(engine.Requests());
        engine.Move();

        Assert.Equal("0.010", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);
    }

    [Theory]
    [InlineData(110003)]
    [InlineData(10006)]
    [InlineData(10010)]
    public void A_refused_order_is_repeated_a_second_later_and_not_on_every_book(int returnCode)
    {
        EngineUnderTest engine = Holding("Buy");
        Close(engine, out string request);

        engine.Refuse(request, returnCode);
        Assert.Equal("0.010", SentRequest.Parse(Retry(engine)).Qty);
        Assert.Equal(ClosingState.Closing, engine.State().Closing);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void When_the_venue_says_that_nothing_is_there_to_reduce_it_is_asked_what_it_holds(bool byStream)
    {
        EngineUnderTest engine = Holding("Buy");
        SentRequest close = Close(engine, out string request);

        if (byStream) engine.Order(close, "Cancelled", leaves: "0", cancelType: "CancelByReduceOnly", endOfBurst: true);
        else engine.Refuse(request, 110017);
        Assert.Single(engine.Outbound(), frame => frame.Kind == OutboundKind.LookUpRequest);
        for (int i = 0; i < 10; i++) engine.Move();
        Assert.Empty(engine.Requests());

        engine.EndPicture("10000");   // no position
        Assert.Empty(engine.Requests());
        Assert.Equal(ClosingState.Flat, engine.State().Closing);
    }

    [Fact]
    public void An_order_that_the_matching_engine_ends_for_another_reason_than_an_empty_book_waits_a_second_too()
    {
        EngineUnderTest engine = Holding("Buy");
        SentRequest close = Close(engine);

        engine.Order(close, "Cancelled", leaves: "0", rejectReason: "EC_ReachRiskPriceLimit", endOfBurst: true);

        Assert.Equal("0.010", SentRequest.Parse(Retry(engine)).Qty);
    }

    [Fact]
    public void What_the_venue_refuses_too_often_is_given_up_and_said_until_it_is_to_be_closed_anew()
    {
        EngineUnderTest engine = Holding("Buy");
        Close(engine, out string request);
        for (int refusals = 1; refusals < PositionCloser.RefusalsMax; refusals++)
        {
            engine.Refuse(request, 110003);
            request = Retry(engine);
        }

        Assert.Equal(ClosingState.Closing, engine.State().Closing);
        engine.Refuse(request, 110003);
        for (int i = 0; i < 20; i++) engine.Move();
        Assert.Empty(engine.Requests());
        Assert.Equal(ClosingState.Refused, engine.State().Closing);

        engine.Command(OperatorCommand.Flatten);
        Assert.Single(engine.Requests());
        Assert.Equal(ClosingState.Closing, engine.State().Closing);
    }

    [Fact]
    public void Refusals_are_counted_anew_once_an_order_was_taken()
    {
        EngineUnderTest engine = Holding("Buy");
        Close(engine, out string request);
        for (int tries = 0; tries < PositionCloser.RefusalsMax; tries++)
        {
            engine.Refuse(request, 110003);
            request = Retry(engine);
            if (tries != 5) continue;
            engine.Order(SentRequest.Parse(request), "Cancelled", leaves: "0", rejectReason: "EC_NoImmediateQtyToFill", endOfBurst: true);
            engine.Move();
            request = Assert.Single(engine.Requests());
        }

        Assert.Equal(ClosingState.Closing, engine.State().Closing);
    }

    [Theory]
    [InlineData(10001)]
    [InlineData(110094)]
    public void What_is_below_the_smallest_order_is_offered_until_the_venue_refuses_it_for_its_size_and_then_said(int returnCode)
    {
        EngineUnderTest engine = Holding("Buy", new EngineUnderTest(minOrderLots: 10), "0.003");
        SentRequest close = Close(engine, out string request);
        Assert.Equal("0.003", close.Qty);

        engine.Refuse(request, returnCode);
        for (int i = 0; i < 20; i++) engine.Move();

        Assert.Empty(engine.Requests());
        Assert.Equal(ClosingState.TooSmallToClose, engine.State().Closing);
        engine.Command(OperatorCommand.Flatten);
        Assert.Single(engine.Requests());   // asked again, tried again
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10006)]
    [InlineData(110066)]
    public void What_is_below_the_smallest_order_and_refused_for_another_reason_is_tried_again_until_that_was_too_often(int returnCode)
    {
        EngineUnderTest engine = Holding("Buy", new EngineUnderTest(minOrderLots: 10), "0.003");
        Close(engine, out string request);
        for (int refusals = 1; refusals < PositionCloser.RefusalsMax; refusals++)
        {
            Refuse();
            Assert.Equal(ClosingState.Closing, engine.State().Closing);
            request = Retry(engine);
        }

        Refuse();
        Assert.Equal(ClosingState.TooSmallToClose, engine.State().Closing);

        void Refuse()
        {
            if (returnCode != 0) engine.Refuse(request, returnCode);
            else engine.Order(SentRequest.Parse(request), "Rejected", leaves: "0", rejectReason: "EC_Others", endOfBurst: true);
        }
    }

    [Fact]
    public void An_order_whose_fate_was_unknown_and_that_the_venue_never_had_is_repeated_and_no_later_answer_counts_as_its_refusal()
    {
        EngineUnderTest engine = Holding("Buy");
        SentRequest close = Close(engine, out string request);
        engine.Refuse(request, 10016);
        engine.Advance(7 * EngineUnderTest.Second);
        engine.Tick();
        string cancel = Assert.Single(engine.Requests());
        engine.EndLookUp(0, null, LookUpTests.Name(close));
        Assert.Equal(OrderState.Unset, engine.Orders.StateOf(LookUpTests.Name(close)));

        engine.Refuse(cancel, 110001);
        engine.Move();

        Assert.Equal("0.010", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);
    }

    [Fact]
    public void A_killed_engine_still_closes_what_it_holds()
    {
        EngineUnderTest engine = Holding("Buy");
        engine.Command(OperatorCommand.Kill);
        engine.Answer(engine.Requests());
        engine.Move();
        Assert.Empty(engine.Requests());

        engine.Command(OperatorCommand.Flatten);

        Assert.Equal("0.010", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);
        Assert.Equal(QuotingState.Killed, engine.HotPath.State);
    }

    [Fact]
    public void On_a_book_with_a_gap_nothing_is_closed_until_its_snapshot_comes()
    {
        EngineUnderTest engine = Stopped();
        engine.Book(600_000, 600_002, skipUpdates: 1);
        engine.Command(OperatorCommand.Flatten);
        Assert.Empty(engine.Requests());

        engine.Book(600_000, 600_002, snapshot: true);
        Assert.Single(engine.Requests());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_a_book_for_longer_than_one_may_be_old_it_closes_within_the_collar_of_the_mark_price_once_a_second(bool hasGap)
    {
        EngineUnderTest engine = Stopped();
        engine.Mark("60000.00");
        if (hasGap) engine.Book(600_000, 600_002, skipUpdates: 1);
        engine.Advance((2 * EngineUnderTest.Second) + 1);

        engine.Command(OperatorCommand.Flatten);

        SentRequest close = SentRequest.Parse(Assert.Single(engine.Requests()));
        Assert.Equal(("Sell", 57_000m, "0.010"), (close.Side, close.PriceValue, close.Qty));   // the collar is 5 %

        engine.Order(close, "Cancelled", leaves: "0", rejectReason: "EC_NoImmediateQtyToFill", endOfBurst: true);
        engine.Advance(EngineUnderTest.Second - 1);
        engine.Tick();
        Assert.Empty(engine.Requests());
        engine.Advance(1);
        engine.Tick();
        Assert.Single(engine.Requests());
    }

    [Fact]
    public void Without_a_book_it_closes_no_further_from_the_mark_price_than_the_venue_takes()
    {
        EngineUnderTest engine = Stopped(new EngineUnderTest(priceLimitRatioE8: 1_000_000));
        engine.Mark("60000.05");
        engine.Advance((2 * EngineUnderTest.Second) + 1);

        engine.Command(OperatorCommand.Flatten);

        Assert.Equal(59_400.1m, SentRequest.Parse(Assert.Single(engine.Requests())).PriceValue);   // 59,400.0495 is between two ticks
    }

    [Fact]
    public void Nothing_is_closed_while_executions_may_be_missing()
    {
        EngineUnderTest engine = Stopped();
        engine.Lose(VenueChannel.Private);
        engine.Command(OperatorCommand.Flatten);
        engine.Connect(VenueChannel.Private);
        engine.Move();
        Assert.Empty(engine.Requests());
        Assert.Equal(ClosingState.Closing, engine.State().Closing);

        engine.EndLookUp();

        Assert.Single(engine.Requests());
    }

    [Fact]
    public void Nothing_is_closed_while_the_venue_tells_another_position()
    {
        EngineUnderTest engine = Stopped();
        engine.Private(EngineUnderTest.PositionRow(0.020m, 60_000m, createdMillis: 1));
        engine.Command(OperatorCommand.Flatten);

        Assert.Empty(engine.Requests());
    }

    [Fact]
    public void The_price_keeps_within_the_collar_and_where_no_price_does_nothing_is_sent()
    {
        EngineUnderTest engine = Stopped();
        engine.Book(590_000, 640_000, snapshot: true);   // the collar of 5 % ends at 58,425, below the touch: the touch less 0.1 % is 58,941
        engine.Command(OperatorCommand.Flatten);
        Assert.Equal(58_941m, SentRequest.Parse(Assert.Single(engine.Requests())).PriceValue);

        engine = Stopped();
        engine.Book(580_300, 641_300, snapshot: true);   // at 58,026 of a mid of 61,080 it ends above 58,030 less 0.1 %
        engine.Command(OperatorCommand.Flatten);
        Assert.Equal(58_026m, SentRequest.Parse(Assert.Single(engine.Requests())).PriceValue);

        engine = Stopped();
        engine.Book(560_000, 640_000, snapshot: true);   // 57,000 is above the touch
        engine.Command(OperatorCommand.Flatten);
        Assert.Empty(engine.Requests());
    }

    [Fact]
    public void Closing_allocates_nothing()
    {
        EngineUnderTest warm = Holding("Buy");
        warm.Fill(Close(warm), "0.010", "0", execution: 2);
        EngineUnderTest engine = Holding("Buy");
        long before = engine.AllocatedBytes;

        engine.Fill(Close(engine), "0.010", "0", execution: 2);
        engine.Tick();

        Assert.Equal(before, engine.AllocatedBytes);
    }

    /// <summary>An engine whose quotes of one side were filled, and which quotes on.</summary>
    private static EngineUnderTest Holding(string side, EngineUnderTest? on = null, params string[] fills)
    {
        EngineUnderTest engine = (on ?? new EngineUnderTest()).Begin().Market();
        engine.Answer(engine.Requests());
        int execution = 100;
        SentRequest quote = engine.Resting(side);
        string[] parts = fills.Length == 0 ? ["0.010"] : fills;
        foreach (string qty in parts) engine.Private(EngineUnderTest.ExecutionRow(quote, qty, "0", ++execution, executedMillis: 1), endOfBurst: false);
        engine.Order(quote, "Filled", leaves: "0", filled: parts.Sum(decimal.Parse).ToString("0.000"));
        engine.Book(600_000, 600_002);
        engine.Answer(engine.Requests());
        return engine;
    }

    /// <summary>The same with its quotes pulled.</summary>
    private static EngineUnderTest Stopped(EngineUnderTest? on = null)
    {
        EngineUnderTest engine = Holding("Buy", on);
        engine.Command(OperatorCommand.StopQuoting);
        engine.Answer(engine.Requests());
        engine.Move();
        Assert.Empty(engine.Requests());
        return engine;
    }

    private static SentRequest Close(EngineUnderTest engine) => Close(engine, out _);

    private static SentRequest Close(EngineUnderTest engine, out string request)
    {
        engine.Command(OperatorCommand.Flatten);
        engine.Answer(engine.Requests());
        engine.Book(600_000, 600_002);
        request = Assert.Single(engine.Requests());
        return SentRequest.Parse(request);
    }

    /// <summary>The closing order that is sent a second after a refusal, and not before.</summary>
    private static string Retry(EngineUnderTest engine)
    {
        engine.Advance(1);   // after 10006 the budget rests for more than a second
        for (int i = 0; i < 9; i++)
        {
            engine.Move();
            Assert.Empty(engine.Requests());
        }

        engine.Move();
        return Assert.Single(engine.Requests());
    }
}
