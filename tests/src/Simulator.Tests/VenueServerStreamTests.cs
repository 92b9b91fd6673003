using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>What the venue's streams carry, to whom, and from when on.</summary>
public sealed class VenueServerStreamTests
{
    private const string Book = VenueServerHarness.Book;

    [Fact]
    public async Task A_client_that_subscribed_before_the_start_receives_the_recorded_snapshot_and_every_delta_as_recorded()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient client = await venue.ConnectAsync(venue.Server.PublicEndpoint);
        await client.SendAsync(VenueServerHarness.Command("subscribe", Book, "publicTrade.BTCUSDT"));
        await venue.UntilAsync(() => venue.Server.Subscriptions(DeliveryChannel.Public) == 2);
        Assert.Contains("\"op\":\"subscribe\"", await client.NextAsync(), StringComparison.Ordinal);

        venue.PlayMillis(30);
        string first = await venue.NextAsync(client);
        Assert.Equal(VenueHarness.BookFrame("snapshot", "60000.00 1.000, 59990.00 2.000", "60000.10 1.000, 60010.00 2.000", 1), first);
        for (int u = 2; u <= 20; u++)
        {
            JsonElement delta = await venue.NextJsonAsync(client, IsBook);
            Assert.Equal(("delta", u), (delta.GetProperty("type").GetString(), UpdateId(delta)));
        }
    }

    [Fact]
    public async Task A_client_that_comes_later_receives_the_venues_book_as_snapshot_and_then_the_deltas_behind_it()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient early = await venue.ConnectAsync(venue.Server.PublicEndpoint);
        await venue.SubscribeAsync(early, Book);
        venue.PlayMillis(200);
        SocketClient late = await venue.ConnectAsync(venue.Server.PublicEndpoint);

        // The subscription leaves 0.1 ms before a delta and so reaches the venue behind it.
        venue.PlayFor(1_900_000 - (venue.NowNanos % 1_000_000));
        await late.SendAsync(VenueServerHarness.Command("subscribe", Book));
        await venue.UntilAsync(() => venue.Server.Subscriptions(DeliveryChannel.Public) == 2);
        Assert.Contains("\"op\":\"subscribe\"", await late.NextAsync(), StringComparison.Ordinal);
        long before = venue.NowMillis - VenueHarness.StartMillis;
        venue.PlayMillis(80);

        JsonElement snapshot = await venue.NextJsonAsync(late);
        Assert.Equal("snapshot", snapshot.GetProperty("type").GetString());
        Assert.Equal(before + 3, UpdateId(snapshot));   // the book of update n + 1 is recorded in millisecond n; the first step goes one on, the delta is in the next
        var rebuilt = new RebuiltTopic();
        while (rebuilt.UpdateId < UpdateId(snapshot)) rebuilt.Apply(await venue.NextJsonAsync(early));
        var taken = new RebuiltTopic();
        taken.Apply(snapshot);
        Assert.Equal(rebuilt.Values, taken.Values);

        for (long u = UpdateId(snapshot) + 1; u < UpdateId(snapshot) + 50; u++)
        {
            JsonElement delta = await venue.NextJsonAsync(late);
            Assert.Equal(("delta", u), (delta.GetProperty("type").GetString(), UpdateId(delta)));
        }
    }

    [Theory]
    [InlineData(Book)]
    [InlineData("tickers.BTCUSDT")]
    public async Task A_topic_subscribed_anew_on_one_socket_begins_with_a_snapshot_and_nothing_of_it_comes_between(string topic)
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient steady = await venue.ConnectAsync(venue.Server.PublicEndpoint);
        await venue.SubscribeAsync(steady, topic);
        SocketClient client = await venue.ConnectAsync(venue.Server.PublicEndpoint);
        await venue.SubscribeAsync(client, topic);
        var asSteady = new RebuiltTopic();
        venue.PlayFor(300_000);   // from here on a subscription leaves 0.2 or 0.7 ms before a delta, so that some reach the venue behind it
        for (int round = 0; round < 10; round++)
        {
            await venue.NextJsonAsync(client, frame => Topic(frame) == topic);
            await client.SendAsync(VenueServerHarness.Command("unsubscribe", topic));
            await client.SendAsync(VenueServerHarness.Command("subscribe", topic));
            Assert.Equal("unsubscribe", (await venue.ReplyAsync(client)).GetProperty("op").GetString());
            Assert.Equal("subscribe", (await venue.NextJsonAsync(client)).GetProperty("op").GetString());

            JsonElement frame = await venue.NextJsonAsync(client);
            Assert.Equal((topic, true), (Topic(frame), IsSnapshot(frame)));
            var anew = new RebuiltTopic();
            anew.Apply(frame);
            for (int i = 0; i < 4; i++)
            {
                JsonElement next = await venue.NextJsonAsync(client);
                Assert.Equal((topic, false), (Topic(next), IsSnapshot(next)));
                if (topic == Book) Assert.Equal(UpdateId(frame) + 1, UpdateId(next));
                frame = next;
                anew.Apply(frame);
            }

            string last = frame.GetRawText();
            for (string seen = ""; seen != last;)
            {
                JsonElement known = await venue.NextJsonAsync(steady);
                asSteady.Apply(known);
                seen = known.GetRawText();
            }

            Assert.Equal(asSteady.Values, anew.Values);
        }
    }

    [Fact]
    public async Task A_ticker_subscribed_later_begins_with_all_its_fields_and_trades_begin_with_the_next_one()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        venue.PlayMillis(100);
        long since = venue.NowMillis;
        SocketClient client = await venue.ConnectAsync(venue.Server.PublicEndpoint);
        await venue.SubscribeAsync(client, "tickers.BTCUSDT", "publicTrade.BTCUSDT");
        venue.PlayMillis(30);

        JsonElement ticker = await venue.NextJsonAsync(client, frame => Topic(frame) == "tickers.BTCUSDT");
        Assert.Equal("snapshot", ticker.GetProperty("type").GetString());
        Assert.Equal(["symbol", "lastPrice", "markPrice", "fundingRate"], ticker.GetProperty("data").EnumerateObject().Select(field => field.Name));
        Assert.Equal("delta", (await venue.NextJsonAsync(client, frame => Topic(frame) == "tickers.BTCUSDT")).GetProperty("type").GetString());
        JsonElement trade = await venue.NextJsonAsync(client, frame => Topic(frame) == "publicTrade.BTCUSDT");
        Assert.True(trade.GetProperty("ts").GetInt64() >= since);
    }

    [Fact]
    public async Task Orders_are_created_amended_and_cancelled_and_each_client_sees_its_own_acknowledgements_only()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient first = await venue.LoginAsync(venue.Server.TradeEndpoint);
        SocketClient second = await venue.LoginAsync(venue.Server.TradeEndpoint);

        await first.SendAsync(venue.Order("order.create", "c1", """ "side":"Buy","orderType":"Limit","qty":"0.010","price":"59500","timeInForce":"PostOnly","orderLinkId":"a" """));
        JsonElement created = await venue.NextJsonAsync(first);
        await second.SendAsync(venue.Order("order.amend", "m1", """ "orderLinkId":"a","price":"59400" """));
        JsonElement amended = await venue.NextJsonAsync(second);
        Assert.Equal(59_400m, Assert.Single(venue.Account.OpenOrders).Price);
        await first.SendAsync(venue.Order("order.cancel", "x1", """ "orderLinkId":"a" """));
        JsonElement cancelled = await venue.NextJsonAsync(first);
        await second.SendAsync(venue.Order("order.dance", "d1", """ "orderLinkId":"a" """));
        JsonElement unknown = await venue.NextJsonAsync(second);

        Assert.Equal(
            ["c1 order.create 0", "m1 order.amend 0", "x1 order.cancel 0", "d1 order.dance 10404"],
            new[] { created, amended, cancelled, unknown }.Select(ack => $"{ack.GetProperty("reqId")} {ack.GetProperty("op")} {ack.GetProperty("retCode")}"));
        Assert.Empty(venue.Account.OpenOrders);
        Assert.Equal(4, venue.Server.ReceivedRequests);
    }

    [Fact]
    public async Task Acknowledgements_name_the_session_that_the_login_named()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        List<string> names = [];
        for (int i = 0; i < 3; i++)
        {
            SocketClient client = await venue.ConnectAsync(venue.Server.TradeEndpoint);
            await client.SendAsync(VenueServerHarness.Auth(venue.NowMillis + 10_000));
            string name = (await venue.NextJsonAsync(client)).GetProperty("connId").GetString()!;
            await client.SendAsync(venue.Order("order.create", "c1", """ "side":"Buy","orderType":"Limit","qty":"0.010","price":"59500","timeInForce":"PostOnly" """));
            Assert.Equal(name, (await venue.NextJsonAsync(client)).GetProperty("connId").GetString());
            await client.SendAsync(venue.Order("order.cancel", "x1", """ "orderLinkId":"nothing" """));
            Assert.Equal(name, (await venue.NextJsonAsync(client)).GetProperty("connId").GetString());
            names.Add(name);
        }

        Assert.Equal(3, names.Distinct().Count());
        Assert.Equal(VenueJson.FirstConnectionId, names[0]);
    }

    [Fact]
    public async Task Private_messages_go_to_clients_that_have_logged_in_and_subscribed_under_the_name_they_subscribed_to()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient plain = await venue.LoginAsync(venue.Server.PrivateEndpoint, "order", "position");
        SocketClient categorised = await venue.LoginAsync(venue.Server.PrivateEndpoint, "order.linear", "position.linear", "execution.linear");
        SocketClient silent = await venue.LoginAsync(venue.Server.PrivateEndpoint);
        SocketClient stranger = await venue.ConnectAsync(venue.Server.PrivateEndpoint);
        SocketClient trade = await venue.LoginAsync(venue.Server.TradeEndpoint);

        await trade.SendAsync(venue.Order("order.create", "c1", """ "side":"Buy","orderType":"Limit","qty":"0.010","price":"59500","timeInForce":"PostOnly","orderLinkId":"a" """));
        string[] plainFrames = [await venue.NextAsync(plain), await venue.NextAsync(plain)];
        string[] namedFrames = [await venue.NextAsync(categorised), await venue.NextAsync(categorised)];

        Assert.Equal(["order", "position"], plainFrames.Select(frame => Topic(JsonDocument.Parse(frame).RootElement)));
        Assert.Equal(plainFrames, namedFrames.Select(frame => frame.Replace(".linear\"", "\"", StringComparison.Ordinal)));
        Assert.Equal(["order.linear", "position.linear"], namedFrames.Select(frame => Topic(JsonDocument.Parse(frame).RootElement)));
        foreach (SocketClient other in new[] { silent, stranger })
        {
            await other.SendAsync("""{"op":"ping"}""");
            Assert.Contains("pong", await venue.NextAsync(other), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_cut_ends_a_connection_without_a_close_frame_and_its_acknowledgement_is_dropped()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient trade = await venue.LoginAsync(venue.Server.TradeEndpoint);
        SocketClient publicClient = await venue.ConnectAsync(venue.Server.PublicEndpoint);
        await trade.SendAsync(venue.Order("order.create", "c1", """ "side":"Buy","orderType":"Limit","qty":"0.010","price":"59500","timeInForce":"PostOnly","orderLinkId":"a" """));
        await venue.UntilAsync(() => venue.Server.ReceivedRequests == 1);

        venue.Server.Cut(DeliveryChannel.Trade);

        Assert.Null(await trade.Closed);
        await venue.UntilAsync(() => venue.Server.Connections(DeliveryChannel.Trade) == 0);
        venue.PlayMillis(2);
        Assert.Single(venue.Account.OpenOrders);
        await publicClient.SendAsync("""{"op":"ping"}""");
        Assert.Contains("pong", await venue.NextAsync(publicClient), StringComparison.Ordinal);

        SocketClient again = await venue.LoginAsync(venue.Server.TradeEndpoint);
        await again.SendAsync(venue.Order("order.cancel", "x1", """ "orderLinkId":"a" """));
        Assert.Equal("x1", (await venue.NextJsonAsync(again)).GetProperty("reqId").GetString());
    }

    [Fact]
    public async Task A_close_is_answered_and_the_topics_of_the_client_are_no_longer_counted()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient client = await venue.ConnectAsync(venue.Server.PublicEndpoint);
        await venue.SubscribeAsync(client, Book);

        Assert.NotNull(await venue.DriveAsync(client.CloseAsync()));

        await venue.UntilAsync(() => venue.Server.Connections(DeliveryChannel.Public) == 0);
        Assert.Equal(0, venue.Server.Subscriptions(DeliveryChannel.Public));
    }

    [Fact]
    public async Task A_step_says_when_something_is_due_and_that_nothing_is_at_the_end()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync(recordedMillis: 30);

        long? due = venue.PlayFor(0);
        int steps = 0;
        for (; due is { } wait; due = venue.PlayFor(wait))
        {
            Assert.True(wait > 0);
            steps++;
        }

        Assert.True(venue.IsFinished && steps > 30);
    }

    private static bool IsBook(JsonElement frame) => Topic(frame) == Book;

    private static bool IsSnapshot(JsonElement frame) => frame.GetProperty("type").GetString() == "snapshot";

    private static string Topic(JsonElement frame) => frame.TryGetProperty("topic", out JsonElement topic) ? topic.GetString()! : "";

    private static long UpdateId(JsonElement frame) => frame.GetProperty("data").GetProperty("u").GetInt64();

    /// <summary>A book or ticker built from frames by the rules of Bybit V5, 6.1 and 6.5.</summary>
    private sealed class RebuiltTopic
    {
        private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

        public long UpdateId { get; private set; }

        public IEnumerable<KeyValuePair<string, string>> Values => _values;

        public void Apply(JsonElement frame)
        {
            if (IsSnapshot(frame)) _values.Clear();
            JsonElement data = frame.GetProperty("data");
            if (!data.TryGetProperty("u", out JsonElement u))
            {
                foreach (JsonProperty field in data.EnumerateObject()) _values[field.Name] = field.Value.GetString()!;
                return;
            }

            foreach (string side in new[] { "a", "b" })
            {
                foreach (JsonElement level in data.GetProperty(side).EnumerateArray())
                {
                    string key = $"{side} {level[0].GetString()}";
                    if (level[1].ValueEquals("0")) _values.Remove(key);
                    else _values[key] = level[1].GetString()!;
                }
            }

            UpdateId = u.GetInt64();
        }
    }
}
