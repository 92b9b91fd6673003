using System.Net;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The look-ups over HTTP: who may ask, and the way there and back (Bybit V5, 9).</summary>
public sealed class VenueServerRestTests
{
    private const string Orders = VenueRest.OrdersPath;

    [Fact]
    public async Task A_signed_look_up_travels_to_the_venue_and_back_page_by_page()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient trade = await venue.LoginAsync(venue.Server.TradeEndpoint);
        for (int i = 0; i < 3; i++)
        {
            await trade.SendAsync(venue.Order("order.create", $"c{i}", $$""" "side":"Buy","orderType":"Limit","qty":"0.010","price":"{{59_500 - i}}","timeInForce":"PostOnly","orderLinkId":"o{{i}}" """));
            Assert.Equal(0, (await venue.NextJsonAsync(trade)).GetProperty("retCode").GetInt32());
        }

        (HttpResponseMessage response, JsonElement first) = await venue.GetAsync(Orders, "category=linear&settleCoin=USDT&limit=2");
        string cursor = first.GetProperty("result").GetProperty("nextPageCursor").GetString()!;
        (_, JsonElement second) = await venue.GetAsync(Orders, $"category=linear&settleCoin=USDT&limit=2&cursor={cursor}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["o2", "o1", "o0"], new[] { first, second }.SelectMany(page => page.GetProperty("result").GetProperty("list").EnumerateArray()).Select(row => row.GetProperty("orderLinkId").GetString()));
        Assert.Equal(("50", "49"), (response.Headers.GetValues("X-Bapi-Limit").Single(), response.Headers.GetValues("X-Bapi-Limit-Status").Single()));
        Assert.True(response.Headers.Contains("X-Bapi-Limit-Reset-Timestamp"));
    }

    [Fact]
    public async Task The_published_vector_is_accepted_in_either_case_over_the_raw_query()
    {
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        const string Signature = "9a7c8cfd6ba1a7c498aa4dd5a7f9cfbba01fcb6eebae734ffe0d775870a1a3fb";
        using var http = new HttpClient();
        foreach (string signature in new[] { Signature, Signature.ToUpperInvariant() })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.RestEndpoint, Orders + "?category=linear&symbol=BTCUSDT"));
            request.Headers.Add("X-BAPI-API-KEY", "test-key");
            request.Headers.Add("X-BAPI-TIMESTAMP", "1700000000000");
            request.Headers.Add("X-BAPI-RECV-WINDOW", "5000");
            request.Headers.Add("X-BAPI-SIGN", signature);
            Task<HttpResponseMessage> response = http.SendAsync(request);
            IncomingRequest? asked = null;
            Assert.True(SpinWait.SpinUntil(
                () =>
                {
                    server.DrainIncoming(0, incoming => asked = incoming);
                    return asked is not null;
                },
                VenueServerHarness.Patience));

            Assert.Equal((IncomingKind.Call, Orders, "category=linear&symbol=BTCUSDT"), (asked!.Value.Kind, asked.Value.Call!.Route.Path, asked.Value.Call.Query));
            server.Route(new Delivery(DeliveryChannel.LookUpEnd, 0, "{}"u8.ToArray(), -1, asked.Value.Origin + 1));
            server.Route(new Delivery(DeliveryChannel.LookUpEnd, 0, "{\"a\":1}"u8.ToArray(), -1, asked.Value.Origin));
            Assert.Equal("{\"a\":1}", await (await response).Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_call_without_a_good_key_time_or_signature_is_refused_in_the_envelope()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        const string Query = "category=linear&symbol=BTCUSDT";

        (HttpResponseMessage badKey, JsonElement badKeyBody) = await venue.GetAsync(Orders, Query, key: "other");
        Assert.Equal((HttpStatusCode.Unauthorized, "10003 API key is invalid."), (badKey.StatusCode, Outcome(badKeyBody)));

        long now = venue.NowMillis;
        (HttpResponseMessage badSign, JsonElement badSignBody) = await venue.GetAsync(Orders, Query, signature: "00", timestamp: now);
        Assert.Equal((HttpStatusCode.OK, $"10004 error sign! origin_string[{now}test-key5000{Query}]"), (badSign.StatusCode, Outcome(badSignBody)));

        foreach (long timestamp in new[] { venue.NowMillis - 5_001, venue.NowMillis + 60_000 })
        {
            (_, JsonElement stale) = await venue.GetAsync(Orders, Query, timestamp: timestamp);
            Assert.StartsWith($"10002 invalid request, please check your server timestamp or recv_window param. req_timestamp[{timestamp}],server_timestamp[", Outcome(stale), StringComparison.Ordinal);
        }

        using var http = new HttpClient();
        using HttpResponseMessage unsigned = await http.GetAsync(new Uri(venue.Server.RestEndpoint, Orders + "?" + Query));
        Assert.Equal(HttpStatusCode.Unauthorized, unsigned.StatusCode);
        Assert.Equal("10003 API key is invalid.", Outcome(JsonDocument.Parse(await unsigned.Content.ReadAsStringAsync()).RootElement));
    }

    [Fact]
    public async Task More_than_fifty_look_ups_in_a_second_are_refused_with_10006()
    {
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        server.OnIncoming = () => server.DrainIncoming(0, request => server.Route(new Delivery(DeliveryChannel.LookUpEnd, 0, "answered"u8.ToArray(), -1, request.Origin)));
        using var http = new HttpClient { BaseAddress = server.RestEndpoint };
        http.DefaultRequestHeaders.Add("X-BAPI-API-KEY", VenueServerHarness.Key);
        http.DefaultRequestHeaders.Add("X-BAPI-TIMESTAMP", "1700000000000");
        http.DefaultRequestHeaders.Add("X-BAPI-SIGN", VenueServerHarness.Sign("1700000000000test-keycategory=linear"));

        for (int i = 0; i < 50; i++) Assert.Equal("answered", await http.GetStringAsync(Orders + "?category=linear"));
        Assert.Equal(
            """{"retCode":10006,"retMsg":"Too many visits. Exceeded the API Rate Limit.","result":{},"retExtInfo":{},"time":1700000000000}""",
            await http.GetStringAsync(Orders + "?category=linear"));
        Assert.Equal("answered", await http.GetStringAsync(VenueRest.ExecutionsPath + "?category=linear"));
    }

    [Fact]
    public async Task Cancelling_all_travels_like_an_order_and_is_told_on_the_private_stream()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient trade = await venue.LoginAsync(venue.Server.TradeEndpoint);
        SocketClient orders = await venue.LoginAsync(venue.Server.PrivateEndpoint, "order");
        for (int i = 0; i < 2; i++)
        {
            await trade.SendAsync(venue.Order("order.create", $"c{i}", $$""" "side":"Buy","orderType":"Limit","qty":"0.010","price":"{{59_500 - i}}","timeInForce":"PostOnly","orderLinkId":"o{{i}}" """));
            Assert.Equal(0, (await venue.NextJsonAsync(trade)).GetProperty("retCode").GetInt32());
        }

        (HttpResponseMessage response, JsonElement body) = await venue.PostAsync(VenueRest.CancelAllPath, " {\"category\": \"linear\", \"settleCoin\":\"USDT\"}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["o0", "o1"], body.GetProperty("result").GetProperty("list").EnumerateArray().Select(row => row.GetProperty("orderLinkId").GetString()));
        Assert.Equal(("10", "9"), (response.Headers.GetValues("X-Bapi-Limit").Single(), response.Headers.GetValues("X-Bapi-Limit-Status").Single()));
        Assert.Empty(venue.Account.OpenOrders);
        foreach (string name in (string[])["o0", "o1"])
        {
            JsonElement row = (await venue.NextJsonAsync(orders, IsCancelled)).GetProperty("data")[0];
            Assert.Equal((name, "CancelByUser"), (row.GetProperty("orderLinkId").GetString(), row.GetProperty("cancelType").GetString()));
        }

        static bool IsCancelled(JsonElement message) => message.TryGetProperty("data", out JsonElement data) && data[0].GetProperty("orderStatus").GetString() == "Cancelled";
    }

    [Fact]
    public async Task Cancelling_all_is_signed_over_the_raw_body_posted_and_limited()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        const string Body = "{\"category\":\"linear\",\"settleCoin\":\"USDT\"}";

        (_, JsonElement other) = await venue.PostAsync(VenueRest.CancelAllPath, Body + " ", signed: Body);
        Assert.StartsWith("10004 error sign! origin_string[", Outcome(other), StringComparison.Ordinal);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(venue.Server.RestEndpoint, VenueRest.CancelAllPath))).StatusCode);

        // Venue time moves on while an answer travels, by far less than the limit's second.
        for (int i = 0; i < 10; i++) Assert.Equal(0, (await venue.PostAsync(VenueRest.CancelAllPath, Body)).Body.GetProperty("retCode").GetInt32());
        (_, JsonElement tooMany) = await venue.PostAsync(VenueRest.CancelAllPath, Body);
        Assert.StartsWith("10006 ", Outcome(tooMany), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_needs_no_signature_and_no_driver_and_an_unknown_path_is_404()
    {
        await using VenueServer server = await VenueServerCommandTests.VectorServerAsync(1_700_000_000_000);
        using var http = new HttpClient { BaseAddress = server.RestEndpoint };

        Assert.Equal(
            """{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1700000000","timeNano":"1700000000000000000"},"retExtInfo":{},"time":1700000000000}""",
            await http.GetStringAsync(VenueRest.TimePath));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/v5/order/dance")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync(VenueRest.TimePath, new StringContent("{}", Encoding.UTF8, "application/json"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.GetAsync(VenueServer.PublicPath)).StatusCode);
    }

    [Fact]
    public async Task Stopping_ends_sockets_and_waiting_look_ups()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient client = await venue.LoginAsync(venue.Server.PrivateEndpoint);
        bool asked = false;
        venue.Server.OnIncoming = () => Volatile.Write(ref asked, true);
        long now = venue.NowMillis;
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(venue.Server.RestEndpoint, Orders + "?category=linear"));
        request.Headers.Add("X-BAPI-API-KEY", VenueServerHarness.Key);
        request.Headers.Add("X-BAPI-TIMESTAMP", $"{now}");
        request.Headers.Add("X-BAPI-SIGN", VenueServerHarness.Sign($"{now}{VenueServerHarness.Key}category=linear"));
        Task<HttpResponseMessage> waiting = http.SendAsync(request);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref asked), VenueServerHarness.Patience));

        await venue.Server.StopAsync();

        Assert.Null(await client.Closed);
        await Assert.ThrowsAsync<HttpRequestException>(() => waiting);
    }

    private static string Outcome(JsonElement body)
    {
        Assert.Equal("{}", body.GetProperty("result").GetRawText());
        return $"{body.GetProperty("retCode")} {body.GetProperty("retMsg")}";
    }
}
