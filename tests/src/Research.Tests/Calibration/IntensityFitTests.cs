using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

public sealed class IntensityFitTests
{
    private const double StepSeconds = 0.1;

    [Fact]
    public void Both_fits_agree_with_the_independent_numbers()
    {
        long[] steps = new long[6_000];
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("intensity_arrivals.csv")) steps[int.Parse(row["step"])] = (long)(2 * decimal.Parse(row["depth_ticks"]));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("intensity_fit.json")));

        IntensityFit fit = IntensityFit.Of(steps, StepSeconds);

        Assert.Equal(golden.RootElement.GetProperty("n_points").GetInt32(), fit.UsableDepths);
        AssertLine(golden.RootElement.GetProperty("wls"), fit.Wls!);
        AssertLine(golden.RootElement.GetProperty("ols"), fit.Ols!);
        Assert.Equal((fit.Wls!.APerSecond, fit.Wls.KPerTick), (fit.APerSecond!.Value, fit.KPerTick!.Value));
        Assert.Null(fit.Rejected);
    }

    [Fact]
    public void Fits_agree_with_a_slow_twin_on_any_arrivals()
    {
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                double reach = Math.Exp(random.NextDouble() * 4);
                long[] steps = [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => random.Next(3) == 0 ? (long)Math.Ceiling(-Math.Log(1 - random.NextDouble()) * reach) : 0)];

                IntensityFit fit = IntensityFit.Of(steps, StepSeconds);

                (double Depth, int Count)[] depths = [.. Enumerable.Range(1, 10_000).Select(half => (half / 2.0, steps.Count(step => step > half))).TakeWhile(depth => depth.Item2 >= 5)];
                Assert.Equal(depths.Length, fit.UsableDepths);
                Assert.Equal(depths.Length < 2, fit.Wls is null);
                if (depths.Length < 2) return;
                AssertLine(Slow(depths, steps.Length * StepSeconds, isWeighted: true), fit.Wls!);
                AssertLine(Slow(depths, steps.Length * StepSeconds, isWeighted: false), fit.Ols!);
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Intervals_cover_the_rate_and_the_decay_that_the_arrivals_were_made_with()
    {
        const double A = 0.2;
        const double K = 0.05;
        const int Seeds = 40;
        (int coveredA, int coveredK, double width) = (0, 0, 0);
        for (int seed = 1; seed <= Seeds; seed++)
        {
            IntensityFit fit = IntensityFit.Of(Arrivals(new Random(seed), steps: 18_000, A, K), StepSeconds);

            Assert.Null(fit.Rejected);
            if (fit.APerSecond!.Low <= A && A <= fit.APerSecond.High) coveredA++;
            if (fit.KPerTick!.Low <= K && K <= fit.KPerTick.High) coveredK++;
            width += (fit.KPerTick.High!.Value - fit.KPerTick.Low!.Value) / K / Seeds;
        }

        // 38 are expected of intervals of 95 %; the bias of few deep arrivals takes a little of that.
        Assert.True(coveredA >= 33 && coveredK >= 33, $"{coveredA} intervals of A and {coveredK} of k hold the truth, of {Seeds}");
        Assert.InRange(width, 0.05, 0.7);   // an interval that holds everything says nothing
    }

    [Theory]
    [InlineData("0 usable depths, 5 are needed", 3, 3, 3, 3)]
    [InlineData("4 usable depths, 5 are needed", 5, 5, 5, 5, 5, 5)]
    [InlineData("k is not above 0: deeper arrivals are not rarer", 9, 9, 9, 9, 9, 9)]
    [InlineData("r2 is below 0.5", 60, 60, 60, 60, 60, 60, 1, 60, 60, 60, 60)]
    public void A_fit_that_is_not_to_be_used_says_why(string expected, params int[] depths)
    {
        if (expected.StartsWith("r2", StringComparison.Ordinal)) depths = [.. Enumerable.Repeat(120, 60), .. Enumerable.Repeat(2, 2_000)];

        Assert.Equal(expected, IntensityFit.Of([.. depths.Select(depth => (long)depth)], StepSeconds).Rejected);
    }

    [Fact]
    public void A_rate_outside_every_market_is_refused()
    {
        long[] rare = [.. Arrivals(new Random(1), steps: 40_000, 0.2, 0.05)];

        Assert.Null(IntensityFit.Of(rare, StepSeconds).Rejected);
        Assert.Equal("A is outside 0.01 to 1000 a second", IntensityFit.Of(rare, StepSeconds * 100).Rejected);
    }

    [Fact]
    public void One_wild_print_makes_no_grid_of_millions()
    {
        IntensityFit fit = IntensityFit.Of([.. Enumerable.Repeat(1L << 50, 10)], StepSeconds);

        Assert.Equal(10_000, fit.UsableDepths);
    }

    /// <summary>At most one arrival a step, with the chance that makes the rate of depths beyond delta A exp(-k delta).</summary>
    internal static long[] Arrivals(Random random, int steps, double ratePerSecond, double decayPerTick) =>
        [.. Enumerable.Range(0, steps).Select(_ => random.NextDouble() < ratePerSecond * StepSeconds ? (long)Math.Ceiling(2 * -Math.Log(1 - random.NextDouble()) / decayPerTick) : 0)];

    private static void AssertLine(JsonElement expected, IntensityLine line)
    {
        AssertClose(expected.GetProperty("A").GetDouble(), line.APerSecond);
        AssertClose(expected.GetProperty("k").GetDouble(), line.KPerTick);
    }

    private static void AssertLine((double A, double K, double R2) expected, IntensityLine line)
    {
        AssertClose(expected.A, line.APerSecond);
        Assert.True(Math.Abs(line.KPerTick - expected.K) < 1e-9 * (1 + Math.Abs(expected.K)));
        Assert.True(double.IsNaN(expected.R2) || Math.Abs(line.R2 - expected.R2) < 1e-6, $"r2 {line.R2:R}, was to be {expected.R2:R}");
    }

    /// <summary>The normal equations, and r2 from the residuals.</summary>
    private static (double A, double K, double R2) Slow((double Depth, int Count)[] depths, double seconds, bool isWeighted)
    {
        (double W, double X, double Y)[] points = [.. depths.Select(depth => (isWeighted ? depth.Count : 1.0, depth.Depth, Math.Log(depth.Count / seconds)))];
        double w = points.Sum(p => p.W);
        double x = points.Sum(p => p.W * p.X);
        double y = points.Sum(p => p.W * p.Y);
        double xx = points.Sum(p => p.W * p.X * p.X);
        double xy = points.Sum(p => p.W * p.X * p.Y);
        double slope = ((w * xy) - (x * y)) / ((w * xx) - (x * x));
        double intercept = (y - (slope * x)) / w;
        double left = points.Sum(p => p.W * Math.Pow(p.Y - intercept - (slope * p.X), 2));
        double all = points.Sum(p => p.W * Math.Pow(p.Y - (y / w), 2));
        return (Math.Exp(intercept), -slope, all < 1e-12 ? double.NaN : 1 - (left / all));
    }

    private static void AssertClose(double expected, double actual) => Assert.True(Math.Abs(actual - expected) <= 1e-9 * Math.Abs(expected), $"was to be {expected:R}, was {actual:R}");
}
