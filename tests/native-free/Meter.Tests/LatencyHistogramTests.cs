namespace LatencyEngine.Meter.Tests;

public sealed class LatencyHistogramTests
{
    private static readonly double[] Percentiles = [0.001, 1, 5, 10, 25, 33.333, 50, 66.6, 75, 90, 95, 99, 99.9, 99.99, 99.999, 100];

    public static TheoryData<string> Distributions => ["constant", "uniform", "two modes", "log-normal", "log-uniform over the whole range", "small numbers", "Pareto"];

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Percentiles_mean_deviation_and_maximum_agree_with_the_sorted_samples(string distribution)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            var random = new Random(seed);
            long[] samples = [.. Enumerable.Range(0, random.Next(1, 20_000)).Select(_ => Draw(distribution, random))];
            var histogram = new LatencyHistogram();
            foreach (long sample in samples) histogram.Record(sample);
            Array.Sort(samples);

            string where = $"{distribution}, seed {seed}, {samples.Length} samples";
            Assert.Equal(samples.Length, histogram.Count);
            Assert.Equal(0, histogram.ClampedCount);
            AssertNear(samples[^1], histogram.Max, where + ", max");
            AssertNear(samples.Average(), histogram.Mean, where + ", mean");
            foreach (double percentile in Percentiles) AssertNear(Exact(samples, percentile), histogram.ValueAtPercentile(percentile), $"{where}, {percentile} %");

            // Each sample is off by less than a thousandth of itself, so the deviation by less than a thousandth of the root mean square.
            double mean = samples.Average();
            double rootMeanSquare = Math.Sqrt(samples.Average(s => (double)s * s));
            Assert.True(Math.Abs(Math.Sqrt(samples.Average(s => (s - mean) * (s - mean))) - histogram.StandardDeviation) <= 0.001 * rootMeanSquare, where + ", deviation");
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1_023, 1_023)]
    [InlineData(1_024, 1_024)]
    [InlineData(2_047, 2_047)]
    [InlineData(2_048, 2_049)]        // from here a step is 2 ns wide
    [InlineData(2_049, 2_049)]
    [InlineData(4_095, 4_095)]
    [InlineData(4_096, 4_099)]        // and from here 4 ns
    [InlineData(1_000_000, 1_000_447)]
    [InlineData(LatencyHistogram.HighestTrackableNanos, 3_601_330_077_695)]   // 1,677 x 2^31 - 1: steps are 2^31 ns wide up here
    public void A_value_is_reported_as_the_highest_of_its_step(long nanos, long reported)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(nanos);

        Assert.Equal(reported, histogram.ValueAtPercentile(50));
        Assert.Equal(reported, histogram.ValueAtPercentile(100));
        Assert.Equal(reported, histogram.Max);
        Assert.Equal(0, histogram.ClampedCount);
    }

    [Fact]
    public void Percentile_zero_is_the_lowest_of_the_first_step()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(4_099);

        Assert.Equal(4_096, histogram.ValueAtPercentile(0));
        Assert.Equal(4_099, histogram.ValueAtPercentile(0.001));
    }

    [Fact]
    public void A_percentile_is_the_value_at_its_rank_rounded_up()
    {
        var histogram = new LatencyHistogram();
        for (int i = 1; i <= 10; i++) histogram.Record(i);

        Assert.Equal(1, histogram.ValueAtPercentile(10));
        Assert.Equal(2, histogram.ValueAtPercentile(10.000001));
        Assert.Equal(5, histogram.ValueAtPercentile(50));
        Assert.Equal(10, histogram.ValueAtPercentile(90.1));
        Assert.Equal(10, histogram.ValueAtPercentile(100));
    }

    [Theory]
    [InlineData(-5, 7)]
    [InlineData(200, 9)]
    [InlineData(double.PositiveInfinity, 9)]
    [InlineData(double.NaN, 7)]
    public void A_percentile_out_of_range_is_clamped(double percentile, long expected)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(7);
        histogram.Record(9);

        Assert.Equal(expected, histogram.ValueAtPercentile(percentile));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void A_negative_duration_counts_as_zero_and_as_clamped(long nanos)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(nanos);

        Assert.Equal(1, histogram.Count);
        Assert.Equal(1, histogram.ClampedCount);
        Assert.Equal(0, histogram.Max);
    }

    [Theory]
    [InlineData(LatencyHistogram.HighestTrackableNanos + 1)]
    [InlineData(long.MaxValue)]
    public void A_duration_above_an_hour_counts_as_an_hour_and_as_clamped(long nanos)
    {
        var clamped = new LatencyHistogram();
        clamped.Record(nanos);
        var hour = new LatencyHistogram();
        hour.Record(LatencyHistogram.HighestTrackableNanos);

        Assert.Equal(1, clamped.ClampedCount);
        Assert.Equal(hour.Max, clamped.Max);
        Assert.Equal(hour.ValueAtPercentile(50), clamped.ValueAtPercentile(50));
    }

    [Fact]
    public void An_empty_histogram_answers_zero()
    {
        var histogram = new LatencyHistogram();

        Assert.Equal(0, histogram.Count);
        Assert.Equal(0, histogram.Max);
        Assert.Equal(0, histogram.Mean);
        Assert.Equal(0, histogram.StandardDeviation);
        Assert.Equal(0, histogram.ValueAtPercentile(99));
    }

    [Fact]
    public void Reset_forgets_everything()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(5);
        histogram.Record(-5);
        histogram.Record(long.MaxValue);

        histogram.Reset();

        Assert.Equal(0, histogram.Count);
        Assert.Equal(0, histogram.ClampedCount);
        Assert.Equal(0, histogram.Max);
        Assert.Equal(0, histogram.ValueAtPercentile(100));
    }

    [Fact]
    public void Recording_and_reading_a_percentile_allocate_nothing()
    {
        var histogram = new LatencyHistogram();
        long checksum = Fill(histogram);

        long before = GC.GetAllocatedBytesForCurrentThread();
        checksum += Fill(histogram);
        long after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(before, after);
        Assert.NotEqual(0, checksum);
    }

    [Fact]
    public void What_was_recorded_since_an_earlier_state_is_a_histogram_of_its_own()
    {
        var whole = new LatencyHistogram();
        var earlier = new LatencyHistogram();
        var since = new LatencyHistogram();
        var alone = new LatencyHistogram();
        foreach (long nanos in (long[])[7, 100_000, 90_000_000]) whole.Record(nanos);
        since.SetToDifference(whole, earlier);
        earlier.Add(since);
        Assert.Equal((whole.Count, whole.Max, whole.Mean), (earlier.Count, earlier.Max, earlier.Mean));

        foreach (long nanos in (long[])[250, 1_000_000, 1_000_000, -1])
        {
            whole.Record(nanos);
            alone.Record(nanos);
        }

        since.SetToDifference(whole, earlier);
        Assert.Equal((alone.Count, alone.Max, alone.Mean, alone.ClampedCount), (since.Count, since.Max, since.Mean, since.ClampedCount));
        Assert.All((double[])[0, 50, 99, 100], percentile => Assert.Equal(alone.ValueAtPercentile(percentile), since.ValueAtPercentile(percentile)));
        since.SetToDifference(whole, whole);
        Assert.Equal((0, 0), (since.Count, since.Max));
    }

    private static long Fill(LatencyHistogram histogram)
    {
        for (long i = 0; i < 10_000; i++) histogram.Record((i * i * i) - 5);
        return histogram.ValueAtPercentile(99) + histogram.Max + (long)histogram.Mean;
    }

    private static long Draw(string distribution, Random random) => distribution switch
    {
        "constant" => 123_456,
        "uniform" => random.NextInt64(10_000_000),
        "two modes" => random.Next(100) == 0 ? 5_000_000 + random.Next(1_000) : 300 + random.Next(50),
        "log-normal" => (long)Math.Min(LatencyHistogram.HighestTrackableNanos, Math.Exp(8 + (2 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))),
        "log-uniform over the whole range" => (long)Math.Pow(LatencyHistogram.HighestTrackableNanos, random.NextDouble()),
        "small numbers" => random.Next(0, 4_100),
        "Pareto" => (long)Math.Min(LatencyHistogram.HighestTrackableNanos, 1_000 / Math.Pow(1 - random.NextDouble(), 1.2)),
        _ => throw new ArgumentOutOfRangeException(nameof(distribution), distribution, "unknown"),
    };

    private static long Exact(long[] sorted, double percentile) =>
        sorted[Math.Max((int)Math.Ceiling((decimal)percentile * sorted.Length / 100), 1) - 1];

    private static void AssertNear(double exact, double actual, string where) =>
        Assert.True(Math.Abs(actual - exact) <= 0.001 * exact, $"{where}: exact {exact}, histogram {actual}");
}
