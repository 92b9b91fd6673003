namespace LatencyEngine.Host.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] Known = ["leverage", "levelsPerSide", "seed", "balance"];

    [Theory]
    [InlineData("levrage", "leverage")]
    [InlineData("LEVERAGE", "leverage")]
    [InlineData("levelPerSide", "levelsPerSide")]
    [InlineData("sed", "seed")]
    [InlineData("balnace", "balance")]
    [InlineData("quantity", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found_unless_it_is_far(string given, string? expected) =>
        Assert.Equal(expected, NearestName.Find(given, Known));
}
