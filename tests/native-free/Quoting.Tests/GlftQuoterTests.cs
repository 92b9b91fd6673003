using LatencyEngine.Model;

namespace LatencyEngine.Quoting.Tests;

public sealed class GlftQuoterTests
{
    private const long Fair = 600_000;

    /// <summary>The worked example of docs/models.md, 2.6, as in <see cref="Markets.Bitcoin"/>.</summary>
    private static readonly GlftSettings Settings = new()
    {
        Gamma = Markets.Bitcoin.Gamma,
        ExecutionGamma = Markets.Bitcoin.ExecutionGamma,
        ArrivalRatePerSecond = Markets.Bitcoin.ArrivalRate,
        K = Markets.Bitcoin.K,
        ImpactTicks = 0,
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
            UnitsMax = 1_000,
        },
    };

    private static readonly BookTop Top = new(new PriceTicks(Fair - 1), new QtyLots(100), new PriceTicks(Fair + 1), new QtyLots(100));

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-35)]
    public void Quotes_are_the_closed_form_at_the_inventory_in_base_orders(long positionLots)
    {
        Assert.True(Glft.TryQuote(Markets.Bitcoin, out GlftQuote model));

        QuoteTarget[] targets = Quote(Settings, positionLots: positionLots);

        Assert.Equal((long)Math.Floor(Fair - model.BidDistance(positionLots / 10.0)), targets[0].Price.Ticks);
        Assert.Equal((long)Math.Ceiling(Fair + model.AskDistance(positionLots / 10.0)), targets[1].Price.Ticks);
        Assert.Equal([10, 10], targets.Select(target => target.Qty.Lots));
    }

    [Fact]
    public void The_maker_fee_and_the_impact_are_inside_the_optimum()
    {
        // 2 bp of 600,000 ticks is 120.
        Assert.True(Glft.TryQuote(Markets.Bitcoin with { Fee = 120, Impact = 4 }, out GlftQuote model));
        GlftSettings settings = Settings with { ImpactTicks = 4, Pipeline = Settings.Pipeline with { MakerFeeE8 = 20_000 } };

        QuoteTarget[] targets = Quote(settings, positionLots: 10);

        Assert.Equal((long)Math.Floor(Fair - model.BidDistance(1)), targets[0].Price.Ticks);
        Assert.Equal((long)Math.Ceiling(Fair + model.AskDistance(1)), targets[1].Price.Ticks);
    }

    [Fact]
    public void A_rebate_narrows_and_one_larger_than_the_model_still_leaves_a_spread()
    {
        QuoteTarget[] some = Quote(Settings with { Pipeline = Settings.Pipeline with { MakerFeeE8 = -5_000 } });
        QuoteTarget[] plenty = Quote(Settings with { Pipeline = Settings.Pipeline with { MakerFeeE8 = -50_000 } });

        // 50.5 ticks of half-spread less 0.5 bp of 600,000, 30 ticks; and less 300.
        Assert.Equal([Fair - 21, Fair + 21], some.Select(target => target.Price.Ticks));
        Assert.Equal([Fair - 1, Fair + 1], plenty.Select(target => target.Price.Ticks));
    }

    [Fact]
    public void An_unusable_number_pulls_every_quote_until_it_is_usable_again()
    {
        var quoter = new GlftQuoter(Instruments.Bitcoin, Settings with { Pipeline = Settings.Pipeline with { MakerFeeE8 = 20_000 } });
        var targets = new QuoteTarget[quoter.TargetCount];
        foreach (double broken in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            AssertPulled(broken, 50, 0);
            AssertPulled(Fair, broken, 0);
            AssertPulled(Fair, 50, broken);
        }

        AssertPulled(0, 50, 0);
        AssertPulled(-Fair, 50, 0);
        AssertPulled(1e10, 50, 0);

        void AssertPulled(double fairTicks, double sigma, double biasTicks)
        {
            Assert.Equal(2, quoter.Quote(in Top, fairTicks, sigma, default, biasTicks, targets));
            Assert.All(targets, target => Assert.Equal(0, target.Qty.Lots));
            // The same volatility, so that a price remembered from the broken input would be used.
            quoter.Quote(in Top, Fair, 50, default, 0, targets);
            Assert.All(targets, target => Assert.Equal(10, target.Qty.Lots));
        }
    }

    [Fact]
    public void A_decaying_signal_is_worth_alpha_over_its_decay_and_the_rate_at_which_the_quotes_unwind()
    {
        Assert.True(Glft.TryQuote(Markets.Bitcoin, out GlftQuote model));
        double expected = 3 / (0.5 + (Markets.Bitcoin.Gamma * 53.4 * 53.4 / model.SkewPerUnit));

        Assert.Equal(expected, new GlftQuoter(Instruments.Bitcoin, Settings).DecayingShiftTicks(3, 0.5, 53.4, Fair), 12);
    }

    [Fact]
    public void A_fee_that_a_float_cannot_hold_the_skew_of_pulls_every_quote() =>
        Assert.All(
            Quote(Settings with { K = 10, Pipeline = Settings.Pipeline with { MakerFeeE8 = 49_000_000 } }),
            target => Assert.Equal(0, target.Qty.Lots));

    [Fact]
    public void Settings_out_of_range_are_refused_with_their_value()
    {
        AssertRefused("gamma must be a positive number, was 0", Settings with { Gamma = 0 });
        AssertRefused("k must be a positive number, was NaN", Settings with { K = double.NaN });
        AssertRefused("arrival rate per second must be a positive number, was -1", Settings with { ArrivalRatePerSecond = -1 });
        AssertRefused("execution gamma must be a number and not negative, was -1", Settings with { ExecutionGamma = -1 });
        AssertRefused("impact in ticks must be a number and not negative, was NaN", Settings with { ImpactTicks = double.NaN });
        AssertRefused("largest inventory must be at most 64 base orders for exact quotes, was 1000", Settings with { IsExact = true });
        AssertRefused("smallest sigma in ticks must be a positive number, was 0", Settings with { MinSigmaTicks = 0 });
        AssertRefused("largest sigma must be at least the smallest, 5 ticks, was 4", Settings with { MaxSigmaTicks = 4 });
    }

    private static void AssertRefused(string message, GlftSettings settings) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new GlftQuoter(Instruments.Bitcoin, settings)).Message, StringComparison.Ordinal);

    private static QuoteTarget[] Quote(GlftSettings settings, long positionLots = 0)
    {
        var quoter = new GlftQuoter(Instruments.Bitcoin, settings);
        var targets = new QuoteTarget[quoter.TargetCount];
        Assert.Equal(2, quoter.Quote(in Top, Fair, 53.4, new QtyLots(positionLots), 0, targets));
        return targets;
    }
}
