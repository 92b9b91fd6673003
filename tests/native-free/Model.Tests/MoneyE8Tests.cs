using LatencyEngine.Model;

namespace LatencyEngine.Model.Tests;

public sealed class MoneyE8Tests
{
    [Theory]
    [InlineData(5, 2, 2)]
    [InlineData(7, 2, 4)]
    [InlineData(-5, 2, -2)]
    [InlineData(-7, 2, -4)]
    [InlineData(10, 4, 2)]
    [InlineData(11, 4, 3)]
    [InlineData(9, 4, 2)]
    [InlineData(-11, 4, -3)]
    [InlineData(0, 3, 0)]
    public void A_posting_is_rounded_half_even_whatever_its_sign(long numerator, long denominator, long expected) =>
        Assert.Equal(expected, MoneyE8.DivideHalfEven(numerator, denominator));

    [Fact]
    public void Rounding_agrees_with_decimal_on_random_quotients()
    {
        var random = new Random(20261120);
        for (int i = 0; i < 100_000; i++)
        {
            long numerator = random.NextInt64(-1_000_000_000_000, 1_000_000_000_000);
            Assert.Equal((long)Math.Round(numerator / 1000m, MidpointRounding.ToEven), (long)MoneyE8.DivideHalfEven(numerator, 1000));
        }
    }
}
