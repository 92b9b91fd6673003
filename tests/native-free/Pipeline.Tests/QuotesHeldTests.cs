using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>Each source of what a quote is made from has an age of its own, and a reason that is told and counted.</summary>
public sealed class QuotesHeldTests
{
    private const long Second = EngineUnderTest.Second;

    [Fact]
    public void A_silent_mark_price_pulls_the_quotes_and_any_message_of_its_topic_lets_them_back()
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest(markPriceAgeMaxNanos: 5 * Second), ticker: true);
        Pass(engine, 50);
        Assert.Empty(engine.Requests());
        Assert.Equal(QuotesHeldBy.Nothing, Held(engine));

        Pass(engine, 1);
        AssertPulled(engine, QuotesHeldBy.MarkPriceAge);

        engine.Public(Ticker("\"lastPrice\":\"60000.00\""));   // no mark in it: unchanged (Bybit V5, 6.5)
        AssertBack(engine, QuotesHeldBy.MarkPriceAge);
    }

    [Fact]
    public void A_market_without_a_mark_price_is_quoted_with_the_mid()
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest(markPriceAgeMaxNanos: 1));
        Pass(engine, 100);

        Assert.Empty(engine.Requests());
        Assert.Equal(QuotesHeldBy.Nothing, Held(engine));
    }

    [Theory]
    [InlineData(501, "the feed lags")]
    [InlineData(-501, "the engine's clock does")]
    public void A_book_made_too_far_from_the_present_pulls_the_quotes_and_one_made_now_lets_them_back(int millisAgo, string why)
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest(feedLagMaxNanos: Second / 2));
        engine.Book(600_010, 600_012, madeMillisAgo: Math.Sign(millisAgo) * 500);
        Assert.Empty(engine.Requests());

        engine.Book(600_010, 600_012, madeMillisAgo: millisAgo);
        Assert.NotEmpty(why);
        AssertPulled(engine, QuotesHeldBy.FeedLag);

        engine.Book(600_010, 600_012);
        AssertBack(engine, QuotesHeldBy.FeedLag);
    }

    [Fact]
    public void Creates_that_are_refused_one_after_another_pause_for_a_second_and_then_twice_as_long_until_one_is_accepted()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        List<string> creates = engine.Requests();
        int refused = 0;
        while (creates.Count > 0)
        {
            foreach (string create in creates) engine.Refuse(create, 110007);
            refused += creates.Count;
            Pass(engine, 1);
            creates = engine.Requests();
        }

        Assert.Equal(10, refused);   // five of each side
        Assert.Equal(QuotesHeldBy.Refusals, Held(engine));
        Assert.Equal(8, QuietPasses(engine, out creates));   // tenths of a second, the one above and the one that brings creates not among them

        foreach (string create in creates) engine.Refuse(create, 110007);
        Assert.Equal(19, QuietPasses(engine, out creates));

        engine.Answer(creates);
        Assert.Equal(QuotesHeldBy.Nothing, Held(engine));
        Assert.Equal(2, engine.Meters.QuotesHeldBy(QuotesHeldBy.Refusals));
    }

    private static int QuietPasses(EngineUnderTest engine, out List<string> requests)
    {
        for (int passes = 0; ; passes++)
        {
            Pass(engine, 1);
            requests = engine.Requests();
            if (requests.Count > 0 || passes > 100) return passes;
        }
    }

    [Fact]
    public void The_lag_of_every_book_is_measured_though_a_fresh_one_came_before_the_tick()
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest());
        long before = engine.Meters.FeedLag.Count;

        engine.Book(600_010, 600_012, madeMillisAgo: 80);
        engine.Book(600_010, 600_012);
        engine.Tick();

        Assert.Equal(before + 2, engine.Meters.FeedLag.Count);
        Assert.InRange(engine.Meters.FeedLag.Max, 79_000_000, 82_000_000);
    }

    [Fact]
    public void An_order_stream_that_does_not_show_what_was_accepted_pulls_the_quotes_before_the_outcome_is_unknown_and_lets_them_back_when_it_has_caught_up()
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest(streamDelayMaxNanos: Second));
        engine.Book(600_020, 600_022);
        List<string> amends = engine.Requests();
        Assert.Equal(2, amends.Count);
        engine.Answer(amends[..1]);
        Accept(engine, amends[1]);
        Pass(engine, 10, 600_020);
        Assert.Empty(engine.Requests());

        Pass(engine, 1, 600_020);
        string cancel = Assert.Single(engine.Requests());   // the other waits for its amend, and cannot be cancelled before
        Assert.Equal(SentRequest.Parse(amends[0]).LinkId, SentRequest.Parse(cancel).LinkId);
        Assert.Equal(QuotesHeldBy.OrderStreamDelay, Held(engine));
        Assert.Equal(0, engine.State().OutcomeUnknown);
        engine.Answer([cancel]);

        // The stream comes to it: what rests goes too, until the next look at all of them.
        engine.Order(SentRequest.Parse(amends[1]) with { Side = engine.SideOf(amends[1]) }, "New", leaves: "0.010", endOfBurst: true);
        engine.Answer(engine.Requests());
        engine.Tick();
        AssertBack(engine, QuotesHeldBy.OrderStreamDelay, 600_020);
    }

    [Fact]
    public void While_an_accepted_order_is_unknown_the_stream_has_not_caught_up()
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest(streamDelayMaxNanos: Second));
        engine.Book(600_020, 600_022);
        foreach (string amend in engine.Requests()) Accept(engine, amend);

        for (int i = 0; i < 60; i++)
        {
            Pass(engine, 1, 600_020);
            foreach (string cancel in engine.Requests()) Accept(engine, cancel);
            if (i >= 10) Assert.Equal(QuotesHeldBy.OrderStreamDelay, Held(engine));
        }

        Assert.Equal(1, engine.Meters.QuotesHeldBy(QuotesHeldBy.OrderStreamDelay));
    }

    [Fact]
    public void A_book_that_has_lost_a_side_pulls_the_quotes_for_a_reason_of_its_own()
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest());
        long withoutBook = engine.Meters.QuotesHeldBy(QuotesHeldBy.Book);
        engine.Level("a", 600_012, "0");
        AssertPulled(engine, QuotesHeldBy.OneSidedBook);

        AssertBack(engine, QuotesHeldBy.OneSidedBook);
        Assert.Equal(withoutBook, engine.Meters.QuotesHeldBy(QuotesHeldBy.Book));
    }

    [Fact]
    public void Every_other_reason_is_told_as_well()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin();
        Assert.Equal(QuotesHeldBy.Book, Held(engine));
        engine = Quoting(new EngineUnderTest());
        engine.Advance((2 * Second) + 1);
        Assert.Equal(QuotesHeldBy.BookAge, Held(engine, 0));
        engine.Command(OperatorCommand.StopQuoting);
        Assert.Equal(QuotesHeldBy.Engine, Held(engine, 0));
        Assert.Equal(1, engine.Meters.QuotesHeldBy(QuotesHeldBy.BookAge));
    }

    private static void AssertPulled(EngineUnderTest engine, QuotesHeldBy reason)
    {
        List<string> cancels = engine.Requests();
        Assert.Equal(["order.cancel", "order.cancel"], cancels.Select(request => SentRequest.Parse(request).Operation));
        engine.Answer(cancels);
        Assert.Equal(reason, Held(engine));
        Assert.Equal(1, engine.Meters.QuotesHeldBy(reason));
    }

    private static void AssertBack(EngineUnderTest engine, QuotesHeldBy reason, long bidTicks = 600_010)
    {
        Pass(engine, 1, bidTicks);
        Assert.Equal(["order.create", "order.create"], engine.Requests().Select(request => SentRequest.Parse(request).Operation));
        Assert.Equal(QuotesHeldBy.Nothing, Held(engine));
        Assert.Equal(1, engine.Meters.QuotesHeldBy(reason));
    }

    /// <summary>What is told of BTCUSDT; with an instrument that has no book the engine's fact names the later reason of the two.</summary>
    private static QuotesHeldBy Held(EngineUnderTest engine, int lane = 0)
    {
        engine.Tick();   // what it decides is told at the next
        QuotesHeldBy told = engine.State().HeldBy;
        QuotesHeldBy held = engine.Lanes[lane].HeldBy;
        Assert.Equal((QuotesHeldBy)Math.Max((int)held, (int)engine.Lanes[1].HeldBy), told);
        return held;
    }

    /// <summary>Tenths of seconds, each with a book that moves nothing and a tick.</summary>
    private static void Pass(EngineUnderTest engine, int tenths, long bidTicks = 600_010)
    {
        for (int i = 0; i < tenths; i++)
        {
            engine.Advance(Second / 10);
            engine.Book(bidTicks, bidTicks + 2, endOfBurst: false);
            engine.Tick();
        }
    }

    private static EngineUnderTest Quoting(EngineUnderTest engine, bool ticker = false)
    {
        engine.Begin().Market();
        if (ticker) engine.Public(Ticker("\"markPrice\":\"60000.00\""));
        engine.Answer(engine.Requests());
        engine.Book(600_010, 600_012);
        engine.Answer(engine.Requests());
        engine.Book(600_010, 600_012);
        engine.Requests();
        return engine;
    }

    private static string Ticker(string fields) => $$"""{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT",{{fields}}},"cs":1,"ts":1}""";

    private static void Accept(EngineUnderTest engine, string request)
    {
        var sent = SentRequest.Parse(request);
        engine.Trade($$"""{"reqId":"{{sent.RequestId}}","retCode":0,"retMsg":"OK","op":"{{sent.Operation}}","data":{},"retExtInfo":{},"header":{},"connId":"c"}""", endOfBurst: false);
    }
}
