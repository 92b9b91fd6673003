using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>A position that has used up most of its way to liquidation is cut: offered at the touch, then closed through it, until it is safe.</summary>
public sealed class CutTests
{
    private const long Second = EngineUnderTest.Second;

    // Entered near 60,000 at 50x, liquidated 1.5 % away: four fifths of that are 1.21 %.
    private const string FarBelow = "59200.00";
    private const string FarAbove = "60800.00";
    private const string Near = "60000.00";

    [Theory]
    [InlineData("Buy", FarBelow, "Sell", "60000.20")]
    [InlineData("Sell", FarAbove, "Buy", "60000.00")]
    public void What_is_to_go_and_no_less_than_the_quote_would_be_is_offered_alone_at_the_touch_of_its_side(string held, string mark, string offering, string touch)
    {
        EngineUnderTest engine = Holding(held);

        engine.Mark(mark);

        List<string> sent = engine.Requests();
        Assert.Equal(["order.amend", "order.cancel"], sent.Select(request => SentRequest.Parse(request).Operation).Order());
        string offer = sent.Single(request => SentRequest.Parse(request).Operation == "order.amend");
        Assert.Equal((offering, decimal.Parse(touch), "0.010"), (engine.SideOf(offer), SentRequest.Parse(offer).PriceValue, SentRequest.Parse(offer).Qty));
        Assert.Equal(QuotesHeldBy.LiquidationGuard, engine.State().HeldBy);
        Assert.Equal((1L, 1L), (engine.Lanes[0].Guard.Cuts, engine.Meters.QuotesHeldBy(QuotesHeldBy.LiquidationGuard)));
    }

    [Fact]
    public void What_has_not_gone_in_its_time_is_closed_through_the_touch_and_no_more_than_that()
    {
        EngineUnderTest engine = Holding("Buy");

        SentRequest close = CloseCut(engine);

        Assert.Equal(("order.create", "Sell", 59_940.0m, "0.005"), (close.Operation, close.Side, close.PriceValue, close.Qty));
        engine.Move();
        Assert.Empty(engine.Requests());   // not while the first may fill
    }

    [Fact]
    public void A_cut_that_is_done_at_a_safe_mark_lets_both_quotes_back()
    {
        EngineUnderTest engine = Holding("Buy");
        SentRequest close = CloseCut(engine);
        engine.Mark(Near);

        engine.Fill(close, "0.005", "0", execution: 7);
        engine.Move();

        Assert.Equal(["order.create", "order.create"], engine.Requests().Select(request => SentRequest.Parse(request).Operation));
        Assert.Equal(5, engine.Ledger.Position(engine.Btc.Id).Lots);
        Assert.Equal(QuotesHeldBy.Nothing, engine.Lanes[0].HeldBy);
    }

    [Fact]
    public void What_is_left_at_a_mark_that_is_not_safe_is_cut_again_at_the_touch_first()
    {
        EngineUnderTest engine = Holding("Buy");
        SentRequest close = CloseCut(engine);

        engine.Fill(close, "0.005", "0", execution: 7);
        engine.Move();

        SentRequest offer = SentRequest.Parse(Assert.Single(engine.Requests()));
        Assert.Equal(("order.create", "Sell", 60_000.2m, "0.005"), (offer.Operation, offer.Side, offer.PriceValue, offer.Qty));
        Assert.Equal(2, engine.Lanes[0].Guard.Cuts);
    }

    [Fact]
    public void A_killed_engine_still_cuts()
    {
        EngineUnderTest engine = Holding("Buy");
        engine.Command(OperatorCommand.Kill);
        engine.Answer(engine.Requests());

        engine.Mark(FarBelow);   // no quote of a killed engine rests anywhere: there is nothing to wait for

        SentRequest close = SentRequest.Parse(Assert.Single(engine.Requests()));
        Assert.Equal(("Sell", "0.005"), (close.Side, close.Qty));
    }

    [Fact]
    public void Cutting_allocates_nothing()
    {
        CloseCut(Holding("Buy"));
        EngineUnderTest engine = Holding("Buy");
        long before = engine.AllocatedBytes;

        engine.Fill(CloseCut(engine), "0.005", "0", execution: 7);
        engine.Tick();

        Assert.Equal(before, engine.AllocatedBytes);
    }

    /// <summary>The offer has had its time: its cancel is answered, and the closing order follows on the next book.</summary>
    private static SentRequest CloseCut(EngineUnderTest engine)
    {
        engine.Mark(FarBelow);
        engine.Answer(engine.Requests());
        engine.Advance(Second);
        engine.Move();
        string cancel = Assert.Single(engine.Requests());
        Assert.Equal("order.cancel", SentRequest.Parse(cancel).Operation);
        engine.Answer([cancel]);
        engine.Move();
        return SentRequest.Parse(Assert.Single(engine.Requests()));
    }

    private static EngineUnderTest Holding(string side) => new EngineUnderTest(guardShareE8: 80_000_000).Holding(side);
}
