using LatencyEngine.Meter;

namespace LatencyEngine.SideBySide;

/// <summary>Measures a comparison: all contestants in every round, so that what disturbs the machine disturbs them alike.</summary>
internal static class Rounds
{
    // Compilation goes on in the background for seconds: the code that is measured must be the code that stays.
    private static readonly TimeSpan WarmUpMin = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan WarmUpMax = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);
    private const double Stable = 1.04;
    private const int StableRounds = 4;

    /// <summary>Warms up until the time of every contestant of this process is stable, at most eight seconds, or for a trial of few rounds by a single pass, then measures. The calling thread is bound to its core only while it measures, so that compilation has the others.</summary>
    /// <param name="comparison">What is compared.</param>
    /// <param name="rounds">How many are measured.</param>
    /// <param name="time">Bounds the warm-up; the machine's outside tests.</param>
    /// <returns>The rounds of each figure, by its name.</returns>
    public static Dictionary<string, double[]> Measure(Comparison comparison, int rounds, TimeProvider? time = null)
    {
        WarmUp(comparison, isTrial: rounds < BenchOptions.RoundsQuotable, time ?? TimeProvider.System);
        foreach ((_, LatencyHistogram histogram) in comparison.Contestants.SelectMany(contestant => contestant.Histograms)) histogram.Reset();
        ulong[] allowed = HostThread.Allowed();
        if (comparison.IsPinned) HostThread.TryPin(HostThread.LastCore(allowed));
        try
        {
            Dictionary<string, double[]> figures = comparison.Contestants.SelectMany(contestant => contestant.Figures).ToDictionary(figure => figure.Name, _ => new double[rounds]);
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < comparison.Contestants.Count; i++)
                {
                    Contestant contestant = comparison.Contestants[(round + i) % comparison.Contestants.Count];
                    double[] numbers = contestant.Measure();
                    for (int j = 0; j < numbers.Length; j++) figures[contestant.Figures[j].Name][round] = numbers[j];
                }
            }

            return figures;
        }
        finally
        {
            if (comparison.IsPinned) HostThread.Unpin(allowed);
        }
    }

    private static void WarmUp(Comparison comparison, bool isTrial, TimeProvider time)
    {
        long started = time.GetTimestamp();
        Queue<double>[] last = [.. comparison.Contestants.Select(_ => new Queue<double>())];
        while (true)
        {
            bool isStable = true;
            for (int i = 0; i < last.Length; i++)
            {
                last[i].Enqueue(comparison.Contestants[i].Measure()[0]);
                if (last[i].Count > StableRounds) last[i].Dequeue();
                isStable &= !comparison.Contestants[i].IsInProcess || (last[i].Count == StableRounds && last[i].Max() <= last[i].Min() * Stable);
            }

            TimeSpan spent = time.GetElapsedTime(started);
            if (isTrial || (spent >= WarmUpMin && isStable) || spent >= WarmUpMax) return;
            Thread.Sleep(Pause);
        }
    }
}
