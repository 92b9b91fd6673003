namespace LatencyEngine.Forecast.Tests;

public sealed class ConformalTests
{
    [Theory]
    [InlineData(4, 0.8, null)]
    [InlineData(5, 0.8, 5.0)]
    [InlineData(9, 0.8, 8.0)]
    [InlineData(18, 0.95, null)]
    [InlineData(19, 0.95, 19.0)]
    [InlineData(39, 0.95, 38.0)]
    public void The_half_width_is_the_error_of_the_right_rank(int errors, double level, double? halfWidth) =>
        Assert.Equal(halfWidth, Conformal.HalfWidth([.. Enumerable.Range(1, errors).Select(error => (double)error).Reverse()], level));
}
