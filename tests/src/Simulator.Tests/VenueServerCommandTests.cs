using System.Net.WebSockets;
using System.Text.RegularExpressions;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>What the gateway answers by itself: login, ping, subscriptions (Bybit V5, 4 and 5). CONN stands for the connection's name.</summary>
public sealed partial class VenueServerCommandTests
{
    private const long VectorMillis = 1_700_000_000_000;

    [Theory]
    [InlineData("public", """{"op":"ping"}""", """{"success":true,"ret_msg":"pong","conn_id":"CONN","req_id":"","op":"ping"}""")]
    [InlineData("public", """{"req_id":"ping-pp","op":"ping"}""", """{"success":true,"ret_msg":"pong","conn_id":"CONN","req_id":"ping-pp","op":"ping"}""")]
    [InlineData("public", """{"req_id":17,"op":"ping"}""", """{"success":true,"ret_msg":"pong","conn_id":"CONN","req_id":"17","op":"ping"}""")]
    [InlineData("private", """{"op":"ping"}""", """{"op":"pong","args":["1786310819000"],"conn_id":"CONN"}""")]
    [InlineData("private", """{"req_id":"100001","op":"ping"}""", """{"req_id":"100001","op":"pong","args":["1786310819000"],"conn_id":"CONN"}""")]
    [InlineData("trade", """{"op":"ping"}""", """{"retCode":0,"retMsg":"OK","op":"pong","data":["1786310819000"],"connId":"CONN"}""")]
    [InlineData("trade", """{"reqId":"7","req_id":"7","op":"ping"}""", """{"retCode":0,"retMsg":"OK","op":"pong","data":["1786310819000"],"connId":"CONN"}""")]
    public async Task Each_socket_has_its_own_pong(string socket, string sent, string expected) => Assert.Equal(expected, await ReplyAsync(socket, sent));

    [Theory]
    [InlineData("""{"req_id":"e1","op":"subscribe","args":["orderbook.50.NOPEUSDT"]}""", """{"success":false,"ret_msg":"error:handler not found,topic:orderbook.50.NOPEUSDT","conn_id":"CONN","req_id":"e1","op":"subscribe"}""")]
    [InlineData("""{"op":"subscribe","args":["orderbook.500.BTCUSDT"]}""", """{"success":false,"ret_msg":"error:handler not found,topic:orderbook.500.BTCUSDT","conn_id":"CONN","req_id":"","op":"subscribe"}""")]
    [InlineData("""{"op":"subscribe","args":["orderbook.50.btcusdt"]}""", """{"success":false,"ret_msg":"error:handler not found,topic:orderbook.50.btcusdt","conn_id":"CONN","req_id":"","op":"subscribe"}""")]
    [InlineData("""{"op":"subscribe","args":["order"]}""", """{"success":false,"ret_msg":"error:handler not found,topic:order","conn_id":"CONN","req_id":"","op":"subscribe"}""")]
    [InlineData("""{"op":"subscribe","args":["tickers.BTCUSDT","tickers.BTCUSDT"]}""", """{"success":false,"ret_msg":"error:already subscribed,topic:tickers.BTCUSDT","conn_id":"CONN","req_id":"","op":"subscribe"}""")]
    [InlineData("""{"op":"subscribe"}""", """{"success":false,"ret_msg":"Params Error","conn_id":"CONN","req_id":"","op":"subscribe"}""")]
    [InlineData("""{"op":"dance"}""", """{"success":false,"ret_msg":"error:invalid op","conn_id":"CONN","req_id":"","op":"dance"}""")]
    [InlineData("""{"op":"auth","args":["k",1,"s"]}""", """{"success":false,"ret_msg":"error:invalid op","conn_id":"CONN","req_id":"","op":"auth"}""")]
    [InlineData("hello", """{"success":false,"ret_msg":"Failed to decode incoming data:readObjectStart: expect { or n, but found h","conn_id":"CONN","req_id":"","op":""}""")]
    [InlineData("""{"op":"subscribe","args":["tickers.BTCUSDT"],"req_id":"s1"}""", """{"success":true,"ret_msg":"","conn_id":"CONN","req_id":"s1","op":"subscribe"}""")]
    [InlineData("""{"op":"unsubscribe","args":["tickers.BTCUSDT"],"req_id":"s2"}""", """{"success":true,"ret_msg":"","conn_id":"CONN","req_id":"s2","op":"unsubscribe"}""")]
    public async Task The_public_socket_answers_in_the_texts_of_the_live_venue(string sent, string expected) => Assert.Equal(expected, await ReplyAsync("public", sent));

    [Theory]
    [InlineData("""{"op":"subscribe","args":["order"]}""", """{"success":false,"ret_msg":"error:topic:order needs auth first","op":"subscribe","conn_id":"CONN"}""")]
    [InlineData("""{"op":"dance","req_id":"1"}""", """{"success":false,"ret_msg":"error:invalid op","conn_id":"CONN","req_id":"1","op":"dance"}""")]
    [InlineData("[]", """{"success":false,"ret_msg":"Failed to decode incoming data:readObjectStart: expect { or n, but found [","op":"","conn_id":"CONN"}""")]
    public async Task The_private_socket_refuses_before_the_login(string sent, string expected) => Assert.Equal(expected, await ReplyAsync("private", sent));

    [Theory]
    [InlineData("wallet", true, "")]
    [InlineData("order,execution,position,wallet", true, "")]
    [InlineData("order.linear,execution.linear,position.linear", true, "")]
    [InlineData("order,order.linear", false, "Params Error")]
    [InlineData("wallet.linear", false, "error:handler not found,topic:wallet.linear")]
    [InlineData("order,tickers.BTCUSDT", false, "error:handler not found,topic:tickers.BTCUSDT")]
    public async Task Private_topics_are_offered_plain_and_categorised_but_not_both_in_one_request(string topics, bool success, string text)
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient client = await venue.LoginAsync(venue.Server.PrivateEndpoint);

        await client.SendAsync(VenueServerHarness.Command("subscribe", topics.Split(',')));

        Assert.Equal($$"""{"success":{{(success ? "true" : "false")}},"ret_msg":"{{text}}","op":"subscribe","conn_id":"CONN"}""", Anonymous(await venue.NextAsync(client)));
        Assert.Equal(success ? topics.Split(',').Length : 0, venue.Server.Subscriptions(DeliveryChannel.Private));
    }

    [Fact]
    public async Task One_bad_topic_or_one_already_subscribed_refuses_the_whole_request()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient client = await venue.ConnectAsync(venue.Server.PublicEndpoint);
        await venue.SubscribeAsync(client, "tickers.BTCUSDT");

        await client.SendAsync(VenueServerHarness.Command("subscribe", VenueServerHarness.Book, "tickers.BTCUSDT"));
        Assert.Equal("error:already subscribed,topic:tickers.BTCUSDT", (await venue.ReplyAsync(client)).GetProperty("ret_msg").GetString());
        await client.SendAsync(VenueServerHarness.Command("subscribe", VenueServerHarness.Book, "nothing"));
        Assert.Equal("error:handler not found,topic:nothing", (await venue.ReplyAsync(client)).GetProperty("ret_msg").GetString());
        Assert.Equal((1, 1), (venue.Server.Connections(DeliveryChannel.Public), venue.Server.Subscriptions(DeliveryChannel.Public)));

        await venue.SubscribeAsync(client, VenueServerHarness.Book);
        Assert.Equal(2, venue.Server.Subscriptions(DeliveryChannel.Public));
        await client.SendAsync(VenueServerHarness.Command("unsubscribe", VenueServerHarness.Book));
        await venue.ReplyAsync(client);
        await venue.UntilAsync(() => venue.Server.Subscriptions(DeliveryChannel.Public) == 1);
    }

    [Fact]
    public async Task The_topics_of_the_market_are_offered_of_traded_symbols()
    {
        await using var server = new VenueServer(VenueServerHarness.Settings() with
        {
            Topics = ["orderbook.1.BTCUSDT", "orderbook.200.BTCUSDT", "kline.1.BTCUSDT", "orderbook.200.SOLUSDT"],
        });
        await server.StartAsync();
        await using var client = new SocketClient();
        await client.ConnectAsync(server.PublicEndpoint);

        foreach (string topic in new[] { "orderbook.1.BTCUSDT", "orderbook.200.BTCUSDT", "kline.1.BTCUSDT", "orderbook.50.BTCUSDT", "orderbook.200.SOLUSDT" })
        {
            await client.SendAsync(VenueServerHarness.Command("subscribe", topic));
        }

        List<bool> accepted = [];
        for (int i = 0; i < 5; i++) accepted.Add((await client.NextAsync()).Contains("\"success\":true", StringComparison.Ordinal));
        Assert.Equal([true, true, true, false, false], accepted);
    }

    [Theory]
    [InlineData("1700000010000", "977d2a1068009c263a4e3e15a2838ccaf62d1eda4ca2ff08b5456910b481b58b", null, 0)]
    [InlineData("\"1700000010000\"", "977d2a1068009c263a4e3e15a2838ccaf62d1eda4ca2ff08b5456910b481b58b", null, 0)]
    [InlineData("1700000010000", "977D2A1068009C263A4E3E15A2838CCAF62D1EDA4CA2FF08B5456910B481B58B", null, 0)]
    [InlineData("1700000010000", "977d2a1068009c263a4e3e15a2838ccaf62d1eda4ca2ff08b5456910b481b58c", "Error sign, please check your signature generation algorithm.", 10004)]
    [InlineData("1700000010001", "977d2a1068009c263a4e3e15a2838ccaf62d1eda4ca2ff08b5456910b481b58b", "Error sign, please check your signature generation algorithm.", 10004)]
    [InlineData("1700000010000", "", "Error sign, please check your signature generation algorithm.", 10004)]
    [InlineData("\"soon\"", "977d2a1068009c263a4e3e15a2838ccaf62d1eda4ca2ff08b5456910b481b58b", "Params Error", 10001)]
    public async Task A_login_is_checked_against_the_published_vector_on_both_sockets(string expires, string signature, string? fault, int code)
    {
        await using VenueServer server = await VectorServerAsync(VectorMillis);
        string text = $$"""{"op":"auth","args":["test-key",{{expires}},"{{signature}}"]}""";

        Assert.Equal(
            $$"""{"success":{{(fault is null ? "true" : "false")}},"ret_msg":"{{fault}}","op":"auth","conn_id":"CONN"}""",
            await AskAsync(server, server.PrivateEndpoint, text));
        Assert.Equal($$"""{"retCode":{{code}},"retMsg":"{{fault ?? "OK"}}","op":"auth","connId":"CONN"}""", await AskAsync(server, server.TradeEndpoint, text));
    }

    [Fact]
    public async Task A_login_with_another_key_or_an_expiry_that_is_not_ahead_is_refused()
    {
        await using VenueServer server = await VectorServerAsync(VectorMillis + 10_000);
        string expired = VenueServerHarness.Auth(VectorMillis + 10_000);
        string otherKey = VenueServerHarness.Auth(VectorMillis + 10_001, key: "other");

        Assert.Equal("""{"success":false,"ret_msg":"Params Error","op":"auth","conn_id":"CONN"}""", await AskAsync(server, server.PrivateEndpoint, expired));
        Assert.Equal("""{"retCode":10001,"retMsg":"Params Error","op":"auth","connId":"CONN"}""", await AskAsync(server, server.TradeEndpoint, expired));
        Assert.Equal("""{"success":false,"ret_msg":"API key is invalid.","op":"auth","conn_id":"CONN"}""", await AskAsync(server, server.PrivateEndpoint, otherKey));
        Assert.Equal("""{"retCode":10003,"retMsg":"API key is invalid.","op":"auth","connId":"CONN"}""", await AskAsync(server, server.TradeEndpoint, otherKey));
        Assert.Equal("""{"success":true,"ret_msg":"","op":"auth","conn_id":"CONN"}""", await AskAsync(server, server.PrivateEndpoint, VenueServerHarness.Auth(VectorMillis + 10_001)));
    }

    [Fact]
    public async Task Ids_come_back_in_the_key_order_of_each_socket_and_a_second_login_on_order_entry_is_refused_without_harm()
    {
        await using VenueServer server = await VectorServerAsync(VectorMillis);
        await using var client = new SocketClient();
        await client.ConnectAsync(server.TradeEndpoint);
        string auth = VenueServerHarness.Auth(VectorMillis + 1)[1..];

        await client.SendAsync("{\"reqId\":\"a1\"," + auth);
        await client.SendAsync("{\"req_id\":\"a2\"," + auth);
        await client.SendAsync("""{"op":"order.create"}""");

        Assert.Equal("""{"reqId":"a1","retCode":0,"retMsg":"OK","op":"auth","connId":"CONN"}""", Anonymous(await client.NextAsync()));
        Assert.Equal("""{"retCode":20001,"retMsg":"Repeated auth","op":"auth","connId":"CONN"}""", Anonymous(await client.NextAsync()));
        Assert.True(SpinWait.SpinUntil(() => server.ReceivedRequests == 1, VenueServerHarness.Patience));
        Assert.Equal(
            """{"success":true,"ret_msg":"","conn_id":"CONN","req_id":"1","op":"auth"}""",
            await AskAsync(server, server.PrivateEndpoint, "{\"req_id\":\"1\"," + auth));
    }

    [Fact]
    public async Task A_request_id_is_taken_once_in_a_session_and_again_in_the_next()
    {
        await using VenueServer server = await VectorServerAsync(VectorMillis);
        for (int session = 1; session <= 2; session++)
        {
            await using var client = new SocketClient();
            await client.ConnectAsync(server.TradeEndpoint);
            await client.SendAsync(VenueServerHarness.Auth(VectorMillis + 1));
            await client.NextAsync();

            await client.SendAsync("""{"reqId":"1","op":"order.create"}""");
            await client.SendAsync("""{"reqId":"1","op":"order.create"}""");

            Assert.Equal("""{"reqId":"1","retCode":20006,"retMsg":"reqId is duplicate","op":"order.create","connId":"CONN"}""", Anonymous(await client.NextAsync()));
            Assert.Equal(session, server.ReceivedRequests);
        }
    }

    [ReferenceFact("reference/bybit-v5-messages.jsonl")]
    public async Task The_replies_are_those_captured_from_the_live_venue()
    {
        Dictionary<string, string> captured = File.ReadLines(ReferenceFiles.TryReference("reference/bybit-v5-messages.jsonl")!)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .ToDictionary(row => row.GetProperty("name").GetString()!, row => CapturedName().Replace(row.GetProperty("raw").GetString()!, "\"conn$1\":\"CONN\""));
        await using VenueServer server = await VectorServerAsync(VectorMillis);
        string auth = VenueServerHarness.Auth(VectorMillis + 1)[1..];

        Assert.Equal(captured["public.pong.linear.captured"], await AskAsync(server, server.PublicEndpoint, """{"op":"ping","req_id":"78630463144691"}"""));
        Assert.Equal(captured["public.subscribe.ok.linear.2026.captured"], await AskAsync(server, server.PublicEndpoint, """{"op":"subscribe","args":["tickers.BTCUSDT"]}"""));
        Assert.Equal(captured["public.subscribe.fail.unknown-topic.probe"], await AskAsync(server, server.PublicEndpoint, captured["public.subscribe.fail.unknown-topic.probe"].Replace("\"op\":", "\"args\":[\"orderbook.50.NOPEUSDT\"],\"op\":", StringComparison.Ordinal)));
        Assert.Equal(captured["private.auth.ok.captured"], await AskAsync(server, server.PrivateEndpoint, "{\"req_id\":\"1\"," + auth));
        Assert.Equal(captured["private.auth.ok.2024.captured"], await AskAsync(server, server.PrivateEndpoint, "{" + auth));
        Assert.Equal(captured["trade.auth.ok.captured"], await AskAsync(server, server.TradeEndpoint, "{" + auth));
        Assert.Equal(
            captured["private.pong.2024.captured"].Replace("1727434943071", "1700000000000", StringComparison.Ordinal),
            await AskAsync(server, server.PrivateEndpoint, """{"op":"ping","req_id":"100001"}"""));
    }

    [Fact]
    public async Task An_order_before_the_login_is_refused_and_reaches_nobody()
    {
        await using VenueServer server = await VectorServerAsync(VectorMillis);

        Assert.Equal(
            """{"reqId":"o1","retCode":10003,"retMsg":"auth is required before order entry","op":"order.create","connId":"CONN"}""",
            await AskAsync(server, server.TradeEndpoint, """{"reqId":"o1","op":"order.create","args":[{}]}"""));
        server.DrainIncoming(0, request => Assert.Fail($"drained {request}"));
        Assert.Equal(0, server.ReceivedRequests);
    }

    [Fact]
    public async Task A_message_above_64_kB_closes_the_socket_with_1009_and_one_of_that_size_does_not()
    {
        await using VenueServer server = await VectorServerAsync(VectorMillis);
        await using var client = new SocketClient();
        await client.ConnectAsync(server.PublicEndpoint);
        const string Ping = """{"op":"ping"}""";

        await client.SendAsync(Ping.PadRight(65_535));
        Assert.Contains("pong", await client.NextAsync(), StringComparison.Ordinal);
        await client.SendAsync(Ping.PadRight(65_537));

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await client.Closed);
    }

    [Fact]
    public async Task A_venue_that_never_answers_accepts_the_socket_and_stays_silent()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { NeverAnswers = true });
        SocketClient client = await venue.ConnectAsync(venue.Server.TradeEndpoint);

        await client.SendAsync("""{"op":"ping"}""");
        await client.SendAsync(VenueServerHarness.Auth(venue.NowMillis + 1_000));

        // The close comes back after both have been read.
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await venue.DriveAsync(client.CloseAsync()));
        await Assert.ThrowsAsync<System.Threading.Channels.ChannelClosedException>(client.NextAsync);
    }

    [Fact]
    public async Task Compression_is_not_taken_up()
    {
        await using VenueServer server = await VectorServerAsync(VectorMillis);
        await using var client = new SocketClient();
        client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        client.Options.CollectHttpResponseDetails = true;
        await client.ConnectAsync(server.PublicEndpoint);

        Assert.False(client.ResponseHeaders!.ContainsKey("Sec-WebSocket-Extensions"));
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_with_address_port_and_mend_and_nothing_is_printed()
    {
        TextWriter console = Console.Out;
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            await using VenueServer first = await VectorServerAsync(VectorMillis);
            await using var second = new VenueServer(VenueServerHarness.Settings() with { Port = first.RestEndpoint.Port });

            VenueServerException fault = await Assert.ThrowsAsync<VenueServerException>(second.StartAsync);

            Assert.Contains($"127.0.0.1 port {first.RestEndpoint.Port}", fault.Message, StringComparison.Ordinal);
            Assert.Contains("choose another port, or 0", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', fault.Message);
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.Equal("", printed.ToString());
    }

    [Fact]
    public void Settings_without_an_address_or_a_port_are_refused()
    {
        Assert.Contains("'localhost'", Assert.Throws<ArgumentException>(() => new VenueServer(VenueServerHarness.Settings() with { Address = "localhost" })).Message, StringComparison.Ordinal);
        Assert.Contains("0..65535", Assert.Throws<ArgumentException>(() => new VenueServer(VenueServerHarness.Settings() with { Port = 70_000 })).Message, StringComparison.Ordinal);
    }

    internal static async Task<VenueServer> VectorServerAsync(long clockMillis)
    {
        var server = new VenueServer(VenueServerHarness.Settings() with { Topics = ["tickers.BTCUSDT"], Clock = () => clockMillis * 1_000_000 });
        await server.StartAsync();
        return server;
    }

    private static async Task<string> AskAsync(VenueServer server, Uri endpoint, string sent)
    {
        await using var client = new SocketClient();
        await client.ConnectAsync(endpoint);
        await client.SendAsync(sent);
        return Anonymous(await VenueServerHarness.NextAsync(server, client));
    }

    private static async Task<string> ReplyAsync(string socket, string sent)
    {
        await using VenueServer server = await VectorServerAsync(VenueHarness.StartMillis);
        return await AskAsync(server, socket == "public" ? server.PublicEndpoint : socket == "private" ? server.PrivateEndpoint : server.TradeEndpoint, sent);
    }

    private static string Anonymous(string reply) => ConnectionName().Replace(reply, "CONN");

    [GeneratedRegex(@"dryrun[a-z]*0+-\d+")]
    private static partial Regex ConnectionName();

    [GeneratedRegex("\"conn(Id|_id)\":\"[^\"]+\"")]
    private static partial Regex CapturedName();
}
