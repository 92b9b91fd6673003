using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>How long the calling thread has run on a core (clock_gettime(2), <c>CLOCK_THREAD_CPUTIME_ID</c>).</summary>
public static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>Processor time of the calling thread, ns.</summary>
    public static unsafe long CpuNanos()
    {
        long* time = stackalloc long[2];
        return ClockGetTime(ThreadCpuTime, time) == 0 ? (time[0] * NanosPerSecond) + time[1] : 0;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static unsafe partial int ClockGetTime(int clock, long* time);
}
