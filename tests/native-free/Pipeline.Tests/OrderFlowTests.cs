using LatencyEngine.Model;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>Order-flow imbalance as a shift of the quotes that decays with a half-life of one second.</summary>
public sealed class OrderFlowTests
{
    /// <summary>The second book of a market has bid and ask a tick higher, 50 lots each: 100 lots of buying.</summary>
    private const double EventLots = 100;

    /// <summary>The test engine's horizon, tau of docs/models.md, 2.5: ten times the half-life.</summary>
    private const double HalfLives = 10;

    private const double ShiftTicks = 5;

    private static readonly double Alpha = ShiftTicks * Math.Log(2) / (1 - Math.Pow(2, -HalfLives)) / EventLots;

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Buying_raises_both_quotes_by_the_move_that_alpha_leaves_to_be_expected_and_a_negative_alpha_lowers_them(int sign)
    {
        Assert.Equal(Ticks(Quoted(0)).Select(ticks => ticks + (sign * (long)ShiftTicks)), Ticks(Quoted(sign * Alpha)));
    }

    [Fact]
    public void The_shift_is_halved_after_the_half_life_without_any_event_of_the_market()
    {
        (EngineUnderTest engine, SentRequest[] created) = Quoted(Alpha);
        engine.Tick();   // 150 ms have passed since the event
        engine.Answer(engine.Requests());
        engine.Tick();   // a plan that comes to nothing
        Assert.Empty(engine.Requests());
        engine.Advance(850_000_000);
        engine.Tick();

        SentRequest[] moved = [.. engine.Requests().Select(SentRequest.Parse)];

        // Of 5 ticks 2.5 are left: the bid moves by 2 or 3 by its place between two ticks, the ask too.
        Assert.Equal(["order.amend", "order.amend"], moved.Select(sent => sent.Operation));
        long[] fell = [.. created.Select(sent => Price(sent)).Order().Zip(moved.Select(Price).Order(), (before, after) => before - after)];
        Assert.All(fell, ticks => Assert.InRange(ticks, 2, 3));
        Assert.Equal(0, engine.AllocatedBytes);
    }

    [Fact]
    public void A_shift_beyond_the_clamp_leaves_the_quotes_on_either_side_of_the_fair_price()
    {
        long[] quotes = Ticks(Quoted(1e6 * Alpha));

        Assert.True(quotes[0] < 600_001 && quotes[1] > 600_001, string.Join(' ', quotes));
        Assert.True(quotes[0] > Ticks(Quoted(Alpha))[0]);
    }

    [Theory]
    [InlineData("its connection")]
    [InlineData("one of its messages")]
    [InlineData("one of its sides")]
    public void A_lost_book_ends_the_shift(string lost)
    {
        EngineUnderTest plain = Lost(new EngineUnderTest(), lost);
        EngineUnderTest flow = Lost(new EngineUnderTest(orderFlowAlpha: Alpha), lost);

        Assert.Equal(Ticks((plain, Created(plain))), Ticks((flow, Created(flow))));
    }

    /// <summary>A market whose book is lost before anything is answered, and comes back a tick higher in a snapshot.</summary>
    private static EngineUnderTest Lost(EngineUnderTest engine, string lost)
    {
        engine.Begin().Market();
        List<string> first = engine.Requests();
        engine.Answer(first);
        switch (lost)
        {
            case "its connection":
                engine.Lose(VenueChannel.Public);
                engine.Answer(engine.Requests());
                engine.Connect(VenueChannel.Public);
                break;
            case "one of its messages": engine.Book(600_001, 600_003, skipUpdates: 1); break;
            default: engine.Level("a", 600_002, "0"); break;
        }

        engine.Answer(engine.Requests());
        engine.Book(600_001, 600_003, snapshot: true);
        return engine;
    }

    private static (EngineUnderTest Engine, SentRequest[] Created) Quoted(double alpha)
    {
        EngineUnderTest engine = new EngineUnderTest(orderFlowAlpha: alpha).Begin().Market();
        return (engine, Created(engine));
    }

    private static SentRequest[] Created(EngineUnderTest engine)
    {
        List<string> requests = engine.Requests();
        engine.Answer(requests);
        SentRequest[] created = [.. requests.Select(SentRequest.Parse)];
        Assert.Equal(["order.create", "order.create"], created.Select(sent => sent.Operation));
        return created;
    }

    private static long[] Ticks((EngineUnderTest, SentRequest[] Created) quoted) => [.. quoted.Created.Select(Price).Order()];

    private static long Price(SentRequest sent) => (long)(decimal.Parse(sent.Price) * 10);
}
