using LatencyEngine.Book;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>The market by REST while the public connection is away: mark price, risk and the way out live on it, quotes never.</summary>
public sealed class PolledMarketTests
{
    private enum Phase
    {
        Lost,
        Opened,
        Ready,
    }

    [Fact]
    public void Mark_and_book_are_kept_up_to_date_and_nothing_is_quoted()
    {
        EngineUnderTest engine = Blind();

        Mark(engine, "59000.50");
        Book(engine, 590_000);
        engine.Advance(EngineUnderTest.Second);
        Book(engine, 590_010);

        Assert.Empty(engine.Requests());
        EngineFact fact = engine.State();
        Assert.Equal((QuotingState.Blind, 0), (fact.State, fact.UsableBooks));
        engine.Tick();
        LaneFact lane = EngineUnderTest.Read<LaneFact>(engine.Outbound().First(frame => frame.Kind == OutboundKind.LaneFact).Bytes);
        Assert.Equal((590_009L, 590_011L, new PriceE8(59_000_50000000)), (lane.BestBid.Ticks, lane.BestAsk.Ticks, lane.MarkPrice));
        Assert.Equal((3L, 0L, 0L, 0L), (engine.Meters.PolledFrames, engine.Meters.PolledFramesLate, engine.Meters.FramesRejected, engine.AllocatedBytes));
    }

    [Fact]
    public void A_position_is_valued_by_the_polled_mark()
    {
        EngineUnderTest engine = Holding();

        Mark(engine, "61000.00");
        engine.Tick();

        LaneFact lane = EngineUnderTest.Read<LaneFact>(engine.Outbound().First(frame => frame.Kind == OutboundKind.LaneFact).Bytes);
        Assert.Equal(engine.Ledger.Unrealised(engine.Btc.Id, new PriceE8(61_000_00000000)), lane.Unrealised);
        Assert.True(lane.Unrealised.Units > 0);
    }

    [Fact]
    public void A_position_is_closed_on_a_polled_book_and_on_each_once()
    {
        EngineUnderTest engine = Holding();
        engine.Command(OperatorCommand.Flatten);
        engine.Tick();
        Assert.Empty(engine.Requests());   // no book, no price

        Book(engine, 590_000);
        string request = Assert.Single(engine.Requests());
        SentRequest close = SentRequest.Parse(request);
        Assert.Equal(("order.create", "Sell", "0.010"), (close.Operation, close.Side, close.Qty));
        Assert.Contains("\"reduceOnly\":true", request, StringComparison.Ordinal);
        Assert.InRange(close.PriceValue, 58_900m, 58_999.9m);

        engine.Order(close, "Cancelled", leaves: "0", rejectReason: "EC_NoImmediateQtyToFill", endOfBurst: true);
        Assert.Empty(engine.Requests());
        Book(engine, 590_000);
        SentRequest second = SentRequest.Parse(Assert.Single(engine.Requests()));
        engine.Fill(second, "0.010", "0", execution: 2);
        Assert.Equal(ClosingState.Flat, engine.State().Closing);
    }

    [Theory]
    [InlineData(2_000, 58_941.0)]
    [InlineData(2_001, 57_000.1)]
    public void A_polled_book_is_as_old_as_the_venue_says_and_an_old_one_is_none(int madeMillisAgo, decimal price)
    {
        EngineUnderTest engine = Holding();
        engine.Command(OperatorCommand.Flatten);

        Book(engine, 590_000, madeMillisAgo);

        Assert.Equal(price, SentRequest.Parse(Assert.Single(engine.Requests())).PriceValue);   // through its touch, or within the collar of the mark price
    }

    [Fact]
    public void A_polled_book_from_ahead_of_the_clock_is_as_old_as_its_arrival()
    {
        EngineUnderTest engine = Holding();
        Book(engine, 590_000, madeMillisAgo: -60_000);
        engine.Advance((2 * EngineUnderTest.Second) + 1);

        engine.Command(OperatorCommand.Flatten);

        Assert.Equal(57_000.1m, SentRequest.Parse(Assert.Single(engine.Requests())).PriceValue);
    }

    [Fact]
    public void A_polled_picture_replaces_the_one_before()
    {
        EngineUnderTest engine = Blind();
        Polled(engine, Frame(590_000, update: 7, millis: engine.NowMillis, further: ",[\"58999.00\",\"1.000\"]"));
        Assert.Equal(2, engine.Lanes[0].Book.LevelCount(Side.Buy));

        Polled(engine, Frame(591_000, update: 7, millis: engine.NowMillis));

        Assert.Equal(1, engine.Lanes[0].Book.LevelCount(Side.Buy));
        Assert.Equal(591_000, Mid(engine));
    }

    [Fact]
    public void The_first_frame_of_the_new_connection_replaces_what_was_polled_even_where_the_update_ids_would_fit()
    {
        EngineUnderTest engine = Blind();
        engine.Open(VenueChannel.Public);
        Polled(engine, Frame(590_000, update: 100, millis: engine.NowMillis));
        Assert.Equal(590_000, Mid(engine));

        engine.Public(Frame(590_000, update: 101, millis: engine.NowMillis, depth: 50, type: "delta"));
        Assert.False(engine.Lanes[0].Book.IsUsable);
        engine.Public(Frame(600_000, update: 200, millis: engine.NowMillis, depth: 50));

        Assert.Equal(600_000, Mid(engine));
        Assert.Equal(1, engine.Lanes[0].Book.LevelCount(Side.Sell));
    }

    [Fact]
    public void With_the_connection_of_use_again_the_polled_book_is_gone_and_the_quotes_wait_for_the_snapshot()
    {
        EngineUnderTest engine = Blind();
        engine.Open(VenueChannel.Public);
        Book(engine, 600_001);

        engine.Connection(VenueChannel.Public, ConnectionState.Ready);
        Assert.Equal(QuotingState.Active, engine.HotPath.State);
        Assert.False(engine.Lanes[0].Book.IsUsable);
        Assert.Empty(engine.Requests());

        engine.Book(600_000, 600_002, snapshot: true);
        Assert.Equal(2, engine.Requests().Count);
    }

    [Fact]
    public void What_comes_by_REST_after_the_stream_has_taken_over_is_dropped_and_counted()
    {
        EngineUnderTest engine = Blind();
        PriceE8 mark = engine.Lanes[0].MarkPrice;
        engine.Open(VenueChannel.Public);
        engine.Book(600_000, 600_002, snapshot: true);
        Book(engine, 590_000);
        engine.Connection(VenueChannel.Public, ConnectionState.Ready);
        Book(engine, 590_000);
        Mark(engine, "59000.00");

        Assert.Equal(600_001, Mid(engine));
        Assert.NotEqual(new PriceE8(59_000_00000000), engine.Lanes[0].MarkPrice);
        Assert.True(mark.Units > 0);
        Assert.Equal((0L, 3L), (engine.Meters.PolledFrames, engine.Meters.PolledFramesLate));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}}")]
    [InlineData("""{"topic":"orderbook.1000.BTCUSDT","type":"delta","ts":1,"data":{"s":"BTCUSDT","b":[["1.00","1.000"]],"a":[["2.00","1.000"]],"u":1,"seq":1},"cts":1}""")]
    [InlineData("""{"topic":"orderbook.1000.DOGEUSDT","type":"snapshot","ts":1,"data":{"s":"DOGEUSDT","b":[],"a":[],"u":1,"seq":1},"cts":1}""")]
    [InlineData("""{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","lastPrice":"1.00"},"cs":0,"ts":1}""")]
    [InlineData("""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1,"data":[]}""")]
    public void What_is_neither_a_picture_nor_a_mark_of_a_traded_symbol_is_rejected(string frame)
    {
        EngineUnderTest engine = Blind();

        Polled(engine, frame);

        Assert.Equal((1L, 0L), (engine.Meters.FramesRejected, engine.Meters.PolledFrames));
        Assert.False(engine.Lanes[0].Book.IsUsable);
    }

    [Fact]
    public void A_crossed_picture_leaves_no_book_and_no_snapshot_is_asked_for()
    {
        EngineUnderTest engine = Blind();
        Book(engine, 590_000);

        Polled(engine, $$"""{"topic":"orderbook.1000.BTCUSDT","type":"snapshot","ts":{{engine.NowMillis}},"data":{"s":"BTCUSDT","b":[["59000.0","1.000"]],"a":[["59000.0","1.000"]],"u":1,"seq":1},"cts":1}""");

        Assert.False(engine.Lanes[0].Book.IsUsable);
        Assert.Equal(1, engine.Meters.BookFailures);
        Assert.DoesNotContain(engine.Outbound(), frame => frame.Kind == OutboundKind.SnapshotRequest);
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_no_quote_is_made_on_a_polled_book()
    {
        (int quotes, int polled) = (0, 0);
        for (int seed = 1; seed <= 150; seed++) Drive(new Random(seed), $"seed {seed}", ref quotes, ref polled);
        Assert.True(quotes > 100 && polled > 1_000, $"{quotes} quotes, {polled} polled: the test has tested nothing");
    }

    /// <summary>A walk through connections, frames and answers beside an obvious twin: where the book must come from, and whether that may be quoted.</summary>
    private static void Drive(Random random, string where, ref int quotes, ref int polled)
    {
        EngineUnderTest engine = Blind();
        (Phase phase, bool hasStreamed, long? mid, long update) = (Phase.Lost, false, null, 1_000);
        for (int step = 0; step < 120; step++)
        {
            engine.Advance(random.Next(0, 200) * 1_000_000L);
            long next = 600_001 + random.Next(-40, 40);
            switch (random.Next(9))
            {
                case 0 when phase == Phase.Lost:
                    engine.Open(VenueChannel.Public);
                    (phase, hasStreamed, mid) = (Phase.Opened, false, null);
                    break;
                case 1 when phase == Phase.Opened:
                    engine.Connection(VenueChannel.Public, ConnectionState.Ready);
                    (phase, mid) = (Phase.Ready, hasStreamed ? mid : null);
                    break;
                case 2 when phase != Phase.Lost:
                    engine.Lose(VenueChannel.Public);
                    (phase, hasStreamed, mid) = (Phase.Lost, false, null);
                    break;
                case 3 when phase != Phase.Lost:
                    engine.Public(Frame(next, ++update, engine.NowMillis, depth: 50));
                    (hasStreamed, mid) = (true, next);
                    break;
                case 4 when phase != Phase.Lost:
                    // Its id follows the last one, whoever brought that.
                    engine.Public(Frame(mid ?? next, ++update, engine.NowMillis, depth: 50, type: "delta"));
                    if (!hasStreamed) mid = null;
                    hasStreamed = true;
                    break;
                case 5 or 6:
                    Polled(engine, Frame(next, phase == Phase.Ready || hasStreamed ? update + 1 : ++update, engine.NowMillis));
                    if (phase != Phase.Ready && !hasStreamed) (mid, polled) = (next, polled + 1);
                    break;
                case 7: Mark(engine, EngineUnderTest.Price(next)); break;
                default: engine.Tick(); break;
            }

            List<string> requests = engine.Requests();
            int made = requests.Count(request => SentRequest.Parse(request).Operation != "order.cancel");
            Assert.True(made == 0 || (phase == Phase.Ready && hasStreamed && mid is not null), $"{where}, step {step}: quoted while {phase}");
            Assert.True(Mid(engine) == mid, $"{where}, step {step}: the mid is {Mid(engine)}, wanted {mid}");
            quotes += made;
            engine.Answer(requests);
        }
    }

    private static EngineUnderTest Blind()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        Lose(engine);
        return engine;
    }

    /// <summary>Ten lots long, without an order and without the public connection.</summary>
    private static EngineUnderTest Holding()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Fill(engine.Resting("Buy"), "0.010", "0", execution: 1);
        engine.Answer(engine.Requests());
        Lose(engine);
        return engine;
    }

    private static void Lose(EngineUnderTest engine)
    {
        engine.Lose(VenueChannel.Public);
        engine.Answer(engine.Requests());
        engine.Outbound();
        Assert.Equal(0, engine.Orders.LiveOrders);
    }

    private static long? Mid(EngineUnderTest engine) => engine.Lanes[0].Book.TryGetTop(out BookTop top) ? top.TwiceMidTicks / 2 : null;

    private static void Mark(EngineUnderTest engine, string price) => Polled(engine, $$"""{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","markPrice":"{{price}}"},"cs":0,"ts":{{engine.NowMillis}}}""");

    private static void Book(EngineUnderTest engine, long mid, int madeMillisAgo = 0) => Polled(engine, Frame(mid, update: 5, engine.NowMillis - madeMillisAgo));

    private static void Polled(EngineUnderTest engine, string frame) => engine.Hand(InboundKind.PolledMarket, System.Text.Encoding.UTF8.GetBytes(frame));

    /// <summary>A level a side, one tick from the mid.</summary>
    private static string Frame(long mid, long update, long millis, int depth = 1_000, string type = "snapshot", string further = "") =>
        $$"""{"topic":"orderbook.{{depth}}.BTCUSDT","type":"{{type}}","ts":{{millis}},"data":{"s":"BTCUSDT","b":[["{{EngineUnderTest.Price(mid - 1)}}","1.000"]{{further}}],"a":[["{{EngineUnderTest.Price(mid + 1)}}","1.000"]],"u":{{update}},"seq":1},"cts":1}""";
}
