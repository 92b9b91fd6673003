namespace LatencyEngine.Meter.Tests;

public sealed class TimeWeightedMeanTests
{
    [Fact]
    public void Before_any_time_has_passed_it_is_zero()
    {
        var mean = new TimeWeightedMean();
        mean.Add(5, seconds: 0);

        Assert.Equal((0, 0, 0), (mean.Seconds, mean.Mean, mean.MeanAbsolute));
    }

    [Fact]
    public void What_stood_longer_counts_more_and_the_magnitude_does_not_cancel()
    {
        var mean = new TimeWeightedMean();
        mean.Add(4, seconds: 0.5);
        mean.Add(-2, seconds: 1.5);

        Assert.Equal((2, -0.5, 2.5), (mean.Seconds, mean.Mean, mean.MeanAbsolute));
    }
}
