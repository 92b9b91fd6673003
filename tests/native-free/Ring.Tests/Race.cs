using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LatencyEngine.Ring.Tests;

/// <summary>Two threads, on Linux each on a core of its own, that run until a forbidden outcome is seen, until they have had their rounds and their least time, or until their most time is up.</summary>
internal sealed partial class Race(long rounds, TimeSpan least, TimeSpan most)
{
    private const int Spins = 2_000;            // some microseconds: long for a thread that runs, short for one that waits for this core
    private const long ClockRounds = 64;      // the clock is looked at once in so many rounds

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);   // for the rounds that are under way, on cores that others may be busy on; beyond it the two stand still

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private Arrivals _arrivals;
    private bool _isOver;

    /// <summary>The round, from 1, in which a forbidden outcome was seen; null when none was.</summary>
    public long? ViolatedInRound { get; private set; }

    /// <summary>Both threads came to their ends.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Runs the two and waits for both.</summary>
    public void Run(Action first, Action second)
    {
        bool isFirstComplete = false;
        bool isSecondComplete = false;
        ulong[] cores = OwnCores();
        Thread[] threads =
        [
            new(() => isFirstComplete = RunsToItsEnd(first, cores[0])) { IsBackground = true },
            new(() => isSecondComplete = RunsToItsEnd(second, cores[1])) { IsBackground = true },
        ];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        IsComplete = isFirstComplete && isSecondComplete;
    }

    /// <summary>One of the threads, the same in every round: true when this round, from 1, may be the last.</summary>
    public bool IsLast(long round)
    {
        if (round % ClockRounds != 0) return false;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_startedAt);
        return elapsed >= most || (elapsed >= least && round >= rounds);
    }

    /// <summary>One of the threads: the forbidden outcome, in this round, from 1. Ends both at their next call of this object.</summary>
    public void Violate(long round)
    {
        ViolatedInRound = round;
        Volatile.Write(ref _isOver, true);
        ThrowIfOver();
    }

    /// <summary>Nothing to do just now; after a while gives the core away, since the other thread may need it.</summary>
    public void Wait(ref int waits)
    {
        ThrowIfOver();
        if (++waits % Spins != 0) return;
        if (Stopwatch.GetElapsedTime(_startedAt) > most + Grace) Volatile.Write(ref _isOver, true);
        Thread.Yield();
    }

    /// <summary>Returns in both threads at about the same moment, once both have called it.</summary>
    public void Meet(bool isFirst)
    {
        ref long own = ref isFirst ? ref _arrivals.First : ref _arrivals.Second;
        ref long other = ref isFirst ? ref _arrivals.Second : ref _arrivals.First;
        long meeting = own + 1;
        Volatile.Write(ref own, meeting);
        int waits = 0;
        while (Volatile.Read(ref other) < meeting) Wait(ref waits);

        ThrowIfOver();
    }

    /// <summary>Leaves the thread's work when the race is over.</summary>
    public void ThrowIfOver()
    {
        if (Volatile.Read(ref _isOver)) throw new RaceOverException();
    }

    private static bool RunsToItsEnd(Action work, ulong core)
    {
        try
        {
            if (core != 0) _ = SetAffinity(0, sizeof(ulong), in core);   // a refusal costs overlap, not truth
            work();
            return true;
        }
        catch (RaceOverException)
        {
            return false;
        }
    }

    /// <summary>Two masks of one core each, of the first 64 that this process may use; zeros where there are no two or the system is none that can be told. Two threads on one core never overlap.</summary>
    private static ulong[] OwnCores()
    {
        if (!OperatingSystem.IsLinux()) return [0, 0];
        _ = GetAffinity(0, sizeof(ulong), out ulong allowed);   // fails, and leaves 0, where the kernel knows more than 64 cores
        ulong first = allowed & (0 - allowed);
        ulong others = allowed & ~first;
        return others == 0 ? [0, 0] : [first, others & (0 - others)];
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int threadId, nint maskBytes, out ulong mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int threadId, nint maskBytes, in ulong mask);

    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Arrivals
    {
        [FieldOffset(128)]
        public long First;

        [FieldOffset(256)]
        public long Second;
    }

    private sealed class RaceOverException : Exception;
}
