using LatencyEngine.Model;
using LatencyEngine.Orders;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>What the path does and leaves undone while a connection is missing.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [InlineData(VenueChannel.Public)]
    [InlineData(VenueChannel.Private)]
    public void Quotes_are_pulled_when_the_engine_can_no_longer_see(VenueChannel channel)
    {
        EngineUnderTest engine = Quoting();

        engine.Lose(channel);

        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
        Assert.Equal(["order.cancel", "order.cancel"], Operations(engine));
        Assert.Equal(1, engine.Meters.ConnectionsLost(channel));
    }

    [Theory]
    [InlineData(VenueChannel.Public)]
    [InlineData(VenueChannel.Private)]
    [InlineData(VenueChannel.Trade)]
    public void A_connection_that_is_opened_is_not_of_use_before_it_is_ready(VenueChannel channel)
    {
        EngineUnderTest engine = Quoting();
        engine.Lose(channel);
        engine.Answer(engine.Requests());
        engine.Open(channel);
        engine.Book(600_100, 600_102, snapshot: true);
        engine.Tick();

        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
        Assert.DoesNotContain("order.create", Operations(engine));
    }

    [Fact]
    public void On_an_order_entry_connection_that_is_to_be_made_anew_the_quotes_are_pulled_first_and_then_a_new_one_is_asked_for_once()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        engine.Answer(engine.Requests());
        engine.Outbound();

        engine.Connection(VenueChannel.Trade, ConnectionState.Leaving);
        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
        List<string> cancels = engine.Requests();
        Assert.Equal(["order.cancel", "order.cancel"], cancels.Select(request => SentRequest.Parse(request).Operation));
        engine.Tick();
        Assert.DoesNotContain(engine.Outbound(), frame => frame.Kind == OutboundKind.ReconnectTrade);

        engine.Answer(cancels);
        engine.Tick();
        engine.Tick();
        Assert.Single(engine.OutboundGenerations(), frame => frame == (OutboundKind.ReconnectTrade, engine.Generation(VenueChannel.Trade)));

        engine.Lose(VenueChannel.Trade);
        Assert.DoesNotContain(engine.Outbound(), frame => frame.Kind == OutboundKind.CancelAllRequest);
        engine.Connect(VenueChannel.Trade);
        engine.Book(600_000, 600_002);
        Assert.Equal(2, engine.Requests().Count);
    }

    [Fact]
    public void Only_the_order_entry_connection_can_be_about_to_be_made_anew()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin();

        engine.Connection(VenueChannel.Private, ConnectionState.Leaving);

        Assert.Equal((1, QuotingState.Active), (engine.Meters.FramesRejected, engine.HotPath.State));
    }

    [Fact]
    public void A_session_whose_connections_come_in_any_order_quotes_when_the_last_is_ready()
    {
        foreach (VenueChannel[] order in (VenueChannel[][])[[VenueChannel.Trade, VenueChannel.Private, VenueChannel.Public], [VenueChannel.Private, VenueChannel.Public, VenueChannel.Trade]])
        {
            var engine = new EngineUnderTest();
            engine.BeginSession();
            foreach (VenueChannel channel in order) engine.Open(channel);
            engine.Connection(order[0], ConnectionState.Ready);
            engine.Connection(order[1], ConnectionState.Ready);
            engine.EndLookUp();
            engine.Market();
            engine.EndLookUp();
            Assert.Empty(engine.Requests());

            engine.Connection(order[2], ConnectionState.Ready);
            Assert.Equal(["order.create", "order.create"], Operations(engine));
        }
    }

    [Fact]
    public void Frames_of_a_connection_that_is_gone_are_dropped_and_counted()
    {
        EngineUnderTest engine = Quoting();
        byte[] wallet = """{"id":"w","topic":"wallet","creationTime":9,"data":[{"accountType":"UNIFIED","coin":[{"coin":"USDT","equity":"1","walletBalance":"1"}]}]}"""u8.ToArray();
        ushort old = engine.Generation(VenueChannel.Private);
        engine.Lose(VenueChannel.Private);
        engine.Hand(InboundKind.PrivateFrame, wallet, generation: old);
        engine.Connect(VenueChannel.Private);
        engine.EndLookUp();

        engine.Hand(InboundKind.PrivateFrame, wallet, generation: old);
        engine.Hand(InboundKind.TradeFrame, "{}}"u8, generation: 7);
        engine.Hand(InboundKind.PublicFrame, "{}}"u8, generation: 7);

        Assert.Equal(4, engine.Meters.FramesOfLostConnections);
        Assert.Equal(0, engine.Meters.FramesRejected);
        Assert.False(engine.Gate.IsKilled);
    }

    [Fact]
    public void The_end_of_a_connection_that_has_a_successor_already_changes_nothing()
    {
        EngineUnderTest engine = Quoting();

        engine.Hand(InboundKind.Connection, [(byte)VenueChannel.Trade, (byte)ConnectionState.Lost], generation: 0);

        Assert.Equal(QuotingState.Active, engine.HotPath.State);
        Assert.Equal((0L, 1L), (engine.Meters.ConnectionsLost(VenueChannel.Trade), engine.Meters.FramesOfLostConnections));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 1, 1 })]
    [InlineData(new byte[] { 0, 1 })]
    [InlineData(new byte[] { 4, 1 })]
    [InlineData(new byte[] { 1, 0 })]
    [InlineData(new byte[] { 1, 4 })]
    public void A_connection_event_that_says_nothing_known_is_rejected(byte[] payload)
    {
        EngineUnderTest engine = Quoting();

        engine.Hand(InboundKind.Connection, payload, generation: 1);

        Assert.Equal(1, engine.Meters.FramesRejected);
        Assert.Equal(QuotingState.Active, engine.HotPath.State);
    }

    [Fact]
    public void The_books_go_with_the_public_connection_and_come_back_with_a_snapshot_of_the_new_one()
    {
        EngineUnderTest engine = Quoting();
        engine.Lose(VenueChannel.Public);
        Assert.False(engine.Lanes[0].Book.IsUsable);
        engine.Answer(engine.Requests());

        engine.Connect(VenueChannel.Public);
        engine.Book(600_000, 600_002);
        Assert.False(engine.Lanes[0].Book.IsUsable);
        Assert.Empty(Operations(engine));
        engine.Book(600_000, 600_002, snapshot: true);

        Assert.Equal(["order.create", "order.create"], Operations(engine));
        Assert.Equal(0, engine.Meters.BookFailures);
    }

    [Fact]
    public void A_snapshot_that_the_subscription_does_not_bring_is_asked_for_a_second_after_the_connection_stands()
    {
        EngineUnderTest engine = Quoting();
        engine.Lose(VenueChannel.Public);
        engine.Advance(5 * EngineUnderTest.Second);
        engine.Tick();
        engine.Open(VenueChannel.Public);
        engine.Advance(EngineUnderTest.Second - 1);
        engine.Tick();
        Assert.DoesNotContain(engine.Outbound(), frame => frame.Kind == OutboundKind.SnapshotRequest);

        engine.Advance(1);
        engine.Tick();
        Assert.Equal(2, engine.Outbound().Count(frame => frame.Kind == OutboundKind.SnapshotRequest));
    }

    [Fact]
    public void The_new_connection_may_carry_a_book_of_another_depth()
    {
        EngineUnderTest engine = Quoting();
        engine.Lose(VenueChannel.Public);
        engine.Connect(VenueChannel.Public);

        engine.Public("""{"topic":"orderbook.200.BTCUSDT","type":"snapshot","ts":1,"data":{"s":"BTCUSDT","b":[["59000.0","1.000"]],"a":[["59000.1","1.000"]],"u":1,"seq":1},"cts":1}""");

        Assert.True(engine.Lanes[0].Book.TryGetTop(out BookTop top));
        Assert.Equal(new PriceTicks(590_000), top.BidPrice);
    }

    [Fact]
    public void After_the_return_of_the_market_the_mid_is_the_mark_until_the_first_ticker()
    {
        const string Ticker = """{"topic":"tickers.BTCUSDT","type":"snapshot","ts":1,"cs":1,"data":{"symbol":"BTCUSDT","markPrice":"59999.00"}}""";
        EngineUnderTest engine = Quoting();
        engine.Public(Ticker);
        engine.Lose(VenueChannel.Public);
        Assert.Equal(new PriceE8(59_999_00000000), engine.Lanes[0].MarkPrice);

        engine.Connect(VenueChannel.Public);
        engine.Book(610_000, 610_002, snapshot: true);
        Assert.Equal(new PriceE8(61_000_10000000), engine.Lanes[0].MarkPrice);
        engine.Public(Ticker);
        Assert.Equal(new PriceE8(59_999_00000000), engine.Lanes[0].MarkPrice);
    }

    [Fact]
    public void While_nobody_would_carry_a_request_none_is_made_and_all_that_is_due_is_made_up_for_at_once()
    {
        EngineUnderTest engine = Quoting();
        engine.Lose(VenueChannel.Trade);
        engine.Book(600_050, 600_052);
        engine.Command(OperatorCommand.StopQuoting);
        engine.Tick();
        Assert.Empty(Operations(engine));

        engine.Connect(VenueChannel.Trade);

        Assert.Equal(["order.cancel", "order.cancel"], Operations(engine));
        Assert.Equal(0, engine.Orders.CountOutcomeUnknown() + (int)engine.Meters.FramesRejected);
    }

    [Fact]
    public void Quotes_that_no_connection_can_cancel_are_cancelled_by_another_way_at_once_and_then_once_a_second()
    {
        EngineUnderTest engine = Quoting();

        engine.Lose(VenueChannel.Trade);
        Assert.Equal([OutboundKind.CancelAllRequest], CancelAlls(engine).Select(frame => frame.Kind));
        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
        engine.Advance(EngineUnderTest.Second - 1);
        engine.Tick();
        engine.Open(VenueChannel.Trade);
        engine.Lose(VenueChannel.Trade);
        Assert.Empty(CancelAlls(engine));

        engine.Advance(1);
        engine.Tick();
        engine.Tick();
        Assert.Empty(Assert.Single(CancelAlls(engine)).Bytes);
        Assert.Equal(2, engine.Meters.CancelAllsAsked);
    }

    [Fact]
    public void Quotes_on_an_order_entry_connection_that_stands_and_is_silent_are_cancelled_by_another_way_once_a_second_until_it_answers()
    {
        EngineUnderTest engine = Quoting();
        engine.Book(600_100, 600_102, snapshot: true);
        List<string> moves = engine.Requests();
        Assert.NotEmpty(moves);
        engine.Advance((2 * EngineUnderTest.Second) - 1);
        engine.Tick();
        Assert.Empty(CancelAlls(engine));

        engine.Advance(1);
        engine.Tick();
        Assert.Single(CancelAlls(engine));
        engine.Advance(EngineUnderTest.Second - 1);
        engine.Tick();
        Assert.Empty(CancelAlls(engine));
        engine.Advance(1);
        engine.Tick();
        Assert.Single(CancelAlls(engine));

        engine.Answer(moves);
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();
        Assert.Empty(CancelAlls(engine));
        Assert.Equal(2, engine.Orders.LiveOrders);
    }

    [Fact]
    public void Once_every_order_is_closed_by_the_stream_or_the_connection_is_back_nothing_more_is_cancelled_by_another_way()
    {
        foreach (bool isBack in (bool[])[true, false])
        {
            EngineUnderTest engine = Quoting();
            engine.Lose(VenueChannel.Trade);
            engine.Outbound();
            if (isBack) engine.Connect(VenueChannel.Trade);
            else foreach (string side in (string[])["Buy", "Sell"]) engine.Order(engine.Resting(side), "Cancelled", leaves: "0", cancelType: "CancelByUser", rejectReason: "EC_PerCancelRequest");

            engine.Advance(EngineUnderTest.Second);
            engine.Tick();

            Assert.Empty(CancelAlls(engine));
            Assert.Equal((isBack ? 2 : 0, 0L), (engine.Orders.LiveOrders, engine.Orders.CancelledByVenue));
        }
    }

    [Fact]
    public void Without_an_order_there_is_nothing_to_cancel_by_another_way()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin();

        engine.Lose(VenueChannel.Trade);
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();

        Assert.Empty(CancelAlls(engine));
    }

    [Theory]
    [InlineData("reqId")]
    [InlineData("announcement")]
    public void A_node_that_restarts_is_left_once_a_connection(string form)
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        List<string> created = engine.Requests();

        foreach (string request in created) Restart(request);
        Assert.Equal([(OutboundKind.ReconnectTrade, 1)], engine.OutboundGenerations().Where(frame => frame.Kind == OutboundKind.ReconnectTrade));
        Assert.Equal(form == "reqId" ? 2 : 0, engine.Orders.CountOutcomeUnknown());

        engine.Lose(VenueChannel.Trade);
        engine.Connect(VenueChannel.Trade);
        engine.OutboundGenerations();
        Restart(created[0]);
        Assert.Equal([(OutboundKind.ReconnectTrade, 2)], engine.OutboundGenerations().Where(frame => frame.Kind == OutboundKind.ReconnectTrade));
        Assert.Equal((2L, 0L), (engine.Meters.ReconnectsAsked, engine.Meters.FramesRejected));

        void Restart(string request)
        {
            if (form == "reqId") engine.Refuse(request, 10019);
            else engine.Trade("{\"retCode\":10019,\"retMsg\":\"restarting\",\"op\":\"\",\"connId\":\"c\"}");
        }
    }

    [Fact]
    public void With_the_order_entry_connection_every_request_on_its_way_becomes_unknown()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        List<SentRequest> created = engine.Requests().Select(SentRequest.Parse).ToList();

        engine.Lose(VenueChannel.Trade);

        Assert.Equal(2, engine.Orders.CountOutcomeUnknown());
        foreach (SentRequest sent in created) engine.Order(sent, "New", leaves: sent.Qty);
        Assert.Equal(0, engine.Orders.CountOutcomeUnknown());
        Assert.All(created, sent => Assert.Equal(OrderState.Working, engine.Orders.StateOf(LookUpTests.Name(sent))));
    }

    [Fact]
    public void Requests_questions_and_snapshot_requests_name_the_connection_they_are_meant_for()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin();
        engine.Lose(VenueChannel.Trade);
        engine.Connect(VenueChannel.Trade);
        engine.Outbound();
        engine.Market();
        engine.Book(600_000, 600_002, skipUpdates: 1);

        Assert.All(engine.OutboundGenerations(), frame => Assert.Equal(frame.Kind switch { OutboundKind.Request => 2, OutboundKind.SnapshotRequest => 1, _ => 0 }, frame.Generation));
    }

    [Fact]
    public void The_state_of_every_instrument_and_then_of_the_engine_is_told_at_every_tick()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        List<SentRequest> created = engine.Requests().Select(SentRequest.Parse).ToList();
        engine.Answer(created.Select(HotPathTests.Json));
        SentRequest bid = created.Single(r => r.Side == "Buy"), ask = created.Single(r => r.Side == "Sell");
        engine.Fill(bid, "0.010", "0.12", execution: 1);
        engine.Outbound();

        engine.Tick();

        var frames = engine.Outbound();
        Assert.Equal([OutboundKind.LaneFact, OutboundKind.LaneFact, OutboundKind.EngineFact], frames.Select(frame => frame.Kind));
        LaneFact btc = EngineUnderTest.Read<LaneFact>(frames[0].Bytes);
        Assert.Equal((0, 600_000L, 600_002L), (btc.Instrument.Index, btc.BestBid.Ticks, btc.BestAsk.Ticks));
        Assert.Equal((0L, (long)(ask.PriceValue * 10)), (btc.OwnBid.Ticks, btc.OwnAsk.Ticks));
        Assert.Equal((10L, 60_000_10000000L), (btc.Position.Lots, btc.MarkPrice.Units));
        decimal value = bid.PriceValue * 0.010m;
        Assert.Equal((long)(((60_000.1m * 0.010m) - value) * 100_000_000), btc.Unrealised.Units);
        Assert.Equal((long)(value * 0.005m * 100_000_000), btc.MaintenanceMargin.Units);
        Assert.Equal(engine.Lanes[0].LiquidationPrice, btc.LiquidationPrice);
        Assert.True(btc.LiquidationPrice.Units > 0);
        Assert.Equal(new InstrumentId(1), EngineUnderTest.Read<LaneFact>(frames[1].Bytes).Instrument);
        EngineFact fact = EngineUnderTest.Read<EngineFact>(frames[2].Bytes);
        Assert.Equal((engine.Ledger.Wallet, 1, 0, QuotingState.Active), (fact.Wallet, fact.LiveOrders, fact.OutcomeUnknown, fact.State));
    }

    [Fact]
    public void A_connection_that_changes_what_may_be_done_is_told_at_once_and_another_is_not()
    {
        EngineUnderTest engine = Quoting();

        engine.Lose(VenueChannel.Public);
        Assert.Equal(QuotingState.Blind, LastState(engine));
        engine.Lose(VenueChannel.Private);
        Assert.Null(LastState(engine));
        engine.Lose(VenueChannel.Trade);
        Assert.Equal(QuotingState.Blind, LastState(engine));
        engine.Open(VenueChannel.Trade);
        Assert.Null(LastState(engine));
    }

    [Fact]
    public void Of_several_reasons_for_not_quoting_the_gravest_is_told()
    {
        EngineUnderTest engine = Quoting();
        engine.Lose(VenueChannel.Public);
        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
        engine.Command(OperatorCommand.StopQuoting);
        Assert.Equal(QuotingState.Stopped, engine.HotPath.State);
        engine.Command(OperatorCommand.Kill);
        Assert.Equal(QuotingState.Killed, engine.HotPath.State);
        engine.Tick();
        Assert.Equal(QuotingState.Killed, LastState(engine));
    }

    [Fact]
    public void A_mark_without_work_does_not_move_the_first_place()
    {
        List<string> idle = TwoMarkets(idleMarks: 1), busy = TwoMarkets(idleMarks: 0);
        Assert.Equal(busy, idle);

        static List<string> TwoMarkets(int idleMarks)
        {
            EngineUnderTest engine = Quoting();
            for (int i = 0; i < idleMarks; i++) engine.Public("""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1,"data":[]}""");
            engine.Public("""{"topic":"orderbook.50.SOLUSDT","type":"snapshot","ts":1,"data":{"s":"SOLUSDT","b":[["77.300","10.0"]],"a":[["77.310","10.0"]],"u":5,"seq":5},"cts":1}""", endOfBurst: false);
            engine.Advance(150_000_000);
            engine.Public("""{"topic":"orderbook.50.SOLUSDT","type":"delta","ts":1,"data":{"s":"SOLUSDT","b":[["77.310","10.0"]],"a":[["77.310","0"],["77.330","9.0"]],"u":6,"seq":6},"cts":1}""", endOfBurst: false);
            engine.Book(600_010, 600_012);
            return engine.Requests();
        }
    }

    internal static EngineUnderTest Quoting(long reconcileEveryNanos = 0)
    {
        EngineUnderTest engine = new EngineUnderTest(reconcileEveryNanos: reconcileEveryNanos).Begin().Market();
        engine.Answer(engine.Requests());
        engine.Book(600_000, 600_002);
        Assert.Empty(engine.Outbound());
        return engine;
    }

    private static List<(OutboundKind Kind, byte[] Bytes, long CauseSequence)> CancelAlls(EngineUnderTest engine) =>
        engine.Outbound().Where(frame => frame.Kind == OutboundKind.CancelAllRequest).ToList();

    private static List<string> Operations(EngineUnderTest engine) => engine.Requests().Select(r => SentRequest.Parse(r).Operation).ToList();

    private static QuotingState? LastState(EngineUnderTest engine)
    {
        var facts = engine.Outbound().Where(frame => frame.Kind == OutboundKind.EngineFact).ToList();
        return facts.Count == 0 ? null : EngineUnderTest.Read<EngineFact>(facts[^1].Bytes).State;
    }
}
