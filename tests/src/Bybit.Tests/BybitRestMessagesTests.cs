using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LatencyEngine.Model;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit.Tests;

/// <summary>Every call against the documented and captured messages of the reference collection.</summary>
public sealed class BybitRestMessagesTests
{
    private const string Messages = "reference/bybit-v5-messages.jsonl";

    private static readonly OrderCommand Order = new() { Symbol = "BTCUSDT", OrderLinkId = "le0000000100000001" };

    /// <summary>The documented request, the call, and the keys it sends that the example leaves out but the parameter table has.</summary>
    private static readonly (string Row, Func<BybitRest, Task> Call, string[] More)[] Calls =
    [
        ("rest.market.time.request.doc", rest => rest.MeasureClockAsync(), []),
        ("rest.market.instruments-info.request.doc", rest => rest.InstrumentsAsync(), ["limit"]),
        ("rest.market.risk-limit.request.doc", rest => rest.RiskLimitsAsync(["BTCUSDT"]), []),
        ("rest.market.tickers.inverse.request.doc", rest => rest.TickerAsync("BTCUSDT"), []),
        ("rest.market.orderbook.request.doc", rest => rest.BookAsync("BTCUSDT", 50), ["limit"]),
        ("rest.account.info.request.doc", rest => rest.AccountAsync(), []),
        ("rest.account.fee-rate.request.doc", rest => rest.FeeRateAsync("BTCUSDT"), ["category"]),
        ("rest.account.wallet-balance.request.doc", rest => rest.WalletAsync(), []),
        ("rest.user.query-api.request.doc", rest => rest.ApiKeyAsync(), []),
        ("rest.position.list.request.doc", rest => rest.PositionsAsync("BTCUSDT"), ["limit"]),
        ("rest.position.list.request.doc", rest => rest.PositionsAsync(), ["limit", "settleCoin"]),
        ("rest.order.realtime.request.doc", rest => rest.OpenOrdersAsync(), ["settleCoin"]),
        ("rest.order.realtime.request.doc", rest => rest.OrderAsync("le0000000100000001"), ["orderLinkId"]),
        ("rest.execution.list.request.doc", rest => rest.ExecutionsAsync(5), ["startTime"]),
        ("rest.account.query-dcp-info.request.doc", rest => rest.DisconnectGuardsAsync(), []),
        ("rest.order.disconnected-cancel-all.request.doc", rest => rest.SetDisconnectWindowAsync(40), ["product"]),
        ("rest.position.set-leverage.request.doc", rest => rest.SetLeverageAsync("BTCUSDT", 6), []),
        ("rest.account.set-margin-mode.fail.request.doc", rest => rest.SetMarginModeAsync("ISOLATED_MARGIN"), []),
        ("rest.order.create.request.doc", rest => rest.CreateAsync(Order with { Side = "Buy", OrderType = "Limit", Qty = "1", Price = "2", TimeInForce = "PostOnly", ReduceOnly = true }), []),
        ("rest.order.amend.request.doc", rest => rest.AmendAsync(Order with { Qty = "1", Price = "2" }), []),
        ("rest.order.cancel.request.doc", rest => rest.CancelAsync(Order), []),
        ("rest.order.cancel-all.request.doc", rest => rest.CancelAllAsync(), []),
    ];

    [ReferenceFact(Messages)]
    public async Task Every_call_has_method_path_headers_and_keys_of_its_documented_request()
    {
        foreach ((string row, Func<BybitRest, Task> call, string[] more) in Calls)
        {
            string[] lines = Raw(row).Split('\n');
            string[] first = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] target = first[1].Split('?');
            string[] headers = [.. lines.Skip(1).TakeWhile(line => line.Length > 0).Select(line => line.Split(':')[0]).Where(name => name.StartsWith("X-BAPI", StringComparison.Ordinal)).Order()];
            string[] documented = target.Length > 1 ? Keys(target[1]) : [.. Regex.Matches(Raw(row), "\"(\\w+)\": ?[^\\s]").Select(match => match.Groups[1].Value)];

            var asked = new ConcurrentQueue<Asked>();
            await AskAsync(call, asked);

            Asked one = asked.First();
            Assert.Equal($"{row}: {first[0]} /{target[0].TrimStart('/')} {string.Join(',', headers)}", $"{row}: {one.Method} {one.Path} {string.Join(',', one.Headers)}");
            Assert.Empty((one.Method == "GET" ? Keys(one.Query) : BodyKeys(one.Body)).Except(documented).Except(more).Select(key => $"{row}: {key}"));
            if (one.Method == "POST") Assert.Equal("application/json", one.ContentType);
        }
    }

    [ReferenceFact(Messages)]
    public async Task Commands_are_sent_in_these_bodies()
    {
        Assert.Equal(
            """{"category":"linear","symbol":"BTCUSDT","orderLinkId":"le0000000100000001","side":"Buy","orderType":"Limit","timeInForce":"PostOnly","qty":"1","price":"2","reduceOnly":true}""",
            await BodyAsync(rest => rest.CreateAsync(Order with { Side = "Buy", OrderType = "Limit", Qty = "1", Price = "2", TimeInForce = "PostOnly", ReduceOnly = true })));
        Assert.Equal("""{"category":"linear","symbol":"BTCUSDT","orderLinkId":"le0000000100000001","qty":"1"}""", await BodyAsync(rest => rest.AmendAsync(Order with { Qty = "1" })));
        Assert.Equal("""{"category":"linear","symbol":"BTCUSDT","orderLinkId":"le0000000100000001"}""", await BodyAsync(rest => rest.CancelAsync(Order)));
        Assert.Equal("""{"category":"linear","symbol":"BTCUSDT","buyLeverage":"12.5","sellLeverage":"12.5"}""", await BodyAsync(rest => rest.SetLeverageAsync("BTCUSDT", 12.50m)));
        Assert.Equal("""{"setMarginMode":"ISOLATED_MARGIN"}""", await BodyAsync(rest => rest.SetMarginModeAsync("ISOLATED_MARGIN")));
        Assert.Equal("""{"product":"DERIVATIVES","timeWindow":40}""", await BodyAsync(rest => rest.SetDisconnectWindowAsync(40)));
    }

    [ReferenceFact(Messages)]
    public async Task Answers_about_the_account_are_read()
    {
        RestAccount account = await ValueAsync("rest.account.info.response.doc", rest => rest.AccountAsync());
        Assert.Equal(("REGULAR_MARGIN", 4), (account.MarginMode, account.UnifiedMarginStatus));
        Assert.Equal(1, (await ValueAsync("rest.account.info.captured", rest => rest.AccountAsync())).UnifiedMarginStatus);

        RestFeeRate rate = await ValueAsync("rest.account.fee-rate.response.doc", rest => rest.FeeRateAsync("ETHUSDT"));
        Assert.Equal(("ETHUSDT", 0.0001m, 0.0006m), (rate.Symbol, rate.MakerFeeRate, rate.TakerFeeRate));

        RestWallet wallet = await ValueAsync("rest.account.wallet-balance.captured", rest => rest.WalletAsync());
        using JsonDocument document = JsonDocument.Parse(Raw("rest.account.wallet-balance.captured"));
        JsonElement usdt = document.RootElement.GetProperty("result").GetProperty("list")[0].GetProperty("coin").EnumerateArray().FirstOrDefault(coin => coin.GetProperty("coin").GetString() == "USDT");
        Assert.Equal(usdt.ValueKind == JsonValueKind.Undefined ? 0 : decimal.Parse(usdt.GetProperty("walletBalance").GetString()!, CultureInfo.InvariantCulture), wallet.WalletUsdt);
        Assert.Equal(140719.99688829m, wallet.AvailableUsd);

        RestApiKey key = await ValueAsync("rest.user.query-api.response.doc", rest => rest.ApiKeyAsync());
        Assert.Equal((1448939L, 1, "PRO-1"), (key.Uid, key.ReadOnly, key.VipLevel));
        Assert.True(key.May("ContractTrade", "Order"));
        Assert.True(key.May("Wallet", "AccountTransfer"));
        Assert.False(key.May("Wallet", "Withdraw"));
        Assert.False(key.May("Options", "Order"));

        IReadOnlyList<RestDisconnectGuard> guards = await ValueAsync("rest.account.query-dcp-info.response.doc", rest => rest.DisconnectGuardsAsync());
        Assert.Equal([new RestDisconnectGuard { Product = "SPOT", DcpStatus = "ON", WindowSeconds = 10 }, new RestDisconnectGuard { Product = "DERIVATIVES", DcpStatus = "ON", WindowSeconds = 10 }], guards);
        Assert.True(await ValueAsync("rest.order.disconnected-cancel-all.response.doc", rest => rest.SetDisconnectWindowAsync(40)));
        Assert.True(await ValueAsync("rest.position.set-leverage.response.doc", rest => rest.SetLeverageAsync("BTCUSDT", 6)));

        VenueOutcome<bool> refused = await OutcomeAsync("rest.account.set-margin-mode.fail.response.doc", rest => rest.SetMarginModeAsync("PORTFOLIO_MARGIN"));
        Assert.Equal((OutcomeClass.Other, 3400045), (refused.Class, refused.Code));
        Assert.Equal("POST /v5/account/set-margin-mode refused: Set margin mode failed (Equity needs to be equal to or greater than 1000 USDC)", refused.Text);
    }

    [ReferenceFact(Messages)]
    public async Task Answers_about_orders_and_positions_are_read()
    {
        RestPosition position = Assert.Single(await ValueAsync("rest.position.list.linear.captured", rest => rest.PositionsAsync("BTCUSDT")));
        Assert.Equal(
            new RestPosition
            {
                Symbol = "BTCUSDT", PositionIdx = 0, Side = "Buy", Size = 0.002m, AvgPrice = 32685.25m, PositionValue = 65.3705m, PositionStatus = "Normal", Leverage = 10, MarkPrice = 29252.9m,
                LiqPrice = 0.1m, RiskId = 1, RiskLimitValue = 2_000_000, UnrealisedPnl = -6.8647m, UpdatedMillis = 1682668800070,
            },
            position);
        RestPosition documented = Assert.Single(await ValueAsync("rest.position.list.response.doc", rest => rest.PositionsAsync()));
        Assert.Equal((-300m, 0m, 5723621632L), (documented.SignedSize, documented.LiqPrice, documented.Sequence));

        VenueOutcome<IReadOnlyList<RestOrder>> orders = await OutcomeAsync("rest.order.realtime.linear.captured", rest => rest.OpenOrdersAsync());
        Assert.Equal(OutcomeClass.Unknown, orders.Class);   // its cursor comes again and again: a list without an end is no list
        RestOrder order = Assert.Single(await ValueAsync("rest.order.realtime.linear.captured", rest => rest.OpenOrdersAsync(), withoutCursor: true));
        Assert.Equal(
            new RestOrder
            {
                OrderId = "af6512ea-74b0-4ac5-959a-9a52d4208b08", OrderLinkId = "VQAC6QMAAQAARFkvRM9C", Symbol = "BTCUSDT", Side = "Buy", Price = 27673.4m, Qty = 0.001m, LeavesQty = 0.001m,
                OrderStatus = "New", RejectReason = "EC_NoError", OrderType = "Limit", TimeInForce = "GTC", StopOrderType = "UNKNOWN", CreatedMillis = 1682917170023, UpdatedMillis = 1682917170026,
            },
            order);
        VenueOutcome<IReadOnlyList<RestOrder>> none = await OutcomeAsync("rest.order.realtime.empty.captured", rest => rest.OpenOrdersAsync());
        Assert.Equal((true, 0, 1682689733889L), (none.IsAnswered, none.Value!.Count, none.AnsweredMillis));

        RestExecution execution = Assert.Single(await ValueAsync("rest.execution.list.response.doc", rest => rest.ExecutionsAsync(0), withoutCursor: true));
        Assert.Equal(
            new RestExecution
            {
                ExecId = "e0cbe81d-0f18-5866-9415-cf319b5dab3b", ExecType = "Trade", Symbol = "ETHPERP", Side = "Buy", OrderId = "8c065341-7b52-4ca9-ac2c-37e31ac55c94", ExecPrice = 1190.15m,
                ExecQty = 0.1m, ExecFee = 0.071409m, Sequence = 4688002127, ExecMillis = 1672282722429,
            },
            execution);
        IReadOnlyList<RestExecution> funding = await ValueAsync("rest.execution.list.funding.captured", rest => rest.ExecutionsAsync(0), withoutCursor: true);
        Assert.All(funding, row => Assert.Equal(("Funding", 0L), (row.ExecType, row.Sequence)));
        Assert.Equal(-0.06101433m, funding[1].ExecFee);

        RestOrderIds ids = await ValueAsync("rest.order.create.response.doc", rest => rest.CreateAsync(Order));
        Assert.Equal(("1321003749386327552", "spot-test-postonly"), (ids.OrderId, ids.OrderLinkId));
        Assert.Equal("linear-004", (await ValueAsync("rest.order.amend.response.doc", rest => rest.AmendAsync(Order))).OrderLinkId);
        Assert.Equal("ZwAC7nLlHkQAAQAAAAAA", (await ValueAsync("rest.order.cancel.ok.captured", rest => rest.CancelAsync(Order))).OrderLinkId);
        Assert.Equal(2, (await ValueAsync("rest.order.cancel-all.response.doc", rest => rest.CancelAllAsync())).Count);
        Assert.Empty(await ValueAsync("rest.order.cancel-all.ok.captured", rest => rest.CancelAllAsync()));
        Assert.Equal((OutcomeClass.Filter, 10001), await OutcomeAsync("rest.order.amend.10001.captured", rest => rest.AmendAsync(Order)) is var refused ? (refused.Class, refused.Code) : default);
    }

    [ReferenceFact(Messages)]
    public async Task Answers_about_the_market_are_read()
    {
        InstrumentCatalog catalog = await ValueAsync("rest.market.instruments-info.linear.response.doc", rest => rest.InstrumentsAsync());
        Assert.Equal(10_000_000, catalog.Select(["BTCUSDT"])[new InstrumentId(0)].TickE8);

        RiskLimitCatalog ladders = await ValueAsync("rest.market.risk-limit.response.doc", rest => rest.RiskLimitsAsync(["BTCUSD"]));
        Assert.Equal([new RiskLimitRow(150, 0.005m, 100, 0)], ladders["BTCUSD"]);

        RestTicker ticker = await ValueAsync("rest.market.tickers.inverse.response.doc", rest => rest.TickerAsync("BTCUSD"));
        Assert.Equal(
            new RestTicker
            {
                Symbol = "BTCUSD", LastPrice = 120635.5m, MarkPrice = 114898.43m, IndexPrice = 114890.92m, Bid1Price = 103401, Bid1Size = 1063, Ask1Price = 109152.8m, Ask1Size = 9854,
                FundingRate = 0.0001m, NextFundingMillis = 1760371200000,
            },
            ticker);

        RestBook book = await ValueAsync("rest.market.orderbook.response.doc", rest => rest.BookAsync("BTCUSDT", 1));
        Assert.Equal(("BTCUSDT", 230704L, 1432604333L, 1716863718905L), (book.Symbol, book.UpdateId, book.Sequence, book.MatchedMillis));
        Assert.Equal([65485.47m, 47.081829m], Assert.Single(book.Bids));
        Assert.Equal([65557.7m, 16.606555m], Assert.Single(book.Asks));

        long venueNanos = 1688639403423213947;
        long difference = await ValueAsync("rest.market.time.response.doc", rest => rest.MeasureClockAsync());
        Assert.InRange(difference, venueNanos - (SwiftTime.Start.ToUnixTimeMilliseconds() * 1_000_000) - 100, venueNanos - (SwiftTime.Start.ToUnixTimeMilliseconds() * 1_000_000) + 100);
    }

    private static string[] Keys(string query) => [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0])];

    private static string[] BodyKeys(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
    }

    private static async Task<string> BodyAsync(Func<BybitRest, Task> call)
    {
        var asked = new ConcurrentQueue<Asked>();
        await AskAsync(call, asked);
        return Assert.Single(asked).Body;
    }

    private static async Task<T> ValueAsync<T>(string row, Func<BybitRest, Task<VenueOutcome<T>>> call, bool withoutCursor = false)
    {
        VenueOutcome<T> outcome = await OutcomeAsync(row, call, withoutCursor);
        Assert.True(outcome.IsAnswered, outcome.Text);
        return outcome.Value!;
    }

    private static async Task<VenueOutcome<T>> OutcomeAsync<T>(string row, Func<BybitRest, Task<VenueOutcome<T>>> call, bool withoutCursor = false)
    {
        // Examples hold comments and an ellipsis.
        string body = Regex.Replace(Regex.Replace(Raw(row), "^//.*$", "", RegexOptions.Multiline), @",\s*\.\.\.\.", "");
        if (withoutCursor) body = Regex.Replace(body, "\"nextPageCursor\": ?\"[^\"]*\"", "\"nextPageCursor\":\"\"");
        VenueOutcome<T>? outcome = null;
        await AskAsync(async rest => outcome = await call(rest), [], body);
        return outcome!;
    }

    private static async Task AskAsync(Func<BybitRest, Task> call, ConcurrentQueue<Asked> asked, string answer = "{\"retCode\":1}")
    {
        using var venue = new HttpVenue((request, _) =>
        {
            using var body = new StreamReader(request.InputStream);
            string[] headers = [.. request.Headers.AllKeys.Where(name => name!.StartsWith("X-BAPI", StringComparison.Ordinal)).Order()!];
            asked.Enqueue(new Asked(request.HttpMethod, request.Url!.AbsolutePath, WebUtility.UrlDecode(request.Url.Query.TrimStart('?')), headers, request.ContentType, body.ReadToEnd()));
            return answer;
        });
        var time = new SwiftTime();
        using var client = new RestClient(venue.Address, new ApiCredentials("test-key", "test-secret"), new VenueClock(time), recvWindowMillis: 5_000, TimeSpan.FromSeconds(30), time);
        await call(new BybitRest(client));
    }

    private static string Raw(string name)
    {
        foreach (string line in File.ReadLines(ReferenceFiles.TryReference(Messages)!))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            if (row.RootElement.GetProperty("name").GetString() == name) return row.RootElement.GetProperty("raw").GetString()!.TrimStart('▶');
        }

        throw new InvalidDataException($"{Messages} has no {name}");
    }

    private sealed record Asked(string Method, string Path, string Query, string[] Headers, string? ContentType, string Body);
}
