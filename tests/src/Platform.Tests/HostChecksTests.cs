using System.Net.Sockets;

namespace LatencyEngine.Platform.Tests;

/// <summary>Each check is shown a host that is as it should be, one that is not, and one that does not tell.</summary>
public sealed class HostChecksTests : IDisposable
{
    private readonly MadeUpHost _host = new();

    private static readonly Action NextSecond = () => { };

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_well_kept_host_passes_every_check_that_reads_its_files()
    {
        foreach (HealthCheck check in Read(Sampled(0)))
        {
            Assert.True(check.Verdict == Verdict.Ok, check.ToString());
            Assert.Empty(check.Settings);
        }
    }

    [Fact]
    public void A_host_that_tells_nothing_is_not_judged()
    {
        using var empty = new MadeUpHost();
        empty.Remove("/proc");
        empty.Remove("/sys");
        IReadOnlyList<HealthCheck> checks = HostChecks.All(empty.Tree, empty.Root, NextSecond);

        Assert.Equal(["isolation", "disk", "kernel-timestamps"], checks.Where(check => check.Verdict != Verdict.Unknown).Select(check => check.Name).Except(["clock-sync"]));
        Assert.All(checks, check => Assert.Empty(check.Settings));
        Assert.Equal(14, checks.Select(check => check.Name).Distinct().Count());
        Assert.All(checks, check => Assert.True(check.Found.Length > 0 && check.Why.Length > 20 && check.Mend.Length > 10, check.ToString()));
    }

    [Theory]
    [InlineData("0", "0-7", Verdict.Fail, "1 of 8")]
    [InlineData("0-2", "0-2", Verdict.Warn, "3 for")]
    [InlineData("2-3", "0-3", Verdict.Ok, "2 of 4")]     // as the service has them
    [InlineData("0-1,4,7", "0-7", Verdict.Ok, "4 of 8")]
    public void Cores_are_those_that_the_process_may_use_and_two_do_where_the_system_has_others(string allowed, string online, Verdict verdict, string found)
    {
        _host.Lay("/sys/devices/system/cpu/online", $"{online}\n");
        _host.Lay("/proc/self/status", $"Name:\tengine\nCpus_allowed_list:\t{allowed}\n");
        HealthCheck cores = HostChecks.Cores(_host.Tree);
        Assert.Equal(verdict, cores.Verdict);
        Assert.StartsWith(found, cores.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Isolation_wants_two_cores_of_the_kernels_command_line()
    {
        Assert.Equal("kept free: 2,3; without timer ticks: 2,3", HostChecks.Isolation(_host.Tree).Found);
        _host.Lay("/sys/devices/system/cpu/isolated", "3\n");
        Assert.Equal(Verdict.Warn, HostChecks.Isolation(_host.Tree).Verdict);
        _host.Lay("/sys/devices/system/cpu/isolated", "\n");
        Assert.Equal((Verdict.Warn, "no core is kept free of the rest of the system"), (HostChecks.Isolation(_host.Tree).Verdict, HostChecks.Isolation(_host.Tree).Found));
    }

    [Fact]
    public void Isolation_is_also_a_slice_whose_cores_the_system_may_not_use_or_a_cpuset_that_is_set_apart()
    {
        _host.Lay("/sys/devices/system/cpu/isolated", "\n");
        _host.Lay("/sys/fs/cgroup/engine.slice/cpuset.cpus.effective", "2-3\n");   // the service in it has no cpuset of its own
        foreach (string group in (string[])["system.slice", "user.slice", "init.scope"])
        {
            Assert.Equal(Verdict.Warn, HostChecks.Isolation(_host.Tree).Verdict);   // not all are kept off yet
            _host.Lay($"/sys/fs/cgroup/{group}/cpuset.cpus.effective", "0-1,4-7\n");
        }

        Assert.Equal(Verdict.Ok, HostChecks.Isolation(_host.Tree).Verdict);
        _host.Lay("/sys/fs/cgroup/user.slice/cpuset.cpus.effective", "0-7\n");
        Assert.Equal(Verdict.Warn, HostChecks.Isolation(_host.Tree).Verdict);
        _host.Lay("/sys/fs/cgroup/engine.slice/cpuset.cpus.partition", "isolated\n");
        Assert.Equal(Verdict.Ok, HostChecks.Isolation(_host.Tree).Verdict);
    }

    [Fact]
    public void An_interrupt_on_an_isolated_core_is_named_and_moved_to_the_others()
    {
        _host.Lay("/proc/irq/31/effective_affinity_list", "3\n");
        _host.Lay("/proc/irq/31/smp_affinity_list", "0-7\n");
        HealthCheck check = HostChecks.Interrupts(_host.Tree);

        Assert.Equal((Verdict.Warn, "1 on 2,3, which are kept free: 31"), (check.Verdict, check.Found));
        Assert.Equal([new HostSetting("/proc/irq/31/smp_affinity_list", "0,1,4,5,6,7")], check.Settings);
        _host.Lay("/sys/devices/system/cpu/isolated", "");
        Assert.Equal(Verdict.Unknown, HostChecks.Interrupts(_host.Tree).Verdict);
    }

    [Fact]
    public void A_governor_that_saves_power_is_counted_and_set()
    {
        _host.Lay("/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave\n");
        HealthCheck check = HostChecks.Frequency(_host.Tree);

        Assert.Equal((Verdict.Warn, "performance on 1 of 2 cores, powersave on 1 of 2 cores"), (check.Verdict, check.Found));
        Assert.Equal([new HostSetting("/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance")], check.Settings);
    }

    [Fact]
    public void A_deep_idle_state_is_named_with_its_time_and_switched_off_on_each_core()
    {
        _host.LayState(1, 2, "C6", 133, 0);
        _host.LayState(0, 2, "C6", 133, 0);
        HealthCheck check = HostChecks.IdleStates(_host.Tree);

        Assert.Equal((Verdict.Warn, "cores may fall into C6 (133 us)"), (check.Verdict, check.Found));
        Assert.Equal(["/sys/devices/system/cpu/cpu0/cpuidle/state2/disable", "/sys/devices/system/cpu/cpu1/cpuidle/state2/disable"], check.Settings.Select(setting => setting.Path));
        Assert.All(check.Settings, setting => Assert.Equal("1", setting.Wanted));
        for (int core = 0; core < MadeUpHost.FolderCores; core++) _host.Remove($"/sys/devices/system/cpu/cpu{core}/cpuidle");
        Assert.Equal(Verdict.Unknown, HostChecks.IdleStates(_host.Tree).Verdict);
        _host.Lay("/sys/devices/system/cpu/cpuidle/current_driver", "none\n");
        Assert.Equal(Verdict.Ok, HostChecks.IdleStates(_host.Tree).Verdict);
    }

    [Theory]
    [InlineData(1, Verdict.Ok)]       // of 1,000 ticks
    [InlineData(2, Verdict.Warn)]
    [InlineData(51, Verdict.Fail)]
    public void Steal_is_what_others_took_between_two_readings(int stolen, Verdict verdict)
    {
        HealthCheck check = HostChecks.Steal(_host.Tree, Sampled(stolen));
        Assert.Equal(verdict, check.Verdict);
        Assert.StartsWith($"{stolen / 10.0} %", check.Found, StringComparison.Ordinal);
        Assert.Equal(Verdict.Unknown, HostChecks.Steal(_host.Tree, NextSecond).Verdict);   // no time has passed
    }

    [Fact]
    public void A_slow_clock_source_is_exchanged_for_the_best_there_is()
    {
        _host.Lay("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
        HealthCheck check = HostChecks.ClockSource(_host.Tree);
        Assert.Equal((Verdict.Warn, "hpet"), (check.Verdict, check.Found));
        Assert.Equal([new HostSetting("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc")], check.Settings);

        _host.Lay("/sys/devices/system/clocksource/clocksource0/available_clocksource", "hpet acpi_pm\n");
        check = HostChecks.ClockSource(_host.Tree);
        Assert.Empty(check.Settings);
        Assert.Contains("tsc=reliable", check.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_of_day_that_nobody_keeps_is_a_warning_and_so_is_a_wide_bound()
    {
        Assert.Equal(Verdict.Ok, HostChecks.ClockSync(new KernelClock(true, 100_000)).Verdict);
        Assert.Equal(Verdict.Warn, HostChecks.ClockSync(new KernelClock(true, 100_001)).Verdict);
        Assert.Equal(Verdict.Warn, HostChecks.ClockSync(new KernelClock(false, 0)).Verdict);
        Assert.Equal(Verdict.Unknown, HostChecks.ClockSync(null).Verdict);
        if (KernelClock.Read() is { } clock) Assert.InRange(clock.ErrorMaxMicros, 0, long.MaxValue);
    }

    [Theory]
    [InlineData("8388608", Verdict.Warn)]
    [InlineData("549755813888", Verdict.Warn)]
    [InlineData("unlimited", Verdict.Ok)]
    public void Memory_may_be_locked_without_a_limit_or_not_at_all_since_every_reserved_address_counts(string limit, Verdict verdict)
    {
        _host.Lay("/proc/self/limits", MadeUpHost.Limits(limit, "65536"));
        Assert.Equal(verdict, HostChecks.Memlock(_host.Tree).Verdict);
    }

    [Theory]
    [InlineData("255", Verdict.Fail)]
    [InlineData("1024", Verdict.Warn)]
    [InlineData("4096", Verdict.Ok)]
    public void Open_files_want_some_thousands(string limit, Verdict verdict)
    {
        _host.Lay("/proc/self/limits", MadeUpHost.Limits("unlimited", limit));
        Assert.Equal(verdict, HostChecks.OpenFiles(_host.Tree).Verdict);
    }

    [Fact]
    public void Huge_pages_for_all_are_turned_into_those_that_are_asked_for()
    {
        _host.Lay("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
        HealthCheck check = HostChecks.HugePages(_host.Tree);
        Assert.Equal((Verdict.Warn, "transparent huge pages always, defragmentation madvise"), (check.Verdict, check.Found));
        Assert.Equal([new HostSetting("/sys/kernel/mm/transparent_hugepage/enabled", "madvise")], check.Settings);
    }

    [Fact]
    public void A_disk_is_judged_by_its_longest_write_and_a_folder_that_takes_none_fails()
    {
        Assert.Equal(Verdict.Ok, HostChecks.DiskOf("/x", [1, 2, 9.9]).Verdict);
        Assert.Equal(Verdict.Warn, HostChecks.DiskOf("/x", [1, 10, 2]).Verdict);
        Assert.Equal(Verdict.Fail, HostChecks.DiskOf("/x", [100, 1, 2]).Verdict);
        Assert.Equal("/x: 4 KiB kept after 2 ms in the median, 9.5 ms at most, of 3", HostChecks.DiskOf("/x", [9.5, 2, 1]).Found);

        Assert.Contains("KiB kept after", HostChecks.Disk(_host.Root).Found, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_host.Root));   // it takes its file away
        HealthCheck refused = HostChecks.Disk("/proc/no-such-folder");
        Assert.Equal(Verdict.Fail, refused.Verdict);
        Assert.Contains("/proc/no-such-folder", refused.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_time_throttling_is_a_warning_and_can_be_switched_off()
    {
        _host.Lay("/proc/sys/kernel/sched_rt_runtime_us", "950000\n");
        HealthCheck check = HostChecks.RealTime(_host.Tree);
        Assert.Equal((Verdict.Warn, "stopped after 950000 us of a period of 1000000 us"), (check.Verdict, check.Found));
        Assert.Equal([new HostSetting("/proc/sys/kernel/sched_rt_runtime_us", "-1")], check.Settings);
    }

    [Fact]
    public void A_kernel_without_timestamps_is_a_warning()
    {
        Assert.Equal(Verdict.Ok, HostChecks.KernelTimestamps().Verdict);   // of whatever Linux the tests run on
        HealthCheck check = HostChecks.KernelTimestamps(option: 9_999);
        Assert.Equal(Verdict.Warn, check.Verdict);
        Assert.Contains(new SocketException((int)SocketError.ProtocolOption).Message, check.Found, StringComparison.Ordinal);
    }

    private HealthCheck[] Read(Action sample) =>
    [
        HostChecks.Cores(_host.Tree), HostChecks.Isolation(_host.Tree), HostChecks.Interrupts(_host.Tree), HostChecks.Frequency(_host.Tree), HostChecks.IdleStates(_host.Tree), HostChecks.Steal(_host.Tree, sample),
        HostChecks.ClockSource(_host.Tree), HostChecks.Memlock(_host.Tree), HostChecks.HugePages(_host.Tree), HostChecks.OpenFiles(_host.Tree), HostChecks.RealTime(_host.Tree),
    ];

    /// <summary>Lets a thousand ticks pass, some of them stolen.</summary>
    private Action Sampled(int stolen) => () => _host.Lay("/proc/stat", $"cpu  100 0 100 {1_800 - stolen} 0 0 0 {stolen} 0 0\n");
}
