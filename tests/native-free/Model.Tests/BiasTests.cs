namespace LatencyEngine.Model.Tests;

public sealed class BiasTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 50_000_000)]
    [InlineData(-1, -100_000_000)]
    [InlineData(1.000_001, 100_000_000)]
    [InlineData(double.PositiveInfinity, 100_000_000)]
    [InlineData(double.MinValue, -100_000_000)]
    [InlineData(0.000_000_005, 0)]     // half-even
    [InlineData(-0.000_000_016, -2)]
    [InlineData(double.Epsilon, 0)]
    public void A_score_of_a_model_is_clamped_and_rounded_half_even(double score, int scoreE8)
    {
        Assert.True(Bias.TryScore(score, out int taken));

        Assert.Equal(scoreE8, taken);
    }

    [Fact]
    public void One_that_is_no_number_is_none() => Assert.Equal((false, 0), (Bias.TryScore(double.NaN, out int scoreE8), scoreE8));
}
