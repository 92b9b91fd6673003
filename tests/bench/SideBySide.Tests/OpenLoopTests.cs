using System.Collections.Concurrent;
using System.Diagnostics;
using LatencyEngine.Meter;

namespace LatencyEngine.SideBySide.Tests;

public sealed class OpenLoopTests
{
    [Fact]
    public void What_waits_behind_a_slow_item_is_slow_too_since_it_counts_from_when_it_was_due()
    {
        const int Items = 1_000;
        var stall = TimeSpan.FromMilliseconds(30);
        var waiting = new ConcurrentQueue<int>();
        var items = new List<int>();
        var nanos = new List<long>();

        OpenLoop.Play(
            passes: 1,
            [.. Enumerable.Range(0, Items).Select(i => i * 1_000L)],   // all are due within a millisecond
            (_, i) =>
            {
                waiting.Enqueue(i);
                return true;
            },
            _ =>
            {
                if (!waiting.TryDequeue(out int item)) return null;
                if (item == 0) Stall(stall);
                return true;
            },
            (i, late) =>
            {
                items.Add(i);
                nanos.Add(late);
            });

        Assert.Equal(Enumerable.Range(0, Items), items);
        Assert.All(nanos, one => Assert.True(one >= (stall - TimeSpan.FromMilliseconds(2)).TotalNanoseconds, $"{one} ns"));
    }

    [Fact]
    public void Only_what_counts_is_told_and_a_full_ring_is_tried_again()
    {
        var waiting = new ConcurrentQueue<int>();
        int refused = 0, told = 0;

        OpenLoop.Play(
            passes: 3,
            new long[100],
            (_, i) =>
            {
                if (waiting.Count >= 4)
                {
                    refused++;
                    return false;
                }

                waiting.Enqueue(i);
                return true;
            },
            _ =>
            {
                if (!waiting.TryDequeue(out int item)) return null;
                if (item == 0) Stall(TimeSpan.FromMilliseconds(1));
                return item % 2 == 0;
            },
            (_, _) => told++);

        Assert.Equal(150, told);
        Assert.True(refused > 0);
    }

    [Fact]
    public void Whoever_gives_by_a_schedule_gives_nothing_early_and_does_something_else_before_each_item_however_late()
    {
        const int Items = 200;
        long[] due = [.. Enumerable.Range(0, Items).Select(i => i * 10_000L)];
        long begin = StageClock.NowNanos() + 100_000;
        var givenAfterNanos = new List<long>();
        int meanwhile = 0, meanwhileSinceItem = 0;

        OpenLoop.Give(
            begin,
            due,
            i =>
            {
                Assert.True(meanwhileSinceItem > 0);
                meanwhileSinceItem = 0;
                givenAfterNanos.Add(StageClock.NowNanos() - begin);
                if (i == 50) Stall(TimeSpan.FromMilliseconds(5));
                return true;
            },
            () =>
            {
                meanwhile++;
                meanwhileSinceItem++;
            });

        Assert.Equal(Items, givenAfterNanos.Count);
        Assert.All(givenAfterNanos.Zip(due), given => Assert.True(given.First >= given.Second));
        Assert.True(givenAfterNanos[51] >= due[50] + 5_000_000);   // the schedule went on meanwhile: it is late
        Assert.True(meanwhile >= Items);
    }

    private static void Stall(TimeSpan time)
    {
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < time) { }
    }
}
