using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The public REST calls (Bybit V5, 13).</summary>
public sealed class RestMarketTests
{
    private readonly VenueHarness _venue = new(symbols: ["BTCUSDT", "SOLUSDT"]);

    [Fact]
    public void Instruments_come_as_they_were_read_in_pages_that_end()
    {
        JsonElement first = Result("/v5/market/instruments-info", "category=linear&limit=1");
        JsonElement second = Result("/v5/market/instruments-info", $"category=linear&limit=1&cursor={Text(first, "nextPageCursor")}");

        Assert.Equal(["category", "list", "nextPageCursor"], Keys(first));
        Assert.Equal(("BTCUSDT", "SOLUSDT", ""), (Text(Row(first), "symbol"), Text(Row(second), "symbol"), Text(second, "nextPageCursor")));
        Assert.Equal("0.01", Text(Row(first).GetProperty("riskParameters"), "priceLimitRatioX"));
        Assert.Equal("SOLUSDT", Text(Row(Result("/v5/market/instruments-info", "category=linear&baseCoin=SOL")), "symbol"));
    }

    [Theory]
    [InlineData("category=spot")]
    [InlineData("category=inverse&symbol=BTCUSD")]
    [InlineData("category=option&baseCoin=ETH")]
    [InlineData("category=linear&status=PreLaunch")]
    public void What_is_not_traded_here_has_an_empty_list_and_no_further_page(string query)
    {
        JsonElement result = Result("/v5/market/instruments-info", query);

        Assert.Equal(("[]", ""), (result.GetProperty("list").GetRawText(), Text(result, "nextPageCursor")));
    }

    [Theory]
    [InlineData("/v5/market/instruments-info", "", "Illegal category")]
    [InlineData("/v5/market/instruments-info", "category=futures", "Illegal category")]
    [InlineData("/v5/market/instruments-info", "category=linear&limit=1001", "params error: limit invalid")]
    [InlineData("/v5/market/instruments-info", "category=linear&cursor=DOGEUSDT", "params error: cursor is invalid")]
    [InlineData("/v5/market/orderbook", "category=linear", "symbol params err")]
    [InlineData("/v5/market/orderbook", "category=linear&symbol=DOGEUSDT", "symbol params err")]
    [InlineData("/v5/market/kline", "category=linear&symbol=BTCUSDT&interval=7", "params error: interval invalid")]
    [InlineData("/v5/market/kline", "category=linear&symbol=BTCUSDT&interval=1&start=99999999999999999999", "params error: start invalid")]
    [InlineData("/v5/market/funding/history", "category=linear&symbol=BTCUSDT&startTime=1", "params error: startTime needs an endTime")]
    [InlineData("/v5/market/recent-trade", "category=linear&symbol=BTCUSDT&limit=-1", "params error: limit invalid")]
    public void A_question_that_makes_no_sense_is_a_parameter_error(string path, string query, string text)
    {
        JsonElement answer = _venue.Get(path, query);

        Assert.Equal((10001, text, "{}"), (answer.GetProperty("retCode").GetInt32(), Text(answer, "retMsg"), answer.GetProperty("result").GetRawText()));
    }

    [Fact]
    public void Risk_limits_are_the_ladder_lowest_tier_first()
    {
        JsonElement[] rows = [.. Result("/v5/market/risk-limit", "category=linear&symbol=BTCUSDT").GetProperty("list").EnumerateArray()];

        Assert.Equal(["id", "symbol", "riskLimitValue", "maintenanceMargin", "initialMargin", "isLowestRisk", "maxLeverage", "mmDeduction"], Keys(rows[0]));
        Assert.Equal("""{"id":1,"symbol":"BTCUSDT","riskLimitValue":"2000000","maintenanceMargin":"0.005","initialMargin":"0.01","isLowestRisk":1,"maxLeverage":"100.00","mmDeduction":"0"}""", rows[0].GetRawText());
        Assert.Equal(("2600000", "90.00", "1200"), (Text(rows[1], "riskLimitValue"), Text(rows[1], "maxLeverage"), Text(rows[1], "mmDeduction")));
        Assert.Equal(Enumerable.Range(1, rows.Length), rows.Select(row => row.GetProperty("id").GetInt32()));
    }

    [Fact]
    public void The_book_has_asks_before_bids_each_from_the_best_up_to_the_limit()
    {
        _venue.Snapshot("60000.00 2.000, 59999.00 1.500, 59998.00 1.000", "60000.10 1.000, 60001.00 3.000");

        JsonElement book = Result("/v5/market/orderbook", "category=linear&symbol=BTCUSDT&limit=2");

        Assert.Equal(["s", "a", "b", "ts", "u", "seq", "cts"], Keys(book));
        Assert.Equal("""[["60000.10","1.000"],["60001.00","3.000"]]""", book.GetProperty("a").GetRawText());
        Assert.Equal("""[["60000.00","2.000"],["59999.00","1.500"]]""", book.GetProperty("b").GetRawText());
        Assert.Equal((1, 1001), (book.GetProperty("u").GetInt64(), book.GetProperty("seq").GetInt64()));
    }

    [Fact]
    public void A_ticker_shows_what_was_recorded_and_the_best_prices_of_the_book()
    {
        _venue.Snapshot("60000.00 2.000", "60000.10 1.000");
        _venue.Ticker("\"lastPrice\":\"60000.10\",\"markPrice\":\"60001.50\",\"fundingRate\":\"0.0001\",\"turnover24h\":\"12.5\"");

        JsonElement rows = Result("/v5/market/tickers", "category=linear").GetProperty("list");
        JsonElement row = rows[0];

        Assert.Equal(2, rows.GetArrayLength());
        Assert.Equal(
            ("BTCUSDT", "60000.10", "60001.50", "0.0001", "12.5", "60000.00", "60000.10", "1.000"),
            (Text(row, "symbol"), Text(row, "lastPrice"), Text(row, "markPrice"), Text(row, "fundingRate"), Text(row, "turnover24h"), Text(row, "bid1Price"), Text(row, "ask1Price"), Text(row, "ask1Size")));
        Assert.Equal(("", "8"), (Text(rows[1], "lastPrice"), Text(rows[1], "fundingIntervalHour")));
        Assert.Equal("[]", Result("/v5/market/tickers", "category=spot").GetProperty("list").GetRawText());
    }

    [Fact]
    public void Candles_and_trades_come_newest_first_within_what_is_asked()
    {
        const long Minute = 1_786_310_820_000;
        MarketTape tape = _venue.Venue.Market("BTCUSDT").Tape;
        Print(tape, Minute, 60_000m, 1m);
        Print(tape, Minute + 30_000, 60_010m, 2m);
        Print(tape, Minute + 60_000, 60_005m, 0.5m);

        JsonElement candles = Result("/v5/market/kline", "category=linear&symbol=BTCUSDT&interval=1");
        Assert.Equal(
            $$"""{"symbol":"BTCUSDT","category":"linear","list":[["{{Minute + 60_000}}","60010","60010","60005","60005","0.5","30002.5"],["{{Minute}}","60000","60010","60000","60010","3","180020"]]}""",
            candles.GetRawText());
        Assert.Equal($"{Minute}", Result("/v5/market/kline", $"symbol=BTCUSDT&interval=1&start={Minute - 1}&end={Minute}").GetProperty("list")[0][0].GetString());
        Assert.Equal(1, Result("/v5/market/kline", "symbol=BTCUSDT&interval=1&limit=1").GetProperty("list").GetArrayLength());

        JsonElement trades = Result("/v5/market/recent-trade", "category=linear&symbol=BTCUSDT&limit=2").GetProperty("list");
        Assert.Equal(["execId", "symbol", "price", "size", "side", "time", "isBlockTrade", "isRPITrade", "seq"], Keys(trades[0]));
        Assert.Equal(["60005.00", "60010.00"], trades.EnumerateArray().Select(row => Text(row, "price")));
        Assert.Equal(("0.500", "Buy", $"{Minute + 60_000}"), (Text(trades[0], "size"), Text(trades[0], "side"), Text(trades[0], "time")));
    }

    [Fact]
    public void Funding_history_has_the_settled_rates_newest_first()
    {
        MarketTape tape = _venue.Venue.Market("BTCUSDT").Tape;
        foreach (int stamp in (int[])[1, 2, 3]) tape.Funding.Add(new TapeFunding(stamp * 1_000, stamp * 0.0001m));

        JsonElement rows = Result("/v5/market/funding/history", "category=linear&symbol=BTCUSDT&startTime=1000&endTime=2500").GetProperty("list");

        Assert.Equal("""[{"symbol":"BTCUSDT","fundingRate":"0.0002","fundingRateTimestamp":"2000"},{"symbol":"BTCUSDT","fundingRate":"0.0001","fundingRateTimestamp":"1000"}]""", rows.GetRawText());
    }

    [Fact]
    public void What_was_before_is_told_behind_what_the_venue_has_seen_itself_and_never_of_the_future()
    {
        const long Hour = 3_600_000;
        var past = new Past();
        var harness = new VenueHarness(change: settings => settings with { Past = past }, symbols: ["BTCUSDT"]);
        long now = harness.NowMillis - (harness.NowMillis % Hour);
        past.Candles.AddRange(Enumerable.Range(-5, 9).Select(slot => now + (slot * Hour)));   // three of them are to come
        past.Funding.AddRange([now - (16 * Hour), now - (8 * Hour), now + (8 * Hour)]);

        Assert.Equal([0, -1, -2, -3, -4, -5], Hours("symbol=BTCUSDT&interval=60"));
        Print(harness.Venue.Market("BTCUSDT").Tape, now + 1_000, 60_000m, 1m);
        JsonElement rows = harness.Get("/v5/market/kline", "symbol=BTCUSDT&interval=60").GetProperty("result").GetProperty("list");
        Assert.Equal(("60000", "1.5"), (rows[0][1].GetString(), rows[1][1].GetString()));   // of the hour that it has seen itself the venue tells its own candle
        Assert.Equal([0, -1], Hours("symbol=BTCUSDT&interval=60&limit=2"));
        Assert.Equal([-2, -3], Hours($"symbol=BTCUSDT&interval=60&start={now - (4 * Hour) + 1}&end={now - (2 * Hour)}"));
        Assert.Equal([now - (8 * Hour), now - (16 * Hour)], harness.Get("/v5/market/funding/history", "category=linear&symbol=BTCUSDT").GetProperty("result").GetProperty("list").EnumerateArray().Select(row => long.Parse(Text(row, "fundingRateTimestamp"))));

        long[] Hours(string query) => [.. harness.Get("/v5/market/kline", query).GetProperty("result").GetProperty("list").EnumerateArray().Select(row => (long.Parse(row[0].GetString()!) - now) / Hour)];
    }

    [Fact]
    public void The_price_limit_follows_mark_and_index()
    {
        Assert.Equal(10016, _venue.Get("/v5/market/price-limit", "symbol=BTCUSDT").GetProperty("retCode").GetInt32());
        _venue.Mark("60000.00");

        JsonElement answer = _venue.Get("/v5/market/price-limit", "category=linear&symbol=BTCUSDT");

        // X is 1 % and Y 2 %: with the index at the mark the nearer bound holds.
        Assert.Equal(("", "60600.00", "59400.00"), (Text(answer, "retMsg"), Text(answer.GetProperty("result"), "buyLmt"), Text(answer.GetProperty("result"), "sellLmt")));
    }

    [Fact]
    public void A_flow_market_answers_every_public_look_up()
    {
        using var session = new ReplaySession(new ReplaySettings { Flow = new FlowSettings { Seed = 3 }, Venue = VenueHarness.Settings(), Latency = new LatencyModel(1) });
        session.PlayUntil(session.FirstTimeNanos + 90_000_000_000, []);

        JsonElement book = Ask("/v5/market/orderbook", "category=linear&symbol=BTCUSDT&limit=50");
        decimal bid = Number(book.GetProperty("b")[0][0]);
        decimal ask = Number(book.GetProperty("a")[0][0]);
        Assert.Equal((50, 50, true), (book.GetProperty("b").GetArrayLength(), book.GetProperty("a").GetArrayLength(), bid < ask));

        JsonElement ticker = Ask("/v5/market/tickers", "category=linear&symbol=BTCUSDT").GetProperty("list")[0];
        Assert.Equal((bid, ask), (Number(ticker.GetProperty("bid1Price")), Number(ticker.GetProperty("ask1Price"))));
        Assert.All(["lastPrice", "markPrice", "indexPrice", "highPrice24h", "volume24h"], key => Assert.True(Number(ticker.GetProperty(key)) > 0, key));

        JsonElement trades = Ask("/v5/market/recent-trade", "category=linear&symbol=BTCUSDT&limit=1000").GetProperty("list");
        JsonElement candles = Ask("/v5/market/kline", "category=linear&symbol=BTCUSDT&interval=1").GetProperty("list");
        Assert.Equal(2, candles.GetArrayLength());
        Assert.Equal(Number(trades[0].GetProperty("price")), Number(candles[0][4]));
        Assert.InRange(Number(Ask("/v5/market/price-limit", "symbol=BTCUSDT").GetProperty("buyLmt")), ask, ask * 1.02m);

        JsonElement Ask(string path, string query)
        {
            JsonElement answer = JsonDocument.Parse(session.Rest.Answer(AccountSettings.DefaultUid, path, query, session.LastTimeNanos)).RootElement;
            Assert.Equal(0, answer.GetProperty("retCode").GetInt32());
            return answer.GetProperty("result");
        }

        static decimal Number(JsonElement text) => decimal.Parse(text.GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void Print(MarketTape tape, long millis, decimal price, decimal qty) => tape.OnTrade(new MarketTrade($"t{millis}", TakerBuys: true, price, qty, millis, IsBlock: false, Sequence: 1));

    private JsonElement Result(string path, string query)
    {
        JsonElement answer = _venue.Get(path, query);
        Assert.Equal(0, answer.GetProperty("retCode").GetInt32());
        return answer.GetProperty("result");
    }

    private static JsonElement Row(JsonElement result) => Assert.Single(result.GetProperty("list").EnumerateArray());

    private static string[] Keys(JsonElement owner) => [.. owner.EnumerateObject().Select(field => field.Name)];

    private static string Text(JsonElement owner, string key) => owner.GetProperty(key).GetString()!;

    /// <summary>Rows of before the start, by their times alone.</summary>
    private sealed class Past : IMarketPast
    {
        public List<long> Candles { get; } = [];

        public List<long> Funding { get; } = [];

        IEnumerable<(long StartMillis, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume, decimal Turnover)> IMarketPast.Candles(string symbol, string interval, long startMillis, long endMillis, int limit) =>
            Candles.Where(start => start >= startMillis && start <= endMillis).OrderDescending().Take(limit).Select(start => (start, 1.5m, 2m, 1m, 1.5m, 1m, 1m));

        IEnumerable<(long SettledMillis, decimal Rate)> IMarketPast.Funding(string symbol, long startMillis, long endMillis, int limit) =>
            Funding.Where(at => at >= startMillis && at <= endMillis).OrderDescending().Take(limit).Select(at => (at, 0.0001m));
    }
}
