using LatencyEngine.Book;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>Quotes go, or stay further out, when the market is one in which they would be picked off; each reason is told, counted and ends by itself.</summary>
public sealed class ProtectionTests
{
    private const long Second = EngineUnderTest.Second;
    private const long Bid = 600_010;
    private const long Fall = 6;

    [Fact]
    public void A_volatility_jump_pulls_the_quotes_and_they_come_back_when_it_is_over()
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest(volatilityJump: new VolatilityJump(shortSeconds: 1, ratio: 4)));
        for (int i = 0; i < 7; i++)
        {
            Pass(engine, 100);
            Assert.Empty(engine.Requests());
        }

        Pass(engine, 1, Bid + 20);
        AssertPulled(engine, QuotesHeldBy.VolatilityJump);

        Pass(engine, 20, Bid + 20);
        Assert.Empty(engine.Requests());
        Assert.Equal(QuotesHeldBy.VolatilityJump, Held(engine));

        Pass(engine, 20, Bid + 20);
        AssertBack(engine, QuotesHeldBy.VolatilityJump);
        Assert.Equal(0, engine.AllocatedBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_volatility_above_its_cap_pulls_the_quotes_where_that_is_asked_for_and_they_come_back_below_it(bool pulls)
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest(pullsAtVolatilityCap: pulls));
        for (int i = 0; i < 1_810; i++)   // the cap waits for half an hour
        {
            engine.Advance(Second);
            engine.Book(Bid + (i % 2), Bid + 2 + (i % 2), endOfBurst: false);
            engine.Tick();
            engine.Answer(engine.Requests());
        }

        Assert.Equal(QuotesHeldBy.Nothing, Held(engine));
        engine.Requests();
        Pass(engine, 1, Bid + 500);
        Assert.Equal(SigmaBound.Cap, engine.Lanes[0].Volatility.Bound);
        if (!pulls)
        {
            Assert.Equal(QuotesHeldBy.Nothing, Held(engine));
            return;
        }

        AssertPulled(engine, QuotesHeldBy.VolatilityCap);
        for (int i = 0; i < 600 && engine.Lanes[0].Volatility.Bound == SigmaBound.Cap; i++)
        {
            Assert.Empty(engine.Requests());
            Pass(engine, 1, Bid + 500);
        }

        AssertBack(engine, QuotesHeldBy.VolatilityCap);
        Assert.Equal(0, engine.AllocatedBytes);
    }

    [Fact]
    public void A_sweep_pulls_the_quotes_before_the_book_shows_it_and_they_come_back_after_its_time()
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest(sweep: new TradeSweep(levels: 3, holdNanos: Second / 2)));
        engine.Public(Trades("Sell", 600_010, 600_009));
        Assert.Empty(engine.Requests());

        engine.Public(Trades("Sell", 600_010, 600_009, 600_008));
        AssertPulled(engine, QuotesHeldBy.Sweep);

        Pass(engine, 4);
        Assert.Empty(engine.Requests());
        Pass(engine, 1);
        AssertBack(engine, QuotesHeldBy.Sweep);
        Assert.Equal(0, engine.AllocatedBytes);
    }

    [Fact]
    public void A_market_that_goes_against_fills_of_bids_moves_the_bids_out_and_leaves_the_asks()
    {
        (SentRequest bid, SentRequest ask) = AfterABadFill(new EngineUnderTest(), out EngineUnderTest unprotected);
        (SentRequest widerBid, SentRequest sameAsk) = AfterABadFill(new EngineUnderTest(markOutGain: 10), out EngineUnderTest engine);

        // 6 ticks against us, by 10 lots among a prior of 50: 10 x 6 x 10 / 60 = 10 ticks of 0.1.
        Assert.Equal(1.0m, bid.PriceValue - widerBid.PriceValue);
        Assert.Equal(ask.PriceValue, sameAsk.PriceValue);
        Assert.Equal((QuotesHeldBy.Nothing, QuotesHeldBy.MarkOuts), (Held(unprotected), Held(engine)));
        Assert.Equal((0, 1), (unprotected.Meters.QuotesHeldBy(QuotesHeldBy.MarkOuts), engine.Meters.QuotesHeldBy(QuotesHeldBy.MarkOuts)));
        Assert.Equal((10, -6.0), (engine.Lanes[0].MarkOuts.TotalLots(Side.Buy, 0), engine.Lanes[0].MarkOuts.TotalMeanTicks(Side.Buy, 0)));

        for (int i = 0; i < 300 && engine.Lanes[0].HeldBy == QuotesHeldBy.MarkOuts; i++)
        {
            Pass(engine, 10, Bid - Fall);
            engine.Answer(engine.Requests());
        }

        Assert.Equal(QuotesHeldBy.Nothing, Held(engine));
        Assert.Equal(bid.Price, engine.Resting("Buy", ofLinkId: widerBid.LinkId).Price);
        Assert.Equal(1, engine.Meters.QuotesHeldBy(QuotesHeldBy.MarkOuts));
        Assert.Equal(0, engine.AllocatedBytes);
    }

    [Theory]
    [InlineData(true, 10)]
    [InlineData(false, 0)]
    public void Fills_of_orders_that_rested_are_followed_and_those_of_orders_that_took_are_not(bool isMaker, long lots)
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest());

        engine.Fill(engine.Resting("Buy"), "0.010", "0", execution: 1, isMaker: isMaker);
        Assert.Equal(10, engine.Ledger.Position(engine.Btc.Id).Lots);
        Pass(engine, 2);

        Assert.Equal(lots, engine.Lanes[0].MarkOuts.TotalLots(Side.Buy, 0));
    }

    [Fact]
    public void The_clock_has_quotes_planned_anew_when_it_moves_their_widening_and_only_then()
    {
        EngineUnderTest engine = Quoting(new EngineUnderTest(markOutGain: 10));
        engine.Advance(Second / 10);
        engine.Hand(InboundKind.Tick, [], endOfBurst: false);
        Assert.NotEqual(-1, engine.Lanes[0].SettledAt);

        engine.Fill(engine.Resting("Buy"), "0.010", "0", execution: 1);
        engine.Advance(Second / 20);
        engine.Book(Bid - Fall, Bid - Fall + 2);
        engine.Answer(engine.Requests());
        engine.Tick();
        Assert.Empty(engine.Requests());
        Assert.NotEqual(-1, engine.Lanes[0].SettledAt);

        engine.Advance(Second / 20);
        engine.Hand(InboundKind.Tick, [], endOfBurst: false);
        Assert.Equal(-1, engine.Lanes[0].SettledAt);
    }

    [Fact]
    public void A_fill_is_not_followed_over_a_gap_in_the_book_or_a_lost_connection_or_when_it_was_told_late()
    {
        foreach (Action<EngineUnderTest> lose in (Action<EngineUnderTest>[])[
            engine => engine.Book(Bid, Bid + 2, skipUpdates: 1),
            engine => engine.Lose(VenueChannel.Public)])
        {
            EngineUnderTest engine = Quoting(new EngineUnderTest(markOutGain: 3));
            engine.Fill(engine.Resting("Buy"), "0.010", "0", execution: 1);
            lose(engine);
            Pass(engine, 110);
            Assert.Equal(0, engine.Lanes[0].MarkOuts.TotalLots(Side.Buy, 0));
        }

        EngineUnderTest doubting = Quoting(new EngineUnderTest());
        SentRequest filled = doubting.Resting("Buy");
        doubting.Lose(VenueChannel.Private);
        doubting.Connect(VenueChannel.Private);
        doubting.Fill(filled, "0.010", "0", execution: 1);   // held until the look-up has ended
        doubting.EndLookUp();
        Assert.Equal(10, doubting.Ledger.Position(doubting.Btc.Id).Lots);
        Pass(doubting, 110);
        Assert.Equal(0, doubting.Lanes[0].MarkOuts.TotalLots(Side.Buy, 0));
    }

    private static (SentRequest Bid, SentRequest Ask) AfterABadFill(EngineUnderTest engine, out EngineUnderTest quoting)
    {
        quoting = Quoting(engine);
        engine.Fill(engine.Resting("Buy"), "0.010", "0", execution: 1);
        engine.Requests();
        Dictionary<string, SentRequest> newest = [];
        engine.Advance(Second / 20);
        engine.Book(Bid - Fall, Bid - Fall + 2);
        Answer();
        for (int i = 0; i < 3; i++)
        {
            Pass(engine, 1, Bid - Fall);
            Answer();
        }

        return (newest["Buy"], newest["Sell"]);

        void Answer()
        {
            List<string> requests = engine.Requests();
            engine.Answer(requests);
            foreach (string request in requests) newest[engine.SideOf(request)] = SentRequest.Parse(request);
        }
    }

    private static void AssertPulled(EngineUnderTest engine, QuotesHeldBy reason)
    {
        List<string> cancels = engine.Requests();
        Assert.Equal(["order.cancel", "order.cancel"], cancels.Select(request => SentRequest.Parse(request).Operation));
        engine.Answer(cancels);
        Assert.Equal(reason, Held(engine));
        Assert.Equal(1, engine.Meters.QuotesHeldBy(reason));
    }

    private static void AssertBack(EngineUnderTest engine, QuotesHeldBy reason)
    {
        Assert.Equal(["order.create", "order.create"], engine.Requests().Select(request => SentRequest.Parse(request).Operation));
        Assert.Equal(QuotesHeldBy.Nothing, Held(engine));
        Assert.Equal(1, engine.Meters.QuotesHeldBy(reason));
    }

    /// <summary>What is told of BTCUSDT; with an instrument that has no book the engine's fact names the later reason of the two.</summary>
    private static QuotesHeldBy Held(EngineUnderTest engine)
    {
        engine.Tick();   // what it decides is told at the next
        QuotesHeldBy told = engine.State().HeldBy;
        Assert.Equal((QuotesHeldBy)Math.Max((int)engine.Lanes[0].HeldBy, (int)engine.Lanes[1].HeldBy), told);
        return engine.Lanes[0].HeldBy;
    }

    /// <summary>Tenths of seconds, each with a book and a tick.</summary>
    private static void Pass(EngineUnderTest engine, int tenths, long bidTicks = Bid)
    {
        for (int i = 0; i < tenths; i++)
        {
            engine.Advance(Second / 10);
            engine.Book(bidTicks, bidTicks + 2, endOfBurst: false);
            engine.Tick();
        }
    }

    private static EngineUnderTest Quoting(EngineUnderTest engine)
    {
        engine.Begin().Market();
        engine.Answer(engine.Requests());
        engine.Book(Bid, Bid + 2);
        engine.Answer(engine.Requests());
        engine.Book(Bid, Bid + 2);
        Assert.Empty(engine.Requests());
        return engine;
    }

    private static string Trades(string side, params long[] ticks) =>
        $$"""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1,"data":[{{string.Join(',', ticks.Select((price, i) => $$"""{"T":{{ticks.Length}},"s":"BTCUSDT","S":"{{side}}","v":"0.010","p":"{{EngineUnderTest.Price(price)}}","L":"PlusTick","i":"{{i}}","BT":false,"RPI":false,"seq":1}"""))}}]}""";
}
