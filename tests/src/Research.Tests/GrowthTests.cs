using Microsoft.Win32.SafeHandles;

namespace LatencyEngine.Research.Tests;

/// <summary>What a long run calls growth.</summary>
public sealed class GrowthTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(3);
    private static readonly ProcessSizes AtRest = new(50_000_000, 300_000_000, 80);

    [Theory]
    [InlineData(1 << 20, 0, 0, "the managed heap grew by ")]
    [InlineData(0, 8 << 20, 0, "the process's memory grew by ")]
    [InlineData(0, 0, 1, "files or sockets more are open")]
    public void What_grows_while_a_run_trades_is_a_breach_though_its_end_frees_it(long heapBytes, long residentBytes, int descriptors, string breach)
    {
        int looks = 0;
        var growth = new Growth(Duration);
        Run(growth, Duration, () => Grown(looks++));
        growth.Look(Duration + TimeSpan.FromSeconds(1), () => default);
        Assert.Contains(breach, Assert.Single(growth.Breaches()), StringComparison.Ordinal);

        ProcessSizes Grown(int times) => new(AtRest.HeapBytes + (times * heapBytes), AtRest.ResidentBytes + (times * residentBytes), AtRest.Descriptors + (times * descriptors));
    }

    [Fact]
    public void What_is_held_from_the_first_quarter_on_is_no_growth()
    {
        int looks = 0;
        var growth = new Growth(Duration);
        Run(growth, Duration, () => looks++ < 4 ? default : AtRest);
        Assert.Equal(default(ProcessSizes), growth.Found);
        Assert.Empty(growth.Breaches());
    }

    [Fact]
    public void Connections_that_are_made_anew_at_every_third_look_are_no_growth()
    {
        int looks = 0;
        var growth = new Growth(Duration);
        Run(growth, Duration, () => AtRest with { Descriptors = AtRest.Descriptors + (looks++ % 3 == 0 ? 40 : 0) });
        Assert.Equal(default(ProcessSizes), growth.Found);
    }

    [Fact]
    public void A_run_that_ends_early_is_judged_by_the_quarters_of_its_own_course()
    {
        int looks = 0;
        var growth = new Growth(Duration);
        Run(growth, Duration * 0.7, () => AtRest with { Descriptors = AtRest.Descriptors + looks++ });
        Assert.Equal(7, growth.Found!.Value.Descriptors);
        Assert.Equal(["7 files or sockets more are open"], growth.Breaches());
    }

    [Theory]
    [InlineData(3_600, 179, 181)]
    [InlineData(30, 1, 2)]
    public void Every_twentieth_of_a_run_is_looked_at_to_its_end(double seconds, double partMin, double partMax)
    {
        var duration = TimeSpan.FromSeconds(seconds);
        var growth = new Growth(duration);
        var ends = new List<double> { 0 };
        for (TimeSpan elapsed = TimeSpan.Zero; elapsed < duration * 1.1; elapsed += TimeSpan.FromSeconds(0.26)) if (growth.Look(elapsed, () => AtRest) is not null) ends.Add(elapsed.TotalSeconds);

        Assert.Equal(20, ends.Count - 1);
        Assert.All(ends.Skip(1).SkipLast(1).Zip(ends), part => Assert.InRange(part.First - part.Second, partMin, partMax));
        Assert.InRange(seconds - ends[^1], 0, 1);
    }

    [Fact]
    public void Of_a_run_that_ends_too_early_no_growth_is_told_and_that_is_a_breach()
    {
        var growth = new Growth(Duration);
        Run(growth, Duration / 2, () => AtRest);
        Assert.Null(growth.Found);
        Assert.Equal(["memory and sockets were looked at 9 times while it traded, too few to tell their growth; wanted 12"], growth.Breaches());
    }

    [Fact]
    public void Open_files_and_memory_of_this_process_are_measured()
    {
        const int Files = 1_000;   // many more than other tests of this process open and close meanwhile
        ProcessSizes before = ProcessSizes.Now();
        SafeFileHandle[] files = [.. Enumerable.Range(0, Files).Select(_ => File.OpenHandle("/dev/null"))];
        ProcessSizes after = ProcessSizes.Now();
        foreach (SafeFileHandle file in files) file.Dispose();
        Assert.True(after.Descriptors - before.Descriptors > Files / 2);
        Assert.True(before.HeapBytes > 0 && before.ResidentBytes > before.HeapBytes);
    }

    private static void Run(Growth growth, TimeSpan until, Func<ProcessSizes> measure)
    {
        for (TimeSpan elapsed = TimeSpan.Zero; elapsed < until; elapsed += TimeSpan.FromMilliseconds(250)) growth.Look(elapsed, measure);
    }
}
