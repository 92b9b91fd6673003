using System.Diagnostics;
using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Research;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>kill</c>, <c>resume</c> and <c>status</c> against runs on the dry-run venue.</summary>
public sealed class ControlVerbsTests : IDisposable
{
    private const string Key = "control-test-key";
    private const string Secret = "a-secret-that-nobody-may-see";

    private static readonly Dictionary<string, string> VenueKeys = new() { ["VENUE_API_KEY"] = Key, ["VENUE_API_SECRET"] = Secret };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly string _state = Directory.CreateTempSubdirectory("control-verbs-").FullName;

    private string Folder => Path.Combine(_state, "latency-engine");

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task A_killed_run_stays_without_an_order_until_it_is_resumed_and_its_journal_replays()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5");
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        using CommandLine line = Line();
        string journal = Path.Combine(_state, "live.journal");

        Task<int> run = Live(line, venue, "--journal", journal);
        await UntilQuotedAsync(run, account);
        (int status, string output, _) = Verb("kill", "--reason", "a test");

        Assert.Equal(ExitStatus.Done, status);
        Assert.StartsWith("testnet: killed; cancel-all by REST: answered; no order rests", output, StringComparison.Ordinal);
        await AssertQuietAsync(account);
        JsonElement told = Status();
        Assert.Equal(("Killed", "a test", 0), (told.GetProperty("state").GetString(), told.GetProperty("killed").GetProperty("why").GetString(), told.GetProperty("liveOrders").GetInt32()));
        Assert.True(File.Exists(Path.Combine(Folder, "testnet.kill.json")));
        string text = Verb("status").Output;
        Assert.Matches("killed +by .*: a test\n", text);
        Assert.Matches("BTCUSDT +position .* of 0.12 +open orders 0 of 20 ", text);

        Assert.Equal(ExitStatus.Done, Verb("resume").Status);
        Assert.False(File.Exists(Path.Combine(Folder, "testnet.kill.json")));
        await UntilQuotedAsync(run, account);
        told = Status();
        Assert.Equal(("Active", JsonValueKind.Null), (told.GetProperty("state").GetString(), told.GetProperty("killed").ValueKind));
        await LiveRuns.UntilAsync(run, () => Task.FromResult(Status().GetProperty("losses").TryGetProperty("dailyLoss", out _)));
        told = Status();
        Assert.InRange(told.GetProperty("losses").GetProperty("dailyLoss").GetProperty("max").GetDecimal(), 199, 201);   // 2 % of 10,000
        Assert.InRange(told.GetProperty("boundMarginUsdt").GetProperty("max").GetDecimal(), 6_950, 7_050);
        Assert.InRange(told.GetProperty("boundMarginUsdt").GetProperty("used").GetDecimal(), 0, 400);
        Assert.Empty(told.GetProperty("pausedUntil").EnumerateObject());
        Assert.Matches("limits +bound margin .* of .* dailyLoss .* of 2.* drawdown .* of 15", Verb("status").Output);

        line.Interrupt();
        Assert.Equal(ExitStatus.Interrupted, await run);
        JsonElement result = JsonDocument.Parse(line.Output).RootElement;
        Assert.Equal((JsonValueKind.Null, true), (result.GetProperty("killedBy").ValueKind, result.GetProperty("flat").GetBoolean()));
        Assert.Contains(line.ErrorLines, told => told.Contains("killed by ", StringComparison.Ordinal) && told.Contains("a test", StringComparison.Ordinal));
        Assert.Contains(line.ErrorLines, told => told.Contains("resumed by ", StringComparison.Ordinal));
        using var replay = new CommandLine();
        Assert.Equal(ExitStatus.Done, replay.Invoke("replay", journal));
    }

    [Fact]
    public async Task Flattened_by_a_kill_the_position_is_closed_and_the_run_stays_killed()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5");
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        using CommandLine line = Line();
        line.Environment["LATENCY_ENGINE_INSTRUMENTS__BTCUSDT__ARRIVALDECAYPERTICK"] = "1";   // quotes near the touch, so that they are filled soon
        line.Environment["LATENCY_ENGINE_QUOTING__MINEDGEFRACTION"] = "0";

        Task<int> run = Live(line, venue);
        await LiveRuns.UntilAsync(run, async () => (await account.Rest.PositionsAsync()).Value is { Count: > 0 });
        Assert.Equal(ExitStatus.Done, Verb("kill", "--reason", "flat, please", "--flatten").Status);
        await LiveRuns.UntilAsync(run, async () => (await account.Rest.PositionsAsync()).Value is { Count: 0 });

        await AssertQuietAsync(account);
        Assert.Equal(("Killed", "Flat"), (Status().GetProperty("state").GetString(), Status().GetProperty("closing").GetString()));
        line.Interrupt();
        Assert.Equal(ExitStatus.Interrupted, await run);
        Assert.Contains(line.ErrorLines, told => told.Contains("still killed by ", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(Folder, "testnet.kill.json")));
    }

    [Fact]
    public async Task Killed_from_inside_a_run_stays_too_and_its_kill_is_kept()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5", "--control");
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        using CommandLine line = Line();
        line.Environment["LATENCY_ENGINE_INSTRUMENTS__BTCUSDT__ARRIVALDECAYPERTICK"] = "1";
        line.Environment["LATENCY_ENGINE_QUOTING__MINEDGEFRACTION"] = "0";

        Task<int> run = Live(line, venue);
        await UntilQuotedAsync(run, account);
        await LiveRuns.UntilAsync(run, async () =>
        {
            if ((await account.Rest.PositionsAsync()).Value is { Count: > 0 }) await venue.FaultAsync("""{"kind":"adl"}""");
            return Status().GetProperty("killed").ValueKind != JsonValueKind.Null;
        });

        Assert.Equal(("inside", "the venue took a position over"), (Status().GetProperty("killed").GetProperty("by").GetString(), Status().GetProperty("killed").GetProperty("why").GetString()));
        await LiveRuns.UntilAsync(run, async () => (await account.Rest.OpenOrdersAsync()).Value is { Count: 0 });
        await AssertQuietAsync(account);
        Assert.True(File.Exists(Path.Combine(Folder, "testnet.kill.json")));
        Assert.Equal(ExitStatus.Done, Verb("resume").Status);
        await UntilQuotedAsync(run, account);
        line.Interrupt();
        Assert.Equal(ExitStatus.Interrupted, await run);
    }

    [Fact]
    public async Task A_key_that_is_refused_in_the_middle_ends_the_run_and_is_not_kept()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5", "--control");
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        using CommandLine line = Line();

        Task<int> run = Live(line, venue);
        await UntilQuotedAsync(run, account);
        await venue.FaultAsync("""{"kind":"reject","count":1,"code":10003,"text":"API key is invalid.","operation":"amend"}""");

        Assert.Equal(ExitStatus.Failed, await run);
        Assert.Equal("VenueRefused", JsonDocument.Parse(line.Output).RootElement.GetProperty("killedBy").GetString());
        Assert.False(File.Exists(Path.Combine(Folder, "testnet.kill.json")));
    }

    [Fact]
    public async Task A_kill_outlives_the_process_and_a_restart_quotes_only_when_it_is_resumed()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5");
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        string[] live = ["live", "--env", "testnet", "--endpoint", venue.Rest, "--symbol", "BTCUSDT"];

        using (Process first = Program(live))
        {
            await UntilQuotedAsync(first, account);
            Assert.Equal(0, await EndAsync(Program("kill", "--name", "testnet", "--reason", "before the restart")));
            Assert.Empty((await account.Rest.OpenOrdersAsync()).Value!);
            first.Kill();   // its socket is left
            await first.WaitForExitAsync();
        }

        Assert.Equal(ExitStatus.Failed, await EndAsync(Program("status")));
        Assert.True(File.Exists(Path.Combine(Folder, "testnet.sock")));
        using Process second = Program(live);
        Task<string> said = second.StandardError.ReadToEndAsync();
        Assert.True(await UntilAsync(async () => Verb("status", "--json") is (ExitStatus.Done, var text, _) && text.Contains("\"Killed\"", StringComparison.Ordinal) && (await account.Rest.OpenOrdersAsync()).Value is { Count: 0 }));
        await AssertQuietAsync(account);

        Assert.Equal(0, await EndAsync(Program("resume")));
        await UntilQuotedAsync(second, account);
        using (Process end = Process.Start("/bin/sh", ["-c", $"kill -TERM {second.Id}"])) await end.WaitForExitAsync();
        await second.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(ExitStatus.Interrupted, second.ExitCode);
        Assert.Contains("kill switch: thrown by ", await said, StringComparison.Ordinal);
        Assert.Contains("before the restart", await said, StringComparison.Ordinal);
        Assert.Empty((await account.Rest.PositionsAsync()).Value!);
    }

    [Theory]
    [InlineData("--speed", "20")]
    [InlineData("--speed", "max")]
    public async Task A_dry_run_is_killed_resumed_and_asked_too(params string[] pace)
    {
        using CommandLine line = Line((request, progress, cancel) => DryRunner.Run(request, progress, cancel));
        Task<int> run = LiveRuns.StartVerb(line, "dry-run", ["--name", "rehearsal", "--market", "flow", "--seed", "3", "--duration", "300h", "--json", "--report", _state, .. pace]);
        await LiveRuns.UntilAsync(run, () => Task.FromResult(Verb("status", "--json") is (ExitStatus.Done, var text, _) && JsonDocument.Parse(text).RootElement.GetProperty("liveOrders").GetInt32() > 0));

        Assert.Equal(ExitStatus.Done, Verb("kill", "--reason", "a test").Status);
        Assert.Equal("Killed", Status().GetProperty("state").GetString());
        Assert.False(File.Exists(Path.Combine(Folder, "rehearsal.kill.json")));
        Assert.Equal(ExitStatus.Done, Verb("resume").Status);
        await LiveRuns.UntilAsync(run, () => Task.FromResult(Status().GetProperty("liveOrders").GetInt32() > 0));
        line.Interrupt();

        Assert.Equal(ExitStatus.Interrupted, await run);
        string[] incidents = [.. JsonDocument.Parse(line.Output).RootElement.GetProperty("incidents").EnumerateArray().Select(incident => incident.GetProperty("what").GetString()!)];
        Assert.Contains(incidents, incident => incident.StartsWith("killed by ", StringComparison.Ordinal));
        Assert.Contains(incidents, incident => incident.StartsWith("resumed by ", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_run_each_says_so_and_a_latch_is_lifted_all_the_same()
    {
        foreach (string[] args in (string[][])[["kill", "--reason", "none"], ["status"], ["resume", "--name", "testnet"]])
        {
            (int failed, _, string error) = Verb(args);
            Assert.Equal(ExitStatus.Failed, failed);
            Assert.StartsWith("latency-engine: no engine runs", error, StringComparison.Ordinal);
        }

        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "testnet.kill.json"), "damaged");
        Assert.Contains("testnet", Verb("resume").Error, StringComparison.Ordinal);

        (int status, string output, _) = Verb("resume", "--name", "testnet");

        Assert.Equal((ExitStatus.Done, false), (status, File.Exists(Path.Combine(Folder, "testnet.kill.json"))));
        Assert.StartsWith("no engine runs under the name testnet; its latch is removed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--reason needs a text", "kill")]
    [InlineData("--reason needs a text", "kill", "--reason", " ")]
    [InlineData("--name must be", "status", "--name", "../x")]
    public void Bad_usage_is_one_line_and_status_2(string expected, params string[] args)
    {
        (int status, _, string error) = Verb(args);

        Assert.Equal(ExitStatus.Usage, status);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private CommandLine Line(Func<RunRequest, IProgress<RunProgress>?, CancellationToken, RunResult>? run = null)
    {
        CommandLine line = run is null ? new CommandLine() : new CommandLine { Run = run };
        line.Environment["BYBIT_API_KEY"] = Key;
        line.Environment["BYBIT_API_SECRET"] = Secret;
        line.Environment["XDG_STATE_HOME"] = _state;
        return line;
    }

    private static Task<int> Live(CommandLine line, RunningVenue venue, params string[] options) =>
        LiveRuns.Start(line, ["--env", "testnet", "--endpoint", venue.Rest, "--symbol", "BTCUSDT", "--duration", LiveRuns.LongEnough, "--json", .. options]);

    private (int Status, string Output, string Error) Verb(params string[] args)
    {
        using CommandLine line = Line();
        int status = line.Invoke(args);
        return (status, line.Output, line.Error);
    }

    private JsonElement Status()
    {
        (int status, string output, string error) = Verb("status", "--json");
        Assert.True(status == ExitStatus.Done, error);
        return JsonDocument.Parse(output).RootElement;
    }

    private static Task UntilQuotedAsync(Task<int> run, LiveAccount account) => LiveRuns.UntilAsync(run, async () => (await account.Rest.OpenOrdersAsync()).Value is { Count: > 1 });

    private static async Task UntilQuotedAsync(Process run, LiveAccount account)
    {
        Assert.True(await UntilAsync(async () => run.HasExited || (await account.Rest.OpenOrdersAsync()).Value is { Count: > 1 }));
        Assert.False(run.HasExited, "the run has ended");
    }

    /// <summary>Nothing rests, for a while.</summary>
    private static async Task AssertQuietAsync(LiveAccount account)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < Quiet; await Task.Delay(50))
        {
            VenueOutcome<IReadOnlyList<RestOrder>> orders = await account.Rest.OpenOrdersAsync();
            if (orders.IsAnswered) Assert.Empty(orders.Value!);
        }
    }

    private static async Task<bool> UntilAsync(Func<Task<bool>> isSo)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < Patience; await Task.Delay(50))
        {
            if (await isSo()) return true;
        }

        return false;
    }

    /// <summary>Starts the program in a process of its own.</summary>
    private Process Program(params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "latency-engine.dll"), .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["BYBIT_API_KEY"] = Key;
        start.Environment["BYBIT_API_SECRET"] = Secret;
        start.Environment["XDG_STATE_HOME"] = _state;
        return Process.Start(start)!;
    }

    private static async Task<int> EndAsync(Process program)
    {
        using (program)
        {
            await program.WaitForExitAsync().WaitAsync(Patience);
            return program.ExitCode;
        }
    }
}
