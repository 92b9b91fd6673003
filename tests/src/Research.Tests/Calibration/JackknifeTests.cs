namespace LatencyEngine.Research.Tests;

public sealed class JackknifeTests
{
    [Fact]
    public void The_interval_of_a_mean_is_students()
    {
        double[] values = [.. Enumerable.Range(0, Jackknife.Blocks).Select(i => (double)(i * i % 7))];
        double mean = values.Average();
        double deviation = Math.Sqrt(values.Sum(value => Math.Pow(value - mean, 2)) / (values.Length - 1));

        Estimate estimate = Jackknife.Of(mean, [.. values.Select(value => (values.Sum() - value) / (values.Length - 1))]);

        Assert.Equal(mean, estimate.Value);
        Assert.Equal(mean - (2.093 * deviation / Math.Sqrt(values.Length)), estimate.Low!.Value, 3);
        Assert.Equal(mean + (2.093 * deviation / Math.Sqrt(values.Length)), estimate.High!.Value, 3);
    }

    [Fact]
    public void What_cannot_be_negative_has_an_interval_above_0()
    {
        Estimate estimate = Jackknife.OfPositive(1, [.. Enumerable.Range(0, Jackknife.Blocks).Select(i => i == 0 ? 0.1 : 1)]);

        Assert.InRange(estimate.Low!.Value, 0.001, 0.2);
        Assert.Equal(1 / estimate.Low.Value, estimate.High!.Value, 6);
    }

    [Fact]
    public void A_fit_that_needs_every_stretch_has_no_interval()
    {
        double[] without = [double.NaN, .. Enumerable.Repeat(1.0, Jackknife.Blocks - 1)];

        Assert.Equal(new Estimate(1, null, null), Jackknife.Of(1, without));
        Assert.Equal(new Estimate(0, null, null), Jackknife.OfPositive(0, [.. Enumerable.Repeat(0.0, Jackknife.Blocks)]));
    }

    [Fact]
    public void Stretches_are_equal_and_in_order()
    {
        int[] blocks = [.. Enumerable.Range(0, 100).Select(i => Jackknife.BlockOf(i, 100))];

        Assert.Equal([.. Enumerable.Range(0, 20).SelectMany(block => Enumerable.Repeat(block, 5))], blocks);
        Assert.Equal(Jackknife.Blocks - 1, Jackknife.BlockOf(int.MaxValue - 1, int.MaxValue));
    }
}
