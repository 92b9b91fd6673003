namespace LatencyEngine.Platform.Tests;

/// <summary>A file tree like that of a well kept host with eight cores, whose files a test replaces.</summary>
internal sealed class MadeUpHost : IDisposable
{
    /// <summary>Cores with a folder; each costs a test some files.</summary>
    public const int FolderCores = 2;

    private readonly string _root = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"made-up-host-{Guid.NewGuid():N}")).FullName;   // many small files: in memory where there is a folder for that

    public MadeUpHost()
    {
        Tree = new HostTree(_root);
        Lay("/proc/self/status", "Name:\tengine\nCpus_allowed_list:\t0-7\n");
        Lay("/proc/self/limits", Limits("unlimited", "65536"));
        Lay("/proc/self/cgroup", "0::/engine.slice/engine.service\n");
        Lay("/proc/stat", "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 50 0 50 400 0 0 0 0 0 0\n");
        Lay("/proc/irq/24/effective_affinity_list", "0-1\n");
        Lay("/proc/irq/24/smp_affinity_list", "0-1\n");
        Lay("/proc/irq/default_smp_affinity", "ff\n");
        Lay("/proc/sys/kernel/sched_rt_runtime_us", "-1\n");
        Lay("/proc/sys/kernel/sched_rt_period_us", "1000000\n");
        Lay("/sys/devices/system/cpu/online", "0-7\n");
        Lay("/sys/devices/system/cpu/isolated", "2-3\n");
        Lay("/sys/devices/system/cpu/nohz_full", "2-3\n");
        Lay("/sys/devices/system/cpu/cpufreq/boost", "1\n");
        Lay("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
        Lay("/sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet acpi_pm \n");
        Lay("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        Lay("/sys/kernel/mm/transparent_hugepage/defrag", "always defer defer+madvise [madvise] never\n");
        for (int core = 0; core < FolderCores; core++)
        {
            Lay($"/sys/devices/system/cpu/cpu{core}/cpufreq/scaling_governor", "performance\n");
            LayState(core, 0, "POLL", 0, 0);
            LayState(core, 1, "C1", 2, 0);
            LayState(core, 2, "C6", 133, 1);
        }
    }

    public HostTree Tree { get; }

    public string Root => _root;

    public static string Limits(string memlock, string files) =>
        $"Limit                     Soft Limit           Hard Limit           Units     \nMax open files            {files,-20} 1048576              files     \nMax locked memory         {memlock,-20} unlimited            bytes     \n";

    public void Lay(string path, string text)
    {
        string file = Tree.PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public void LayState(int core, int state, string name, int latencyMicros, int disable)
    {
        string folder = $"/sys/devices/system/cpu/cpu{core}/cpuidle/state{state}";
        Lay($"{folder}/name", name + "\n");
        Lay($"{folder}/latency", $"{latencyMicros}\n");
        Lay($"{folder}/disable", $"{disable}\n");
    }

    public void Remove(string path)
    {
        string file = Tree.PathOf(path);
        if (Directory.Exists(file)) Directory.Delete(file, recursive: true);
        else File.Delete(file);
    }

    public string Text(string path) => Tree.Text(path)!;

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
