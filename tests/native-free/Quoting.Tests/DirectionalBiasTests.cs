namespace LatencyEngine.Quoting.Tests;

public sealed class DirectionalBiasTests
{
    [Fact]
    public void The_rule_for_a_decaying_signal_agrees_with_the_golden_rule_and_move()
    {
        Golden[] rows = Golden.Rows("glft_decaying_drift.csv");
        foreach (Golden row in rows)
        {
            GlftParameters market = row.Market();
            Assert.True(Glft.TryQuote(in market, out GlftQuote quote));

            double shift = DirectionalBias.DecayingShift(row["alpha0"], row["zeta"], market.Gamma, market.Sigma, quote.SkewPerUnit);
            double move = DirectionalBias.ExpectedMove(row["alpha0"], row["zeta"], row["tau"]);

            double rule = row["rule_alpha_over_zeta_plus_theta"];
            Assert.True(Math.Abs(rule - shift) <= 1e-12 * Math.Abs(rule), $"{row}: was {shift:R}");
            Assert.True(Math.Abs(row["integrated_alpha"] - move) <= 1e-12 * Math.Abs(row["integrated_alpha"]), $"{row}: was {move:R}");
        }

        Assert.Equal(113, rows.Length);
    }

    [Fact]
    public void The_rule_is_within_2_percent_of_the_solution_where_the_bound_is_far_and_18_where_it_is_near()
    {
        double[] errors = [.. Golden.Rows("glft_decaying_drift.csv").Where(row => row["q"] == 0).Select(row =>
        {
            GlftParameters market = row.Market();
            Assert.True(Glft.TryQuote(in market, out GlftQuote quote));
            return (DirectionalBias.DecayingShift(row["alpha0"], row["zeta"], market.Gamma, market.Sigma, quote.SkewPerUnit) / row["centre_minus_mid"]) - 1;
        })];

        Assert.Equal(5, errors.Length);
        Assert.Equal(4, errors.Count(error => Math.Abs(error) < 0.02));
        Assert.Equal(0.18, errors.Max(), 2);
    }

    [Fact]
    public void A_signal_that_hardly_decays_is_a_drift_and_one_that_is_gone_at_once_its_own_move()
    {
        const double Alpha = 0.02;
        GlftParameters market = Markets.Bitcoin with { Drift = Alpha };
        Assert.True(Glft.TryQuote(in market, out GlftQuote quote));
        double Shift(double zeta) => DirectionalBias.DecayingShift(Alpha, zeta, market.Gamma, market.Sigma, quote.SkewPerUnit);

        Assert.Equal(quote.TargetInventory * quote.SkewPerUnit, Shift(0), 12);
        Assert.Equal(Alpha / 1e6, Shift(1e6), 12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-300)]
    [InlineData(1e-17)]
    [InlineData(1e-12)]
    [InlineData(1e-7)]
    public void A_move_of_a_signal_that_hardly_decays_is_rate_times_time(double zeta) =>
        // 1 - exp(-x) = x (1 - x/2 + x^2/6 - ...), x = 60 zeta.
        Assert.Equal(2 * 60 * (1 - (30 * zeta) + (600 * zeta * zeta)), DirectionalBias.ExpectedMove(2, zeta, 60), 9);

    [Fact]
    public void A_lasting_drift_asks_for_at_most_half_the_largest_inventory()
    {
        Assert.Equal(3, DirectionalBias.DriftTarget(new GlftQuote(1, 1, TargetInventory: 3), unitsMax: 10));
        Assert.Equal(5, DirectionalBias.DriftTarget(new GlftQuote(1, 1, TargetInventory: 1e9), unitsMax: 10));
        Assert.Equal(-5, DirectionalBias.DriftTarget(new GlftQuote(1, 1, TargetInventory: -1e9), unitsMax: 10));
    }

    [Fact]
    public void A_slow_view_asks_for_its_share_of_the_largest_inventory_and_a_full_one_for_no_more()
    {
        Assert.Equal(2, DirectionalBias.ViewTarget(10 / 15.0, weight: 0.3, unitsMax: 10), 12);
        Assert.Equal(3, DirectionalBias.ViewTarget(7, weight: 0.3, unitsMax: 10), 12);
        Assert.Equal(-3, DirectionalBias.ViewTarget(double.NegativeInfinity, weight: 0.3, unitsMax: 10), 12);
    }

    [Fact]
    public void What_is_not_a_number_stays_so()
    {
        Assert.True(double.IsNaN(DirectionalBias.DriftTarget(new GlftQuote(1, 1, double.NaN), 10)));
        Assert.True(double.IsNaN(DirectionalBias.ViewTarget(double.NaN, 0.3, 10)));
        Assert.True(double.IsNaN(DirectionalBias.DecayingShift(double.NaN, 0.1, 1e-5, 53, 1)));
        Assert.True(double.IsNaN(DirectionalBias.ExpectedMove(1, double.NaN, 60)));
    }
}
