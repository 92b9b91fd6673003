using LatencyEngine.Model;

namespace LatencyEngine.Quoting.Tests;

public sealed class AvellanedaStoikovQuoterTests
{
    /// <summary>The worked example: BTC at 60,000 with a return volatility of 50 % a year is 53.4 ticks of 0.1 a root second; k = 0.02 and gamma = 1e-5 give a half-spread near 50 ticks.</summary>
    private static readonly AvellanedaStoikovSettings Settings = new()
    {
        Gamma = 1e-5,
        K = 0.02,
        TauSeconds = 120,
        MinSigmaTicks = 5,
        MaxSigmaTicks = 500,
        Pipeline = new QuotePipelineSettings
        {
            MakerFeeE8 = 0,
            MinEdgeE8 = 0,
            Levels = 1,
            Step = new TickDelta(1),
            BaseQty = new QtyLots(10),
            SizeMultiplierE8 = 100_000_000,
            UnitsMax = 5,
        },
    };

    private static readonly BookTop Top = new(new PriceTicks(599_999), new QtyLots(100), new PriceTicks(600_001), new QtyLots(100));

    [Fact]
    public void A_flat_position_is_quoted_half_a_model_spread_either_side_of_fair()
    {
        AvellanedaStoikovQuote model = AvellanedaStoikov.Quote(600_000, 0, 1e-5, 53.4, 120, 0.02);

        QuoteTarget[] targets = Quote(fairTicks: 600_000, sigma: 53.4);

        Assert.Equal((long)Math.Floor(model.Bid), targets[0].Price.Ticks);
        Assert.Equal((long)Math.Ceiling(model.Ask), targets[1].Price.Ticks);
        Assert.Equal(new QtyLots(10), targets[0].Qty);
        Assert.Equal(new QtyLots(10), targets[1].Qty);
    }

    [Fact]
    public void Inventory_is_counted_in_base_orders()
    {
        // 20 lots are two base orders of 10.
        AvellanedaStoikovQuote model = AvellanedaStoikov.Quote(600_000, 2, 1e-5, 53.4, 120, 0.02);

        QuoteTarget[] targets = Quote(fairTicks: 600_000, sigma: 53.4, positionLots: 20);

        Assert.Equal((long)Math.Floor(model.Bid), targets[0].Price.Ticks);
        Assert.Equal((long)Math.Ceiling(model.Ask), targets[1].Price.Ticks);
    }

    [Theory]
    [InlineData(20_000, 120)]    // 2 bp of 600,000 ticks
    [InlineData(-5_000, -30)]
    [InlineData(0, 0)]
    public void The_maker_fee_is_added_to_both_distances_and_a_rebate_taken_from_them(long makerFeeE8, long feeTicks)
    {
        AvellanedaStoikovQuote model = AvellanedaStoikov.Quote(600_000, 2, 1e-5, 53.4, 120, 0.02);
        var quoter = new AvellanedaStoikovQuoter(Instruments.Bitcoin, Settings with { Pipeline = Settings.Pipeline with { MakerFeeE8 = makerFeeE8 } });
        var targets = new QuoteTarget[2];

        quoter.Quote(in Top, 600_000, 53.4, new QtyLots(20), 0, targets);

        Assert.Equal([(long)Math.Floor(model.Bid - feeTicks), (long)Math.Ceiling(model.Ask + feeTicks)], targets.Select(target => target.Price.Ticks));
    }

    [Fact]
    public void A_positive_bias_raises_both_quotes()
    {
        QuoteTarget[] neutral = Quote();
        QuoteTarget[] up = Quote(biasTicks: 7);

        Assert.Equal(neutral[0].Price.Ticks + 7, up[0].Price.Ticks);
        Assert.Equal(neutral[1].Price.Ticks + 7, up[1].Price.Ticks);
    }

    [Theory]
    [InlineData(1e6)]
    [InlineData(-1e6)]
    public void Bias_alone_never_carries_a_quote_across_the_fair_price(double biasTicks)
    {
        QuoteTarget[] targets = Quote(biasTicks: biasTicks);

        Assert.True(targets[0].Price.Ticks < 600_000 && targets[1].Price.Ticks > 600_000, string.Join(' ', targets));
    }

    [Fact]
    public void Volatility_is_believed_only_within_its_bounds()
    {
        Assert.Equal(Quote(sigma: 5, positionLots: 30), Quote(sigma: 0, positionLots: 30));
        Assert.Equal(Quote(sigma: 500, positionLots: 30), Quote(sigma: 1e9, positionLots: 30));
        Assert.NotEqual(Quote(sigma: 5, positionLots: 30), Quote(sigma: 50, positionLots: 30));
    }

    [Fact]
    public void Higher_volatility_widens_the_quotes_and_deepens_the_skew()
    {
        QuoteTarget[] calm = Quote(sigma: 20, positionLots: 20);
        QuoteTarget[] wild = Quote(sigma: 200, positionLots: 20);

        Assert.True(wild[1].Price - wild[0].Price is { Ticks: var wide } && wide > (calm[1].Price - calm[0].Price).Ticks);
        Assert.True(wild[0].Price.Ticks + wild[1].Price.Ticks < calm[0].Price.Ticks + calm[1].Price.Ticks);
    }

    [Fact]
    public void A_decaying_signal_is_worth_the_move_that_it_leaves_to_be_expected_within_the_horizon()
    {
        var quoter = new AvellanedaStoikovQuoter(Instruments.Bitcoin, Settings);

        foreach (double sigma in (double[])[0, 50, 1e9]) Assert.Equal(3 * (1 - Math.Exp(-0.01 * 120)) / 0.01, quoter.DecayingShiftTicks(3, 0.01, sigma, 600_000), 9);
        Assert.Equal(-quoter.DecayingShiftTicks(3, 0.5, 50, 600_000), quoter.DecayingShiftTicks(-3, 0.5, 50, 600_000));
        Assert.Equal(NanoTicks.TicksMax, quoter.DecayingShiftTicks(double.PositiveInfinity, 0.5, 50, 600_000));
        Assert.Equal(0, quoter.DecayingShiftTicks(3, 0.5, double.NaN, 600_000));
    }

    [Theory]
    [InlineData(double.NaN, 50, 0)]
    [InlineData(double.PositiveInfinity, 50, 0)]
    [InlineData(0, 50, 0)]
    [InlineData(-600_000, 50, 0)]
    [InlineData(1e10, 50, 0)]
    [InlineData(600_000, double.NaN, 0)]
    [InlineData(600_000, double.PositiveInfinity, 0)]
    [InlineData(600_000, 50, double.NaN)]
    [InlineData(600_000, 50, double.NegativeInfinity)]
    public void An_unusable_number_pulls_every_quote(double fairTicks, double sigma, double biasTicks)
    {
        QuoteTarget[] targets = Quote(fairTicks, sigma, biasTicks: biasTicks);

        Assert.Equal([Side.Buy, Side.Sell], targets.Select(target => target.Side));
        Assert.All(targets, target => Assert.Equal(0, target.Qty.Lots));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_position_too_large_to_compute_with_pulls_every_quote(long positionLots) =>
        Assert.All(Quote(positionLots: positionLots), target => Assert.Equal(0, target.Qty.Lots));

    [Fact]
    public void Quotes_that_the_venue_would_refuse_are_dropped()
    {
        // 3 lots of room at 60,000 are 0.003 BTC, 180 USDT: below a least value of 200 USDT, while the full 10 lots on the other side pass.
        InstrumentSpec spec = Instruments.Create(1, 1, 3, 1, minNotionalE8: 200 * MoneyE8.One);

        QuoteTarget[] targets = Quote(positionLots: 47, spec: spec);

        Assert.Equal([0, 10], targets.Select(target => target.Qty.Lots));
    }

    [Fact]
    public void Settings_out_of_range_are_refused_with_their_value()
    {
        AssertRefused("gamma must be a positive number, was 0", Settings with { Gamma = 0 });
        AssertRefused("k must be a positive number, was NaN", Settings with { K = double.NaN });
        AssertRefused("horizon in seconds must be a positive number, was -1", Settings with { TauSeconds = -1 });
        AssertRefused("smallest sigma in ticks must be a positive number, was 0", Settings with { MinSigmaTicks = 0 });
        AssertRefused("largest sigma must be at least the smallest, 5 ticks, was 4", Settings with { MaxSigmaTicks = 4 });
    }

    private static void AssertRefused(string message, AvellanedaStoikovSettings settings) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new AvellanedaStoikovQuoter(Instruments.Bitcoin, settings)).Message, StringComparison.Ordinal);

    private static QuoteTarget[] Quote(double fairTicks = 600_000, double sigma = 50, long positionLots = 0, double biasTicks = 0, InstrumentSpec? spec = null)
    {
        var quoter = new AvellanedaStoikovQuoter(spec ?? Instruments.Bitcoin, Settings);
        var targets = new QuoteTarget[quoter.TargetCount];
        Assert.Equal(2, quoter.Quote(in Top, fairTicks, sigma, new QtyLots(positionLots), biasTicks, targets));
        return targets;
    }
}
