namespace LatencyEngine.Research.Tests;

public sealed class DownsamplingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    public void A_series_that_fits_is_kept_whole(int length) =>
        Assert.Equal(Enumerable.Range(0, length), Downsampling.Indices(new double[length], 10));

    [Fact]
    public void A_single_spike_among_a_hundred_thousand_values_survives()
    {
        var values = new double[100_000];
        values[73_211] = 5;
        values[73_212] = -5;

        int[] kept = Downsampling.Indices(values, 2_000);

        Assert.Contains(73_211, kept);
        Assert.Contains(73_212, kept);
    }

    [Fact]
    public void First_last_lowest_and_highest_survive_in_rising_order_within_the_limit()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int round = 0; round < 500; round++)
        {
            var values = new double[random.Next(1, 3_000)];
            for (int i = 0; i < values.Length; i++) values[i] = random.Next(-50, 50);
            int pointsMax = random.Next(4, 400);

            int[] kept = Downsampling.Indices(values, pointsMax);

            string place = $"seed {seed}, round {round}, {values.Length} values to {pointsMax}";
            Assert.True(kept.Length <= pointsMax, place);
            Assert.True(kept[0] == 0 && kept[^1] == values.Length - 1, place);
            Assert.True(kept.Zip(kept.Skip(1)).All(pair => pair.First < pair.Second), place);
            Assert.True(kept.Max(i => values[i]) == values.Max() && kept.Min(i => values[i]) == values.Min(), place);
        }
    }

    [Fact]
    public void Fewer_than_four_points_cannot_hold_both_ends_and_both_extremes() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Downsampling.Indices(new double[10], 3));
}
