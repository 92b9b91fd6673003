using LatencyEngine.Model;
using LatencyEngine.Risk;

namespace LatencyEngine.Pipeline.Tests;

/// <summary>What would not survive the adverse jump is not quoted, and what rests is pulled as soon as it would not.</summary>
public sealed class WorstCaseTests
{
    private const long Second = EngineUnderTest.Second;

    // Entered near 60,000 at 50x, liquidated 1.5 % away, near 59,095.
    private const string Near = "60000.00";

    [Theory]
    [InlineData("Buy", "59600.00", "59500.00")]    // half of the way is 59,547
    [InlineData("Sell", "60400.00", "60500.00")]
    public void From_half_of_the_way_on_the_quote_that_adds_is_pulled_and_the_one_that_closes_stays(string held, string before, string after)
    {
        EngineUnderTest engine = new EngineUnderTest(holdShareE8: 50_000_000).Holding(held);
        engine.Mark(before);
        engine.Move();
        Assert.Empty(engine.Requests());

        engine.Mark(after);
        engine.Move();

        string pulled = Assert.Single(engine.Requests());
        Assert.Equal(("order.cancel", held), (SentRequest.Parse(pulled).Operation, engine.SideOf(pulled)));
        Assert.Equal(QuotesHeldBy.AddingSide, engine.State().HeldBy);
        Assert.Equal(0, engine.Lanes[0].Guard.Cuts);
    }

    [Fact]
    public void The_quote_comes_back_with_the_mark()
    {
        EngineUnderTest engine = new EngineUnderTest(holdShareE8: 50_000_000).Holding("Buy");
        engine.Mark("59500.00");
        engine.Move();
        engine.Answer(engine.Requests());

        engine.Mark(Near);
        engine.Move();

        Assert.Equal(("order.create", "Buy"), (SentRequest.Parse(Assert.Single(engine.Requests())) is var sent ? (sent.Operation, sent.Side) : default));
        Assert.Equal(QuotesHeldBy.Nothing, engine.Lanes[0].HeldBy);
    }

    [Theory]
    [InlineData(1_000_000, "59700.00", "59690.00")]    // 59,095 is 1 % below 59,692
    [InlineData(300_000, "59280.00", "59270.00")]      // and 0.3 % below 59,273
    public void A_quote_that_rests_is_pulled_once_the_jump_would_reach_the_liquidation_price(long jumpE8, string before, string after)
    {
        EngineUnderTest engine = new EngineUnderTest(adverseJumpE8: jumpE8).Holding("Buy");
        engine.Mark(before);
        engine.Move();
        Assert.Empty(engine.Requests());

        engine.Mark(after);
        engine.Move();

        Assert.Equal("order.cancel", SentRequest.Parse(Assert.Single(engine.Requests())).Operation);
        Assert.Equal(0, engine.Gate.Refused(RiskReason.LiquidationTooClose));   // nothing that would be refused is even wanted
    }

    [Fact]
    public void A_jump_that_no_position_survives_leaves_nothing_to_quote()
    {
        EngineUnderTest engine = new EngineUnderTest(adverseJumpE8: 2_000_000).Begin().Market();

        engine.Move();

        Assert.Empty(engine.Requests());
        Assert.Equal(QuotesHeldBy.AddingSide, engine.State().HeldBy);
    }

    [Fact]
    public void A_cross_account_quotes_through_a_jump_that_an_isolated_position_would_not_survive_while_its_balance_covers_it()
    {
        // 0.010 at 60,000: 5 % lower that costs 30 and some fees, and 3.2 have to be left.
        Assert.Equal(2, new EngineUnderTest(adverseJumpE8: 5_000_000, isCross: true, balanceUsdt: 100).Begin().Market().Requests().Count);
        Assert.Empty(new EngineUnderTest(adverseJumpE8: 5_000_000, isCross: true, balanceUsdt: 30).Begin().Market().Requests());
    }

    [Fact]
    public void In_cross_margin_the_liquidation_price_is_where_the_balance_ends()
    {
        EngineUnderTest engine = new EngineUnderTest(isCross: true, adverseJumpE8: 1_000_000, balanceUsdt: 100).Holding("Buy");

        // 0.010 long from 59,999.x with 100 USDT: about 50,277.
        Assert.InRange(engine.Lanes[0].LiquidationPrice.Units / 1e8, 50_270, 50_285);
    }

    [Fact]
    public void In_cross_margin_the_liquidation_price_follows_a_balance_that_is_taken_over_from_the_venue()
    {
        EngineUnderTest engine = new EngineUnderTest(isCross: true, balanceUsdt: 100).Holding("Buy");
        PriceE8 before = engine.Lanes[0].LiquidationPrice;
        engine.Wallet("40", engine.NowMillis);
        engine.Advance(2 * Second);
        engine.Tick();   // the difference has stood: a look-up
        engine.Advance(Second);

        engine.LookUpRows(EngineUnderTest.PositionRow(0.010m, 59_999.9m, engine.NowMillis));
        engine.EndPicture("40");

        Assert.Equal(new MoneyE8(40 * MoneyE8.One), engine.Ledger.Wallet);
        decimal moved = (engine.Lanes[0].LiquidationPrice.Units - before.Units) / 1e8m;
        Assert.InRange(moved, 60 / 0.010m, 60 / 0.010m * 1.01m);   // each USDT less is 100 USDT of the price, and a little for margin and fee
    }

    [Fact]
    public void Holding_back_allocates_nothing()
    {
        EngineUnderTest engine = new EngineUnderTest(holdShareE8: 50_000_000, isCross: true, balanceUsdt: 100).Holding("Buy");
        engine.Mark("55000.00");
        engine.Move();
        engine.Answer(engine.Requests());
        long before = engine.AllocatedBytes;

        engine.Mark(Near);
        engine.Move();
        engine.Mark("55000.00");
        engine.Move();

        Assert.Equal(before, engine.AllocatedBytes);
    }
}
