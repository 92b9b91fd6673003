using System.Globalization;
using System.Runtime.InteropServices;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>How the path learns what it missed, and what it believes meanwhile.</summary>
public sealed class LookUpTests
{
    [Fact]
    public void The_return_of_the_private_stream_asks_for_missed_executions_and_every_live_order()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Lose(VenueChannel.Private);
        engine.Outbound();

        engine.Connect(VenueChannel.Private);

        (LookUpRequest request, ClientOrderId[] names) = Assert.Single(Questions(engine));
        Assert.Equal(new LookUpRequest(EngineUnderTest.StartNanos / 1_000_000, PrivateGeneration: 2, engine.NowNanos), request);
        Assert.Equal([1u, 2u], names.Select(name => name.Number).Order());
        Assert.All(names, name => Assert.Equal(EngineUnderTest.Session, name.Session));
        Assert.Equal(2, engine.Meters.LookUpsAsked);
    }

    [Fact]
    public void Executions_are_asked_for_from_ten_seconds_before_the_newest_wallet_of_the_whole_stream_that_was_the_ledgers()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        (SentRequest bid, _) = Created(engine);
        engine.Advance(60 * EngineUnderTest.Second);
        long agreed = engine.NowMillis;
        engine.Wallet("9999", agreed);
        engine.Private(EngineUnderTest.ExecutionRow(bid, "0.001", "1", execution: 1, agreed));

        // a newer execution says nothing of those before it, and no more does a wallet that differs
        engine.Advance(60 * EngineUnderTest.Second);
        engine.Private(EngineUnderTest.ExecutionRow(bid, "0.001", "1", execution: 2, engine.NowMillis));
        engine.Wallet("9990", engine.NowMillis);
        engine.Lose(VenueChannel.Private);
        engine.Outbound();
        engine.Connect(VenueChannel.Private);
        Assert.Equal(agreed - 10_000, Assert.Single(Questions(engine)).Request.SinceMillis);

        // The newest come first: what breaks off then may have left out older ones.
        engine.Advance(60 * EngineUnderTest.Second);
        engine.LookUpRows(EngineUnderTest.ExecutionRow(bid, "0.001", "0", execution: 3, engine.NowMillis));
        engine.Tick();
        Assert.Equal(agreed - 10_000, Assert.Single(Questions(engine)).Request.SinceMillis);
    }

    [Fact]
    public void A_wallet_that_agrees_while_a_position_does_not_says_nothing_of_the_executions_before_it()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Advance(60 * EngineUnderTest.Second);
        engine.Private(EngineUnderTest.PositionRow(0.010m, 60_000m, engine.NowMillis));   // opened by a fill that cost no fee
        engine.Wallet("10000", engine.NowMillis);
        engine.Outbound();
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();

        Assert.Equal(EngineUnderTest.StartNanos / 1_000_000, Assert.Single(Questions(engine)).Request.SinceMillis);
    }

    [Fact]
    public void Nothing_is_quoted_before_the_look_up_of_the_present_connection_ends()
    {
        var engine = new EngineUnderTest().Begin();
        for (int i = 0; i < 2; i++)
        {
            engine.Lose(VenueChannel.Private);
            engine.Connect(VenueChannel.Private);
        }

        engine.EndLookUp(generation: 2);
        engine.Market();
        Assert.Empty(engine.Requests());
        Assert.Equal((1L, QuotingState.Blind), (engine.Meters.FramesOfLostConnections, engine.HotPath.State));

        engine.EndLookUp(generation: 3);
        Assert.Equal(2, engine.Requests().Count);
        Assert.Equal(QuotingState.Active, engine.HotPath.State);
    }

    [Fact]
    public void A_look_up_without_an_end_is_asked_again_every_two_seconds()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.Outbound();

        engine.Advance((2 * EngineUnderTest.Second) - 1);
        engine.Tick();
        Assert.Empty(Questions(engine));
        engine.Advance(1);
        engine.Tick();
        Assert.Single(Questions(engine));
        engine.Advance(2 * EngineUnderTest.Second);
        engine.Tick();
        Assert.Single(Questions(engine));
    }

    [Fact]
    public void Orders_of_unknown_outcome_are_asked_for_at_most_once_a_second_and_quoting_goes_on()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        engine.Requests();
        engine.Lose(VenueChannel.Trade);
        engine.Connect(VenueChannel.Trade);
        foreach (string cancel in engine.Requests()) engine.Refuse(cancel, 110001);

        engine.Advance(EngineUnderTest.Second);
        engine.Tick();
        (_, ClientOrderId[] names) = Assert.Single(Questions(engine));
        Assert.Equal(2, names.Length);
        Assert.Equal(QuotingState.Active, engine.HotPath.State);
        engine.EndLookUp();
        engine.Advance(EngineUnderTest.Second - 1);
        engine.Tick();
        Assert.Empty(Questions(engine));
        engine.Advance(1);
        engine.Tick();
        Assert.Single(Questions(engine));
    }

    [Fact]
    public void An_order_that_the_venue_does_not_know_frees_its_level_when_its_create_can_no_longer_arrive()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        (SentRequest bid, SentRequest ask) = Created(engine);
        engine.Lose(VenueChannel.Trade);
        engine.Order(ask, "New", leaves: ask.Qty);
        engine.Advance(5 * EngineUnderTest.Second);
        engine.Tick();
        engine.EndLookUp(0, null, Name(bid));
        Assert.Equal(OrderState.OutcomeUnknown, engine.Orders.StateOf(Name(bid)));

        engine.Advance(EngineUnderTest.Second);
        engine.Tick();
        engine.EndLookUp(0, null, Name(bid), Name(ask));

        Assert.Equal(OrderState.Unset, engine.Orders.StateOf(Name(bid)));
        Assert.Equal(OrderState.Working, engine.Orders.StateOf(Name(ask)));
    }

    [Fact]
    public void An_answer_says_no_more_than_what_was_known_when_its_question_was_asked()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        (SentRequest bid, _) = Created(engine);
        engine.Lose(VenueChannel.Trade);
        engine.Advance(5 * EngineUnderTest.Second);
        engine.Tick();
        engine.Advance(2 * EngineUnderTest.Second);
        engine.Tick();
        List<(LookUpRequest Request, ClientOrderId[] Names)> questions = [.. Questions(engine)];
        Assert.Equal(2, questions.Count);

        engine.EndLookUp(0, null, questions[0].Request.AskedNanos, Name(bid));
        Assert.Equal(OrderState.OutcomeUnknown, engine.Orders.StateOf(Name(bid)));

        engine.EndLookUp(0, null, questions[1].Request.AskedNanos, Name(bid));
        Assert.Equal(OrderState.Unset, engine.Orders.StateOf(Name(bid)));
    }

    [Fact]
    public void Missed_executions_and_ends_are_taken_from_the_look_up_and_the_same_from_the_stream_changes_nothing()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy");
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        string execution = EngineUnderTest.ExecutionRow(bid, "0.010", "0.12", execution: 1, engine.NowMillis);
        engine.LookUpRows(execution);
        engine.LookUpRows(EngineUnderTest.OrderRow(bid, "Filled", "0", engine.NowMillis, filled: "0.010"));
        engine.EndLookUp(engine.NowMillis);

        engine.Private(execution);
        engine.LookUpRows(execution);
        engine.Private(EngineUnderTest.OrderRow(bid, "New", bid.Qty, engine.NowMillis - 1));
        engine.Private(EngineUnderTest.OrderRow(bid, "Filled", "0", engine.NowMillis, filled: "0.010"));

        Assert.Equal(10, engine.Ledger.Position(engine.Btc.Id).Lots);
        Assert.Equal((1L, 1L), (engine.Ledger.ExecutionCount, engine.Ledger.DuplicateCount));
        Assert.Equal(0, engine.Orders.Exposure(engine.Btc.Id).OpenBuyQty.Lots);
        Assert.False(engine.Gate.IsKilled);
        Assert.Single(engine.Outbound(), frame => frame.Kind == OutboundKind.ExecutionFact);
    }

    [Fact]
    public void The_venues_figures_are_not_compared_while_executions_may_be_missing()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);

        engine.Wallet("9999", engine.NowMillis + 1);
        engine.Private(EngineUnderTest.PositionRow(0.010m, 60_000m, engine.NowMillis + 1));
        engine.Outbound();
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();

        Assert.Empty(Questions(engine));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_message_that_is_older_than_the_answer_is_not_compared_and_a_newer_one_that_differs_has_the_venue_asked(bool isWallet)
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.EndLookUp(answeredMillis: 5_000);

        engine.Outbound();
        Tell(5_000);
        Wait();
        Assert.Empty(Questions(engine));
        Tell(5_001);
        Wait();
        Assert.Single(Questions(engine));

        void Wait()
        {
            engine.Advance(EngineUnderTest.Second);
            engine.Tick();
        }

        void Tell(long createdMillis)
        {
            if (isWallet) engine.Wallet("9999", createdMillis);
            else engine.Private(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis));
        }
    }

    [Fact]
    public void A_stream_that_is_whole_brings_every_execution_in_its_turn_and_a_look_up_none()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy");
        string execution = EngineUnderTest.ExecutionRow(bid, "0.010", "0.12", execution: 1, engine.NowMillis);

        engine.LookUpRows(execution);
        engine.LookUpRows(EngineUnderTest.OrderRow(bid, "Filled", "0", engine.NowMillis, filled: "0.010"));
        engine.EndLookUp();
        Assert.Equal(0, engine.Ledger.Position(engine.Btc.Id).Lots);
        Assert.Equal(20, engine.Orders.Exposure(engine.Btc.Id).OpenBuyQty.Lots); // the fill that is not booked yet, and the next quote

        engine.Private(execution);
        Assert.Equal(10, engine.Ledger.Position(engine.Btc.Id).Lots);
        Assert.Equal(10, engine.Orders.Exposure(engine.Btc.Id).OpenBuyQty.Lots);
    }

    [Fact]
    public void Executions_are_booked_in_the_order_in_which_they_were_made_however_they_come()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy"), ask = engine.Resting("Sell");
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.Outbound();

        // bought at 59000 and sold at 60000, then bought at 58000: in any other order another cost would have been sold
        engine.Private(EngineUnderTest.ExecutionRow(bid with { Price = "58000" }, "0.010", "0", execution: 3, executedMillis: 30));
        engine.LookUpRows(EngineUnderTest.ExecutionRow(ask with { Price = "60000" }, "0.010", "0", execution: 2, executedMillis: 20));
        engine.LookUpRows(EngineUnderTest.ExecutionRow(bid with { Price = "58000" }, "0.010", "0", execution: 3, executedMillis: 30));
        engine.LookUpRows(EngineUnderTest.ExecutionRow(bid with { Price = "59000" }, "0.010", "0", execution: 1, executedMillis: 20));
        Assert.Equal(0, engine.Ledger.ExecutionCount);
        engine.EndLookUp();

        Assert.Equal(new MoneyE8(10 * MoneyE8.One), engine.Ledger.RealisedGrossTotal);
        Assert.Equal(new PriceE8(58_000_00000000), engine.Ledger.AverageEntry(engine.Btc.Id));
        Assert.Equal((3L, 0L), (engine.Ledger.ExecutionCount, engine.Ledger.DuplicateCount));
    }

    [Fact]
    public void More_executions_than_can_wait_are_booked_and_none_is_lost()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy");
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.Outbound();

        for (int i = 1; i <= 1_500; i++)
        {
            engine.LookUpRows(EngineUnderTest.ExecutionRow(bid, "0.001", "0", i, engine.NowMillis + 20_000 + i));
            engine.Outbound();
        }

        engine.Advance(2 * EngineUnderTest.Second);
        engine.Tick();
        Assert.Equal(EngineUnderTest.StartNanos / 1_000_000, Assert.Single(Questions(engine)).Request.SinceMillis); // older ones may still be missing
        engine.EndLookUp();
        Assert.Equal(1_500, engine.Ledger.Position(engine.Btc.Id).Lots);
    }

    [Fact]
    public void A_malformed_look_up_is_rejected_and_does_not_count_as_an_answer()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);

        engine.LookUpRows("not json");
        engine.LookUpRows("""{"topic":"tickers","creationTime":1,"data":[]}""");
        engine.Hand(InboundKind.LookUpEnd, new byte[15]);
        engine.Hand(InboundKind.LookUpEnd, new byte[17]);

        Assert.Equal(4, engine.Meters.FramesRejected);
        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
    }

    [Fact]
    public void A_look_up_with_rows_that_cannot_be_read_has_no_end_and_is_asked_again()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy");
        engine.Lose(VenueChannel.Private);
        engine.Advance(10 * EngineUnderTest.Second);
        engine.Connect(VenueChannel.Private);
        engine.Outbound();

        engine.LookUpRows("not json");
        engine.EndLookUp(engine.NowMillis, null, Name(bid));
        Assert.Equal((1L, 1L), (engine.Meters.LookUpsDamaged, engine.Meters.FramesRejected));
        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
        Assert.NotEqual(OrderState.OutcomeUnknown, engine.Orders.StateOf(Name(bid)));

        engine.Advance(2 * EngineUnderTest.Second);
        engine.Tick();
        Assert.Equal(EngineUnderTest.StartNanos / 1_000_000, Assert.Single(Questions(engine)).Request.SinceMillis);
        engine.EndLookUp();
        Assert.NotEqual(QuotingState.Blind, engine.HotPath.State);
    }

    [Fact]
    public void Damage_is_that_of_the_look_up_whose_end_comes_next_and_of_no_other()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.LookUpRows("not json");
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);

        engine.EndLookUp(generation: 2);
        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
        engine.EndLookUp(generation: 3);

        Assert.Equal(QuotingState.Active, engine.HotPath.State);
        Assert.Equal(0, engine.Meters.LookUpsDamaged);
    }

    [Fact]
    public void A_quiet_market_does_not_leave_the_begin_of_the_next_question_behind()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin();
        engine.Advance(6 * 86_400 * EngineUnderTest.Second);
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        Assert.Equal(EngineUnderTest.StartNanos / 1_000_000, Assert.Single(Questions(engine)).Request.SinceMillis);
        long answered = engine.NowMillis;
        engine.EndLookUp(answered);

        engine.Advance(6 * 86_400 * EngineUnderTest.Second);
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);

        Assert.Equal(answered - 10_000, Assert.Single(Questions(engine)).Request.SinceMillis);
    }

    [Fact]
    public void A_quote_that_the_venue_does_not_know_after_the_streams_return_is_cancelled_and_not_believed()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy");
        engine.Lose(VenueChannel.Trade);
        engine.Advance(7 * EngineUnderTest.Second);
        engine.EndLookUp(0, null, Name(bid));
        Assert.Equal(OrderState.Working, engine.Orders.StateOf(Name(bid)));
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);

        engine.EndLookUp(0, null, Name(bid));
        Assert.Equal(OrderState.OutcomeUnknown, engine.Orders.StateOf(Name(bid)));
        engine.Outbound();
        engine.Connect(VenueChannel.Trade);

        Assert.Contains(engine.Requests().Select(SentRequest.Parse), sent => sent.Operation == "order.cancel" && sent.LinkId == bid.LinkId);
    }

    [Fact]
    public void A_takeover_that_was_missed_still_stops_the_engine()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);

        engine.LookUpRows("""{"topic":"execution","data":[{"category":"linear","symbol":"BTCUSDT","execFee":"0","execId":"00000000-0000-4000-8000-000000000001","execPrice":"59000","execQty":"0.001","execType":"BustTrade","leavesQty":"0","orderId":"00000000-0000-4000-8000-000000000002","orderLinkId":"","side":"Sell","execTime":"1","isMaker":false,"seq":9}]}""");
        engine.EndLookUp();

        Assert.Equal(KillReason.Liquidated, engine.Gate.KilledBy);
    }

    internal static ClientOrderId Name(SentRequest sent) =>
        new(uint.Parse(sent.LinkId.AsSpan(2, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture), uint.Parse(sent.LinkId.AsSpan(10, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    internal static (LookUpRequest Request, ClientOrderId[] Names) Question(byte[] payload) =>
        (MemoryMarshal.Read<LookUpRequest>(payload), MemoryMarshal.Cast<byte, ClientOrderId>(payload.AsSpan(Marshal.SizeOf<LookUpRequest>())).ToArray());

    internal static List<(LookUpRequest Request, ClientOrderId[] Names)> Questions(EngineUnderTest engine) =>
        engine.Outbound().Where(frame => frame.Kind == OutboundKind.LookUpRequest).Select(frame => Question(frame.Bytes)).ToList();

    private static (SentRequest Bid, SentRequest Ask) Created(EngineUnderTest engine)
    {
        List<SentRequest> created = engine.Requests().Select(SentRequest.Parse).ToList();
        return (created.Single(r => r.Side == "Buy"), created.Single(r => r.Side == "Sell"));
    }
}
