using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace LatencyEngine.Platform;

/// <summary>On which cores the threads of this process run (sched_setaffinity(2)). Linux; up to 1,024 cores.</summary>
public static partial class CpuAffinity
{
    private const int CoresMax = 1_024;
    private const int BitsAWord = 64;
    private const string Tasks = "/proc/self/task";

    private static readonly ConcurrentDictionary<int, bool> Bound = new();
    private static ulong[]? _rest;

    /// <summary>Cores that this process may use, as it was started: by taskset(1), a unit's CPUAffinity, a container. Empty where the kernel does not say.</summary>
    public static IReadOnlyList<int> Allowed { get; } = Read();

    /// <summary>The number of the calling thread, as /proc has it.</summary>
    public static int CurrentThread
    {
        get
        {
            string? link = new FileInfo("/proc/thread-self").LinkTarget;   // PID/task/TID
            return int.TryParse(link?[(link.LastIndexOf('/') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0;
        }
    }

    /// <summary>Binds the calling thread to one core, until it ends.</summary>
    /// <exception cref="PlacementException">The kernel refuses it.</exception>
    public static void Pin(int core)
    {
        Bound[CurrentThread] = true;
        if (!TrySet(0, MaskOf([core]))) throw new PlacementException($"this thread cannot be bound to core {core}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Takes every thread of this process off some cores, but for those that are bound. Threads that are made later follow the first one, and in the native program the one that makes them.</summary>
    /// <param name="cores">The cores; not all that are allowed.</param>
    public static void KeepOff(IReadOnlyCollection<int> cores)
    {
        ArgumentNullException.ThrowIfNull(cores);
        if (cores.Count == 0) return;
        ulong[] rest = MaskOf(Allowed.Except(cores));
        Volatile.Write(ref _rest, rest);
        HashSet<int> threads = [.. Directory.EnumerateDirectories(Tasks).Select(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))];
        foreach (int gone in Bound.Keys.Where(thread => !threads.Contains(thread))) Bound.TryRemove(gone, out _);   // its number may be another's tomorrow
        foreach (int thread in threads.Where(thread => !Bound.ContainsKey(thread))) TrySet(thread, rest);   // one that has ended meanwhile does not matter
    }

    /// <summary>Takes the calling thread off those cores: for work that a bound thread has others do, who in the native program begin where it is.</summary>
    public static void JoinTheRest()
    {
        if (Volatile.Read(ref _rest) is { } rest) TrySet(0, rest);
    }

    private static ulong[] MaskOf(IEnumerable<int> cores)
    {
        var mask = new ulong[CoresMax / BitsAWord];
        foreach (int core in cores) mask[core / BitsAWord] |= 1UL << (core % BitsAWord);
        return mask;
    }

    private static bool TrySet(int thread, ulong[] mask) => SetAffinity(thread, (nuint)(mask.Length * sizeof(ulong)), mask) == 0;

    private static int[] Read()
    {
        if (!OperatingSystem.IsLinux()) return [];
        var mask = new ulong[CoresMax / BitsAWord];
        return GetAffinity(0, (nuint)(mask.Length * sizeof(ulong)), mask) < 0 ? [] : [.. Enumerable.Range(0, CoresMax).Where(core => (mask[core / BitsAWord] >> (core % BitsAWord) & 1) != 0)];
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nuint sizeBytes, [In] ulong[] mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static partial int GetAffinity(int thread, nuint sizeBytes, [Out] ulong[] mask);
}
