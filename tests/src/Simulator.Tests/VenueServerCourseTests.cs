using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Whole courses as clients live through them, done and read over REST and sockets alone.</summary>
public sealed class VenueServerCourseTests
{
    private const string BookTopic = VenueServerHarness.Book;
    private static readonly string[] Streams = ["order", "execution", "position", "wallet"];

    [Fact]
    public async Task On_the_next_lap_of_a_recording_times_and_sequences_go_on_books_are_snapshots_again_and_clients_stay_connected()
    {
        const int LapMillis = 200;
        const int PauseMillis = 1_000;
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync(recordedMillis: LapMillis, loops: true);
        SocketClient market = await venue.ConnectAsync(venue.Server.PublicEndpoint);
        SocketClient orders = await venue.LoginAsync(venue.Server.PrivateEndpoint, "order");
        await venue.SubscribeAsync(market, BookTopic, "publicTrade.BTCUSDT", "tickers.BTCUSDT");
        await venue.PostAsync("/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"58000","orderLinkId":"a"}""");
        Assert.Equal("a", Row(await venue.NextJsonAsync(orders)).GetProperty("orderLinkId").GetString());
        venue.PlayMillis(3 * (LapMillis + PauseMillis));

        List<JsonElement> books = [];
        List<JsonElement> trades = [];
        List<JsonElement> tickers = [];
        while (books.Count(IsSnapshot) < 3 || trades.Count < 50 || tickers.Count < 50)
        {
            JsonElement frame = await venue.NextJsonAsync(market);
            (frame.GetProperty("topic").GetString() switch { BookTopic => books, "publicTrade.BTCUSDT" => trades, _ => tickers }).Add(frame);
        }

        foreach (List<JsonElement> frames in (List<JsonElement>[])[books, trades, tickers]) Rises(frames.Skip(1).Select(Stamp), strictly: false);   // the first snapshot was told anew, at its own time
        int secondLap = books.FindIndex(10, IsSnapshot);
        Assert.InRange(secondLap, 10, books.Count - 2);
        Rises(books.Skip(1).Where(frame => !IsSnapshot(frame)).Select(frame => Number(frame, "u")), strictly: true);
        Rises(books.Select(frame => Number(frame, "seq")), strictly: false);
        Assert.Equal(LapMillis + PauseMillis, Stamp(books[secondLap]) - Stamp(books[secondLap - 1]));   // every book of the test's recording bears the time of its beginning
        Assert.True(Number(books[secondLap], "u") > Number(books[secondLap - 1], "u") && Number(books[secondLap], "seq") > Number(books[secondLap - 1], "seq"), "a lap repeats the numbers of the one before");
        Rises(tickers.Select(frame => frame.GetProperty("cs").GetInt64()), strictly: true);
        Assert.True(Stamp(trades[^1]) - Stamp(trades[0]) > 2 * (LapMillis + PauseMillis), "a lap repeats the times of the one before");   // 20 trades a lap

        await venue.PostAsync("/v5/order/cancel", """{"category":"linear","symbol":"BTCUSDT","orderLinkId":"a"}""");
        Assert.Equal("Cancelled", Row(await venue.NextJsonAsync(orders)).GetProperty("orderStatus").GetString());

        static bool IsSnapshot(JsonElement frame) => frame.GetProperty("type").GetString() == "snapshot";

        static long Stamp(JsonElement frame) => frame.GetProperty("ts").GetInt64();

        static long Number(JsonElement frame, string key) => frame.GetProperty("data").GetProperty(key).GetInt64();

        static void Rises(IEnumerable<long> numbers, bool strictly) => Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.True(strictly ? pair.First < pair.Second : pair.First <= pair.Second, $"{pair.Second} follows {pair.First}"));
    }

    [Fact]
    public async Task Two_accounts_trade_with_each_other_and_both_are_told_their_side_and_read_their_rows_and_balances()
    {
        const decimal TakerRate = 0.00018m;   // Pro 5
        const decimal MakerRate = 0.0002m;    // VIP 0
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync(recording: Recording([]), loops: true);
        SocketClient takers = await venue.LoginAsync(venue.Server.PrivateEndpoint, Streams);
        SocketClient makers = await venue.LoginAsync(VenueServerHarness.SecondKey, venue.Server.PrivateEndpoint, Streams);
        SocketClient entry = await venue.LoginAsync(venue.Server.TradeEndpoint);

        await CreateAsync(venue, "Sell", "60005", "0.1", "PostOnly", VenueServerHarness.SecondKey);
        await entry.SendAsync(venue.Order("order.create", "r1", """ "side":"Buy","orderType":"Limit","qty":"0.1","price":"60005","timeInForce":"IOC" """));
        Assert.Equal(0, (await venue.NextJsonAsync(entry)).GetProperty("retCode").GetInt32());
        JsonElement bought = await NextExecutionAsync(venue, takers);
        JsonElement sold = await NextExecutionAsync(venue, makers);
        Assert.Equal(("Buy", "0.1", "60005", false), Side(bought));
        Assert.Equal(("Sell", "0.1", "60005", true), Side(sold));
        Assert.Equal(bought.GetProperty("seq").GetInt64(), sold.GetProperty("seq").GetInt64());
        Assert.NotEqual(bought.GetProperty("execId").GetString(), sold.GetProperty("execId").GetString());
        Assert.Equal(("Buy", "0.1", "60005"), await PositionAsync(venue, VenueServerHarness.Key));
        Assert.Equal(("Sell", "0.1", "60005"), await PositionAsync(venue, VenueServerHarness.SecondKey));
        Assert.Equal(10_000m - (6_000.5m * TakerRate), await WalletAsync(venue, VenueServerHarness.Key));
        Assert.Equal(10_000m - (6_000.5m * MakerRate), await WalletAsync(venue, VenueServerHarness.SecondKey));

        await CreateAsync(venue, "Buy", "60002", "0.1", "PostOnly", VenueServerHarness.SecondKey);
        await CreateAsync(venue, "Sell", "60002", "0.1", "IOC", VenueServerHarness.Key);
        Assert.Equal(("Sell", "0.1", "60002", false), Side(await NextExecutionAsync(venue, takers)));
        Assert.Equal(("Buy", "0.1", "60002", true), Side(await NextExecutionAsync(venue, makers)));
        decimal takerFees = (6_000.5m + 6_000.2m) * TakerRate;
        decimal makerFees = (6_000.5m + 6_000.2m) * MakerRate;
        foreach ((SocketClient client, string key, decimal profit, decimal fees) in ((SocketClient, string, decimal, decimal)[])[(takers, VenueServerHarness.Key, -0.3m, takerFees), (makers, VenueServerHarness.SecondKey, 0.3m, makerFees)])
        {
            Assert.Equal(("", "0", "0"), await PositionAsync(venue, key));
            Assert.Equal(10_000m + profit - fees, await WalletAsync(venue, key));
            JsonElement told = await venue.NextJsonAsync(client, message => message.GetProperty("topic").GetString() == "wallet");
            Assert.Equal(10_000m + profit - fees, Value(Row(told).GetProperty("coin")[0], "walletBalance"));
            Assert.Equal(profit - fees, Value(Assert.Single(await RowsAsync(venue, "/v5/position/closed-pnl", "category=linear", key)), "closedPnl"));
            Assert.Equal(2, (await RowsAsync(venue, "/v5/execution/list", "category=linear", key)).Length);
            JsonElement[] entries = await RowsAsync(venue, "/v5/account/transaction-log", "accountType=UNIFIED&type=TRADE", key);
            Assert.Equal((profit, fees), (entries.Sum(row => Value(row, "cashFlow")), entries.Sum(row => Value(row, "fee"))));
            Assert.All(await RowsAsync(venue, "/v5/order/history", "category=linear", key), order => Assert.Equal("Filled", order.GetProperty("orderStatus").GetString()));
        }

        static (string?, string?, string?, bool) Side(JsonElement row) =>
            (row.GetProperty("side").GetString(), row.GetProperty("execQty").GetString(), row.GetProperty("execPrice").GetString(), row.GetProperty("isMaker").GetBoolean());
    }

    [Theory]
    [InlineData("60500", "TakeProfit", "StopLoss")]
    [InlineData("59500", "StopLoss", "TakeProfit")]
    public async Task A_stop_set_over_REST_fires_when_the_market_gets_there_closes_the_position_and_takes_the_other_stop_with_it(string lastPrice, string fired, string other)
    {
        decimal price = decimal.Parse(lastPrice, CultureInfo.InvariantCulture);
        string[] course =
        [
            VenueHarness.BookFrame("snapshot", $"{price - 1}.00 1.000", $"{price + 1}.00 1.000", 3),
            VenueHarness.TradeFrame("Buy", lastPrice, "0.001", VenueHarness.StartMillis + 100),
        ];
        await using VenueServerHarness venue = await VenueServerHarness.StartAsync(recording: Recording(course));
        SocketClient client = await venue.LoginAsync(venue.Server.PrivateEndpoint, Streams);
        await CreateAsync(venue, "Buy", "60010", "0.1", "IOC", VenueServerHarness.Key);
        string stops = $$"""{"category":"linear","symbol":"BTCUSDT","positionIdx":0,"tpslMode":"Full","takeProfit":"60500","stopLoss":"59500"}""";
        Assert.Equal(0, (await venue.PostAsync("/v5/position/trading-stop", stops)).Body.GetProperty("retCode").GetInt32());
        JsonElement held = Assert.Single(await RowsAsync(venue, "/v5/position/list", "category=linear&symbol=BTCUSDT", VenueServerHarness.Key));
        Assert.Equal(("60500", "59500"), (held.GetProperty("takeProfit").GetString(), held.GetProperty("stopLoss").GetString()));
        JsonElement[] waiting = await RowsAsync(venue, "/v5/order/realtime", "category=linear&symbol=BTCUSDT", VenueServerHarness.Key);
        Assert.Equal(["StopLoss", "TakeProfit"], waiting.Select(order => order.GetProperty("stopOrderType").GetString()).Order());
        Assert.All(waiting, order => Assert.Equal("Untriggered", order.GetProperty("orderStatus").GetString()));

        venue.PlayMillis(500);

        JsonElement filled = await NextOrderAsync(venue, client, fired, "Filled");
        Assert.Equal(("Sell", "0.1", true), (filled.GetProperty("side").GetString(), filled.GetProperty("cumExecQty").GetString(), filled.GetProperty("reduceOnly").GetBoolean()));
        Assert.Equal(price - 1m, Value(filled, "avgPrice"));
        await NextOrderAsync(venue, client, other, "Deactivated");
        Assert.Equal(("", "0", "0"), await PositionAsync(venue, VenueServerHarness.Key));
        Assert.Empty(await RowsAsync(venue, "/v5/order/realtime", "category=linear&symbol=BTCUSDT&openOnly=0&orderFilter=StopOrder", VenueServerHarness.Key));
        JsonElement[] history = await RowsAsync(venue, "/v5/order/history", "category=linear", VenueServerHarness.Key);
        Assert.Equal([(fired, "Filled"), (other, "Deactivated")], history.Where(order => order.GetProperty("stopOrderType").GetString() is "TakeProfit" or "StopLoss").Select(order => (order.GetProperty("stopOrderType").GetString()!, order.GetProperty("orderStatus").GetString()!)).OrderBy(order => order.Item2 == "Deactivated"));
        decimal fees = 0.1m * (60_010m + price - 1m) * 0.00018m;
        Assert.Equal((0.1m * (price - 1m - 60_010m)) - fees, Value(Assert.Single(await RowsAsync(venue, "/v5/position/closed-pnl", "category=linear", VenueServerHarness.Key)), "closedPnl"));
    }

    /// <summary>A wide book, then a course from 100 ms on, a frame each 10 ms.</summary>
    private static IEnumerable<string> Recording(string[] course)
    {
        const long Start = VenueHarness.StartMillis;
        yield return $$"""{{Start}}000000 {"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","lastPrice":"60000.00","markPrice":"60000.00","fundingRate":"0.0001"},"cs":1,"ts":{{Start}}}""";
        yield return $"{Start}000001 {VenueHarness.BookFrame("snapshot", "60000.00 1.000", "60010.00 1.000", 1)}";
        for (int i = 0; i < course.Length; i++) yield return $"{Start + 100 + (10 * i)}000000 {course[i]}";
        yield return $$"""{{Start + 5_000}}000000 {"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT"},"cs":2,"ts":{{Start + 5_000}}}""";
    }

    private static async Task CreateAsync(VenueServerHarness venue, string side, string price, string qty, string timeInForce, string key)
    {
        string body = $$"""{"category":"linear","symbol":"BTCUSDT","side":"{{side}}","orderType":"Limit","qty":"{{qty}}","price":"{{price}}","timeInForce":"{{timeInForce}}"}""";
        Assert.Equal(0, (await venue.PostAsync("/v5/order/create", body, key: key)).Body.GetProperty("retCode").GetInt32());
    }

    private static async Task<JsonElement> NextExecutionAsync(VenueServerHarness venue, SocketClient client) =>
        Row(await venue.NextJsonAsync(client, message => message.GetProperty("topic").GetString() == "execution"));

    private static async Task<JsonElement> NextOrderAsync(VenueServerHarness venue, SocketClient client, string stopOrderType, string status) => Row(await venue.NextJsonAsync(
        client, message => message.GetProperty("topic").GetString() == "order" && Row(message).GetProperty("stopOrderType").GetString() == stopOrderType && Row(message).GetProperty("orderStatus").GetString() == status));

    private static async Task<JsonElement[]> RowsAsync(VenueServerHarness venue, string path, string query, string key)
    {
        JsonElement answer = (await venue.GetAsync(path, query, key)).Body;
        Assert.Equal(0, answer.GetProperty("retCode").GetInt32());
        return [.. answer.GetProperty("result").GetProperty("list").EnumerateArray()];
    }

    private static async Task<(string? Side, string? Size, string? Entry)> PositionAsync(VenueServerHarness venue, string key)
    {
        JsonElement row = Assert.Single(await RowsAsync(venue, "/v5/position/list", "category=linear&symbol=BTCUSDT", key));
        return (row.GetProperty("side").GetString(), row.GetProperty("size").GetString(), row.GetProperty("avgPrice").GetString());
    }

    private static async Task<decimal> WalletAsync(VenueServerHarness venue, string key) =>
        Value(Assert.Single(await RowsAsync(venue, "/v5/account/wallet-balance", "accountType=UNIFIED", key)), "totalWalletBalance");

    private static JsonElement Row(JsonElement message) => message.GetProperty("data")[0];

    private static decimal Value(JsonElement owner, string key) => decimal.Parse(owner.GetProperty(key).GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
}
