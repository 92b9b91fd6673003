using System.Globalization;
using System.Text.Json;
using LatencyEngine.History;
using LatencyEngine.Platform;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

/// <summary>The hybrid profile on an account, killed with an open trade and started again.</summary>
[Collection(nameof(HybridRestartTests))]
public sealed class HybridRestartTests : IDisposable
{
    private const string Key = "hybrid-test-key";
    private const string Secret = "hybrid-test-secret-that-nobody-may-see";

    private readonly string _folder = Directory.CreateTempSubdirectory("hybrid-restart-tests-").FullName;
    private readonly string _name = $"hybrid-test-{Guid.NewGuid():N}";

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        string heartbeat = $"/dev/shm/latency-engine-{PosixProcess.UserId}-{_name}";
        File.Delete(heartbeat);
        File.Delete(heartbeat + ":watchdog");
    }

    [Fact]
    public async Task A_killed_engine_comes_back_to_its_trade_and_holds_it_with_its_stop()
    {
        using var venue = new ProgramProcess(
            new Dictionary<string, string> { ["VENUE_API_KEY"] = Key, ["VENUE_API_SECRET"] = Secret }, ["venue", "--port", "0", "--json"]);   // the recording of 2024, as if it happened now
        await venue.UntilSaidAsync("\"ready\":true");
        string rest = JsonDocument.Parse(venue.Output).RootElement.GetProperty("rest").GetString()!.TrimEnd('/');
        string closes = Path.Combine(_folder, "days.db");
        WriteCloses(closes);
        var environment = new Dictionary<string, string>
        {
            ["BYBIT_API_KEY"] = Key,
            ["BYBIT_API_SECRET"] = Secret,
            ["XDG_STATE_HOME"] = _folder,
            ["LATENCY_ENGINE_HYBRID__DAILYCLOSES"] = closes,
            ["LATENCY_ENGINE_HYBRID__STEPSECONDS"] = "1",
            ["LATENCY_ENGINE_STRATEGY"] = "directional",   // quotes of the second run may trade before its slow thread has spoken
        };
        string[] live = ["live", "--profile", "hybrid", "--env", "testnet", "--endpoint", rest, "--name", _name];

        using (var first = new ProgramProcess(environment, live))
        {
            using var account = new LiveAccount(rest, Key, Secret);
            await first.UntilAsync(async () => Trades() is [{ EntryPrice: not null } opened] && (await account.Rest.PositionsAsync("BTCUSDT")).Value is [{ Size: > 0 } position] && position.Size == opened.Qty);
            first.Signal("KILL");
            await first.EndAsync();
        }

        HistoryTrade trade = Assert.Single(Trades());
        Assert.Null(trade.ClosedMillis);
        using var second = new ProgramProcess(environment, live);
        await second.UntilSaidAsync(string.Create(CultureInfo.InvariantCulture, $"goes on with {trade.Qty} BTCUSDT of the run before, stop {trade.StopPrice}"));
        await second.UntilSaidAsync("bias 0.");
        Assert.Contains($"taken over: BTCUSDT {trade.Qty}", second.Error, StringComparison.Ordinal);
        second.Signal("TERM");
        Assert.Equal(ExitStatus.Interrupted, await second.EndAsync());

        // An orderly end closes what is held; whether the slow thread still hears of it is a matter of milliseconds, else the next start finds the position gone.
        HistoryTrade closed = Assert.Single(Trades());
        Assert.Equal((trade.Id, trade.EntryPrice, trade.Qty), (closed.Id, closed.EntryPrice, closed.Qty));
        Assert.True(closed.ExitReason is null or "closed by the engine", closed.ExitReason);
        Assert.DoesNotContain("the engine has refused", second.Error, StringComparison.Ordinal);
    }

    /// <summary>The shipped closes to the day before the recording, moved to end yesterday.</summary>
    private static void WriteCloses(string path)
    {
        (DateOnly Day, double Close)[] closes =
        [
            .. File.ReadLines(ReferenceFiles.Sample("btc-usd-daily.csv")).Skip(1).Select(line => line.Split(','))
                .Select(cells => (DateOnly.ParseExact(cells[0], "yyyy-MM-dd", CultureInfo.InvariantCulture), double.Parse(cells[1], CultureInfo.InvariantCulture))).Where(one => one.Item1 < new DateOnly(2024, 8, 8)),
        ];
        DateOnly yesterday = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-1);
        using HistoryStore store = HistoryStore.Open(path, isCreated: true);
        store.AddCandles(
            "BTCUSDT",
            Timeframe.Find("D")!,
            closes.Select((one, index) => new HistoryCandle((long)(yesterday.AddDays(index + 1 - closes.Length).ToDateTime(TimeOnly.MinValue) - DateTime.UnixEpoch).TotalMilliseconds, one.Close, one.Close, one.Close, one.Close, double.NaN, double.NaN)),
            jumpFactor: 100);
    }

    private IReadOnlyList<HistoryTrade> Trades()
    {
        string path = Path.Combine(_folder, "latency-engine", _name + ".trades.db");
        if (!File.Exists(path)) return [];
        try
        {
            using HistoryStore store = HistoryStore.Open(path, isCreated: false);
            return store.Trades("BTCUSDT", MillisRange.All);
        }
        catch (HistoryException)
        {
            return [];   // it is just being made
        }
    }
}
