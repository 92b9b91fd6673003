using System.Text.Json;
using LatencyEngine.Host;
using LatencyEngine.Research;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>doctor</c>: its checks are tested in Platform.Tests and Host.Tests, what becomes of them here.</summary>
public sealed class DoctorVerbTests : IDisposable
{
    private const string Key = "doctor-test-key";
    private const string Secret = "a-secret-that-nobody-may-see";
    private const string Throttle = "/proc/sys/kernel/sched_rt_runtime_us";

    private static readonly string[] HostNames = ["cores", "isolation", "irqs", "frequency", "c-states", "steal", "clock-source", "clock-sync", "memlock", "huge-pages", "open-files", "disk", "real-time", "kernel-timestamps"];

    // In memory: a busy disk is not what is tested.
    private readonly string _root = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"doctor-verb-tests-{Guid.NewGuid():N}")).FullName;

    public DoctorVerbTests()
    {
        Lay("/proc/self/status", "Cpus_allowed_list:\t0-7\n");
        Lay(Throttle, "950000\n");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_host_without_a_fault_is_one_document_and_status_0()
    {
        using CommandLine line = Line();

        int status = Doctor(line, "--json");

        Assert.True(status == ExitStatus.Done, line.Output + line.Error);
        JsonElement document = JsonDocument.Parse(line.Output).RootElement;
        Assert.Equal("warn", document.GetProperty("verdict").GetString());
        Assert.Equal([.. HostNames, "venue", "first-quote"], Names(document));
        Assert.All(document.GetProperty("checks").EnumerateArray(), check => Assert.All((string[])["verdict", "found", "why", "mend"], field => Assert.NotEqual("", check.GetProperty(field).GetString())));
        Assert.Equal(("ok", "warn", "unknown"), (VerdictOf(document, "cores"), VerdictOf(document, "real-time"), VerdictOf(document, "venue")));
        Assert.Equal(0, document.GetProperty("tuned").GetArrayLength());
        Assert.Equal("950000\n", File.ReadAllText(_root + Throttle));
    }

    [Fact]
    public void A_check_that_fails_is_status_1_and_says_why_and_what_to_do()
    {
        Lay("/proc/self/status", "Cpus_allowed_list:\t0\n");
        using CommandLine line = Line();

        Assert.Equal(ExitStatus.Failed, Doctor(line));
        Assert.Matches(@"(?m)^fail     cores +1 for this process\n +why: the engine wants two that .*\n +do:  give the machine 4 cores", line.Output);
        Assert.Contains(", 1 fail\n", line.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_that_never_quotes_fails()
    {
        using CommandLine line = Line((_, _, _) => null!);

        Assert.Equal(ExitStatus.Failed, Doctor(line, "--json"));
        Assert.Equal("fail", VerdictOf(JsonDocument.Parse(line.Output).RootElement, "first-quote"));
    }

    [Fact]
    public void Tuning_sets_what_can_be_put_back_and_prints_how()
    {
        using CommandLine line = Line();
        Assert.Equal(ExitStatus.Done, Doctor(line, "--tune"));
        Assert.Equal("-1", File.ReadAllText(_root + Throttle));
        Assert.EndsWith($"to put them back, as root:\necho '950000' > {Throttle}\n", line.Output, StringComparison.Ordinal);
        Assert.Contains("ok       real-time", line.Output, StringComparison.Ordinal);   // looked at again

        Lay(Throttle, "950000\n");
        using CommandLine json = Line();
        Assert.Equal(ExitStatus.Done, Doctor(json, "--tune", "--json"));
        JsonElement tuned = Assert.Single(JsonDocument.Parse(json.Output).RootElement.GetProperty("tuned").EnumerateArray());
        Assert.Equal((Throttle, "950000", "-1", $"echo '950000' > {Throttle}"), (tuned.GetProperty("path").GetString(), tuned.GetProperty("before").GetString(), tuned.GetProperty("after").GetString(), tuned.GetProperty("undo").GetString()));
    }

    [Fact]
    public void A_setting_that_cannot_be_made_is_told_and_status_1()
    {
        File.Delete(_root + Throttle);
        File.CreateSymbolicLink(_root + Throttle, "/proc/version");   // can be read, and not written by anybody
        using CommandLine line = Line();

        Assert.Equal(ExitStatus.Failed, Doctor(line, "--tune"));
        Assert.Contains($"{Throttle} could not be set to -1: ", Assert.Single(line.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("put them back", line.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_dry_run_venue_is_checked_with_a_key_without_one_and_with_one_that_may_only_read()
    {
        using var venue = new RunningVenue(new Dictionary<string, string> { ["VENUE_API_KEY"] = Key, ["VENUE_API_SECRET"] = Secret, ["VENUE_SECOND_API_KEY"] = "reads-only", ["VENUE_SECOND_API_SECRET"] = Secret, ["VENUE_SECOND_API_PERMISSIONS"] = "readOnly" }, "--json", "--market", "flow", "--seed", "5");

        using CommandLine keyed = Line(DryRunner.Run);
        keyed.Environment["BYBIT_API_KEY"] = Key;
        keyed.Environment["BYBIT_API_SECRET"] = Secret;
        int status = Doctor(keyed, "--env", "testnet", "--endpoint", venue.Rest, "--json");
        Assert.True(status == ExitStatus.Done, keyed.Output + keyed.Error);
        JsonElement document = JsonDocument.Parse(keyed.Output).RootElement;
        string[] venueNames = [.. new[] { "rest", "public", "private", "trade" }.SelectMany(role => new[] { $"dns-{role}", $"round-trip-{role}", $"tls-{role}" }), "venue-clock", "configuration", "key", "account-mode", "fees", "rate-limits"];
        Assert.Equal([.. HostNames, .. venueNames, "first-quote"], Names(document));
        Assert.All((string[])["configuration", "key", "account-mode", "fees", "rate-limits"], name => Assert.Equal("ok", VerdictOf(document, name)));
        Assert.Matches(@"^after \d+\.\d s of a dry-run", Check(document, "first-quote").GetProperty("found").GetString());
        Assert.Equal(("testnet", venue.Rest), (document.GetProperty("environment").GetString(), document.GetProperty("endpoint").GetString()));

        using CommandLine keyless = Line();
        Assert.Equal(ExitStatus.Done, Doctor(keyless, "--env", "testnet", "--endpoint", venue.Rest, "--json"));
        Assert.Equal("not checked: no keys", Check(JsonDocument.Parse(keyless.Output).RootElement, "key").GetProperty("found").GetString());

        using CommandLine reader = Line();
        reader.Environment["CREDENTIALS_DIRECTORY"] = _root;   // as a service gets them
        Lay("/BYBIT_API_KEY", "reads-only\n");
        Lay("/BYBIT_API_SECRET", Secret);
        Assert.Equal(ExitStatus.Failed, Doctor(reader, "--env", "testnet", "--endpoint", venue.Rest, "--json"));
        Assert.Equal("it may only read", Check(JsonDocument.Parse(reader.Output).RootElement, "key").GetProperty("found").GetString());
        Assert.All((CommandLine[])[keyed, keyless, reader], line => Assert.DoesNotContain(Secret, line.Output + line.Error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fail", ExitStatus.Failed)]
    [InlineData("warn", ExitStatus.Done, "--if-due")]
    public void A_disk_that_is_no_good_at_the_moment_stands_in_the_way_but_not_of_a_start_that_may_be_beside_a_position(string verdict, int expected, params string[] options)
    {
        using CommandLine line = Line();

        int status = line.Invoke(["doctor", "--journal", "/proc/none/live.journal", "--json", .. options]);

        Assert.Equal((expected, verdict), (status, VerdictOf(JsonDocument.Parse(line.Output).RootElement, "disk")));
    }

    [Fact]
    public void Its_dry_run_takes_no_core_that_a_run_beside_it_may_have()
    {
        PlacementConfiguration? placement = null;
        using CommandLine line = Line((request, progress, _) =>
        {
            placement = request.Configuration.Placement;
            progress!.Report(Progresses.Example);
            return null!;
        });
        foreach ((string key, string value) in new[] { ("threads", "paired"), ("wait", "spin"), ("ioCore", "2"), ("engineCore", "3"), ("journalCore", "1") }) line.Environment[$"LATENCY_ENGINE_placement__{key}"] = value;

        Assert.Equal(ExitStatus.Done, Doctor(line));
        Assert.Equal(("inline", "block", null, null, null), (placement!.Threads, placement.Wait, placement.IoCore, placement.EngineCore, placement.JournalCore));
    }

    [Theory]
    [InlineData("--env must be one of mainnet, testnet, demo, was \"prod\"", "--env", "prod")]
    [InlineData("--env must be one of mainnet, testnet, demo, was \"\"", "--endpoint", "http://127.0.0.1:8701")]
    [InlineData("--authorities must name an existing PEM file", "--env", "testnet", "--authorities", "/no/such.pem")]
    public void Bad_usage_is_one_line_and_status_2(string expected, params string[] options)
    {
        using CommandLine line = Line();

        Assert.Equal(ExitStatus.Usage, line.Invoke(["doctor", .. options]));
        Assert.Contains(expected, Assert.Single(line.ErrorLines), StringComparison.Ordinal);
    }

    private CommandLine Line(Func<RunRequest, IProgress<RunProgress>?, CancellationToken, RunResult>? run = null) => new()
    {
        HostRoot = _root,
        Run = run ?? ((request, progress, cancel) =>
        {
            Assert.False(cancel.IsCancellationRequested);
            progress!.Report(Progresses.Example with { OwnBid = null, OwnAsk = null });
            Assert.False(cancel.IsCancellationRequested);   // nothing rests yet
            progress.Report(Progresses.Example);
            Assert.True(cancel.IsCancellationRequested);
            return null!;
        }),
    };

    private int Doctor(CommandLine line, params string[] options) => line.Invoke(["doctor", "--journal", Path.Combine(_root, "live.journal"), .. options]);

    private static string[] Names(JsonElement document) => [.. document.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()!)];

    private static JsonElement Check(JsonElement document, string name) => document.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == name);

    private static string? VerdictOf(JsonElement document, string name) => Check(document, name).GetProperty("verdict").GetString();

    private void Lay(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root + path)!);
        File.WriteAllText(_root + path, text);
    }
}
