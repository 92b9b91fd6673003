using System.Diagnostics;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

/// <summary>The program that <c>./run.sh publish</c> compiles does what the one beside these tests does. They run with <c>./run.sh test-native</c>.</summary>
[Trait("Category", "native")]
public sealed class NativeProgramTests : IDisposable
{
    private const string Key = "native-test-key";
    private const string Secret = "native-test-secret";

    private static readonly string Native = ReferenceFiles.InRepository("artifacts/latency-engine");

    private readonly string _folder = Directory.CreateTempSubdirectory("native-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_passes_its_own_test()
    {
        (int status, string output, string error) = await RunAsync(Native, "self-test", "--frames", "10000000");

        Assert.True(status == ExitStatus.Done, error);
        Assert.Contains("10,000,000 market frames", output, StringComparison.Ordinal);
        Assert.Contains(": 0 bytes allocated, 0 collections", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_sends_the_requests_of_the_other_byte_for_byte()
    {
        string[] backtest = ["backtest", "--duration", "60", "--report", _folder, "--json"];
        string[] dryRun = ["dry-run", "--speed", "max", "--duration", "60", "--report", _folder, "--json"];

        string sent = Hash(await RunAsync(null, backtest));

        Assert.Equal(sent, Hash(await RunAsync(Native, backtest)));
        Assert.Equal(sent, Hash(await RunAsync(Native, dryRun)));
    }

    [Fact]
    public async Task With_the_slow_thread_and_its_forecast_too()
    {
        string[] run = ["dry-run", "--profile", "hybrid", "--speed", "max", "--duration", "150", "--report", _folder, "--json"];

        (int, string Output, string) native = await RunAsync(Native, run);

        Assert.Equal(Hash(await RunAsync(null, run)), Hash(native));
        Assert.True(JsonDocument.Parse(native.Output).RootElement.GetProperty("biasUpdates").GetInt64() > 0, native.Output);
    }

    [Fact]
    public async Task It_trades_at_the_venue_as_the_other_does_and_its_journal_is_the_others_to_replay()
    {
        foreach (string? program in (string?[])[null, Native])
        {
            string name = program is null ? "built" : "native";
            using var venue = new ProgramProcess(new Dictionary<string, string> { ["VENUE_API_KEY"] = Key, ["VENUE_API_SECRET"] = Secret }, ["venue", "--port", "0", "--json", "--market", "flow", "--seed", "5"], native: program);
            await venue.UntilSaidAsync("\"ready\":true");
            string rest = JsonDocument.Parse(venue.Output).RootElement.GetProperty("rest").GetString()!;
            string journal = Path.Combine(_folder, $"{name}.journal");

            (int status, string output, string error) = await RunAsync(program, "live", "--env", "testnet", "--endpoint", rest, "--name", $"{name}-test", "--symbol", "BTCUSDT", "--duration", "6s", "--journal", journal, "--json");

            Assert.True(status == ExitStatus.Done, $"{program}: {error}");
            JsonElement result = JsonDocument.Parse(output).RootElement;
            Assert.True(result.GetProperty("flat").GetBoolean(), output);
            Assert.True(result.GetProperty("creates").GetInt64() > 0, output);
            Assert.True(result.GetProperty("acknowledged").GetInt64() > 0, output);
            Assert.True(result.GetProperty("reconciliations").GetInt64() >= 1, output);
            Assert.Equal((0L, 0L), (result.GetProperty("differences").GetInt64(), result.GetProperty("hotPathAllocatedBytes").GetInt64()));
            Assert.Equal(ExitStatus.Done, (await RunAsync(null, "replay", journal)).Status);
        }
    }

    [Fact]
    public async Task It_starts_in_a_fraction_of_a_second()
    {
        await RunAsync(Native, "--version");   // its file is in memory then
        long begun = Stopwatch.GetTimestamp();

        Assert.Equal(ExitStatus.Done, (await RunAsync(Native, "--version")).Status);
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 0, 500);   // 15 ms on an idle machine
    }

    [Fact]
    public async Task What_it_cannot_do_it_says_in_a_line()
    {
        (int status, _, string error) = await RunAsync(Native, "dry-run", "--leverage", "1000");

        Assert.Equal(ExitStatus.Usage, status);
        Assert.Contains("--leverage", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static string Hash((int Status, string Output, string Error) run)
    {
        Assert.True(run.Status == ExitStatus.Done, run.Error);
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("outboundSha256").GetString()!;
    }

    private async Task<(int Status, string Output, string Error)> RunAsync(string? native, params string[] args)
    {
        using var program = new ProgramProcess(new Dictionary<string, string> { ["BYBIT_API_KEY"] = Key, ["BYBIT_API_SECRET"] = Secret, ["XDG_STATE_HOME"] = _folder }, args, native: native);
        int status = await program.EndAsync();
        return (status, program.Output, program.Error);
    }
}
