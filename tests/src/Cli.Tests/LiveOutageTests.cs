using System.Text;
using System.Text.Json;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>live</c> while a channel of the venue, or all of it, is out for longer than anybody waits: most of the time is spent waiting, and the other tests go on beside it.</summary>
[Collection(nameof(LiveOutageTests))]
public sealed class LiveOutageTests : IDisposable
{
    private const string Secret = "a-secret-that-nobody-may-see";

    private const string Key = "live-test-key";

    private static readonly Dictionary<string, string> VenueKeys = new() { ["VENUE_API_KEY"] = Key, ["VENUE_API_SECRET"] = Secret };

    private readonly string _folder = Directory.CreateTempSubdirectory("live-outage-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task With_the_public_channel_out_for_good_the_position_is_closed_on_market_data_by_REST()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5", "--control");
        using CommandLine line = Line();
        line.Environment["LATENCY_ENGINE_RISK__POLLMARKETAFTERMILLISECONDS"] = "1000";
        line.Environment["LATENCY_ENGINE_INSTRUMENTS__BTCUSDT__ARRIVALDECAYPERTICK"] = "1";   // quotes near the touch, so that they are filled soon
        line.Environment["LATENCY_ENGINE_QUOTING__MINEDGEFRACTION"] = "0";
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        string journal = Path.Combine(_folder, "live.journal");

        Task<int> run = Live(line, venue, "--duration", LiveRuns.LongEnough, "--journal", journal);
        int losses = await LoseAsync(run, venue, account, "public");
        line.Interrupt();
        int status = await run;

        Assert.True(status == ExitStatus.Interrupted, string.Join('\n', line.ErrorLines));
        JsonElement result = JsonDocument.Parse(line.Output).RootElement;
        Assert.True(result.GetProperty("flat").GetBoolean());
        int polled = result.GetProperty("marketByRest").GetInt32();
        Assert.True(polled >= 2, $"{polled} answers: a mark and a book were wanted");
        Assert.Equal(0, result.GetProperty("restFailures").GetInt32());
        Assert.Equal(0, result.GetProperty("rateLimited").GetInt64());
        Assert.Equal(0, result.GetProperty("hotPathAllocatedBytes").GetInt64());
        Assert.InRange(line.ErrorLines.Count(told => told.Contains("market data comes by REST", StringComparison.Ordinal)), 1, losses);
        Assert.Contains(await account.OrdersAsync(), order => order.GetProperty("reduceOnly").GetBoolean() && order.GetProperty("orderStatus").GetString() == "Filled");

        using var replay = new CommandLine();
        Assert.Equal(ExitStatus.Done, replay.Invoke("replay", journal));
    }

    [Fact]
    public async Task With_order_entry_out_for_good_the_position_is_closed_by_REST_and_the_run_is_flat()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5", "--control");
        using CommandLine line = Line();
        line.Environment["LATENCY_ENGINE_INSTRUMENTS__BTCUSDT__ARRIVALDECAYPERTICK"] = "1";   // quotes near the touch, so that they are filled soon
        line.Environment["LATENCY_ENGINE_QUOTING__MINEDGEFRACTION"] = "0";
        using var account = new LiveAccount(venue.Rest, Key, Secret);

        Task<int> run = Live(line, venue, "--duration", LiveRuns.LongEnough);
        await LoseAsync(run, venue, account, "trade");
        line.Interrupt();
        int status = await run;

        Assert.True(status == ExitStatus.Interrupted, string.Join('\n', line.ErrorLines));
        JsonElement result = JsonDocument.Parse(line.Output).RootElement;
        Assert.Equal((true, JsonValueKind.Null), (result.GetProperty("flat").GetBoolean(), result.GetProperty("failure").ValueKind));
        Assert.Empty((await account.Rest.PositionsAsync()).Value!);
        Assert.True(line.ErrorLines.Any(told => told.Contains("closed by REST", StringComparison.Ordinal)), string.Join('\n', line.ErrorLines));
        JsonElement[] closing = [.. (await account.OrdersAsync()).Where(order => order.GetProperty("orderType").GetString() == "Market")];
        Assert.Equal(("Filled", true), (Assert.Single(closing).GetProperty("orderStatus").GetString(), closing[0].GetProperty("reduceOnly").GetBoolean()));
        Assert.Contains(line.ErrorLines, told => told.Contains($"closed by REST with reduce-only market order {closing[0].GetProperty("orderLinkId").GetString()}: taken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Orders_that_nobody_can_reach_are_cancelled_by_the_venues_disconnect_protection_and_the_run_goes_on()
    {
        using var venue = new RunningVenue(VenueKeys, "--json", "--market", "flow", "--seed", "5", "--control");
        using CommandLine line = Line();
        line.Environment["LATENCY_ENGINE_ACCOUNT__DISCONNECTWINDOWSECONDS"] = "8";
        using var account = new LiveAccount(venue.Rest, Key, Secret);
        string journal = Path.Combine(_folder, "live.journal");

        Task<int> run = Live(line, venue, "--duration", LiveRuns.LongEnough, "--journal", journal);
        do   // until some of its orders were not filled by the market before their time was up
        {
            await LiveRuns.UntilAsync(run, async () => (await account.Rest.OpenOrdersAsync()).Value is { Count: > 1 });
            await venue.FaultAsync("""{"kind":"halfopen","channel":"trade"}""");   // or cancels get through between the losses of the public connection and of this one
            await venue.FaultAsync("""{"kind":"outage","durationMilliseconds":12000}""");
            await LiveRuns.UntilAsync(run, async () => (await account.Rest.OpenOrdersAsync()).Value is null || await IsSweptAsync());   // it is away, or was
            await LiveRuns.UntilAsync(run, async () => (await account.Rest.OpenOrdersAsync()).Value is { Count: > 1 });
        }
        while (!await IsSweptAsync());

        line.Interrupt();
        int status = await run;

        Assert.True(status == ExitStatus.Interrupted, string.Join('\n', line.ErrorLines));
        Assert.Contains(line.ErrorLines, told => told.Contains("disconnect protection: armed; with the private connection dead for 8 s (set now, was 10)", StringComparison.Ordinal));
        Assert.Contains("\"cancelType\":\"CancelByDCP\"", Encoding.Latin1.GetString(File.ReadAllBytes(journal)), StringComparison.Ordinal);
        JsonElement result = JsonDocument.Parse(line.Output).RootElement;
        Assert.True(result.GetProperty("flat").GetBoolean());
        Assert.Equal((0L, 0L), (result.GetProperty("differences").GetInt64(), result.GetProperty("orphansFound").GetInt64()));
        Assert.True(result.GetProperty("recoverMs").GetProperty("p50").GetDouble() > 0);   // quotes came back

        using var replay = new CommandLine();
        Assert.Equal(ExitStatus.Done, replay.Invoke("replay", journal));

        async Task<bool> IsSweptAsync() => (await account.OrdersAsync()).Any(order => order.GetProperty("cancelType").GetString() == "CancelByDCP");
    }

    private static CommandLine Line()
    {
        var line = new CommandLine();
        line.Environment["BYBIT_API_KEY"] = Key;
        line.Environment["BYBIT_API_SECRET"] = Secret;
        return line;
    }

    /// <summary>Takes a channel away for good while a position is held; returns how often it had to be tried.</summary>
    private static async Task<int> LoseAsync(Task<int> run, RunningVenue venue, LiveAccount account, string channel)
    {
        for (int tries = 1; ; tries++)
        {
            await LiveRuns.UntilAsync(run, async () => (await account.Rest.PositionsAsync()).Value is [{ Size: >= 0.02m }]);   // of two fills: one more cannot close it before the channel is out
            await venue.FaultAsync($$"""{"kind":"outage","channel":"{{channel}}","durationMilliseconds":600000}""");
            int without = 0;
            await LiveRuns.UntilAsync(run, async () => (without = (await account.Rest.OpenOrdersAsync()).Value is { Count: 0 } ? without + 1 : 0) == 20);   // not for a moment: its quotes do not come back
            if ((await account.Rest.PositionsAsync()).Value is { Count: > 0 }) return tries;
            await venue.FaultAsync($$"""{"kind":"outage","channel":"{{channel}}","durationMilliseconds":1}""");   // what was filled meanwhile has closed it
        }
    }

    private static Task<int> Live(CommandLine line, RunningVenue venue, params string[] options) =>
        LiveRuns.Start(line, ["--env", "testnet", "--endpoint", venue.Rest, "--symbol", "BTCUSDT", "--json", .. options]);
}
