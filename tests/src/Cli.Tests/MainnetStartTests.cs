using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>live</c> where real money would be at stake, here by name alone: the dry-run venue stands for mainnet, and <c>doctor</c> must have passed.</summary>
public sealed class MainnetStartTests : IDisposable
{
    private const string Key = "mainnet-test-key";
    private const string Secret = "a-secret-that-nobody-may-see";
    private const string BootId = "/proc/sys/kernel/random/boot_id";
    private const string CoresFile = "/proc/self/status";

    // In memory: a busy disk is not what is tested.
    private readonly string _root = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"mainnet-start-{Guid.NewGuid():N}"[..24])).FullName;
    private readonly RunningVenue _venue = new(new Dictionary<string, string> { ["VENUE_API_KEY"] = Key, ["VENUE_API_SECRET"] = Secret }, "--json", "--market", "flow", "--seed", "5");
    private readonly Dictionary<string, string> _environment;
    private readonly string _name = $"mainnet-{Guid.NewGuid():N}"[..16];
    private string _doctorOutput = "";

    public MainnetStartTests()
    {
        JsonNode profile = JsonNode.Parse(File.ReadAllText(ReferenceFiles.InRepository("configs/market-making.json")))!;
        profile["risk"]!["orderNotionalMaxUsdt"] = 4_999;   // limits that somebody has chosen
        profile["risk"]!["openOrdersMax"] = profile["risk"]!["openOrdersMax"]!.GetValue<int>() - 1;
        JsonNode sizes = profile["instruments"]!["BTCUSDT"]!;
        foreach (string limit in (string[])["orderQty", "orderQtyMax", "positionQtyMax"]) sizes[limit] = $"{decimal.Parse(sizes[limit]!.GetValue<string>(), CultureInfo.InvariantCulture) * 2}";
        profile["symbols"] = new JsonArray("BTCUSDT");
        File.WriteAllText(OwnProfile, profile.ToJsonString());
        _environment = new Dictionary<string, string> { ["BYBIT_API_KEY"] = Key, ["BYBIT_API_SECRET"] = Secret, ["XDG_STATE_HOME"] = _root };

        // The host is made up but for what a pass is bound to: the run has the real one.
        foreach (string path in (string[])[BootId, "/etc/machine-id"])
        {
            if (File.Exists(path)) Lay(path, File.ReadAllText(path));
        }

        Lay(CoresFile, "Cpus_allowed_list:\t0-7\n");
    }

    private string OwnProfile => Path.Combine(_root, "own.json");

    private string Pass => Path.Combine(_root, "latency-engine", _name + ".doctor.json");

    public void Dispose()
    {
        _venue.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Without_a_pass_of_doctor_it_is_refused_in_one_line_and_with_one_it_trades()
    {
        Assert.Equal((ExitStatus.Usage, "doctor has not passed"), await LiveAsync());

        Assert.Equal(ExitStatus.Done, Doctor());
        Assert.DoesNotContain(Key, File.ReadAllText(Pass), StringComparison.Ordinal);
        Assert.Equal((ExitStatus.Done, ""), await LiveAsync());
        Assert.Equal((ExitStatus.Usage, "doctor has passed with another configuration"), await LiveAsync("--leverage", "1"));
        _environment["BYBIT_API_KEY"] = "another";
        Assert.Equal((ExitStatus.Usage, "doctor has passed with another key"), await LiveAsync());
        _environment["BYBIT_API_KEY"] = Key;

        JsonNode old = JsonNode.Parse(File.ReadAllText(Pass))!;
        Assert.InRange(old["ranUtc"]!.GetValue<DateTime>(), old["atUtc"]!.GetValue<DateTime>(), DateTime.UtcNow);   // by the run
        old["atUtc"] = DateTime.UtcNow.AddHours(-25);
        File.WriteAllText(Pass, old.ToJsonString());
        Assert.Equal((ExitStatus.Done, ""), await LiveAsync());   // a restart, of a run that went on for a day
        old["ranUtc"] = null;
        File.WriteAllText(Pass, old.ToJsonString());
        Assert.Equal((ExitStatus.Usage, "doctor has last passed 25 hours ago"), await LiveAsync());
        Assert.Equal(ExitStatus.Done, Doctor());
        Assert.Equal((ExitStatus.Done, ""), await LiveAsync());
    }

    [Fact]
    public async Task A_pass_of_another_boot_does_not_count_and_a_check_that_fails_takes_one_away()
    {
        Lay(BootId, "another-boot\n");
        Assert.Equal(ExitStatus.Done, Doctor());
        Assert.Equal((ExitStatus.Usage, "doctor has passed before the machine was booted"), await LiveAsync());

        Lay(BootId, File.ReadAllText(BootId));
        Assert.Equal(ExitStatus.Done, Doctor("--if-due"));
        Assert.Equal((ExitStatus.Done, ""), await LiveAsync());
        Lay(CoresFile, "Cpus_allowed_list:\t0\n");
        Assert.Equal(ExitStatus.Done, Doctor("--if-due", "--json"));   // it counts: nothing is examined
        JsonElement document = JsonDocument.Parse(_doctorOutput).RootElement;
        Assert.Equal((JsonValueKind.Null, 0, _venue.Rest), (document.GetProperty("verdict").ValueKind, document.GetProperty("checks").GetArrayLength(), document.GetProperty("endpoint").GetString()));
        Assert.True(File.Exists(Pass));
        Assert.Equal(ExitStatus.Failed, Doctor());
        Assert.False(File.Exists(Pass));
    }

    [Fact]
    public void A_doctor_without_the_key_or_the_venue_leaves_no_pass()
    {
        Assert.Equal(ExitStatus.Done, Doctor(withVenue: false));
        _environment.Remove("BYBIT_API_KEY");
        _environment.Remove("BYBIT_API_SECRET");
        Assert.Equal(ExitStatus.Done, Doctor());
        Assert.False(File.Exists(Pass));
    }

    [Fact]
    public async Task On_testnet_it_is_only_told()
    {
        using ProgramProcess live = Start("testnet", []);
        Assert.Equal(ExitStatus.Done, await live.EndAsync());
        Assert.Contains("note: doctor has not passed for this run; on mainnet it would be refused", live.Error, StringComparison.Ordinal);
    }

    /// <summary>The exit status and, of a start that is refused, why; the run is a process of its own.</summary>
    private async Task<(int Status, string Why)> LiveAsync(params string[] options)
    {
        using ProgramProcess live = Start("mainnet", ["--i-understand-the-risk", .. options]);
        int status = await live.EndAsync();
        if (status != ExitStatus.Usage)
        {
            Assert.True(status == ExitStatus.Done, live.Error);
            Assert.True(JsonDocument.Parse(live.Output).RootElement.GetProperty("creates").GetInt64() > 0, live.Output);
            return (status, "");
        }

        const string Money = "latency-engine: this venue trades with real money, and ";
        string line = Assert.Single(live.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(Money, line, StringComparison.Ordinal);
        Assert.Contains(": run ./run.sh doctor --env mainnet ", line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, line, StringComparison.Ordinal);
        return (status, line[Money.Length..line.IndexOf(": run ./run.sh doctor", StringComparison.Ordinal)]);
    }

    private ProgramProcess Start(string environment, string[] options) =>
        new(_environment, ["live", "--env", environment, "--endpoint", _venue.Rest, "--profile", OwnProfile, "--name", _name, "--duration", "3s", "--no-watchdog", "--json", .. options]);

    private int Doctor(params string[] options) => Doctor(withVenue: true, options);

    private int Doctor(bool withVenue, params string[] options)
    {
        using var line = new CommandLine
        {
            HostRoot = _root,
            Run = (_, progress, _) =>
            {
                progress!.Report(Progresses.Example);
                return null!;
            },
        };
        foreach ((string name, string value) in _environment) line.Environment[name] = value;
        string[] venue = withVenue ? ["--env", "mainnet", "--endpoint", _venue.Rest] : [];
        int status = line.Invoke(["doctor", .. venue, "--profile", OwnProfile, "--name", _name, "--journal", Path.Combine(_root, "live.journal"), .. options]);
        Assert.True(status != ExitStatus.Usage, line.Error);
        _doctorOutput = line.Output;
        return status;
    }

    private void Lay(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root + path)!);
        File.WriteAllText(_root + path, text);
    }
}
