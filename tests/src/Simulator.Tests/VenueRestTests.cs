using System.Globalization;
using System.Text;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The venue's look-ups, without a socket.</summary>
public sealed class VenueRestTests
{
    private const string Captures = "reference/bybit-v5-messages.jsonl";
    private const string Orders = VenueRest.OrdersPath;
    private const string Executions = VenueRest.ExecutionsPath;

    private static readonly string[] OrderKeys =
    [
        "orderId", "orderLinkId", "blockTradeId", "symbol", "price", "qty", "side", "isLeverage", "positionIdx", "orderStatus", "cancelType", "rejectReason", "avgPrice",
        "leavesQty", "leavesValue", "cumExecQty", "cumExecValue", "cumExecFee", "timeInForce", "orderType", "stopOrderType", "orderIv", "triggerPrice", "takeProfit",
        "stopLoss", "tpTriggerBy", "slTriggerBy", "triggerDirection", "triggerBy", "lastPriceOnCreated", "reduceOnly", "closeOnTrigger", "smpType", "smpGroup",
        "smpOrderId", "createdTime", "updatedTime", "placeType", "tpslMode", "tpLimitPrice", "slLimitPrice", "cumFeeDetail", "createType", "parentOrderLinkId",
    ];

    private static readonly string[] ExecutionKeys =
    [
        "symbol", "orderType", "underlyingPrice", "orderLinkId", "side", "indexPrice", "orderId", "stopOrderType", "leavesQty", "execTime", "feeCurrency", "isMaker",
        "execFee", "feeRate", "execId", "tradeIv", "blockTradeId", "markPrice", "execPrice", "markIv", "orderQty", "orderPrice", "execValue", "execType", "execQty",
        "closedSize", "extraFees", "seq", "createType",
    ];

    [Fact]
    public void Time_is_given_in_seconds_and_nanoseconds_as_strings() => Assert.Equal(
        """{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1688639403","timeNano":"1688639403423213947"},"retExtInfo":{},"time":1688639403423}""",
        Encoding.UTF8.GetString(VenueRest.Time(1_688_639_403_423_213_947)));

    [Fact]
    public void Rows_have_the_documented_key_order_and_the_envelope_of_the_live_venue()
    {
        VenueHarness venue = Traded();
        JsonElement orders = Ask(venue, Orders, "category=linear&symbol=BTCUSDT");
        JsonElement executions = Ask(venue, Executions, "category=linear&symbol=BTCUSDT");

        Assert.Equal(["retCode", "retMsg", "result", "retExtInfo", "time"], Keys(orders));
        Assert.Equal(["list", "nextPageCursor", "category"], Keys(orders.GetProperty("result")));
        Assert.Equal(["nextPageCursor", "category", "list"], Keys(executions.GetProperty("result")));
        Assert.All(Rows(orders), row => Assert.Equal(OrderKeys, Keys(row)));
        Assert.All(Rows(executions), row => Assert.Equal(ExecutionKeys, Keys(row)));
        Assert.NotEmpty(Rows(executions));
        Assert.Equal(
            """{"retCode":0,"retMsg":"OK","result":{"list":[],"nextPageCursor":"","category":"linear"},"retExtInfo":{},"time":1786310819000}""",
            Ask(new VenueHarness(), Orders, "category=linear&settleCoin=USDT").GetRawText());
    }

    [ReferenceFact(Captures)]
    public void The_key_orders_and_kinds_written_here_are_those_of_the_captured_and_documented_rows()
    {
        Dictionary<string, string> raw = File.ReadLines(ReferenceFiles.TryReference(Captures)!)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(row => row.GetProperty("name").GetString()!, row => row.GetProperty("raw").GetString()!);
        JsonElement order = Rows(JsonDocument.Parse(raw["rest.order.realtime.linear.captured"]).RootElement)[0];
        JsonElement execution = Rows(JsonDocument.Parse(raw["rest.execution.list.response.doc"]).RootElement)[0];
        VenueHarness venue = Traded();
        JsonElement ourOrder = Rows(Ask(venue, Orders, "category=linear&symbol=BTCUSDT"))[0];
        JsonElement ourExecution = Rows(Ask(venue, Executions, "category=linear"))[0];

        Assert.Equal(Keys(order), OrderKeys.Take(Keys(order).Length));
        Assert.Equal(Keys(execution), ExecutionKeys.Take(Keys(execution).Length));
        Assert.All(order.EnumerateObject(), field => Assert.Equal(field.Value.ValueKind, ourOrder.GetProperty(field.Name).ValueKind));
        Assert.All(execution.EnumerateObject().Where(field => field.Name != "isMaker"), field => Assert.Equal(field.Value.ValueKind, ourExecution.GetProperty(field.Name).ValueKind));
    }

    [Fact]
    public void An_order_is_found_by_either_id_and_says_how_it_ended()
    {
        VenueHarness venue = Traded();

        JsonElement filled = Assert.Single(Rows(Ask(venue, Orders, "category=linear&settleCoin=USDT&orderLinkId=filled")));
        Assert.Equal(("Filled", "0", "0.1", "60000.1"), (Text(filled, "orderStatus"), Text(filled, "leavesQty"), Text(filled, "cumExecQty"), Text(filled, "avgPrice")));
        Assert.Equal("3.3000055", filled.GetProperty("cumFeeDetail").GetProperty("USDT").GetString());
        JsonElement cancelled = Assert.Single(Rows(Ask(venue, Orders, "category=linear&symbol=BTCUSDT&openOnly=0&orderLinkId=cancelled")));
        Assert.Equal(("Cancelled", "CancelByUser", "EC_PerCancelRequest", "0"), (Text(cancelled, "orderStatus"), Text(cancelled, "cancelType"), Text(cancelled, "rejectReason"), Text(cancelled, "avgPrice")));
        JsonElement postOnly = Assert.Single(Rows(Ask(venue, Orders, "category=linear&settleCoin=USDT&orderLinkId=crossed")));
        Assert.Equal(("Cancelled", "EC_PostOnlyWillTakeLiquidity"), (Text(postOnly, "orderStatus"), Text(postOnly, "rejectReason")));
        JsonElement open = Assert.Single(Rows(Ask(venue, Orders, $"category=linear&settleCoin=USDT&orderId={Assert.Single(venue.Account.OpenOrders).OrderId}&orderLinkId=filled")));
        Assert.Equal(("open", "New"), (Text(open, "orderLinkId"), Text(open, "orderStatus")));
        Assert.Empty(Rows(Ask(venue, Orders, "category=linear&settleCoin=USDT&orderLinkId=never")));
        Assert.Empty(Rows(Ask(venue, Orders, "category=linear&symbol=SOLUSDT&orderLinkId=filled")));
    }

    [Fact]
    public void Without_an_id_open_orders_or_closed_ones_are_listed_newest_first()
    {
        VenueHarness venue = Traded();

        Assert.Equal(["open"], LinkIds(Ask(venue, Orders, "category=linear&settleCoin=USDT")));
        Assert.Equal(["crossed", "cancelled", "filled"], LinkIds(Ask(venue, Orders, "category=linear&settleCoin=USDT&openOnly=1")));
        Assert.Empty(LinkIds(Ask(venue, Orders, "category=linear&settleCoin=USDC&openOnly=1")));
    }

    [Fact]
    public void Pages_join_to_the_whole_list_even_when_orders_close_in_between()
    {
        var venue = new VenueHarness(feeTier: "Pro 5");
        venue.Snapshot("60000.00 2.000", "60000.10 1.000");
        for (int i = 0; i < 25; i++) venue.Create("Buy", $"{59_000 - i}", "0.001", linkId: $"o{i:00}");

        List<string> found = [];
        string cursor = "";
        do
        {
            JsonElement page = Ask(venue, Orders, $"category=linear&symbol=BTCUSDT&limit=10{cursor}");
            found.AddRange(LinkIds(page));
            cursor = Text(page.GetProperty("result"), "nextPageCursor") is { Length: > 0 } next ? $"&cursor={next}" : "";
            if (found.Count == 10) venue.Cancel(found[^1]);
        }
        while (cursor.Length > 0 && found.Count < 100);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => $"o{i:00}"), found);
        Assert.Equal(20, Rows(Ask(venue, Orders, "category=linear&symbol=BTCUSDT")).Length);
    }

    [Fact]
    public void Executions_are_listed_newest_first_within_the_window_and_page_by_page()
    {
        var venue = new VenueHarness(feeTier: "Pro 5");
        venue.Snapshot("60000.00 2.000", "60000.10 50.000");
        for (int i = 0; i < 7; i++) venue.Create("Buy", "60000.1", "0.010", "IOC", $"e{i}");
        JsonElement[] all = Rows(Ask(venue, Executions, "category=linear&symbol=BTCUSDT"));

        Assert.Equal(["e6", "e5", "e4", "e3", "e2", "e1", "e0"], all.Select(row => Text(row, "orderLinkId")));
        Assert.Equal(venue.Account.Fills.Reverse().Select(fill => fill.ExecId), all.Select(row => Text(row, "execId")));
        Assert.All(all, row => Assert.Equal(("0", "0.01", "CreateByUser", "Trade"), (Text(row, "leavesQty"), Text(row, "execQty"), Text(row, "createType"), Text(row, "execType"))));
        long[] sequences = [.. all.Select(row => row.GetProperty("seq").GetInt64())];
        Assert.Equal(sequences.OrderDescending(), sequences);

        JsonElement first = Ask(venue, Executions, "category=linear&limit=4");
        JsonElement second = Ask(venue, Executions, $"category=linear&limit=4&cursor={Text(first.GetProperty("result"), "nextPageCursor")}");
        Assert.Equal(all.Select(row => row.GetRawText()), Rows(first).Concat(Rows(second)).Select(row => row.GetRawText()));
        Assert.Equal("", Text(second.GetProperty("result"), "nextPageCursor"));

        string from = Text(all[4], "execTime");
        string to = Text(all[2], "execTime");
        Assert.Equal(["e4", "e3", "e2"], Rows(Ask(venue, Executions, $"category=linear&startTime={from}&endTime={to}")).Select(row => Text(row, "orderLinkId")));
        Assert.Equal(["e6", "e5", "e4"], Rows(Ask(venue, Executions, $"category=linear&startTime={to}")).Select(row => Text(row, "orderLinkId")));
        Assert.Equal(["e2", "e1", "e0"], Rows(Ask(venue, Executions, $"category=linear&endTime={from}")).Select(row => Text(row, "orderLinkId")));
        Assert.Equal(["e3"], Rows(Ask(venue, Executions, "category=linear&settleCoin=USDT&orderLinkId=e3")).Select(row => Text(row, "orderLinkId")));
        Assert.Empty(Rows(Ask(venue, Executions, "category=linear&execType=Funding")));
    }

    [Theory]
    [InlineData(Orders, "symbol=BTCUSDT", "Illegal category")]
    [InlineData(Orders, "category=spot&symbol=BTCUSDT", "Illegal category")]
    [InlineData(Orders, "category=linear", "params error: symbol, baseCoin or settleCoin is required")]
    [InlineData(Orders, "category=linear&orderLinkId=filled", "params error: symbol, baseCoin or settleCoin is required")]
    [InlineData(Orders, "category=linear&symbol=BTCUSDT&limit=51", "params error: limit invalid")]
    [InlineData(Orders, "category=linear&symbol=BTCUSDT&limit=0", "params error: limit invalid")]
    [InlineData(Orders, "category=linear&symbol=BTCUSDT&openOnly=2", "params error: openOnly invalid")]
    [InlineData(Orders, "category=linear&symbol=BTCUSDT&cursor=nowhere", "params error: cursor is invalid")]
    [InlineData(Executions, "category=linear&limit=101", "params error: limit invalid")]
    [InlineData(Executions, "category=linear&startTime=yesterday", "params error: startTime invalid")]
    [InlineData(Executions, "category=linear&startTime=1000&endTime=999", "params error: startTime and endTime must be in order and within 7 days")]
    [InlineData(Executions, "category=linear&startTime=0&endTime=604800001", "params error: startTime and endTime must be in order and within 7 days")]
    [InlineData(Executions, "category=linear&cursor=nowhere", "params error: cursor is invalid")]
    public void A_bad_parameter_is_refused_with_10001_and_an_empty_result(string path, string query, string text) => Assert.Equal(
        $$$"""{"retCode":10001,"retMsg":"{{{text}}}","result":{},"retExtInfo":{},"time":1786310819000}""",
        Ask(new VenueHarness(), path, query).GetRawText());

    [Fact]
    public void An_unknown_path_is_10017() =>
        Assert.Equal(10017, Ask(new VenueHarness(), "/v5/order/dance", "category=linear").GetProperty("retCode").GetInt32());

    [Fact]
    public void Liquidation_and_its_order_are_found_too()
    {
        var venue = new VenueHarness(leverage: 50);
        venue.Snapshot("60000.00 2.000", "60000.10 1.000");
        venue.Create("Buy", "60000.1", "0.100", "IOC", "a");
        venue.Mark("50000");

        JsonElement bust = Rows(Ask(venue, Executions, "category=linear"))[0];
        Assert.Equal(("BustTrade", "CreateByTakeOver_PassThrough"), (Text(bust, "execType"), Text(bust, "createType")));
        Assert.Equal("Filled", Text(Assert.Single(Rows(Ask(venue, Orders, $"category=linear&settleCoin=USDT&orderId={Text(bust, "orderId")}"))), "orderStatus"));
    }

    /// <summary>One order filled as taker, one cancelled, one refused by post-only, one open.</summary>
    [Theory]
    [InlineData("\"settleCoin\":\"USDT\"", "open,second")]
    [InlineData("\"symbol\":\"BTCUSDT\"", "open,second")]
    [InlineData("\"symbol\":\"BTCUSDT\",\"settleCoin\":\"USDC\",\"orderFilter\":\"Order\"", "open,second")]
    [InlineData("\"settleCoin\":\"USDC\"", "")]
    [InlineData("\"settleCoin\":\"USDT\",\"orderFilter\":\"StopOrder\"", "")]
    public void Cancelling_all_ends_the_open_orders_that_are_meant_and_names_them(string scope, string cancelled)
    {
        VenueHarness venue = Traded();
        venue.Create("Sell", "60500", "0.020", linkId: "second");
        string[] wanted = cancelled.Split(',', StringSplitOptions.RemoveEmptyEntries);

        (JsonElement answer, JsonElement[] messages) = CancelAll(venue, $$"""{"category":"linear",{{scope}}}""");

        Assert.Equal((0, "1"), (answer.GetProperty("retCode").GetInt32(), Text(answer.GetProperty("result"), "success")));
        Assert.Equal(["list", "success"], Keys(answer.GetProperty("result")));
        Assert.All(Rows(answer), row => Assert.Equal(["orderId", "orderLinkId"], Keys(row)));
        Assert.Equal(wanted, LinkIds(answer));
        Assert.Equal(wanted.Length == 0 ? [] : ["order Cancelled", "order Cancelled", "position Normal", "wallet"], VenueHarness.Kinds(messages));
        Assert.All(messages.Where(message => VenueHarness.Kind(message) == "order Cancelled"), order => Assert.Equal("CancelByUser", VenueHarness.Field(order, "cancelType")));
        Assert.Equal(2 - wanted.Length, venue.Account.OpenOrders.Count);
    }

    [Theory]
    [InlineData("""{"category":"linear"}""", "params error: symbol, baseCoin or settleCoin is required")]
    [InlineData("""{"category":"linear","symbol":""}""", "params error: symbol, baseCoin or settleCoin is required")]
    [InlineData("""{"category":"spot","settleCoin":"USDT"}""", "Illegal category")]
    [InlineData("""{"settleCoin":"USDT"}""", "Illegal category")]
    [InlineData("""{"category":"linear","symbol":"DOGEUSDT"}""", "symbol params err")]
    [InlineData("""{"category":"linear","settleCoin":"USDT","orderFilter":"Some"}""", "params error: orderFilter invalid")]
    [InlineData("[1]", "Request parameter error")]
    [InlineData("{", "Request parameter error")]
    [InlineData("", "Request parameter error")]
    public void Cancelling_all_of_what_is_not_said_is_refused_and_cancels_nothing(string body, string text)
    {
        VenueHarness venue = Traded();

        (JsonElement answer, JsonElement[] messages) = CancelAll(venue, body);

        Assert.Equal((10001, text, "{}"), (answer.GetProperty("retCode").GetInt32(), Text(answer, "retMsg"), answer.GetProperty("result").GetRawText()));
        Assert.Empty(messages);
        Assert.Single(venue.Account.OpenOrders);
    }

    private static (JsonElement Answer, JsonElement[] Messages) CancelAll(VenueHarness venue, string body)
    {
        List<VenueMessage> output = [];
        byte[] answer = new VenueRest(venue.Venue).Answer(VenueHarness.Call(VenueRest.CancelAllPath, body), venue.NowMillis * 1_000_000, output);
        Assert.All(output, message => Assert.Equal(DeliveryChannel.Private, message.Channel));
        return (JsonDocument.Parse(answer).RootElement, [.. output.Select(message => JsonDocument.Parse(message.Frame).RootElement)]);
    }

    private static VenueHarness Traded()
    {
        var venue = new VenueHarness();
        venue.Snapshot("60000.00 2.000", "60000.10 1.000");
        venue.Create("Buy", "60000.1", "0.100", "IOC", "filled");
        venue.Create("Buy", "59000", "0.010", linkId: "cancelled");
        venue.Cancel("cancelled");
        venue.Create("Buy", "60001", "0.010", linkId: "crossed");
        venue.Create("Buy", "59500", "0.010", linkId: "open");
        return venue;
    }

    private static JsonElement Ask(VenueHarness venue, string path, string query) =>
        JsonDocument.Parse(new VenueRest(venue.Venue).Answer(AccountSettings.DefaultUid, path, query, venue.NowMillis * 1_000_000)).RootElement;

    private static JsonElement[] Rows(JsonElement answer) => [.. answer.GetProperty("result").GetProperty("list").EnumerateArray()];

    private static IEnumerable<string> LinkIds(JsonElement answer) => Rows(answer).Select(row => Text(row, "orderLinkId"));

    private static string[] Keys(JsonElement owner) => [.. owner.EnumerateObject().Select(field => field.Name)];

    private static string Text(JsonElement owner, string key) => owner.GetProperty(key).GetString()!;
}
