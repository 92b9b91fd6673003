using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline.Tests;

public sealed class HotPathTests
{
    [Fact]
    public void A_market_with_a_volatility_is_quoted_on_both_sides_with_post_only_orders()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();

        List<SentRequest> sent = engine.Requests().Select(SentRequest.Parse).ToList();

        Assert.Equal(["order.create", "order.create"], sent.Select(r => r.Operation));
        Assert.Equal(["Buy", "Sell"], sent.Select(r => r.Side).Order());
        SentRequest bid = sent.Single(r => r.Side == "Buy"), ask = sent.Single(r => r.Side == "Sell");
        Assert.True(bid.PriceValue < 60_000.1m && ask.PriceValue > 60_000.1m);
        Assert.All(sent, r => Assert.Equal("0.010", r.Qty));
    }

    [Fact]
    public void Nothing_is_sent_before_the_session_begins()
    {
        var engine = new EngineUnderTest();
        foreach (VenueChannel channel in (VenueChannel[])[VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade]) engine.Connect(channel);
        engine.Market();
        engine.Tick();
        Assert.DoesNotContain(engine.Outbound(), frame => frame.Kind is OutboundKind.Request or OutboundKind.LookUpRequest);

        engine.BeginSession();
        Assert.Single(engine.Outbound(), frame => frame.Kind == OutboundKind.LookUpRequest);
        engine.EndLookUp();
        Assert.Equal(2, engine.Requests().Count);
    }

    [Fact]
    public void Nothing_is_sent_before_there_is_a_volatility()
    {
        var engine = new EngineUnderTest().Begin();
        engine.Book(599_999, 600_001, snapshot: true);
        Assert.Empty(engine.Requests());
    }

    [Fact]
    public void Only_the_last_frame_of_a_burst_is_decided_on_and_it_names_its_cause()
    {
        var engine = new EngineUnderTest().Begin();
        engine.Book(599_999, 600_001, snapshot: true);
        engine.Advance(150_000_000);
        engine.Book(600_000, 600_002, endOfBurst: false);
        engine.Book(600_010, 600_012, endOfBurst: false);
        Assert.Empty(engine.Outbound());

        engine.Book(600_020, 600_022);

        var frames = engine.Outbound();
        Assert.Equal(2, frames.Count);
        Assert.All(frames, frame => Assert.Equal(11, frame.CauseSequence));
        Assert.Equal(2, engine.Meters.TickToOrder.Count);
    }

    [Fact]
    public void Resting_quotes_are_amended_when_the_market_moves_and_kept_when_it_does_not()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        engine.Answer(engine.Requests());
        engine.Book(600_000, 600_002);
        engine.Requests();
        engine.Advance(50_000_000);
        engine.Book(600_000, 600_002);
        Assert.Empty(engine.Requests());

        engine.Book(600_010, 600_012);

        Assert.Equal(["order.amend", "order.amend"], engine.Requests().Select(r => SentRequest.Parse(r).Operation));
    }

    [Fact]
    public void A_gap_pulls_the_quotes_asks_once_for_a_snapshot_and_quoting_resumes_with_it()
    {
        EngineUnderTest engine = Quoting();

        engine.Book(600_000, 600_002, skipUpdates: 1);

        var frames = engine.Outbound();
        Assert.Equal(OutboundKind.SnapshotRequest, frames[0].Kind);
        Assert.Equal([0, 0, 0, 0], frames[0].Bytes);
        List<string> cancels = Texts(frames);
        Assert.Equal(["order.cancel", "order.cancel"], cancels.Select(r => SentRequest.Parse(r).Operation));
        engine.Answer(cancels);

        engine.Book(600_000, 600_002);
        Assert.Empty(engine.Outbound());
        Assert.Equal(1, engine.Meters.BookFailures);

        engine.Book(600_000, 600_002, snapshot: true);
        Assert.Equal(["order.create", "order.create"], engine.Requests().Select(r => SentRequest.Parse(r).Operation));
    }

    [Fact]
    public void A_silent_market_is_noticed_by_the_clock_and_the_quotes_are_pulled()
    {
        EngineUnderTest engine = Quoting();
        engine.Advance(2 * EngineUnderTest.Second);
        engine.Tick();
        Assert.Empty(engine.Requests());

        engine.Advance(1);
        engine.Tick();

        Assert.Equal(["order.cancel", "order.cancel"], engine.Requests().Select(r => SentRequest.Parse(r).Operation));
    }

    [Theory]
    [InlineData(OperatorCommand.StopQuoting)]
    [InlineData(OperatorCommand.Kill)]
    public void An_operator_can_stop_the_quoting_for_good(OperatorCommand command)
    {
        EngineUnderTest engine = Quoting();

        engine.Command(command);

        List<string> cancels = engine.Requests();
        Assert.Equal(["order.cancel", "order.cancel"], cancels.Select(r => SentRequest.Parse(r).Operation));
        engine.Answer(cancels);
        engine.Book(600_100, 600_102);
        Assert.Empty(engine.Requests());
        Assert.Equal(command == OperatorCommand.Kill, engine.Gate.IsKilled);
    }

    [Fact]
    public void An_order_whose_answer_is_outstanding_is_left_alone()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        Assert.Equal(2, engine.Requests().Count);

        engine.Book(600_100, 600_102);

        Assert.Empty(engine.Requests());
    }

    [Fact]
    public void A_refusal_leaves_with_its_code_and_the_venues_words_and_an_answer_to_nobody_does_not()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        string request = engine.Requests()[0];

        engine.Refuse(request, 110007);
        engine.Refuse(request, 110007);

        RefusalFact fact = RefusalFact.Read(engine.Outbound().Single(frame => frame.Kind == OutboundKind.RefusalFact).Bytes);
        Assert.Equal((110007, OrderAction.Place, "refused"), (fact.ReturnCode, fact.Action, System.Text.Encoding.UTF8.GetString(fact.Text)));
    }

    [Fact]
    public void A_fill_moves_the_ledger_and_both_quotes_lean_against_the_inventory()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        List<SentRequest> created = engine.Requests().Select(SentRequest.Parse).ToList();
        SentRequest bid = created.Single(r => r.Side == "Buy"), ask = created.Single(r => r.Side == "Sell");
        engine.Answer([Json(bid), Json(ask)]);

        engine.Fill(bid, "0.010", "0.12", execution: 1);
        engine.Book(600_000, 600_002);

        var frames = engine.Outbound();
        ExecutionFact fact = EngineUnderTest.Read<ExecutionFact>(frames.Single(f => f.Kind == OutboundKind.ExecutionFact).Bytes);
        Assert.Equal(new QtyLots(10), fact.Position);
        Assert.Equal(new MoneyE8(12_000_000), fact.Fees);
        Assert.Equal(new MoneyE8((10_000 * MoneyE8.One) - 12_000_000), fact.Wallet);
        List<SentRequest> after = Texts(frames).Select(SentRequest.Parse).ToList();
        Assert.True(after.Single(r => r.Operation == "order.create").PriceValue < bid.PriceValue);
        Assert.True(after.Single(r => r.Operation == "order.amend").PriceValue < ask.PriceValue);
    }

    [Fact]
    public void After_a_fill_nothing_is_quoted_until_the_next_book_message_arrives()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        List<SentRequest> created = engine.Requests().Select(SentRequest.Parse).ToList();
        engine.Answer(created.Select(Json));

        engine.Fill(created.Single(r => r.Side == "Buy"), "0.010", "0", execution: 1);
        engine.Advance(100_000_000);
        engine.Tick();
        Assert.Empty(engine.Requests());

        engine.Book(600_000, 600_002);
        Assert.NotEmpty(engine.Requests());
    }

    [Fact]
    public void A_wallet_that_contradicts_the_executions_for_a_second_has_the_quotes_pulled_and_the_venue_asked()
    {
        EngineUnderTest engine = Quoting();
        engine.Wallet("9999.99999999");
        engine.Advance(EngineUnderTest.Second - 1);
        engine.Book(600_000, 600_002);
        engine.Tick();
        Assert.False(engine.Gate.IsKilled);
        engine.Outbound();

        engine.Advance(1);
        engine.Tick();

        Assert.Equal((false, QuotingState.Blind), (engine.Gate.IsKilled, engine.HotPath.State));
        var frames = engine.Outbound();
        Assert.Equal(OutboundKind.LookUpRequest, frames[0].Kind);
        Assert.DoesNotContain(frames, frame => frame.Kind == OutboundKind.DisagreementFact);
        Assert.Equal(["order.cancel", "order.cancel"], Texts(frames).Select(r => SentRequest.Parse(r).Operation));
    }

    [Fact]
    public void A_message_that_comes_before_its_execution_stops_nothing_once_the_execution_is_booked()
    {
        EngineUnderTest engine = Quoting();
        SentRequest bid = engine.Resting("Buy");
        engine.Wallet("9999.88");
        engine.Private(EngineUnderTest.PositionRow(0.010m, bid.PriceValue, createdMillis: 1));
        engine.Advance(EngineUnderTest.Second - 1);
        engine.Fill(bid, "0.010", "0.12", execution: 1);

        engine.Advance(EngineUnderTest.Second);
        engine.Tick();

        Assert.Equal((new QtyLots(10), new MoneyE8(999_988_000_000)), (engine.Ledger.Position(engine.Btc.Id), engine.Ledger.Wallet));
        Assert.False(IsAsked(engine));
    }

    [Fact]
    public void A_difference_is_as_old_as_its_first_message_and_ends_with_a_later_one_that_agrees()
    {
        EngineUnderTest engine = Quoting();
        engine.Wallet("9000");
        engine.Private(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1));
        engine.Advance(EngineUnderTest.Second - 1);
        engine.Wallet("10000");
        engine.Private(EngineUnderTest.PositionRow(0, 0, createdMillis: 1));
        engine.Advance(1);
        engine.Tick();
        Assert.False(IsAsked(engine));

        engine.Wallet("9000");
        engine.Advance(EngineUnderTest.Second - 1);
        engine.Wallet("8000");
        engine.Advance(1);
        engine.Tick();
        Assert.True(IsAsked(engine));
    }

    [Theory]
    [InlineData(0.020, 60_000, DisagreementSubject.PositionSize, 10, 20)]
    [InlineData(0.010, 61_000, DisagreementSubject.AverageEntry, 60_000_00000000, 61_000_00000000)]
    public void A_position_that_contradicts_the_executions_for_a_second_and_that_the_venue_confirms_is_taken_over_and_told(double qty, double entryPrice, DisagreementSubject subject, long ours, long venues)
    {
        EngineUnderTest engine = Quoting();
        engine.Fill(engine.Resting("Buy") with { Price = "60000" }, "0.010", "0", execution: 1);
        engine.Private(EngineUnderTest.PositionRow((decimal)qty, (decimal)entryPrice, createdMillis: 1));
        engine.Outbound();

        engine.Advance(EngineUnderTest.Second);
        engine.Tick();
        Assert.True(IsAsked(engine));
        engine.LookUpRows(EngineUnderTest.PositionRow((decimal)qty, (decimal)entryPrice, createdMillis: 2));
        engine.EndPicture("10000");

        Assert.Equal(new DisagreementFact(subject, engine.Btc.Id, ours, venues, DisagreementAction.Adopted), Disagreement(engine));
        Assert.Equal((new QtyLots((long)(qty * 1_000)), new PriceE8((long)entryPrice * 100_000_000)), (engine.Ledger.Position(engine.Btc.Id), engine.Ledger.AverageEntry(engine.Btc.Id)));
        Assert.Equal((1L, false, QuotingState.Active), (engine.Meters.Differences, engine.Gate.IsKilled, engine.HotPath.State));
    }

    [Fact]
    public void Of_two_position_messages_the_one_with_the_higher_sequence_counts_whichever_comes_last()
    {
        EngineUnderTest engine = Quoting();
        engine.Private(EngineUnderTest.PositionRow(0, 0, createdMillis: 1, sequence: 8));
        engine.Private(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1, sequence: 7));
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();
        Assert.False(IsAsked(engine));

        engine.Private(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1, sequence: 9));
        engine.Private(EngineUnderTest.PositionRow(0, 0, createdMillis: 1, sequence: 8));
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();
        Assert.True(IsAsked(engine));
    }

    [Fact]
    public void A_difference_goes_with_the_private_stream_that_told_it()
    {
        EngineUnderTest engine = Quoting();
        engine.Wallet("9000");
        engine.Private(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1));

        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.EndLookUp();
        engine.Outbound();
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();

        Assert.False(IsAsked(engine));
    }

    [Fact]
    public void A_funding_payment_moves_the_wallet_and_is_no_fill()
    {
        EngineUnderTest engine = Quoting();

        engine.Private("""{"topic":"execution","id":"1","creationTime":1,"data":[{"category":"linear","symbol":"BTCUSDT","execFee":"-0.25","execId":"00000000-0000-4000-8000-000000000009","execPrice":"60000","execQty":"0.010","execType":"Funding","leavesQty":"0","orderId":"","orderLinkId":"","side":"Buy","execTime":"1","isMaker":false,"seq":9}]}""");

        Assert.Equal(new MoneyE8((10_000 * MoneyE8.One) + 25_000_000), engine.Ledger.Wallet);
        Assert.Empty(engine.Outbound());
    }

    [Fact]
    public void A_malformed_frame_is_counted_and_changes_nothing()
    {
        EngineUnderTest engine = Quoting();

        engine.Public("""{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":1,"data":{"s":"BTCUSDT","b":[["1.00","0.0""");
        engine.Private("not json");
        engine.Trade("{}}");
        engine.Hand((InboundKind)99, []);
        engine.Command((OperatorCommand)9);

        Assert.Equal(5, engine.Meters.FramesRejected);
        Assert.Empty(engine.Outbound());
        Assert.True(engine.Lanes[0].Book.IsUsable);
    }

    [Fact]
    public void Two_instruments_keep_their_state_apart()
    {
        EngineUnderTest engine = Quoting();
        engine.Public("""{"topic":"orderbook.50.SOLUSDT","type":"snapshot","ts":1,"data":{"s":"SOLUSDT","b":[["77.300","10.0"]],"a":[["77.310","10.0"]],"u":5,"seq":5},"cts":1}""");
        engine.Advance(150_000_000);
        engine.Public("""{"topic":"orderbook.50.SOLUSDT","type":"delta","ts":1,"data":{"s":"SOLUSDT","b":[["77.310","10.0"]],"a":[["77.310","0"],["77.330","9.0"]],"u":6,"seq":6},"cts":1}""");

        Assert.All(engine.Requests().Select(SentRequest.Parse), r => Assert.Equal("SOLUSDT", r.Symbol));
        Assert.Equal(2, engine.Orders.Exposure(engine.Btc.Id).OpenOrders);
        Assert.Equal(2, engine.Orders.Exposure(engine.Sol.Id).OpenOrders);
    }

    [Fact]
    public void A_full_outbound_ring_halts_the_engine_for_good()
    {
        EngineUnderTest engine = new EngineUnderTest(outboundSlots: 8).Begin().Market();
        Assert.Equal(QuotingState.Active, engine.HotPath.State);

        for (int i = 0; i < 3; i++) engine.Tick();

        Assert.True(engine.HotPath.IsHalted);
        Assert.Equal(ClaimRefusal.NoSlots, engine.HotPath.HaltedFor);
        Assert.Equal(QuotingState.Halted, engine.HotPath.State);
        Assert.Equal(2, engine.Requests().Count);
        engine.Book(600_100, 600_102);
        Assert.Empty(engine.Outbound());
    }

    [Fact]
    public void Ten_thousand_warm_trade_frames_allocate_nothing()
    {
        EngineUnderTest engine = Quoting();
        byte[][] frames = Enumerable.Range(0, 64).Select(i => System.Text.Encoding.UTF8.GetBytes(
            $$"""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1,"data":[{"T":1,"s":"BTCUSDT","S":"Buy","v":"0.0{{i % 8 + 1}}0","p":"60000.10","L":"PlusTick","i":"{{i}}","BT":false,"RPI":false,"seq":{{i}}}]}""")).ToArray();
        ushort generation = engine.Generation(VenueChannel.Public);
        for (int i = 0; i < 1_000; i++) engine.Hand(InboundKind.PublicFrame, frames[i % 64], generation: generation);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++) engine.Hand(InboundKind.PublicFrame, frames[i % 64], generation: generation);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, engine.Meters.FramesOfLostConnections);
    }

    [Fact]
    public void A_refused_order_is_not_repeated_on_the_same_book()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        foreach (string request in engine.Requests()) engine.Refuse(request, 110007);

        for (int i = 0; i < 5; i++)
        {
            engine.Advance(100_000_000);
            engine.Tick();
        }

        Assert.Empty(engine.Requests());
        engine.Book(600_000, 600_002);
        Assert.Equal(2, engine.Requests().Count);
    }

    [Fact]
    public void A_post_only_order_that_would_take_is_not_repeated_on_the_same_book()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        foreach (SentRequest sent in engine.Requests().Select(SentRequest.Parse)) engine.Order(sent, "Cancelled", leaves: "0", rejectReason: "EC_PostOnlyWillTakeLiquidity");

        engine.Advance(100_000_000);
        engine.Tick();

        Assert.Empty(engine.Requests());
        Assert.Equal(2, engine.Orders.PostOnlyRefused);
    }

    [Theory]
    [InlineData(10003)]
    [InlineData(10004)]
    [InlineData(10005)]
    [InlineData(33004)]
    public void A_key_that_the_venue_does_not_accept_stops_the_engine(int returnCode)
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();

        engine.Refuse(engine.Requests()[0], returnCode);

        Assert.Equal(KillReason.VenueRefused, engine.Gate.KilledBy);
    }

    [Fact]
    public void The_kill_switch_pulls_the_quotes_of_every_instrument_at_once()
    {
        EngineUnderTest engine = Quoting();
        engine.Public("""{"topic":"orderbook.50.SOLUSDT","type":"snapshot","ts":1,"data":{"s":"SOLUSDT","b":[["77.300","10.0"]],"a":[["77.310","10.0"]],"u":5,"seq":5},"cts":1}""");
        engine.Advance(150_000_000);
        engine.Public("""{"topic":"orderbook.50.SOLUSDT","type":"delta","ts":1,"data":{"s":"SOLUSDT","b":[["77.310","10.0"]],"a":[["77.310","0"],["77.330","9.0"]],"u":6,"seq":6},"cts":1}""");
        engine.Answer(engine.Requests());
        engine.Book(600_000, 600_002);
        engine.Requests();

        engine.Private("""{"topic":"execution","id":"1","creationTime":1,"data":[{"category":"linear","symbol":"BTCUSDT","execFee":"0","execId":"00000000-0000-4000-8000-000000000001","execPrice":"59000","execQty":"0.001","execType":"BustTrade","leavesQty":"0","orderId":"00000000-0000-4000-8000-000000000002","orderLinkId":"","side":"Sell","execTime":"1","isMaker":false,"seq":9}]}""");

        Assert.Equal(KillReason.Liquidated, engine.Gate.KilledBy);
        List<SentRequest> cancels = engine.Requests().Select(SentRequest.Parse).ToList();
        Assert.All(cancels, r => Assert.Equal("order.cancel", r.Operation));
        Assert.Equal(["BTCUSDT", "BTCUSDT", "SOLUSDT", "SOLUSDT"], cancels.Select(r => r.Symbol).Order());
    }

    [Fact]
    public void An_amend_of_a_partly_filled_quote_is_judged_by_what_can_still_fill()
    {
        EngineUnderTest engine = new EngineUnderTest(orderMaxLots: 10).Begin().Market();
        List<SentRequest> created = engine.Requests().Select(SentRequest.Parse).ToList();
        engine.Answer(created.Select(Json));
        SentRequest ask = created.Single(r => r.Side == "Sell");
        engine.Order(ask, "PartiallyFilled", leaves: "0.004", filled: "0.006");
        engine.Private($$"""{"topic":"execution","id":"1","creationTime":1,"data":[{"category":"linear","symbol":"BTCUSDT","execFee":"0","execId":"00000000-0000-4000-8000-000000000001","execPrice":"{{ask.Price}}","execQty":"0.006","execType":"Trade","leavesQty":"0.004","orderId":"1","orderLinkId":"{{ask.LinkId}}","side":"Sell","execTime":"1","isMaker":true,"seq":9}]}""");

        engine.Book(600_030, 600_032);

        SentRequest amend = engine.Requests().Select(SentRequest.Parse).Single(r => r.LinkId == ask.LinkId);
        Assert.Equal("order.amend", amend.Operation);
        Assert.Equal("0.016", amend.Qty);
        Assert.Equal(0, engine.Gate.Refused(RiskReason.OrderTooLarge));
    }

    [Fact]
    public void A_quote_that_the_gate_does_not_let_move_is_cancelled_instead_of_left_where_it_was()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        List<SentRequest> created = engine.Requests().Select(SentRequest.Parse).ToList();
        engine.Answer(created.Select(Json));
        SentRequest ask = created.Single(r => r.Side == "Sell");
        engine.Order(ask, "PartiallyFilled", leaves: "0.004", filled: "0.006");
        engine.Private($$"""{"topic":"execution","id":"1","creationTime":1,"data":[{"category":"linear","symbol":"BTCUSDT","execFee":"0","execId":"00000000-0000-4000-8000-000000000001","execPrice":"{{ask.Price}}","execQty":"0.006","execType":"Trade","leavesQty":"0.004","orderId":"1","orderLinkId":"{{ask.LinkId}}","side":"Sell","execTime":"1","isMaker":true,"seq":9}]}""", endOfBurst: false);
        engine.Private("""{"id":"w","topic":"wallet","creationTime":1,"data":[{"accountType":"UNIFIED","coin":[{"coin":"USDT","equity":"10000","walletBalance":"10000","totalOrderIM":"0","totalPositionIM":"0","locked":"9999","bonus":"0"}]}]}""", endOfBurst: false);

        engine.Book(600_030, 600_032);

        Assert.Equal("order.cancel", engine.Requests().Select(SentRequest.Parse).Single(r => r.LinkId == ask.LinkId).Operation);
        Assert.Equal(1, engine.Gate.Refused(RiskReason.MarginInsufficient));
    }

    [Fact]
    public void Requests_that_are_not_answered_yet_hold_their_margin()
    {
        // at 50x one order of 600 USDT takes 12 and fees: 15 pay for one side, and the other side nets against it
        EngineUnderTest one = new EngineUnderTest(balanceUsdt: 15).Begin().Market();
        Assert.Equal(2, one.Requests().Count + (int)one.Gate.Refused(RiskReason.MarginInsufficient));

        EngineUnderTest two = new EngineUnderTest(balanceUsdt: 15).Begin().Market();
        two.Requests();
        two.Public("""{"topic":"orderbook.50.SOLUSDT","type":"snapshot","ts":1,"data":{"s":"SOLUSDT","b":[["77.300","10.0"]],"a":[["77.310","10.0"]],"u":5,"seq":5},"cts":1}""");
        two.Advance(150_000_000);
        two.Public("""{"topic":"orderbook.50.SOLUSDT","type":"delta","ts":1,"data":{"s":"SOLUSDT","b":[["77.310","10.0"]],"a":[["77.310","0"],["77.330","9.0"]],"u":6,"seq":6},"cts":1}""");

        Assert.Empty(two.Requests());
        Assert.True(two.Gate.Refused(RiskReason.MarginInsufficient) >= 2);
    }

    [Fact]
    public void Locked_and_bonus_balance_pays_no_margin()
    {
        var engine = new EngineUnderTest().Begin();
        engine.Private("""{"id":"w","topic":"wallet","creationTime":1,"data":[{"accountType":"UNIFIED","coin":[{"coin":"USDT","equity":"10000","walletBalance":"10000","totalOrderIM":"0","totalPositionIM":"0","locked":"9000","bonus":"999"}]}]}""");

        engine.Market();

        Assert.Empty(engine.Requests());
        Assert.True(engine.Gate.Refused(RiskReason.MarginInsufficient) >= 2);
    }

    [Fact]
    public void Another_depth_of_the_same_symbol_is_left_alone()
    {
        EngineUnderTest engine = Quoting();

        engine.Public("""{"topic":"orderbook.1.BTCUSDT","ts":1,"type":"snapshot","data":{"s":"BTCUSDT","b":[["59000.0","1.000"]],"a":[["59000.1","1.000"]],"u":1,"seq":1},"cts":1}""");

        Assert.Empty(engine.Outbound());
        Assert.True(engine.Lanes[0].Book.TryGetTop(out BookTop top));
        Assert.Equal(new PriceTicks(600_000), top.BidPrice);
    }

    [Fact]
    public void A_snapshot_that_does_not_come_is_asked_for_again_after_a_second()
    {
        EngineUnderTest engine = Quoting();
        engine.Book(600_000, 600_002, skipUpdates: 1);
        engine.Outbound();

        engine.Advance(999_999_999);
        engine.Tick();
        Assert.DoesNotContain(engine.Outbound(), IsSnapshotRequestForBtc);

        engine.Advance(1);
        engine.Tick();
        Assert.Contains(engine.Outbound(), IsSnapshotRequestForBtc);
    }

    private static bool IsSnapshotRequestForBtc((OutboundKind Kind, byte[] Bytes, long CauseSequence) frame) => frame.Kind == OutboundKind.SnapshotRequest && frame.Bytes is [0, 0, 0, 0];

    /// <summary>An engine with both quotes resting on BTCUSDT.</summary>
    private static EngineUnderTest Quoting()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        engine.Answer(engine.Requests());
        engine.Book(600_000, 600_002);
        Assert.Empty(engine.Outbound());
        return engine;
    }

    private static bool IsAsked(EngineUnderTest engine) => engine.Outbound().Exists(frame => frame.Kind == OutboundKind.LookUpRequest);

    private static DisagreementFact Disagreement(EngineUnderTest engine) =>
        EngineUnderTest.Read<DisagreementFact>(engine.Outbound().Single(frame => frame.Kind == OutboundKind.DisagreementFact).Bytes);

    private static List<string> Texts(List<(OutboundKind Kind, byte[] Bytes, long CauseSequence)> frames) =>
        frames.Where(f => f.Kind == OutboundKind.Request).Select(f => System.Text.Encoding.UTF8.GetString(f.Bytes)).ToList();

    internal static string Json(SentRequest sent) =>
        $$"""{"reqId":"{{sent.RequestId}}","op":"{{sent.Operation}}","args":[{"symbol":"{{sent.Symbol}}","orderLinkId":"{{sent.LinkId}}","side":"{{sent.Side}}","price":"{{sent.Price}}","qty":"{{sent.Qty}}"}]}""";
}
