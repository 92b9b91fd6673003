using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>live</c>: the engine on an account, here the dry-run venue's.</summary>
public sealed class LiveVerbTests : IDisposable
{
    private const string Secret = "a-secret-that-nobody-may-see";

    private const string Key = "live-test-key";

    private static readonly Dictionary<string, string> VenueKeys = new() { ["VENUE_API_KEY"] = Key, ["VENUE_API_SECRET"] = Secret };

    private readonly string _folder = Directory.CreateTempSubdirectory("live-verb-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("testnet", "avellaneda-stoikov", 1)]   // orders by socket
    [InlineData("demo", "glft-exact", 2)]              // orders by REST
    public void An_account_is_traded_and_left_flat_and_the_journal_replays(string environment, string model, int levels)
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5");
        using CommandLine line = Line();
        string journal = Path.Combine(_folder, "live.journal");

        int status = line.Invoke("live", "--env", environment, "--endpoint", venue.Rest, "--symbol", "BTCUSDT", "--quoting", model, "--levels", $"{levels}", "--duration", "6s", "--journal", journal, "--json");

        Assert.True(status == ExitStatus.Done, string.Join('\n', line.ErrorLines));
        JsonElement result = JsonDocument.Parse(line.Output).RootElement;
        Assert.True(result.GetProperty("flat").GetBoolean());
        Assert.Equal((model, levels), (result.GetProperty("quotingModel").GetString(), result.GetProperty("levelsPerSide").GetInt32()));
        Assert.Equal(JsonValueKind.Null, result.GetProperty("failure").ValueKind);
        Assert.True(result.GetProperty("creates").GetInt64() > 0);
        Assert.Equal(0, result.GetProperty("reconnects").GetInt32());
        Assert.Equal(0, result.GetProperty("differences").GetInt64());
        Assert.Equal(0, result.GetProperty("rateLimited").GetInt64());
        Assert.True(result.GetProperty("reconciliations").GetInt64() >= 1);
        Assert.Equal(0, result.GetProperty("hotPathAllocatedBytes").GetInt64());
        Assert.All(result.GetProperty("positions").EnumerateObject(), position => Assert.Equal(0m, position.Value.GetDecimal()));
        JsonElement instrument = Assert.Single(result.GetProperty("instruments").EnumerateArray());
        Assert.Equal([("mid", 1), ("weightedMid", 1), ("microprice", 0), ("imbalance", 0), ("orderFlow", 0)], instrument.GetProperty("fairValue").EnumerateArray().Select(part => (part.GetProperty("name").GetString()!, part.GetProperty("weight").GetInt32())));
        Assert.InRange(instrument.GetProperty("tracking").GetProperty("bidErrorTicks").GetDouble(), 0, 100);
        Assert.Equal(JsonValueKind.Array, instrument.GetProperty("markOuts").ValueKind);
        Assert.DoesNotContain(Secret, line.Output + string.Join('\n', line.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, File.ReadAllText(journal), StringComparison.Ordinal);

        using var replay = new CommandLine();
        Assert.Equal(ExitStatus.Done, replay.Invoke("replay", journal));
    }

    [Fact]
    public void A_venue_that_goes_wrong_every_few_seconds_is_traded_on_and_left_flat_and_the_result_tells_of_it()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5", "--faults", ReferenceFiles.InRepository("configs/faults.json"));
        using CommandLine line = Line();

        int status = line.Invoke("live", "--env", "testnet", "--endpoint", venue.Rest, "--symbol", "BTCUSDT", "--duration", "15s", "--json");

        Assert.True(status == ExitStatus.Done, string.Join('\n', line.ErrorLines));
        JsonElement result = JsonDocument.Parse(line.Output).RootElement;
        Assert.True(result.GetProperty("flat").GetBoolean());
        Assert.True(result.GetProperty("reconnects").GetInt32() >= 3, line.Output);
        Assert.True(result.GetProperty("reconciliations").GetInt64() >= 2, line.Output);   // at the start and after a loss
        Assert.True(result.GetProperty("duplicatesIgnored").GetInt64() >= 0, line.Output);   // whether what is told twice was an execution or an end is the market's to say
        Assert.True(result.GetProperty("unknownResolved").GetInt64() >= 1, line.Output);
        Assert.Equal((0L, 0L), (result.GetProperty("differences").GetInt64(), result.GetProperty("orphansFound").GetInt64()));
        JsonElement recover = result.GetProperty("recoverMs");
        Assert.InRange(recover.GetProperty("p50").GetDouble(), double.Epsilon, recover.GetProperty("p99").GetDouble());
        Assert.InRange(result.GetProperty("uptimePct").GetDouble(), 50, 100);
    }

    [Fact]
    public void The_same_behind_TLS()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5");
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("127.0.0.1");
        using var front = new TlsFront(new SslServerAuthenticationOptions { ServerCertificate = certificate }, new Uri(venue.Rest).Port);
        using CommandLine line = Line();

        int status = line.Invoke("live", "--env", "testnet", "--endpoint", $"https://127.0.0.1:{front.Port}", "--authorities", authority.Path, "--symbol", "BTCUSDT", "--duration", "3s", "--json");

        Assert.True(status == ExitStatus.Done, string.Join('\n', line.ErrorLines));
        Assert.True(JsonDocument.Parse(line.Output).RootElement.GetProperty("creates").GetInt64() > 0);
        using CommandLine untrusting = Line();
        Assert.Equal(ExitStatus.Failed, untrusting.Invoke("live", "--env", "testnet", "--endpoint", $"https://127.0.0.1:{front.Port}", "--symbol", "BTCUSDT", "--duration", "3s"));
    }

    [Fact]
    public void What_was_lost_is_remembered_by_a_file_that_must_be_whole_and_a_pause_goes_on_in_the_next_run()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5");
        string file = Path.Combine(_folder, "latency-engine", "first.losses.json");
        using CommandLine line = Line();
        string journal = Path.Combine(_folder, "live.journal");
        Assert.Equal(ExitStatus.Done, Traded(line, "--journal", journal));
        Assert.Contains(line.ErrorLines, told => told.Contains("from the venue's records", StringComparison.Ordinal));
        Assert.True(JsonDocument.Parse(line.Output).RootElement.GetProperty("creates").GetInt64() > 0);
        using var replay = new CommandLine();
        Assert.Equal(ExitStatus.Done, replay.Invoke("replay", journal));

        string kept = File.ReadAllText(file);
        File.WriteAllText(file, kept.Replace("\"pausedUntilNanos\":{", "\"pausedUntilNanos\":{\"DailyLoss\":9000000000000000000", StringComparison.Ordinal));
        using CommandLine refused = Line();
        Assert.Equal(ExitStatus.Usage, Traded(refused));
        Assert.Contains($"{file} is damaged or was changed by hand", refused.ErrorLines[^1], StringComparison.Ordinal);

        JsonElement content = JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("content");
        string sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.GetRawText())));
        File.WriteAllText(file, $$"""{"sha256":"{{sum}}","content":{{content.GetRawText()}}}""");
        using CommandLine paused = Line();
        Assert.Equal(ExitStatus.Done, Traded(paused, "--journal", journal + "2"));
        JsonElement result = JsonDocument.Parse(paused.Output).RootElement;
        Assert.Equal(0, result.GetProperty("creates").GetInt64());
        Assert.Equal("2255-03-14T16:00:00Z", result.GetProperty("pausedUntil").GetProperty("dailyLoss").GetString());
        Assert.Contains(paused.ErrorLines, told => told.Contains("remembered from the run before; DailyLoss pauses until", StringComparison.Ordinal));
        Assert.Equal(ExitStatus.Done, replay.Invoke("replay", journal + "2"));

        using CommandLine forgetful = Line();
        Assert.Equal(ExitStatus.Done, Traded(forgetful, "--forget-losses"));
        Assert.True(JsonDocument.Parse(forgetful.Output).RootElement.GetProperty("creates").GetInt64() > 0);

        int Traded(CommandLine line, params string[] options)
        {
            line.Environment["XDG_STATE_HOME"] = _folder;
            return line.Invoke(["live", "--env", "testnet", "--endpoint", venue.Rest, "--symbol", "BTCUSDT", "--duration", "3s", "--name", "first", "--json", .. options]);
        }
    }

    [Fact]
    public async Task Refusals_by_REST_for_the_number_of_requests_are_in_the_result_though_the_calls_were_repeated_and_answered()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5", "--control");
        using CommandLine line = Line();

        await venue.FaultAsync("""{"kind":"reject","count":2,"code":10006,"text":"Too many visits!"}""");
        int status = await Live(line, venue, "--duration", "1s");

        Assert.True(status == ExitStatus.Done, string.Join('\n', line.ErrorLines));
        JsonElement result = JsonDocument.Parse(line.Output).RootElement;
        Assert.Equal((2, 0), (result.GetProperty("rateLimited").GetInt64(), result.GetProperty("restFailures").GetInt32()));
    }

    [Fact]
    public void A_key_that_the_venue_does_not_know_ends_it_with_one_line_and_without_the_secret()
    {
        using var venue = new RunningVenue("--market", "flow");
        using CommandLine line = Line();

        Assert.Equal(ExitStatus.Usage, line.Invoke("live", "--env", "testnet", "--endpoint", venue.Rest, "--symbol", "BTCUSDT", "--duration", "3s"));
        Assert.Contains("API key is invalid", line.ErrorLines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, string.Join('\n', line.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--env must be one of mainnet, testnet, demo, was \"prod\"", "--env", "prod")]
    [InlineData("--endpoint must be", "--env", "testnet", "--endpoint", "http://127.0.0.1:8701/v5")]
    [InlineData("--duration must be", "--env", "testnet", "--duration", "soon")]
    [InlineData("--authorities must name an existing PEM file", "--env", "testnet", "--authorities", "/no/such.pem")]
    public void Bad_usage_is_one_line_and_status_2(string expected, params string[] options)
    {
        using CommandLine line = Line();

        Assert.Equal(ExitStatus.Usage, line.Invoke(["live", .. options]));
        Assert.Contains(expected, Assert.Single(line.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_key_nothing_is_connected()
    {
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("live", "--env", "testnet"));
        Assert.Contains("BYBIT_API_KEY and BYBIT_API_SECRET must be set", Assert.Single(line.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("testnet", "https://api.bybit.com")]     // what counts is where it goes
    [InlineData("demo", "https://api.bytick.com")]
    public void An_address_of_real_money_wants_consent_whatever_it_is_called(string environment, string address)
    {
        using CommandLine line = Line();

        Assert.Equal(ExitStatus.Usage, line.Invoke("live", "--env", environment, "--endpoint", address, "--symbol", "BTCUSDT"));
        Assert.Contains(line.ErrorLines, fault => fault.Contains("--i-understand-the-risk", StringComparison.Ordinal));
        using CommandLine byEnvironment = Line();
        byEnvironment.Environment["BYBIT_BASE_URL"] = address;
        Assert.Equal(ExitStatus.Usage, byEnvironment.Invoke("live", "--env", environment, "--symbol", "BTCUSDT"));
        Assert.Contains(byEnvironment.ErrorLines, fault => fault.Contains("--i-understand-the-risk", StringComparison.Ordinal));
    }

    [Fact]
    public void A_paper_mode_in_the_environment_forbids_it()
    {
        using CommandLine line = Line();
        line.Environment["TRADING_PAPER_MODE"] = "true";

        Assert.Equal(ExitStatus.Usage, line.Invoke("live", "--env", "testnet", "--symbol", "BTCUSDT"));
        Assert.Contains("TRADING_PAPER_MODE is true", Assert.Single(line.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--endpoint", "http://127.0.0.1:1")]   // a tunnel
    public void Mainnet_wants_consent_and_limits_that_somebody_has_chosen(params string[] where)
    {
        using CommandLine line = Line();

        Assert.Equal(ExitStatus.Usage, line.Invoke(["live", "--env", "mainnet", "--symbol", "BTCUSDT", .. where]));

        Assert.Contains(line.ErrorLines, fault => fault.Contains("--i-understand-the-risk", StringComparison.Ordinal));
        Assert.Contains(line.ErrorLines, fault => fault.Contains("risk:orderNotionalMaxUsdt is the shipped 5000", StringComparison.Ordinal));
        Assert.Contains(line.ErrorLines, fault => fault.Contains("instruments:BTCUSDT:positionQtyMax is the shipped", StringComparison.Ordinal));
        using CommandLine agreed = Line();
        Assert.Equal(ExitStatus.Usage, agreed.Invoke("live", "--env", "mainnet", "--i-understand-the-risk", "--symbol", "BTCUSDT"));
        Assert.All(agreed.ErrorLines, fault => Assert.Contains("is the shipped", fault, StringComparison.Ordinal));
    }

    private static CommandLine Line()
    {
        var line = new CommandLine();
        line.Environment["BYBIT_API_KEY"] = Key;
        line.Environment["BYBIT_API_SECRET"] = Secret;
        return line;
    }

    private static Task<int> Live(CommandLine line, RunningVenue venue, params string[] options) =>
        LiveRuns.Start(line, ["--env", "testnet", "--endpoint", venue.Rest, "--symbol", "BTCUSDT", "--json", .. options]);
}
