namespace LatencyEngine.SideBySide.Tests;

/// <summary>Two figures held against each other.</summary>
public sealed class RatioTests
{
    [Fact]
    public void A_ratio_is_taken_in_every_round_and_the_median_of_those_is_quoted()
    {
        // A stall in the second round hits both: the medians of the figures would give 40/10.
        var figures = new Dictionary<string, double[]> { ["ours"] = [10, 1_000, 10], ["peer"] = [20, 3_000, 40] };

        Assert.Equal(new Spread(3, 2, 4, 3), Ratio.TimesFaster("r", "ours", "peer").Of(figures));
    }

    [Fact]
    public void Times_faster_is_the_peers_time_over_ours() =>
        Assert.Equal(5, Ratio.TimesFaster("r", "ours", "peer").Of(new Dictionary<string, double[]> { ["ours"] = [10], ["peer"] = [50] })!.Value.Median);

    [Fact]
    public void Without_the_peers_figure_there_is_no_ratio() => Assert.Null(Ratio.TimesFaster("r", "ours", "peer").Of(new Dictionary<string, double[]> { ["ours"] = [10] }));

    [Theory]
    [InlineData("decode.delta.simdjson", 2.2, true)]
    [InlineData("decode.delta.simdjson", 2.19, false)]
    [InlineData("path.meanVsSimdjsonDecode", 0.6, true)]
    [InlineData("path.meanVsSimdjsonDecode", 0.61, false)]
    public void A_bound_is_a_least_for_times_faster_and_a_most_for_a_share(string name, double ratio, bool isReached) =>
        Assert.Equal(isReached, Goals.ByName[name].Reaches(ratio, Goals.ByName[name].Must));
}
