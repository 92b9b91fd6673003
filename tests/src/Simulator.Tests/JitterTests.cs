namespace LatencyEngine.Simulator.Tests;

public sealed class JitterTests
{
    private const int Draws = 20_000;

    [Fact]
    public void A_uniform_addition_stays_in_its_range_and_reaches_both_ends()
    {
        long[] drawn = Draw(Jitter.Uniform(2));
        Assert.All(drawn, nanos => Assert.InRange(nanos, 0, 2_000));
        Assert.Contains(drawn, nanos => nanos < 20);
        Assert.Contains(drawn, nanos => nanos > 1_980);
    }

    [Fact]
    public void An_addition_of_0_is_a_constant_delay() => Assert.All(Draw(Jitter.Uniform(0)), nanos => Assert.Equal(0, nanos));

    [Fact]
    public void A_lognormal_addition_has_its_median_and_the_quantiles_of_its_sigma()
    {
        // One standard deviation above the median lies at median × e^sigma; 84.13 % are below it.
        long[] drawn = [.. Draw(Jitter.Lognormal(300, 0.5)).Order()];
        Assert.InRange(drawn[Draws / 2], 290_000, 310_000);
        Assert.InRange(drawn[(int)(Draws * 0.8413)], 300_000 * 1.58, 300_000 * 1.72);
        Assert.InRange(drawn[(int)(Draws * 0.1587)], 300_000 / 1.72, 300_000 / 1.58);
        Assert.True(drawn[0] >= 0);
    }

    [Fact]
    public void A_lognormal_addition_without_spread_is_its_median() => Assert.All(Draw(Jitter.Lognormal(300, 0)), nanos => Assert.Equal(300_000, nanos));

    [Fact]
    public void A_resampled_addition_is_one_of_the_measured_and_each_comes_up()
    {
        long[] drawn = Draw(Jitter.Resampled([5, 70, 1_000]));
        Assert.Equal([5_000, 70_000, 1_000_000], drawn.Distinct().Order());
    }

    [Fact]
    public void Equal_seeds_give_equal_additions()
    {
        Assert.Equal(Draw(Jitter.Lognormal(300, 0.5), seed: 7), Draw(Jitter.Lognormal(300, 0.5), seed: 7));
        Assert.NotEqual(Draw(Jitter.Lognormal(300, 0.5), seed: 7), Draw(Jitter.Lognormal(300, 0.5), seed: 8));
    }

    [Fact]
    public void Samples_are_read_a_line_each_and_a_bad_line_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("jitter").FullName;
        try
        {
            string good = Path.Combine(folder, "good.txt");
            File.WriteAllText(good, "# measured in March\n5\n\n 70\n");
            Assert.Equal([5_000, 70_000], Draw(Jitter.LoadSamples(good)).Distinct().Order());

            string bad = Path.Combine(folder, "bad.txt");
            File.WriteAllText(bad, "5\n-3\n");
            Assert.Equal($"{bad} line 2: a delay must be a whole number of 0 to 60000000 us, was \"-3\"", Assert.Throws<InvalidDataException>(() => Jitter.LoadSamples(bad)).Message);

            string empty = Path.Combine(folder, "empty.txt");
            File.WriteAllText(empty, "# nothing\n");
            Assert.Contains("holds no delay", Assert.Throws<InvalidDataException>(() => Jitter.LoadSamples(empty)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Additions_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Jitter.Uniform(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Jitter.Uniform(60_000_001));
        Assert.Throws<ArgumentOutOfRangeException>(() => Jitter.Lognormal(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Jitter.Resampled([]));
    }

    [Fact]
    public void A_cancel_travels_by_its_own_delay_and_never_overtakes_the_request_before_it()
    {
        var model = new LatencyModel(1, orderMicros: 500, cancelMicros: 50, jitter: Jitter.Uniform(0));
        Assert.Equal(500_000, model.NextRequestNanos(cancels: false));
        Assert.Equal(50_000, model.NextRequestNanos(cancels: true));
        Assert.Equal(50_000, model.RequestFloorNanos);
        Assert.Contains("cancel 50 us", model.Description, StringComparison.Ordinal);
    }

    private static long[] Draw(Jitter jitter, ulong seed = 1)
    {
        var generator = new SplitMix64(seed);
        return [.. Enumerable.Range(0, Draws).Select(_ => jitter.NextNanos(generator))];
    }
}
