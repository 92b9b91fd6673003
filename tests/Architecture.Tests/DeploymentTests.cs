using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LatencyEngine.TestData;

namespace LatencyEngine.Architecture.Tests;

/// <summary>The services of <c>deploy/</c>, judged by systemd itself.</summary>
public sealed partial class DeploymentTests : IDisposable
{
    private const string Engine = "latency-engine.service";
    private const string Watchdog = "latency-engine-watchdog.service";

    private readonly string _folder = Directory.CreateTempSubdirectory("deployment-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SystemdFact]
    public void Systemd_finds_no_fault_in_the_units() => Assert.Equal((0, ""), Analyze("verify", Unit(Engine), Unit(Watchdog)));

    [SystemdFact]
    public void Systemd_finds_one_where_there_is_one()
    {
        string broken = Path.Combine(_folder, Engine);
        File.WriteAllText(broken, File.ReadAllText(Unit(Engine)).Replace("RestrictRealtime=yes", "RestrictRealtime=perhaps", StringComparison.Ordinal));
        File.Copy(Unit(Watchdog), Path.Combine(_folder, Watchdog));
        Assert.Contains("perhaps", Analyze("verify", broken).Output, StringComparison.Ordinal);
    }

    [SystemdFact]
    public void The_units_are_about_as_exposed_as_the_page_says()
    {
        double told = double.Parse(ToldExposure().Match(House.Read("docs/deploy.md")).Groups[1].Value, CultureInfo.InvariantCulture);
        foreach (string unit in (string[])[Engine, Watchdog])
        {
            (int status, string output) = Analyze("security", "--offline=true", "--no-pager", Unit(unit));
            Assert.Equal(0, status);
            Assert.InRange(double.Parse(Exposure().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), 0, told + 0.3);   // versions weigh differently
        }
    }

    [Fact]
    public void Engine_and_watchdog_share_user_state_name_and_keys()
    {
        string[] shared = ["User=", "Group=", "StateDirectory=", "Environment=XDG_STATE_HOME=", "EnvironmentFile=", "LoadCredential="];
        string[] engine = [.. Lines(Engine).Where(IsShared)];
        Assert.Equal(engine, Lines(Watchdog).Where(IsShared));
        Assert.Equal(shared.Length + 1, engine.Length);   // two credentials
        Assert.All((string[])[Engine, Watchdog], unit => Assert.Contains("--env ${VENUE} --name engine", Lines(unit).Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal)), StringComparison.Ordinal));

        bool IsShared(string line) => shared.Any(key => line.StartsWith(key, StringComparison.Ordinal));
    }

    [Fact]
    public void A_start_that_cannot_be_mended_by_another_is_not_repeated_and_the_watcher_is_never_signalled_with_the_engine() =>
        Assert.All((string[])["Restart=on-failure", "RestartPreventExitStatus=2 3", "SuccessExitStatus=130", "KillMode=process"], line => Assert.Contains(line, Lines(Engine)));

    [Fact]
    public void Both_run_the_native_program_and_nothing_in_them_is_compiled_while_it_runs() =>
        Assert.All((string[])[Engine, Watchdog], unit =>
        {
            Assert.Contains("MemoryDenyWriteExecute=yes", Lines(unit));
            Assert.StartsWith("ExecStart=/usr/bin/env /opt/latency-engine/artifacts/latency-engine ", Lines(unit).Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal)), StringComparison.Ordinal);
        });

    [Fact]
    public void Engine_and_watchdog_see_each_other_in_proc() =>
        Assert.All((string[])[Engine, Watchdog], unit => Assert.DoesNotContain(Lines(unit), line => line.StartsWith("ProtectProc=", StringComparison.Ordinal) && line != "ProtectProc=default"));

    [Fact]
    public void Where_real_money_is_at_stake_doctor_examines_the_same_run_before_a_start_without_a_pass_and_elsewhere_it_does_not_hold_it_up()
    {
        string before = Assert.Single(Lines(Engine), line => line.StartsWith("ExecStartPre=", StringComparison.Ordinal));
        Assert.Contains("'[ \"$$VENUE\" != mainnet ] || exec /opt/latency-engine/artifacts/latency-engine doctor --if-due ", before, StringComparison.Ordinal);
        Assert.Contains(" --env mainnet --name engine ", before, StringComparison.Ordinal);
        Assert.EndsWith(" $$OPTIONS'", before, StringComparison.Ordinal);
        Assert.EndsWith(" $OPTIONS $LIVE_OPTIONS", Lines(Engine).Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static string Unit(string name) => ReferenceFiles.InRepository($"deploy/systemd/{name}");

    private static string[] Lines(string unit) => File.ReadAllLines(Unit(unit));

    private static (int Status, string Output) Analyze(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(SystemdFactAttribute.Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    [GeneratedRegex(@"exposure of (\d\.\d)")]
    private static partial Regex ToldExposure();

    [GeneratedRegex(@"Overall exposure level for \S+: (\d+\.\d)")]
    private static partial Regex Exposure();
}
