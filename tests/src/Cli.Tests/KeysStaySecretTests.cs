using System.Diagnostics;
using System.Text;
using LatencyEngine.Research;

namespace LatencyEngine.Cli.Tests;

/// <summary>Neither what the program says nor a file that it writes, nor an argument of a process that it starts, holds the key of an account or its secret.</summary>
public sealed class KeysStaySecretTests : IDisposable
{
    private const string Key = "the-key-that-is-looked-for";
    private const string Secret = "the-secret-that-is-looked-for";

    // As the venue words it: it repeats what was signed, the key among it (Bybit V5, 18).
    private const string Refusal = "error sign! origin_string[1682321990138" + Key + "5000category=linear]";

    private static readonly Dictionary<string, string> VenueKeys = new() { ["VENUE_API_KEY"] = Key, ["VENUE_API_SECRET"] = Secret };

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("key-scan-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("testnet", 10016)]   // orders by socket
    [InlineData("demo", 10004)]      // orders by REST; what a bad signature is answered with stops the engine
    public async Task A_venue_that_repeats_the_key_in_each_refusal_does_not_get_it_into_output_or_journal(string environment, int code)
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5", "--control");
        using CommandLine line = Line();
        using var account = new LiveAccount(venue.Rest, Key, Secret);

        Task<int> run = LiveRuns.Start(line, "--env", environment, "--endpoint", venue.Rest, "--symbol", "BTCUSDT", "--duration", LiveRuns.LongEnough, "--journal", Path.Combine(_folder, "live.journal"), "--json");
        await LiveRuns.UntilAsync(run, async () => (await account.Rest.OpenOrdersAsync()).Value is { Count: > 0 });
        await venue.FaultAsync($$"""{"kind":"reject","channel":"trade","code":{{code}},"text":"{{Refusal}}"}""");
        await LiveRuns.UntilAsync(run, () => Task.FromResult(run.IsCompleted || IsRepeated()));   // 10004 ends it
        line.Interrupt();
        int status = await run;

        Assert.True(status is ExitStatus.Interrupted or ExitStatus.Failed, line.Error);
        Assert.True(IsRepeated());
        HoldsNeither(line.Output + line.Error + Written(), Key, Secret);
    }

    [Fact]
    public void Neither_does_a_start_that_is_refused_a_dump_of_the_configuration_or_a_run_without_an_account()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5");
        string rest = venue.Rest;
        string[][] commands =
        [
            ["show-config"],
            ["live", "--env", "testnet", "--endpoint", rest, "--symbol", "BTCUSDT", "--duration", "1s"],
            ["live", "--env", "mainnet", "--symbol", "BTCUSDT"],
            ["backtest", "--duration", "5", "--report", Path.Combine(_folder, "report"), "--journal", Path.Combine(_folder, "backtest.journal"), "--json"],
            ["record", "--endpoint", rest, "--symbol", "BTCUSDT", "--duration", "1s", "--out", Path.Combine(_folder, "recording")],
        ];
        foreach (string[] command in commands)
        {
            using CommandLine line = Line();
            line.Environment["BYBIT_API_SECRET"] = command[0] == "live" ? "wrong-" + Secret : Secret;   // 10004
            line.Invoke(command);
            Assert.NotEqual("", line.Output + line.Error);
            HoldsNeither(line.Output + line.Error + Written(), Key, Secret);
        }
    }

    [Fact]
    public async Task The_venue_of_a_soak_is_given_its_keys_where_no_list_of_processes_shows_them()
    {
        string faults = Path.Combine(_folder, "faults.json");
        File.WriteAllText(faults, """[{"kind":"cut","afterMilliseconds":1000}]""");
        using var line = new CommandLine();
        Task run = Task.Factory.StartNew(() => line.Invoke("soak", "--duration", "3s", "--symbol", "BTCUSDT", "--faults", faults), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        (string Arguments, string Environment)? child = null;
        while (child is null && !run.IsCompleted)
        {
            child = Child(faults);
            if (child is null) await Task.Delay(LookAgain);
        }

        await run;

        Assert.NotNull(child);
        string[] secrets = [.. child.Value.Environment.Split('\0').Where(pair => pair.StartsWith("VENUE_API_", StringComparison.Ordinal)).Select(pair => pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..])];
        Assert.Equal(2, secrets.Length);
        HoldsNeither(child.Value.Arguments + line.Output + line.Error, secrets);
    }

    private static void HoldsNeither(string text, params string[] secrets) => Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));

    /// <summary>The process whose arguments name a file, once it has its environment.</summary>
    private static (string Arguments, string Environment)? Child(string file)
    {
        foreach (Process process in Process.GetProcesses())
        {
            using Process one = process;
            try
            {
                string arguments = File.ReadAllText($"/proc/{one.Id}/cmdline");
                string environment = File.ReadAllText($"/proc/{one.Id}/environ");
                if (arguments.Contains(file, StringComparison.Ordinal) && environment.Contains("VENUE_API_SECRET", StringComparison.Ordinal)) return (arguments, environment);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is another user's.
            }
        }

        return null;
    }

    private static CommandLine Line()
    {
        var line = new CommandLine { Run = BacktestRunner.Run };
        line.Environment["BYBIT_API_KEY"] = Key;
        line.Environment["BYBIT_API_SECRET"] = Secret;
        return line;
    }

    /// <summary>The venue's words are in the journal, up to where they name the key.</summary>
    private bool IsRepeated() => Written().Contains(Refusal[..Refusal.IndexOf(Key, StringComparison.Ordinal)], StringComparison.Ordinal);

    /// <summary>All that lies in the folder now, journals and rules and recordings.</summary>
    private string Written() => string.Concat(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(Read));

    /// <summary>A file that a run may still write.</summary>
    private static string Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var text = new StreamReader(file, Encoding.Latin1);
        return text.ReadToEnd();
    }
}
