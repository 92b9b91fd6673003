using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Positions over REST (Bybit V5, 11).</summary>
public sealed class RestPositionsTests
{
    private const string Captures = "reference/bybit-v5-messages.jsonl";

    private readonly VenueHarness _venue = new(leverage: 10, symbols: ["BTCUSDT", "SOLUSDT"]);

    public RestPositionsTests() => _venue.Snapshot("60000.00 2.000", "60000.10 2.000");

    [Fact]
    public void A_named_symbol_is_listed_also_when_flat_and_a_settle_coin_lists_what_is_held()
    {
        JsonElement flat = Assert.Single(Rows("category=linear&symbol=BTCUSDT"));
        Assert.Equal(("", "0", "10", -1), (Text(flat, "side"), Text(flat, "size"), Text(flat, "leverage"), flat.GetProperty("seq").GetInt64()));
        Assert.Empty(Rows("category=linear&settleCoin=USDT"));

        _venue.Create("Sell", "60000", "0.100", "IOC");
        JsonElement held = Assert.Single(Rows("category=linear&settleCoin=USDT"));

        // IM = 0.1 × 60,000 / 10 + fee to close at 66,000, 16.1.
        Assert.Equal(("BTCUSDT", "Sell", "0.1", "60000", "603.63"), (Text(held, "symbol"), Text(held, "side"), Text(held, "size"), Text(held, "avgPrice"), Text(held, "positionIM")));
        Assert.Empty(Rows("category=inverse"));
    }

    [Fact]
    public void In_hedge_mode_a_position_names_its_side_and_an_order_that_names_none_is_refused()
    {
        _venue.Create("Sell", "60000", "0.100", "IOC");
        _venue.Venue.SwitchToHedgeMode();

        Assert.Equal(2, Assert.Single(Rows("category=linear&settleCoin=USDT")).GetProperty("positionIdx").GetInt32());
        Assert.Equal((10001, "position idx not match position mode"), Outcome(Assert.Single(_venue.Create("Buy", "59000", "0.100"))));
    }

    [ReferenceFact(Captures)]
    public void A_row_has_the_documented_keys_in_their_order()
    {
        string raw = File.ReadLines(ReferenceFiles.TryReference(Captures)!)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Single(row => row.GetProperty("name").GetString() == "rest.position.list.response.doc")
            .GetProperty("raw").GetString()!;
        JsonElement documented = JsonDocument.Parse(raw).RootElement.GetProperty("result").GetProperty("list")[0];

        JsonElement row = Assert.Single(Rows("category=linear&symbol=BTCUSDT"));

        Assert.Equal(documented.EnumerateObject().Select(field => (field.Name, field.Value.ValueKind)), row.EnumerateObject().Select(field => (field.Name, field.Value.ValueKind == JsonValueKind.True ? JsonValueKind.False : field.Value.ValueKind)));
    }

    [Theory]
    [InlineData("category=linear", "params error: symbol or settleCoin is required")]
    [InlineData("category=spot&symbol=BTCUSDT", "Illegal category")]
    [InlineData("category=linear&symbol=DOGEUSDT", "symbol params err")]
    [InlineData("category=linear&settleCoin=USDT&limit=201", "params error: limit invalid")]
    public void A_list_of_nothing_in_particular_is_refused(string query, string text) => Assert.Equal((10001, text), Outcome(_venue.Get("/v5/position/list", query)));

    [Fact]
    public void Leverage_is_set_on_both_sides_alike_and_the_same_again_is_110043()
    {
        const string Path = "/v5/position/set-leverage";
        Assert.Equal((0, "OK"), Outcome(_venue.Post(Path, """{"category":"linear","symbol":"BTCUSDT","buyLeverage":"25","sellLeverage":25}""")));
        Assert.Equal("25", Text(Assert.Single(Rows("category=linear&symbol=BTCUSDT")), "leverage"));
        Assert.Equal(110043, Outcome(_venue.Post(Path, """{"category":"linear","symbol":"BTCUSDT","buyLeverage":"25","sellLeverage":"25"}""")).Code);
        Assert.Equal(110013, Outcome(_venue.Post(Path, """{"category":"linear","symbol":"BTCUSDT","buyLeverage":"101","sellLeverage":"101"}""")).Code);
        Assert.Equal((10001, "buy leverage must equal sell leverage in one-way mode"), Outcome(_venue.Post(Path, """{"category":"linear","symbol":"BTCUSDT","buyLeverage":"25","sellLeverage":"26"}""")));
        Assert.Equal((10001, "params error: sellLeverage invalid"), Outcome(_venue.Post(Path, """{"category":"linear","symbol":"BTCUSDT","buyLeverage":"25"}""")));
        Assert.Equal((10001, "symbol params err"), Outcome(_venue.Post(Path, """{"category":"linear","symbol":"DOGEUSDT","buyLeverage":"25","sellLeverage":"25"}""")));
    }

    [Theory]
    [InlineData("/v5/position/switch-mode", """{"category":"linear","symbol":"BTCUSDT","mode":0}""", 110025)]
    [InlineData("/v5/position/switch-mode", """{"category":"linear","coin":"USDT","mode":3}""", 110029)]
    [InlineData("/v5/position/switch-mode", """{"category":"linear","mode":3}""", 10001)]
    [InlineData("/v5/position/switch-mode", """{"category":"linear","coin":"USDT","mode":"9999999999"}""", 10001)]
    [InlineData("/v5/position/switch-isolated", """{"category":"linear","symbol":"BTCUSDT","tradeMode":1,"buyLeverage":"10","sellLeverage":"10"}""", 100028)]
    [InlineData("/v5/position/set-risk-limit", """{"category":"linear","symbol":"BTCUSDT","riskId":99}""", 110031)]
    [InlineData("/v5/position/confirm-pending-mmr", """{"category":"linear","symbol":"BTCUSDT"}""", 0)]
    [InlineData("/v5/position/set-tpsl-mode", """{"category":"linear","symbol":"BTCUSDT","tpSlMode":"Full"}""", 0)]
    [InlineData("/v5/position/add-margin", """{"category":"linear","symbol":"BTCUSDT","margin":"10"}""", 110033)]
    [InlineData("/v5/position/add-margin", """{"category":"linear","symbol":"BTCUSDT","margin":"1e30"}""", 10001)]
    [InlineData("/v5/position/add-margin", """{"category":"linear","symbol":"BTCUSDT","margin":"10","positionIdx":1}""", 10001)]
    [InlineData("/v5/position/trading-stop", """{"category":"linear","symbol":"BTCUSDT","tpslMode":"Partial","positionIdx":0,"takeProfit":"1"}""", 10001)]
    public void Other_changes_answer_with_the_codes_of_the_protocol(string path, string body, int code) => Assert.Equal(code, Outcome(_venue.Post(path, body)).Code);

    [Theory]
    [InlineData("\"positionIdx\":0", "tpslMode")]
    [InlineData("\"tpslMode\":\"\",\"positionIdx\":0", "tpslMode")]
    [InlineData("\"tpslMode\":\"Full\"", "positionIdx")]
    public void A_trading_stop_names_its_mode_and_its_position(string fields, string missing)
    {
        _venue.Create("Buy", "60000.1", "0.100", "IOC");

        Assert.Equal((10001, $"params error: {missing} is required"), Outcome(_venue.Post("/v5/position/trading-stop", $$"""{"category":"linear","symbol":"BTCUSDT","stopLoss":"55000",{{fields}}}""")));
        Assert.Empty(_venue.Account.LiveOrders);
    }

    [Fact]
    public void The_risk_limit_call_names_the_tier_and_changes_nothing()
    {
        JsonElement answer = _venue.Post("/v5/position/set-risk-limit", """{"category":"linear","symbol":"BTCUSDT","riskId":2,"positionIdx":0}""");

        Assert.Equal("""{"riskId":2,"riskLimitValue":"2600000","category":"linear"}""", answer.GetProperty("result").GetRawText());
        Assert.Equal("2000000", Text(Assert.Single(Rows("category=linear&symbol=BTCUSDT")), "riskLimitValue"));
    }

    [Fact]
    public void Margin_is_added_and_the_answer_is_the_position()
    {
        _venue.Create("Buy", "60000.1", "0.100", "IOC");

        JsonElement answer = _venue.Post("/v5/position/add-margin", """{"category":"linear","symbol":"BTCUSDT","margin":"10","positionIdx":0}""");

        JsonElement row = answer.GetProperty("result");
        Assert.Equal(("linear", "BTCUSDT", "0.1"), (Text(row, "category"), Text(row, "symbol"), Text(row, "size")));
        Assert.Equal(Text(Assert.Single(Rows("category=linear&symbol=BTCUSDT")), "positionIM"), Text(row, "positionIM"));
        Assert.Equal((0, "OK"), Outcome(_venue.Post("/v5/position/set-auto-add-margin", """{"category":"linear","symbol":"BTCUSDT","autoAddMargin":1,"positionIdx":0}""")));
        Assert.Equal(1, Assert.Single(Rows("category=linear&symbol=BTCUSDT")).GetProperty("autoAddMargin").GetInt32());
    }

    [Fact]
    public void A_trading_stop_is_set_shown_as_a_waiting_order_and_found_unchanged()
    {
        _venue.Trade("Buy", "60000.10", "0.001");
        _venue.Create("Buy", "60000.1", "0.100", "IOC");
        const string Body = """{"category":"linear","symbol":"BTCUSDT","tpslMode":"Full","positionIdx":0,"takeProfit":"66000","stopLoss":"55000"}""";

        Assert.Equal((0, "OK"), Outcome(_venue.Post("/v5/position/trading-stop", Body)));
        Assert.Equal(34040, Outcome(_venue.Post("/v5/position/trading-stop", Body)).Code);

        JsonElement row = Assert.Single(Rows("category=linear&symbol=BTCUSDT"));
        Assert.Equal(("66000", "55000"), (Text(row, "takeProfit"), Text(row, "stopLoss")));
        JsonElement[] stops = [.. _venue.Get(VenueRest.OrdersPath, "category=linear&symbol=BTCUSDT&orderFilter=StopOrder").GetProperty("result").GetProperty("list").EnumerateArray()];
        Assert.Equal(["StopLoss 55000 Untriggered", "TakeProfit 66000 Untriggered"], stops.Select(stop => $"{Text(stop, "stopOrderType")} {Text(stop, "triggerPrice")} {Text(stop, "orderStatus")}").Order());
        Assert.Empty(_venue.Get(VenueRest.OrdersPath, "category=linear&symbol=BTCUSDT&orderFilter=Order").GetProperty("result").GetProperty("list").EnumerateArray());
        Assert.Empty(_venue.Get("/v5/order/history", "category=linear&orderStatus=Untriggered").GetProperty("result").GetProperty("list").EnumerateArray());
    }

    [Fact]
    public void Closed_profit_is_a_row_for_each_closing_order_after_the_fees_of_both_ways()
    {
        _venue.Create("Buy", "60000.1", "0.100", "IOC", "in");
        _venue.Snapshot("60100.00 0.030, 60090.00 0.030", "60100.10 1.000");
        _venue.Create("Sell", "60090", "0.050", "IOC", "out");

        JsonElement row = Assert.Single(_venue.Get("/v5/position/closed-pnl", "category=linear&symbol=BTCUSDT").GetProperty("result").GetProperty("list").EnumerateArray());

        // Exit 0.03 × 60,100 + 0.02 × 60,090 = 3,004.8; entry 0.05 × 60,000.1 = 3,000.005; fees 0.055 % of both.
        Assert.Equal(("Sell", "0.05", "0.05", "3000.005", "3004.8", "60000.1", "60096", "2"), (Text(row, "side"), Text(row, "qty"), Text(row, "closedSize"), Text(row, "cumEntryValue"), Text(row, "cumExitValue"), Text(row, "avgEntryPrice"), Text(row, "avgExitPrice"), Text(row, "fillCount")));
        Assert.Equal(4.795m - (0.00055m * (3_000.005m + 3_004.8m)), decimal.Parse(Text(row, "closedPnl"), System.Globalization.CultureInfo.InvariantCulture), 8);
        Assert.Empty(_venue.Get("/v5/position/closed-pnl", "category=linear&symbol=SOLUSDT").GetProperty("result").GetProperty("list").EnumerateArray());
    }

    private JsonElement[] Rows(string query)
    {
        JsonElement answer = _venue.Get("/v5/position/list", query);
        Assert.Equal((0, "OK"), Outcome(answer));
        Assert.Equal(["list", "nextPageCursor", "category"], answer.GetProperty("result").EnumerateObject().Select(field => field.Name));
        return [.. answer.GetProperty("result").GetProperty("list").EnumerateArray()];
    }

    private static (int Code, string Text) Outcome(JsonElement answer) => (answer.GetProperty("retCode").GetInt32(), answer.GetProperty("retMsg").GetString()!);

    private static string Text(JsonElement owner, string key) => owner.GetProperty(key).GetString()!;
}
