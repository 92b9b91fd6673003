using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>A position that a slow thread asks for: entered by orders that take within its bound, closed at its stop, and never against a limit.</summary>
public sealed class DirectionalTests
{
    private const long Bound = 600_100;
    private const long Stop = 599_000;
    private const long StepNanos = 100_000_000;

    private int _execution = 100;

    [Theory]
    [InlineData(25, 600_100, 599_000, "Buy", "60010.0")]
    [InlineData(-25, 599_900, 601_000, "Sell", "59990.0")]
    [InlineData(25, 610_000, 599_000, "Buy", "60060.2")]   // a bound beyond what reaches through the touch
    public void It_is_worked_towards_by_an_immediate_order_within_the_bound(long wanted, long bound, long stop, string side, string price)
    {
        EngineUnderTest engine = Trading();

        engine.Directional(wanted, bound, stop);

        string request = Assert.Single(engine.Requests());
        SentRequest sent = SentRequest.Parse(request);
        Assert.Equal(("order.create", side, decimal.Parse(price), "0.025"), (sent.Operation, sent.Side, sent.PriceValue, sent.Qty));
        Assert.Contains("\"timeInForce\":\"IOC\"", request, StringComparison.Ordinal);
        Assert.DoesNotContain("\"reduceOnly\":true", request, StringComparison.Ordinal);
        Assert.Equal(0, engine.AllocatedBytes);
    }

    [Fact]
    public void Nothing_is_quoted_where_the_strategy_is_directional()
    {
        EngineUnderTest engine = Trading();
        for (int i = 0; i < 20; i++) Move(engine);

        Assert.Empty(engine.Requests());
        Assert.Equal((QuotingState.Active, QuotesHeldBy.Directional), (engine.HotPath.State, engine.Lanes[0].HeldBy));
    }

    [Fact]
    public void A_profile_that_makes_markets_refuses_it()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        engine.Answer(engine.Requests());

        engine.Directional(25, Bound, Stop);

        Assert.Equal([DirectionalOutcome.NotOfTheStrategy], Outcomes(engine, out List<string> requests));
        Assert.Empty(requests);
        Assert.Equal(1, engine.Meters.DirectionalRefused);
    }

    [Fact]
    public void Parts_follow_each_other_book_by_book_until_it_is_held_and_its_first_fill_is_a_trade()
    {
        EngineUnderTest engine = Trading(orderMaxLots: 10);
        engine.Directional(25, Bound, Stop);

        var parts = new List<string>();
        var outcomes = new List<DirectionalOutcome>();
        for (int i = 0; i < 6; i++)
        {
            outcomes.AddRange(Outcomes(engine, out List<string> requests));
            Assert.True(requests.Count <= 1);
            foreach (string request in requests)
            {
                parts.Add(SentRequest.Parse(request).Qty);
                Fill(engine, request);
                outcomes.AddRange(Outcomes(engine, out List<string> atOnce));
                Assert.Empty(atOnce);   // not on the book before the fill
            }

            Move(engine);
        }

        Assert.Equal(["0.010", "0.010", "0.005"], parts);
        Assert.Equal(25, engine.Ledger.Position(engine.Btc.Id).Lots);
        Assert.Equal(1, engine.Meters.DirectionalTrades);
        Assert.Equal([DirectionalOutcome.Taken, DirectionalOutcome.Opened, DirectionalOutcome.Reached], outcomes);
    }

    [Fact]
    public void Beyond_the_bound_it_waits_and_what_an_order_leaves_is_asked_for_again()
    {
        EngineUnderTest engine = Trading();
        engine.Book(600_110, 600_112);
        engine.Directional(25, Bound, Stop);
        Assert.Empty(engine.Requests());

        engine.Advance(StepNanos);
        engine.Book(600_090, 600_092);
        string first = Assert.Single(engine.Requests());
        Fill(engine, first, "0.010");
        Move(engine, 600_094);

        Assert.Equal("0.015", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);
    }

    [Theory]
    [InlineData(25, 10, "Sell", 600_100, 599_000)]
    [InlineData(-25, -10, "Buy", 599_900, 601_000)]
    public void What_is_held_beyond_it_is_given_up_at_the_touch_since_the_bound_is_of_the_way_in(long held, long wanted, string side, long bound, long stop)
    {
        EngineUnderTest engine = Held(held);

        engine.Directional(wanted, bound, stop, id: 2);

        string request = Assert.Single(engine.Requests());
        Assert.Equal((side, "0.015"), (SentRequest.Parse(request).Side, SentRequest.Parse(request).Qty));
        Assert.Contains("\"reduceOnly\":true", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(25, "59899.90")]
    [InlineData(-25, "60100.10")]
    public void At_the_stop_the_position_is_closed_by_an_order_that_can_only_reduce_and_the_request_is_over(long wanted, string mark)
    {
        EngineUnderTest engine = Held(wanted);

        engine.Mark(wanted > 0 ? "59900.10" : "60099.90");
        Move(engine);
        Assert.Empty(engine.Requests());
        engine.Mark(mark);
        Move(engine);

        Assert.Equal([DirectionalOutcome.StopReached], Outcomes(engine, out List<string> requests));
        string close = Assert.Single(requests);
        Assert.Contains("\"reduceOnly\":true", close, StringComparison.Ordinal);
        Assert.Equal((wanted > 0 ? "Sell" : "Buy", "0.025"), (SentRequest.Parse(close).Side, SentRequest.Parse(close).Qty));
        Fill(engine, close);
        Move(engine);
        Assert.Equal([DirectionalOutcome.Ended], Outcomes(engine, out requests));
        Assert.Empty(requests);
    }

    [Fact]
    public void While_the_stop_closes_it_no_other_request_keeps_a_part_of_it()
    {
        EngineUnderTest engine = Held(25);
        engine.Mark("59899.00");
        Fill(engine, Assert.Single(engine.Requests()), "0.010");

        engine.Directional(5, 599_900, 598_000, id: 2);
        Assert.Equal([DirectionalOutcome.NothingMayOpen], Outcomes(engine, out _));
        Move(engine);

        Assert.Equal("0.015", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);
    }

    [Fact]
    public void The_stop_works_in_the_killed_state_too()
    {
        EngineUnderTest engine = Held(25);
        engine.Command(OperatorCommand.Kill);

        engine.Mark("59899.00");
        Move(engine);

        Assert.Contains("\"reduceOnly\":true", Assert.Single(engine.Requests()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OperatorCommand.Kill)]
    [InlineData(OperatorCommand.StopQuoting)]
    [InlineData(OperatorCommand.Flatten)]
    public void A_command_that_stops_the_engine_ends_the_entry_for_good(OperatorCommand command)
    {
        EngineUnderTest engine = Trading(orderMaxLots: 10);
        engine.Directional(25, Bound, Stop);
        Fill(engine, Assert.Single(engine.Requests()));

        engine.Command(command);
        Move(engine);
        List<string> requests = engine.Requests();
        Assert.All(requests, request => Assert.Contains("\"reduceOnly\":true", request, StringComparison.Ordinal));
        foreach (string request in requests) Fill(engine, request);
        engine.Command(OperatorCommand.Resume);
        Move(engine);
        Move(engine);

        Assert.Empty(engine.Requests());
        Assert.Equal(command == OperatorCommand.Flatten ? 0 : 10, engine.Ledger.Position(engine.Btc.Id).Lots);
    }

    [Fact]
    public void While_nothing_may_be_opened_a_request_that_opens_is_refused_and_one_that_reduces_is_worked()
    {
        EngineUnderTest engine = Held(25);
        engine.Command(OperatorCommand.Kill);
        engine.Outbound();

        engine.Directional(30, Bound, Stop, id: 2);
        Assert.Equal([DirectionalOutcome.NothingMayOpen], Outcomes(engine, out _));
        engine.Directional(-5, 599_000, 601_000, id: 3);
        Assert.Equal([DirectionalOutcome.NothingMayOpen], Outcomes(engine, out _));
        engine.Directional(5, 599_900, Stop, id: 4);

        Assert.Equal([DirectionalOutcome.Taken], Outcomes(engine, out List<string> requests));
        Assert.Equal(("Sell", "0.020"), SentRequest.Parse(Assert.Single(requests)) switch { var sent => (sent.Side, sent.Qty) });
    }

    [Fact]
    public void A_limit_of_the_loss_ladder_ends_the_entry()
    {
        EngineUnderTest engine = new EngineUnderTest(orderMaxLots: 10, strategy: "directional", losses: new LossLadderSettings { RejectsPerMinute = 1, RequestPauseNanos = 60 * EngineUnderTest.Second }).Begin().Market();
        engine.Outbound();
        engine.Directional(25, Bound, Stop);

        engine.Refuse(Assert.Single(engine.Requests()), 110007);
        engine.Tick();
        Move(engine);

        Assert.True(engine.HotPath.Losses.Reduces);
        Assert.Equal([DirectionalOutcome.Halted, DirectionalOutcome.Ended], Outcomes(engine, out List<string> requests));
        Assert.Empty(requests);
    }

    [Fact]
    public void A_refusal_of_the_gate_that_does_not_pass_by_itself_ends_the_entry_and_says_why()
    {
        EngineUnderTest engine = new EngineUnderTest(balanceUsdt: 10, strategy: "directional").Begin().Market();
        engine.Outbound();

        engine.Directional(25, Bound, Stop);
        Move(engine);

        DirectionalFact[] facts = [.. engine.Outbound().Where(frame => frame.Kind == OutboundKind.DirectionalFact).Select(frame => EngineUnderTest.Read<DirectionalFact>(frame.Bytes))];
        Assert.Equal([DirectionalOutcome.Taken, DirectionalOutcome.Halted, DirectionalOutcome.Ended], facts.Select(fact => fact.Outcome));
        Assert.Equal(RiskReason.MarginInsufficient, (RiskReason)facts[1].GateReason);
    }

    [Fact]
    public void What_is_not_held_when_its_time_is_over_is_not_entered_any_more()
    {
        EngineUnderTest engine = Trading(orderMaxLots: 10);
        engine.Directional(25, Bound, Stop, entrySeconds: 1);
        Fill(engine, Assert.Single(engine.Requests()));

        engine.Advance(EngineUnderTest.Second);
        Move(engine);

        Assert.Contains(DirectionalOutcome.Expired, Outcomes(engine, out List<string> requests));
        Assert.Empty(requests);
        engine.Mark("59899.00");
        Move(engine);
        Assert.Equal("0.010", SentRequest.Parse(Assert.Single(engine.Requests())).Qty);   // the stop is still there
    }

    [Fact]
    public void What_is_to_be_closed_is_closed_however_long_it_takes()
    {
        EngineUnderTest engine = Held(25);
        engine.Directional(0, 0, 0, entrySeconds: 1, id: 2);
        Fill(engine, Assert.Single(engine.Requests()), "0.010");

        engine.Advance(10 * EngineUnderTest.Second);
        Move(engine);

        Assert.DoesNotContain(DirectionalOutcome.Expired, Outcomes(engine, out List<string> requests));
        string close = Assert.Single(requests);
        Assert.Contains("\"reduceOnly\":true", close, StringComparison.Ordinal);
        Fill(engine, close);
        Move(engine);
        Assert.Equal([DirectionalOutcome.Ended], Outcomes(engine, out _));
        Assert.Equal(0, engine.Ledger.Position(engine.Btc.Id).Lots);
    }

    [Fact]
    public void While_a_position_is_to_be_turned_its_own_stop_holds()
    {
        EngineUnderTest engine = Held(25);
        engine.Directional(-10, 600_500, 601_000, entrySeconds: 1, id: 2);   // no bid reaches its bound
        Assert.Empty(engine.Requests());
        engine.Advance(2 * EngineUnderTest.Second);
        Move(engine);
        Assert.Contains(DirectionalOutcome.Expired, Outcomes(engine, out _));

        engine.Mark("59899.00");   // beyond the stop of what is held
        Move(engine);

        Assert.Contains(DirectionalOutcome.StopReached, Outcomes(engine, out List<string> requests));
        Assert.Equal(("Sell", "0.025"), (SentRequest.Parse(Assert.Single(requests)).Side, SentRequest.Parse(requests[0]).Qty));
    }

    [Fact]
    public void A_position_on_the_other_side_is_closed_first()
    {
        EngineUnderTest engine = Held(25);
        engine.Directional(-10, 599_900, 601_000, id: 2);

        string close = Assert.Single(engine.Requests());
        Assert.Contains("\"reduceOnly\":true", close, StringComparison.Ordinal);
        Fill(engine, close);
        Move(engine);
        string open = Assert.Single(engine.Requests());
        Fill(engine, open);

        Assert.DoesNotContain("\"reduceOnly\":true", open, StringComparison.Ordinal);
        Assert.Equal(-10, engine.Ledger.Position(engine.Btc.Id).Lots);
        Assert.Equal(2, engine.Meters.DirectionalTrades);
    }

    [Fact]
    public void In_the_hybrid_strategy_the_quotes_go_first_and_come_back_when_the_request_is_over()
    {
        EngineUnderTest engine = new EngineUnderTest(strategy: "hybrid").Begin().Market();
        engine.Answer(engine.Requests());

        engine.Directional(25, Bound, Stop);
        List<string> cancels = engine.Requests();
        Assert.Equal(["order.cancel", "order.cancel"], cancels.Select(request => SentRequest.Parse(request).Operation));
        engine.Answer(cancels);
        Move(engine);
        Fill(engine, Assert.Single(engine.Requests()));
        Move(engine);
        Assert.Empty(engine.Requests());   // held, and not quoted

        engine.Directional(0, 0, 0, id: 2);
        Fill(engine, Assert.Single(engine.Requests()));
        Move(engine);
        Move(engine);

        Assert.Equal(2, engine.Requests().Select(SentRequest.Parse).Count(sent => sent.Operation == "order.create"));
        Assert.Equal(1, engine.Meters.DirectionalTrades);   // the way out is none
    }

    [Theory]
    [InlineData(1_001, 600_100, 599_000, 0, 3_600, DirectionalOutcome.Impossible)]   // beyond the position limit
    [InlineData(-1_001, 599_900, 601_000, 0, 3_600, DirectionalOutcome.Impossible)]
    [InlineData(long.MinValue, 599_900, 601_000, 0, 3_600, DirectionalOutcome.Impossible)]
    [InlineData(25, 600_100, 600_100, 0, 3_600, DirectionalOutcome.Impossible)]      // a stop that is no stop
    [InlineData(25, 600_100, 600_200, 0, 3_600, DirectionalOutcome.Impossible)]
    [InlineData(25, 0, 599_000, 0, 3_600, DirectionalOutcome.Impossible)]
    [InlineData(25, 600_100, 0, 0, 3_600, DirectionalOutcome.Impossible)]
    [InlineData(25, long.MaxValue, 599_000, 0, 3_600, DirectionalOutcome.Impossible)]
    [InlineData(0, 0, 599_000, 0, 3_600, DirectionalOutcome.Impossible)]
    [InlineData(25, 600_100, 599_000, 1, 3_600, DirectionalOutcome.Impossible)]      // made in the future
    [InlineData(25, 600_100, 599_000, 0, 0, DirectionalOutcome.Impossible)]
    [InlineData(25, 600_100, 599_000, 0, 86_401, DirectionalOutcome.Impossible)]
    [InlineData(25, 600_100, 599_000, -3_600 * EngineUnderTest.Second, 3_600, DirectionalOutcome.TooLate)]
    [InlineData(25, 600_200, 600_001, 0, 3_600, DirectionalOutcome.TooLate)]         // the mark is there already
    public void What_cannot_be_right_or_is_too_late_is_refused(long wanted, long bound, long stop, long madeAfter, int entrySeconds, DirectionalOutcome refused)
    {
        EngineUnderTest engine = Trading();

        engine.Hand(InboundKind.DirectionalRequest, EngineUnderTest.Bytes(new DirectionalRequest
        {
            Instrument = engine.Btc.Id, EntrySeconds = entrySeconds, Wanted = new(wanted), Bound = new(bound), Stop = new(stop), MadeAt = new(engine.NowNanos + madeAfter), Id = 1,
        }));

        Assert.Equal([refused], Outcomes(engine, out List<string> requests));
        Assert.Empty(requests);
    }

    [Fact]
    public void A_malformed_event_is_counted_and_changes_nothing()
    {
        EngineUnderTest engine = Trading();
        byte[] good = EngineUnderTest.Bytes(new DirectionalRequest { Instrument = new InstrumentId(2), EntrySeconds = 1, Wanted = default, Bound = default, Stop = default, MadeAt = default, Id = 1 });

        foreach (byte[] payload in (byte[][])[[], good[..^1], [.. good, 0], good]) engine.Hand(InboundKind.DirectionalRequest, payload);

        Assert.Equal(4, engine.Meters.FramesRejected);
        Assert.Empty(engine.Requests());
    }

    /// <summary>Whatever happens in whichever order: what opens stays between the position and the one that is wanted, within the bound, while the engine may open; all else can only reduce.</summary>
    [Fact]
    public void Whatever_comes_no_order_goes_beyond_what_was_asked_for_its_bound_or_a_limit() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            EngineUnderTest engine = Trading(orderMaxLots: random.Next(5, 60));
            (long wanted, long bound) = (0, 0);
            long mid = 600_000;
            for (int i = 0; i < 60; i++)
            {
                switch (random.Next(10))
                {
                    case 0:
                        long side = random.Next(2) == 0 ? 1 : -1;
                        (long asked, long at) = (side * random.Next(1, 80), mid + (side * random.Next(-30, 60)));
                        long refusedBefore = engine.Meters.DirectionalRefused;
                        engine.Directional(asked, at, at - (side * random.Next(1, 500)), entrySeconds: random.Next(1, 5));
                        if (engine.Meters.DirectionalRefused == refusedBefore) (wanted, bound) = (asked, at);
                        break;
                    case 1: engine.Command((OperatorCommand)random.Next(1, 5)); break;
                    case 2: engine.Command(OperatorCommand.Resume); break;
                    case 3: engine.Mark(EngineUnderTest.Price(mid + random.Next(-200, 200))); break;
                    default:
                        mid += random.Next(-40, 41);
                        Move(engine, mid);
                        break;
                }

                QuotingState state = engine.HotPath.State;
                foreach (string request in engine.Requests())
                {
                    SentRequest sent = SentRequest.Parse(request);
                    long position = engine.Ledger.Position(engine.Btc.Id).Lots;
                    long sign = sent.Side == "Buy" ? 1 : -1;
                    long lots = (long)(decimal.Parse(sent.Qty) * 1_000);
                    long after = position + (sign * lots);
                    bool reduces = request.Contains("\"reduceOnly\":true", StringComparison.Ordinal);
                    if (reduces ? sign * position >= 0 || lots > Math.Abs(position) : state != QuotingState.Active || sign != Math.Sign(wanted) || Math.Abs(after) > Math.Abs(wanted) || sign * ((sent.PriceValue * 10) - bound) > 0) return false;
                    Fill(engine, request, ((decimal)random.Next(1, (int)lots + 1) / 1_000).ToString("0.000"));
                }
            }

            return engine.AllocatedBytes == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static EngineUnderTest Trading(long orderMaxLots = 1_000)
    {
        EngineUnderTest engine = new EngineUnderTest(orderMaxLots: orderMaxLots, strategy: "directional").Begin().Market();
        Assert.Empty(engine.Requests());
        return engine;
    }

    private EngineUnderTest Held(long wanted)
    {
        EngineUnderTest engine = Trading();
        engine.Directional(wanted, wanted > 0 ? Bound : 599_900, wanted > 0 ? Stop : 601_000);
        Fill(engine, Assert.Single(engine.Requests()));
        Move(engine);
        Assert.Contains(DirectionalOutcome.Reached, Outcomes(engine, out List<string> requests));
        Assert.Empty(requests);
        return engine;
    }

    private static IReadOnlyList<DirectionalOutcome> Outcomes(EngineUnderTest engine, out List<string> requests)
    {
        List<(OutboundKind Kind, byte[] Bytes, long CauseSequence)> frames = engine.Outbound();
        requests = [.. frames.Where(frame => frame.Kind == OutboundKind.Request).Select(frame => System.Text.Encoding.UTF8.GetString(frame.Bytes))];
        return [.. frames.Where(frame => frame.Kind == OutboundKind.DirectionalFact).Select(frame => EngineUnderTest.Read<DirectionalFact>(frame.Bytes).Outcome)];
    }

    /// <summary>The venue takes the order and fills it, or a part of it and cancels the rest.</summary>
    private void Fill(EngineUnderTest engine, string request, string? qty = null)
    {
        SentRequest sent = SentRequest.Parse(request);
        engine.Trade($$"""{"reqId":"{{sent.RequestId}}","retCode":0,"retMsg":"OK","op":"order.create","data":{"orderId":"","orderLinkId":"{{sent.LinkId}}"},"retExtInfo":{},"header":{},"connId":"c"}""", endOfBurst: false);
        bool isWhole = qty is null || qty == sent.Qty;
        engine.Order(sent, isWhole ? "Filled" : "Cancelled", leaves: "0", filled: qty ?? sent.Qty);
        engine.Private(EngineUnderTest.ExecutionRow(sent, qty ?? sent.Qty, "0", ++_execution, executedMillis: 1, isMaker: false));
    }

    private static void Move(EngineUnderTest engine, long bidTicks = 600_000)
    {
        engine.Advance(StepNanos);
        engine.Book(bidTicks, bidTicks + 2);
    }
}
