namespace LatencyEngine.SideBySide.Tests;

/// <summary>What is quoted of several rounds.</summary>
public sealed class SpreadTests
{
    [Fact]
    public void Of_an_odd_number_of_rounds_the_middle_one_is_quoted_whatever_their_order() => Assert.Equal(new Spread(3, 1, 90, 3), Spread.Of([90, 1, 3]));

    [Fact]
    public void Of_an_even_number_of_rounds_the_mean_of_the_middle_two_is_quoted() => Assert.Equal(new Spread(2.5, 1, 4, 4), Spread.Of([4, 1, 3, 2]));
}
