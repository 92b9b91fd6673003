using LatencyEngine.TestData;

namespace LatencyEngine.MetaModel.Tests;

/// <summary>Sizes, against golden numbers of independent code.</summary>
public sealed class BetSizeTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void Every_rule_agrees_with_the_golden_sizes()
    {
        int compared = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("bet_size.csv"))
        {
            double Of(string column) => double.Parse(row[column]);
            double p = Of("p");
            Assert.Equal(Of("take") == 1, BetSize.Acts(p));
            Assert.Equal(Of("seed_fraction_of_equity"), BetSize.Confidence(p), Tolerance);
            Assert.Equal(Of("lopez_bet"), BetSize.Significance(p), Tolerance);
            Assert.Equal(Of("lopez_bet_step005"), BetSize.Significance(p, 0.05), Tolerance);
            Assert.Equal(Of("kelly_full_b15"), BetSize.Kelly(p, 1.5), Tolerance);
            Assert.Equal(Of("quarter_kelly_cap10"), BetSize.QuarterKelly(p, 1.5), Tolerance);
            Assert.Equal(Of("notional_fraction_risk1pct_stop2pct"), BetSize.AtRisk(p, 0.01, 0.02), Tolerance);
            compared++;
        }

        Assert.Equal(10, compared);
    }

    [Theory]
    [InlineData(0.6, 0)]
    [InlineData(0.61, 0.001 / 0.02 * (0.11 / 0.3))]
    [InlineData(0.8, 0.05)]
    [InlineData(1, 0.05)]
    [InlineData(double.NaN, 0)]
    public void The_risk_rule_grows_with_the_probability_up_to_its_whole_size(double probability, double expected) =>
        Assert.Equal(expected, BetSize.ScaledAtRisk(probability, 0.001, 0.02), Tolerance);

    [Fact]
    public void No_rule_passes_the_largest_position() => Assert.Equal((0.1, 0.1, 1.0), (BetSize.ScaledAtRisk(0.99, 0.01, 0.02), BetSize.QuarterKelly(0.99, 1.5), BetSize.Significance(1)));

    [Theory]
    [InlineData(1, 0.75, 0.5)]
    [InlineData(-1, 0.75, -0.5)]
    [InlineData(0, 0.9, 0)]
    [InlineData(1, 0.4, 0)]
    [InlineData(-1, double.NaN, 0)]
    public void The_bias_is_the_direction_times_what_the_probability_is_above_even(int sign, double probability, double expected) => Assert.Equal(expected, BetSize.Bias(sign, probability), Tolerance);
}
