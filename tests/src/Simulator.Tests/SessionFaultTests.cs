using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Faults where they show: in what a session delivers and a server does.</summary>
public sealed class SessionFaultTests
{
    private const string Genuine = "bybit-linear-btc-sol-20260809.frames.gz";
    private const long NanosPerMilli = 1_000_000;
    private const long HourNanos = 3_600_000 * NanosPerMilli;

    [Fact]
    public void A_gap_loses_its_frames_and_nothing_else()
    {
        List<Delivery> calm = Market([]);
        List<Delivery> holed = Market([new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Public, AfterNanos = 500 * NanosPerMilli, Count = 3 }]);

        long[] lost = [.. calm.Select(delivery => delivery.RecordedIndex).Except(holed.Select(delivery => delivery.RecordedIndex))];
        Assert.Equal(3, lost.Length);
        Assert.Equal(calm.Count - 3, holed.Count);
        Assert.All(calm.Where(delivery => lost.Contains(delivery.RecordedIndex)), delivery => Assert.True(delivery.TimeNanos >= calm[0].TimeNanos + (400 * NanosPerMilli)));
    }

    [Fact]
    public void A_duplicate_delivers_a_frame_twice_in_a_row()
    {
        List<Delivery> doubled = Market([new Fault { Kind = FaultKind.Duplicate, Channel = DeliveryChannel.Public, Count = 2 }]);

        IGrouping<long, Delivery>[] twice = [.. doubled.GroupBy(delivery => delivery.RecordedIndex).Where(group => group.Count() > 1)];
        Assert.Equal([2, 2], twice.Select(group => group.Count()));
        Assert.All(twice, group => Assert.Single(group.Select(delivery => delivery.TimeNanos).Distinct()));
    }

    [Fact]
    public void A_stall_holds_a_channel_back_and_then_gives_all_of_it_at_once_in_order()
    {
        const long StallNanos = 300 * NanosPerMilli;
        List<Delivery> calm = Market([]);
        List<Delivery> stalled = Market([new Fault { Kind = FaultKind.Stall, Channel = DeliveryChannel.Public, AfterNanos = 1, DurationNanos = StallNanos }]);

        Assert.Equal(calm.Select(delivery => delivery.RecordedIndex), stalled.Select(delivery => delivery.RecordedIndex));
        IGrouping<long, Delivery> released = stalled.GroupBy(delivery => delivery.TimeNanos).MaxBy(group => group.Count())!;
        Assert.True(released.Count() > 10, $"only {released.Count()} frames came at once");
        Assert.DoesNotContain(stalled, delivery => delivery.TimeNanos > stalled[0].TimeNanos && delivery.TimeNanos < released.Key && delivery.RecordedIndex > 1);
    }

    [Theory]
    [InlineData("""{"kind":"reject","code":10016,"text":"busy"}""", 10016)]
    [InlineData("""{"kind":"ban","durationMilliseconds":100000}""", 10006)]
    public void A_request_is_refused_in_the_form_of_V5_and_reaches_no_account(string fault, int code)
    {
        using ReplaySession session = Open([Fault.Parse(JsonDocument.Parse(fault).RootElement)]);
        JsonElement ack = Place(session);

        Assert.Equal((code, "a", "order.create"), (ack.GetProperty("retCode").GetInt32(), ack.GetProperty("reqId").GetString(), ack.GetProperty("op").GetString()));
        Assert.Empty(session.Venue.Accounts[0].Orders);
    }

    [Fact]
    public void A_reject_of_one_operation_waits_for_it_and_one_that_is_carried_out_leaves_the_order_at_the_venue()
    {
        using ReplaySession other = Open([new Fault { Kind = FaultKind.Reject, Operation = "amend" }]);
        Assert.Equal(0, Place(other).GetProperty("retCode").GetInt32());

        using ReplaySession session = Open([new Fault { Kind = FaultKind.Reject, Operation = "create", IsCarriedOut = true }]);
        Assert.Equal(10016, Place(session).GetProperty("retCode").GetInt32());
        Assert.Single(session.Venue.Accounts[0].OpenOrders);
    }

    [Fact]
    public void A_lost_acknowledgement_leaves_the_order_at_the_venue()
    {
        using ReplaySession session = Open([new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Trade }]);
        Submit(session);

        Assert.DoesNotContain(Play(session, bursts: 200), delivery => delivery.Channel == DeliveryChannel.Trade);
        Assert.Single(session.Venue.Accounts[0].OpenOrders);
    }

    [Fact]
    public void A_slow_request_reaches_the_venue_late_and_one_that_is_sent_when_it_is_over_comes_behind_it()
    {
        using ReplaySession session = Open([new Fault { Kind = FaultKind.Slow, AfterNanos = 1, DurationNanos = 1_000 * NanosPerMilli, DelayNanos = 1_500 * NanosPerMilli }]);
        session.PlayUntil(session.FirstTimeNanos + (500 * NanosPerMilli), []);
        long sentNanos = session.LastTimeNanos;
        SendOrder(session, "a");
        session.PlayUntil(sentNanos + (1_000 * NanosPerMilli), []);
        SendOrder(session, "b");
        session.PlayUntil(sentNanos + (1_499 * NanosPerMilli), []);
        Assert.Empty(session.Venue.Accounts[0].Orders);

        session.PlayUntil(sentNanos + (1_700 * NanosPerMilli), []);
        Assert.Equal(["a", "b"], session.Venue.Accounts[0].OpenOrders.Select(order => order.OrderLinkId));
    }

    [Fact]
    public void A_fault_that_never_comes_does_not_keep_a_recording_from_ending()
    {
        using ReplaySession session = Open([new Fault { Kind = FaultKind.Gap, AfterNanos = 48 * HourNanos }]);
        session.PlayUntil(session.FirstTimeNanos + (24 * HourNanos), []);
        Assert.True(session.IsFinished);
    }

    [Fact]
    public async Task When_a_gap_takes_the_snapshot_of_a_subscription_its_topic_goes_on_without()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true }, loops: true);
        harness.PlayMillis(10);
        using var http = new HttpClient { BaseAddress = harness.Server.RestEndpoint };
        using HttpResponseMessage asked = await http.PostAsync("/control/fault", new StringContent("""{"kind":"gap","channel":"public","count":200}"""));
        harness.PlayMillis(2);
        SocketClient client = await harness.ConnectAsync(harness.Server.PublicEndpoint);
        await harness.SubscribeAsync(client, VenueServerHarness.Book, "tickers.BTCUSDT");
        harness.PlayMillis(200);   // the gap is over

        foreach (string topic in new[] { VenueServerHarness.Book, "tickers.BTCUSDT" })
        {
            JsonElement first = await harness.NextJsonAsync(client, frame => frame.TryGetProperty("topic", out JsonElement name) && name.GetString() == topic);
            Assert.Equal("delta", first.GetProperty("type").GetString());
        }
    }

    [Fact]
    public void A_snapshot_that_is_not_sent_is_told_to_the_gateway_and_shown_to_no_engine_which_waits_until_it_has_asked_again()
    {
        using ReplaySession served = Open([new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Public, AfterNanos = 2_000 * NanosPerMilli, Count = 1_000_000 }]);
        List<Delivery> played = [];
        served.RequestSnapshot("orderbook.200.BTCUSDT", served.LastTimeNanos, origin: 5);   // before there is one
        served.PlayUntil(served.FirstTimeNanos + (3_000 * NanosPerMilli), played);
        served.RequestSnapshot("orderbook.200.BTCUSDT", served.LastTimeNanos, origin: 6);
        served.PlayUntil(served.LastTimeNanos + (1_000 * NanosPerMilli), played);
        Assert.Equal([(5L, true), (6L, false)], played.Where(delivery => delivery.Origin > 0).Select(delivery => (delivery.Origin, delivery.Frame.IsEmpty)));
        Assert.All(played.Where(delivery => delivery.Origin > 0), delivery => Assert.True(delivery.IsLost));

        using ReplaySession direct = Open([new Fault { Kind = FaultKind.Gap, Channel = DeliveryChannel.Public, AfterNanos = 2_000 * NanosPerMilli, Count = 300 }]);
        List<Delivery> seen = [];
        List<Delivery> burst = [];
        direct.RequestSnapshot("orderbook.200.BTCUSDT", direct.LastTimeNanos);
        while (direct.LastTimeNanos < direct.FirstTimeNanos + (2_100 * NanosPerMilli) && direct.TryNextBurst(burst)) seen.AddRange(burst);
        long askedNanos = direct.LastTimeNanos;
        int before = seen.Count;
        direct.RequestSnapshot("orderbook.200.BTCUSDT", askedNanos);
        while (direct.TryNextBurst(burst))
        {
            seen.AddRange(burst);
            if (direct.LastTimeNanos - askedNanos < 1_000 * NanosPerMilli) continue;
            askedNanos = direct.LastTimeNanos;
            direct.RequestSnapshot("orderbook.200.BTCUSDT", askedNanos);
        }

        Assert.DoesNotContain(seen, delivery => delivery.IsLost);
        string[] books = [.. seen.Skip(before).Where(delivery => delivery.Channel == DeliveryChannel.Public).Select(delivery => Encoding.UTF8.GetString(delivery.Frame.Span)).Where(frame => frame.StartsWith("{\"topic\":\"orderbook.200.BTCUSDT\"", StringComparison.Ordinal))];
        Assert.Contains("\"type\":\"snapshot\"", books[0], StringComparison.Ordinal);
        Assert.Contains(books, frame => frame.Contains("\"type\":\"delta\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task During_an_outage_sockets_are_cut_and_refused_and_REST_is_unavailable_and_afterwards_all_is_well()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true });
        SocketClient client = await harness.ConnectAsync(harness.Server.PublicEndpoint);
        using var http = new HttpClient { BaseAddress = harness.Server.RestEndpoint };

        using HttpResponseMessage asked = await http.PostAsync("/control/fault", new StringContent("""{"kind":"outage","durationMilliseconds":50}"""));
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        harness.PlayMillis(1);
        Assert.Null(await client.Closed);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/v5/market/time")).StatusCode);
        await Assert.ThrowsAsync<WebSocketException>(() => harness.ConnectAsync(harness.Server.PrivateEndpoint));

        harness.PlayMillis(50);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v5/market/time")).StatusCode);
        await harness.ConnectAsync(harness.Server.PrivateEndpoint);
    }

    [Fact]
    public async Task An_outage_of_REST_alone_leaves_the_sockets()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true });
        SocketClient client = await harness.ConnectAsync(harness.Server.PublicEndpoint);
        using var http = new HttpClient { BaseAddress = harness.Server.RestEndpoint };

        using HttpResponseMessage asked = await http.PostAsync("/control/fault", new StringContent("""{"kind":"outage","channel":"rest","durationMilliseconds":50}"""));
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        harness.PlayMillis(1);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/v5/market/time")).StatusCode);
        await harness.SubscribeAsync(client, VenueServerHarness.Book);
        harness.PlayMillis(50);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v5/market/time")).StatusCode);
    }

    [Fact]
    public async Task A_close_ends_the_sockets_of_its_channel_with_a_close_frame()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true });
        SocketClient closed = await harness.LoginAsync(harness.Server.PrivateEndpoint, "order");
        SocketClient left = await harness.ConnectAsync(harness.Server.PublicEndpoint);

        await InjectAsync(harness, """{"kind":"close","channel":"private"}""");

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await harness.DriveAsync(closed.Closed));
        await closed.CloseAsync();
        Assert.True(await VenueServerHarness.ComesTrueAsync(() => harness.Server.Connections(DeliveryChannel.Private) == 0));
        await harness.SubscribeAsync(left, VenueServerHarness.Book);
        await harness.LoginAsync(harness.Server.PrivateEndpoint, "order");
    }

    [Fact]
    public async Task A_half_open_socket_stands_and_hears_and_says_nothing_while_a_new_one_is_served()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true });
        SocketClient dead = await harness.LoginAsync(harness.Server.TradeEndpoint);

        await InjectAsync(harness, """{"kind":"halfopen","channel":"trade"}""");

        await dead.SendAsync("""{"op":"ping"}""");
        await dead.SendAsync(harness.Order("order.create", "1", "\"side\":\"Buy\",\"orderType\":\"Limit\",\"qty\":\"0.001\",\"price\":\"60000\",\"orderLinkId\":\"lost\""));
        SocketClient served = await harness.LoginAsync(harness.Server.TradeEndpoint);
        await served.SendAsync(harness.Order("order.create", "1", "\"side\":\"Buy\",\"orderType\":\"Limit\",\"qty\":\"0.001\",\"price\":\"60000\",\"orderLinkId\":\"taken\""));
        Assert.Equal("1", (await harness.NextJsonAsync(served)).GetProperty("reqId").GetString());

        // The client ends it, and what it was told until then is read: nothing.
        Assert.Equal(2, harness.Server.Connections(DeliveryChannel.Trade));
        Assert.Equal(1, harness.Server.ReceivedRequests);
        harness.Server.Cut(DeliveryChannel.Trade);
        Assert.Null(await harness.DriveAsync(dead.Closed));
        await Assert.ThrowsAsync<ChannelClosedException>(() => dead.NextAsync());
    }

    [Fact]
    public async Task A_login_fault_cuts_the_account_and_refuses_its_next_logins_on_each_socket()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true });
        SocketClient cut = await harness.LoginAsync(harness.Server.PrivateEndpoint);

        await InjectAsync(harness, """{"kind":"login"}""");

        Assert.Null(await harness.DriveAsync(cut.Closed));
        SocketClient privately = await harness.ConnectAsync(harness.Server.PrivateEndpoint);
        SocketClient trade = await harness.ConnectAsync(harness.Server.TradeEndpoint);
        string auth = VenueServerHarness.Auth(harness.NowMillis + 10_000);
        Assert.StartsWith("{\"success\":false,\"ret_msg\":\"Params Error\",\"op\":\"auth\"", await AnswerAsync(privately), StringComparison.Ordinal);
        Assert.StartsWith("{\"retCode\":10001,\"retMsg\":\"Params Error\",\"op\":\"auth\"", await AnswerAsync(trade), StringComparison.Ordinal);
        Assert.StartsWith("{\"success\":true", await AnswerAsync(privately), StringComparison.Ordinal);
        Assert.StartsWith("{\"retCode\":0", await AnswerAsync(trade), StringComparison.Ordinal);

        async Task<string> AnswerAsync(SocketClient client)
        {
            await client.SendAsync(auth);
            return await harness.NextAsync(client);
        }
    }

    [Fact]
    public async Task A_subscription_fault_cuts_the_streams_and_refuses_their_next_subscriptions()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true });
        SocketClient cut = await harness.ConnectAsync(harness.Server.PublicEndpoint);
        SocketClient cutPrivately = await harness.LoginAsync(harness.Server.PrivateEndpoint);

        await InjectAsync(harness, """{"kind":"subscription"}""");

        Assert.Null(await harness.DriveAsync(cut.Closed));
        Assert.Null(await harness.DriveAsync(cutPrivately.Closed));
        SocketClient client = await harness.ConnectAsync(harness.Server.PublicEndpoint);
        SocketClient privately = await harness.LoginAsync(harness.Server.PrivateEndpoint);
        Assert.StartsWith($"{{\"success\":false,\"ret_msg\":\"error:handler not found,topic:{VenueServerHarness.Book}\"", await AnswerAsync(client, VenueServerHarness.Book), StringComparison.Ordinal);
        Assert.StartsWith("{\"success\":false,\"ret_msg\":\"error:handler not found,topic:order\"", await AnswerAsync(privately, "order"), StringComparison.Ordinal);
        Assert.Equal((0, 0), (harness.Server.Subscriptions(DeliveryChannel.Public), harness.Server.Subscriptions(DeliveryChannel.Private)));
        Assert.StartsWith("{\"success\":true", await AnswerAsync(client, VenueServerHarness.Book), StringComparison.Ordinal);
        Assert.StartsWith("{\"success\":true", await AnswerAsync(privately, "order"), StringComparison.Ordinal);

        async Task<string> AnswerAsync(SocketClient asking, string topic)
        {
            await asking.SendAsync(VenueServerHarness.Command("subscribe", topic));
            return await harness.NextAsync(asking);
        }
    }

    [Fact]
    public async Task A_subscription_that_is_refused_as_standing_already_stands()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true }, loops: true);
        harness.PlayMillis(10);
        SocketClient cut = await harness.ConnectAsync(harness.Server.PublicEndpoint);

        await InjectAsync(harness, """{"kind":"subscription","channel":"public","carriedOut":true}""");

        Assert.Null(await harness.DriveAsync(cut.Closed));
        SocketClient client = await harness.ConnectAsync(harness.Server.PublicEndpoint);
        await client.SendAsync(VenueServerHarness.Command("subscribe", VenueServerHarness.Book));
        Assert.StartsWith($"{{\"success\":false,\"ret_msg\":\"error:already subscribed,topic:{VenueServerHarness.Book}\"", await harness.NextAsync(client), StringComparison.Ordinal);
        Assert.Equal("snapshot", (await harness.NextJsonAsync(client)).GetProperty("type").GetString());
    }

    [Fact]
    public async Task While_REST_is_forbidden_it_answers_403_with_the_text_and_the_sockets_stand()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true });
        SocketClient client = await harness.ConnectAsync(harness.Server.PublicEndpoint);
        using var http = new HttpClient { BaseAddress = harness.Server.RestEndpoint };

        await InjectAsync(harness, """{"kind":"forbidden","durationMilliseconds":50,"text":"403, access too frequent"}""");

        using HttpResponseMessage refused = await http.GetAsync("/v5/market/time");
        Assert.Equal((HttpStatusCode.Forbidden, "403, access too frequent"), (refused.StatusCode, await refused.Content.ReadAsStringAsync()));
        await harness.SubscribeAsync(client, VenueServerHarness.Book);
        harness.PlayMillis(50);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v5/market/time")).StatusCode);
    }

    [Fact]
    public async Task An_early_snapshot_comes_before_the_answer_to_its_subscription_and_the_next_one_behind_it()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true }, loops: true);
        harness.PlayMillis(10);
        SocketClient cut = await harness.ConnectAsync(harness.Server.PublicEndpoint);

        await InjectAsync(harness, """{"kind":"early"}""");

        Assert.Null(await harness.DriveAsync(cut.Closed));
        Assert.Equal(["snapshot", "subscribe"], await FirstTwoAsync());
        Assert.Equal(["subscribe", "snapshot"], await FirstTwoAsync());

        async Task<string[]> FirstTwoAsync()
        {
            SocketClient client = await harness.ConnectAsync(harness.Server.PublicEndpoint);
            await client.SendAsync(VenueServerHarness.Command("subscribe", VenueServerHarness.Book));
            return [Kind(await harness.NextJsonAsync(client)), Kind(await harness.NextJsonAsync(client))];
        }

        static string Kind(JsonElement frame) => (frame.TryGetProperty("op", out JsonElement op) ? op : frame.GetProperty("type")).GetString()!;
    }

    [Fact]
    public async Task After_a_restart_a_book_begins_with_a_snapshot_of_update_1_and_goes_on_from_there()
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true }, loops: true);
        harness.PlayMillis(10);
        SocketClient client = await harness.ConnectAsync(harness.Server.PublicEndpoint);
        await harness.SubscribeAsync(client, VenueServerHarness.Book);
        (string type, long updateId) = await NextBookAsync(client);
        Assert.Equal(("snapshot", true), (type, updateId > 1));

        await InjectAsync(harness, """{"kind":"restart"}""");

        do (type, updateId) = await NextBookAsync(client);
        while (type == "delta");
        Assert.Equal(("snapshot", 1), (type, updateId));
        Assert.Equal(("delta", 2), await NextBookAsync(client));
        Assert.Equal(("delta", 3), await NextBookAsync(client));

        // Who comes later finds the same numbers.
        SocketClient later = await harness.ConnectAsync(harness.Server.PublicEndpoint);
        await harness.SubscribeAsync(later, VenueServerHarness.Book);
        (type, long begun) = await NextBookAsync(later);
        Assert.Equal("snapshot", type);
        Assert.InRange(begun, 3, 10_000);
        Assert.Equal(("delta", begun + 1), await NextBookAsync(later));

        async Task<(string Type, long UpdateId)> NextBookAsync(SocketClient from)
        {
            JsonElement frame = await harness.NextJsonAsync(from, each => each.TryGetProperty("topic", out JsonElement topic) && topic.GetString() == VenueServerHarness.Book);
            return (frame.GetProperty("type").GetString()!, frame.GetProperty("data").GetProperty("u").GetInt64());
        }
    }

    [Theory]
    [InlineData("""{"kind":"flood"}""", "kind must be one of cut, outage")]
    [InlineData("""{"kind":"reject","channel":"public"}""", "a reject refuses requests")]
    [InlineData("""{"kind":"cut","count":2}""", "count does nothing")]
    [InlineData("[]", "a fault must be a JSON object")]
    public async Task A_bad_fault_over_the_control_call_is_answered_with_what_is_allowed(string fault, string message)
    {
        await using VenueServerHarness harness = await VenueServerHarness.StartAsync(VenueServerHarness.Settings() with { ServesControl = true });
        using var http = new HttpClient { BaseAddress = harness.Server.RestEndpoint };

        using HttpResponseMessage answer = await http.PostAsync("/control/fault", new StringContent(fault));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(message, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task InjectAsync(VenueServerHarness harness, string fault)
    {
        using var http = new HttpClient { BaseAddress = harness.Server.RestEndpoint };
        using HttpResponseMessage asked = await http.PostAsync("/control/fault", new StringContent(fault));
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        harness.PlayMillis(1);
    }

    private static List<Delivery> Market(Fault[] faults)
    {
        using ReplaySession session = Open(faults);
        return [.. Play(session, bursts: 2_000).Where(delivery => delivery.RecordedIndex is > 0 and <= 400)];
    }

    private static List<Delivery> Play(ReplaySession session, int bursts)
    {
        List<Delivery> all = [];
        List<Delivery> burst = [];
        while (bursts-- > 0 && session.TryNextBurst(burst)) all.AddRange(burst);
        return all;
    }

    private static JsonElement Place(ReplaySession session)
    {
        Submit(session);
        return JsonDocument.Parse(Play(session, bursts: 200).First(delivery => delivery.Channel == DeliveryChannel.Trade).Frame).RootElement;
    }

    private static void Submit(ReplaySession session)
    {
        Play(session, bursts: 20);
        SendOrder(session, "a");
    }

    private static void SendOrder(ReplaySession session, string name)
    {
        long nowNanos = session.LastTimeNanos;
        string args = $$"""{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.001","price":"60000","timeInForce":"GTC","orderLinkId":"{{name}}"}""";
        session.Submit(Encoding.UTF8.GetBytes(VenueHarness.RequestText("order.create", args, nowNanos / NanosPerMilli, name)), nowNanos);
    }

    private static ReplaySession Open(Fault[] faults) => new(new ReplaySettings
    {
        RecordingPath = ReferenceFiles.Sample(Genuine),
        Venue = VenueHarness.Settings(),
        Latency = new LatencyModel(1),
        Faults = faults,
    });
}
