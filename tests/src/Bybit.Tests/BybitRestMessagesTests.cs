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

    /// <summary>The documented request, the call, and the keys it sends that the example leaves out but the parameter table has.</summary>
    private static readonly (string Row, Func<BybitRest, Task> Call, string[] More)[] Calls =
    [
        ("rest.market.time.request.doc", rest => rest.MeasureClockAsync(), []),
        ("rest.market.instruments-info.request.doc", rest => rest.InstrumentsAsync(), ["limit"]),
        ("rest.market.risk-limit.request.doc", rest => rest.RiskLimitsAsync(["BTCUSDT"]), []),
        ("rest.market.tickers.inverse.request.doc", rest => rest.TickerAsync("BTCUSDT"), []),
        ("rest.market.orderbook.request.doc", rest => rest.BookAsync("BTCUSDT", 50), ["limit"]),
        ("rest.market.kline.request.doc", rest => rest.CandlesAsync("BTCUSDT", "60", 1, 2), ["limit"]),
        ("rest.market.funding-history.request.doc", rest => rest.FundingAsync("BTCUSDT", 1, 2), ["startTime", "endTime"]),
        ("rest.account.info.request.doc", rest => rest.AccountAsync(), []),
        ("rest.account.fee-rate.request.doc", rest => rest.FeeRateAsync("BTCUSDT"), ["category"]),
        ("rest.account.wallet-balance.request.doc", rest => rest.WalletAsync(), []),
        ("rest.user.query-api.request.doc", rest => rest.ApiKeyAsync(), []),
        ("rest.position.list.request.doc", rest => rest.PositionsAsync("BTCUSDT"), ["limit"]),
        ("rest.position.list.request.doc", rest => rest.PositionsAsync(), ["limit", "settleCoin"]),
        ("rest.order.realtime.request.doc", rest => rest.OpenOrdersAsync(), ["settleCoin"]),
        ("rest.account.query-dcp-info.request.doc", rest => rest.DisconnectGuardsAsync(), []),
        ("rest.order.disconnected-cancel-all.request.doc", rest => rest.SetDisconnectWindowAsync(40), ["product"]),
        ("rest.position.set-leverage.request.doc", rest => rest.SetLeverageAsync("BTCUSDT", 6), []),
        ("rest.account.set-margin-mode.fail.request.doc", rest => rest.SetMarginModeAsync("ISOLATED_MARGIN"), []),
        ("rest.order.cancel-all.request.doc", rest => rest.CancelAllAsync(), []),
        ("rest.order.cancel-all.request.doc", rest => rest.CancelOrdersAsync("BTCUSDT"), ["orderFilter"]),
        ("rest.order.create.request.doc", rest => rest.CloseAsync(new RestPosition { Symbol = "BTCUSDT", Side = "Buy", Size = 1 }, "usdt-test-02"), []),
    ];

    [ReferenceFact(Messages)]
    public async Task Every_call_has_method_path_headers_and_keys_of_its_documented_request()
    {
        foreach ((string row, Func<BybitRest, Task> call, string[] more) in Calls)
        {
            var asked = new ConcurrentQueue<Asked>();
            await AskAsync(client => call(new BybitRest(client)), asked);
            AssertDocumented(row, asked.First(), more);
        }
    }

    [ReferenceFact(Messages)]
    public async Task Order_entry_has_method_path_headers_and_keys_of_its_documented_requests_and_hands_on_what_is_answered()
    {
        foreach ((OrderAction action, string request, string[] more, string answer, int code, string name) in new[]
        {
            (OrderAction.Place, "rest.order.create.request.doc", (string[])[], "rest.order.create.response.doc", 0, "spot-test-postonly"),
            (OrderAction.Amend, "rest.order.amend.request.doc", [], "rest.order.amend.response.doc", 0, "linear-004"),
            (OrderAction.Cancel, "rest.order.cancel.request.doc", [], "rest.order.cancel.ok.captured", 0, "ZwAC7nLlHkQAAQAAAAAA"),
            (OrderAction.Amend, "rest.order.amend.request.doc", [], "rest.order.amend.10001.captured", 10001, ""),
        })
        {
            using var inbox = new InboxReader();
            var asked = new ConcurrentQueue<Asked>();
            await AskAsync(
                client =>
                {
                    RestOrderEntryTests.Send(client, inbox.Inbox, action, out _);
                    Assert.True(SpinWait.SpinUntil(() => !inbox.Answers.IsEmpty, TimeSpan.FromSeconds(60)));
                    return Task.CompletedTask;
                },
                asked,
                _ => Raw(answer));

            AssertDocumented(request, Assert.Single(asked), more);
            JsonElement told = JsonDocument.Parse(Assert.Single(inbox.Answers)).RootElement;
            Assert.Equal((code, name), (told.GetProperty("retCode").GetInt32(), told.GetProperty("data").TryGetProperty("orderLinkId", out JsonElement found) ? found.GetString() : ""));
        }
    }

    [ReferenceFact(Messages)]
    public async Task A_look_up_has_method_path_headers_and_keys_of_its_documented_requests_and_hands_on_what_is_answered()
    {
        foreach ((string executions, string id) in new[] { ("rest.execution.list.response.doc", "e0cbe81d-0f18-5866-9415-cf319b5dab3b"), ("rest.execution.list.funding.captured", "7eeb8e40-fde4-4be1-9fa1-191081c49d8e") })
        {
            IReadOnlyList<(InboundKind Kind, byte[] Payload)> frames = [];
            var asked = new ConcurrentQueue<Asked>();
            await AskAsync(
                async client => frames = await LookUp.RunAsync(LookUpTests.Request(5, 1, new ClientOrderId(1, 1)), ["BTCUSDT"], (path, query) => new BybitRest(client).GetAsync(path, query, CancellationToken.None)),
                asked,
                path => path switch
                {
                    BybitRest.ExecutionsPath => Body(executions, withoutCursor: true),
                    BybitRest.WalletPath => LookUpTests.AnAccount,
                    BybitRest.PositionsPath => LookUpTests.Flat,
                    _ => LookUpTests.NoRows,
                });

            // In the order of path and query: some are asked side by side.
            (string Row, string[] More)[] documented =
            [
                ("rest.account.wallet-balance.request.doc", []), ("rest.execution.list.request.doc", ["startTime"]), ("rest.execution.list.request.doc", ["startTime"]),
                ("rest.order.realtime.request.doc", ["settleCoin"]), ("rest.order.realtime.request.doc", ["orderLinkId", "settleCoin"]), ("rest.position.list.request.doc", []),
            ];
            Assert.Equal(documented.Length, asked.Count);
            foreach (((string row, string[] more), Asked one) in documented.Zip(asked.OrderBy(one => one.Path, StringComparer.Ordinal).ThenBy(one => one.Query, StringComparer.Ordinal))) AssertDocumented(row, one, more);
            Assert.StartsWith("{\"topic\":\"execution\"", Encoding.UTF8.GetString(frames[0].Payload), StringComparison.Ordinal);
            Assert.Contains(id, Encoding.UTF8.GetString(frames[0].Payload), StringComparison.Ordinal);
        }
    }

    [ReferenceFact(Messages)]
    public async Task Commands_are_sent_in_these_bodies()
    {
        Assert.Equal("""{"category":"linear","symbol":"BTCUSDT","buyLeverage":"12.5","sellLeverage":"12.5"}""", await BodyAsync(rest => rest.SetLeverageAsync("BTCUSDT", 12.50m)));
        Assert.Equal("""{"setMarginMode":"ISOLATED_MARGIN"}""", await BodyAsync(rest => rest.SetMarginModeAsync("ISOLATED_MARGIN")));
        Assert.Equal("""{"product":"DERIVATIVES","timeWindow":40}""", await BodyAsync(rest => rest.SetDisconnectWindowAsync(40)));
        Assert.Equal("""{"category":"linear","symbol":"BTCUSDT","orderFilter":"Order"}""", await BodyAsync(rest => rest.CancelOrdersAsync("BTCUSDT")));
        var held = new RestPosition { Symbol = "BTCUSDT", Side = "Sell", Size = 0.020m, PositionIdx = 0 };
        Assert.Equal(
            """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"0.020","positionIdx":0,"orderLinkId":"le0000000100000001","reduceOnly":true}""",
            await BodyAsync(rest => rest.CloseAsync(held, "le0000000100000001")));
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

        Assert.True(await ValueAsync("rest.order.cancel-all.response.doc", rest => rest.CancelAllAsync()));
        Assert.True(await ValueAsync("rest.order.cancel-all.ok.captured", rest => rest.CancelAllAsync()));
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

        IReadOnlyList<RestCandle> candles = await ValueAsync("rest.market.kline.response.doc", rest => rest.CandlesAsync("BTCUSDT", "60", 1, 2));
        Assert.Equal(new RestCandle(1670608800000, 17071, 17073, 17027, 17055.5m, 268611, 15.74462667m), candles[0]);
        Assert.True(candles.Count > 1 && candles[1].StartMillis < candles[0].StartMillis);
        Assert.Equal([new RestFunding { FundingRate = 0.0001m, SettledMillis = 1672041600000 }], await ValueAsync("rest.market.funding-history.response.doc", rest => rest.FundingAsync("BTCUSDT", 1, 2)));

        long venueNanos = 1688639403423213947;
        Assert.Equal(venueNanos / 1_000_000, await ValueAsync("rest.market.time.response.doc", rest => rest.TimeAsync()));
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
        await AskAsync(client => call(new BybitRest(client)), asked);
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
        VenueOutcome<T>? outcome = null;
        string body = Body(row, withoutCursor);
        await AskAsync(async client => outcome = await call(new BybitRest(client)), [], _ => body);
        return outcome!;
    }

    /// <summary>An example of an answer; some hold comments and an ellipsis.</summary>
    private static string Body(string row, bool withoutCursor)
    {
        string body = Regex.Replace(Regex.Replace(Raw(row), "^//.*$", "", RegexOptions.Multiline), @",\s*\.\.\.\.", "");
        return withoutCursor ? Regex.Replace(body, "\"nextPageCursor\": ?\"[^\"]*\"", "\"nextPageCursor\":\"\"") : body;
    }

    private static void AssertDocumented(string row, Asked one, string[] more)
    {
        string[] lines = Raw(row).Split('\n');
        string[] first = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] target = first[1].Split('?');
        string[] headers = [.. lines.Skip(1).TakeWhile(line => line.Length > 0).Select(line => line.Split(':')[0]).Where(name => name.StartsWith("X-BAPI", StringComparison.Ordinal)).Order()];
        string[] documented = target.Length > 1 ? Keys(target[1]) : [.. Regex.Matches(Raw(row), "\"(\\w+)\": ?[^\\s]").Select(match => match.Groups[1].Value)];
        Assert.Equal($"{row}: {first[0]} /{target[0].TrimStart('/')} {string.Join(',', headers)}", $"{row}: {one.Method} {one.Path} {string.Join(',', one.Headers)}");
        Assert.Empty((one.Method == "GET" ? Keys(one.Query) : BodyKeys(one.Body)).Except(documented).Except(more).Select(key => $"{row}: {key}"));
        if (one.Method == "POST") Assert.Equal("application/json", one.ContentType);

        // One of them is required for linear (Bybit V5, 10.6 and 11.1).
        if (one.Path is BybitRest.OrdersPath or BybitRest.PositionsPath) Assert.NotEmpty(Keys(one.Query).Intersect(["symbol", "baseCoin", "settleCoin"]));
    }

    private static async Task AskAsync(Func<RestClient, Task> call, ConcurrentQueue<Asked> asked, Func<string, string>? answer = null)
    {
        using var venue = new HttpVenue((request, _) =>
        {
            using var body = new StreamReader(request.InputStream);
            string[] headers = [.. request.Headers.AllKeys.Where(name => name!.StartsWith("X-BAPI", StringComparison.Ordinal)).Order()!];
            asked.Enqueue(new Asked(request.HttpMethod, request.Url!.AbsolutePath, WebUtility.UrlDecode(request.Url.Query.TrimStart('?')), headers, request.ContentType, body.ReadToEnd()));
            return answer?.Invoke(request.Url.AbsolutePath) ?? "{\"retCode\":1}";
        });
        var time = new SwiftTime();
        using var client = new RestClient(venue.Address, new ApiCredentials("test-key", "test-secret"), new VenueClock(time), recvWindowMillis: 5_000, TimeSpan.FromSeconds(30), time);
        await call(client);
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
