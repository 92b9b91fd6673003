using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Orders over REST (Bybit V5, 10): the same operations as on the order-entry socket.</summary>
public sealed class RestOrdersTests
{
    private readonly VenueHarness _venue = new();

    public RestOrdersTests() => _venue.Snapshot("60000.00 2.000", "60000.10 1.000");

    [Fact]
    public void An_order_is_placed_amended_and_cancelled_with_both_ids_in_each_answer()
    {
        JsonElement created = Ok("/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"59000","timeInForce":"PostOnly","orderLinkId":"a"}""");
        Assert.Equal(["order New", "position Normal", "wallet"], VenueHarness.Kinds(_venue.LastFrames.Select(Json)));
        VenueOrder order = Assert.Single(_venue.Account.OpenOrders);
        Assert.Equal($$"""{"orderId":"{{order.OrderId}}","orderLinkId":"a"}""", created.GetRawText());

        Ok("/v5/order/amend", $$"""{"category":"linear","symbol":"BTCUSDT","orderId":"{{order.OrderId}}","price":59100}""");
        Assert.Equal(59_100m, order.Price);

        Assert.Equal(created.GetRawText(), Ok("/v5/order/cancel", """{"category":"linear","symbol":"BTCUSDT","orderLinkId":"a","orderId":null}""").GetRawText());
        Assert.Empty(_venue.Account.OpenOrders);
    }

    [Theory]
    [InlineData("/v5/order/create", """{"category":"spot","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"59000"}""", 10001, "Illegal category")]
    [InlineData("/v5/order/create", """{"category":"linear","symbol":"DOGEUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"59000"}""", 10001, "symbol params err")]
    [InlineData("/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"1e999"}""", 10001, "Price invalid")]
    [InlineData("/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":[],"price":"59000"}""", 10001, "Request parameter error")]
    [InlineData("/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"59000.05"}""", 110003, "price is invalid")]
    [InlineData("/v5/order/create", """[{"category":"linear"}]""", 10001, "Request parameter error")]
    [InlineData("/v5/order/create", "{\"category\":", 10001, "Request parameter error")]
    [InlineData("/v5/order/amend", """{"category":"linear","symbol":"BTCUSDT","orderLinkId":"none","price":"59000"}""", 110001, "order not exists or too late to replace")]
    [InlineData("/v5/order/cancel", """{"category":"linear","symbol":"BTCUSDT","orderLinkId":"none"}""", 110001, "order not exists or too late to cancel")]
    [InlineData("/v5/order/cancel", """{"category":"linear","symbol":"BTCUSDT"}""", 10001, "params error: OrderId or orderLinkId is required")]
    public void A_refused_order_answers_with_code_and_text_and_an_empty_result(string path, string body, int code, string text)
    {
        JsonElement answer = _venue.Post(path, body);

        Assert.Equal((code, text, "{}"), (answer.GetProperty("retCode").GetInt32(), answer.GetProperty("retMsg").GetString(), answer.GetProperty("result").GetRawText()));
        Assert.Empty(_venue.LastFrames);
    }

    [Fact]
    public void A_batch_with_one_bad_item_carries_out_the_others_and_says_so_item_by_item()
    {
        JsonElement answer = _venue.Post(
            "/v5/order/create-batch",
            """{"category":"linear","request":[{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"59000","orderLinkId":"a"},{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"-1","price":"59000","orderLinkId":"b"},{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"59001","orderLinkId":"c"},7]}""");

        JsonElement[] rows = [.. answer.GetProperty("result").GetProperty("list").EnumerateArray()];
        Assert.Equal(0, answer.GetProperty("retCode").GetInt32());
        Assert.All(rows, row => Assert.Equal(["category", "symbol", "orderId", "orderLinkId", "createAt"], row.EnumerateObject().Select(field => field.Name)));
        Assert.Equal(["a", "b", "c", ""], rows.Select(row => row.GetProperty("orderLinkId").GetString()));
        Assert.Equal([$"{_venue.NowMillis}", "", $"{_venue.NowMillis}", ""], rows.Select(row => row.GetProperty("createAt").GetString()));
        Assert.Equal([false, true, false, true], rows.Select(row => row.GetProperty("orderId").GetString()!.Length == 0));
        Assert.Equal(
            """{"list":[{"code":0,"msg":"OK"},{"code":10001,"msg":"Qty invalid"},{"code":0,"msg":"OK"},{"code":10001,"msg":"Request parameter error"}]}""",
            answer.GetProperty("retExtInfo").GetRawText());
        Assert.Equal(2, _venue.Account.OpenOrders.Count);

        JsonElement amended = _venue.Post("/v5/order/amend-batch", """{"category":"linear","request":[{"symbol":"BTCUSDT","orderLinkId":"a","price":"58000"},{"symbol":"BTCUSDT","orderLinkId":"b","price":"58000"}]}""");
        Assert.Equal([0, 110001], amended.GetProperty("retExtInfo").GetProperty("list").EnumerateArray().Select(item => item.GetProperty("code").GetInt32()));
        Assert.False(amended.GetProperty("result").GetProperty("list")[0].TryGetProperty("createAt", out _));

        JsonElement cancelled = _venue.Post("/v5/order/cancel-batch", """{"category":"linear","request":[{"symbol":"BTCUSDT","orderLinkId":"a"},{"symbol":"BTCUSDT","orderLinkId":"c"}]}""");
        Assert.Equal(["a", "c"], cancelled.GetProperty("result").GetProperty("list").EnumerateArray().Select(row => row.GetProperty("orderLinkId").GetString()));
        Assert.Empty(_venue.Account.OpenOrders);
    }

    [Theory]
    [InlineData("""{"category":"linear","request":[]}""", "Request parameter error: a batch must hold 1 to 20 orders")]
    [InlineData("""{"category":"linear","request":{}}""", "Request parameter error")]
    [InlineData("""{"category":"linear"}""", "Request parameter error")]
    [InlineData("""{"category":"option","request":[{"symbol":"BTCUSDT"}]}""", "Illegal category")]
    public void A_batch_that_is_none_is_refused_as_a_whole(string body, string text)
    {
        JsonElement answer = _venue.Post("/v5/order/create-batch", body);

        Assert.Equal((10001, text, "{}"), (answer.GetProperty("retCode").GetInt32(), answer.GetProperty("retMsg").GetString(), answer.GetProperty("result").GetRawText()));
    }

    [Fact]
    public void More_than_twenty_orders_are_no_batch()
    {
        string items = string.Join(",", Enumerable.Repeat("""{"symbol":"BTCUSDT","orderLinkId":"x"}""", 21));

        Assert.Equal(10001, _venue.Post("/v5/order/cancel-batch", $$"""{"category":"linear","request":[{{items}}]}""").GetProperty("retCode").GetInt32());
    }

    [Fact]
    public void A_batch_counts_order_by_order_in_a_limit_of_its_own_and_what_is_beyond_it_fails_alone()
    {
        string items = string.Join(",", Enumerable.Range(0, 12).Select(i => $$"""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.001","price":"{{59_000 - i}}"}"""));
        RestCall batch = VenueHarness.Call("/v5/order/create-batch", $$"""{"category":"linear","request":[{{items}}]}""");
        RestCall single = VenueHarness.Call("/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.001","price":"58000"}""");

        JsonElement answer = JsonDocument.Parse(_venue.Rest(batch)).RootElement;
        _venue.Rest(single);

        int[] codes = [.. answer.GetProperty("retExtInfo").GetProperty("list").EnumerateArray().Select(item => item.GetProperty("code").GetInt32())];
        Assert.Equal([.. Enumerable.Repeat(0, 10), 10006, 10006], codes);
        Assert.Equal((10, 0), (batch.Limit!.Value.Requests, batch.Limit.Value.Remaining));
        Assert.Equal((0, 10, 9), (single.Code, single.Limit!.Value.Requests, single.Limit.Value.Remaining));
    }

    [Fact]
    public void Orders_over_rest_and_over_the_socket_share_one_limit()
    {
        RestCall[] calls = [.. Enumerable.Range(0, 10).Select(i => VenueHarness.Call("/v5/order/create", $$"""{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.001","price":"{{58_000 - i}}"}"""))];
        foreach (RestCall call in calls)
        {
            _venue.Rest(call);
            _venue.NowMillis -= 200;   // all in one second
        }

        Assert.Equal(Enumerable.Range(0, 10).Reverse(), calls.Select(call => call.Limit!.Value.Remaining));
        Assert.Equal("ack 10006", VenueHarness.Kind(Assert.Single(_venue.Create("Buy", "57000", "0.001"))));
    }

    [Fact]
    public void History_holds_closed_orders_and_forgets_those_that_never_filled_after_a_day()
    {
        _venue.Create("Buy", "60000.1", "0.100", "IOC", "filled");
        _venue.Create("Buy", "59000", "0.010", linkId: "cancelled");
        _venue.Cancel("cancelled");
        _venue.Create("Buy", "59500", "0.010", linkId: "open");

        Assert.Equal(["cancelled", "filled"], LinkIds("category=linear"));
        Assert.Equal(["filled"], LinkIds("category=linear&orderStatus=Filled"));
        Assert.Equal(["cancelled"], LinkIds("category=linear&orderLinkId=cancelled"));
        Assert.Empty(LinkIds($"category=linear&endTime={VenueHarness.StartMillis - 1}"));
        _venue.NowMillis += 24 * 60 * 60 * 1_000;
        Assert.Equal(["filled"], LinkIds("category=linear"));

        string[] LinkIds(string query) => [.. _venue.Get("/v5/order/history", query).GetProperty("result").GetProperty("list").EnumerateArray().Select(row => row.GetProperty("orderLinkId").GetString()!)];
    }

    [Fact]
    public void Every_page_of_executions_is_another_one_and_the_last_has_no_cursor()
    {
        for (int i = 0; i < 5; i++) _venue.Create("Buy", "60000.1", "0.010", "IOC", $"e{i}");
        List<string> seen = [];
        string cursor = "";
        do
        {
            JsonElement result = _venue.Get(VenueRest.ExecutionsPath, $"category=linear&limit=2&cursor={cursor}").GetProperty("result");
            seen.AddRange(result.GetProperty("list").EnumerateArray().Select(row => row.GetProperty("orderLinkId").GetString()!));
            cursor = result.GetProperty("nextPageCursor").GetString()!;
            Assert.Equal(Uri.EscapeDataString(cursor), cursor);
        }
        while (cursor.Length > 0);

        Assert.Equal(["e4", "e3", "e2", "e1", "e0"], seen);
    }

    [Fact]
    public void A_base_coin_stands_for_its_symbol_in_look_ups_and_in_cancel_all_and_a_symbol_counts_before_it()
    {
        var venue = new AccountHarness();
        venue.Book("49990 50", "50000 50");
        venue.Book("100 500", "100.1 500", AccountHarness.Solana);
        foreach (string symbol in (string[])[AccountHarness.Bitcoin, AccountHarness.Solana])
        {
            venue.Order("Buy", 1m, symbol == AccountHarness.Bitcoin ? 50_000m : 100.1m, "IOC", symbol: symbol);
            venue.Order("Buy", 0.1m, symbol == AccountHarness.Bitcoin ? 49_000m : 99m, symbol: symbol);
        }

        foreach (string path in (string[])[VenueRest.OrdersPath, "/v5/order/history", VenueRest.ExecutionsPath])
        {
            Assert.Equal([AccountHarness.Bitcoin], Symbols(path, "baseCoin=BTC"));
            Assert.Equal([AccountHarness.Solana], Symbols(path, "baseCoin=BTC&symbol=SOLUSDT"));
            Assert.Empty(Symbols(path, "baseCoin=DOGE"));
        }

        new VenueRest(venue.Venue).Answer(VenueHarness.Call(VenueRest.CancelAllPath, """{"category":"linear","baseCoin":"BTC","settleCoin":"USDT"}"""), venue.NowNanos, []);
        Assert.Equal(AccountHarness.Solana, Assert.Single(venue.Account.OpenOrders).Symbol);

        string[] Symbols(string path, string query) =>
            [.. JsonDocument.Parse(new VenueRest(venue.Venue).Answer(venue.Account.Uid, path, $"category=linear&{query}", venue.NowNanos)).RootElement.GetProperty("result").GetProperty("list").EnumerateArray().Select(row => row.GetProperty("symbol").GetString()!)];
    }

    [Fact]
    public void Cancel_all_cancels_five_hundred_orders_a_call_the_oldest_first()
    {
        var venue = new AccountHarness();
        venue.Book("49990 50", "50000 50");
        venue.Book("100 500", "100.1 500", AccountHarness.Solana);
        for (int i = 0; i < 255; i++)
        {
            Assert.Equal(0, venue.Order("Buy", 0.001m, 49_000m));
            Assert.Equal(0, venue.Order("Buy", 0.1m, 99m, symbol: AccountHarness.Solana));
        }

        Assert.Equal((500, 10), CancelAll());
        Assert.True(venue.Account.OpenOrders.All(order => order.Number > 500), "a newer order went before an older one");
        Assert.Equal((10, 0), CancelAll());

        (int Cancelled, int Open) CancelAll()
        {
            byte[] answer = new VenueRest(venue.Venue).Answer(VenueHarness.Call(VenueRest.CancelAllPath, """{"category":"linear","settleCoin":"USDT"}"""), venue.NowNanos, []);
            return (JsonDocument.Parse(answer).RootElement.GetProperty("result").GetProperty("list").GetArrayLength(), venue.Account.OpenOrders.Count);
        }
    }

    [Theory]
    [InlineData("Sell", 50.0, 0)]        // 0.1 at 50 is 5 USDT, though the order may sell down to 47.5
    [InlineData("Buy", 49.9, 110094)]    // 0.1 at 49.9 is less, though the order may pay up to 52.3
    public void A_market_order_is_worth_its_quantity_at_the_last_price(string side, decimal last, int code)
    {
        var venue = new AccountHarness();
        string price = AccountHarness.Text(last);
        venue.Book($"{price} 500", $"{AccountHarness.Text(last + 0.1m)} 500", AccountHarness.Solana);
        venue.Trade("Buy", price, "1", AccountHarness.Solana);

        Assert.Equal(code, venue.Request("order.create", $$"""{"category":"linear","symbol":"SOLUSDT","side":"{{side}}","orderType":"Market","qty":"0.1"}"""));
    }

    private JsonElement Ok(string path, string body)
    {
        JsonElement answer = _venue.Post(path, body);
        Assert.Equal((0, "OK"), (answer.GetProperty("retCode").GetInt32(), answer.GetProperty("retMsg").GetString()));
        return answer.GetProperty("result");
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
