using System.Diagnostics;
using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Simulator;
using LatencyEngine.TestData;
using LatencyEngine.Transport;
using ApiCredentials = LatencyEngine.Transport.ApiCredentials;

namespace LatencyEngine.Research.Tests;

/// <summary>The REST client and the start of a live run against the dry-run venue, over loopback in real time.</summary>
public sealed class RestAgainstVenueTests : IDisposable
{
    private const string Secret = "the-secret-of-all";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly CancellationTokenSource _end = new();
    private readonly HttpClient _http = new();
    private readonly List<RestClient> _clients = [];
    private readonly Thread _venue;
    private readonly ServedVenue _served;
    private readonly Uri _address;

    public RestAgainstVenueTests()
    {
        using var ready = new ManualResetEventSlim();
        ServedVenue? venue = null;
        _venue = new Thread(() => VenueRunner.Run(
            new VenueRequest
            {
                Configuration = Configuration(),
                Keys =
                [
                    new ApiKey { Key = "trader-key", Secret = Secret, Uid = 11 },
                    new ApiKey { Key = "reader-key", Secret = Secret, Uid = 12, Permissions = ApiPermissions.None },
                    new ApiKey { Key = "placer-key", Secret = Secret, Uid = 13, Permissions = ApiPermissions.Order },
                ],
                ServesControl = true,
            },
            served =>
            {
                venue = served;
                ready.Set();
            },
            _end.Token));
        _venue.Start();
        Assert.True(ready.Wait(Patience));
        _served = venue!;
        _address = _served.Rest;
    }

    public void Dispose()
    {
        foreach (RestClient client in _clients) client.Dispose();
        _end.Cancel();
        _venue.Join();
        _end.Dispose();
        _http.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    [InlineData(-90)]
    public async Task A_live_run_starts_and_trades_by_REST_however_wrong_the_machines_clock_is(int aheadSeconds)
    {
        BybitRest rest = Rest("trader-key", aheadSeconds);
        LiveStart start = await LiveStart.ReadAsync(rest, Configuration(("venue:leverage", "25")), CancellationToken.None);

        Assert.Equal(2, start.Fees.Count);
        Assert.Equal(10_000m, start.WalletUsdt);
        Assert.InRange(rest.Clock!.DifferenceNanos / 1e9, -aheadSeconds - 1.0, -aheadSeconds + 1.0);
        Assert.Contains(start.Plan, line => line.StartsWith("BTCUSDT: leverage 25 (set now, was 50); tier to 2,000,000 USDT", StringComparison.Ordinal));
        Assert.Equal(25, Assert.Single(Value(await rest.PositionsAsync("BTCUSDT"))).Leverage);
        Assert.False(Value(await rest.SetLeverageAsync("BTCUSDT", 25)));

        RestBook book = Value(await rest.BookAsync("BTCUSDT", 50));
        Assert.Equal((50, 50), (book.Bids.Count, book.Asks.Count));
        Assert.True(book.Bids[0][0] < book.Asks[0][0]);
        decimal price = decimal.Round(book.Bids[0][0] * 0.995m, 1);
        JsonElement ids = Taken(await PostAsync("create", $$"""{{Order("le0000000700000001")}},"side":"Buy","orderType":"Limit","timeInForce":"PostOnly","qty":"0.01","price":"{{Text(price)}}"}"""));
        Assert.Equal("le0000000700000001", ids.GetProperty("orderLinkId").GetString());

        // Whoever starts now finds it: it is this engine's.
        LiveStart again = await LiveStart.ReadAsync(rest, Configuration(("venue:leverage", "25")), CancellationToken.None);
        RestOrder open = Assert.Single(again.OpenOrders);
        Assert.Equal((ids.GetProperty("orderId").GetString(), "New", price, 0.01m), (open.OrderId, open.OrderStatus, open.Price, open.LeavesQty));
        Assert.Contains($"cancelled first: orders of a run before: BTCUSDT Buy 0.01 at {price.ToString("#,0.########", System.Globalization.CultureInfo.InvariantCulture)}", again.Plan);

        Taken(await PostAsync("amend", $$"""{{Order("le0000000700000001")}},"qty":"0.02"}"""));
        Assert.Equal(0.02m, Assert.Single(Value(await rest.OpenOrdersAsync())).Qty);
        Taken(await PostAsync("cancel", Order("le0000000700000001") + "}"));
        Assert.Equal("Cancelled", (await RowsAsync("/v5/order/realtime", "settleCoin=USDT&orderLinkId=le0000000700000001"))[0].GetProperty("orderStatus").GetString());
        Assert.Equal(110001, (await PostAsync("cancel", Order("le0000000700000001") + "}")).GetProperty("retCode").GetInt32());
        Assert.Empty(await RowsAsync("/v5/order/realtime", "settleCoin=USDT&orderLinkId=le0000000700000002"));

        Taken(await PostAsync("create", $$"""{{Order("le0000000700000003")}},"side":"Sell","orderType":"Market","qty":"0.01"}"""));
        JsonElement fill = (await RowsAsync("/v5/execution/list", "limit=100"))[0];
        Assert.Equal(("le0000000700000003", "Trade", false), (fill.GetProperty("orderLinkId").GetString(), fill.GetProperty("execType").GetString(), fill.GetProperty("isMaker").GetBoolean()));
        LiveStart taking = await LiveStart.ReadAsync(rest, Configuration(("venue:leverage", "25")), CancellationToken.None);
        Assert.Equal(-0.01m, Assert.Single(taking.Positions).SignedSize);
        Value(await rest.SetDisconnectWindowAsync(20));
        Assert.Contains(Value(await rest.DisconnectGuardsAsync()), guard => guard is { Product: "DERIVATIVES", WindowSeconds: 20 });
        Assert.True(Value(await rest.CancelAllAsync()));
        Assert.DoesNotContain(Value(await rest.RiskLimitsAsync(["BTCUSDT"]))["BTCUSDT"], row => row.MaintenanceRate is <= 0 or >= 1);
    }

    [Fact]
    public async Task Keys_that_may_not_trade_and_foreign_orders_are_refused_before_anything_is_changed()
    {
        BybitRest trader = Rest("trader-key");
        await trader.MeasureClockAsync();
        decimal bid = Value(await trader.BookAsync("SOLUSDT", 1)).Bids[0][0];
        Taken(await PostAsync("create", $$"""{{Order("somebody", "SOLUSDT")}},"side":"Buy","orderType":"Limit","qty":"5","price":"{{Text(decimal.Round(bid * 0.995m, 2))}}"}"""));

        LiveStartException foreign = await Assert.ThrowsAsync<LiveStartException>(() => LiveStart.ReadAsync(trader, Configuration(("venue:leverage", "25")), CancellationToken.None));
        Assert.StartsWith("SOLUSDT: open orders that are not this engine's: 1", Assert.Single(foreign.Faults), StringComparison.Ordinal);
        Assert.Equal(50, Assert.Single(Value(await trader.PositionsAsync("SOLUSDT"))).Leverage);

        LiveStartException reader = await Assert.ThrowsAsync<LiveStartException>(() => LiveStart.ReadAsync(Rest("reader-key"), Configuration(), CancellationToken.None));
        Assert.StartsWith("the API key is read-only", Assert.Single(reader.Faults), StringComparison.Ordinal);
        VenueUnavailableException mayNotSet = await Assert.ThrowsAsync<VenueUnavailableException>(() => LiveStart.ReadAsync(Rest("placer-key"), Configuration(("venue:leverage", "25")), CancellationToken.None));
        Assert.Contains("/v5/position/set-leverage refused", mayNotSet.Message, StringComparison.Ordinal);
        VenueUnavailableException unknown = await Assert.ThrowsAsync<VenueUnavailableException>(() => LiveStart.ReadAsync(Rest("nobodys-key"), Configuration(), CancellationToken.None));
        Assert.True(unknown.IsRefusal);
        Assert.DoesNotContain(Secret, $"{foreign}{reader}{mayNotSet}{unknown}", StringComparison.Ordinal);
        Assert.DoesNotContain("nobodys-key", unknown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_a_run_cancels_what_rests_on_its_symbols_and_leaves_the_orders_of_others_alone()
    {
        BybitRest rest = Rest("trader-key");
        await rest.MeasureClockAsync();
        foreach ((string name, string symbol, string qty, int decimals) in new[] { ("le0000000900000001", "BTCUSDT", "0.01", 1), ("le0000000900000002", "BTCUSDT", "0.01", 1), ("somebody", "SOLUSDT", "5", 2) })
        {
            decimal bid = Value(await rest.BookAsync(symbol, 1)).Bids[0][0];
            Taken(await PostAsync("create", $$"""{{Order(name, symbol)}},"side":"Buy","orderType":"Limit","qty":"{{qty}}","price":"{{Text(decimal.Round(bid * 0.995m, decimals))}}"}"""));
        }

        var notes = new List<string>();
        Assert.Equal((true, null), new ExitByRest(rest, ["BTCUSDT"], () => new ClientOrderId(9, 99), notes.Add).Run(isEngineFlat: true));

        Assert.Equal("somebody", Assert.Single(Value(await rest.OpenOrdersAsync())).OrderLinkId);
        Assert.Contains("le0000000900000002", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_orders_of_an_engine_that_hangs_are_cancelled_by_the_venues_disconnect_protection()
    {
        BybitRest rest = Rest("trader-key");
        EngineConfiguration configuration = Configuration(("venue:leverage", "25"));
        LiveStart start = await LiveStart.ReadAsync(rest, configuration, CancellationToken.None);
        Value(await rest.SetDisconnectWindowAsync(3));
        using var goesOn = new ManualResetEventSlim(initialState: true);
        string[] books = [.. configuration.Symbols.Select(symbol => $"orderbook.50.{symbol}")];
        using var threads = new EngineThreads(
            EngineBuilder.Build(configuration, start.Instruments.Select(configuration.Symbols), start.Fees, start.RiskLimits, isLive: true),
            new IoSettings
            {
                PublicAddress = _served.Public, PrivateAddress = _served.Private, TradeAddress = _served.Trade, Credentials = new ApiCredentials("trader-key", Secret), PublicTopics = books, BookTopics = books,
                Clock = rest.Clock!, TickNanos = LiveRunner.TickNanos, OnLookUp = static _ => { }, ArmsDisconnectProtection = true,
                Timings = LiveRunner.Timings with { AccountPingInterval = TimeSpan.FromSeconds(1), EngineStallMax = TimeSpan.FromSeconds(3) },   // longer than a busy machine keeps a thread that works from its frames
            },
            new PlacementConfiguration { Threads = "paired", Wait = "block" },
            (in FrameView _) => goesOn.Wait(Patience));
        threads.Start();
        threads.AwaitReady(static () => { }, isPatient: true, CancellationToken.None);
        decimal bid = Value(await rest.BookAsync("BTCUSDT", 1)).Bids[0][0];
        Taken(await PostAsync("create", $$"""{{Order("le0000000900000003")}},"side":"Buy","orderType":"Limit","qty":"0.01","price":"{{Text(decimal.Round(bid * 0.95m, 1))}}"}"""));
        await Task.Delay(TimeSpan.FromSeconds(5));   // more than the window: an engine that works keeps its orders
        Assert.Single(Value(await rest.OpenOrdersAsync()));
        Assert.Equal((1, 0L), (threads.Io.Status(VenueChannel.Private).TimesReady, threads.Io.Meters.PingsWithheld));

        goesOn.Reset();
        using var patience = new CancellationTokenSource(Patience);
        while (Value(await rest.OpenOrdersAsync()).Count > 0) await Task.Delay(100, patience.Token);

        Assert.Equal("CancelByDCP", (await RowsAsync("/v5/order/history", "limit=50")).Single(order => order.GetProperty("orderLinkId").GetString() == "le0000000900000003").GetProperty("cancelType").GetString());
        Assert.Equal((1, 1, 1L), (threads.Io.Status(VenueChannel.Private).TimesReady, threads.Io.Status(VenueChannel.Trade).TimesReady, threads.Io.Meters.PingsWithheld));
        goesOn.Set();
        while (threads.Io.Status(VenueChannel.Private).TimesReady < 2) await Task.Delay(100, patience.Token);
    }

    [Fact]
    public async Task Refusals_and_outages_are_waited_for_by_reads_and_told_to_who_sends_orders()
    {
        TimeSpan outage = TimeSpan.FromMilliseconds(1_500);
        BybitRest rest = Rest("trader-key");
        await rest.MeasureClockAsync();
        await FaultAsync("""{"kind":"reject","count":2,"code":10006,"text":"Too many visits!"}""");
        Assert.True((await rest.WalletAsync()).IsAnswered);
        await FaultAsync("""{"kind":"reject","count":2}""");
        Assert.True((await rest.WalletAsync()).IsAnswered);

        VenueOutcome<bool> outcome;
        long askedAt = 0;
        do
        {
            // It begins a moment later; one that began and was over between two calls, while the machine stood still, comes again.
            if (askedAt == 0 || Stopwatch.GetElapsedTime(askedAt) > 2 * outage)
            {
                askedAt = Stopwatch.GetTimestamp();
                await FaultAsync($$"""{"kind":"outage","durationMilliseconds":{{outage.TotalMilliseconds}}}""");
            }

            outcome = await rest.CancelAllAsync();
        }
        while (outcome.IsAnswered);

        Assert.Equal((OutcomeClass.Unknown, 503), (outcome.Class, outcome.Code));
        Assert.True((await rest.WalletAsync()).IsAnswered);
    }

    [Fact]
    public async Task A_burst_of_look_ups_and_orders_is_shaped_and_the_venue_refuses_none_for_its_pace()
    {
        BybitRest rest = Rest("trader-key");
        await rest.MeasureClockAsync();
        JsonElement[] orders = await Task.WhenAll(Enumerable.Range(0, 25).Select(number => PostAsync("cancel", Order($"le00000008{number:x8}") + "}")));
        VenueOutcome<IReadOnlyList<RestDisconnectGuard>>[] guards = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => rest.DisconnectGuardsAsync()));
        JsonElement[][] lookUps = await Task.WhenAll(Enumerable.Range(0, 120).Select(number => RowsAsync("/v5/order/realtime", $"settleCoin=USDT&orderLinkId=le00000008{number:x8}")));

        // Nothing is repeated here: what was refused for its pace would be seen.
        Assert.All(orders, answer => Assert.Equal(110001, answer.GetProperty("retCode").GetInt32()));
        Assert.All(guards, outcome => Assert.True(outcome.IsAnswered, outcome.Text));
        Assert.All(lookUps, Assert.Empty);
    }

    private static string Text(decimal number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static T Value<T>(VenueOutcome<T> outcome)
    {
        Assert.True(outcome.IsAnswered, outcome.Text);
        return outcome.Value!;
    }

    private static EngineConfiguration Configuration(params (string Key, string Value)[] settings) => ConfigurationReader.Load(
        ReferenceFiles.InRepository("configs/market-making.json"),
        new Dictionary<string, string>(),
        [.. settings.Append(("venue:market", "flow")).Select(setting => new ConfigurationOverride(setting.Item1, setting.Item2, "test"))]);

    /// <summary>The beginning of a command about an order.</summary>
    private static string Order(string name, string symbol = "BTCUSDT") => $$"""{"category":"linear","symbol":"{{symbol}}","orderLinkId":"{{name}}" """;

    private static JsonElement Taken(JsonElement answer)
    {
        Assert.True(answer.GetProperty("retCode").GetInt32() == 0, answer.GetRawText());
        return answer.GetProperty("result");
    }

    /// <summary>The answer to a command about an order, sent as <see cref="RestOrderEntry"/> sends it, with the newest client.</summary>
    private async Task<JsonElement> PostAsync(string command, string body) => JsonDocument.Parse(await _clients[^1].PostAsync("/v5/order/" + command, body)).RootElement;

    private async Task<JsonElement[]> RowsAsync(string path, string query) =>
        [.. Taken(JsonDocument.Parse(await _clients[^1].GetAsync(path, "category=linear&" + query)).RootElement).GetProperty("list").EnumerateArray()];

    private BybitRest Rest(string key, int aheadSeconds = 0)
    {
        var client = new RestClient(_address, new ApiCredentials(key, Secret), new VenueClock(new SkewedTime(aheadSeconds)), recvWindowMillis: 5_000, Patience);
        _clients.Add(client);
        return new BybitRest(client) { Environment = "testnet" };
    }

    private async Task FaultAsync(string fault)
    {
        using var body = new StringContent(fault);
        using HttpResponseMessage answer = await _http.PostAsync(new Uri(_address, "/control/fault"), body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A machine whose time of day is set wrong.</summary>
    private sealed class SkewedTime(int aheadSeconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddSeconds(aheadSeconds);
    }
}
