using LatencyEngine.Model;
using LatencyEngine.Orders;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>The way of books and trades to the places of the quotes, and what requoting less costs. Quotes lie on levels of 50 lots, 15 ticks from the mid.</summary>
public sealed class RequoteTests
{
    private const long Bid = 599_986;
    private const long Ask = 600_016;
    private const long Second = EngineUnderTest.Second;

    [Theory]
    [InlineData(true, 0, 1, "Buy")]         // nobody has traded: the bid is as far back as it would be one tick higher
    [InlineData(true, 10, 1, "")]           // a lead of 10 lots is worth 10 (1 - exp(-10/50)) = 1.8 ticks
    [InlineData(true, 10, 5, "Buy")]
    [InlineData(true, 50, 5, "")]           // one of 50 is worth 6.3
    [InlineData(true, 50, 8, "Buy,Sell")]
    [InlineData(false, 50, 1, "Buy,Sell")]
    public void A_quote_that_has_come_forward_stays_where_another_moves(bool weighsQueues, int tradedLots, int errorTicks, string moved)
    {
        EngineUnderTest engine = Resting(weighsQueues ? new QueueWorth(10, 50) : null);
        if (tradedLots > 0) engine.Public(Trade(Bid, tradedLots, engine.NowMillis));

        // The level of the bid stays; that of the ask goes, and leaves it the first of its queue.
        engine.Book(Bid + errorTicks, Ask + errorTicks);

        Assert.Equal(moved, string.Join(',', engine.Requests().Select(engine.SideOf).Order()));
    }

    [Fact]
    public void A_quote_that_was_held_back_moves_when_the_queue_at_its_target_has_gone_though_the_top_has_not_moved()
    {
        EngineUnderTest engine = Resting(new QueueWorth(10, 50));
        engine.Level("b", Bid + 1, "0.050");
        engine.Answer(engine.Requests());
        engine.Advance(Second + 1);   // or one request less would be left, and a tick no more enough
        engine.Public(Trade(Bid, 50, engine.NowMillis));
        engine.Book(Bid + 3, Ask - 1);
        Assert.Empty(engine.Requests());

        engine.Level("b", Bid + 1, "0");
        Assert.Equal("Buy", engine.SideOf(engine.Requests().Single()));
    }

    [Fact]
    public void The_error_and_the_lack_of_quotes_are_counted_from_what_is_wanted_to_what_rests()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin();
        QuoteTracking tracking = engine.Lanes[0].Tracking;
        engine.Book(Bid, Ask, snapshot: true);
        engine.Advance(Second / 4);
        engine.Book(Bid, Ask);
        List<string> creates = engine.Requests();
        Assert.Equal(2, creates.Count);
        engine.Advance(Second);
        engine.Answer(creates);
        engine.Tick();
        engine.Advance(Second);
        engine.Book(Bid + 4, Ask + 4);
        engine.Advance(Second);
        engine.Answer(engine.Requests());
        engine.Tick();
        engine.Advance(Second);
        engine.Command(OperatorCommand.StopQuoting);
        engine.Advance(100 * Second);
        engine.Tick();

        foreach (Side side in (Side[])[Side.Buy, Side.Sell])
        {
            Assert.Equal((3 * Second, Second, 4 / 3.0), (tracking.RestingNanos(side), tracking.MissingNanos(side), tracking.MeanErrorTicks(side)));
        }
    }

    [Fact]
    public void A_queue_that_became_shorter_before_a_quote_counts_as_that_short_though_nothing_else_moved_meanwhile()
    {
        EngineUnderTest engine = new EngineUnderTest(queueWorth: new QueueWorth(10, 50)).Begin();
        engine.Book(Bid + 5, Ask - 5, snapshot: true);
        engine.Level("b", Bid, "0.050");
        engine.Level("b", Bid + 1, "0.050");
        engine.Level("a", Ask, "0.050");
        engine.Level("a", Ask + 1, "0.050");
        engine.Advance(Second / 4);
        engine.Book(Bid + 5, Ask - 5);
        engine.Answer(engine.Requests());
        Assert.Equal((Bid, Ask), (engine.Orders.RestingPrice(engine.Btc.Id, Side.Buy, 0).Ticks, engine.Orders.RestingPrice(engine.Btc.Id, Side.Sell, 0).Ticks));
        engine.Tick();
        engine.Advance(Second + 1);
        engine.Book(Bid + 5, Ask - 5);

        engine.Level("b", Bid, "0.005");   // those before the bid go, all but five lots,
        engine.Level("b", Bid, "0.050");   // and others join behind it
        Assert.Empty(engine.Requests());
        engine.Book(Bid + 6, Ask - 4);

        // The bid is 45 lots ahead of where it would be a tick higher, the ask not one.
        Assert.Equal("Sell", engine.SideOf(engine.Requests().Single()));
    }

    [Fact]
    public void From_a_fill_to_the_next_book_no_quote_counts_as_wanted()
    {
        EngineUnderTest engine = Resting(worth: null);
        QuoteTracking tracking = engine.Lanes[0].Tracking;

        engine.Fill(engine.Resting("Buy"), "0.010", "0", execution: 1);
        engine.Advance(Second);
        engine.Book(Bid, Ask);
        engine.Command(OperatorCommand.StopQuoting);

        // A hundredth of a second from where they rest to the fill.
        foreach (Side side in (Side[])[Side.Buy, Side.Sell]) Assert.Equal((Second / 100, 0L), (tracking.RestingNanos(side), tracking.MissingNanos(side)));
    }

    /// <summary>Both quotes rest, and a book has been looked at since.</summary>
    private static EngineUnderTest Resting(QueueWorth? worth)
    {
        EngineUnderTest engine = new EngineUnderTest(queueWorth: worth).Begin();
        engine.Book(Bid, Ask, snapshot: true);
        engine.Advance(Second / 4);
        engine.Book(Bid, Ask);
        engine.Answer(engine.Requests());
        Assert.Equal((Bid, Ask), (engine.Orders.RestingPrice(engine.Btc.Id, Side.Buy, 0).Ticks, engine.Orders.RestingPrice(engine.Btc.Id, Side.Sell, 0).Ticks));
        engine.Tick();
        engine.Outbound();
        engine.Advance(Second / 100);
        return engine;
    }

    private static string Trade(long priceTicks, int lots, long millis) =>
        $$"""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":{{millis}},"data":[{"T":{{millis}},"s":"BTCUSDT","S":"Sell","v":"0.{{lots:d3}}","p":"{{EngineUnderTest.Price(priceTicks)}}","L":"PlusTick","i":"1","BT":false,"RPI":false,"seq":1}]}""";
}
