using LatencyEngine.Platform;

namespace LatencyEngine.Host.Tests;

/// <summary>When a pass of <c>doctor</c> counts for a start, and what is said when it does not.</summary>
public sealed class DoctorPassTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("doctor-pass-tests-").FullName;

    private string File => Path.Combine(_root, "engine.doctor.json");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_pass_counts_for_the_same_start_for_a_day()
    {
        DoctorPass pass = Now();
        pass.Write(File);

        Assert.Null(DoctorPass.Fault(File, Now()));
        Assert.Null(DoctorPass.Fault(File, pass with { AtUtc = pass.AtUtc.AddHours(24) }));
        Assert.Equal("doctor has last passed 24.1 hours ago", DoctorPass.Fault(File, pass with { AtUtc = pass.AtUtc.AddHours(24.1) }));
        Assert.Null(DoctorPass.Fault(File, pass with { AtUtc = pass.AtUtc.AddSeconds(-60) }));
        Assert.EndsWith("which is to come", DoctorPass.Fault(File, pass with { AtUtc = pass.AtUtc.AddSeconds(-61) }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_to_come_keeps_no_pass()
    {
        DoctorPass pass = Now();
        (pass with { RanUtc = pass.AtUtc.AddHours(40) }).Write(File);

        Assert.Equal("doctor has last passed 30 hours ago", DoctorPass.Fault(File, pass with { AtUtc = pass.AtUtc.AddHours(30) }));
        Assert.Null(DoctorPass.Fault(File, pass with { AtUtc = pass.AtUtc.AddHours(41) }));
    }

    [Fact]
    public void Another_machine_boot_venue_key_or_configuration_is_not_the_same_start()
    {
        DoctorPass pass = Now();
        pass.Write(File);

        (DoctorPass Wanted, string Fault)[] others =
        [
            (pass with { Host = "another" }, "on another machine"),
            (pass with { Boot = "another" }, "before the machine was booted"),
            (pass with { Environment = "mainnet" }, "for testnet, http://127.0.0.1:8701, not for mainnet, http://127.0.0.1:8701"),
            (pass with { Endpoint = "http://127.0.0.1:8702" }, "not for testnet, http://127.0.0.1:8702"),
            (Now(key: "another"), "with another key"),
            (Now(leverage: "3"), "with another configuration"),
        ];

        foreach ((DoctorPass wanted, string fault) in others) Assert.EndsWith(fault, DoctorPass.Fault(File, wanted), StringComparison.Ordinal);
        Assert.DoesNotContain("the-key", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "doctor has not passed")]
    [InlineData("", "cannot be read")]
    [InlineData("null", "cannot be read")]
    [InlineData("""{"atUtc":"2026-01-01T00:00:00Z"}""", "cannot be read")]
    public void What_is_no_pass_does_not_count(string? text, string fault)
    {
        if (text is not null) System.IO.File.WriteAllText(File, text);

        Assert.Contains(fault, DoctorPass.Fault(File, Now()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_goes_on_keeps_the_pass_that_it_was_started_with_and_makes_none_of_its_own()
    {
        DoctorPass pass = Now();
        DoctorPass.Renew(File, pass);
        Assert.False(System.IO.File.Exists(File));

        pass.Write(File);
        DoctorPass.Renew(File, pass with { AtUtc = pass.AtUtc.AddHours(20) });
        DoctorPass.Renew(File, pass with { AtUtc = pass.AtUtc.AddHours(40) });
        DoctorPass.Renew(File, pass with { AtUtc = pass.AtUtc.AddHours(50), Key = "another" });
        Assert.Null(DoctorPass.Fault(File, pass with { AtUtc = pass.AtUtc.AddHours(64) }));
        Assert.Equal("doctor has last passed 64.1 hours ago", DoctorPass.Fault(File, pass with { AtUtc = pass.AtUtc.AddHours(64.1) }));
        Assert.EndsWith("before the machine was booted", DoctorPass.Fault(File, pass with { AtUtc = pass.AtUtc.AddHours(41), Boot = "another" }), StringComparison.Ordinal);

        DoctorPass.Renew(File, pass with { AtUtc = pass.AtUtc.AddHours(65) });   // too late
        Assert.NotNull(DoctorPass.Fault(File, pass with { AtUtc = pass.AtUtc.AddHours(65) }));
    }

    [Fact]
    public void A_machine_without_an_id_goes_by_its_name()
    {
        Assert.Equal(("machine", "boot"), (Now().Host, Now().Boot));
        Assert.Equal((Environment.MachineName, ""), (Now(tree: Path.Combine(_root, "nothing")).Host, Now(tree: Path.Combine(_root, "nothing")).Boot));
    }

    private DoctorPass Now(string key = "the-key", string leverage = "2", string? tree = null)
    {
        string root = Path.Combine(_root, "host");
        Directory.CreateDirectory(Path.Combine(root, "etc"));
        Directory.CreateDirectory(Path.Combine(root, "proc/sys/kernel/random"));
        System.IO.File.WriteAllText(Path.Combine(root, "etc/machine-id"), "machine\n");
        System.IO.File.WriteAllText(Path.Combine(root, "proc/sys/kernel/random/boot_id"), "boot\n");
        EngineConfiguration configuration = ConfigurationReader.Load(Profile.Shipped, Profile.NoEnvironment, [new ConfigurationOverride("venue:leverage", leverage, "--leverage")]);
        return DoctorPass.Now(new HostTree(tree ?? root), configuration, "testnet", new Uri("http://127.0.0.1:8701"), key, Verdict.Warn);
    }
}
