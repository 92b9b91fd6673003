using LatencyEngine.Model;
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
        Move(engine);
        Assert.Empty(engine.Requests());
        Assert.Equal(1, engine.Meters.ClosesSent);
    }

    [Fact]
    public void The_order_filled_but_not_executed_yet_is_neither_flat_nor_closed_again()
    {
        EngineUnderTest engine = Holding("Buy");
        SentRequest close = Close(engine);

        engine.Order(close, "Filled", leaves: "0", filled: "0.010");
        Move(engine);

        Assert.Empty(engine.Requests());
        Assert.Equal(ClosingState.Closing, engine.State().Closing);
    }

    [Fact]
    public void What_one_order_may_not_hold_takes_several_one_after_the_other_and_leaves_no_rest_below_the_smallest()
    {
        EngineUnderTest engine = Holding("Buy", new EngineUnderTest(orderMaxLots: 10, minOrderLots: 4), "0.010", "0.011");   // two fills: 21 lots

        SentRequest first = Close(engine);
        Assert.Equal("0.010", first.Qty);
        Move(engine);
        Assert.Empty(engine.Requests());   // not while the first may fill

        engine.Fill(first, "0.010", "0", execution: 8);
        Assert.Empty(engine.Requests());   // not on the book before the fill
        Move(engine);
        SentRequest second = SentRequest.Parse(Assert.Single(engine.Requests()));
        Assert.Equal("0.007", second.Qty);   // 11 less the 4 that can be an order of their own

        engine.Fill(second, "0.007", "0", execution: 9);
        Move(engine);
        Assert.Equal("0.004", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);
    }

    [Fact]
    public void An_order_that_found_nothing_is_repeated_on_the_next_book()
    {
        EngineUnderTest engine = Holding("Buy");
        SentRequest close = Close(engine);

        engine.Order(close, "Cancelled", leaves: "0", rejectReason: "EC_NoImmediateQtyToFill", endOfBurst: true);
        Assert.Empty(engine.Requests());
        Move(engine);

        Assert.Equal("0.010", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);
    }

    [Fact]
    public void A_refused_order_is_repeated_a_second_later_and_not_on_every_book()
    {
        EngineUnderTest engine = Holding("Buy");
        Close(engine, out string request);

        engine.Refuse(request, 110017);
        for (int i = 0; i < 9; i++)
        {
            Move(engine);
            Assert.Empty(engine.Requests());
        }

        Move(engine);
        Assert.Equal("0.010", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);
        Assert.Equal(ClosingState.Closing, engine.State().Closing);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_below_the_smallest_order_is_offered_until_the_venue_refuses_it_and_then_said(bool byStream)
    {
        EngineUnderTest engine = Holding("Buy", new EngineUnderTest(minOrderLots: 10), "0.003");
        SentRequest close = Close(engine, out string request);
        Assert.Equal("0.003", close.Qty);

        if (byStream) engine.Order(close, "Rejected", leaves: "0", rejectReason: "EC_Others", endOfBurst: true);
        else engine.Refuse(request, 10001);
        for (int i = 0; i < 20; i++) Move(engine);

        Assert.Empty(engine.Requests());
        Assert.Equal(ClosingState.TooSmallToClose, engine.State().Closing);
        engine.Command(OperatorCommand.Flatten);
        Assert.Single(engine.Requests());   // asked again, tried again
    }

    [Fact]
    public void A_killed_engine_still_closes_what_it_holds()
    {
        EngineUnderTest engine = Holding("Buy");
        engine.Command(OperatorCommand.Kill);
        engine.Answer(engine.Requests());
        Move(engine);
        Assert.Empty(engine.Requests());

        engine.Command(OperatorCommand.Flatten);

        Assert.Equal("0.010", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);
        Assert.Equal(QuotingState.Killed, engine.HotPath.State);
    }

    [Fact]
    public void Nothing_is_closed_on_a_book_that_is_old_or_has_a_gap()
    {
        EngineUnderTest engine = Stopped();
        engine.Advance((2 * EngineUnderTest.Second) + 1);
        engine.Command(OperatorCommand.Flatten);
        Assert.Empty(engine.Requests());

        engine.Book(600_000, 600_002, skipUpdates: 1);
        Assert.Empty(engine.Requests());

        engine.Book(600_000, 600_002, snapshot: true);
        Assert.Single(engine.Requests());
    }

    [Fact]
    public void Nothing_is_closed_while_executions_may_be_missing()
    {
        EngineUnderTest engine = Stopped();
        engine.Lose(VenueChannel.Private);
        engine.Command(OperatorCommand.Flatten);
        engine.Connect(VenueChannel.Private);
        Move(engine);
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
    private static EngineUnderTest Stopped()
    {
        EngineUnderTest engine = Holding("Buy");
        engine.Command(OperatorCommand.StopQuoting);
        engine.Answer(engine.Requests());
        Move(engine);
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

    /// <summary>A tenth of a second with a new book.</summary>
    private static void Move(EngineUnderTest engine)
    {
        engine.Advance(TouchMillis * 1_000_000);
        engine.Book(600_000, 600_002);
    }
}
