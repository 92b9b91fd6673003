using System.Globalization;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Every message of the reference collection against the venue: each request is made, and each answer and frame is held against one of the venue's own.</summary>
/// <remarks>One session makes them all, in the order written here, since one request is what makes the next one possible.</remarks>
public sealed class MessageTableTests
{
    private readonly Dictionary<string, JsonElement> _produced = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private readonly HashSet<string> _requested = new(StringComparer.Ordinal);

    [ReferenceFact(MessageExample.Collection)]
    public async Task Every_request_is_accepted_and_every_message_is_produced_in_the_same_shape()
    {
        await using ExampleSession session = await ExampleSession.StartAsync();
        await CommandsAsync(session);
        await OrderEntryAsync(session);
        await AccountAsync(session);
        await OrdersAsync(session);
        await PositionsAsync(session);
        await StreamsAsync(session);
        await MarketAsync(session);

        Assert.True(_faults.Count == 0, string.Join('\n', _faults));
        string[] known = [.. _requested, .. _produced.Keys, .. MessageTable.OutOfScope.Keys];
        Assert.Empty(known.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => $"{group.Key} is handled twice"));
        Assert.True(known.ToHashSet().SetEquals(MessageExample.All.Keys), $"not handled: {string.Join(", ", MessageExample.All.Keys.Except(known))}; unknown: {string.Join(", ", known.Except(MessageExample.All.Keys))}");
        string[] found = [.. _produced.SelectMany(each => Differences(each.Key, each.Value).Select(difference => $"{each.Key} {difference}"))];
        string[] allowed = [.. MessageTable.Allowed.SelectMany(each => each.Value.Select(difference => $"{each.Key} {difference}"))];
        Assert.True(found.ToHashSet().SetEquals(allowed), $"not allowed:\n{string.Join('\n', found.Except(allowed))}\nno longer there:\n{string.Join('\n', allowed.Except(found))}");
    }

    private static IEnumerable<string> Differences(string name, JsonElement produced)
    {
        MessageExample example = MessageExample.All[name];
        return MessageShape.Differences(example.Json, produced, example.IsFrame);
    }

    /// <summary>Logins, pings and subscriptions of the three sockets (Bybit V5, 4, 5).</summary>
    private async Task CommandsAsync(ExampleSession session)
    {
        Request("private.auth.request.doc", "trade.auth.request.doc", "trade.auth.request.bybitnet", "trade.ping.doc", "public.ping.probe", "public.unsubscribe.doc");
        Produce(await session.LoginAsync("private"), "private.auth.ok.doc", "private.auth.ok.2024.captured");
        Produce(await session.CommandAsync("private", """{"req_id":"test","op":"ping"}"""), "private.pong.doc", "private.pong.2024.captured");
        Produce(await session.LoginAsync("trade"), "trade.auth.ok.doc", "trade.auth.ok.captured");
        Produce(await session.CommandAsync("trade", Text("trade.ping.doc")), "trade.pong.doc");
        Produce(await session.CommandAsync("public", """{"op":"ping"}"""), "public.pong.spot.doc", "public.pong.linear.doc", "public.pong.linear.captured");
        Produce(await session.CommandAsync("public", Text("public.ping.probe")), "public.pong.probe");

        Produce(await session.LoginAsync("private again", "1"), "private.auth.ok.captured");
        Produce(await session.LoginAsync("trade again", "|1|"), "trade.auth.ok.bybitnet");
        Assert.True((await session.CommandAsync("private again", VenueServerHarness.Command("subscribe", "order.linear", "execution.fast.linear"))).GetProperty("success").GetBoolean());

        foreach (string name in new[] { "private.order.subscribe.doc", "private.execution.subscribe.doc", "private.execution.fast.subscribe.doc", "private.position.subscribe.doc", "private.wallet.subscribe.doc", "private.dcp.subscribe.doc" })
        {
            Request(name);
            JsonElement reply = await session.CommandAsync("private", Text(name));
            Expect(reply.GetProperty("success").GetBoolean(), $"{name}: {reply}");
            if (name == "private.order.subscribe.doc") Produce(reply, "private.subscribe.ok.doc");
        }
    }

    /// <summary>Order entry by WebSocket (Bybit V5, 8).</summary>
    private async Task OrderEntryAsync(ExampleSession session)
    {
        // The example is for another market; its price is moved to where this one is.
        Request("trade.order.create.request.doc", "trade.order.create-batch.request.doc");
        (string, string)[] now = [("1711001595207", Millis(session)), ("2800", "59000"), ("\"0.2\"", "\"0.010\"")];
        JsonElement created = await session.CommandAsync("trade", MessageTable.Adapt(MessageExample.All["trade.order.create.request.doc"].CompactText, now));
        Expect(created.GetProperty("retCode").GetInt32() == 0, $"{created}");
        Produce(created, "trade.order.create.ok.doc", "trade.order.create.ok.captured", "trade.order.create.ok.2025.captured");
        string orderId = created.GetProperty("data").GetProperty("orderId").GetString()!;

        JsonElement batch = await session.CommandAsync("trade", MessageTable.Adapt(
            MessageExample.All["trade.order.create-batch.request.doc"].CompactText,
            ("1740453381256", Millis(session)), ("\"500\"", "\"1\""), ("\"1000\"", "\"1\""), ("\"1500\"", "\"1\"")));
        Assert.Equal(0, batch.GetProperty("retCode").GetInt32());
        Assert.Equal(3, batch.GetProperty("retExtInfo").GetProperty("list").GetArrayLength());
        Produce(batch, "trade.order.create-batch.allfail.doc");

        Produce(await session.OrderAsync("order.amend", $$""" "orderId":"{{orderId}}","qty":"0.020" """), "trade.order.amend.ok.captured");
        Produce(await session.OrderAsync("order.cancel", $$""" "orderId":"{{orderId}}" """), "trade.order.cancel.ok.captured");
        Produce(await session.OrderAsync("order.cancel", $$""" "orderId":"{{orderId}}" """), "trade.order.cancel.110001.captured");
        Produce(await session.OrderAsync("order.amend", $$""" "orderId":"{{orderId}}","qty":"0.030" """), "trade.order.amend.110001.captured");
        JsonElement refused = await session.OrderAsync("order.create", """ "side":"Buy","orderType":"Limit","qty":"0.010","price":"59000.05" """);
        Assert.Equal(110003, refused.GetProperty("retCode").GetInt32());
        Produce(refused, "trade.order.create.110003.captured");

        Produce(await session.RowAsync("order", row => Is(row, "orderStatus", "New")), "private.order.linear.new.2023.captured");
    }

    /// <summary>Market data over REST (Bybit V5, 13).</summary>
    private async Task MarketAsync(ExampleSession session)
    {
        await GetAsync(session, "rest.market.time");
        await GetAsync(session, "rest.market.instruments-info", answers: ["rest.market.instruments-info.linear.response.doc", "rest.market.instruments-info.linear.2023.captured"]);
        await GetAsync(session, "rest.market.risk-limit");
        await GetAsync(session, "rest.market.orderbook");
        await GetAsync(session, "rest.market.kline", more: [("&start=1670601600000&end=1670608800000", "")]);
        await GetAsync(session, "rest.market.recent-trade");
        await GetAsync(session, "rest.market.funding-history");
        await GetAsync(session, "rest.market.price-limit");
        await GetAsync(session, "rest.market.tickers.inverse");
    }

    /// <summary>The account (Bybit V5, 12).</summary>
    private async Task AccountAsync(ExampleSession session)
    {
        await GetAsync(session, "rest.user.query-api");
        await GetAsync(session, "rest.account.info", answers: ["rest.account.info.response.doc", "rest.account.info.captured"]);
        await GetAsync(session, "rest.account.wallet-balance", more: [("coin=BTC", "coin=USDT")], answers: ["rest.account.wallet-balance.response.doc", "rest.account.wallet-balance.captured"]);
        await PostAsync(session, "rest.account.set-margin-mode.fail", code: 3400045);

        // The documentation's own example leaves out what its table requires (Bybit V5, 21).
        await GetAsync(session, "rest.account.fee-rate", more: [("symbol=ETHUSDT", "category=linear&symbol=BTCUSDT")]);
        await GetAsync(session, "rest.account.query-dcp-info");
        await PostAsync(session, "rest.account.set-limit-px-action");
        await GetAsync(session, "rest.account.user-setting-config");
        await GetAsync(session, "rest.account.smp-group");
        await PostAsync(session, "rest.order.disconnected-cancel-all", more: [("{", "{\"product\":\"DERIVATIVES\",")]);

        (_, JsonElement unsigned) = await session.Venue.GetAsync("/v5/account/info", "category=linear", signature: "not-a-signature");
        Assert.Equal(10004, unsigned.GetProperty("retCode").GetInt32());
        Produce(unsigned, "rest.error.10004.captured");

        // A wallet here holds USDT alone.
        Request("rest.account.demo-apply-money.request.doc");
        JsonElement money = await session.RestAsync("money", "POST", "/v5/account/demo-apply-money", """{"adjustType":0,"utaDemoApplyMoney":[{"coin":"USDT","amountStr":"109"}]}""");
        Assert.Equal(0, money.GetProperty("retCode").GetInt32());
        Produce(money, "rest.envelope.doc");
    }

    /// <summary>Orders and executions over REST (Bybit V5, 10).</summary>
    private async Task OrdersAsync(ExampleSession session)
    {
        Produce(await session.RestAsync("empty", "GET", "/v5/order/realtime", "category=linear&symbol=BTCUSDT"), "rest.order.realtime.empty.captured");

        // Two of the bodies are for linear: one opens with a take profit and a stop loss, one closes. Partial ones and limit ones come later.
        Request("rest.order.create.request.doc");
        IReadOnlyList<string> bodies = HttpExample.Parse(MessageExample.All["rest.order.create.request.doc"].Text).Bodies;
        string opening = MessageTable.Adapt(
            Assert.Single(bodies, body => body.Contains("usdt-test-01", StringComparison.Ordinal)),
            ("\"qty\":\"1\",\"price\":\"25000\"", "\"qty\":\"0.010\",\"price\":\"58500\""), ("28000", "65000"), ("20000", "57000"),
            ("\"Partial\",\"tpOrderType\":\"Limit\",\"slOrderType\":\"Limit\",\"tpLimitPrice\":\"27500\",\"slLimitPrice\":\"20500\"", "\"Full\""));
        string closing = Assert.Single(bodies, body => body.Contains("usdt-test-02", StringComparison.Ordinal))
            .Replace("\"qty\": \"1\", \"price\": \"30000\"", "\"qty\": \"0.010\", \"price\": \"62000\"", StringComparison.Ordinal);
        await OkAsync(session, "/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"0.020"}""");
        await OkAsync(session, "/v5/order/create", opening);
        Produce(await OkAsync(session, "/v5/order/create", closing), "rest.order.create.response.doc");

        await session.RestingOrderAsync(linkId: "linear-004");
        await PostAsync(session, "rest.order.amend", more: [("\"triggerPrice\": \"1145\",", ""), ("0.15", "0.015"), ("1050", "58400")]);
        JsonElement illegal = await session.RestAsync("illegal", "POST", "/v5/order/amend", """{"category":"nothing","symbol":"BTCUSDT","orderLinkId":"linear-004","qty":"0.020"}""");
        Assert.Equal(10001, illegal.GetProperty("retCode").GetInt32());
        Produce(illegal, "rest.order.amend.10001.captured");
        await PostAsync(
            session, "rest.order.cancel", more: [("c6f055d9-7f21-4079-913d-e6523a9cfffa", await session.RestingOrderAsync())], answers: ["rest.order.cancel.response.doc", "rest.order.cancel.ok.captured"]);
        await GetAsync(session, "rest.order.realtime", answers: ["rest.order.realtime.response.doc", "rest.order.realtime.linear.captured"]);
        await PostAsync(session, "rest.order.cancel-all", answers: ["rest.order.cancel-all.response.doc", "rest.order.cancel-all.ok.captured"]);

        await PostAsync(session, "rest.order.create-batch", more: [("\"0.05\"", "\"0.010\""), ("30000", "58300"), ("\"2\"", "\"0.010\""), ("\"12\"", "\"58200\"")]);
        string first = await session.RestingOrderAsync();
        string second = await session.RestingOrderAsync("58900");
        await PostAsync(session, "rest.order.amend-batch", more: [("b551f227-7059-4fb5-a6a6-699c04dbd2f2", first), ("fa6a595f-1a57-483f-b9d3-30e9c8235a52", second), ("\"650\"", "\"58100\"")]);
        await PostAsync(session, "rest.order.cancel-batch", more: [("1666800494330512128", first)]);

        await OkAsync(session, "/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"60100","timeInForce":"PostOnly"}""");
        await GetAsync(session, "rest.order.history.postonly-cancelled");
        await GetAsync(session, "rest.execution.list");
    }

    /// <summary>Positions over REST (Bybit V5, 11).</summary>
    private async Task PositionsAsync(ExampleSession session)
    {
        await PostAsync(session, "rest.position.set-leverage");
        await PostAsync(session, "rest.position.switch-mode", code: 110025);
        await GetAsync(session, "rest.position.list", answers: ["rest.position.list.response.doc", "rest.position.list.linear.captured"]);
        session.Ticker("\"indexPrice\":\"60000.00\"");
        await PostAsync(session, "rest.position.trading-stop", more:
        [
            ("0.6", "66000"), ("\"0.2\"", "\"56000\""), ("\"Partial\"", "\"Full\""), ("\"tpOrderType\": \"Limit\"", "\"tpOrderType\": \"Market\""), ("\"slOrderType\": \"Limit\"", "\"slOrderType\": \"Market\""),
            ("\"tpSize\": \"50\",", ""), ("\"slSize\": \"50\",", ""), ("\"tpLimitPrice\": \"0.57\",", ""), ("\"slLimitPrice\": \"0.21\",", ""),
        ]);
        await PostAsync(session, "rest.position.set-auto-add-margin", more: [("autoAddmargin", "autoAddMargin")]);
        await PostAsync(session, "rest.position.add-margin");
        await PostAsync(session, "rest.position.confirm-pending-mmr");
        await PostAsync(session, "rest.position.set-risk-limit");
        await OkAsync(session, "/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Market","qty":"0.005","reduceOnly":true}""");
        await GetAsync(session, "rest.position.closed-pnl");
        await GetAsync(session, "rest.account.transaction-log");

        Request("rest.position.switch-isolated.request.doc");
        JsonElement retired = await session.RestAsync("retired", "POST", "/v5/position/switch-isolated", HttpExample.Parse(MessageTable.Adapt(MessageExample.All["rest.position.switch-isolated.request.doc"].Text)).Bodies[0]);
        Assert.NotEqual(0, retired.GetProperty("retCode").GetInt32());
        Produce(retired, "rest.position.switch-isolated.response.doc");
    }

    /// <summary>What the streams tell (Bybit V5, 6, 7).</summary>
    private async Task StreamsAsync(ExampleSession session)
    {
        Request("public.subscribe.one.doc", "public.subscribe.many.doc", "public.subscribe.request.probe");
        JsonElement one = await session.CommandAsync("public", Text("public.subscribe.one.doc"));
        Produce(one, "public.subscribe.ok.spot.doc", "public.subscribe.ok.linear.doc", "public.subscribe.ok.linear.captured", "public.subscribe.ok.linear.2026.captured", "public.subscribe.ok.probe");
        Produce(await session.CommandAsync("public", Text("public.subscribe.one.doc")), "public.subscribe.fail.already.probe");
        Produce(await session.CommandAsync("public", VenueServerHarness.Command("subscribe", "orderbook.50.NOPEUSDT")), "public.subscribe.fail.unknown-topic.probe");
        await SubscribeAsync("public.subscribe.many.doc", ("orderbook.1.BTCUSDT", "kline.5.BTCUSDT"), ("orderbook.1.ETHUSDT", "allLiquidation.BTCUSDT"));
        await SubscribeAsync("public.subscribe.request.probe", ("\"orderbook.50.ETHUSDT\",\"orderbook.50.ALGOUSDT\",\"orderbook.50.AAPLUSDT\",", ""), ("\"orderbook.1.BTCUSDT\",", ""));
        JsonElement left = await session.CommandAsync("public", Text("public.unsubscribe.doc"));
        Expect(left.GetProperty("success").GetBoolean(), $"unsubscribe: {left}");

        Produce(await TopicAsync("orderbook.50", "snapshot"), "public.orderbook.50.snapshot.doc", "public.orderbook.50.snapshot.trimmed.probe");
        Produce(await TopicAsync("orderbook.50", "delta"), "public.orderbook.50.delta.doc", "public.orderbook.50.delta.2026.captured", "public.orderbook.50.delta.empty-asks.probe");
        Produce(await TopicAsync("orderbook.1", "snapshot"), "public.orderbook.1.snapshot.2026.captured");
        Produce(await TopicAsync("publicTrade", "snapshot"), "public.publicTrade.doc", "public.publicTrade.2026.captured");
        Produce(await TopicAsync("tickers", "snapshot"), "public.tickers.linear.snapshot.doc", "public.tickers.linear.snapshot.2023.captured");
        Produce(await TopicAsync("tickers", "delta"), "public.tickers.linear.delta.probe");
        Produce(await TopicAsync("kline.5", "snapshot"), "public.kline.doc");

        // A taker and a maker fill, and a cancellation.
        await OkAsync(session, "/v5/order/cancel-all", """{"category":"linear","symbol":"BTCUSDT"}""");
        await OkAsync(session, "/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"0.011","orderLinkId":"taker"}""");
        Produce(await session.RowAsync("order", row => Is(row, "orderLinkId", "taker") && Is(row, "orderStatus", "Filled")), "private.order.market.filled.2026.captured");
        Produce(await session.RowAsync("execution", row => Is(row, "orderLinkId", "taker")), "private.execution.linear.doc", "private.execution.linear.2023.captured", "private.execution.linear.2025.captured");
        Produce(await session.RowAsync("execution.fast", row => Is(row, "orderLinkId", "taker")), "private.execution.fast.doc", "private.execution.fast.2026.captured");
        await OkAsync(session, "/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.012","price":"60500","timeInForce":"FOK","orderLinkId":"fok"}""");
        Produce(await session.RowAsync("order", row => Is(row, "orderLinkId", "fok") && Is(row, "orderStatus", "Filled")), "private.order.limit.filled.2025.captured");
        await session.RestingOrderAsync(linkId: "gone");
        await OkAsync(session, "/v5/order/cancel", """{"category":"linear","symbol":"BTCUSDT","orderLinkId":"gone"}""");
        Produce(await session.RowAsync("order.linear", row => Is(row, "orderLinkId", "gone") && Is(row, "orderStatus", "Cancelled"), "private again"), "private.order.linear-topic.cancelled-by-user.2024.captured");
        await session.RestingOrderAsync("59999.9", linkId: "maker");
        session.Market(VenueHarness.TradeFrame("Sell", "59990.00", "50.000", session.Venue.NowMillis));
        Produce(await session.RowAsync("order.linear", row => Is(row, "orderLinkId", "maker") && Is(row, "orderStatus", "Filled"), "private again"), "private.order.linear-topic.maker-filled.hedge.2025.captured");
        Produce(await session.RowAsync("execution.fast.linear", row => row.GetProperty("isMaker").GetBoolean(), "private again"), "private.execution.fast.linear-topic.maker.2025.captured");
        Produce(await session.RowAsync("position", row => Is(row, "side", "Buy")), "private.position.long.2023.captured", "private.position.long.2025.captured", "private.position.long.2026.captured");
        Produce(await session.RowAsync("wallet", _ => true), "private.wallet.doc", "private.wallet.2025.captured", "private.wallet.2026.captured");

        // Funding is paid, then the mark falls through the floor.
        session.Ticker($"\"fundingRate\":\"0.0001\",\"nextFundingTime\":\"{session.Venue.NowMillis + 100}\"");
        session.Venue.PlayMillis(200);
        Produce(await session.RestAsync("funding", "GET", "/v5/execution/list", "category=linear&symbol=BTCUSDT&execType=Funding"), "rest.execution.list.funding.captured", "rest.execution.list.funding.2025.captured");
        session.Ticker("\"markPrice\":\"1000.00\"");
        Produce(await session.RowAsync("position", row => Is(row, "size", "0")), "private.position.flat.doc");

        Task<JsonElement> TopicAsync(string family, string type) => session.MessageAsync("public", message => HasTopic(message, $"{family}.BTCUSDT") && Is(message, "type", type));

        async Task SubscribeAsync(string name, params (string, string)[] more)
        {
            JsonElement reply = await session.CommandAsync("public", MessageTable.Adapt(MessageExample.All[name].CompactText, more));
            Expect(reply.GetProperty("success").GetBoolean(), $"{name}: {reply}");
        }
    }

    private async Task<JsonElement> OkAsync(ExampleSession session, string path, string body)
    {
        JsonElement answer = await session.RestAsync(path, "POST", path, body);
        Expect(answer.GetProperty("retCode").GetInt32() == 0, $"{path} {body}: {answer}");
        return answer;
    }

    private static bool HasTopic(JsonElement message, string topic) => Is(message, "topic", topic);

    private static bool Is(JsonElement row, string key, string value) => row.TryGetProperty(key, out JsonElement text) && text.ValueEquals(value);

    private static string Millis(ExampleSession session) => session.Venue.NowMillis.ToString(CultureInfo.InvariantCulture);

    /// <summary>Makes the GET of an example; its answer is held against those named, or the one beside it.</summary>
    private async Task GetAsync(ExampleSession session, string name, (string, string)[]? more = null, string[]? answers = null)
    {
        Request($"{name}.request.doc");
        HttpExample request = HttpExample.Parse(MessageTable.Adapt(MessageExample.All[$"{name}.request.doc"].Text, more ?? []));
        JsonElement answer = await session.RestAsync(name, request.Method, request.Path, request.Query);
        Expect(answer.GetProperty("retCode").GetInt32() == 0, $"{name}: {answer}");
        Produce(answer, answers ?? [$"{name}.response.doc"]);
    }

    /// <summary>Makes the POST of an example.</summary>
    private async Task PostAsync(ExampleSession session, string name, (string, string)[]? more = null, string[]? answers = null, int code = 0)
    {
        Request($"{name}.request.doc");
        HttpExample request = HttpExample.Parse(MessageTable.Adapt(MessageExample.All[$"{name}.request.doc"].Text, more ?? []));
        JsonElement answer = await session.RestAsync(name, request.Method, request.Path, request.Bodies[0]);
        Expect(answer.GetProperty("retCode").GetInt32() == code, $"{name}: {answer}");
        Produce(answer, answers ?? [$"{name}.response.doc"]);
    }

    private void Expect(bool holds, string fault)
    {
        if (!holds) _faults.Add(fault);
    }

    private static string Text(string name) => MessageTable.Adapt(MessageExample.All[name].CompactText);

    private void Request(params string[] names)
    {
        foreach (string name in names) Assert.True(_requested.Add(name), name);
    }

    private void Produce(JsonElement message, params string[] examples)
    {
        foreach (string example in examples) Assert.True(_produced.TryAdd(example, message), example);
    }
}
