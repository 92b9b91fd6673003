using System.Text.Json.Nodes;
using LatencyEngine.Bybit;
using LatencyEngine.Platform;

namespace LatencyEngine.Host.Tests;

/// <summary>Each check is shown an account that is fit and one that is not.</summary>
public sealed class AccountChecksTests : IDisposable
{
    private readonly AccountVenue _venue = Small(new AccountVenue());

    public void Dispose() => _venue.Dispose();

    [Fact]
    public async Task An_account_that_is_fit_passes_every_check_and_nothing_is_sent_to_change_it()
    {
        Dictionary<string, HealthCheck> checks = await ReadAsync();

        Assert.Equal(["venue-clock", "configuration", "key", "account-mode", "fees", "rate-limits"], checks.Keys);
        Assert.All(checks.Values, check => Assert.True(check.Verdict == Verdict.Ok, check.ToString()));
        Assert.Equal("account 77: trades derivatives, and may not withdraw", checks["key"].Found);
        Assert.Equal("BTCUSDT maker 0 %, taker 0.018 %; SOLUSDT maker -0.001 %, taker 0.02 %", checks["fees"].Found);
        Assert.Equal("level PRO-5 may send 1000 of each kind a second, by the venue's published table; the profile counts on 10", checks["rate-limits"].Found);
        Assert.Empty(_venue.Commands);
    }

    [Fact]
    public async Task Without_keys_what_needs_them_is_not_checked_and_does_not_fail()
    {
        Dictionary<string, HealthCheck> checks = await ReadAsync(hasKeys: false);

        Assert.Equal(Verdict.Ok, checks["configuration"].Verdict);
        foreach (string name in (string[])["key", "account-mode", "fees", "rate-limits"]) Assert.Equal((Verdict.Unknown, "not checked: no keys"), (checks[name].Verdict, checks[name].Found));
    }

    [Theory]
    [InlineData("""{"readOnly":0,"permissions":{"ContractTrade":["Order"],"Wallet":["Withdraw"]}}""", "it may withdraw money")]
    [InlineData("""{"readOnly":1,"permissions":{"ContractTrade":["Order"]}}""", "it may only read")]
    [InlineData("""{"permissions":{"ContractTrade":["Order"]}}""", "the venue does not tell whether it may only read")]
    [InlineData("""{"readOnly":0,"permissions":{"Spot":["SpotTrade"]}}""", "it may not trade derivatives")]
    public async Task A_key_that_may_too_much_or_too_little_fails(string answer, string found)
    {
        _venue.Results["/v5/user/query-api"] = JsonNode.Parse(answer)!;
        HealthCheck check = (await ReadAsync())["key"];
        Assert.Equal((Verdict.Fail, found), (check.Verdict, check.Found));
    }

    [Fact]
    public async Task A_key_that_may_withdraw_is_a_warning_where_the_profile_allows_it_and_one_that_is_refused_fails()
    {
        _venue.Results["/v5/user/query-api"]["permissions"]!["Wallet"] = new JsonArray("Withdraw");
        Assert.Equal(Verdict.Warn, (await ReadAsync(document => document["account"]!["allowWithdrawalKey"] = true))["key"].Verdict);

        _venue.Refusals["/v5/user/query-api"] = """{"retCode":10003,"retMsg":"API key is invalid."}""";
        HealthCheck check = (await ReadAsync())["key"];
        Assert.Equal(Verdict.Fail, check.Verdict);
        Assert.Contains("API key is invalid", check.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_of_another_kind_or_mode_fails()
    {
        _venue.Results["/v5/account/info"]["marginMode"] = "REGULAR_MARGIN";
        Assert.Equal(Verdict.Fail, (await ReadAsync())["account-mode"].Verdict);
        Assert.Equal(Verdict.Warn, (await ReadAsync(document => document["account"]!["setMarginMode"] = true))["account-mode"].Verdict);
        _venue.Results["/v5/account/info"]["unifiedMarginStatus"] = 1;
        Assert.Equal("no unified account (unifiedMarginStatus 1)", (await ReadAsync())["account-mode"].Found);
    }

    [Fact]
    public async Task Hedge_mode_fails_by_the_symbol()
    {
        _venue.Position("SOLUSDT")["positionIdx"] = 2;
        HealthCheck check = (await ReadAsync())["account-mode"];
        Assert.Equal((Verdict.Fail, "SOLUSDT is in hedge mode"), (check.Verdict, check.Found));
    }

    [Fact]
    public async Task Fees_above_those_that_dry_runs_assume_are_a_warning_and_none_told_fails()
    {
        _venue.Results["/v5/account/fee-rate BTCUSDT"] = JsonNode.Parse("""{"list":[{"symbol":"BTCUSDT","takerFeeRate":"0.00055","makerFeeRate":"0.0002"}]}""")!;
        HealthCheck check = (await ReadAsync())["fees"];
        Assert.Equal(Verdict.Warn, check.Verdict);
        Assert.StartsWith("BTCUSDT maker 0.02 %, taker 0.055 %, more than the Pro 5 of the profile; SOL", check.Found, StringComparison.Ordinal);

        _venue.Results["/v5/account/fee-rate BTCUSDT"] = JsonNode.Parse("""{"list":[{"symbol":"BTCUSDT"}]}""")!;
        Assert.Equal(Verdict.Fail, (await ReadAsync())["fees"].Verdict);
    }

    [Fact]
    public async Task A_budget_beyond_the_level_of_the_account_fails_and_an_unknown_level_is_not_judged()
    {
        Assert.Equal(Verdict.Fail, (await ReadAsync(document => document["orderBudget"]!["amendsPerSecond"] = 1_001))["rate-limits"].Verdict);
        _venue.Results["/v5/user/query-api"]["vipLevel"] = "GALAXY-1";
        Assert.Equal(Verdict.Unknown, (await ReadAsync())["rate-limits"].Verdict);
    }

    [Fact]
    public async Task Demo_trading_tells_nothing_of_key_and_fees()
    {
        using AccountVenue demo = Small(new AccountVenue("demo"));
        foreach (string path in (string[])["/v5/user/query-api", "/v5/account/fee-rate"]) demo.Refusals[path] = """{"retCode":10032,"retMsg":"Demo trading are not supported."}""";
        Dictionary<string, HealthCheck> checks = await ReadAsync(venue: demo);
        Assert.All((string[])["key", "fees", "rate-limits"], name => Assert.True(checks[name].Verdict == Verdict.Unknown, checks[name].ToString()));
    }

    [Fact]
    public async Task A_profile_that_does_not_fit_the_instruments_fails_with_its_keys()
    {
        HealthCheck check = (await ReadAsync(document => document["instruments"]!["BTCUSDT"]!["orderQty"] = 0.0105))["configuration"];
        Assert.Equal(Verdict.Fail, check.Verdict);
        Assert.Contains("instruments:BTCUSDT:orderQty", check.Found, StringComparison.Ordinal);

        check = (await ReadAsync(document => document["risk"]!["orderNotionalMaxUsdt"] = 599))["configuration"];
        Assert.Equal(Verdict.Fail, check.Verdict);
        Assert.Contains("orderQty is worth 600 USDT, and risk:orderNotionalMaxUsdt refuses more than 599", check.Found, StringComparison.Ordinal);

        _venue.Results["/v5/market/tickers BTCUSDT"] = JsonNode.Parse("""{"list":[{"symbol":"BTCUSDT","markPrice":"60000000"}]}""")!;
        Assert.Contains("which the venue does not take at a leverage of 50", (await ReadAsync())["configuration"].Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5_000_000, 0, Verdict.Ok)]
    [InlineData(-5_000_001, 0, Verdict.Warn)]
    [InlineData(15_000_000, 10_000_000, Verdict.Ok)]     // it may be the way's
    [InlineData(-1_000_000_000, 0, Verdict.Warn)]
    [InlineData(1_000_000_001, 0, Verdict.Fail)]
    public void A_clock_is_judged_by_what_the_way_to_the_venue_cannot_explain(long differenceNanos, long errorNanos, Verdict verdict) =>
        Assert.Equal(verdict, AccountChecks.ClockOf(differenceNanos, errorNanos).Verdict);

    [Fact]
    public async Task A_venue_that_does_not_answer_fails_once_and_the_rest_is_not_checked()
    {
        using var client = new RestClient(new Uri("http://127.0.0.1:1"), null, new VenueClock(), recvWindowMillis: 5_000, TimeSpan.FromSeconds(1));
        using var profile = new Profile(_ => { });
        IReadOnlyList<HealthCheck> checks = await new AccountChecks(new BybitRest(client), hasKeys: false, profile.Load()).ReadAsync(CancellationToken.None);

        Assert.Equal(["venue-clock"], checks.Where(check => check.Verdict == Verdict.Fail).Select(check => check.Name));
        Assert.All(checks.Skip(1), check => Assert.StartsWith("not checked: GET /v5/market/time", check.Found, StringComparison.Ordinal));
    }

    /// <summary>With the traded instruments alone: they are asked for by every test, and the venue has hundreds.</summary>
    private static AccountVenue Small(AccountVenue venue)
    {
        JsonArray all = venue.Results["/v5/market/instruments-info"]["list"]!.AsArray();
        venue.Results["/v5/market/instruments-info"]["list"] = new JsonArray([.. all.Where(row => (string)row!["symbol"]! is "BTCUSDT" or "SOLUSDT").Select(row => row!.DeepClone())]);
        return venue;
    }

    private async Task<Dictionary<string, HealthCheck>> ReadAsync(Action<JsonNode>? change = null, bool hasKeys = true, AccountVenue? venue = null)
    {
        using var profile = new Profile(change ?? (_ => { }));
        var checks = new AccountChecks((venue ?? _venue).Rest, hasKeys, profile.Load())
        {
            TierFees = symbol => symbol == "BTCUSDT" ? new AccountFees(0, 0.00018m) : null,
            LevelRequests = level => level == "PRO-5" ? 1_000 : null,
        };
        return (await checks.ReadAsync(CancellationToken.None)).ToDictionary(check => check.Name);
    }
}
