using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Disconnect protection (Bybit V5, 7.6, 12.6): the recording lasts five seconds, so the window is the shortest.</summary>
public sealed class DisconnectGuardTests
{
    private const string Order = """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"59000","orderLinkId":"a"}""";

    [Fact]
    public async Task Orders_are_cancelled_when_every_guarded_connection_has_been_gone_for_the_window()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient orders = await venue.LoginAsync(venue.Server.PrivateEndpoint, "order");
        SocketClient guarded = await venue.LoginAsync(venue.Server.PrivateEndpoint, DisconnectGuard.Topic);
        await SetWindowAsync(venue);
        await venue.PostAsync("/v5/order/create", Order);
        await venue.PostAsync("/v5/order/create", Order, key: VenueServerHarness.SecondKey);

        await CloseAsync(venue, guarded, left: 1);
        venue.PlayMillis(2_000);
        Assert.Single(venue.Account.OpenOrders);
        guarded = await venue.LoginAsync(venue.Server.PrivateEndpoint, DisconnectGuard.Topic);
        venue.PlayMillis(100);
        await CloseAsync(venue, guarded, left: 1);
        venue.PlayMillis(2_900);
        Assert.Single(venue.Account.OpenOrders);
        venue.PlayMillis(200);

        Assert.Empty(venue.Account.OpenOrders);
        JsonElement cancelled = await venue.NextJsonAsync(orders, message => message.GetProperty("data")[0].GetProperty("orderStatus").GetString() == "Cancelled");
        Assert.Equal("CancelByDCP", cancelled.GetProperty("data")[0].GetProperty("cancelType").GetString());
        Assert.Single(venue.Venue.Account(VenueServerHarness.SecondUid).OpenOrders);
    }

    [Fact]
    public async Task A_connection_that_drops_without_a_close_frame_and_comes_back_within_the_window_keeps_the_orders_and_one_that_stays_away_loses_them()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync(loops: true);
        SocketClient guarded = await venue.LoginAsync(venue.Server.PrivateEndpoint, DisconnectGuard.Topic);
        await SetWindowAsync(venue);
        await venue.PostAsync("/v5/order/create", Order);

        await DropAsync(venue, guarded);
        venue.PlayMillis(2_900);
        guarded = await venue.LoginAsync(venue.Server.PrivateEndpoint, DisconnectGuard.Topic);
        venue.PlayMillis(4_000);
        Assert.Equal("a", Assert.Single(await OpenOrdersAsync(venue)).GetProperty("orderLinkId").GetString());

        await DropAsync(venue, guarded);
        venue.PlayMillis(2_900);
        Assert.Single(await OpenOrdersAsync(venue));
        venue.PlayMillis(200);
        Assert.Empty(await OpenOrdersAsync(venue));
        (_, JsonElement history) = await venue.GetAsync("/v5/order/history", "category=linear&orderLinkId=a");
        Assert.Equal("CancelByDCP", Assert.Single(history.GetProperty("result").GetProperty("list").EnumerateArray()).GetProperty("cancelType").GetString());
    }

    [Fact]
    public async Task Who_has_not_subscribed_is_not_guarded()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();
        SocketClient client = await venue.LoginAsync(venue.Server.PrivateEndpoint, "order");
        await SetWindowAsync(venue);
        await venue.PostAsync("/v5/order/create", Order);

        await CloseAsync(venue, client, left: 0);
        venue.PlayMillis(4_000);

        Assert.Single(venue.Account.OpenOrders);
    }

    [Fact]
    public async Task Who_ends_the_subscription_is_guarded_no_longer_whether_it_stays_or_leaves_at_once()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync(loops: true);
        SocketClient stays = await venue.LoginAsync(venue.Server.PrivateEndpoint, DisconnectGuard.Topic);
        await SetWindowAsync(venue);
        await venue.PostAsync("/v5/order/create", Order);

        await stays.SendAsync(VenueServerHarness.Command("unsubscribe", DisconnectGuard.Topic));
        Assert.True((await venue.ReplyAsync(stays)).GetProperty("success").GetBoolean());
        venue.PlayMillis(4_000);
        Assert.Single(venue.Account.OpenOrders);

        SocketClient leaves = await venue.LoginAsync(venue.Server.PrivateEndpoint, DisconnectGuard.Topic);
        venue.PlayMillis(1);
        await leaves.SendAsync(VenueServerHarness.Command("unsubscribe", DisconnectGuard.Topic));
        Task closed = leaves.CloseAsync();
        await venue.UntilAsync(() => venue.Server.Connections(DeliveryChannel.Private) == 1);
        await closed;
        venue.PlayMillis(4_000);
        Assert.Single(venue.Account.OpenOrders);
    }

    [Fact]
    public async Task While_another_connection_has_the_subscription_or_died_with_it_ending_ones_own_changes_nothing()
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync(loops: true);
        SocketClient other = await venue.LoginAsync(venue.Server.PrivateEndpoint);
        SocketClient ends = await venue.LoginAsync(venue.Server.PrivateEndpoint, DisconnectGuard.Topic);
        SocketClient guarded = await venue.LoginAsync(venue.Server.PrivateEndpoint, DisconnectGuard.Topic);
        await SetWindowAsync(venue);
        await venue.PostAsync("/v5/order/create", Order);

        await ends.SendAsync(VenueServerHarness.Command("unsubscribe", DisconnectGuard.Topic));
        Assert.True((await venue.ReplyAsync(ends)).GetProperty("success").GetBoolean());
        await CloseAsync(venue, guarded, left: 2);
        venue.PlayMillis(10);
        await other.SendAsync(VenueServerHarness.Command("unsubscribe", DisconnectGuard.Topic));
        Assert.True((await venue.ReplyAsync(other)).GetProperty("success").GetBoolean());
        venue.PlayMillis(4_000);

        Assert.Empty(venue.Account.OpenOrders);
    }

    [Theory]
    [InlineData("""{"timeWindow":40}""", 0, "10")]
    [InlineData("""{"product":"DERIVATIVES","timeWindow":40}""", 0, "40")]
    [InlineData("""{"product":"DERIVATIVES","timeWindow":"40"}""", 0, "40")]
    [InlineData("""{"product":"DERIVATIVES","timeWindow":2}""", 10001, "10")]
    [InlineData("""{"product":"DERIVATIVES","timeWindow":301}""", 10001, "10")]
    [InlineData("""{"product":"DERIVATIVES"}""", 10001, "10")]
    [InlineData("""{"product":"BONDS","timeWindow":40}""", 10001, "10")]
    [InlineData("""[]""", 10001, "10")]
    [InlineData("", 10001, "10")]
    public async Task The_window_is_set_for_derivatives_and_told(string body, int code, string window)
    {
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync();

        (_, JsonElement set) = await venue.PostAsync(DisconnectGuard.SetPath, body);
        (_, JsonElement info) = await venue.GetAsync(DisconnectGuard.InfoPath, "");

        Assert.Equal(code, set.GetProperty("retCode").GetInt32());
        Assert.Equal($$"""{"dcpInfos":[{"product":"DERIVATIVES","dcpStatus":"ON","timeWindow":"{{window}}"}]}""", info.GetProperty("result").GetRawText());
    }

    private static async Task SetWindowAsync(VenueServerHarness venue) =>
        Assert.Equal(0, (await venue.PostAsync(DisconnectGuard.SetPath, """{"product":"DERIVATIVES","timeWindow":3}""")).Body.GetProperty("retCode").GetInt32());

    private static async Task<JsonElement[]> OpenOrdersAsync(VenueServerHarness venue) =>
        [.. (await venue.GetAsync("/v5/order/realtime", "category=linear&symbol=BTCUSDT&openOnly=0")).Body.GetProperty("result").GetProperty("list").EnumerateArray().Where(order => order.GetProperty("orderStatus").GetString() == "New")];

    private static async Task DropAsync(VenueServerHarness venue, SocketClient client)
    {
        await client.DisposeAsync();
        await venue.UntilAsync(() => venue.Server.Connections(DeliveryChannel.Private) == 0);
    }

    private static async Task CloseAsync(VenueServerHarness venue, SocketClient client, int left)
    {
        await venue.DriveAsync(client.CloseAsync());
        await venue.UntilAsync(() => venue.Server.Connections(DeliveryChannel.Private) == left);
    }
}
