using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Whose key may do what, and what every answer over HTTP carries (Bybit V5, 9).</summary>
public sealed class VenueServerKeyTests
{
    private const string CreatePath = "/v5/order/create";
    private const string Order = """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"59000","orderLinkId":"a"}""";

    [Fact]
    public async Task A_read_only_key_reads_and_changes_nothing_on_either_way()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();

        (_, JsonElement read) = await venue.GetAsync("/v5/position/list", "category=linear&symbol=BTCUSDT", key: VenueServerHarness.ReaderKey);
        (_, JsonElement order) = await venue.PostAsync(CreatePath, Order, key: VenueServerHarness.ReaderKey);
        (_, JsonElement leverage) = await venue.PostAsync("/v5/position/set-leverage", """{"category":"linear","symbol":"BTCUSDT","buyLeverage":"2","sellLeverage":"2"}""", key: VenueServerHarness.ReaderKey);
        SocketClient trade = await venue.LoginAsync(VenueServerHarness.ReaderKey, venue.Server.TradeEndpoint);
        await trade.SendAsync(venue.Order("order.cancel", "c1", "\"orderLinkId\":\"a\""));

        Assert.Equal([0, 10005, 10005, 10005], new[] { read, order, leverage, await venue.NextJsonAsync(trade) }.Select(answer => answer.GetProperty("retCode").GetInt32()));
        Assert.Empty(venue.Account.Orders);
    }

    [Fact]
    public async Task An_expired_key_is_refused_with_33004_on_every_way()
    {
        var server = new VenueServer(VenueServerHarness.Settings() with
        {
            Keys = [VenueHarness.Key with { ExpiresAtMillis = 1_700_000_000_000 }],
            Clock = () => 1_700_000_000_000_000_000,
        });
        await using (server)
        {
            await server.StartAsync();
            await using var trade = new SocketClient();
            await trade.ConnectAsync(server.TradeEndpoint);
            await trade.SendAsync(VenueServerHarness.Auth(1_700_000_001_000));
            using var http = new HttpClient();
            using HttpRequestMessage request = Signed(server, "/v5/account/info", 1_700_000_000_000);

            Assert.Contains("\"retCode\":33004", await trade.NextAsync(), StringComparison.Ordinal);
            Assert.Contains("\"retCode\":33004", await (await http.SendAsync(request)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_accounts_share_the_market_and_nothing_else()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient first = await venue.LoginAsync(venue.Server.PrivateEndpoint, "order");
        SocketClient second = await venue.LoginAsync(VenueServerHarness.SecondKey, venue.Server.PrivateEndpoint, "order");

        Assert.Equal(0, (await venue.PostAsync(CreatePath, Order, key: VenueServerHarness.SecondKey)).Body.GetProperty("retCode").GetInt32());
        Assert.Equal(0, (await venue.PostAsync(CreatePath, Order.Replace("59000", "58000", StringComparison.Ordinal))).Body.GetProperty("retCode").GetInt32());

        Assert.Equal("58000", Price(await venue.NextJsonAsync(first)));
        Assert.Equal("59000", Price(await venue.NextJsonAsync(second)));
        (_, JsonElement open) = await venue.GetAsync(VenueRest.OrdersPath, "category=linear&symbol=BTCUSDT", key: VenueServerHarness.SecondKey);
        Assert.Equal("59000", Assert.Single(open.GetProperty("result").GetProperty("list").EnumerateArray()).GetProperty("price").GetString());

        static string Price(JsonElement message) => message.GetProperty("data")[0].GetProperty("price").GetString()!;
    }

    [Fact]
    public async Task Fast_executions_come_before_the_full_ones_under_the_name_subscribed_to()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient client = await venue.LoginAsync(venue.Server.PrivateEndpoint, "execution.fast.linear", "execution");
        venue.PlayMillis(5);

        await venue.PostAsync(CreatePath, """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"0.010","orderLinkId":"m"}""");

        JsonElement fast = await venue.NextJsonAsync(client);
        JsonElement full = await venue.NextJsonAsync(client);
        Assert.Equal(("execution.fast.linear", "execution"), (fast.GetProperty("topic").GetString(), full.GetProperty("topic").GetString()));
        Assert.Equal(full.GetProperty("data")[0].GetProperty("execId").GetString(), fast.GetProperty("data")[0].GetProperty("execId").GetString());
    }

    [Fact]
    public async Task Every_signed_answer_has_the_headers_of_the_live_venue()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();

        (HttpResponseMessage placed, _) = await venue.PostAsync(CreatePath, Order);
        (HttpResponseMessage refused, _) = await venue.PostAsync("/v5/order/cancel", """{"category":"linear","symbol":"BTCUSDT","orderLinkId":"none"}""");
        (HttpResponseMessage info, _) = await venue.GetAsync(DisconnectGuard.InfoPath, "");

        Assert.Equal(("1000", "999", "0"), (Header(placed, "X-Bapi-Limit"), Header(placed, "X-Bapi-Limit-Status"), Header(placed, "Ret_code")));
        Assert.Equal(("1000", "999", "110001"), (Header(refused, "X-Bapi-Limit"), Header(refused, "X-Bapi-Limit-Status"), Header(refused, "Ret_code")));
        Assert.Equal(("5", "4", "0"), (Header(info, "X-Bapi-Limit"), Header(info, "X-Bapi-Limit-Status"), Header(info, "Ret_code")));
        foreach (HttpResponseMessage response in new[] { placed, refused, info })
        {
            Assert.Equal(32, Header(response, "Traceid").Length);
            Assert.InRange(long.Parse(Header(response, "Timenow"), CultureInfo.InvariantCulture), VenueHarness.StartMillis, venue.NowMillis);
            Assert.InRange(long.Parse(Header(response, "X-Bapi-Limit-Reset-Timestamp"), CultureInfo.InvariantCulture), VenueHarness.StartMillis, venue.NowMillis);
        }
    }

    [Fact]
    public async Task A_request_line_that_is_none_of_the_protocols_has_the_status_of_the_live_venue()
    {
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        using var http = new HttpClient { BaseAddress = server.RestEndpoint };
        using var withBody = new HttpRequestMessage(HttpMethod.Get, VenueRest.TimePath) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        using var tooLong = new StringContent(new string(' ', 70_000));

        using var raw = new TcpClient(server.RestEndpoint.Host, server.RestEndpoint.Port);   // HttpClient would put it in upper case
        await raw.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"get {VenueRest.TimePath} HTTP/1.1\r\nHost: venue\r\n\r\n"));
        using var answer = new StreamReader(raw.GetStream());

        Assert.Equal("HTTP/1.1 400 Bad Request", await answer.ReadLineAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(withBody)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.DeleteAsync(VenueRest.TimePath)).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await http.PostAsync(CreatePath, tooLong)).StatusCode);
    }

    [Fact]
    public async Task A_signed_request_can_be_sent_again_only_within_its_window()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        long sent = venue.NowMillis;

        (_, JsonElement first) = await venue.PostAsync(CreatePath, Order, timestamp: sent);
        (_, JsonElement again) = await venue.PostAsync(CreatePath, Order, timestamp: sent);
        venue.PlayMillis(5_001);
        (_, JsonElement late) = await venue.PostAsync(CreatePath, Order, timestamp: sent);

        // The window is open still, but the link id is taken.
        Assert.Equal([0, 110072, 10002], new[] { first, again, late }.Select(answer => answer.GetProperty("retCode").GetInt32()));
    }

    [Fact]
    public void Keys_that_are_none_empty_or_given_twice_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new VenueServer(VenueServerHarness.Settings() with { Keys = [] }));
        Assert.Throws<ArgumentException>(() => new VenueServer(VenueServerHarness.Settings() with { Keys = [VenueHarness.Key with { Secret = "" }] }));
        Assert.Throws<ArgumentException>(() => new VenueServer(VenueServerHarness.Settings() with { Keys = [VenueHarness.Key, VenueHarness.Key] }));
    }

    [Fact]
    public async Task A_key_of_an_account_that_the_venue_does_not_have_is_refused_before_anything_is_played()
    {
        using var session = new ReplaySession(new ReplaySettings { Flow = new FlowSettings(), Venue = VenueHarness.Settings(), Latency = new LatencyModel(1) });
        await using var server = new VenueServer(VenueServerHarness.Settings() with { Keys = [VenueHarness.Key with { Uid = 5 }] });

        Assert.Contains("account 5", Assert.Throws<ArgumentException>(() => new TimedPlay(session, server)).Message, StringComparison.Ordinal);
    }

    internal static HttpRequestMessage Signed(VenueServer server, string path, long nowMillis)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.RestEndpoint, path));
        request.Headers.Add("X-BAPI-API-KEY", VenueServerHarness.Key);
        request.Headers.Add("X-BAPI-TIMESTAMP", $"{nowMillis}");
        request.Headers.Add("X-BAPI-SIGN", VenueServerHarness.Sign($"{nowMillis}{VenueServerHarness.Key}"));
        return request;
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();
}
