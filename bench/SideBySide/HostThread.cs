using System.Globalization;
using System.Runtime.InteropServices;

namespace LatencyEngine.SideBySide;

/// <summary>Core and priority of the calling thread (sched_setaffinity(2), setpriority(2)). Linux; best effort: what the host refuses stays as it was.</summary>
internal static partial class HostThread
{
    private const int Nice = -10;
    private const int ThreadCpuTime = 3;
    private const int ProcessCpuTimeOf = 2;
    private const int CoresMax = 1_024;
    private const int BitsOfWord = 64;

    /// <summary>Binds the calling thread to one core. Threads that it starts are bound too, so start them before.</summary>
    /// <returns>False when the host refuses.</returns>
    public static bool TryPin(int core)
    {
        var mask = new ulong[CoresMax / BitsOfWord];
        mask[core / BitsOfWord] = 1UL << (core % BitsOfWord);
        return SetAffinity(0, CoresMax / 8, mask) == 0;
    }

    /// <summary>Binds every thread that the process has now, but for the calling one, to one core: those of the thread pool and of the socket layer, which began whenever they were first wanted.</summary>
    public static void PinOthers(int core)
    {
        var mask = new ulong[CoresMax / BitsOfWord];
        mask[core / BitsOfWord] = 1UL << (core % BitsOfWord);
        BindOthers(mask);
    }

    /// <summary>Lets every thread but the calling one run on every core again that the process may use.</summary>
    public static void UnpinOthers(ulong[] allowed) => BindOthers(allowed);

    /// <summary>Lets the calling thread run on every core again that the process may use.</summary>
    public static void Unpin(ulong[] allowed) => _ = SetAffinity(0, CoresMax / 8, allowed);

    /// <summary>The cores that the calling thread may run on, one bit each.</summary>
    public static ulong[] Allowed()
    {
        var mask = new ulong[CoresMax / BitsOfWord];
        return GetAffinity(0, CoresMax / 8, mask) == 0 ? mask : [ulong.MaxValue, .. new ulong[(CoresMax / BitsOfWord) - 1]];
    }

    /// <summary>The lowest core of a mask.</summary>
    public static int FirstCore(ulong[] allowed)
    {
        int core = 0;
        while (core < CoresMax - 1 && (allowed[core / BitsOfWord] & (1UL << (core % BitsOfWord))) == 0) core++;
        return core;
    }

    /// <summary>The highest core of a mask: interrupts and other work crowd the first one.</summary>
    public static int LastCore(ulong[] allowed)
    {
        int core = CoresMax - 1;
        while (core > 0 && (allowed[core / BitsOfWord] & (1UL << (core % BitsOfWord))) == 0) core--;
        return core;
    }

    /// <summary>Raises the priority of the calling thread.</summary>
    /// <returns>False when the host refuses, as it does without privileges.</returns>
    public static bool TryRaisePriority() => SetPriority(0, 0, Nice) == 0;

    /// <summary>Processor time that the calling thread has used, ns (clock_gettime(2), CLOCK_THREAD_CPUTIME_ID): what other programs take from its core is not in it, a compilation on it and a page fault are.</summary>
    public static long OwnNanos()
    {
        ClockGetTime(ThreadCpuTime, out TimeSpec time);
        return (time.Seconds * 1_000_000_000) + time.Nanos;
    }

    /// <summary>Processor time that a process has used, ns (clock_getcpuclockid(3)).</summary>
    public static long ProcessNanos(int process)
    {
        ClockGetTime((~process << 3) | ProcessCpuTimeOf, out TimeSpec time);
        return (time.Seconds * 1_000_000_000) + time.Nanos;
    }

    private static void BindOthers(ulong[] mask)
    {
        int self = ThreadId();
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            int thread = int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture);
            if (thread != self) _ = SetAffinity(thread, CoresMax / 8, mask);
        }
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadId();

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint maskBytes, [In] ulong[] mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint maskBytes, [Out] ulong[] mask);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int nice);

    /// <summary>struct timespec of a 64-bit system.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanos;
    }
}
