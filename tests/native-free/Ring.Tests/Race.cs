using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LatencyEngine.Ring.Tests;

/// <summary>Two threads that run until both are done, one ends it, or the time is up.</summary>
internal sealed class Race(TimeSpan bound)
{
    private const int Spins = 100;

    private readonly long _endsAt = Stopwatch.GetTimestamp() + (long)(bound.TotalSeconds * Stopwatch.Frequency);
    private Arrivals _arrivals;
    private bool _isOver;

    /// <summary>Forbidden outcomes seen; counted by one of the threads.</summary>
    public long Violations { get; set; }

    /// <summary>Both threads came to their ends.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Runs the two and waits for both.</summary>
    public void Run(Action first, Action second)
    {
        bool isSecondComplete = false;
        var thread = new Thread(() => isSecondComplete = RunsToItsEnd(second)) { IsBackground = true };
        thread.Start();
        bool isFirstComplete = RunsToItsEnd(first);
        thread.Join();
        IsComplete = isFirstComplete && isSecondComplete;
    }

    /// <summary>Ends both threads at their next call of this object.</summary>
    public void End() => Volatile.Write(ref _isOver, true);

    /// <summary>Nothing to do just now; after a moment gives the core away, since the other thread may need it.</summary>
    public void Wait(ref int waits)
    {
        ThrowIfOver();
        if (++waits % Spins != 0) return;
        if (Stopwatch.GetTimestamp() > _endsAt) End();
        Thread.Yield();
    }

    /// <summary>Leaves the thread's work when the race is over.</summary>
    public void ThrowIfOver()
    {
        if (Volatile.Read(ref _isOver)) throw new RaceOverException();
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

    private bool RunsToItsEnd(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (RaceOverException)
        {
            return false;
        }
    }

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
