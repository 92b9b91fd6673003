using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>Killed by an operator, resumed by one, and what the engine tells of its limits meanwhile.</summary>
public sealed class KillTests
{
    [Fact]
    public void A_killed_engine_cancels_and_quotes_again_when_it_is_resumed()
    {
        EngineUnderTest engine = Quoting();

        engine.Command(OperatorCommand.Kill);
        List<string> cancels = engine.Requests();
        Assert.Equal(["order.cancel", "order.cancel"], cancels.Select(request => SentRequest.Parse(request).Operation));
        engine.Answer(cancels);
        engine.Book(600_100, 600_102);
        Assert.Empty(engine.Requests());

        engine.Command(OperatorCommand.Resume);

        Assert.Equal(["order.create", "order.create"], engine.Requests().Select(request => SentRequest.Parse(request).Operation));
        Assert.Equal((QuotingState.Active, KillReason.Unset), (engine.HotPath.State, engine.Gate.KilledBy));
    }

    [Fact]
    public void Both_are_told_at_once_and_in_their_order_though_no_tick_comes_between()
    {
        EngineUnderTest engine = Quoting();
        engine.Outbound();

        engine.Command(OperatorCommand.Kill);
        engine.Command(OperatorCommand.Resume);
        engine.Command(OperatorCommand.Kill);

        List<(OutboundKind Kind, byte[] Bytes, long CauseSequence)> told = engine.Outbound();
        Assert.Equal([QuotingState.Killed, QuotingState.Active, QuotingState.Killed], told.Where(frame => frame.Kind == OutboundKind.EngineFact).Select(frame => EngineUnderTest.Read<EngineFact>(frame.Bytes).State));
        int[] reasons = [.. told.Where(frame => frame.Kind == OutboundKind.RiskFact).Select(frame => EngineUnderTest.Read<RiskFact>(frame.Bytes)).Where(fact => fact.Instrument.Index == 0).Select(fact => fact.KillReasons)];
        Assert.Equal([1 << (int)KillReason.Operator, 0, 1 << (int)KillReason.Operator], reasons);
    }

    [Fact]
    public void What_is_resumed_is_not_closed_any_more()
    {
        EngineUnderTest engine = Quoting();
        engine.Command(OperatorCommand.Kill);
        engine.Command(OperatorCommand.Flatten);
        engine.Answer(engine.Requests());

        engine.Command(OperatorCommand.Resume);

        Assert.Equal(["order.create", "order.create"], engine.Requests().Select(request => SentRequest.Parse(request).Operation));
        engine.Tick();
        Assert.Equal(ClosingState.Unset, EngineUnderTest.Read<EngineFact>(engine.Outbound().Last(frame => frame.Kind == OutboundKind.EngineFact).Bytes).Closing);
    }

    [Fact]
    public void The_same_kills_and_resumes_give_the_same_bytes()
    {
        Assert.Equal(Run(), Run());

        static List<string> Run()
        {
            EngineUnderTest engine = Quoting();
            var sent = new List<string>();
            for (int i = 0; i < 5; i++)
            {
                engine.Command(OperatorCommand.Kill);
                Take();
                engine.Command(OperatorCommand.Resume);
                engine.Book(600_100 + i, 600_102 + i);
                Take();
                engine.Advance(2 * EngineUnderTest.Second);
            }

            return sent;

            void Take()
            {
                List<string> requests = engine.Requests();
                sent.AddRange(requests);
                engine.Answer(requests);
            }
        }
    }

    [Fact]
    public void A_refusal_is_told_within_a_second_with_its_numbers_and_how_many_there_were_and_not_again()
    {
        EngineUnderTest engine = new EngineUnderTest(orderMaxLots: 5).Begin().Market();
        Assert.DoesNotContain(engine.Outbound(), frame => frame.Kind is OutboundKind.GateRefusalFact or OutboundKind.Request);
        long refused = engine.Gate.Refused(RiskReason.OrderTooLarge);
        Assert.True(refused > 0);

        engine.Advance(EngineUnderTest.Second);
        engine.Tick();

        GateRefusalFact fact = EngineUnderTest.Read<GateRefusalFact>(Assert.Single(engine.Outbound(), frame => frame.Kind == OutboundKind.GateRefusalFact).Bytes);
        Assert.Equal(((int)RiskReason.OrderTooLarge, (int)OrderAction.Place, refused, 10L), (fact.Reason, fact.Action, fact.Count, fact.Qty.Lots));
        Assert.Equal((2 * 600_001L, 0L), (fact.TwiceReferenceMidTicks, fact.Position.Lots));

        engine.Command(OperatorCommand.StopQuoting);
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();
        engine.Outbound();
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();

        Assert.DoesNotContain(engine.Outbound(), frame => frame.Kind == OutboundKind.GateRefusalFact);
    }

    [Fact]
    public void What_is_used_of_the_limits_is_told_once_a_second()
    {
        EngineUnderTest engine = Quoting();
        engine.Tick();
        Assert.DoesNotContain(engine.Outbound(), frame => frame.Kind == OutboundKind.RiskFact);
        engine.Advance(700_000_000);   // the market has taken 300 ms
        engine.Tick();

        RiskFact fact = engine.Outbound().Where(frame => frame.Kind == OutboundKind.RiskFact).Select(frame => EngineUnderTest.Read<RiskFact>(frame.Bytes)).First();
        Assert.Equal((10L, 10L, QuotesHeldBy.Nothing, 0), (fact.OpenBuyQty.Lots, fact.OpenSellQty.Lots, fact.HeldBy, fact.KillReasons));
        Assert.Equal((98, 100, 100), (fact.CreatesLeft, fact.AmendsLeft, fact.CancelsLeft));
        Assert.InRange(fact.AvailableMargin.Units, 1, (10_000 * MoneyE8.One) - 1);
    }

    private static EngineUnderTest Quoting()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        List<string> creates = engine.Requests();
        Assert.Equal(2, creates.Count);
        engine.Answer(creates);
        return engine;
    }
}
