namespace LatencyEngine.Research.Tests;

public sealed class StudentTTests
{
    [Theory]
    [InlineData(3, 3.182446, 0.006)]
    [InlineData(9, 2.262157, 1e-4)]
    [InlineData(19, 2.093024, 1e-5)]
    [InlineData(29, 2.045230, 1e-5)]
    [InlineData(1_000_000, 1.959966, 1e-6)]
    public void Its_points_are_those_of_the_printed_tables(int degrees, double printed, double within) => Assert.InRange(StudentT.Quantile975(degrees), printed - within, printed + within);
}
