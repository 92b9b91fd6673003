using LatencyEngine.Book;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>What the fair value was made of, by the time between two ticks.</summary>
public sealed class FairValuePartsTests
{
    [Fact]
    public void Each_part_counts_on_every_tick_with_the_time_since_the_tick_before()
    {
        EngineUnderTest engine = new EngineUnderTest(fairValue: FairValueModel.Microprice, orderFlowAlpha: 0.01).Begin();
        engine.Microprice(engine.Btc.Id, [9], [4]);
        engine.Book(599_999, 600_001, snapshot: true);
        engine.Tick();                                     // nothing before it
        engine.Advance(EngineUnderTest.Second / 2);
        engine.Tick();                                     // half a second at 600,000, no volatility yet and so no quotes
        engine.Book(600_000, 600_002);
        engine.Advance(EngineUnderTest.Second / 4);
        engine.Tick();                                     // a quarter at 600,001; quotes are made at its end
        engine.Advance(EngineUnderTest.Second / 4);
        engine.Tick();

        FairValueParts parts = engine.Lanes[0].Parts;
        Assert.Equal(1, parts.Mid.Seconds, 12);
        Assert.Equal(600_000.5, parts.Mid.Mean, 6);
        Assert.Equal((0, 0), (parts.WeightedMid.Mean, parts.WeightedMid.MeanAbsolute));   // as much to buy as to sell
        Assert.Equal((4, 4), (parts.Microprice.Mean, parts.Microprice.MeanAbsolute));

        // 100 lots bought are an alpha of one tick a second. Each tick counts the shift of the quotes before it: fresh, and a quarter of a second old.
        double freshTicks = 1 / (Math.Log(2) + 0.1);
        Assert.Equal((0.25 * freshTicks) + (0.25 * freshTicks * Math.Pow(2, -0.25)), parts.OrderFlow.Mean, 6);
        Assert.Equal(0, engine.AllocatedBytes);
        Assert.Equal(0, engine.Lanes[1].Parts.Mid.Seconds);
    }

    [Fact]
    public void The_shift_by_the_order_flow_counts_while_mark_outs_widen_the_quotes_too()
    {
        EngineUnderTest plain = AfterABadFill(markOutGain: 0);
        EngineUnderTest widened = AfterABadFill(markOutGain: 10);

        Assert.Equal((QuotesHeldBy.Nothing, QuotesHeldBy.MarkOuts), (plain.Lanes[0].HeldBy, widened.Lanes[0].HeldBy));
        FairValueParts parts = widened.Lanes[0].Parts;
        Assert.True(parts.OrderFlow.MeanAbsolute > 0.1);
        Assert.Equal(plain.Lanes[0].Parts.OrderFlow.Mean, parts.OrderFlow.Mean, 12);
    }

    [Fact]
    public void While_quotes_are_held_back_they_have_no_shift_by_the_order_flow()
    {
        EngineUnderTest engine = new EngineUnderTest(orderFlowAlpha: 0.01).Begin().Market();
        Assert.True(engine.Lanes[0].SettledShiftTicks > 0.1);
        engine.Command(OperatorCommand.StopQuoting);
        engine.Tick();
        engine.Advance(EngineUnderTest.Second / 2);
        engine.Tick();

        FairValueParts parts = engine.Lanes[0].Parts;
        Assert.Equal((0.5, 0.0), (parts.OrderFlow.Seconds, parts.OrderFlow.MeanAbsolute));
    }

    [Fact]
    public void Time_without_a_book_does_not_count()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        engine.Tick();
        engine.Lose(VenueChannel.Public);
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();

        Assert.Equal(0, engine.Lanes[0].Parts.Mid.Seconds);
    }

    /// <summary>A bid is filled, the market falls at once and then stands still for two seconds.</summary>
    private static EngineUnderTest AfterABadFill(double markOutGain)
    {
        EngineUnderTest engine = new EngineUnderTest(orderFlowAlpha: 0.01, markOutGain: markOutGain).Begin().Market();
        engine.Answer(engine.Requests());
        engine.Book(600_010, 600_012);
        engine.Answer(engine.Requests());
        engine.Fill(engine.Resting("Buy"), "0.010", "0", execution: 1);
        engine.Advance(EngineUnderTest.Second / 20);
        for (int i = 0; i < 20; i++)
        {
            engine.Book(600_004, 600_006, endOfBurst: false);
            engine.Tick();
            engine.Answer(engine.Requests());
            engine.Advance(EngineUnderTest.Second / 10);
        }

        return engine;
    }
}
