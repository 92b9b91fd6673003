using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>An account with golden fee rates, moved by what a client can do over REST, in recorded markets whose prices the test sets.</summary>
internal sealed class RestGoldenVenue
{
    /// <summary>Beyond what any golden costs, so that no order is refused for want of money; wallets are compared without it.</summary>
    public const decimal Reserve = 1_000_000_000_000m;

    private const decimal Tick = 0.0001m;
    private const int FundingMillis = 1_000;   // until the stamp

    private readonly VenueHarness _venue;
    private long _updateId = 1;

    /// <param name="startBalance">USDT.</param>
    /// <param name="makerRate">Maker fee, a fraction.</param>
    /// <param name="takerRate">Taker fee, a fraction.</param>
    /// <param name="ladders">A market each: S1USDT, S2USDT and so on.</param>
    public RestGoldenVenue(decimal startBalance, decimal makerRate, decimal takerRate, params string[] ladders)
    {
        string[] symbols = [.. ladders.Select((_, i) => Symbol(i + 1))];
        _venue = new VenueHarness(symbols: symbols, change: settings => settings with
        {
            Instruments = new InstrumentList(symbols.Select(symbol => settings.Instruments["BTCUSDT"] with
            {
                Symbol = symbol, TickSize = Tick, MinPrice = Tick, MaxOrderQty = 1_000_000_000m, MaxPostOnlyQty = 1_000_000_000m, MinNotional = 0m,
            })),
            RiskLadders = symbols.Zip(ladders).ToDictionary(pair => pair.First, pair => PositionMathTests.Ladders[pair.Second]),
            Accounts = [new AccountSettings { StartBalance = startBalance, Leverage = 1, FeeTier = new FeeTier("golden", takerRate * 100m, makerRate * 100m, requestsPerSecond: 1_000) }],
            TakenNanos = 0,
        });
    }

    public VenueInstrument Instrument => _venue.Venue.Market(Symbol(1)).Instrument;

    public static string Symbol(int number) => $"S{number}USDT";

    /// <summary>The only row of a look-up.</summary>
    public JsonElement Row(string path, string query)
    {
        JsonElement answer = _venue.Get(path, query);
        Assert.Equal(0, Code(answer));
        return answer.GetProperty("result").GetProperty("list").EnumerateArray().Single();
    }

    public JsonElement Wallet() => Row("/v5/account/wallet-balance", "accountType=UNIFIED");

    public JsonElement Position(int number = 1) => Row("/v5/position/list", $"category=linear&symbol={Symbol(number)}");

    public JsonElement NewestExecution(int number = 1) => Row("/v5/execution/list", $"category=linear&symbol={Symbol(number)}&limit=1");

    public JsonElement NewestEntry() => Row("/v5/account/transaction-log", "accountType=UNIFIED&limit=1");

    public int SetLeverage(decimal leverage, int number = 1) =>
        Post("/v5/position/set-leverage", $$"""{"category":"linear","symbol":"{{Symbol(number)}}","buyLeverage":"{{Text(leverage)}}","sellLeverage":"{{Text(leverage)}}"}""");

    public int AddMargin(decimal margin) => Post("/v5/position/add-margin", $$"""{"category":"linear","symbol":"{{Symbol(1)}}","margin":"{{Text(margin)}}"}""");

    public int SetCrossMargin() => Post("/v5/account/set-margin-mode", """{"setMarginMode":"REGULAR_MARGIN"}""");

    public void Mark(decimal price, int number = 1) => Ticker($"\"markPrice\":\"{Text(price)}\"", number);

    /// <summary>Buys or sells at a price that the book gives whole; the code of the answer.</summary>
    public int Take(string side, decimal qty, decimal price, int number = 1)
    {
        bool isBuy = side == "Buy";
        Book(isBuy ? $"{Text(price - Tick)} 1" : $"{Text(price)} {Text(qty)}", isBuy ? $"{Text(price)} {Text(qty)}" : $"{Text(price + Tick)} 1", number);
        return Create(side, qty, price, "IOC", number);
    }

    /// <summary>Rests alone at a price, first with another price and quantity which are amended, until the market trades there; the code of the answer to the order.</summary>
    public int Make(string side, decimal qty, decimal price, int number = 1)
    {
        bool isBuy = side == "Buy";
        Book($"{Text(price - (2 * Tick))} 1", $"{Text(price + (2 * Tick))} 1", number);
        int code = Create(side, qty + 1m, price + (isBuy ? -Tick : Tick), "PostOnly", number);
        if (code != 0) return code;
        string order = Row("/v5/order/realtime", $"category=linear&symbol={Symbol(number)}").GetProperty("orderId").GetString()!;
        Assert.Equal(0, Post("/v5/order/amend", $$"""{"category":"linear","symbol":"{{Symbol(number)}}","orderId":"{{order}}","qty":"{{Text(qty)}}","price":"{{Text(price)}}"}"""));
        Market(VenueHarness.TradeFrame(isBuy ? "Sell" : "Buy", Text(price), Text(qty), _venue.NowMillis, symbol: Symbol(number)));
        return 0;
    }

    /// <summary>A funding stamp passes at the mark last set.</summary>
    public void Fund(decimal rate)
    {
        Ticker($"\"fundingRate\":\"{Text(rate)}\",\"nextFundingTime\":\"{_venue.NowMillis + FundingMillis}\"", 1);
        _venue.NowMillis += FundingMillis;
        Ticker("\"fundingRate\":\"0\"", 1);
    }

    public static string Text(decimal value) => value.ToString("0.########", CultureInfo.InvariantCulture);

    private static int Code(JsonElement answer) => answer.GetProperty("retCode").GetInt32();

    private int Create(string side, decimal qty, decimal price, string timeInForce, int number) => Post(
        "/v5/order/create",
        $$"""{"category":"linear","symbol":"{{Symbol(number)}}","side":"{{side}}","orderType":"Limit","qty":"{{Text(qty)}}","price":"{{Text(price)}}","timeInForce":"{{timeInForce}}"}""");

    private int Post(string path, string body) => Code(_venue.Post(path, body));

    private void Book(string bids, string asks, int number) => Market(VenueHarness.BookFrame("snapshot", bids, asks, _updateId++, Symbol(number)));

    private void Ticker(string fields, int number) =>
        Market($$"""{"topic":"tickers.{{Symbol(number)}}","type":"delta","data":{"symbol":"{{Symbol(number)}}",{{fields}}},"cs":1,"ts":{{_venue.NowMillis}}}""");

    private void Market(string frame) => _venue.Venue.OnMarketFrame(Encoding.UTF8.GetBytes(frame), ++_venue.NowMillis * Venue.NanosPerMilli, []);
}
