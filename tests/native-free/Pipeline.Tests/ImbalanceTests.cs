using LatencyEngine.Book;
using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>The imbalance of the best two levels as fair value.</summary>
public sealed class ImbalanceTests
{
    [Fact]
    public void A_quantity_behind_the_top_moves_the_quotes_though_the_top_stays_and_one_behind_the_levels_that_count_does_not()
    {
        EngineUnderTest engine = new EngineUnderTest(fairValue: FairValueModel.Imbalance, imbalanceLevels: 2).Begin();
        engine.Book(599_990, 600_010, snapshot: true);
        engine.Advance(150_000_000);
        engine.Book(599_990, 600_010);
        SentRequest[] before = Requests(engine);
        Assert.Equal(2 * 600_000, before.Sum(sent => Ticks(sent)));
        engine.Tick();   // a plan that comes to nothing
        Assert.Empty(Requests(engine));

        engine.Level("a", 600_011, "0.100");   // 50 lots of 200: 5 of the spread's 20 ticks above the bid

        SentRequest[] moved = Requests(engine);
        Assert.Equal(["order.amend", "order.amend"], moved.Select(sent => sent.Operation));
        Assert.Equal(before.Select(sent => Ticks(sent) - 5).Order(), moved.Select(Ticks).Order());

        engine.Level("a", 600_012, "5.000");

        Assert.Empty(Requests(engine));
        Assert.Equal(0, engine.AllocatedBytes);
    }

    [Fact]
    public void What_it_adds_to_the_mid_is_told_whatever_is_quoted_by()
    {
        EngineUnderTest engine = new EngineUnderTest(imbalanceLevels: 2).Begin();
        engine.Book(599_990, 600_010, snapshot: true);
        engine.Level("b", 599_989, "0.100");   // 150 lots of 200: 15 of 20 ticks
        engine.Tick();
        engine.Advance(EngineUnderTest.Second);
        engine.Tick();

        Assert.Equal((5, 5), (engine.Lanes[0].Parts.Imbalance.Mean, engine.Lanes[0].Parts.Imbalance.MeanAbsolute));
        Assert.Equal((0, 0), (engine.Lanes[0].Parts.WeightedMid.Mean, engine.Lanes[0].Parts.WeightedMid.MeanAbsolute));
    }

    /// <summary>What was asked for, which the venue answers.</summary>
    private static SentRequest[] Requests(EngineUnderTest engine)
    {
        List<string> requests = engine.Requests();
        engine.Answer(requests);
        return [.. requests.Select(SentRequest.Parse)];
    }

    private static long Ticks(SentRequest sent) => (long)(sent.PriceValue * 10);
}
