using System.Globalization;
using System.Text;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>A venue for BTCUSDT under test: V5 frames in, V5 messages out. Time is in milliseconds after <see cref="StartMillis"/>.</summary>
internal sealed class VenueHarness
{
    public const long StartMillis = 1_786_310_819_000;

    private readonly List<VenueMessage> _output = [];
    private long _updateId = 1;
    private int _requests;

    public VenueHarness(
        decimal leverage = 50, decimal balance = 10_000, string feeTier = "VIP 0", ulong seed = 1, Func<VenueSettings, VenueSettings>? change = null, params string[] symbols) =>
        Venue = new Venue((change ?? (settings => settings))(Settings(leverage, balance, feeTier, seed, symbols)));

    public Venue Venue { get; }

    /// <summary>The only account.</summary>
    public VenueAccount Account => Venue.Accounts[0];

    public long NowMillis { get; set; } = StartMillis;

    private long NowNanos => NowMillis * 1_000_000;

    public static VenueSettings Settings(decimal leverage = 50, decimal balance = 10_000, string feeTier = "VIP 0", ulong seed = 1, params string[] symbols) => new()
    {
        Instruments = InstrumentList.Load(ReferenceFiles.Sample("instruments-linear-20260809.json")),
        RiskLadders = RiskLadder.LoadAll(ReferenceFiles.Sample("risk-limits-202608.json")),
        Symbols = symbols.Length == 0 ? ["BTCUSDT"] : symbols,
        Accounts = [new AccountSettings { Leverage = leverage, StartBalance = balance, FeeTier = FeeTier.Parse(feeTier) }],
        Seed = seed,
    };

    /// <summary>A snapshot; each side as "price size" pairs separated by commas.</summary>
    public IReadOnlyList<JsonElement> Snapshot(string bids, string asks) => Market(BookFrame("snapshot", bids, asks, _updateId++));

    public IReadOnlyList<JsonElement> Delta(string bids, string asks) => Market(BookFrame("delta", bids, asks, _updateId++));

    public IReadOnlyList<JsonElement> Trade(string takerSide, string price, string qty, bool block = false, long? matchedMillis = null) => Market(TradeFrame(takerSide, price, qty, matchedMillis ?? NowMillis, block));

    public IReadOnlyList<JsonElement> Mark(string price) => Ticker($"\"markPrice\":\"{price}\"");

    public IReadOnlyList<JsonElement> Ticker(string fields) =>
        Market($$"""{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT",{{fields}}},"cs":1,"ts":{{NowMillis}}}""");

    public IReadOnlyList<JsonElement> Create(string side, string price, string qty, string timeInForce = "PostOnly", string linkId = "", string more = "") =>
        Request("order.create", $$"""{"symbol":"BTCUSDT","side":"{{side}}","orderType":"Limit","qty":"{{qty}}","price":"{{price}}","category":"linear","timeInForce":"{{timeInForce}}","orderLinkId":"{{linkId}}"{{more}}}""");

    public IReadOnlyList<JsonElement> Amend(string linkId, string fields) =>
        Request("order.amend", $$"""{"category":"linear","symbol":"BTCUSDT","orderLinkId":"{{linkId}}",{{fields}}}""");

    public IReadOnlyList<JsonElement> Cancel(string linkId) =>
        Request("order.cancel", $$"""{"category":"linear","symbol":"BTCUSDT","orderLinkId":"{{linkId}}"}""");

    public IReadOnlyList<JsonElement> Request(string op, string args) => Raw(RequestText(op, args, NowMillis, $"r{_requests++}"));

    public IReadOnlyList<JsonElement> Raw(string request)
    {
        NowMillis += 200;   // clear of the request limit
        _output.Clear();
        Venue.OnRequest(Account, Encoding.UTF8.GetBytes(request.Replace("$NOW", NowMillis.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)), NowNanos, _output);
        return Parsed();
    }

    /// <summary>The account's key.</summary>
    public static ApiKey Key { get; } = new() { Key = "test-key", Secret = "test-secret", Uid = AccountSettings.DefaultUid };

    /// <summary>A POST as it leaves the gateway.</summary>
    public static RestCall Call(string path, string body) => new(RestRoutes.Find("POST", path)!, Key.Uid, Key, "", Encoding.UTF8.GetBytes(body));

    /// <summary>The answer to a GET.</summary>
    public JsonElement Get(string path, string query) => JsonDocument.Parse(Rest(new RestCall(RestRoutes.Find("GET", path)!, Key.Uid, Key, query, default))).RootElement;

    /// <summary>The answer to a POST; what it made the venue send is in <see cref="LastFrames"/>.</summary>
    public JsonElement Post(string path, string body) => JsonDocument.Parse(Rest(Call(path, body))).RootElement;

    /// <summary>A call as it leaves the gateway, 200 ms after the one before.</summary>
    public byte[] Rest(RestCall call)
    {
        NowMillis += 200;
        _output.Clear();
        return new VenueRest(Venue).Answer(call, NowNanos, _output);
    }

    public IReadOnlyList<string> LastFrames => [.. _output.Where(message => !message.IsFastExecution).Select(message => Encoding.UTF8.GetString(message.Frame.Span))];

    public static string RequestText(string op, string args, long nowMillis, string reqId) =>
        $$"""{"reqId":"{{reqId}}","header":{"X-BAPI-TIMESTAMP":"{{nowMillis}}","X-BAPI-RECV-WINDOW":"5000"},"op":"{{op}}","args":[{{args}}]}""";

    public static string BookFrame(string type, string bids, string asks, long updateId, string symbol = "BTCUSDT") =>
        $$"""{"topic":"orderbook.50.{{symbol}}","type":"{{type}}","ts":{{StartMillis}},"data":{"s":"{{symbol}}","b":{{Levels(bids)}},"a":{{Levels(asks)}},"u":{{updateId}},"seq":{{1000 + updateId}}},"cts":{{StartMillis}}}""";

    public static string TradeFrame(string takerSide, string price, string qty, long millis, bool block = false, string symbol = "BTCUSDT") =>
        $$"""{"topic":"publicTrade.{{symbol}}","type":"snapshot","ts":{{millis}},"data":[{"T":{{millis}},"s":"{{symbol}}","S":"{{takerSide}}","v":"{{qty}}","p":"{{price}}","L":"PlusTick","i":"t-{{takerSide}}-{{price}}-{{qty}}","BT":{{(block ? "true" : "false")}},"RPI":false,"seq":1}]}""";

    /// <summary>What a message is, in a few words: "ack 0", "order New", "execution Trade", "position Normal", "wallet".</summary>
    public static string Kind(JsonElement message)
    {
        if (message.TryGetProperty("retCode", out JsonElement code)) return $"ack {code.GetInt32()}";
        JsonElement row = message.GetProperty("data")[0];
        return message.GetProperty("topic").GetString() switch
        {
            "order" => "order " + row.GetProperty("orderStatus").GetString(),
            "execution" => "execution " + row.GetProperty("execType").GetString(),
            "position" => "position " + row.GetProperty("positionStatus").GetString(),
            { } other => other,
            null => "",
        };
    }

    public static string[] Kinds(IEnumerable<JsonElement> messages) => [.. messages.Select(Kind)];

    /// <summary>A field of the only row of a private message.</summary>
    public static string Field(JsonElement message, string key) => message.GetProperty("data")[0].GetProperty(key).ToString();

    private static string Levels(string side) =>
        "[" + string.Join(",", side.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(level => level.Trim().Split(' ')).Select(pair => $"[\"{pair[0]}\",\"{pair[1]}\"]")) + "]";

    private IReadOnlyList<JsonElement> Market(string frame)
    {
        NowMillis++;
        _output.Clear();
        Venue.OnMarketFrame(Encoding.UTF8.GetBytes(frame), NowNanos, _output);
        return Parsed();
    }

    private IReadOnlyList<JsonElement> Parsed() => [.. _output.Where(message => !message.IsFastExecution).Select(message => JsonDocument.Parse(message.Frame).RootElement)];
}
