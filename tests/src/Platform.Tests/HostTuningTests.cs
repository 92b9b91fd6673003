namespace LatencyEngine.Platform.Tests;

public sealed class HostTuningTests : IDisposable
{
    private readonly MadeUpHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void What_is_set_can_be_put_back_by_the_command_that_it_gives()
    {
        const string Path = "/sys/kernel/mm/transparent_hugepage/enabled";
        _host.Lay(Path, "[always] madvise never\n");

        HostTuning done = HostTuning.Apply(_host.Tree, new HostSetting(Path, "madvise"));

        Assert.Equal(new HostTuning(Path, "always", "madvise", null), done);
        Assert.Equal("madvise", _host.Text(Path));
        Assert.Equal($"echo 'always' > {Path}", done.Undo);
    }

    [Fact]
    public void All_that_the_checks_offer_makes_them_pass()
    {
        _host.Lay("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
        _host.Lay("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
        _host.Lay("/proc/sys/kernel/sched_rt_runtime_us", "950000\n");
        _host.Lay("/proc/irq/31/smp_affinity_list", "3\n");
        _host.LayState(0, 2, "C6", 133, 0);
        Func<HostTree, HealthCheck>[] checks = [HostChecks.ClockSource, HostChecks.Frequency, HostChecks.RealTime, HostChecks.Interrupts, HostChecks.IdleStates];

        Assert.All(checks, check => Assert.Equal(Verdict.Warn, check(_host.Tree).Verdict));
        Assert.All(checks.SelectMany(check => check(_host.Tree).Settings), setting => Assert.Null(HostTuning.Apply(_host.Tree, setting).Fault));
        Assert.All(checks, check => Assert.Equal(Verdict.Ok, check(_host.Tree).Verdict));
    }

    [Fact]
    public void What_cannot_be_set_says_why_and_has_no_way_back()
    {
        HostTuning missing = HostTuning.Apply(_host.Tree, new HostSetting("/sys/no/such/file", "1"));
        Assert.Equal(("it cannot be read", null), (missing.Fault, missing.Undo));

        // /proc refuses it even to root.
        HostTuning refused = HostTuning.Apply(new HostTree("/"), new HostSetting("/proc/self/cgroup", "x"));
        Assert.NotNull(refused.Fault);
        Assert.Null(refused.Undo);
    }
}
