using System.Diagnostics;

namespace LatencyEngine.Budgets;

/// <summary>A stage run for counting or for time.</summary>
internal static class StageRun
{
    private const int TimedRounds = 21;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    // Compilation in tiers happens in the pauses.
    private static readonly TimeSpan WarmUpPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs the items once, or for time.</summary>
    /// <returns>The exit status: 0; 1 when an answer is wrong; 2 when the stage has fewer items.</returns>
    public static int Run(string name, Stage stage, int items, bool isTimed, TextWriter output, TextWriter errors)
    {
        if (items > stage.ItemsMax)
        {
            errors.WriteLine($"{name}: has {stage.ItemsMax} items, wanted {items}");
            return 2;
        }

        if (!IsRight(name, stage, items, errors)) return 1;
        return isTimed ? Time(name, stage, items, output, errors) : 0;
    }

    private static bool IsRight(string name, Stage stage, int items, TextWriter errors)
    {
        stage.Prepare();

        // What making ready left to collect or to finalize is settled here, and not by another thread while the items are counted, or just not before the end.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return HasAnswer(name, stage, items, stage.Run(items), errors);
    }

    private static bool HasAnswer(string name, Stage stage, int items, long answer, TextWriter errors)
    {
        long expected = stage.Expected(items);
        if (answer == expected) return true;
        errors.WriteLine($"{name}: wrong answers: they sum up to {answer}, expected {expected}");
        return false;
    }

    private static int Time(string name, Stage stage, int items, TextWriter output, TextWriter errors)
    {
        var warmUp = Stopwatch.StartNew();
        while (warmUp.Elapsed < WarmUp)
        {
            if (!IsRight(name, stage, items, errors)) return 1;
            Thread.Sleep(WarmUpPause);
        }

        double[] nanosPerItem = new double[TimedRounds];
        for (int i = 0; i < TimedRounds; i++)
        {
            stage.Prepare();
            long started = Stopwatch.GetTimestamp();
            long answer = stage.Run(items);
            nanosPerItem[i] = Stopwatch.GetElapsedTime(started).TotalNanoseconds / items;
            if (!HasAnswer(name, stage, items, answer, errors)) return 1;
        }

        Array.Sort(nanosPerItem);
        output.WriteLine(FormattableString.Invariant($"{name} {nanosPerItem[TimedRounds / 2]:0.0} ns an item (median of {TimedRounds}, {nanosPerItem[0]:0.0} to {nanosPerItem[^1]:0.0})"));
        return 0;
    }
}
