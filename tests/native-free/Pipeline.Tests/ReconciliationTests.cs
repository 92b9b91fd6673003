using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>What the path makes of the venue's own picture of positions, wallet and open orders: the venue wins, and each difference is told.</summary>
public sealed class ReconciliationTests
{
    [Fact]
    public void What_the_venue_holds_when_the_session_begins_is_the_beginning_and_no_difference()
    {
        var engine = new EngineUnderTest();
        engine.BeginSession();
        foreach (VenueChannel channel in (VenueChannel[])[VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade]) engine.Connect(channel);
        engine.LookUpRows(EngineUnderTest.PositionRow(-0.004m, 61_000m, createdMillis: 1));
        engine.EndPicture("1234.5");

        Assert.Equal((new QtyLots(-4), new PriceE8(61_000_00000000), new MoneyE8(123_450_000_000)), (engine.Ledger.Position(engine.Btc.Id), engine.Ledger.AverageEntry(engine.Btc.Id), engine.Ledger.Wallet));
        Assert.True(engine.Lanes[0].LiquidationPrice.Units > 61_000_00000000);
        Assert.Equal((0L, 1L, QuotingState.Active), (engine.Meters.Differences, engine.Meters.Reconciliations, engine.HotPath.State));
        Assert.Empty(Facts(engine));
    }

    [Fact]
    public void After_a_return_of_the_stream_the_venues_position_and_wallet_are_taken_over_and_told()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.Outbound();
        engine.LookUpRows(EngineUnderTest.PositionRow(0.007m, 59_000m, createdMillis: 1));
        engine.EndPicture("9000");

        Assert.Equal(
            [
                new(DisagreementSubject.PositionSize, engine.Btc.Id, 0, 7, DisagreementAction.Adopted),
                new(DisagreementSubject.WalletBalance, default, 1_000_000_000_000, 900_000_000_000, DisagreementAction.Adopted),
            ],
            Facts(engine));
        Assert.Equal(2, engine.Meters.Differences);
        Assert.Equal((new QtyLots(7), new MoneyE8(900_000_000_000)), (engine.Ledger.Position(engine.Btc.Id), engine.Ledger.Wallet));
    }

    [Fact]
    public void A_position_that_is_not_listed_is_flat()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Fill(engine.Resting("Buy"), "0.010", "0", execution: 1);
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.Outbound();
        engine.EndPicture("10000");

        Assert.Equal([new DisagreementFact(DisagreementSubject.PositionSize, engine.Btc.Id, 10, 0, DisagreementAction.Adopted)], Facts(engine));
        Assert.Equal(default, engine.Lanes[0].LiquidationPrice);
    }

    [Fact]
    public void What_the_look_up_tells_of_executions_is_booked_before_the_figures_are_compared()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy") with { Price = "60000" };
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.LookUpRows(EngineUnderTest.ExecutionRow(bid, "0.010", "0.12", execution: 1, engine.NowMillis));
        engine.LookUpRows(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1));
        engine.EndPicture("9999.88");

        Assert.Empty(Facts(engine));
        Assert.Equal((0L, 1L), (engine.Meters.Differences, engine.Ledger.ExecutionCount));
    }

    [Fact]
    public void An_answer_without_the_streams_newest_execution_is_older_than_the_books_and_the_venue_is_asked_again()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy") with { Price = "60000" };
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        string execution = EngineUnderTest.ExecutionRow(bid, "0.010", "0", execution: 1, engine.NowMillis);
        engine.Private(execution);
        engine.Outbound();
        engine.EndPicture("10000");
        Assert.Equal((0L, QuotingState.Blind, 10L), (engine.Meters.Differences, engine.HotPath.State, engine.Ledger.Position(engine.Btc.Id).Lots));

        engine.Advance(EngineUnderTest.Second);
        engine.Tick();
        Assert.True(IsAsked(engine));
        engine.LookUpRows(execution);
        engine.LookUpRows(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1));
        engine.EndPicture("10000");
        Assert.Equal((0L, QuotingState.Active, 10L), (engine.Meters.Differences, engine.HotPath.State, engine.Ledger.Position(engine.Btc.Id).Lots));
    }

    [Fact]
    public void Answers_that_stay_behind_for_fifteen_seconds_are_not_taken_over_and_the_question_begins_where_it_did()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        string missed = EngineUnderTest.ExecutionRow(ByHand(engine, "Buy", "60000"), "0.010", "0", execution: 1, engine.NowMillis);
        engine.Lose(VenueChannel.Private);
        engine.Advance(EngineUnderTest.Second);
        engine.Connect(VenueChannel.Private);
        string streamed = EngineUnderTest.ExecutionRow(ByHand(engine, "Buy", "60000"), "0.010", "0", execution: 2, engine.NowMillis);
        engine.Private(streamed);
        engine.Outbound();
        for (int second = 0; second < 15; second++)
        {
            engine.EndPicture("10000", answeredMillis: engine.NowMillis);
            Assert.Equal((0L, QuotingState.Blind, 10L), (engine.Meters.Differences, engine.HotPath.State, engine.Ledger.Position(engine.Btc.Id).Lots));
            engine.Advance(EngineUnderTest.Second);
            engine.Tick();
            Assert.Equal(EngineUnderTest.StartNanos / 1_000_000, Assert.Single(LookUpTests.Questions(engine)).Request.SinceMillis);
        }

        engine.LookUpRows(streamed);
        engine.LookUpRows(missed);
        engine.LookUpRows(EngineUnderTest.PositionRow(0.020m, 60_000m, createdMillis: 1));
        engine.EndPicture("10000", answeredMillis: engine.NowMillis);
        Assert.Equal((0L, QuotingState.Active, 20L), (engine.Meters.Differences, engine.HotPath.State, engine.Ledger.Position(engine.Btc.Id).Lots));
    }

    [Fact]
    public void A_fill_that_the_stream_lost_and_that_is_booked_after_a_newer_one_is_no_difference_even_twice_within_a_minute()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        LoseOneOfThree(engine, 0.010m, 58_500m, "10015", firstExecution: 1);
        Assert.Equal((10L, 58_500_00000000L, 1_001_500_000_000L), (engine.Ledger.Position(engine.Btc.Id).Lots, engine.Ledger.AverageEntry(engine.Btc.Id).Units, engine.Ledger.Wallet.Units));
        engine.Advance(20 * EngineUnderTest.Second);
        LoseOneOfThree(engine, 0.020m, 58_500m, "10030", firstExecution: 4);

        Assert.Equal((20L, 58_500_00000000L, 1_003_000_000_000L), (engine.Ledger.Position(engine.Btc.Id).Lots, engine.Ledger.AverageEntry(engine.Btc.Id).Units, engine.Ledger.Wallet.Units));
        Assert.Equal((new MoneyE8(30 * MoneyE8.One), 6L), (engine.Ledger.RealisedGrossTotal, engine.Ledger.ExecutionCount));
        Assert.Equal((0L, false, QuotingState.Active), (engine.Meters.Differences, engine.Gate.IsKilled, engine.HotPath.State));
    }

    [Theory]
    [InlineData("0.011", "10015", 2)]
    [InlineData("0.010", "10015.00000100", 1)]
    public void What_a_fill_that_was_booked_late_does_not_explain_is_a_difference(string position, string wallet, long differences)
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        LoseOneOfThree(engine, decimal.Parse(position, System.Globalization.CultureInfo.InvariantCulture), 58_500m, wallet, firstExecution: 1);

        Assert.Equal(differences, engine.Meters.Differences);
    }

    [Fact]
    public void A_look_up_that_quotes_wait_for_is_repeated_after_a_tenth_of_a_second_then_ever_less_often_and_after_one_that_agreed_as_soon_again()
    {
        const long Tenth = EngineUnderTest.Second / 10;
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy") with { Price = "60000" };
        string execution = EngineUnderTest.ExecutionRow(bid, "0.010", "0", execution: 1, engine.NowMillis);
        foreach (long[] waits in new long[][] { [1, 2, 4, 8, 10, 10], [1, 2] })
        {
            engine.Lose(VenueChannel.Private);
            engine.Connect(VenueChannel.Private);
            engine.Private(execution);
            engine.Outbound();
            foreach (long tenths in waits)
            {
                engine.EndPicture("10000");   // without the execution: older than the books
                engine.Advance((tenths * Tenth) - 1);
                engine.Tick();
                Assert.False(IsAsked(engine));
                engine.Advance(1);
                engine.Tick();
                Assert.True(IsAsked(engine));
            }

            engine.LookUpRows(execution);
            engine.LookUpRows(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1));
            engine.EndPicture("10000");
            Assert.Equal(QuotingState.Active, engine.HotPath.State);
        }
    }

    [Fact]
    public void An_answer_from_before_the_contradiction_is_void()
    {
        EngineUnderTest engine = Contradicted();
        long asked = engine.NowNanos;
        engine.LookUpRows(EngineUnderTest.WalletRow("1", 1));
        engine.EndLookUp(0, null, asked - 1);
        Assert.Equal((QuotingState.Blind, 0L), (engine.HotPath.State, engine.Meters.Differences));

        engine.EndLookUp(0, null, asked);
        Assert.Equal((QuotingState.Active, 0L), (engine.HotPath.State, engine.Meters.Differences)); // the rows of the void one are not those of the next
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_execution_in_the_rows_of_a_void_answer_does_not_vouch_for_the_next_answer_without_it(bool isStreamed)
    {
        EngineUnderTest engine = Contradicted();
        string execution = EngineUnderTest.ExecutionRow(engine.Resting("Buy") with { Price = "60000" }, "0.010", "0", execution: 1, engine.NowMillis);
        if (isStreamed) engine.Private(execution);
        engine.LookUpRows(execution);
        engine.EndLookUp(0, null, engine.NowNanos - 1);

        engine.EndPicture("10000");
        Assert.Equal((QuotingState.Blind, 0L, 10L), (engine.HotPath.State, engine.Meters.Differences, engine.Ledger.Position(engine.Btc.Id).Lots));

        engine.LookUpRows(execution);
        engine.LookUpRows(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1));
        engine.EndPicture("10000");
        Assert.Equal((QuotingState.Active, 0L, 10L), (engine.HotPath.State, engine.Meters.Differences, engine.Ledger.Position(engine.Btc.Id).Lots));
    }

    [Fact]
    public void An_execution_in_the_rows_of_a_void_answer_is_not_the_first_of_two_that_make_it_lost()
    {
        EngineUnderTest engine = Contradicted();
        long asked = engine.NowNanos;
        engine.EndPicture("10000");
        string execution = EngineUnderTest.ExecutionRow(engine.Resting("Buy"), "0.010", "0", execution: 1, engine.NowMillis);
        engine.LookUpRows(execution);
        engine.EndLookUp(0, null, asked - 1);

        engine.LookUpRows(execution);
        engine.EndPicture("10000");
        Assert.Equal(QuotingState.Active, engine.HotPath.State);
        engine.LookUpRows(execution);
        engine.EndPicture("10000");
        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
    }

    [Fact]
    public void Rows_that_had_no_end_or_did_not_all_come_make_the_look_up_that_ends_next_void_and_no_other()
    {
        EngineUnderTest engine = Contradicted();
        engine.LookUpRows(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1));
        engine.LookUpRows(EngineUnderTest.WalletRow("10000", 1));
        engine.EndLookUp(0, null, engine.NowNanos, rowFrames: 1, []);
        Assert.Equal((QuotingState.Blind, 1L, 0L), (engine.HotPath.State, engine.Meters.LookUpsDamaged, engine.Ledger.Position(engine.Btc.Id).Lots));

        engine.LookUpRows(EngineUnderTest.WalletRow("10000", 1));
        engine.EndLookUp(0, null, engine.NowNanos, rowFrames: 2, []);
        Assert.Equal((QuotingState.Blind, 2L), (engine.HotPath.State, engine.Meters.LookUpsDamaged));

        engine.EndPicture("10000");
        Assert.Equal((QuotingState.Active, 2L, 0L, 0L), (engine.HotPath.State, engine.Meters.LookUpsDamaged, engine.Ledger.Position(engine.Btc.Id).Lots, engine.Meters.Differences));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fills_whose_executions_never_come_leave_the_exposure_when_the_venues_position_agrees(bool streamWasAway)
    {
        EngineUnderTest engine = ConnectionTests.Quoting(reconcileEveryNanos: 10 * EngineUnderTest.Second);
        engine.Command(OperatorCommand.StopQuoting);
        engine.Order(engine.Resting("Buy"), "Filled", leaves: "0", filled: "0.010");
        engine.Order(engine.Resting("Sell"), "Filled", leaves: "0", filled: "0.010");
        engine.Advance((10 * EngineUnderTest.Second) + 1_000_000);
        if (streamWasAway) engine.Lose(VenueChannel.Private);
        if (streamWasAway) engine.Connect(VenueChannel.Private);
        else engine.Tick();
        Assert.True(IsAsked(engine));
        Assert.Equal((10L, 10L), (engine.Orders.Exposure(engine.Btc.Id).OpenBuyQty.Lots, engine.Orders.Exposure(engine.Btc.Id).OpenSellQty.Lots));

        engine.EndPicture("10000");

        Assert.Equal(default, engine.Orders.Exposure(engine.Btc.Id));
        Assert.Equal(0, engine.Meters.Differences);
    }

    [Fact]
    public void A_fill_that_was_told_within_ten_seconds_before_the_question_stays_in_the_exposure_for_its_execution_may_be_on_its_way()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Command(OperatorCommand.StopQuoting);
        SentRequest bid = engine.Resting("Buy");
        string execution = EngineUnderTest.ExecutionRow(bid with { Price = "60000" }, "0.004", "0", execution: 1, engine.NowMillis);
        engine.Order(bid, "PartiallyFilled", leaves: "0.006", filled: "0.004");
        engine.Lose(VenueChannel.Private);
        engine.Advance(10 * EngineUnderTest.Second);
        engine.Connect(VenueChannel.Private);
        engine.EndPicture("10000");
        Assert.Equal((QuotingState.Stopped, 10L), (engine.HotPath.State, engine.Orders.Exposure(engine.Btc.Id).OpenBuyQty.Lots));

        engine.Private(execution);
        Assert.Equal((4L, 6L), (engine.Ledger.Position(engine.Btc.Id).Lots, engine.Orders.Exposure(engine.Btc.Id).OpenBuyQty.Lots));
    }

    [Fact]
    public void The_same_difference_again_within_a_minute_stops_the_engine_and_after_it_does_not()
    {
        EngineUnderTest engine = Contradicted();
        engine.EndPicture("9000");
        Assert.Equal(1, engine.Meters.Differences);
        engine.Advance(58 * EngineUnderTest.Second);
        Contradict(engine, "8000");
        engine.EndPicture("8000");
        Assert.Equal(KillReason.LedgerMismatch, engine.Gate.KilledBy);
        Assert.Equal(new DisagreementFact(DisagreementSubject.WalletBalance, default, 900_000_000_000, 800_000_000_000, DisagreementAction.Stopped), Facts(engine)[^1]);

        engine = Contradicted();
        engine.EndPicture("9000");
        engine.Advance(59 * EngineUnderTest.Second);
        Contradict(engine, "8000");
        engine.EndPicture("8000");
        Assert.Equal(2, engine.Meters.Differences);
        Assert.False(engine.Gate.IsKilled);
    }

    [Fact]
    public void A_contradiction_that_comes_back_and_is_not_confirmed_again_does_not_stop_the_engine()
    {
        EngineUnderTest engine = Contradicted();
        engine.EndPicture("10000");
        Contradict(engine, "9000");
        engine.EndPicture("10000");

        Assert.Equal((0L, false), (engine.Meters.Differences, engine.Gate.IsKilled));
    }

    [Fact]
    public void A_contradiction_that_the_venue_does_not_confirm_changes_nothing()
    {
        EngineUnderTest engine = Contradicted();
        engine.EndPicture("10000");

        Assert.Equal((0L, QuotingState.Active, new MoneyE8(1_000_000_000_000)), (engine.Meters.Differences, engine.HotPath.State, engine.Ledger.Wallet));
    }

    [Fact]
    public void An_execution_that_the_stream_has_lost_is_found_by_two_look_ups_and_booked_and_is_no_difference()
    {
        EngineUnderTest engine = ConnectionTests.Quoting(reconcileEveryNanos: 10 * EngineUnderTest.Second);
        string execution = EngineUnderTest.ExecutionRow(engine.Resting("Buy") with { Price = "60000" }, "0.010", "0.12", execution: 1, engine.NowMillis);
        for (int i = 0; i < 3; i++)
        {
            engine.Advance((i == 0 ? 10 : 1) * EngineUnderTest.Second);
            engine.Tick();
            Assert.True(i == 2 || IsAsked(engine));
            Assert.Equal(i < 2 ? QuotingState.Active : QuotingState.Blind, engine.HotPath.State);
            engine.LookUpRows(execution);
            engine.LookUpRows(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1));
            engine.EndPicture("9999.88");
        }

        Assert.Equal((1L, 0L, 10L, QuotingState.Active), (engine.Ledger.ExecutionCount, engine.Meters.Differences, engine.Ledger.Position(engine.Btc.Id).Lots, engine.HotPath.State));
    }

    [Fact]
    public void Executions_that_were_each_late_once_are_no_contradiction()
    {
        EngineUnderTest engine = ConnectionTests.Quoting(reconcileEveryNanos: 10 * EngineUnderTest.Second);
        SentRequest bid = engine.Resting("Buy") with { Price = "60000" };
        for (int i = 1; i <= 3; i++)
        {
            engine.Advance((i == 1 ? 10 : 1) * EngineUnderTest.Second);
            engine.Tick();
            Assert.True(IsAsked(engine));
            for (int told = 1; told <= i; told++) engine.LookUpRows(EngineUnderTest.ExecutionRow(bid, "0.001", "0", told, engine.NowMillis));
            engine.EndPicture("10000");
            Assert.Equal((QuotingState.Active, i - 1L), (engine.HotPath.State, engine.Ledger.ExecutionCount));

            engine.Private(EngineUnderTest.ExecutionRow(bid, "0.001", "0", i, engine.NowMillis));
            engine.Answer(engine.Requests());
        }

        Assert.Equal((3L, 0L), (engine.Ledger.ExecutionCount, engine.Meters.Differences));
    }

    [Fact]
    public void A_routine_look_up_is_asked_every_so_often_and_does_not_stop_quoting_as_long_as_all_is_well()
    {
        EngineUnderTest engine = ConnectionTests.Quoting(reconcileEveryNanos: 10 * EngineUnderTest.Second);
        engine.Outbound();
        engine.Advance((10 * EngineUnderTest.Second) - 300_000_001);
        engine.Tick();
        Assert.False(IsAsked(engine));
        engine.Advance(1);
        engine.Tick();
        Assert.True(IsAsked(engine));
        Assert.Equal(QuotingState.Active, engine.HotPath.State);
        engine.EndPicture("10000");
        Assert.Equal(QuotingState.Active, engine.HotPath.State);

        engine.Advance(10 * EngineUnderTest.Second);
        engine.Tick();
        engine.EndPicture("9000");
        Assert.Equal((QuotingState.Blind, 0L), (engine.HotPath.State, engine.Meters.Differences)); // first the quotes go, then the figures are taken over
        engine.EndPicture("9000");
        Assert.Equal((QuotingState.Active, 1L), (engine.HotPath.State, engine.Meters.Differences));
    }

    [Theory]
    [InlineData("\"positionIdx\":0", "\"positionIdx\":1", PositionStatus.HedgeMode)]
    [InlineData("\"Normal\"", "\"Liq\"", PositionStatus.Liquidation)]
    public void A_position_in_hedge_mode_or_being_taken_over_is_told_once_and_nothing_is_adopted_or_quoted(string text, string instead, PositionStatus status)
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.Outbound();
        for (int i = 0; i < 2; i++)
        {
            engine.LookUpRows(EngineUnderTest.PositionRow(0.010m, 60_000m, createdMillis: 1).Replace(text, instead, StringComparison.Ordinal));
            engine.EndPicture("9000");
            Assert.Equal((QuotingState.Blind, 0L), (engine.HotPath.State, engine.Ledger.Position(engine.Btc.Id).Lots));
            engine.Advance(EngineUnderTest.Second);
        }

        Assert.Equal([new DisagreementFact(DisagreementSubject.PositionStatus, engine.Btc.Id, 0, (long)status, DisagreementAction.LeftAlone)], Facts(engine));
        engine.EndPicture("10000");
        Assert.Equal(QuotingState.Active, engine.HotPath.State);
    }

    [Fact]
    public void An_order_of_an_earlier_session_is_cancelled_and_nothing_is_quoted_until_the_venue_has_said_that_it_is_closed()
    {
        var engine = new EngineUnderTest();
        engine.BeginSession();
        foreach (VenueChannel channel in (VenueChannel[])[VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade]) engine.Connect(channel);
        engine.Market();
        var orphan = new SentRequest("", "order.create", "BTCUSDT", "le0000000500000009", "Sell", "61000", "0.010");
        engine.LookUpRows(EngineUnderTest.OrderRow(orphan, "New", "0.010", engine.NowMillis));
        engine.EndPicture("10000");

        List<(OutboundKind Kind, byte[] Bytes, long CauseSequence)> sent = engine.Outbound();
        Assert.Equal(new DisagreementFact(DisagreementSubject.Orphan, engine.Btc.Id, 0x5_00000009, -10, DisagreementAction.Cancelled), Facts(sent).Single());
        SentRequest cancel = SentRequest.Parse(System.Text.Encoding.UTF8.GetString(sent.Single(frame => frame.Kind == OutboundKind.Request).Bytes));
        Assert.Equal(("order.cancel", orphan.LinkId), (cancel.Operation, cancel.LinkId));
        Assert.Equal((QuotingState.Blind, 1L), (engine.HotPath.State, engine.Orders.OrphansFound));

        engine.Private(EngineUnderTest.OrderRow(orphan, "Cancelled", "0", engine.NowMillis + 1, "CancelByUser"));
        Assert.Equal(QuotingState.Active, engine.HotPath.State);
        Assert.Equal(["order.create", "order.create"], engine.Requests().Select(request => SentRequest.Parse(request).Operation));
    }

    [Fact]
    public void A_row_of_the_stream_that_shows_an_ended_order_open_is_cancelled_when_it_is_newer_than_the_end_and_nothing_when_it_is_older()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy");
        engine.Order(bid, "Cancelled", leaves: "0", cancelType: "CancelByUser");
        engine.Outbound();
        engine.Private(EngineUnderTest.OrderRow(bid, "New", bid.Qty, engine.NowMillis));
        Assert.Equal((0L, QuotingState.Active), (engine.Orders.OrphansFound, engine.HotPath.State));

        engine.Outbound();
        engine.Private(EngineUnderTest.OrderRow(bid, "New", bid.Qty, engine.NowMillis + 1));
        Assert.Equal((1L, QuotingState.Blind, false), (engine.Orders.OrphansFound, engine.HotPath.State, engine.Gate.IsKilled));
        List<(OutboundKind Kind, byte[] Bytes, long CauseSequence)> sent = engine.Outbound();
        Assert.Contains(sent, frame => frame.Kind == OutboundKind.LookUpRequest);
        Assert.Contains(sent, frame => frame.Kind == OutboundKind.Request && System.Text.Encoding.UTF8.GetString(frame.Bytes) is var text && text.Contains("order.cancel", StringComparison.Ordinal) && text.Contains(bid.LinkId, StringComparison.Ordinal));
    }

    [Fact]
    public void An_orphan_whose_place_in_the_table_is_taken_holds_up_quoting_until_it_could_be_taken_in()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy");
        string orphan = EngineUnderTest.OrderRow(bid with { LinkId = "le00000005" + bid.LinkId[10..] }, "New", bid.Qty, engine.NowMillis);
        engine.Lose(VenueChannel.Private);
        engine.Connect(VenueChannel.Private);
        engine.LookUpRows(orphan);
        engine.EndPicture("10000");
        Assert.Equal((0L, QuotingState.Blind), (engine.Orders.OrphansFound, engine.HotPath.State));

        engine.Order(bid, "Cancelled", leaves: "0", cancelType: "CancelByUser", endOfBurst: true);
        engine.LookUpRows(orphan);
        engine.EndPicture("10000");
        Assert.Equal((1L, QuotingState.Blind), (engine.Orders.OrphansFound, engine.HotPath.State));
    }

    [Fact]
    public void An_order_of_another_client_is_told_once_and_never_touched()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        string foreign = EngineUnderTest.OrderRow(engine.Resting("Sell") with { LinkId = "by-hand-0000000000" }, "New", "0.010", engine.NowMillis);
        engine.LookUpRows(foreign);
        engine.EndPicture("10000");
        engine.LookUpRows(foreign);
        engine.EndPicture("10000");

        List<(OutboundKind Kind, byte[] Bytes, long CauseSequence)> sent = engine.Outbound();
        Assert.Equal([new DisagreementFact(DisagreementSubject.ForeignOrder, engine.Btc.Id, 0, -10, DisagreementAction.LeftAlone)], Facts(sent));
        Assert.DoesNotContain(sent, frame => frame.Kind == OutboundKind.Request);
        Assert.Equal((1L, QuotingState.Active), (engine.Orders.ForeignOrders, engine.HotPath.State));
    }

    [Fact]
    public void Recovery_is_counted_from_the_first_loss_until_quotes_may_be_made_again()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        engine.Lose(VenueChannel.Private);
        engine.Advance(EngineUnderTest.Second);
        engine.Lose(VenueChannel.Trade);
        engine.Connect(VenueChannel.Trade);
        engine.Connect(VenueChannel.Private);
        engine.Advance(500_000_000);
        Assert.Equal(0, engine.Meters.Recover.Count);
        engine.EndPicture("10000");
        Assert.Equal((1L, 1_500L), (engine.Meters.Recover.Count, engine.Meters.Recover.Max / 1_000_000));

        Contradict(engine, "9000");
        engine.Advance(200_000_000);
        engine.EndPicture("9000");
        Assert.Equal((2L, 200L), (engine.Meters.Recover.Count, engine.Meters.Recover.ValueAtPercentile(50) / 1_000_000));
    }

    [Fact]
    public void What_is_told_again_is_counted_and_changes_nothing()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        SentRequest bid = engine.Resting("Buy");
        engine.Fill(bid, "0.010", "0", execution: 1);
        long before = engine.Meters.DuplicatesIgnored;
        engine.Fill(bid, "0.010", "0", execution: 1);
        engine.LookUpRows(EngineUnderTest.ExecutionRow(bid, "0.010", "0", execution: 1, executedMillis: 1));

        Assert.Equal((3L, 10L), (engine.Meters.DuplicatesIgnored - before, engine.Ledger.Position(engine.Btc.Id).Lots));
    }

    /// <summary>Bought at 59,000, bought at 58,000 without a word of the stream, and sold at 60,000; then the wallet contradicts, and a look-up brings all three and the venue's figures.</summary>
    private static void LoseOneOfThree(EngineUnderTest engine, decimal position, decimal averageEntry, string wallet, int firstExecution)
    {
        string bought = EngineUnderTest.ExecutionRow(ByHand(engine, "Buy", "59000"), "0.010", "0", firstExecution, engine.NowMillis);
        string lost = EngineUnderTest.ExecutionRow(ByHand(engine, "Buy", "58000"), "0.010", "0", firstExecution + 1, engine.NowMillis + 1);
        string sold = EngineUnderTest.ExecutionRow(ByHand(engine, "Sell", "60000"), "0.010", "0", firstExecution + 2, engine.NowMillis + 2);
        engine.Private(bought);
        engine.Advance(2_000_000);
        engine.Private(sold);
        Contradict(engine, wallet);
        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
        foreach (string row in (string[])[sold, lost, bought]) engine.LookUpRows(row);
        engine.LookUpRows(EngineUnderTest.PositionRow(position, averageEntry, createdMillis: 1));
        engine.EndPicture(wallet, engine.NowMillis);
    }

    private static SentRequest ByHand(EngineUnderTest engine, string side, string price) => engine.Resting(side) with { LinkId = "by-hand-0000000000", Price = price };

    /// <summary>An engine whose wallet the stream has contradicted for a second, and that has asked.</summary>
    private static EngineUnderTest Contradicted()
    {
        EngineUnderTest engine = ConnectionTests.Quoting();
        Contradict(engine, "9000");
        Assert.Equal(QuotingState.Blind, engine.HotPath.State);
        return engine;
    }

    private static void Contradict(EngineUnderTest engine, string balance)
    {
        engine.Wallet(balance, engine.NowMillis);
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();
    }

    private static bool IsAsked(EngineUnderTest engine) => engine.Outbound().Exists(frame => frame.Kind == OutboundKind.LookUpRequest);

    private static List<DisagreementFact> Facts(EngineUnderTest engine) => Facts(engine.Outbound());

    private static List<DisagreementFact> Facts(List<(OutboundKind Kind, byte[] Bytes, long CauseSequence)> frames) =>
        [.. frames.Where(frame => frame.Kind == OutboundKind.DisagreementFact).Select(frame => EngineUnderTest.Read<DisagreementFact>(frame.Bytes))];
}
