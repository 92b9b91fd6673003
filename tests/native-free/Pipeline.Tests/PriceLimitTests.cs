using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>The venue's limit around the mark price (docs/models.md, 2.7): a quote beyond it goes, and comes back, as the mark moves, though nothing else does.</summary>
public sealed class PriceLimitTests
{
    [Fact]
    public void A_quote_goes_when_the_mark_price_leaves_it_beyond_the_limit_and_comes_back_with_the_mark()
    {
        EngineUnderTest engine = new EngineUnderTest(priceLimitRatioE8: 10_000).Begin().Market();   // 60 ticks of 600,000
        engine.Answer(engine.Requests());
        Mark(engine, 600_001);
        Assert.Empty(engine.Requests());

        Mark(engine, 600_200);
        SentRequest pulled = SentRequest.Parse(Assert.Single(engine.Requests()));
        Assert.Equal(("order.cancel", engine.Resting("Sell").LinkId), (pulled.Operation, pulled.LinkId));
        engine.Order(engine.Resting("Sell"), "Cancelled", leaves: "0", cancelType: "CancelByUser");
        engine.Tick();
        Assert.Empty(engine.Requests());

        Mark(engine, 600_001);
        SentRequest back = SentRequest.Parse(Assert.Single(engine.Requests()));
        Assert.Equal(("order.create", "Sell", engine.Resting("Sell").Price), (back.Operation, back.Side, back.Price));
        Assert.Equal(0, engine.AllocatedBytes);
    }

    [Fact]
    public void Without_a_limit_of_the_instrument_the_mark_price_moves_nothing()
    {
        EngineUnderTest engine = new EngineUnderTest().Begin().Market();
        engine.Answer(engine.Requests());

        Mark(engine, 600_200);

        Assert.Empty(engine.Requests());
    }

    /// <summary>The mark price alone, and a decision.</summary>
    private static void Mark(EngineUnderTest engine, long ticks)
    {
        engine.Mark(EngineUnderTest.Price(ticks));
        engine.Tick();
    }
}
