using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.Quoting.Tests;

public sealed class GlftTests
{
    [Fact]
    public void The_closed_forms_agree_with_the_golden_quotes_of_an_endless_horizon()
    {
        Golden[] rows = Golden.Rows("glft_infinite_horizon.csv");
        foreach (Golden row in rows)
        {
            GlftQuote quote = Quote(row.Market());

            AssertClose(row["skew_per_unit"], quote.SkewPerUnit, 1e-12, row);
            AssertClose(row["c1"] + (row["xi"] / 2) + (row["skew_per_unit"] / 2), quote.HalfSpread, 1e-12, row);
            AssertClose(row["delta_bid_closed"], quote.BidDistance(row["q"]), 1e-12, row);
            AssertClose(row["delta_ask_closed"], quote.AskDistance(row["q"]), 1e-12, row);
        }

        Assert.Equal(393, rows.Length);
    }

    [Fact]
    public void Lot_size_and_separated_risk_aversions_agree_with_the_golden_quotes()
    {
        Golden[] rows = Golden.Rows("glft_lot_size.csv");
        foreach (Golden row in rows)
        {
            GlftQuote quote = Quote(new GlftParameters
            {
                Gamma = row["gamma"], ExecutionGamma = row["xi_risk"], Sigma = row["sigma"], ArrivalRate = row["A"], K = row["k"], Lot = row["Delta"],
            });

            AssertClose(row["half_spread"], quote.HalfSpread, 1e-11, row);
            AssertClose(row["skew"], quote.SkewPerUnit, 1e-11, row);
            AssertClose(row["delta_bid"], quote.BidDistance(row["q"]), 1e-11, row);
            AssertClose(row["delta_ask"], quote.AskDistance(row["q"]), 1e-11, row);
        }

        Assert.Equal(60, rows.Length);
    }

    [Fact]
    public void The_worked_example_quotes_half_a_spread_of_50_and_a_half_ticks_and_skews_a_tick_a_unit()
    {
        GlftQuote quote = Quote(Markets.Bitcoin);

        Assert.Equal(50.5, quote.HalfSpread, 1);
        Assert.Equal(0.98, quote.SkewPerUnit, 2);
    }

    [Fact]
    public void A_fee_is_a_rarer_fill_whose_price_is_paid_on_top_and_not_a_floor()
    {
        const double Fee = 12;
        GlftQuote taxed = Quote(Markets.Bitcoin with { Fee = Fee });
        GlftQuote rarer = Quote(Markets.Bitcoin with { ArrivalRate = Markets.Bitcoin.ArrivalRate * Math.Exp(-Markets.Bitcoin.K * Fee) });
        GlftQuote free = Quote(Markets.Bitcoin);

        Assert.Equal(rarer.HalfSpread + Fee, taxed.HalfSpread, 12);
        Assert.Equal(rarer.SkewPerUnit, taxed.SkewPerUnit, 12);
        Assert.Equal(free.SkewPerUnit * Math.Exp(Markets.Bitcoin.K * Fee / 2), taxed.SkewPerUnit, 12);
    }

    [Fact]
    public void A_rebate_narrows_the_quotes() =>
        Assert.True(Quote(Markets.Bitcoin with { Fee = -3 }).HalfSpread < Quote(Markets.Bitcoin).HalfSpread - 3);

    [Fact]
    public void A_drift_centres_the_quotes_at_its_target_and_leaves_the_spread()
    {
        GlftQuote still = Quote(Markets.Bitcoin);
        GlftQuote rising = Quote(Markets.Bitcoin with { Drift = 3 * Markets.Bitcoin.Gamma * Markets.Bitcoin.Sigma * Markets.Bitcoin.Sigma });

        Assert.Equal(3, rising.TargetInventory, 12);
        Assert.Equal(still.HalfSpread, rising.HalfSpread);
        Assert.Equal(still.HalfSpread, rising.BidDistance(3), 9);
        Assert.Equal(still.HalfSpread, rising.AskDistance(3), 9);
    }

    [Fact]
    public void Quotes_fall_with_inventory_and_rise_with_the_drift() => ForEveryMarket((market, random) =>
    {
        GlftQuote quote = Quote(market);
        GlftQuote higher = Quote(market with { Drift = market.Drift + (market.Gamma * market.Sigma * market.Sigma) });
        double less = random.Next(-50, 50);
        double more = less + random.NextDouble() + 0.01;
        return quote.BidDistance(more) > quote.BidDistance(less)
            && quote.AskDistance(more) < quote.AskDistance(less)
            && higher.BidDistance(less) < quote.BidDistance(less)
            && higher.AskDistance(less) > quote.AskDistance(less);
    });

    [Fact]
    public void A_mirrored_market_swaps_bid_and_ask() => ForEveryMarket((market, random) =>
    {
        double inventory = (random.NextDouble() * 100) - 50;
        return Quote(market).BidDistance(inventory) == Quote(market.Mirrored()).AskDistance(-inventory);
    });

    [Fact]
    public void Every_market_within_its_ranges_has_finite_quotes() => ForEveryMarket((market, random) =>
        double.IsFinite(Quote(market).BidDistance(random.Next(-64, 65))) && Quote(market).SkewPerUnit > 0);

    [Fact]
    public void A_market_outside_them_or_beyond_a_float_is_refused()
    {
        GlftParameters usable = Markets.Bitcoin with { Drift = 1, Impact = 1, Fee = 1 };
        Assert.True(Glft.TryQuote(in usable, out _));

        GlftParameters[] beyond = [usable with { Fee = 1e6 }, usable with { Gamma = 1e-300, Sigma = 1e-30 }, usable with { Sigma = 1e300, ArrivalRate = 1e-300 }];
        foreach (GlftParameters market in Markets.Broken(usable).Concat(beyond))
        {
            Assert.False(Glft.TryQuote(in market, out GlftQuote quote), market.ToString());
            Assert.Equal(default, quote);
        }
    }

    [Fact]
    public void Quoting_allocates_nothing()
    {
        GlftParameters market = Markets.Bitcoin;
        double sum = Sum(market);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) sum += Sum(market with { Sigma = 1 + i });
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(double.IsFinite(sum));
        Assert.Equal(before, after);

        static double Sum(GlftParameters market) => Glft.TryQuote(in market, out GlftQuote quote) ? quote.BidDistance(3) : double.NaN;
    }

    private static GlftQuote Quote(GlftParameters market)
    {
        Assert.True(Glft.TryQuote(in market, out GlftQuote quote), market.ToString());
        return quote;
    }

    /// <summary>A distance near nothing is the difference of two that are not: it is held as closely as 0.01 of a price.</summary>
    private static void AssertClose(double expected, double actual, double relative, Golden row) =>
        Assert.True(Math.Abs(expected - actual) <= relative * Math.Max(Math.Abs(expected), 1e-2), $"{row}: expected {expected:R}, was {actual:R}");

    private static void ForEveryMarket(Func<GlftParameters, Random, bool> holds) =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                return holds(Markets.Generate(random), random);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}
