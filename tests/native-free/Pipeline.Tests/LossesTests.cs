using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>The loss ladder in the path: what each limit does to quotes and positions, and what may not trip it.</summary>
public sealed class LossesTests
{
    private const long Second = EngineUnderTest.Second;

    // 0.01 BTC near 60,000: 600 USDT. With 1,000 USDT of equity, 2 % are 20 USDT, near a mark of 58,000.
    private static readonly LossLadderSettings Daily = new() { DailyLossE8 = 2_000_000, DailyPauseNanos = 3_600 * Second };

    [Fact]
    public void At_the_daily_loss_quotes_are_pulled_the_position_is_closed_and_quotes_are_back_when_the_pause_ends()
    {
        EngineUnderTest engine = Holding(Daily);

        engine.Mark("57900.00");

        Assert.Equal(QuotingState.Reducing, engine.HotPath.State);
        SentRequest close = Closed(engine);
        Assert.Equal(("Sell", "0.010"), (close.Side, close.Qty));
        engine.Fill(close, "0.010", "0", execution: 7);
        engine.Move();
        Assert.Equal(0, engine.Ledger.Position(engine.Btc.Id).Lots);
        Assert.Empty(engine.Requests());

        engine.Advance(3_599 * Second);
        engine.Move();
        engine.Tick();
        Assert.Empty(engine.Requests());
        engine.Advance(Second);
        engine.Mark("60000.00");   // a bid far above the mark would be liquidated as soon as it filled
        engine.Tick();
        engine.Move();
        engine.Move();

        Assert.Equal((QuotingState.Active, 1L), (engine.HotPath.State, engine.HotPath.Losses.Hits(LossRule.DailyLoss)));
        Assert.Equal(["order.create", "order.create"], engine.Requests().Select(request => SentRequest.Parse(request).Operation));
    }

    [Fact]
    public void A_stop_closes_its_own_position_alone_and_its_instrument_waits()
    {
        EngineUnderTest engine = Holding(new LossLadderSettings { PositionStopE8 = 1_000_000, PositionStopPauseNanos = 60 * Second });

        engine.Mark("59000.00");

        Assert.Equal(QuotingState.Active, engine.HotPath.State);
        SentRequest close = Closed(engine);
        engine.Fill(close, "0.010", "0", execution: 7);
        engine.Mark("60000.00");
        engine.Move();
        Assert.Empty(engine.Requests());
        Assert.Equal((QuotesHeldBy.LossLimit, 1L), (engine.Lanes[0].HeldBy, engine.Meters.QuotesHeldBy(QuotesHeldBy.LossLimit)));

        engine.Advance(60 * Second);
        engine.Move();
        Assert.Equal(2, engine.Requests().Count);
    }

    [Fact]
    public void A_drawdown_kills_and_closes()
    {
        EngineUnderTest engine = Holding(new LossLadderSettings { DrawdownE8 = 2_000_000 });

        engine.Mark("57900.00");

        Assert.Equal((true, KillReason.Drawdown), (engine.Gate.IsKilled, engine.Gate.KilledBy));
        SentRequest close = Closed(engine);
        Assert.Equal("Sell", close.Side);
        Assert.Equal(ClosingState.Closing, engine.State().Closing);
        engine.Fill(close, "0.010", "0", execution: 7);
        Assert.Equal(ClosingState.Flat, engine.State().Closing);
        engine.Command(OperatorCommand.Resume);
        Assert.Equal(ClosingState.Unset, engine.State().Closing);
    }

    [Fact]
    public void A_model_that_is_unsure_of_itself_for_too_long_kills_and_closes()
    {
        EngineUnderTest engine = Holding(new LossLadderSettings { ModelConfidenceMinE8 = 30_000_000, ModelConfidenceNanos = 60 * Second });
        engine.Bias(engine.Btc.Id, 0, doubt: 0.8);
        engine.Advance(59 * Second);
        engine.Tick();
        engine.Move();
        Assert.False(engine.Gate.IsKilled);

        engine.Advance(9 * Second / 10);
        engine.Tick();

        Assert.Equal((true, KillReason.ModelConfidence), (engine.Gate.IsKilled, engine.Gate.KilledBy));
        engine.Fill(Closed(engine), "0.010", "0", execution: 7);
        Assert.Equal(ClosingState.Flat, engine.State().Closing);
        engine.Bias(engine.Btc.Id, 0, doubt: 0.8);
        engine.Advance(600 * Second);
        engine.Command(OperatorCommand.Resume);
        engine.Bias(engine.Btc.Id, 0, doubt: 0.8);
        engine.Advance(59 * Second);
        engine.Tick();
        Assert.False(engine.Gate.IsKilled);
        engine.Advance(Second);
        engine.Tick();
        Assert.True(engine.Gate.IsKilled);
    }

    [Fact]
    public void What_an_operator_has_killed_without_flattening_a_model_that_was_unsure_does_not_close()
    {
        EngineUnderTest engine = Holding(new LossLadderSettings { ModelConfidenceMinE8 = 30_000_000, ModelConfidenceNanos = 60 * Second });
        engine.Bias(engine.Btc.Id, 0, doubt: 0.8);
        engine.Advance(59 * Second);
        engine.Command(OperatorCommand.Kill);
        engine.Outbound();

        engine.Advance(2 * Second);   // and no view comes any more
        engine.Tick();

        RiskFact told = EngineUnderTest.Read<RiskFact>(engine.Outbound().Last(frame => frame.Kind == OutboundKind.RiskFact).Bytes);
        Assert.Equal((1 << (int)KillReason.Operator, ClosingState.Unset), (told.KillReasons, engine.State().Closing));
    }

    [Fact]
    public void A_drawdown_behind_an_operators_kill_closes_and_is_told_beside_it()
    {
        EngineUnderTest engine = Holding(new LossLadderSettings { DrawdownE8 = 2_000_000 });
        engine.Command(OperatorCommand.Kill);
        engine.Outbound();

        engine.Mark("57900.00");

        Assert.Equal(KillReason.Operator, engine.Gate.KilledBy);
        engine.Tick();
        RiskFact told = EngineUnderTest.Read<RiskFact>(engine.Outbound().Last(frame => frame.Kind == OutboundKind.RiskFact).Bytes);
        Assert.Equal((1 << (int)KillReason.Operator) | (1 << (int)KillReason.Drawdown), told.KillReasons);
        Assert.Equal(ClosingState.Closing, engine.State().Closing);
    }

    [Theory]
    [InlineData(10016, LossRule.ApiErrors)]
    [InlineData(10006, LossRule.ApiErrors)]
    [InlineData(110007, LossRule.Rejects)]
    public void Requests_that_fail_or_are_refused_have_the_engine_reduce_and_hold_on_to_its_position(int returnCode, LossRule rule)
    {
        EngineUnderTest engine = new EngineUnderTest(losses: new LossLadderSettings { ApiErrorsPerMinute = 2, RejectsPerMinute = 2, RequestPauseNanos = 30 * Second }).Begin().Market();

        foreach (string request in engine.Requests()) engine.Refuse(request, returnCode);

        engine.Tick();
        Assert.Equal((QuotingState.Reducing, 1L), (engine.HotPath.State, engine.HotPath.Losses.Hits(rule)));
        engine.Advance(30 * Second);
        engine.Tick();
        Assert.Equal(QuotingState.Active, engine.HotPath.State);
    }

    [Fact]
    public void An_order_that_was_gone_already_is_neither_an_error_nor_a_refusal()
    {
        EngineUnderTest engine = new EngineUnderTest(losses: new LossLadderSettings { ApiErrorsPerMinute = 1, RejectsPerMinute = 1, RequestPauseNanos = Second }).Begin().Market();
        engine.Answer(engine.Requests());
        engine.Book(600_100, 600_102);

        foreach (string request in engine.Requests()) engine.Refuse(request, 110001);

        Assert.False(engine.HotPath.Losses.Reduces);
    }

    [Fact]
    public void A_wallet_that_is_not_known_to_be_the_venues_trips_nothing_and_one_that_stands_does()
    {
        EngineUnderTest engine = Holding(Daily);
        engine.Lose(VenueChannel.Private);

        engine.Mark("57900.00");
        engine.Tick();
        Assert.False(engine.HotPath.Losses.Reduces);

        engine.Connect(VenueChannel.Private);
        engine.EndLookUp();
        engine.Tick();
        Assert.True(engine.HotPath.Losses.Flattens);
    }

    [Theory]
    [InlineData("1400", 1_400, false)]
    [InlineData("600", 1_000, true)]
    public void What_the_venue_has_more_than_was_known_of_is_no_profit_and_what_it_has_less_is_a_loss(string venues, int dayUsdt, bool isLost)
    {
        EngineUnderTest engine = new EngineUnderTest(balanceUsdt: 1_000, losses: Daily).Begin().Market();
        engine.Tick();
        engine.Wallet(venues, engine.NowMillis);
        engine.Advance(2 * Second);
        engine.Tick();   // the difference has stood: a look-up
        engine.Advance(Second);
        engine.EndPicture(venues);
        Assert.Equal(new MoneyE8(long.Parse(venues) * MoneyE8.One), engine.Ledger.Wallet);
        engine.Tick();

        Assert.Equal(isLost, engine.HotPath.Losses.Reduces);
        Assert.Equal(new MoneyE8(dayUsdt * MoneyE8.One), engine.HotPath.Losses.State.DayEquity);
    }

    [Fact]
    public void A_stop_does_not_wait_for_the_mark_price_of_another_instrument()
    {
        EngineUnderTest engine = Holding(new LossLadderSettings { PositionStopE8 = 1_000_000, PositionStopPauseNanos = 60 * Second });
        SentRequest bought = engine.Resting("Sell") with { Side = "Buy", Symbol = "SOLUSDT", Price = "150.00" };
        engine.Private(EngineUnderTest.ExecutionRow(bought, "1.0", "0", execution: 300, executedMillis: 1));
        Assert.Equal(0, engine.Lanes[1].MarkPrice.Units);

        engine.Mark("59000.00");
        engine.Tick();

        Assert.True(engine.HotPath.Losses.Closes(engine.Btc.Id));
    }

    [Fact]
    public void What_is_remembered_leaves_at_most_once_a_second_and_another_engine_goes_on_with_it()
    {
        EngineUnderTest engine = Holding(Daily);
        engine.Mark("57900.00");
        engine.Advance(Second);
        engine.Outbound();
        engine.Tick();
        byte[] state = engine.Outbound().Single(frame => frame.Kind == OutboundKind.LossState).Bytes;
        engine.Tick();
        Assert.DoesNotContain(engine.Outbound(), frame => frame.Kind == OutboundKind.LossState);

        var next = new EngineUnderTest(balanceUsdt: 980, losses: Daily);
        next.Hand(InboundKind.LossState, state);
        next.Begin().Market();

        Assert.Equal(QuotingState.Reducing, next.HotPath.State);
        Assert.Empty(next.Requests());
        Assert.Equal(engine.HotPath.Losses.State.PausedUntil(LossRule.DailyLoss), next.HotPath.Losses.State.PausedUntil(LossRule.DailyLoss));
        Assert.Equal(0, next.Meters.FramesRejected);
    }

    [Fact]
    public void A_state_that_cannot_be_taken_counts_as_a_malformed_frame()
    {
        var engine = new EngineUnderTest(losses: Daily);

        engine.Hand(InboundKind.LossState, new byte[24]);

        Assert.Equal(1, engine.Meters.FramesRejected);
    }

    [Fact]
    public void Quotes_that_lose_against_the_market_after_their_fills_are_held_back()
    {
        EngineUnderTest engine = Holding(new LossLadderSettings { MarkOutLossE8 = 10_000, MarkOutPauseNanos = 60 * Second });
        engine.Level("b", 599_999, "0");
        engine.Book(599_000, 599_002);
        engine.Advance(11 * Second);
        engine.Book(599_000, 599_002);

        engine.Tick();

        Assert.Equal(QuotesHeldBy.LossLimit, engine.Lanes[0].HeldBy);
        Assert.Equal(1, engine.HotPath.Losses.Hits(LossRule.MarkOuts));
        engine.Advance(60 * Second);
        engine.Book(599_000, 599_002);
        engine.Tick();
        Assert.Equal(QuotesHeldBy.Nothing, engine.Lanes[0].HeldBy);   // the mean began anew
    }

    [Fact]
    public void Meeting_a_limit_allocates_nothing()
    {
        Holding(Daily).Mark("57900.00");
        EngineUnderTest engine = Holding(Daily);
        engine.Tick();
        long before = engine.AllocatedBytes;

        engine.Mark("57900.00");
        SentRequest close = Closed(engine);
        engine.Fill(close, "0.010", "0", execution: 7);
        engine.Advance(Second);
        engine.Tick();

        Assert.Equal(before, engine.AllocatedBytes);
    }

    /// <summary>The quotes are cancelled, and on the next book the position is closed by a reduce-only order.</summary>
    private static SentRequest Closed(EngineUnderTest engine)
    {
        List<string> cancels = engine.Requests();
        Assert.All(cancels, request => Assert.Equal("order.cancel", SentRequest.Parse(request).Operation));
        engine.Answer(cancels);
        engine.Move();
        string close = Assert.Single(engine.Requests());
        Assert.Contains("\"reduceOnly\":true", close);
        return SentRequest.Parse(close);
    }

    private static EngineUnderTest Holding(LossLadderSettings losses) => new EngineUnderTest(balanceUsdt: 1_000, losses: losses).Holding("Buy");
}
