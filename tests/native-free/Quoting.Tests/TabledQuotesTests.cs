using LatencyEngine.Model;

namespace LatencyEngine.Quoting.Tests;

/// <summary>Exact quotes by tables that are asked for, on the market of <see cref="Markets.Bitcoin"/>.</summary>
public sealed class TabledQuotesTests
{
    private const long Fair = 600_000;
    private const double Sigma = 53.4;
    private const int UnitsMax = 5;

    private static readonly GlftSettings Settings = new()
    {
        Gamma = 1e-3,
        ExecutionGamma = 1e-3,
        ArrivalRatePerSecond = 2,
        K = 0.02,
        ImpactTicks = 0,
        MinSigmaTicks = 5,
        MaxSigmaTicks = 500,
        IsExact = true,
        Pipeline = new QuotePipelineSettings
        {
            MakerFeeE8 = 20_000, MinEdgeE8 = 0, Levels = 1, Step = new TickDelta(1), BaseQty = new QtyLots(10), SizeMultiplierE8 = 100_000_000, UnitsMax = UnitsMax,
        },
    };

    private static readonly BookTop WideTop = new(new PriceTicks(1), new QtyLots(100), new PriceTicks(1_000_000_000), new QtyLots(100));

    private readonly GlftQuoter _quoter = new(Instruments.Bitcoin, Settings);

    [Fact]
    public void Until_a_table_comes_the_closed_form_quotes_and_then_the_table_at_every_inventory()
    {
        var closed = new GlftQuoter(Instruments.Bitcoin, Settings with { IsExact = false });
        for (int lots = -60; lots <= 60; lots++) Assert.Equal(Quote(closed, lots), Quote(_quoter, lots));

        byte[] content = QuoterTests.Solve(_quoter, Sigma, Fair).Content;

        var table = new QuoteTable();
        Assert.Equal(QuoteTableStatus.Taken, table.Read(content));
        int apart = 0;
        for (int lots = -50; lots <= 50; lots++)
        {
            QuoteTarget[] quotes = Quote(_quoter, lots);
            bool hasBid = table.TryBid(lots / 10.0, out double bid);
            bool hasAsk = table.TryAsk(lots / 10.0, out double ask);
            Assert.Equal((hasBid, hasAsk), (quotes[0].Qty.Lots > 0, quotes[1].Qty.Lots > 0));
            if (hasBid) Assert.Equal((long)Math.Floor(Fair - bid), quotes[0].Price.Ticks);
            if (hasAsk) Assert.Equal((long)Math.Ceiling(Fair + ask), quotes[1].Price.Ticks);
            if (quotes[0].Price != Quote(closed, lots)[0].Price) apart++;
        }

        Assert.True(apart > 50, $"only {apart} bids differ from the closed form's");
    }

    [Theory]
    [InlineData(50)]
    [InlineData(75)]
    [InlineData(100_000)]
    public void At_the_bound_and_beyond_it_only_the_side_that_reduces_is_quoted(long lots)
    {
        QuoterTests.Solve(_quoter, Sigma, Fair);

        Assert.Equal([0, 10], Quote(_quoter, lots).Select(quote => quote.Qty.Lots));
        Assert.Equal([10, 0], Quote(_quoter, -lots).Select(quote => quote.Qty.Lots));
        Assert.Equal(Quote(_quoter, 50)[1].Price, Quote(_quoter, lots)[1].Price);
    }

    [Fact]
    public void A_table_is_asked_for_once_and_again_when_sigma_has_moved_by_5_percent_or_the_fair_price_by_2_in_1000()
    {
        Assert.True(_quoter.TryAskForTable(100, Fair, out QuoteTableRequest first));
        Assert.Equal(new QuoteTableRequest(Instruments.Bitcoin.Id, 1, 100, Fair, 2, 0.02), first);
        Assert.False(_quoter.TryAskForTable(200, 2 * Fair, out _));   // the answer is not there
        Assert.True(_quoter.TryTakeTable(in first, QuoterTests.Content(Settings, in first)));

        Assert.False(_quoter.TryAskForTable(105, Fair, out _));
        Assert.False(_quoter.TryAskForTable(95, Fair, out _));
        Assert.False(_quoter.TryAskForTable(100, Fair * 1.002, out _));
        Assert.False(_quoter.TryAskForTable(100, Fair * 0.998, out _));
        AssertAsks(105.01, Fair);
        AssertAsks(99.7, Fair);
        AssertAsks(99.7, Fair * 1.00201);
        AssertAsks(99.7, Fair * 0.99999);

        void AssertAsks(double sigma, double fair)
        {
            Assert.True(_quoter.TryAskForTable(sigma, fair, out QuoteTableRequest request));
            Assert.Equal((sigma, fair), (request.SigmaTicks, request.FairTicks));
            Assert.True(_quoter.TryTakeTable(in request, QuoterTests.Content(Settings, in request)));
        }
    }

    [Theory]
    [InlineData(2.099, 0.02, false)]
    [InlineData(1.901, 0.02, false)]
    [InlineData(2.101, 0.02, true)]
    [InlineData(1.899, 0.02, true)]
    [InlineData(2, 0.02099, false)]
    [InlineData(2, 0.02101, true)]
    [InlineData(2, 0.01899, true)]
    [InlineData(double.NaN, 0.02, false)]
    [InlineData(2, double.NaN, false)]
    public void A_table_is_asked_for_again_when_A_or_k_has_moved_by_more_than_5_percent(double rate, double decay, bool asks)
    {
        QuoterTests.Solve(_quoter, Sigma, Fair);

        _quoter.TakeIntensity(rate, decay);

        Assert.Equal(asks, _quoter.TryAskForTable(Sigma, Fair, out QuoteTableRequest request));
        if (asks) Assert.Equal(new QuoteTableRequest(Instruments.Bitcoin.Id, 2, Sigma, Fair, rate, decay), request);
    }

    [Fact]
    public void A_volatility_beyond_its_bounds_asks_with_the_bound_and_one_that_is_no_number_does_not_ask()
    {
        foreach (double broken in (double[])[double.NaN, double.PositiveInfinity])
        {
            Assert.False(_quoter.TryAskForTable(Sigma, broken, out _));
            Assert.False(_quoter.TryAskForTable(double.NaN, broken, out _));
        }

        Assert.False(_quoter.TryAskForTable(Sigma, 0, out _));
        Assert.True(_quoter.TryAskForTable(1e9, Fair, out QuoteTableRequest request));
        Assert.Equal(500, request.SigmaTicks);
        Assert.False(new GlftQuoter(Instruments.Bitcoin, Settings with { IsExact = false }).TryAskForTable(Sigma, Fair, out _));
    }

    [Fact]
    public void An_answer_without_a_usable_table_ends_the_question_and_leaves_what_is_held()
    {
        QuoterTests.Solve(_quoter, Sigma, Fair);
        QuoteTarget[] held = Quote(_quoter, 20);
        double sigma = Sigma;
        byte[] good = QuoterTests.Content(Settings, new QuoteTableRequest(default, 0, 2 * Sigma, Fair, 2, 0.02));
        byte[] ofAnotherBound = QuoterTests.Content(Settings with { Pipeline = Settings.Pipeline with { UnitsMax = UnitsMax + 1 } }, new QuoteTableRequest(default, 0, Sigma, Fair, 2, 0.02));
        foreach (byte[] content in (byte[][])[[], good[..^1], [.. good, 0], [9, .. good[1..]], ofAnotherBound])
        {
            Assert.True(_quoter.TryAskForTable(sigma *= 1.06, Fair, out QuoteTableRequest request));
            Assert.False(_quoter.TryTakeTable(in request, content));
            Assert.Equal(held, Quote(_quoter, 20));
            Assert.False(_quoter.TryAskForTable(sigma, Fair, out _));   // the same question would get the same answer
        }

        Assert.True(_quoter.TryAskForTable(2 * sigma, Fair, out QuoteTableRequest last));
        Assert.False(_quoter.TryTakeTable(last with { Number = last.Number - 1 }, good));
        Assert.True(_quoter.TryTakeTable(in last, good));
        Assert.NotEqual(held, Quote(_quoter, 20));
        Assert.False(_quoter.TryTakeTable(in last, good));   // nothing is asked any more
    }

    private static QuoteTarget[] Quote(Quoter quoter, long positionLots)
    {
        var targets = new QuoteTarget[2];
        Assert.Equal(2, quoter.Quote(in WideTop, Fair, Sigma, new QtyLots(positionLots), 0, targets));
        return targets;
    }
}
