using LatencyEngine.Meter;

namespace LatencyEngine.SideBySide;

/// <summary>Two threads on two cores: one gives each item when it is due and does not wait for the other, which works them off. An item's time counts from when it was due, so that what waits behind a slow one is slow, too (coordinated omission).</summary>
internal static class OpenLoop
{
    /// <summary>From the meeting of the threads to the first item.</summary>
    public const long SettleNanos = 200_000;

    /// <summary>Plays passes, each with a schedule that begins anew once the pass before is worked off.</summary>
    /// <param name="passes">How many.</param>
    /// <param name="due">Of each item, ns after the pass begins; does not fall.</param>
    /// <param name="tryGive">Given pass and item: false while there is no room.</param>
    /// <param name="tryWork">Given the pass: null while nothing waits, else whether the item counts.</param>
    /// <param name="done">Told of each item that counts its number and its time since it was due, ns. On the working thread.</param>
    /// <returns>From the beginning of each pass to its last item, all passes together, ns.</returns>
    public static long Play(int passes, long[] due, Func<int, int, bool> tryGive, Func<int, bool?> tryWork, Action<int, long> done)
    {
        var began = new long[passes];
        int finished = 0;
        long total = 0;
        new PinnedPair().Run(
            () =>
            {
                for (int pass = 0; pass < passes; pass++)
                {
                    while (Volatile.Read(ref finished) < pass) Thread.SpinWait(1);
                    long begin = StageClock.NowNanos() + SettleNanos;
                    Volatile.Write(ref began[pass], begin);
                    int current = pass;
                    Give(begin, due, i => tryGive(current, i), static () => { });
                }
            },
            () =>
            {
                for (int pass = 0; pass < passes; pass++)
                {
                    long begin;
                    while ((begin = Volatile.Read(ref began[pass])) == 0) { }
                    long now = begin;
                    for (int i = 0; i < due.Length;)
                    {
                        if (tryWork(pass) is not { } counts) continue;
                        now = StageClock.NowNanos();
                        if (counts) done(i, now - (begin + due[i]));
                        i++;
                    }

                    total += now - begin;
                    Volatile.Write(ref finished, pass + 1);
                }
            });
        return total;
    }

    /// <summary>Gives items by the schedule, on the calling thread.</summary>
    /// <param name="begin">Of the schedule, ns of <see cref="StageClock"/>.</param>
    /// <param name="due">Of each item, ns after the beginning; does not fall.</param>
    /// <param name="tryGive">Given the item: false while there is no room.</param>
    /// <param name="meanwhile">Called again and again, once at least before each item, however late that is.</param>
    public static void Give(long begin, long[] due, Func<int, bool> tryGive, Action meanwhile)
    {
        for (int i = 0; i < due.Length; i++)
        {
            do meanwhile();
            while (StageClock.NowNanos() < begin + due[i]);
            while (!tryGive(i)) meanwhile();
        }
    }
}
