using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LatencyEngine.Bybit;
using LatencyEngine.Platform;

namespace LatencyEngine.Cli.Tests;

/// <summary>Venue, engine and watchdog, each a process: whatever ends the engine, nothing rests at the venue after five seconds, as the venue itself shows it.</summary>
[Collection(nameof(WatchdogTests))]
public sealed partial class WatchdogTests : IAsyncLifetime, IDisposable
{
    private const string Key = "watchdog-test-key";
    private const string Secret = "watchdog-test-secret-that-nobody-may-see";
    private const string Alarm = "watchdog: ALARM: ";
    private const string Ended = "watchdog: nothing rests";

    private static readonly TimeSpan NothingRestsAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MayArriveFor = TimeSpan.FromSeconds(5.5);   // a request from before the stop is older than its receive window (wire:recvWindowMilliseconds) by then; below the 10 s of the venue's own protection
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly string _folder = Directory.CreateTempSubdirectory("watchdog-tests-").FullName;
    private readonly string _name = $"watchdog-test-{Guid.NewGuid():N}";
    private readonly Dictionary<string, string> _environment;
    private readonly ProgramProcess _venue;
    private string _rest = "";
    private LiveAccount? _account;

    public WatchdogTests()
    {
        _environment = new Dictionary<string, string>
        {
            ["BYBIT_API_KEY"] = Key,
            ["BYBIT_API_SECRET"] = Secret,
            ["XDG_STATE_HOME"] = _folder,
            ["LATENCY_ENGINE_QUOTING__MINEDGEFRACTION"] = "0.004",   // quotes so far out that the market takes none of them
        };
        _venue = new ProgramProcess(
            new Dictionary<string, string> { ["VENUE_API_KEY"] = Key, ["VENUE_API_SECRET"] = Secret },
            ["venue", "--port", "0", "--json", "--market", "flow", "--seed", "5", "--control"]);
    }

    private LiveAccount Account => _account!;

    private string HeartbeatPath => $"/dev/shm/latency-engine-{PosixProcess.UserId}-{_name}";

    public async Task InitializeAsync()
    {
        await _venue.UntilSaidAsync("\"ready\":true");
        _rest = JsonDocument.Parse(_venue.Output).RootElement.GetProperty("rest").GetString()!.TrimEnd('/');
        _account = new LiveAccount(_rest, Key, Secret);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _account?.Dispose();
        _venue.Dispose();
        Directory.Delete(_folder, recursive: true);
        File.Delete(HeartbeatPath);
        File.Delete(HeartbeatPath + ":watchdog");
    }

    [Fact]
    public async Task An_engine_that_is_killed_leaves_nothing_resting_and_its_watchdog_ends_behind_it()
    {
        using ProgramProcess engine = Live();
        await OrdersRestAsync(engine);
        int watchdog = WatchdogOf(engine);

        long stopped = Stopwatch.GetTimestamp();
        engine.Signal("KILL");
        await NothingRestsAsync(stopped);

        await engine.EndAsync();   // its output is the watchdog's too
        Assert.Contains($"{Alarm}{_name}, process {engine.Id}, is gone and has not ended in order", engine.Error, StringComparison.Ordinal);
        Assert.Contains(Ended, engine.Error, StringComparison.Ordinal);
        Assert.Null(PosixProcess.StartTicks(watchdog));
        Assert.DoesNotContain(Secret, engine.Error + engine.Output, StringComparison.Ordinal);
        JsonElement alarm = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "latency-engine", $"{_name}.alarm.json"))).RootElement;
        Assert.InRange(alarm.GetProperty("nothingRestsAfterMs").GetDouble(), 0, NothingRestsAfter.TotalMilliseconds);
        Assert.True(alarm.GetProperty("cancels").GetInt32() >= 1);
    }

    [Fact]
    public async Task An_engine_that_is_stopped_leaves_nothing_resting_finds_out_when_it_goes_on_and_is_watched_as_before()
    {
        using ProgramProcess engine = Live("--json");
        await OrdersRestAsync(engine);
        for (int times = 1; times <= 2; times++)
        {
            long stopped = Stopwatch.GetTimestamp();
            engine.Signal("STOP");
            await NothingRestsAsync(stopped);
            engine.Signal("CONT");
            await OrdersRestAsync(engine);
        }

        engine.Signal("TERM");
        int status = await engine.EndAsync();

        Assert.True(status == ExitStatus.Interrupted, engine.Error);
        JsonElement result = JsonDocument.Parse(engine.Output).RootElement;
        Assert.True(result.GetProperty("flat").GetBoolean());
        Assert.Equal((0L, 0L), (result.GetProperty("differences").GetInt64(), result.GetProperty("orphansFound").GetInt64()));
        Assert.Equal(2, result.GetProperty("incidents").EnumerateArray().Count(line => line.GetString()!.Contains("the watchdog raised an alarm", StringComparison.Ordinal)));
        Assert.Equal(2, Count(engine.Error, Alarm));
        Assert.Equal(2, Count(engine.Error, "has given no sign of life for 2"));
        Assert.Equal(2, Count(engine.Error, "gives signs of life again"));
        Assert.False(File.Exists(HeartbeatPath));
    }

    [Fact]
    public async Task An_engine_whose_disk_is_full_ends_by_itself_with_nothing_resting_and_no_alarm()
    {
        const int Blocks = 512;   // of 1,024 bytes
        string journal = Path.Combine(_folder, "live.journal");
        _environment["DOTNET_EnableWriteXorExecute"] = "0";   // its memory file would be beyond the limit

        // A write beyond the limit fails, as one on a full disk does.
        using ProgramProcess engine = LiveIn(string.Create(CultureInfo.InvariantCulture, $"trap '' XFSZ; ulimit -f {Blocks}; exec \"$@\""), "--json", "--journal", journal);
        await OrdersRestAsync(engine);
        await engine.UntilAsync(() => Task.FromResult(new FileInfo(journal).Length >= Blocks * 1_024));
        await NothingRestsAsync(Stopwatch.GetTimestamp());
        int status = await engine.EndAsync();

        Assert.True(status == ExitStatus.Failed, engine.Error);
        JsonElement result = JsonDocument.Parse(engine.Output).RootElement;
        Assert.True(result.GetProperty("flat").GetBoolean());
        Assert.Contains("journal cannot be written any further", result.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Alarm, engine.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("halfopen")]
    public async Task An_engine_whose_sockets_are_dead_has_its_orders_cancelled_by_REST(string how)
    {
        using ProgramProcess engine = Live();
        await OrdersRestAsync(engine);

        long stopped = Stopwatch.GetTimestamp();
        if (how == "halfopen") await FaultAsync("""{"kind":"halfopen"}""");
        else foreach (string channel in (string[])["private", "trade"]) await FaultAsync($$"""{"kind":"outage","channel":"{{channel}}","durationMilliseconds":20000}""");
        await NothingRestsAsync(stopped);
        Assert.DoesNotContain(Alarm, engine.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("outage")]   // connections are refused
    [InlineData("STOP")]     // nothing is answered at all
    public async Task A_venue_that_is_away_when_the_engine_is_killed_is_tried_until_it_is_back_and_then_nothing_rests(string how)
    {
        using ProgramProcess engine = Live();
        await OrdersRestAsync(engine);
        if (how == "STOP") _venue.Signal("STOP");
        else await FaultAsync("""{"kind":"outage","durationMilliseconds":6000}""");
        engine.Signal("KILL");
        await SaidAsync(engine, "orders may rest: it is tried again until the venue answers");
        if (how == "STOP") _venue.Signal("CONT");
        long back = Stopwatch.GetTimestamp();
        if (how == "outage") while ((await Account.Rest.OpenOrdersAsync()).Value is null) back = Stopwatch.GetTimestamp();

        await NothingRestsAsync(back);
        await engine.EndAsync();
        Assert.Contains(Ended, engine.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watchdog_that_is_there_already_is_taken_it_leaves_an_orderly_end_alone_and_ends_with_it()
    {
        using var watchdog = new ProgramProcess(_environment, ["watchdog", "--env", "testnet", "--endpoint", _rest, "--name", _name, "--json"]);
        await SpinAsync(() => File.Exists(HeartbeatPath + ":watchdog"));   // it waits
        using ProgramProcess engine = Live("--duration", "3s");
        Assert.Equal(ExitStatus.Done, await engine.EndAsync());
        Assert.Contains($"watchdog: another process watches {_name} already", engine.Error, StringComparison.Ordinal);

        Assert.Equal(ExitStatus.Done, await watchdog.EndAsync());
        JsonElement result = JsonDocument.Parse(watchdog.Output).RootElement;
        Assert.Equal((engine.Id, 0), (result.GetProperty("engineProcess").GetInt32(), result.GetProperty("alarms").GetArrayLength()));
        Assert.True(result.GetProperty("beats").GetInt64() > 30, watchdog.Output);
        Assert.False(result.GetProperty("interrupted").GetBoolean());
    }

    [Fact]
    public async Task A_watchdog_of_the_operators_ends_with_1_when_it_has_cancelled_everything()
    {
        using var watchdog = new ProgramProcess(_environment, ["watchdog", "--env", "testnet", "--endpoint", _rest, "--name", _name, "--json"]);
        await SpinAsync(() => File.Exists(HeartbeatPath + ":watchdog"));
        using ProgramProcess engine = Live();
        await OrdersRestAsync(engine);

        long stopped = Stopwatch.GetTimestamp();
        engine.Signal("KILL");
        await NothingRestsAsync(stopped);

        Assert.Equal(ExitStatus.Failed, await watchdog.EndAsync());
        JsonElement alarm = Assert.Single(JsonDocument.Parse(watchdog.Output).RootElement.GetProperty("alarms").EnumerateArray());
        Assert.InRange(alarm.GetProperty("cancelledAfterMs").GetDouble(), 0, NothingRestsAfter.TotalMilliseconds);
        Assert.Empty(alarm.GetProperty("positions").EnumerateArray());
    }

    [Fact]
    public async Task Ctrl_C_for_the_whole_terminal_ends_the_engine_flat_and_only_then_its_watchdog()
    {
        // A shell with job control gives the engine a process group of its own; what is sent to that reaches whoever has not left it.
        using ProgramProcess engine = LiveIn("set -m; \"$@\" & echo engine $!; wait $!");
        await engine.UntilSaidAsync("engine ");
        int group = int.Parse(Group().Match(engine.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        await OrdersRestAsync(engine);
        int watchdog = WatchdogOf(engine);
        string[] fields = File.ReadAllText($"/proc/{watchdog}/stat").Split(") ")[^1].Split(' ');   // state, parent, process group, session (proc(5))
        Assert.Equal([$"{watchdog}", $"{watchdog}"], fields[2..4]);

        ProgramProcess.Signal("TERM", -group);
        Assert.Equal(ExitStatus.Interrupted, await engine.EndAsync());

        Assert.Null(PosixProcess.StartTicks(watchdog));
        Assert.DoesNotContain(Alarm, engine.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody watches", engine.Error, StringComparison.Ordinal);
        Assert.Empty((await Account.Rest.OpenOrdersAsync()).Value!);
    }

    [Fact]
    public async Task A_watchdog_that_is_killed_is_told_of_and_the_run_goes_on()
    {
        using ProgramProcess engine = Live();
        await OrdersRestAsync(engine);
        ProgramProcess.Signal("KILL", WatchdogOf(engine));
        await engine.UntilSaidAsync("the watchdog has ended with status 137: nobody watches this run any more");

        engine.Signal("TERM");
        Assert.Equal(ExitStatus.Interrupted, await engine.EndAsync());
    }

    [Fact]
    public async Task Without_one_the_plan_says_so_and_another_run_of_the_name_is_refused_meanwhile()
    {
        using ProgramProcess engine = Live("--no-watchdog");
        await OrdersRestAsync(engine);
        Assert.Contains("watchdog: none; when this process is killed or hangs, orders rest", engine.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(HeartbeatPath + ":watchdog"));

        using ProgramProcess second = Live();
        Assert.Equal(ExitStatus.Usage, await second.EndAsync());
        Assert.Contains($"{_name}", second.Error, StringComparison.Ordinal);

        long stopped = Stopwatch.GetTimestamp();
        engine.Signal("KILL");
        while (Stopwatch.GetElapsedTime(stopped) < NothingRestsAfter) await Task.Delay(LookEvery);
        Assert.NotEmpty((await Account.Rest.OpenOrdersAsync()).Value!);   // or the other tests would prove nothing
    }

    [Fact]
    public void What_cannot_be_watched_is_one_line_and_status_2()
    {
        using var line = new CommandLine();
        foreach ((string variable, string value) in _environment) line.Environment[variable] = value;
        line.Interrupt();
        Assert.Equal(ExitStatus.Interrupted, line.Invoke("watchdog", "--env", "testnet", "--endpoint", _rest, "--name", _name));
        Assert.Contains("there was none", line.Output, StringComparison.Ordinal);

        using var nowhere = new CommandLine();
        Assert.Equal(ExitStatus.Usage, nowhere.Invoke("watchdog", "--env", "prod"));
        Assert.Contains(nowhere.ErrorLines, fault => fault.Contains("--env must be one of", StringComparison.Ordinal));
        Assert.Contains(nowhere.ErrorLines, fault => fault.Contains("BYBIT_API_KEY and BYBIT_API_SECRET must be set", StringComparison.Ordinal));

        using var stranger = new CommandLine();
        foreach ((string variable, string value) in _environment) stranger.Environment[variable] = value;
        stranger.Environment["BYBIT_API_KEY"] = "another-key";
        Assert.Equal(ExitStatus.Usage, stranger.Invoke("watchdog", "--env", "testnet", "--endpoint", _rest, "--name", _name));
        Assert.Contains("API key is invalid", Assert.Single(stranger.ErrorLines), StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private ProgramProcess Live(params string[] options) => LiveIn(null, options);

    private ProgramProcess LiveIn(string? shell, params string[] options) =>
        new(_environment, ["live", "--env", "testnet", "--endpoint", _rest, "--symbol", "BTCUSDT", "--name", _name, .. options], shell);

    private static int WatchdogOf(ProgramProcess engine) => int.Parse(Watchdog().Match(engine.Error).Groups[1].Value, CultureInfo.InvariantCulture);

    private Task OrdersRestAsync(ProgramProcess engine) => engine.UntilAsync(async () => (await Account.Rest.OpenOrdersAsync()).Value is { Count: > 1 });

    /// <summary>What rested when the engine stopped rests no more after five seconds, and nothing comes behind it for as long as an order of before could still arrive.</summary>
    private async Task NothingRestsAsync(long stopped)
    {
        TimeSpan last = TimeSpan.Zero;
        while (Stopwatch.GetElapsedTime(stopped) < MayArriveFor)
        {
            VenueOutcome<IReadOnlyList<RestOrder>> orders = await Account.Rest.OpenOrdersAsync();
            if (orders.Value is not { Count: 0 }) last = Stopwatch.GetElapsedTime(stopped);

            await Task.Delay(LookEvery);   // the venue takes 50 questions a second
        }

        Assert.True(last < NothingRestsAfter, $"orders rested until {last.TotalMilliseconds:0} ms after the stop, or longer");
    }

    private async Task FaultAsync(string fault)
    {
        using var http = new HttpClient();
        using var body = new StringContent(fault);
        using HttpResponseMessage taken = await http.PostAsync(new Uri(_rest + "/control/fault"), body);
        Assert.True(taken.IsSuccessStatusCode, await taken.Content.ReadAsStringAsync());
    }

    /// <summary>Said by somebody who writes where a process did that may be gone.</summary>
    private static Task SaidAsync(ProgramProcess process, string text) => SpinAsync(() => process.Error.Contains(text, StringComparison.Ordinal));

    private static async Task SpinAsync(Func<bool> isSo)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < ProgramProcess.Patience, "it did not come to that");
            await Task.Delay(LookEvery);
        }
    }

    [GeneratedRegex("watchdog: process ([0-9]+);")]
    private static partial Regex Watchdog();

    [GeneratedRegex("engine ([0-9]+)")]
    private static partial Regex Group();
}
