using LatencyEngine.Meter;

namespace LatencyEngine.Research.Tests;

/// <summary>Latencies and collections part by part, and what of them is called drift.</summary>
public sealed class SoakCourseTests
{
    private const double Hour = 3_600;
    private const double Minute = 60;
    private const int Parts = 20;
    private const string Stage = "decode";

    private static readonly ProcessSizes Sizes = new(14, 97, 32);

    [Fact]
    public void A_part_has_what_was_recorded_in_it_alone()
    {
        var recorded = new LatencyHistogram();
        var course = new SoakCourse();
        recorded.Record(100);
        recorded.Record(300);
        Add(course, recorded);
        Add(course, recorded);
        recorded.Record(2_000);
        Add(course, recorded);

        Assert.Equal([2, 0, 1], course.Intervals.Select(part => part.Latency[Stage].Count));
        Assert.Equal([(100, 300), (0, 0), (2_000, 2_000)], course.Intervals.Select(part => (part.Latency[Stage].P50, part.Latency[Stage].P99)));
        Assert.All(course.Intervals, part => Assert.Equal((14, 97, 32), (part.HeapBytes, part.ResidentBytes, part.Descriptors)));
    }

    [Fact]
    public void Collections_are_counted_by_generation_without_those_that_a_look_makes()
    {
        var course = new SoakCourse();
        int[] start = SoakCourse.CollectionsNow();
        Add(course, start, [start[0] + 1, start[1] + 1, start[2] + 1]);   // the look's own
        Add(course, [start[0] + 6, start[1] + 3, start[2] + 1], [start[0] + 7, start[1] + 4, start[2] + 2]);

        Assert.Equal([5, 2, 0], course.Intervals[1].Collections);
        Assert.Equal([5, 2, 0], course.Intervals.Skip(1).Aggregate(new int[3], (sum, part) => [.. sum.Zip(part.Collections, (a, b) => a + b)]));
        Assert.Equal(course.Collections, course.Intervals.Aggregate(new int[3], (sum, part) => [.. sum.Zip(part.Collections, (a, b) => a + b)]));
    }

    [Theory]
    [InlineData(Hour, 10_000, 21_000, false)]
    [InlineData(Hour, 10_000, 21_100, true)]
    [InlineData(Minute, 10_000, 139_900, false)]
    [InlineData(Minute, 10_000, 140_200, true)]
    public void A_median_that_rises_from_the_second_quarter_to_the_last_is_a_breach(double seconds, long early, long late, bool isBreach)
    {
        SoakCourse course = Run(part => part < 10 ? early : late);

        Assert.Equal(isBreach, course.Breaches(seconds).Any(breach => breach.StartsWith("p50 of decode rose from 0.01 ms to ", StringComparison.Ordinal) && breach.Contains(" ms; wanted below ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_tail_that_rises_is_a_breach_of_a_long_run_alone()
    {
        SoakCourse course = Run(_ => 10_000, part => part < 10 ? 1_000_000 : 9_000_000);

        Assert.StartsWith("p99 of decode rose from 1", Assert.Single(course.Breaches(Hour)), StringComparison.Ordinal);
        Assert.Empty(course.Breaches(Minute));
    }

    [Fact]
    public void One_slow_part_or_a_slow_start_is_no_drift()
    {
        Assert.Empty(Run(part => part < 4 ? 900_000 : 10_000).Breaches(Hour));
        Assert.Empty(Run(part => part == 17 ? 900_000 : 10_000).Breaches(Hour));
    }

    [Fact]
    public void A_run_that_ended_early_tells_no_drift()
    {
        Assert.Empty(Run(_ => 10_000, parts: 11).Drift);
        Assert.InRange(Run(_ => 10_000, parts: 12).Drift[Stage].P50Early, 10_000, 10_010);
    }

    private static SoakCourse Run(Func<int, long> p50, Func<int, long>? p99 = null, int parts = Parts)
    {
        const int Samples = 100;
        var course = new SoakCourse();
        var recorded = new LatencyHistogram();
        for (int part = 0; part < parts; part++)
        {
            for (int i = 0; i < Samples; i++) recorded.Record(i < Samples - 2 || p99 is null ? p50(part) : p99(part));
            Add(course, recorded);
        }

        return course;
    }

    private static void Add(SoakCourse course, LatencyHistogram recorded)
    {
        int[] collections = SoakCourse.CollectionsNow();
        course.Add(TimeSpan.FromSeconds(1), collections, collections, Sizes, new Dictionary<string, LatencyHistogram> { [Stage] = recorded });
    }

    private static void Add(SoakCourse course, int[] before, int[] after) => course.Add(TimeSpan.FromSeconds(1), before, after, Sizes, new Dictionary<string, LatencyHistogram>());
}
