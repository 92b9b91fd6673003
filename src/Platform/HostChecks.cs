using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LatencyEngine.Platform;

/// <summary>What of a host decides over latency, and whether it is as it should be. Bounds are stated beside each; they are of what the engine needs, not of what a host can be.</summary>
/// <remarks>Thread: any. Changes nothing.</remarks>
public static class HostChecks
{
    private const int CoresForPaired = 4;   // placement auto goes there from four on
    private const double StealWarnPct = 0.1;
    private const double StealFailPct = 5;
    private const long IdleExitWarnMicros = 10;
    private const long OpenFilesWarn = 4_096;
    private const long OpenFilesFail = 256;
    private const double FsyncWarnMillis = 10;
    private const double FsyncFailMillis = 100;
    private const int FsyncRounds = 20;
    private const int FsyncBytes = 4_096;
    private const long ClockErrorWarnMicros = 100_000;
    private const int SocketLevel = 1;               // SOL_SOCKET
    private const string Tune = "./run.sh doctor --tune as root does it until the next boot";

    /// <summary>SO_TIMESTAMPNS of Linux on x86-64 and ARM64 (socket(7)).</summary>
    public const int TimestampOption = 35;

    private static readonly string[] SystemGroups = ["/system.slice", "/user.slice", "/init.scope"];
    private static readonly string[] HugePageFiles = ["enabled", "defrag"];
    private static readonly string[] GoodClocks = ["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"];

    /// <summary>Every check of the host.</summary>
    /// <param name="tree">Its files.</param>
    /// <param name="journalFolder">Where journals are written; made where it is missing.</param>
    /// <param name="sample">Waits between two readings of the processors' times.</param>
    public static IReadOnlyList<HealthCheck> All(HostTree tree, string journalFolder, Action sample) =>
    [
        Cores(tree), Isolation(tree), Interrupts(tree), Frequency(tree), IdleStates(tree), Steal(tree, sample), ClockSource(tree), ClockSync(KernelClock.Read()),
        Memlock(tree), HugePages(tree), OpenFiles(tree), Disk(journalFolder), RealTime(tree), KernelTimestamps(),
    ];

    /// <summary>Cores that this process may use.</summary>
    public static HealthCheck Cores(HostTree tree)
    {
        int cores = Allowed(tree).Count, online = HostTree.Cores(tree.Text("/sys/devices/system/cpu/online")).Count;
        Verdict verdict = cores switch { 0 => Verdict.Unknown, 1 => Verdict.Fail, < CoresForPaired when online < CoresForPaired => Verdict.Warn, _ => Verdict.Ok };
        return new HealthCheck(
            "cores",
            verdict,
            cores == 0 ? "the kernel does not tell" : online > cores ? $"{cores} of {online} for this process" : $"{cores} for this process",
            "the engine wants two that nobody else uses, and the rest of the system wants some; where a process has one alone, or the machine no more than these, everything else interrupts the engine",
            $"give the machine {CoresForPaired} cores or more, and the service two of them at least (CPUAffinity= or a cpuset; none is all of them)");
    }

    /// <summary>Cores that the rest of the system is kept off: by the kernel's command line, or by cpusets.</summary>
    public static HealthCheck Isolation(HostTree tree)
    {
        SortedSet<int> isolated = IsolatedCores(tree);
        IReadOnlySet<int> tickless = HostTree.Cores(tree.Text("/sys/devices/system/cpu/nohz_full"));
        return new HealthCheck(
            "isolation",
            isolated.Count >= 2 ? Verdict.Ok : Verdict.Warn,
            isolated.Count == 0 ? "no core is kept free of the rest of the system" : $"kept free: {Show(isolated)}; without timer ticks: {(tickless.Count == 0 ? "none" : Show(tickless))}",
            "on a core that the scheduler shares out, any other thread may run for milliseconds while a frame waits",
            "keep the system off two cores: AllowedCPUs=0-1 for system.slice, user.slice and init.scope, and the engine in latency-engine.slice (docs/host-tuning.md); isolcpus= is for threads that are bound one by one (placement:ioCore, placement:engineCore)");
    }

    /// <summary>Whether devices interrupt the isolated cores.</summary>
    public static HealthCheck Interrupts(HostTree tree)
    {
        const string Why = "a device's interrupt on an engine's core costs microseconds and the content of its caches";
        SortedSet<int> isolated = IsolatedCores(tree);
        if (isolated.Count == 0) return new HealthCheck("irqs", Verdict.Unknown, "no core is kept free, so there is none to keep interrupts off", Why, "keep cores free first (isolation)");
        int[] others = [.. HostTree.Cores(tree.Text("/sys/devices/system/cpu/online")).Except(isolated)];
        string housekeeping = others.Length == 0 ? "0" : Show(others);
        string[] there = [.. tree.Numbered("/proc/irq", "").Where(irq => HostTree.Cores(tree.Text($"{irq}/effective_affinity_list") ?? tree.Text($"{irq}/smp_affinity_list")).Overlaps(isolated))];
        return new HealthCheck(
            "irqs",
            there.Length == 0 ? Verdict.Ok : Verdict.Warn,
            there.Length == 0 ? $"none on {Show(isolated)}, which are kept free" : $"{there.Length} on {Show(isolated)}, which are kept free: {string.Join(", ", there.Take(8).Select(Path.GetFileName))}",
            Why,
            $"stop irqbalance, and echo {housekeeping} > /proc/irq/N/smp_affinity_list for each; {Tune}")
        {
            Settings = [.. there.Select(irq => new HostSetting($"{irq}/smp_affinity_list", housekeeping))],
        };
    }

    /// <summary>The frequency governor of every core.</summary>
    public static HealthCheck Frequency(HostTree tree)
    {
        (string Path, string? Governor)[] governors = [.. CoreFolders(tree).Select(core => $"{core}/cpufreq/scaling_governor").Select(path => (path, tree.Text(path))).Where(each => each.Item2 is not null)];
        (string Path, string? Governor)[] slow = [.. governors.Where(each => each.Governor != "performance")];
        return new HealthCheck(
            "frequency",
            governors.Length == 0 ? Verdict.Unknown : slow.Length == 0 ? Verdict.Ok : Verdict.Warn,
            governors.Length == 0 ? "the kernel shows no governor: the machine beneath decides" : string.Join(", ", governors.GroupBy(each => each.Governor).Select(group => $"{group.Key} on {group.Count()} of {governors.Length} cores")),
            "a governor that saves power begins a burst at the lowest frequency, and takes milliseconds to raise it",
            $"echo performance | tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor; {Tune}; on a virtual machine ask for a type with a fixed frequency")
        {
            Settings = [.. slow.Select(each => new HostSetting(each.Path, "performance"))],
        };
    }

    /// <summary>Idle states from which a core takes long to wake.</summary>
    public static HealthCheck IdleStates(HostTree tree)
    {
        string[] states = [.. CoreFolders(tree).SelectMany(core => tree.Numbered($"{core}/cpuidle", "state"))];
        string[] deep = [.. states.Where(state => long.TryParse(tree.Text($"{state}/latency"), NumberStyles.None, CultureInfo.InvariantCulture, out long micros) && micros > IdleExitWarnMicros && tree.Text($"{state}/disable") == "0")];
        bool hasNone = states.Length == 0 && tree.Text("/sys/devices/system/cpu/cpuidle/current_driver") == "none";
        return new HealthCheck(
            "c-states",
            deep.Length > 0 ? Verdict.Warn : states.Length > 0 || hasNone ? Verdict.Ok : Verdict.Unknown,
            deep.Length > 0
                ? $"cores may fall into {string.Join(", ", deep.Select(state => $"{tree.Text($"{state}/name")} ({tree.Text($"{state}/latency")} us)").Distinct())}"
                : states.Length > 0 ? $"none that takes more than {IdleExitWarnMicros} us to leave" : hasNone ? "the kernel uses none" : "the kernel does not tell: the machine beneath decides",
            "a core in a deep idle state wakes so much later for the next frame",
            $"echo 1 | tee /sys/devices/system/cpu/cpu*/cpuidle/stateN/disable for these states, or boot with processor.max_cstate=1 intel_idle.max_cstate=1; {Tune}")
        {
            Settings = [.. deep.Select(state => new HostSetting($"{state}/disable", "1"))],
        };
    }

    /// <summary>The share of time in which the machine beneath ran somebody else (proc(5): steal).</summary>
    /// <param name="tree">The host.</param>
    /// <param name="sample">Waits between the two readings.</param>
    public static HealthCheck Steal(HostTree tree, Action sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        (long Stolen, long Total)? before = ProcessorTimes(tree);
        if (before is not null) sample();
        (long Stolen, long Total)? after = ProcessorTimes(tree);
        bool isKnown = before is not null && after is not null && after.Value.Total > before.Value.Total;
        double pct = isKnown ? 100.0 * (after!.Value.Stolen - before!.Value.Stolen) / (after.Value.Total - before.Value.Total) : 0;
        return new HealthCheck(
            "steal",
            !isKnown ? Verdict.Unknown : pct > StealFailPct ? Verdict.Fail : pct > StealWarnPct ? Verdict.Warn : Verdict.Ok,
            isKnown ? string.Create(CultureInfo.InvariantCulture, $"{pct:0.##} % of the processors' time just now") : "the kernel does not tell",
            "while a neighbour runs on the same core nothing here does, and no setting of this machine helps",
            "move to a machine with dedicated cores, or to metal");
    }

    /// <summary>What the kernel reads its time from.</summary>
    public static HealthCheck ClockSource(HostTree tree)
    {
        const string Folder = "/sys/devices/system/clocksource/clocksource0";
        string? current = tree.Text($"{Folder}/current_clocksource");
        bool isGood = GoodClocks.Contains(current);
        string? better = GoodClocks.FirstOrDefault(clock => (tree.Text($"{Folder}/available_clocksource") ?? "").Split(' ').Contains(clock));
        return new HealthCheck(
            "clock-source",
            current is null ? Verdict.Unknown : isGood ? Verdict.Ok : Verdict.Warn,
            current ?? "the kernel does not tell",
            "a clock that is no processor's register is read through the kernel, for a microsecond and more at each stamp",
            better is null ? "boot with tsc=reliable where the processor has an invariant one, or ask for another type of machine" : $"echo {better} > {Folder}/current_clocksource; {Tune}")
        {
            Settings = current is null || isGood || better is null ? [] : [new HostSetting($"{Folder}/current_clocksource", better)],
        };
    }

    /// <summary>Whether something keeps the time of day right.</summary>
    /// <param name="clock">As the kernel tells it; null where it does not.</param>
    public static HealthCheck ClockSync(KernelClock? clock) => new(
        "clock-sync",
        clock is not { } known ? Verdict.Unknown : known is { IsSynchronised: true, ErrorMaxMicros: <= ClockErrorWarnMicros } ? Verdict.Ok : Verdict.Warn,
        clock is not { } told ? "the kernel does not tell" : told.IsSynchronised ? string.Create(CultureInfo.InvariantCulture, $"synchronised, off by at most {told.ErrorMaxMicros / 1e3:0.#} ms") : "not synchronised",
        "records and logs carry this clock; orders carry the venue's, which is measured apart (venue-clock)",
        "apt-get install chrony; systemctl enable --now chrony; in a container this is the host's to do");

    /// <summary>How much memory may be locked.</summary>
    public static HealthCheck Memlock(HostTree tree)
    {
        (string Soft, long Value)? limit = Limit(tree, "Max locked memory");
        return new HealthCheck(
            "memlock",
            limit is not { } known ? Verdict.Unknown : known.Value == long.MaxValue ? Verdict.Ok : Verdict.Warn,   // every address that the runtime has reserved counts
            limit is not { } told ? "the kernel does not tell" : told.Value == long.MaxValue ? "unlimited" : $"{told.Soft} bytes",
            "memory that is not locked may be paged out while nothing happens, and the first frame of a burst waits for the disk",
            "LimitMEMLOCK=infinity in the unit, or \"* - memlock unlimited\" in /etc/security/limits.conf and a new login");
    }

    /// <summary>Transparent huge pages and the kernel's search for them.</summary>
    public static HealthCheck HugePages(HostTree tree)
    {
        const string Folder = "/sys/kernel/mm/transparent_hugepage";
        HostSetting[] eager = [.. HugePageFiles.Where(name => tree.Selected($"{Folder}/{name}") == "always").Select(name => new HostSetting($"{Folder}/{name}", "madvise"))];
        string? enabled = tree.Selected($"{Folder}/enabled");
        return new HealthCheck(
            "huge-pages",
            enabled is null ? Verdict.Unknown : eager.Length == 0 ? Verdict.Ok : Verdict.Warn,
            enabled is null ? "the kernel does not tell" : $"transparent huge pages {enabled}, defragmentation {tree.Selected($"{Folder}/defrag") ?? "not told"}",
            "with \"always\" the kernel moves memory about to make huge pages, and a page fault waits for it",
            $"echo madvise > {Folder}/enabled; echo madvise > {Folder}/defrag; {Tune}")
        {
            Settings = eager,
        };
    }

    /// <summary>How many files may be open.</summary>
    public static HealthCheck OpenFiles(HostTree tree)
    {
        (string Soft, long Value)? limit = Limit(tree, "Max open files");
        return new HealthCheck(
            "open-files",
            limit?.Value switch { null => Verdict.Unknown, < OpenFilesFail => Verdict.Fail, < OpenFilesWarn => Verdict.Warn, _ => Verdict.Ok },
            limit is not { } told ? "the kernel does not tell" : told.Soft,
            "sockets, journals and doorbells are files, and a run that gets none can neither reconnect nor write",
            $"LimitNOFILE=65536 in the unit, or ulimit -n {OpenFilesWarn} before the start");
    }

    /// <summary>How long the disk takes to keep what was written (fsync(2)), in the folder of the journals.</summary>
    public static HealthCheck Disk(string folder)
    {
        string path = Path.Combine(folder, $"doctor-{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            var millis = new double[FsyncRounds];
            using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            byte[] page = new byte[FsyncBytes];
            for (int i = 0; i < FsyncRounds; i++)
            {
                long before = Stopwatch.GetTimestamp();
                file.Write(page);
                file.Flush(flushToDisk: true);
                millis[i] = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
            }

            return DiskOf(folder, millis);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return DiskCheck(Verdict.Fail, $"{folder}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The verdict over some measured times of a disk.</summary>
    /// <param name="folder">Where they were measured.</param>
    /// <param name="millis">At least one, ms.</param>
    public static HealthCheck DiskOf(string folder, IReadOnlyList<double> millis)
    {
        double median = millis.Order().ElementAt(millis.Count / 2);
        double longest = millis.Max();
        Verdict verdict = longest >= FsyncFailMillis ? Verdict.Fail : longest >= FsyncWarnMillis ? Verdict.Warn : Verdict.Ok;
        return DiskCheck(verdict, string.Create(CultureInfo.InvariantCulture, $"{folder}: {FsyncBytes / 1024} KiB kept after {median:0.##} ms in the median, {longest:0.##} ms at most, of {millis.Count}"));
    }

    /// <summary>Whether the kernel stops a thread of real-time priority that spins (sched(7)).</summary>
    public static HealthCheck RealTime(HostTree tree)
    {
        const string Path = "/proc/sys/kernel/sched_rt_runtime_us";
        string? micros = tree.Text(Path);
        bool isOff = micros == "-1";
        return new HealthCheck(
            "real-time",
            micros is null ? Verdict.Unknown : isOff ? Verdict.Ok : Verdict.Warn,
            micros is null ? "the kernel does not tell" : isOff ? "never throttled" : $"stopped after {micros} us of a period of {tree.Text("/proc/sys/kernel/sched_rt_period_us") ?? "unknown"} us",
            "a spinning thread of real-time priority (CPUSchedulingPolicy=fifo) is stopped for the rest of each period, 50 ms a second as shipped; without that priority it is of no effect",
            $"echo -1 > {Path}; {Tune}")
        {
            Settings = micros is null || isOff ? [] : [new HostSetting(Path, "-1")],
        };
    }

    /// <summary>Whether the kernel stamps what a socket receives.</summary>
    /// <param name="option">The socket option to set.</param>
    public static HealthCheck KernelTimestamps(int option = TimestampOption)
    {
        const string Why = "only the kernel's stamp tells how long a frame waited before the engine was woken";
        const string Mend = "run on Linux 2.6.22 or later, outside of a sandbox that replaces the network (gVisor)";
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Span<byte> on = stackalloc byte[sizeof(int)];
            on.Clear();
            on[0] = 1;
            socket.SetRawSocketOption(SocketLevel, option, on);
            on.Clear();
            socket.GetRawSocketOption(SocketLevel, option, on);
            bool isOn = on[0] != 0;
            return new HealthCheck("kernel-timestamps", isOn ? Verdict.Ok : Verdict.Warn, isOn ? "SO_TIMESTAMPNS is taken" : "SO_TIMESTAMPNS is without effect", Why, Mend);
        }
        catch (SocketException fault)
        {
            return new HealthCheck("kernel-timestamps", Verdict.Warn, $"SO_TIMESTAMPNS is refused: {fault.Message}", Why, Mend);
        }
    }

    private static HealthCheck DiskCheck(Verdict verdict, string found) => new(
        "disk",
        verdict,
        found,
        "a journal that waits for its disk holds the rings up, and in the end the engine",
        "write journals to a local NVMe disk that nothing else uses (run live there, or name the folder with --journal), by the user that runs the engine");

    private static IReadOnlyList<string> CoreFolders(HostTree tree) => tree.Numbered("/sys/devices/system/cpu", "cpu");

    private static IReadOnlySet<int> Allowed(HostTree tree)
    {
        string? line = tree.Text("/proc/self/status")?.Split('\n').FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        return HostTree.Cores(line?.Split(':')[1]);
    }

    private static SortedSet<int> IsolatedCores(HostTree tree)
    {
        var cores = new SortedSet<int>(HostTree.Cores(tree.Text("/sys/devices/system/cpu/isolated")));
        string group = tree.Text("/proc/self/cgroup")?.Split('\n').FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?["0::".Length..].TrimEnd('/') ?? "";
        string? owner = Enclosing(group).FirstOrDefault(each => tree.Text($"/sys/fs/cgroup{each}/cpuset.cpus.effective") is not null);
        if (owner is null) return cores;
        IReadOnlySet<int> own = HostTree.Cores(tree.Text($"/sys/fs/cgroup{owner}/cpuset.cpus.effective"));
        string?[] others = [.. SystemGroups.Select(each => tree.Text($"/sys/fs/cgroup{each}/cpuset.cpus.effective"))];
        bool isApart = others.All(each => each is not null && !HostTree.Cores(each).Overlaps(own));
        if (isApart || tree.Text($"/sys/fs/cgroup{owner}/cpuset.cpus.partition") == "isolated") cores.UnionWith(own);
        return cores;
    }

    /// <summary>A control group, and those around it, but for the root.</summary>
    private static IEnumerable<string> Enclosing(string group)
    {
        for (; group.Length > 0; group = group[..group.LastIndexOf('/')]) yield return group;
    }

    private static (long Stolen, long Total)? ProcessorTimes(HostTree tree)
    {
        const int StealField = 7;   // user nice system idle iowait irq softirq steal
        string[] fields = (tree.Text("/proc/stat") ?? "").Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < StealField + 2 || fields[0] != "cpu") return null;
        var ticks = new long[StealField + 1];
        for (int i = 0; i < ticks.Length; i++)
        {
            if (!long.TryParse(fields[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out ticks[i])) return null;
        }

        return (ticks[StealField], ticks.Sum());
    }

    private static (string Soft, long Value)? Limit(HostTree tree, string name)
    {
        string? line = tree.Text("/proc/self/limits")?.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        string? soft = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        if (soft == "unlimited") return (soft, long.MaxValue);
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? (soft, value) : null;
    }

    private static string Show(IEnumerable<int> cores) => string.Join(',', cores);
}
