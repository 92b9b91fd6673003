using System.Globalization;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The account over REST (Bybit V5, 12).</summary>
public sealed class RestAccountTests
{
    private const string Captures = "reference/bybit-v5-messages.jsonl";

    private static readonly (string Name, string Path, string Query)[] Documented =
    [
        ("rest.account.wallet-balance.response.doc", "/v5/account/wallet-balance", "accountType=UNIFIED"),
        ("rest.account.info.response.doc", "/v5/account/info", ""),
        ("rest.account.fee-rate.response.doc", "/v5/account/fee-rate", "category=linear"),
        ("rest.account.smp-group.response.doc", "/v5/account/smp-group", ""),
        ("rest.account.transaction-log.response.doc", "/v5/account/transaction-log", "accountType=UNIFIED"),
    ];

    private readonly VenueHarness _venue = new(symbols: ["BTCUSDT", "SOLUSDT"]);

    public RestAccountTests() => _venue.Snapshot("60000.00 2.000", "60000.10 2.000");

    [Fact]
    public void The_wallet_tells_the_money_of_the_account()
    {
        _venue.Create("Buy", "60000.1", "0.100", "IOC");
        _venue.Create("Buy", "59000", "0.010");

        JsonElement row = Assert.Single(Result("/v5/account/wallet-balance", "accountType=UNIFIED").GetProperty("list").EnumerateArray());
        JsonElement coin = Assert.Single(row.GetProperty("coin").EnumerateArray());

        VenueAccount account = _venue.Account;
        Assert.Equal(("USDT", account.Wallet, account.OrderMargin), (Text(coin, "coin"), Number(coin, "walletBalance"), Number(coin, "totalOrderIM")));
        Assert.Equal(10_000m - (0.1m * 60_000.1m * 0.00055m), Number(row, "totalWalletBalance"));
        Assert.Equal(account.Available, Number(row, "totalAvailableBalance"));
        Assert.Equal(Number(row, "totalWalletBalance") + Number(row, "totalPerpUPL"), Number(row, "totalEquity"));
        Assert.Empty(Result("/v5/account/wallet-balance", "accountType=UNIFIED&coin=BTC,ETH").GetProperty("list")[0].GetProperty("coin").EnumerateArray());
        Assert.Equal(10001, _venue.Get("/v5/account/wallet-balance", "accountType=CONTRACT").GetProperty("retCode").GetInt32());
    }

    [ReferenceFact(Captures)]
    public void Answers_have_the_documented_keys_in_their_order()
    {
        _venue.Create("Buy", "60000.1", "0.100", "IOC");
        Dictionary<string, string> raw = File.ReadLines(ReferenceFiles.TryReference(Captures)!)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(row => row.GetProperty("name").GetString()!, row => row.GetProperty("raw").GetString()!);

        foreach ((string name, string path, string query) in Documented)
        {
            Assert.Equal((name, Shape(JsonDocument.Parse(raw[name]).RootElement.GetProperty("result"))), (name, Shape(Result(path, query))));
        }
    }

    [Fact]
    public void The_margin_mode_is_the_accounts_and_what_stands_in_the_way_is_listed()
    {
        Assert.Equal("ISOLATED_MARGIN", Text(Result("/v5/account/info", ""), "marginMode"));
        Assert.Equal("""{"reasons":[]}""", _venue.Post("/v5/account/set-margin-mode", """{"setMarginMode":"REGULAR_MARGIN"}""").GetProperty("result").GetRawText());
        Assert.Equal("REGULAR_MARGIN", Text(Result("/v5/account/info", ""), "marginMode"));

        _venue.Create("Buy", "60000.1", "0.100", "IOC");
        JsonElement refused = _venue.Post("/v5/account/set-margin-mode", """{"setMarginMode":"ISOLATED_MARGIN"}""");
        Assert.Equal((3400045, "Set margin mode failed"), (refused.GetProperty("retCode").GetInt32(), Text(refused, "retMsg")));
        Assert.Equal("110024", Text(Assert.Single(refused.GetProperty("result").GetProperty("reasons").EnumerateArray()), "reasonCode"));
        JsonElement portfolio = _venue.Post("/v5/account/set-margin-mode", """{"setMarginMode":"PORTFOLIO_MARGIN"}""");
        Assert.Equal(3400045, portfolio.GetProperty("retCode").GetInt32());
        Assert.Equal("3400000", Text(Assert.Single(portfolio.GetProperty("result").GetProperty("reasons").EnumerateArray()), "reasonCode"));
        Assert.Equal(10001, _venue.Post("/v5/account/set-margin-mode", """{"setMarginMode":"NO_MARGIN"}""").GetProperty("retCode").GetInt32());
    }

    [Fact]
    public void Fee_rates_are_those_of_the_tier()
    {
        Assert.Equal(
            """{"list":[{"symbol":"SOLUSDT","takerFeeRate":"0.00055","makerFeeRate":"0.0002"}]}""",
            Result("/v5/account/fee-rate", "category=linear&symbol=SOLUSDT").GetRawText());
        Assert.Equal(2, Result("/v5/account/fee-rate", "category=linear").GetProperty("list").GetArrayLength());
        Assert.Equal(10001, _venue.Get("/v5/account/fee-rate", "").GetProperty("retCode").GetInt32());
    }

    [Fact]
    public void The_transaction_log_sums_to_the_wallet_and_is_paged()
    {
        _venue.Create("Buy", "60000.1", "0.100", "IOC", "in");
        _venue.Create("Sell", "60000", "0.040", "IOC", "out");
        _venue.Post("/v5/account/demo-apply-money", """{"adjustType":0,"utaDemoApplyMoney":[{"coin":"USDT","amountStr":"109"}]}""");

        JsonElement first = Result("/v5/account/transaction-log", "accountType=UNIFIED&limit=2");
        JsonElement second = Result("/v5/account/transaction-log", $"accountType=UNIFIED&limit=2&cursor={Text(first, "nextPageCursor")}");
        JsonElement[] rows = [.. first.GetProperty("list").EnumerateArray(), .. second.GetProperty("list").EnumerateArray()];

        Assert.Equal(["TRANSFER_IN", "TRADE", "TRADE"], rows.Select(row => Text(row, "type")));
        Assert.Equal(["", "out", "in"], rows.Select(row => Text(row, "orderLinkId")));
        Assert.Equal(["0", "0.06", "0.1"], rows.Select(row => Text(row, "size")));
        Assert.Equal("", Text(second, "nextPageCursor"));
        Assert.Equal(_venue.Account.Wallet, 10_000m + rows.Sum(row => Number(row, "change")));
        Assert.Equal(_venue.Account.Wallet, Number(rows[0], "cashBalance"));
        Assert.All(rows, row => Assert.Equal(Number(row, "change"), Number(row, "cashFlow") - Number(row, "fee")));
        Assert.Equal("out", Text(Result("/v5/account/transaction-log", "type=TRADE&baseCoin=BTC&limit=1").GetProperty("list")[0], "orderLinkId"));
    }

    [Theory]
    [InlineData("""{"utaDemoApplyMoney":[{"coin":"USDT","amountStr":"100000.1"}]}""")]
    [InlineData("""{"utaDemoApplyMoney":[{"coin":"USDT","amountStr":"-5"}]}""")]
    [InlineData("""{"utaDemoApplyMoney":[{"coin":"USDT","amountStr":"0.000000001"}]}""")]
    [InlineData("""{"utaDemoApplyMoney":[{"coin":"USDT","amountStr":"60000"},{"coin":"USDT","amountStr":"60000"}]}""")]
    [InlineData("""{"utaDemoApplyMoney":[{"coin":"BTC","amountStr":"1"}]}""")]
    [InlineData("""{"utaDemoApplyMoney":[]}""")]
    [InlineData("""{"utaDemoApplyMoney":{}}""")]
    [InlineData("""{"utaDemoApplyMoney":[5]}""")]
    [InlineData("""{"adjustType":1,"utaDemoApplyMoney":[{"coin":"USDT","amountStr":"1"}]}""")]
    public void Demo_money_that_is_none_is_not_given(string body)
    {
        Assert.Equal(10001, _venue.Post("/v5/account/demo-apply-money", body).GetProperty("retCode").GetInt32());
        Assert.Equal(10_000m, _venue.Account.Wallet);
    }

    [Fact]
    public void The_settings_have_the_documented_keys_and_the_newer_one_of_the_table() =>
        Assert.Equal("""{"lpaSpot":false,"lpaPerp":false,"smsef":false,"fmsef":false,"deltaEnable":false}""", Result("/v5/account/user-setting-config", "").GetRawText());

    [Fact]
    public void Disconnect_protection_is_told_by_its_own_call_and_the_fields_of_the_accounts_info_are_the_constants_of_the_protocol()
    {
        JsonElement info = Result("/v5/account/info", "");

        Assert.Equal(("OFF", 10, 0), (Text(info, "dcpStatus"), info.GetProperty("timeWindow").GetInt32(), info.GetProperty("smpGroup").GetInt32()));
    }

    [Fact]
    public void A_key_is_described_with_its_permissions_and_without_its_secret()
    {
        JsonElement info = Result("/v5/user/query-api", "");

        Assert.Equal(("test-key", "", 0, AccountSettings.DefaultUid, "VIP-0"), (Text(info, "apiKey"), Text(info, "secret"), info.GetProperty("readOnly").GetInt32(), info.GetProperty("userID").GetInt64(), Text(info, "vipLevel")));
        Assert.Equal("""["Order","Position"]""", info.GetProperty("permissions").GetProperty("ContractTrade").GetRawText());
        Assert.Equal("""{"rows":[]}""", Result("/v5/asset/coin/query-info", "").GetRawText());
    }

    private JsonElement Result(string path, string query)
    {
        JsonElement answer = _venue.Get(path, query);
        Assert.Equal(0, answer.GetProperty("retCode").GetInt32());
        return answer.GetProperty("result");
    }

    /// <summary>Names and kinds of the members, those of an array's first row included.</summary>
    private static string Shape(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(",", value.EnumerateObject().Select(member => member.Name + ":" + Shape(member.Value)))}}}",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "[]" : $"[{Shape(value[0])}]",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => value.ValueKind.ToString(),
    };

    private static decimal Number(JsonElement owner, string key) => decimal.Parse(Text(owner, key), CultureInfo.InvariantCulture);

    private static string Text(JsonElement owner, string key) => owner.GetProperty(key).GetString()!;
}
