using System.Diagnostics;

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

    /// <summary>Warms up until the first contestant's time is stable, or for a trial of few rounds by a single pass, then measures. The calling thread is bound to its core only while it measures, so that compilation has the others.</summary>
    /// <returns>The rounds of each figure, by its name.</returns>
    public static Dictionary<string, double[]> Measure(Comparison comparison, int rounds)
    {
        WarmUp(comparison, isTrial: rounds < BenchOptions.RoundsQuotable);
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

    private static void WarmUp(Comparison comparison, bool isTrial)
    {
        long started = Stopwatch.GetTimestamp();
        var last = new Queue<double>();
        while (true)
        {
            double ours = comparison.Contestants[0].Measure()[0];
            foreach (Contestant peer in comparison.Contestants.Skip(1)) peer.Measure();
            last.Enqueue(ours);
            if (last.Count > StableRounds) last.Dequeue();
            TimeSpan spent = Stopwatch.GetElapsedTime(started);
            bool isStable = last.Count == StableRounds && last.Max() <= last.Min() * Stable;
            if (isTrial || (spent >= WarmUpMin && isStable) || spent >= WarmUpMax) return;
            Thread.Sleep(Pause);
        }
    }
}
