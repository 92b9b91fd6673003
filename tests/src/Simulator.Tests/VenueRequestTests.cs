using System.Text.Json;
using static LatencyEngine.Simulator.Tests.VenueHarness;

namespace LatencyEngine.Simulator.Tests;

public sealed class VenueRequestTests
{
    [Fact]
    public void A_resting_order_is_acknowledged_then_New_then_position_and_wallet()
    {
        VenueHarness venue = VenueFillTests.Quoted();

        IReadOnlyList<JsonElement> messages = venue.Create("Buy", "60000", "0.100", linkId: "a");

        Assert.Equal(["ack 0", "order New", "position Normal", "wallet"], Kinds(messages));
        Assert.Equal(messages[0].GetProperty("data").GetProperty("orderId").GetString(), Field(messages[1], "orderId"));
        Assert.Equal(("0.1", "60000", "", "UNKNOWN", "EC_NoError"), (Field(messages[1], "leavesQty"), Field(messages[1], "price"), Field(messages[1], "avgPrice"), Field(messages[1], "cancelType"), Field(messages[1], "rejectReason")));
        Assert.Equal("{}", messages[1].GetProperty("data")[0].GetProperty("cumFeeDetail").GetRawText());

        // 6,000 / 50 + 6,000 × 0.00055 to open + 5,880 × 0.00055 to close
        Assert.Equal("126.534", messages[3].GetProperty("data")[0].GetProperty("coin")[0].GetProperty("totalOrderIM").GetString());
    }

    [Fact]
    public void A_post_only_order_that_would_take_is_acknowledged_and_only_cancelled()
    {
        VenueHarness venue = VenueFillTests.Quoted();

        IReadOnlyList<JsonElement> messages = venue.Create("Buy", "60000.1", "0.100", linkId: "a");

        Assert.Equal(["ack 0", "order Cancelled"], Kinds(messages));
        Assert.Equal(("UNKNOWN", "EC_PostOnlyWillTakeLiquidity", "0", "0"), (Field(messages[1], "cancelType"), Field(messages[1], "rejectReason"), Field(messages[1], "leavesQty"), Field(messages[1], "cumExecQty")));
        Assert.Empty(venue.Account.OpenOrders);
        Assert.Equal(110_072, Code(venue.Create("Buy", "59999", "0.100", linkId: "a")));   // it consumed its link id
    }

    [Fact]
    public void A_post_only_order_amended_across_the_market_is_cancelled()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");

        IReadOnlyList<JsonElement> messages = venue.Amend("a", "\"price\":\"60000.1\"");

        Assert.Equal(["ack 0", "order Cancelled", "position Normal", "wallet"], Kinds(messages));
        Assert.Equal("EC_PostOnlyWillTakeLiquidity", Field(messages[1], "rejectReason"));
    }

    [Fact]
    public void A_GTC_order_amended_across_the_market_takes()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        venue.Create("Buy", "60000", "0.100", "GTC", "a");

        IReadOnlyList<JsonElement> messages = venue.Amend("a", "\"price\":\"60000.1\"");

        Assert.Equal(["ack 0", "order New", "order Filled", "execution Trade", "position Normal", "wallet"], Kinds(messages));
        Assert.False(messages[3].GetProperty("data")[0].GetProperty("isMaker").GetBoolean());
    }

    [Fact]
    public void A_cancel_ends_the_order_with_the_reason_that_the_user_asked()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");

        IReadOnlyList<JsonElement> messages = venue.Cancel("a");

        Assert.Equal(["ack 0", "order Cancelled", "position Normal", "wallet"], Kinds(messages));
        Assert.Equal(("CancelByUser", "EC_PerCancelRequest", "0", ""), (Field(messages[1], "cancelType"), Field(messages[1], "rejectReason"), Field(messages[1], "leavesValue"), Field(messages[1], "avgPrice")));
        Assert.Equal("0", messages[3].GetProperty("data")[0].GetProperty("coin")[0].GetProperty("totalOrderIM").GetString());
    }

    [Fact]
    public void A_cancel_or_amend_after_the_fill_is_too_late()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");
        venue.Trade("Sell", "60000.00", "3.000");

        IReadOnlyList<JsonElement> cancel = venue.Cancel("a");
        IReadOnlyList<JsonElement> amend = venue.Amend("a", "\"price\":\"59999\"");

        Assert.Equal((110_001, "order not exists or too late to cancel"), (Code(cancel), Text(cancel)));
        Assert.Equal((110_001, "order not exists or too late to replace"), (Code(amend), Text(amend)));
        Assert.Equal("{}", cancel[0].GetProperty("data").GetRawText());
    }

    [Theory]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"60000.05","category":"linear"}""", 110_003, "price is invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"2000000","category":"linear"}""", 110_003, "price is invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"0","category":"linear"}""", 110_003, "price is invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","category":"linear"}""", 110_003, "price is invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"1e5","category":"linear"}""", 10_001, "Price invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.0015","price":"60000","category":"linear"}""", 10_001, "Qty invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"-0.1","price":"60000","category":"linear"}""", 10_001, "Qty invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0","price":"60000","category":"linear"}""", 10_001, "Qty invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","price":"60000","category":"linear"}""", 10_001, "Qty invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"1500.001","price":"60000","category":"linear"}""", 10_001, "The number of contracts exceeds maximum limit allowed: too large, order_qty:150000100000 > max_qty:150000000000")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.001","price":"4000","category":"linear"}""", 110_094, "Order does not meet minimum order value 5USDT")]
    [InlineData("""{"symbol":"BTCUSDT","side":"buy","orderType":"Limit","qty":"0.1","price":"60000","category":"linear"}""", 10_001, "Side invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Stop","qty":"0.1","price":"60000","category":"linear"}""", 10_001, "OrderType invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","timeInForce":"Post","qty":"0.1","price":"60000","category":"linear"}""", 10_001, "TimeInForce invalid")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"60000","category":"linear","positionIdx":1}""", 10_001, "position idx not match position mode")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"60000","category":"linear","orderLinkId":"a123456789b123456789c123456789d123456789e12345"}""", 10_001, "order link id is longer than 45")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"60000","category":"linear","reduceOnly":true}""", 110_017, "current position is zero, cannot fix reduce-only order qty")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"60000","category":"linear","takeProfit":"61000","tpslMode":"Partial"}""", 10_001, "params error: tpslMode Partial is not offered by the dry-run venue")]
    [InlineData("""{"symbol":"ETHUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"60000","category":"linear"}""", 10_001, "symbol params err")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"60000","category":"spot"}""", 10_404, "category is not correct or not supported")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"60000"}""", 10_404, "category is not correct or not supported")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"20","price":"60000","category":"linear"}""", 110_007, "ab not enough for new order")]
    [InlineData("""{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"142","price":"60000","category":"linear"}""", 110_090, "position and orders exceed the risk limit of 8500000 USDT at this leverage")]
    public void A_create_that_breaks_a_rule_is_refused_with_the_venues_code_and_never_reaches_the_stream(string args, int code, string text)
    {
        VenueHarness venue = VenueFillTests.Quoted();

        IReadOnlyList<JsonElement> messages = venue.Request("order.create", args);

        Assert.Equal((code, text), (Code(messages), Text(messages)));
        Assert.Equal("{}", messages[0].GetProperty("data").GetRawText());
        Assert.Empty(venue.Account.OpenOrders);
    }

    [Theory]
    [InlineData("\"price\":\"60000\"", 10_001, "The order remains unchanged as the parameters entered match the existing ones.")]
    [InlineData("\"price\":\"60000.05\"", 110_003, "price is invalid")]
    [InlineData("\"qty\":\"0.0001\"", 10_001, "Qty invalid")]
    [InlineData("\"qty\":\"0.040\"", 110_064, "new quantity must be above the filled quantity")]
    [InlineData("\"qty\":\"20\"", 110_007, "ab not enough for new order")]
    public void An_amend_that_breaks_a_rule_is_refused_and_leaves_the_order_in_its_place(string change, int code, string text)
    {
        VenueHarness venue = VenueFillTests.Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");
        venue.Trade("Sell", "60000.00", "2.040");

        IReadOnlyList<JsonElement> messages = venue.Amend("a", change);

        Assert.Equal((code, text), (Code(messages), Text(messages)));
        venue.Trade("Sell", "60000.00", "0.060");
        Assert.Equal([0.040m, 0.060m], venue.Account.Fills.Select(fill => fill.Qty));
    }

    [Theory]
    [InlineData("not json", 10_001)]
    [InlineData("[]", 10_001)]
    [InlineData("""{"op":"order.create"}""", 10_001)]
    [InlineData("""{"op":"order.create","args":[]}""", 10_001)]
    [InlineData("""{"op":"order.create","args":[{},{}],"header":{"X-BAPI-TIMESTAMP":"$NOW"}}""", 10_001)]
    [InlineData("""{"op":"order.create","args":[{"category":"linear","symbol":"BTCUSDT"}],"header":{"X-BAPI-TIMESTAMP":"abc"}}""", 10_001)]
    [InlineData("""{"op":"order.create","args":[{"category":"linear","symbol":"BTCUSDT"}]}""", 10_001)]
    [InlineData("""{"op":"order.cancel","args":[{"category":"linear","symbol":"BTCUSDT"}],"header":{"X-BAPI-TIMESTAMP":"$NOW"}}""", 10_001)]
    [InlineData("""{"op":"order.create-batch","args":[{}],"header":{"X-BAPI-TIMESTAMP":"$NOW"}}""", 10_001)]
    [InlineData("""{"op":"order.dance","args":[{}],"header":{"X-BAPI-TIMESTAMP":"$NOW"}}""", 10_404)]
    [InlineData("""{"op":"order.create","args":[{"category":"linear","symbol":"BTCUSDT"}],"header":{"X-BAPI-TIMESTAMP":1}}""", 10_002)]
    public void A_malformed_request_gets_an_answer_and_changes_nothing(string request, int code)
    {
        VenueHarness venue = VenueFillTests.Quoted();

        IReadOnlyList<JsonElement> messages = venue.Raw(request);

        Assert.Equal(code, Code(messages));
        Assert.False(messages[0].TryGetProperty("reqId", out _));
    }

    [Fact]
    public void Header_values_may_be_numbers_and_booleans_may_be_strings()
    {
        VenueHarness venue = VenueFillTests.Quoted();

        IReadOnlyList<JsonElement> messages = venue.Raw(
            """{"reqId":"1","op":"order.create","args":[{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.1","price":"60000","reduceOnly":"false"}],"header":{"X-BAPI-TIMESTAMP":$NOW,"X-BAPI-RECV-WINDOW":5000}}""");

        Assert.Equal("1", messages[0].GetProperty("reqId").GetString());
        Assert.Equal(["ack 0", "order New", "position Normal", "wallet"], Kinds(messages));
    }

    [Fact]
    public void A_reqId_has_36_characters_at_most()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        const string Cancel = """{"reqId":"x","op":"order.cancel","args":[{"category":"linear","symbol":"BTCUSDT","orderLinkId":"none"}],"header":{"X-BAPI-TIMESTAMP":"$NOW"}}""";

        Assert.Equal(110_001, Code(venue.Raw(Cancel.Replace("\"x\"", $"\"{new string('x', 36)}\"", StringComparison.Ordinal))));
        Assert.Equal(10_001, Code(venue.Raw(Cancel.Replace("\"x\"", $"\"{new string('x', 37)}\"", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_batch_is_answered_once_item_by_item_before_the_messages_of_its_orders()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        const string Items = """{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"59000","orderLinkId":"a"},{"symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0","price":"59000","orderLinkId":"b"}""";

        IReadOnlyList<JsonElement> created = venue.Request("order.create-batch", $$"""{"category":"linear","request":[{{Items}}]}""");
        IReadOnlyList<JsonElement> cancelled = venue.Request("order.cancel-batch", """{"category":"linear","request":[{"symbol":"BTCUSDT","orderLinkId":"a"},{"symbol":"BTCUSDT","orderLinkId":"b"}]}""");

        VenueOrder order = Assert.Single(venue.Account.Orders);
        Assert.Equal(["ack 0", "order New", "position Normal", "wallet"], VenueHarness.Kinds(created));
        Assert.Equal(["reqId", "retCode", "retMsg", "op", "data", "retExtInfo", "header", "connId"], created[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            $$"""{"list":[{"category":"linear","symbol":"BTCUSDT","orderId":"{{order.OrderId}}","orderLinkId":"a","createAt":"{{order.CreatedAtNanos / 1_000_000}}"},{"category":"linear","symbol":"BTCUSDT","orderId":"","orderLinkId":"b","createAt":""}]}""",
            created[0].GetProperty("data").GetRawText());
        Assert.Equal("""{"list":[{"code":0,"msg":"OK"},{"code":10001,"msg":"Qty invalid"}]}""", created[0].GetProperty("retExtInfo").GetRawText());
        Assert.Equal("8", created[0].GetProperty("header").GetProperty("X-Bapi-Limit-Status").GetString());
        Assert.Equal("""{"list":[{"code":0,"msg":"OK"},{"code":110001,"msg":"order not exists or too late to cancel"}]}""", cancelled[0].GetProperty("retExtInfo").GetRawText());
        Assert.Equal(VenueOrderStatus.Cancelled, order.Status);
    }

    [Fact]
    public void The_eleventh_request_of_an_operation_within_a_second_is_refused_and_the_header_counts_down()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        List<IReadOnlyList<JsonElement>> answers = [];
        for (int i = 0; i < 11; i++)
        {
            venue.NowMillis -= 200;   // the harness moves on by 200 ms: all in one millisecond
            answers.Add(venue.Create("Buy", "59999", "0.001", linkId: $"a{i}"));
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{9 - i}"), answers.Take(10).Select(a => a[0].GetProperty("header").GetProperty("X-Bapi-Limit-Status").GetString()));
        Assert.Equal((10_006, "Too many visits. Exceeded the API Rate Limit."), (Code(answers[10]), Text(answers[10])));
        Assert.Equal($"{venue.NowMillis + 1_000}", answers[10][0].GetProperty("header").GetProperty("X-Bapi-Limit-Reset-Timestamp").GetString());
        Assert.Equal(0, Code(venue.Cancel("a0")));   // its own bucket
        venue.NowMillis += 1_000;
        Assert.Equal(0, Code(venue.Create("Buy", "59999", "0.001", linkId: "later")));
    }

    [Fact]
    public void A_reduce_only_order_is_cut_to_the_position_and_cancelled_when_the_position_is_gone()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        venue.Create("Buy", "60000.1", "0.300", "IOC", "open");

        IReadOnlyList<JsonElement> wrongSide = venue.Create("Buy", "59999", "0.100", linkId: "wrong", more: ",\"reduceOnly\":true");
        IReadOnlyList<JsonElement> cut = venue.Create("Sell", "60010", "5.000", linkId: "close", more: ",\"reduceOnly\":true");
        IReadOnlyList<JsonElement> closed = venue.Create("Sell", "60000", "0.300", "IOC", "flat");

        Assert.Equal((110_017, "Reduce-only rule not satisfied"), (Code(wrongSide), Text(wrongSide)));
        Assert.Equal("0.3", Field(cut[1], "qty"));
        Assert.Equal(["ack 0", "order Filled", "execution Trade", "position Normal", "wallet", "order Cancelled"], Kinds(closed));
        Assert.Equal("CancelByReduceOnly", Field(closed[5], "cancelType"));
        Assert.Equal(("", "0", "0"), (Field(closed[3], "side"), Field(closed[3], "size"), Field(closed[3], "entryPrice")));
    }

    [Fact]
    public void Reducing_is_possible_when_no_margin_is_left()
    {
        VenueHarness venue = VenueFillTests.Quoted(balance: 130);
        Assert.Equal(0, Code(venue.Create("Buy", "60000.1", "0.100", "IOC", "open")));

        Assert.Equal(110_007, Code(venue.Create("Buy", "59999", "0.100", linkId: "more")));
        Assert.Equal(0, Code(venue.Create("Sell", "60010", "0.100", linkId: "less")));
    }

    [Fact]
    public void Orders_of_both_sides_bind_the_margin_of_the_dearer_side_and_what_closes_the_position_binds_none()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "buy");                                     // 126.534
        IReadOnlyList<JsonElement> both = venue.Create("Sell", "60010", "0.100", linkId: "sell");
        IReadOnlyList<JsonElement> filled = venue.Trade("Sell", "60000.00", "2.100");

        // 6,001 / 50 + 6,001 × 0.00055 to open + 6,001 × 1.02 × 0.00055 to close
        Assert.Equal("126.687111", OrderMargin(both[3]));
        Assert.Equal("0", OrderMargin(filled[3]));
    }

    [Fact]
    public void Sequence_numbers_and_times_only_rise_and_ids_are_unique_UUIDs()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        List<JsonElement> all = [];
        for (int i = 0; i < 8; i++) all.AddRange(venue.Create("Buy", "60000", "0.100", linkId: $"a{i}"));
        for (int i = 0; i < 8; i++) all.AddRange(venue.Trade("Sell", "60000.00", "0.300"));

        List<long> sequences = [.. all.Where(m => m.TryGetProperty("topic", out JsonElement t) && t.GetString() == "position").Select(m => m.GetProperty("data")[0].GetProperty("seq").GetInt64())];
        Assert.Equal(sequences.Order().Distinct(), sequences);
        Assert.Equal(venue.Account.Fills.Count, venue.Account.Fills.Select(fill => fill.ExecId).Distinct().Count());
        Assert.All(venue.Account.Fills, fill => Assert.True(Guid.TryParseExact(fill.ExecId, "D", out _) && Guid.TryParseExact(fill.OrderId, "D", out _)));
    }

    private static string? OrderMargin(JsonElement wallet) => wallet.GetProperty("data")[0].GetProperty("coin")[0].GetProperty("totalOrderIM").GetString();

    private static int Code(IReadOnlyList<JsonElement> messages) => messages[0].GetProperty("retCode").GetInt32();

    private static string Text(IReadOnlyList<JsonElement> messages) => messages[0].GetProperty("retMsg").GetString()!;
}
