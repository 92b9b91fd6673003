using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Two accounts on one recorded book.</summary>
public sealed class TwoAccountsTests
{
    private const long First = 1;
    private const long Second = 2;
    private readonly List<VenueMessage> _output = [];
    private readonly Venue _venue = new(VenueHarness.Settings() with { Accounts = [new AccountSettings { Uid = First }, new AccountSettings { Uid = Second }] });
    private long _nowMillis = VenueHarness.StartMillis;

    public TwoAccountsTests() => Market(VenueHarness.BookFrame("snapshot", "60000 1", "60010 1", 1));

    [Fact]
    public void A_taker_fills_the_better_order_of_another_account_before_the_market()
    {
        Create(First, "Sell", "60005", "0.4", "GTC");
        Create(Second, "Buy", "60010", "1", "IOC");

        Assert.Equal([(60_005m, 0.4m), (60_010m, 0.6m)], _venue.Account(Second).Fills.Select(fill => (fill.Price, fill.Qty)));
        FillRecord maker = Assert.Single(_venue.Account(First).Fills);
        Assert.True(maker.IsMaker);
        Assert.Equal(-0.4m, _venue.Account(First).Position("BTCUSDT").Qty);
        Assert.Equal(1m, _venue.Account(Second).Position("BTCUSDT").Qty);
        Assert.Empty(_venue.Account(First).OpenOrders);
    }

    [Fact]
    public void At_one_price_the_recorded_quantity_ahead_of_an_order_trades_before_it_and_the_rest_after_it()
    {
        Create(First, "Sell", "60010", "0.3", "GTC");
        Market(VenueHarness.BookFrame("delta", "", "60010 5", 2));
        Create(Second, "Buy", "60010", "2", "IOC");

        Assert.Equal([(60_010m, 1m), (60_010m, 0.3m), (60_010m, 0.7m)], _venue.Account(Second).Fills.Select(fill => (fill.Price, fill.Qty)));
        Assert.Equal(0.3m, Assert.Single(_venue.Account(First).Fills).Qty);
    }

    [Fact]
    public void Both_sides_of_a_trade_between_accounts_have_one_sequence_and_each_account_gets_its_own_messages()
    {
        Create(First, "Sell", "60005", "0.4", "GTC");
        Create(Second, "Buy", "60005", "0.4", "GTC");

        var executions = _output.Select(message => (message.Uid, Root: JsonDocument.Parse(message.Frame).RootElement))
            .Where(message => message.Root.TryGetProperty("topic", out JsonElement topic) && topic.GetString() == "execution")
            .Select(message => (message.Uid, Row: message.Root.GetProperty("data")[0])).ToList();
        Assert.Equal([Second, First], executions.Select(execution => execution.Uid));
        Assert.Single(executions.Select(execution => execution.Row.GetProperty("seq").GetInt64()).Distinct());
        Assert.Equal([false, true], executions.Select(execution => execution.Row.GetProperty("isMaker").GetBoolean()));
        Assert.All(_output.Where(message => message.Channel == DeliveryChannel.Private), message => Assert.NotEqual(0, message.Uid));
    }

    [Fact]
    public void A_post_only_order_is_refused_at_the_resting_order_of_another_account()
    {
        Create(First, "Sell", "60005", "0.4", "GTC");
        Create(Second, "Buy", "60005", "0.4", "PostOnly");

        Assert.Equal("EC_PostOnlyWillTakeLiquidity", Assert.Single(_venue.Account(Second).Orders).RejectReason);
        Assert.Single(_venue.Account(First).OpenOrders);
    }

    [Fact]
    public void Link_ids_and_request_limits_are_each_account_s_own()
    {
        for (int i = 0; i < 10; i++) Create(First, "Buy", "59000", "0.001", "GTC", $"a{i}", pauseMillis: 1);
        Create(First, "Buy", "59000", "0.001", "GTC", "a10", pauseMillis: 1);
        Create(Second, "Buy", "59000", "0.001", "GTC", "a0", pauseMillis: 1);

        Assert.Equal(10, _venue.Account(First).OpenOrders.Count);
        Assert.Single(_venue.Account(Second).OpenOrders);
    }

    [Fact]
    public void A_taker_cancels_only_those_of_its_own_orders_that_it_reaches()
    {
        Create(First, "Sell", "60005", "0.4", "GTC", "reached");
        Create(First, "Sell", "60900", "0.4", "GTC", "beyond");
        Create(First, "Buy", "61000", "0.3", "IOC", "taker");

        Assert.Equal(
            [("reached", VenueOrderStatus.Cancelled, "CancelBySmp"), ("beyond", VenueOrderStatus.New, "UNKNOWN"), ("taker", VenueOrderStatus.Filled, "UNKNOWN")],
            _venue.Account(First).Orders.Select(order => (order.OrderLinkId, order.Status, order.CancelType)));
    }

    [Fact]
    public void A_taker_that_the_quantity_ahead_of_its_own_order_satisfies_leaves_that_order_and_one_that_wants_more_trades_past_it_at_once()
    {
        Create(First, "Sell", "60010", "0.3", "GTC", "own");
        Market(VenueHarness.BookFrame("delta", "", "60010 5", 2));
        Create(Second, "Sell", "60010", "0.2", "GTC", "other");

        Create(First, "Buy", "60010", "1", "IOC", "satisfied");
        Assert.Equal(VenueOrderStatus.New, _venue.Account(First).Find("", "own")!.Status);

        // Ahead of the other's order are 5 as displayed, of which 1 is taken; the own one lies in between.
        Create(First, "Buy", "60010", "4.1", "IOC", "further");
        Assert.Equal("CancelBySmp", _venue.Account(First).Find("", "own")!.CancelType);
        Assert.Equal([1m, 4m, 0.1m], _venue.Account(First).Fills.Select(fill => fill.Qty));
        Assert.Equal(0.1m, Assert.Single(_venue.Account(Second).Fills).Qty);
    }

    [Fact]
    public void What_is_ahead_of_two_orders_at_one_price_trades_before_both_and_not_again_between_them()
    {
        Create(First, "Sell", "60010", "0.3", "GTC", "a");
        Create(First, "Sell", "60010", "0.2", "GTC", "b");
        Market(VenueHarness.BookFrame("delta", "", "60010 5", 2));

        Create(Second, "Buy", "60010", "2", "IOC");

        Assert.Equal([1m, 0.3m, 0.2m, 0.5m], _venue.Account(Second).Fills.Select(fill => fill.Qty));
    }

    [Fact]
    public void An_order_cancelled_by_a_taker_of_its_own_account_names_it_on_the_stream_and_over_rest()
    {
        Create(First, "Sell", "60005", "0.4", "GTC", "resting");
        Create(First, "Buy", "60005", "0.3", "GTC", "taker");

        string taker = _venue.Account(First).Find("", "taker")!.OrderId;
        JsonElement[] told = [.. _output.Select(message => JsonDocument.Parse(message.Frame).RootElement).Where(message => message.TryGetProperty("topic", out JsonElement topic) && topic.GetString() == "order")];
        Assert.Equal([("resting", taker), ("taker", "")], told.Select(message => (VenueHarness.Field(message, "orderLinkId"), VenueHarness.Field(message, "smpOrderId"))).TakeLast(2));
        byte[] answer = new VenueRest(_venue).Answer(First, VenueRest.OrdersPath, "category=linear&symbol=BTCUSDT&orderLinkId=resting", _nowMillis * 1_000_000);
        Assert.Equal(taker, JsonDocument.Parse(answer).RootElement.GetProperty("result").GetProperty("list")[0].GetProperty("smpOrderId").GetString());
    }

    [Fact]
    public void Fill_or_kill_is_all_or_nothing_though_a_reduce_only_maker_gives_less_than_it_shows()
    {
        Create(Second, "Buy", "60010", "1", "IOC", "open");
        Market(VenueHarness.BookFrame("snapshot", "60000 1", "60500 1", 2));
        Create(Second, "Sell", "60100", "1", "GTC", "a");
        Create(Second, "Sell", "60200", "1", "GTC", "b", reduceOnly: true);
        Create(First, "Buy", "60200", "2", "FOK", "all");

        VenueOrder all = Assert.Single(_venue.Account(First).Orders);
        Assert.Equal((VenueOrderStatus.Cancelled, 0m, "EC_NoEnoughQtyToFill"), (all.Status, all.CumExecQty, all.RejectReason));
    }

    [Theory]
    [InlineData("1000000000000000000000")]
    [InlineData("79228162514264337593543950335")]
    public void A_huge_quantity_is_refused_and_the_venue_goes_on(string qty)
    {
        Create(First, "Buy", "60000", qty, "GTC", "huge");
        Create(First, "Buy", "59999", "0.001", "GTC", "next");

        Assert.Equal("next", Assert.Single(_venue.Account(First).OpenOrders).OrderLinkId);
    }

    private void Create(long uid, string side, string price, string qty, string timeInForce, string linkId = "", int pauseMillis = 200, bool reduceOnly = false)
    {
        _nowMillis += pauseMillis;
        _output.Clear();
        string args = $$"""{"symbol":"BTCUSDT","side":"{{side}}","orderType":"Limit","qty":"{{qty}}","price":"{{price}}","category":"linear","timeInForce":"{{timeInForce}}","orderLinkId":"{{linkId}}","reduceOnly":{{(reduceOnly ? "true" : "false")}}}""";
        string request = VenueHarness.RequestText("order.create", args, _nowMillis, _nowMillis.ToString(CultureInfo.InvariantCulture));
        _venue.OnRequest(_venue.Account(uid), Encoding.UTF8.GetBytes(request), _nowMillis * 1_000_000, _output);
    }

    private void Market(string frame) => _venue.OnMarketFrame(Encoding.UTF8.GetBytes(frame), ++_nowMillis * 1_000_000, _output);
}
