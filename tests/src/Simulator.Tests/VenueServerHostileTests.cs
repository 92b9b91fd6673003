using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Input that means harm or makes no sense: an answer in V5's form or a closed connection, no fault of the venue, and other clients are served on.</summary>
public sealed class VenueServerHostileTests
{
    private static readonly string[] Fragments =
    [
        "null", "true", "[]", "{}", "\"\"", "\"linear\"", "\"BTCUSDT\"", "-1", "0", "1e400", "\"1e400\"", "79228162514264337593543950335", "\"79228162514264337593543950335\"",
        "\"-79228162514264337593543950335\"", "9223372036854775808", "\"0.0000000000000000000000000001\"", "\"NaN\"", "\"\\u0000\"", "\"\\ud800\"", "\"😀\"", "[[[[[]]]]]", "{\"category\":{}}",
        "\"Buy\"", "\"Limit\"", "\"Market\"", "\"PostOnly\"", "\"60000\"", "\"0.001\"", "\"1\"", "1", "\"UNIFIED\"", "\"order.create\"", "\"ISOLATED_MARGIN\"",
    ];

    private static readonly string[] Names =
    [
        "category", "symbol", "side", "orderType", "qty", "price", "timeInForce", "orderLinkId", "orderId", "positionIdx", "reduceOnly", "takeProfit", "stopLoss", "tpslMode", "buyLeverage", "sellLeverage",
        "margin", "mode", "coin", "settleCoin", "limit", "cursor", "startTime", "endTime", "interval", "start", "end", "accountType", "setMarginMode", "autoAddMargin", "riskId", "request",
        "utaDemoApplyMoney", "amountStr", "triggerBy", "tpTriggerBy", "openOnly", "orderFilter", "op", "args", "reqId", "req_id", "header",
    ];

    private static readonly Gen<string> Value = Gen.Sized(size => AnyValue(Math.Min(size, 3)));

    private static readonly Gen<string> Member = from name in Gen.Elements(Names) from value in Value select $"\"{name}\":{value}";

    private static readonly Gen<string> Body = from members in Gen.ListOf(Member) from known in Gen.Elements("", "\"category\":\"linear\",\"symbol\":\"BTCUSDT\",") select $"{{{known}{string.Join(",", members)}}}".Replace(",}", "}", StringComparison.Ordinal);

    private static readonly Gen<string> Query = from pairs in Gen.ListOf(from name in Gen.Elements(Names) from value in Gen.Elements(Fragments) select $"{name}={value.Trim('"')}") select "category=linear&symbol=BTCUSDT&" + string.Join("&", pairs);

    [Fact]
    public void No_call_makes_the_venue_fail_whatever_its_body_or_query()
    {
        var venue = new VenueHarness();
        venue.Snapshot("60000.00 2.000", "60000.10 2.000");
        venue.Trade("Buy", "60000.10", "0.001");
        RestRoute[] routes = [.. RestRoutes.All.Where(route => route.Handle is not null)];
        Gen<(RestRoute, string)> calls = from route in Gen.Elements(routes) from text in route.Changes ? Body : Query select (route, text);

        Prop.ForAll(calls.ToArbitrary(), call =>
        {
            (RestRoute route, string text) = call;
            byte[] answer = venue.Rest(new RestCall(route, AccountSettings.DefaultUid, VenueHarness.Key, route.Changes ? "" : text, route.Changes ? Encoding.UTF8.GetBytes(text) : default));
            JsonElement envelope = JsonDocument.Parse(answer).RootElement;
            return envelope.EnumerateObject().Select(member => member.Name).SequenceEqual(["retCode", "retMsg", "result", "retExtInfo", "time"]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    [Fact]
    public void No_order_entry_request_makes_the_venue_fail()
    {
        var venue = new VenueHarness();
        venue.Snapshot("60000.00 2.000", "60000.10 2.000");
        Gen<string> requests =
            from op in Gen.Elements(OrderRequest.Operations)
            from argument in Body
            from items in Gen.ListOf(Body)
            select op.EndsWith("-batch", StringComparison.Ordinal)
                ? VenueHarness.RequestText(op, $$"""{"category":"linear","request":[{{string.Join(",", items)}}]}""", venue.NowMillis + 200, Guid.NewGuid().ToString())
                : VenueHarness.RequestText(op, argument, venue.NowMillis + 200, Guid.NewGuid().ToString());

        Prop.ForAll(requests.ToArbitrary(), request => venue.Raw(request).Count > 0).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("😀")]
    [InlineData("{\"op\":\"subscribe\",\"args\":[{},[],null,1,\"\\ud800\"]}")]
    [InlineData("{\"op\":{\"a\":1},\"args\":7,\"req_id\":[],\"reqId\":{}}")]
    [InlineData("{\"op\":\"auth\",\"args\":[1,2,3]}")]
    [InlineData("{\"op\":\"auth\",\"args\":[\"test-key\",99999999999999999999,\"\"]}")]
    [InlineData("{\"op\":\"auth\"")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("{\"op\":\"ping\",\"op\":\"subscribe\"}")]
    public async Task What_makes_no_sense_on_a_socket_is_answered_or_passed_over_and_the_socket_serves_on(string text)
    {
        ConcurrentBag<string> faults = [];
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        server.OnFault = faults.Add;
        foreach (Uri endpoint in new[] { server.PublicEndpoint, server.PrivateEndpoint, server.TradeEndpoint })
        {
            await using var client = new SocketClient();
            await client.ConnectAsync(endpoint);
            await client.SendAsync(text);
            await client.SendAsync("""{"op":"ping"}""");
            while (!(await client.NextAsync()).Contains("pong", StringComparison.Ordinal))
            {
                // Refusals of what was sent before.
            }
        }

        Assert.Empty(faults);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_close_the_socket_with_1007()
    {
        ConcurrentBag<string> faults = [];
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        server.OnFault = faults.Add;
        await using var client = new SocketClient();
        await client.ConnectAsync(server.PublicEndpoint);

        await client.SendAsync([(byte)'{', 0xff, 0xfe, (byte)'}']);

        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, await client.Closed);
        Assert.True(await VenueServerHarness.ComesTrueAsync(() => server.Connections(DeliveryChannel.Public) == 0));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_flood_of_one_client_ends_its_connection_and_another_is_served_meanwhile()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        ConcurrentBag<string> faults = [];
        venue.Server.OnFault = faults.Add;
        SocketClient flood = await venue.ConnectAsync(venue.Server.PublicEndpoint);
        SocketClient trade = await venue.LoginAsync(venue.Server.TradeEndpoint);

        const int Messages = 20_000;
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < Messages; i++) await flood.SendAsync("not json");
        }).ContinueWith(_ => { }, TaskScheduler.Default);   // its socket breaks under it
        await trade.SendAsync(venue.Order("order.create", "r1", "\"side\":\"Buy\",\"orderType\":\"Limit\",\"qty\":\"0.010\",\"price\":\"59000\""));
        Assert.Equal(0, (await venue.NextJsonAsync(trade)).GetProperty("retCode").GetInt32());

        await sending;
        await venue.UntilAsync(() => venue.Server.Connections(DeliveryChannel.Public) == 0);
        Assert.Equal(1, venue.Server.Connections(DeliveryChannel.Trade));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Half_open_and_broken_connections_harm_nobody()
    {
        ConcurrentBag<string> faults = [];
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        server.OnFault = faults.Add;
        string[] openings =
        [
            "",
            "GET /v5/market/time HT",
            "POST /v5/order/create HTTP/1.1\r\nHost: venue\r\nContent-Length: 1000\r\n\r\n{\"category\":",
            "POST /v5/order/create HTTP/1.1\r\nHost: venue\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "GET /v5/private HTTP/1.1\r\nHost: venue\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\u0081\u00ff",
            "\u0016\u0003\u0001 this is no HTTP \u0000\u0000\r\n\r\n",
        ];
        List<TcpClient> clients = [];
        foreach (string opening in openings)
        {
            var client = new TcpClient();
            await client.ConnectAsync(server.RestEndpoint.Host, server.RestEndpoint.Port);
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(opening));
            clients.Add(client);
        }

        using var http = new HttpClient { BaseAddress = server.RestEndpoint };
        Assert.Contains("timeNano", await http.GetStringAsync(VenueRest.TimePath), StringComparison.Ordinal);
        foreach (TcpClient client in clients)
        {
            client.LingerState = new LingerOption(enable: true, 0);   // ends with a reset
            client.Dispose();
        }

        Assert.Contains("timeNano", await http.GetStringAsync(VenueRest.TimePath), StringComparison.Ordinal);
        Assert.True(await VenueServerHarness.ComesTrueAsync(() => server.Connections(DeliveryChannel.Private) == 0));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_message_without_end_closes_its_socket_with_1009_and_another_is_served()
    {
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        await using var other = new SocketClient();
        await other.ConnectAsync(server.TradeEndpoint);
        foreach (Uri endpoint in new[] { server.PublicEndpoint, server.PrivateEndpoint, server.TradeEndpoint })
        {
            await using var client = new SocketClient();
            await client.ConnectAsync(endpoint);
            await client.SendAsync(new string('[', (1 << 16) + 1));
            Assert.Equal(WebSocketCloseStatus.MessageTooBig, await client.Closed.WaitAsync(VenueServerHarness.Patience));
        }

        await other.SendAsync("""{"op":"ping"}""");
        Assert.Contains("pong", await other.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_stops_in_the_middle_of_a_frame_is_cut_as_a_silent_one_and_one_that_ends_without_a_word_at_once()
    {
        ConcurrentBag<string> faults = [];
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        server.OnFault = faults.Add;
        using TcpClient halfFrame = await UpgradedAsync(server);
        await halfFrame.GetStream().WriteAsync(new byte[] { 0x81, 0xfd, 0x00 });   // text, masked, a length of which one byte is missing
        using TcpClient halfClosed = await UpgradedAsync(server);
        Assert.True(await VenueServerHarness.ComesTrueAsync(() => server.Connections(DeliveryChannel.Private) == 2));

        halfClosed.Client.Shutdown(SocketShutdown.Send);
        Assert.True(await VenueServerHarness.ComesTrueAsync(() => server.Connections(DeliveryChannel.Private) == 1));
        server.CutOverdue(Stopwatch.GetTimestamp() + (599 * Stopwatch.Frequency));
        Assert.Equal(1, server.Connections(DeliveryChannel.Private));
        server.CutOverdue(Stopwatch.GetTimestamp() + (601 * Stopwatch.Frequency));

        Assert.True(await VenueServerHarness.ComesTrueAsync(() => server.Connections(DeliveryChannel.Private) == 0));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_socket_that_asks_for_more_snapshots_than_any_client_needs_is_cut_and_another_is_not()
    {
        string[] symbols = [.. Enumerable.Range(1_000, 700).Select(i => $"A{i}USDT")];
        string[] topics = [.. symbols.Select(symbol => $"orderbook.50.{symbol}")];
        await using var server = new VenueServer(VenueServerHarness.Settings() with { Symbols = symbols, Topics = topics });
        await server.StartAsync();
        await using var greedy = new SocketClient();
        await greedy.ConnectAsync(server.PublicEndpoint);
        await using var modest = new SocketClient();
        await modest.ConnectAsync(server.PublicEndpoint);
        foreach (string op in new[] { "subscribe", "unsubscribe", "subscribe", "unsubscribe", "subscribe" }) await greedy.SendAsync(VenueServerHarness.Command(op, topics));
        await modest.SendAsync(VenueServerHarness.Command("subscribe", topics));

        int asked = 0;
        Assert.True(await VenueServerHarness.ComesTrueAsync(() =>
        {
            server.DrainIncoming(producedCount: 1, _ => asked++);
            return server.Connections(DeliveryChannel.Public) == 1 && asked == 2_700;
        }));
        Assert.Null(await greedy.Closed);
        Assert.Contains("\"success\":true", await modest.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_whose_snapshots_are_lost_or_are_none_is_not_cut_for_asking_again()
    {
        string[] symbols = [.. Enumerable.Range(1_000, 700).Select(i => $"A{i}USDT")];
        string[] topics = [.. symbols.Select(symbol => $"orderbook.50.{symbol}")];
        await using var server = new VenueServer(VenueServerHarness.Settings() with { Symbols = symbols, Topics = topics });
        await server.StartAsync();
        await using var client = new SocketClient();
        await client.ConnectAsync(server.PublicEndpoint);
        for (int round = 0; round < 4; round++)
        {
            foreach (string op in new[] { "subscribe", "unsubscribe" }) await client.SendAsync(VenueServerHarness.Command(op, topics));
        }

        int asked = 0;
        int opened = 0;
        Assert.True(await VenueServerHarness.ComesTrueAsync(() =>
        {
            opened = Math.Max(opened, server.Connections(DeliveryChannel.Public));
            server.DrainIncoming(producedCount: 1, request =>
            {
                ReadOnlyMemory<byte> frame = ++asked % 2 == 0 ? default : System.Text.Encoding.UTF8.GetBytes(VenueHarness.BookFrame("snapshot", "1 1", "2 1", 1));
                server.Route(new Delivery(DeliveryChannel.Public, 0, frame, -1, request.Origin, IsLost: true));
            });
            return asked == 2_800 || (opened == 1 && server.Connections(DeliveryChannel.Public) == 0);
        }));
        Assert.Equal(2_800, asked);
    }

    [Fact]
    public async Task Clients_that_come_and_go_leave_nothing_behind()
    {
        ConcurrentBag<string> faults = [];
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        server.OnFault = faults.Add;
        for (int i = 0; i < 200; i++)
        {
            await using var client = new SocketClient();
            await client.ConnectAsync(i % 2 == 0 ? server.PublicEndpoint : server.PrivateEndpoint);
            await client.SendAsync(VenueServerHarness.Command("subscribe", "tickers.BTCUSDT"));
        }

        Assert.True(await VenueServerHarness.ComesTrueAsync(() => server.Connections(DeliveryChannel.Public) + server.Connections(DeliveryChannel.Private) == 0));
        Assert.Equal(0, server.Subscriptions(DeliveryChannel.Public));
        Assert.Empty(faults);
    }

    /// <summary>A private socket of which the test writes the bytes itself.</summary>
    private static async Task<TcpClient> UpgradedAsync(VenueServer server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.RestEndpoint.Host, server.RestEndpoint.Port);
        await client.GetStream().WriteAsync("GET /v5/private HTTP/1.1\r\nHost: venue\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 101", await new StreamReader(client.GetStream()).ReadLineAsync(), StringComparison.Ordinal);
        return client;
    }

    private static Gen<string> AnyValue(int depth) => depth == 0
        ? Gen.Elements(Fragments)
        : Gen.Frequency(
            (5, Gen.Elements(Fragments)),
            (1, from values in Gen.ListOf(AnyValue(depth - 1)) select $"[{string.Join(",", values)}]"),
            (1, from name in Gen.Elements(Names) from value in AnyValue(depth - 1) select $"[{{\"{name}\":{value}}}]"));
}
