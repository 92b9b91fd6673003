using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Accounts of a venue for BTCUSDT and SOLUSDT under test, moved by typed operations. Time goes on by 200 ms an operation, clear of the request limit.</summary>
internal sealed class AccountHarness
{
    public const string Bitcoin = "BTCUSDT";
    public const string Solana = "SOLUSDT";

    private long _updateId = 1;
    private int _requests;

    public AccountHarness(params AccountSettings[] accounts) => Venue = new Venue(VenueHarness.Settings(symbols: [Bitcoin, Solana]) with
    {
        Accounts = accounts.Length > 0 ? accounts : [new AccountSettings()],
    });

    public Venue Venue { get; }

    public VenueAccount Account => Venue.Accounts[0];

    public AccountSymbol State => Account.In(Bitcoin);

    public long NowMillis { get; set; } = VenueHarness.StartMillis;

    public long NowNanos => NowMillis * Venue.NanosPerMilli;

    /// <summary>What the last operation sent.</summary>
    public List<VenueMessage> Output { get; } = [];

    /// <summary>The last operation's messages in few words, those of <c>execution.fast</c> left out.</summary>
    public string[] Kinds => VenueHarness.Kinds(Messages);

    public IEnumerable<JsonElement> Messages =>
        Output.Where(message => !message.IsFastExecution).Select(message => JsonDocument.Parse(message.Frame).RootElement);

    public void Book(string bids, string asks, string symbol = Bitcoin) => Market(VenueHarness.BookFrame("snapshot", bids, asks, _updateId++, symbol));

    public void Trade(string takerSide, string price, string qty, string symbol = Bitcoin) => Market(VenueHarness.TradeFrame(takerSide, price, qty, NowMillis, symbol: symbol));

    public void Mark(decimal price, string symbol = Bitcoin) => Ticker($"\"markPrice\":\"{Text(price)}\"", symbol);

    public void Ticker(string fields, string symbol = Bitcoin) =>
        Market($$"""{"topic":"tickers.{{symbol}}","type":"delta","data":{"symbol":"{{symbol}}",{{fields}}},"cs":1,"ts":{{NowMillis}}}""");

    /// <summary>Places an order; the code of the answer.</summary>
    public int Order(string side, decimal qty, decimal price, string timeInForce = "GTC", string more = "", VenueAccount? account = null, string symbol = Bitcoin) => Request(
        "order.create",
        $$"""{"category":"linear","symbol":"{{symbol}}","side":"{{side}}","orderType":"Limit","qty":"{{Text(qty)}}","price":"{{Text(price)}}","timeInForce":"{{timeInForce}}"{{more}}}""",
        account);

    public int Request(string op, string args, VenueAccount? account = null)
    {
        Advance();
        Venue.OnRequest(account ?? Account, Encoding.UTF8.GetBytes(VenueHarness.RequestText(op, args, NowMillis, $"r{_requests++}")), NowNanos, Output);
        return JsonDocument.Parse(Output[0].Frame).RootElement.GetProperty("retCode").GetInt32();
    }

    public Refusal? SetLeverage(decimal leverage) => Venue.SetLeverage(Account, Bitcoin, leverage, Advance(), Output);

    public Refusal? AddMargin(decimal margin) => Venue.AddMargin(Account, Bitcoin, margin, Advance(), Output);

    public Refusal? SetAutoAddMargin(bool isOn) => Venue.SetAutoAddMargin(Account, Bitcoin, isOn, Advance(), Output);

    public Refusal? SetMarginMode(MarginMode mode) => Venue.SetMarginMode(Account, mode, Advance(), Output);

    /// <summary>Sets trading stops: the fields of the body beside category and symbol.</summary>
    public Refusal? SetTradingStop(string fields)
    {
        using JsonDocument body = JsonDocument.Parse($$"""{"category":"linear","symbol":"{{Bitcoin}}","positionIdx":0,{{fields}}}""");
        return Venue.SetTradingStop(Account, TradingStopRequest.Parse(body.RootElement), Advance(), Output);
    }

    public static string Text(decimal value) => value.ToString("0.########", CultureInfo.InvariantCulture);

    private void Market(string frame)
    {
        Advance();
        Venue.OnMarketFrame(Encoding.UTF8.GetBytes(frame), NowNanos, Output);
    }

    private long Advance()
    {
        NowMillis += 200;
        Output.Clear();
        return NowNanos;
    }
}
