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
    private const string FellTooFar = "the equity fell too far below its peak";

    private static readonly Dictionary<string, string> VenueKeys = new() { ["VENUE_API_KEY"] = Key, ["VENUE_API_SECRET"] = Secret };
    private static readonly Dictionary<string, string> Keys = new() { ["BYBIT_API_KEY"] = Key, ["BYBIT_API_SECRET"] = Secret };

    // So that quotes are filled soon.
    private static readonly Dictionary<string, string> NearTheTouch = new() { ["LATENCY_ENGINE_INSTRUMENTS__BTCUSDT__ARRIVALDECAYPERTICK"] = "1", ["LATENCY_ENGINE_QUOTING__MINEDGEFRACTION"] = "0" };

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly string _state = Directory.CreateTempSubdirectory("control-verbs-").FullName;

    private string Folder => Path.Combine(_state, "latency-engine");

    private string Latch => Path.Combine(Folder, "testnet.kill.json");

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
        Assert.Equal(("Killed", "a test", 0), (told.GetProperty("state").GetString(), Assert.Single(Kills(told)).GetProperty("why").GetString(), told.GetProperty("liveOrders").GetInt32()));
        Assert.True(File.Exists(Latch));
        string text = Verb("status").Output;
        Assert.Matches("killed +by .*: a test\n", text);
        Assert.Matches("BTCUSDT +position .* of 0.12 +open orders 0 of 20 ", text);

        Assert.Equal(ExitStatus.Done, Verb("resume").Status);
        Assert.False(File.Exists(Latch));
        await UntilQuotedAsync(run, account);
        told = Status();
        Assert.Equal(("Active", 0), (told.GetProperty("state").GetString(), Kills(told).Length));
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
        Add(line.Environment, NearTheTouch);

        Task<int> run = Live(line, venue);
        await LiveRuns.UntilAsync(run, async () => (await account.Rest.PositionsAsync()).Value is { Count: > 0 });
        Assert.Equal(ExitStatus.Done, Verb("kill", "--reason", "flat, please", "--flatten").Status);
        await LiveRuns.UntilAsync(run, async () => (await account.Rest.PositionsAsync()).Value is { Count: 0 });

        await AssertQuietAsync(account);
        Assert.Equal(("Killed", "Flat"), (Status().GetProperty("state").GetString(), Status().GetProperty("closing").GetString()));
        line.Interrupt();
        Assert.Equal(ExitStatus.Interrupted, await run);
        Assert.Contains(line.ErrorLines, told => told.Contains("still killed by ", StringComparison.Ordinal));
        Assert.True(File.Exists(Latch));
    }

    [Fact]
    public async Task Killed_from_inside_a_run_stays_too_and_its_kill_is_kept()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5", "--control");
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        using CommandLine line = Line();
        Add(line.Environment, NearTheTouch);

        Task<int> run = Live(line, venue);
        await UntilQuotedAsync(run, account);
        await LiveRuns.UntilAsync(run, async () =>
        {
            if ((await account.Rest.PositionsAsync()).Value is { Count: > 0 }) await venue.FaultAsync("""{"kind":"adl"}""");
            return Kills(Status()).Length > 0;
        });

        JsonElement kill = Assert.Single(Kills(Status()));
        Assert.Equal(("inside", "the venue took a position over"), (kill.GetProperty("by").GetString(), kill.GetProperty("why").GetString()));
        await LiveRuns.UntilAsync(run, async () => (await account.Rest.OpenOrdersAsync()).Value is { Count: 0 });
        await AssertQuietAsync(account);
        Assert.True(File.Exists(Latch));
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
        Assert.False(File.Exists(Latch));
    }

    [Fact]
    public async Task A_drawdown_behind_an_operators_kill_is_kept_closes_the_position_and_is_lifted_with_it_by_name()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5");
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        using CommandLine line = Line();
        Add(line.Environment, NearTheTouch);
        line.Environment["LATENCY_ENGINE_LOSSES__DRAWDOWNFRACTION"] = "0.000005";   // 0.05 of 10,000 USDT

        Task<int> run = Live(line, venue);
        await LiveRuns.UntilAsync(run, async () => IsToldKilled() || (await account.Rest.PositionsAsync()).Value is { Count: > 0 });
        Assert.Equal(ExitStatus.Done, Verb("kill", "--reason", "a look").Status);
        await LiveRuns.UntilAsync(run, () => Task.FromResult(Whys().Contains(FellTooFar)));
        await LiveRuns.UntilAsync(run, async () => Status().GetProperty("closing").GetString() == "Flat" && (await account.Rest.PositionsAsync()).Value is { Count: 0 });
        await LiveRuns.UntilAsync(run, () => Task.FromResult(!Kills(Status()).Any(kill => kill.GetProperty("flattens").GetBoolean())));

        string[] whys = Whys();
        Assert.Contains(FellTooFar, whys);
        string latch = File.ReadAllText(Latch);
        (int status, string text, _) = Verb("resume");
        Assert.Equal(ExitStatus.Done, status);
        Assert.All(whys, why => Assert.True(text.Contains(why, StringComparison.Ordinal) && latch.Contains(why, StringComparison.Ordinal), text + latch));

        // It quotes again, until the next drawdown comes, which may be before anybody has looked.
        await LiveRuns.UntilAsync(run, async () => (await account.Rest.OpenOrdersAsync()).Value is { Count: > 1 } || Kills(Status()).Length > 0);
        line.Interrupt();
        Assert.True(await run is ExitStatus.Interrupted or ExitStatus.Failed);

        string[] Whys() => [.. Kills(Status()).Select(kill => kill.GetProperty("why").GetString()!)];
    }

    [Fact]
    public async Task A_kill_outlives_the_process_and_a_restart_quotes_only_when_it_is_resumed()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5");
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        using (ProgramProcess first = LiveProgram(venue))
        {
            await UntilQuotedAsync(first, account);
            Assert.Equal(ExitStatus.Done, await EndAsync("kill", "--name", "testnet", "--reason", "before the restart"));
            Assert.Empty((await account.Rest.OpenOrdersAsync()).Value!);
            first.Signal("KILL");   // its socket is left
            await first.EndAsync();
        }

        Assert.Equal(ExitStatus.Failed, await EndAsync("status"));
        Assert.True(File.Exists(Path.Combine(Folder, "testnet.sock")));
        using ProgramProcess second = LiveProgram(venue);
        await second.UntilAsync(async () => IsToldKilled() && (await account.Rest.OpenOrdersAsync()).Value is { Count: 0 });
        await AssertQuietAsync(account);

        Assert.Equal(ExitStatus.Done, await EndAsync("resume"));
        await UntilQuotedAsync(second, account);
        second.Signal("TERM");

        Assert.Equal(ExitStatus.Interrupted, await second.EndAsync());
        Assert.Contains("kill switch: thrown by ", second.Error, StringComparison.Ordinal);
        Assert.Contains("before the restart", second.Error, StringComparison.Ordinal);
        Assert.Empty((await account.Rest.PositionsAsync()).Value!);
    }

    [Fact]
    public async Task A_flatten_that_the_process_did_not_live_to_do_is_done_by_the_next()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5", "--control");
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        using (ProgramProcess first = LiveProgram(venue, NearTheTouch))
        {
            do
            {
                await OutageOfOrderEntryAsync(venue, milliseconds: 1);
                await first.UntilAsync(async () => (await account.Rest.PositionsAsync()).Value is [{ Size: >= 0.02m }]);
                await OutageOfOrderEntryAsync(venue, milliseconds: 600_000);   // it cannot close
                await first.UntilAsync(async () => (await account.Rest.OpenOrdersAsync()).Value is { Count: 0 });
            }
            while ((await account.Rest.PositionsAsync()).Value is { Count: 0 });   // what was filled meanwhile has closed it
            Assert.Equal(ExitStatus.Done, Verb("kill", "--reason", "flat, please", "--flatten").Status);
            first.Signal("KILL");
            await first.EndAsync();
        }

        Assert.Contains("\"flattens\": true", File.ReadAllText(Latch), StringComparison.Ordinal);
        Assert.NotEmpty((await account.Rest.PositionsAsync()).Value!);
        await OutageOfOrderEntryAsync(venue, milliseconds: 1);
        using ProgramProcess second = LiveProgram(venue, NearTheTouch);
        await second.UntilAsync(async () => IsToldKilled() && (await account.Rest.PositionsAsync()).Value is { Count: 0 });
        await second.UntilAsync(() => Task.FromResult(File.ReadAllText(Latch).Contains("\"flattens\": false", StringComparison.Ordinal)));

        await AssertQuietAsync(account);
        JsonElement told = Status();
        Assert.Equal(("Killed", "Flat"), (told.GetProperty("state").GetString(), told.GetProperty("closing").GetString()));
        Assert.Equal("flat, please", Assert.Single(Kills(told)).GetProperty("why").GetString());
        second.Signal("TERM");
        Assert.Equal(ExitStatus.Interrupted, await second.EndAsync());
        Assert.Contains("flat, please (positions are being closed)", second.Error, StringComparison.Ordinal);
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
        File.WriteAllText(Latch, "damaged");
        Assert.Contains("testnet", Verb("resume").Error, StringComparison.Ordinal);

        (int status, string output, _) = Verb("resume", "--name", "testnet");

        Assert.Equal((ExitStatus.Done, false), (status, File.Exists(Latch)));
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
        Add(line.Environment, Keys);
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

    private static Task UntilQuotedAsync(ProgramProcess run, LiveAccount account) => run.UntilAsync(async () => (await account.Rest.OpenOrdersAsync()).Value is { Count: > 1 });

    private static JsonElement[] Kills(JsonElement status) => [.. status.GetProperty("kills").EnumerateArray()];

    private bool IsToldKilled() => Verb("status", "--json") is (ExitStatus.Done, var text, _) && text.Contains("\"Killed\"", StringComparison.Ordinal);

    private static Task OutageOfOrderEntryAsync(RunningVenue venue, int milliseconds) => venue.FaultAsync($$"""{"kind":"outage","channel":"trade","durationMilliseconds":{{milliseconds}}}""");

    /// <summary>Nothing rests, for a while.</summary>
    private static async Task AssertQuietAsync(LiveAccount account)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < Quiet; await Task.Delay(50))
        {
            VenueOutcome<IReadOnlyList<RestOrder>> orders = await account.Rest.OpenOrdersAsync();
            if (orders.IsAnswered) Assert.Empty(orders.Value!);
        }
    }

    private ProgramProcess LiveProgram(RunningVenue venue, IReadOnlyDictionary<string, string>? settings = null) =>
        Program(settings, "live", "--env", "testnet", "--endpoint", venue.Rest, "--symbol", "BTCUSDT");

    /// <summary>Runs a verb in a process of its own to its end.</summary>
    private async Task<int> EndAsync(params string[] args)
    {
        using ProgramProcess program = Program(settings: null, args);
        return await program.EndAsync();
    }

    private ProgramProcess Program(IReadOnlyDictionary<string, string>? settings, params string[] args)
    {
        var environment = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        Add(environment, Keys);
        environment["XDG_STATE_HOME"] = _state;
        return new ProgramProcess(environment, args);
    }

    private static void Add(Dictionary<string, string> environment, IReadOnlyDictionary<string, string> settings)
    {
        foreach ((string name, string value) in settings) environment[name] = value;
    }
}
