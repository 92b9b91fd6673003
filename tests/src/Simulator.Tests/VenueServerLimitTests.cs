using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>What one address, one session or one connection may ask for (Bybit V5, 3, 5, 17).</summary>
public sealed class VenueServerLimitTests
{
    private const long NanosPerSecond = 1_000_000_000;

    [Fact]
    public async Task An_address_that_asks_too_often_is_banned_for_ten_minutes()
    {
        long nowNanos = 1_700_000_000 * NanosPerSecond;
        await using var server = new VenueServer(VenueServerHarness.Settings() with { Clock = () => Interlocked.Read(ref nowNanos), LimitsAddresses = true });
        await server.StartAsync();
        using var http = new HttpClient { BaseAddress = server.RestEndpoint };

        for (int i = 0; i < 600; i++) Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(VenueRest.TimePath)).StatusCode);
        using HttpResponseMessage refused = await http.GetAsync(VenueRest.TimePath);
        Assert.Equal((HttpStatusCode.Forbidden, "403, access too frequent"), (refused.StatusCode, await refused.Content.ReadAsStringAsync()));

        Interlocked.Add(ref nowNanos, 599 * NanosPerSecond);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(VenueRest.TimePath)).StatusCode);
        Interlocked.Add(ref nowNanos, NanosPerSecond);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(VenueRest.TimePath)).StatusCode);
    }

    [Fact]
    public void An_address_opens_five_hundred_sockets_in_five_minutes_and_sends_three_thousand_orders_a_second()
    {
        var limits = new AddressLimits();
        IPAddress one = IPAddress.Parse("10.0.0.1");

        Assert.All(Enumerable.Range(0, 500), _ => Assert.True(limits.TakeSocket(one, 0)));
        Assert.False(limits.TakeSocket(one, (300 * NanosPerSecond) - 1));
        Assert.True(limits.TakeSocket(IPAddress.Loopback, 0));
        Assert.True(limits.TakeSocket(one, 300 * NanosPerSecond));

        Assert.All(Enumerable.Range(0, 3_000), _ => Assert.True(limits.TakeOrderEntry(one, 0)));
        Assert.False(limits.TakeOrderEntry(one, NanosPerSecond - 1));
        Assert.True(limits.TakeOrderEntry(one, NanosPerSecond));
    }

    [Fact]
    public async Task What_the_gateway_refuses_by_itself_is_told_with_its_code()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync();
        var refused = new ConcurrentQueue<int>();
        harness.Server.OnRefused = (code, _) => refused.Enqueue(code);
        SocketClient client = await harness.LoginAsync(harness.Server.TradeEndpoint);

        string order = harness.Order("order.cancel", "a", "\"orderLinkId\":\"none\"");
        await client.SendAsync(order);
        await client.SendAsync(order);
        await harness.NextJsonAsync(client, answer => answer.GetProperty("retCode").GetInt32() == 20006);
        (_, JsonElement body) = await harness.GetAsync("/v5/position/list", "category=linear&symbol=BTCUSDT", key: "unknown");

        Assert.Equal(10003, body.GetProperty("retCode").GetInt32());
        Assert.Equal([20006, 10003], refused);
    }

    [Fact]
    public async Task A_thousand_sockets_are_open_at_most_and_one_more_is_told_503_until_another_has_gone()
    {
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        List<SocketClient> clients = [];
        try
        {
            Uri[] endpoints = [server.PublicEndpoint, server.PrivateEndpoint, server.TradeEndpoint];
            for (int i = 0; i < 1_000; i++)
            {
                clients.Add(new SocketClient());
                await clients[i].ConnectAsync(endpoints[i % 3]);
            }

            foreach (Uri endpoint in endpoints) Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(endpoint));
            using var http = new HttpClient { BaseAddress = server.RestEndpoint };
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(VenueRest.TimePath)).StatusCode);

            await clients[500].DisposeAsync();
            Assert.True(await VenueServerHarness.ComesTrueAsync(() => StatusAsync(server.PublicEndpoint).GetAwaiter().GetResult() == HttpStatusCode.SwitchingProtocols));
        }
        finally
        {
            foreach (SocketClient client in clients) await client.DisposeAsync();
        }

        static async Task<HttpStatusCode> StatusAsync(Uri endpoint)
        {
            using var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            try
            {
                await socket.ConnectAsync(endpoint, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                // Refused: the status says how.
            }

            return socket.HttpStatusCode;
        }
    }

    [Fact]
    public async Task A_session_that_sends_too_many_orders_in_a_second_is_told_20003_and_lives_on()
    {
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        await using var client = new SocketClient();
        await client.ConnectAsync(server.TradeEndpoint);
        await client.SendAsync(VenueServerHarness.Auth(1_700_000_001_000));
        await client.NextAsync();

        for (int i = 0; i < 4_001; i++) await client.SendAsync($$"""{"reqId":"flood-{{i}}","op":"order.create"}""");

        Assert.Contains("\"reqId\":\"flood-4000\",\"retCode\":20003", await client.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(4_000, server.ReceivedRequests);
        await client.SendAsync("""{"op":"ping"}""");
        Assert.Contains("pong", await client.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Topics_of_more_than_21000_characters_are_too_many_for_a_connection()
    {
        string[] symbols = [.. Enumerable.Range(1_000, 1_001).Select(i => $"A{i}USDT")];
        string[] topics = [.. symbols.Select(symbol => $"publicTrade.{symbol}")];   // 21 characters each
        await using var server = new VenueServer(VenueServerHarness.Settings() with { Symbols = symbols, Topics = topics });
        await server.StartAsync();
        await using var client = new SocketClient();
        await client.ConnectAsync(server.PublicEndpoint);

        await client.SendAsync(VenueServerHarness.Command("subscribe", [.. topics.Take(1_000)]));
        Assert.Contains("\"success\":true", await client.NextAsync(), StringComparison.Ordinal);
        await client.SendAsync(VenueServerHarness.Command("subscribe", topics[1_000]));
        Assert.Contains("\"ret_msg\":\"args size >21000\"", await client.NextAsync(), StringComparison.Ordinal);
        await client.SendAsync(VenueServerHarness.Command("unsubscribe", topics[0]));
        await client.SendAsync(VenueServerHarness.Command("subscribe", topics[1_000]));
        Assert.Contains("\"success\":true", await VenueServerHarness.NextAsync(server, client), StringComparison.Ordinal);
        Assert.Contains("\"success\":true", await VenueServerHarness.NextAsync(server, client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_socket_is_cut_after_ten_minutes_and_one_with_an_age_of_its_own_when_it_has_reached_it()
    {
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        await using var silent = new SocketClient();
        await using var aged = new SocketClient();
        await using var unread = new SocketClient();
        await silent.ConnectAsync(server.PublicEndpoint);
        await aged.ConnectAsync(new Uri(server.PrivateEndpoint + "?max_active_time=1m"));
        await unread.ConnectAsync(new Uri(server.TradeEndpoint + "?max_active_time=5s"));
        DeliveryChannel[] channels = [DeliveryChannel.Public, DeliveryChannel.Private, DeliveryChannel.Trade];
        Assert.True(await VenueServerHarness.ComesTrueAsync(() => channels.All(channel => server.Connections(channel) == 1)));
        long now = Stopwatch.GetTimestamp();

        server.CutOverdue(now + (61 * Stopwatch.Frequency));
        Assert.Null(await aged.Closed);
        Assert.Equal((1, 1), (server.Connections(DeliveryChannel.Public), server.Connections(DeliveryChannel.Trade)));

        server.CutOverdue(now + (601 * Stopwatch.Frequency));
        Assert.Null(await silent.Closed);
        Assert.Null(await unread.Closed);
    }

    [Fact]
    public async Task An_answer_waits_for_the_reply_delay_and_keeps_its_place_before_what_follows()
    {
        var delay = TimeSpan.FromMilliseconds(50);
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ReplyDelay = delay });
        SocketClient client = await venue.ConnectAsync(venue.Server.PublicEndpoint);

        long asked = Stopwatch.GetTimestamp();
        await client.SendAsync(VenueServerHarness.Command("subscribe", VenueServerHarness.Book));
        JsonElement first = await venue.NextJsonAsync(client);

        Assert.True(first.TryGetProperty("success", out _));
        Assert.True(Stopwatch.GetElapsedTime(asked) >= delay);
        Assert.Equal(VenueServerHarness.Book, (await venue.NextJsonAsync(client)).GetProperty("topic").GetString());
    }
}
