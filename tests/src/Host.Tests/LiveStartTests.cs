using System.Text.Json.Nodes;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Host.Tests;

public sealed class LiveStartTests : IDisposable
{
    private readonly AccountVenue _venue = new();

    public void Dispose() => _venue.Dispose();

    [Fact]
    public async Task An_account_that_is_fit_is_read_and_nothing_is_changed()
    {
        LiveStart start = await _venue.StartAsync();

        Assert.Equal(2, start.Instruments.Select(["BTCUSDT", "SOLUSDT"]).Count);
        Assert.Equal([new AccountFees(0, 0.00018m), new AccountFees(-0.00001m, 0.0002m)], start.Fees);
        Assert.Equal([new RiskLimitRow(2_000_000, 0.005m, 100, 0), new RiskLimitRow(2_600_000, 0.01m, 90, 10_000)], start.RiskLimits["BTCUSDT"]);
        Assert.Equal((5_000m, 4_879.5m), (start.WalletUsdt, start.AvailableUsdt));
        Assert.True(_venue.Rest.Clock!.IsMeasured);
        Assert.Empty(start.Positions);
        Assert.Empty(start.OpenOrders);
        Assert.Empty(_venue.Commands);
    }

    [Fact]
    public async Task What_was_read_builds_an_engine()
    {
        using var profile = new Profile(_ => { });
        EngineConfiguration configuration = profile.Load();
        LiveStart start = await LiveStart.ReadAsync(_venue.Rest, configuration, CancellationToken.None);

        Assert.Equal(2, EngineBuilder.Build(configuration, start.Instruments.Select(configuration.Symbols), start.Fees, start.RiskLimits).Lanes.Count);
    }

    [Fact]
    public async Task The_plan_is_told_in_lines()
    {
        _venue.Position("SOLUSDT")["leverage"] = "10";
        _venue.Results["/v5/order/realtime"] = JsonNode.Parse("""{"list":[{"symbol":"BTCUSDT","orderLinkId":"le0000000100000001","side":"Buy","leavesQty":"0.02","price":"59000"},{"symbol":"XRPUSDT","orderLinkId":"mine","side":"Buy"}]}""")!;
        _venue.Results["/v5/position/list"] = JsonNode.Parse("""{"list":[{"symbol":"SOLUSDT","side":"Sell","size":"3","avgPrice":"149.5"},{"symbol":"XRPUSDT","side":"Buy","size":"7"}]}""")!;

        string[] plan = [.. (await _venue.StartAsync()).Plan];

        Assert.Equal(
            [
                $"environment testnet, {_venue.Rest.Address.GetLeftPart(UriPartial.Authority)}",
                "account 77, PRO-5, isolated margin, one-way; wallet 5,000 USDT, 4,879.5 available",
                plan[2],
                "BTCUSDT: leverage 50; tier to 2,000,000 USDT, maintenance 0.5 %, at most 100x; fees maker 0 %, taker 0.018 %",
                "BTCUSDT: orders of 0.01 (600 USDT), at most 0.02; position at most 0.12 (7,200 USDT, margin 144)",
                "SOLUSDT: leverage 50 (set now, was 10); tier to 100,000 USDT, maintenance 0.5 %, at most 75x; fees maker -0.001 %, taker 0.02 %",
                "SOLUSDT: orders of 5 (750 USDT), at most 10; position at most 60 (9,000 USDT, margin 180)",
                "limits: 5,000 USDT an order, 20 open orders an instrument, prices within 1 % of the mid, survives a jump of the mark price of 0.3 %, binds at most 70 % of the balance",
                "disconnect protection: the account has none",
                "cancelled first: orders of a run before: BTCUSDT Buy 0.02 at 59,000",
                "taken over: SOLUSDT -3 at 149.5",
                "careful: open orders of symbols that are not traded here: 1; when the order connection is lost every order of the account is cancelled, these too",
            ],
            plan);
        Assert.Matches(@"^clock: the venue's time is \d+\.\d ms (ahead of|behind) this machine's, known to \d+\.\d ms$", plan[2]);
    }

    [Fact]
    public async Task Leverage_and_margin_mode_are_set_where_that_is_allowed_the_mode_first()
    {
        _venue.Position("BTCUSDT")["leverage"] = "10";
        _venue.Results["/v5/account/info"]["marginMode"] = "REGULAR_MARGIN";

        await _venue.StartAsync(document => document["account"]!["setMarginMode"] = true);

        Assert.Equal(
            [
                """/v5/account/set-margin-mode {"setMarginMode":"ISOLATED_MARGIN"}""",
                """/v5/position/set-leverage {"category":"linear","symbol":"BTCUSDT","buyLeverage":"50","sellLeverage":"50"}""",
                """/v5/position/set-leverage {"category":"linear","symbol":"SOLUSDT","buyLeverage":"50","sellLeverage":"50"}""",
            ],
            _venue.Commands);
    }

    [Fact]
    public async Task A_leverage_that_is_already_so_is_no_fault_and_a_setting_that_is_refused_is_one_with_its_symbol()
    {
        _venue.Position("BTCUSDT")["leverage"] = "10";
        _venue.Refusals["/v5/position/set-leverage"] = "{\"retCode\":110043,\"retMsg\":\"leverage not modified\"}";
        await _venue.StartAsync();

        _venue.Refusals["/v5/position/set-leverage"] = "{\"retCode\":110013,\"retMsg\":\"cannot set leverage\"}";
        Assert.Equal(["BTCUSDT: POST /v5/position/set-leverage refused: cannot set leverage"], await _venue.FaultsAsync());
    }

    [Fact]
    public async Task Leverage_and_margin_mode_that_differ_and_may_not_be_set_are_faults()
    {
        _venue.Position("BTCUSDT")["leverage"] = "10";
        _venue.Results["/v5/account/info"]["marginMode"] = "REGULAR_MARGIN";

        Assert.Equal(
            [
                "the account's margin mode is REGULAR_MARGIN, account:marginMode wants ISOLATED_MARGIN: change one of them, or allow the start to set it (account:setMarginMode)",
                "BTCUSDT: the leverage is 10, venue:leverage wants 50: change one of them, or allow the start to set it (account:setLeverage)",
            ],
            await _venue.FaultsAsync(document => document["account"]!["setLeverage"] = false));
        Assert.Empty(_venue.Commands);
    }

    [Theory]
    [InlineData("/v5/user/query-api", "readOnly", "1", "the API key is read-only")]
    [InlineData("/v5/user/query-api", "readOnly", "2", "the API key's readOnly is 2, which this version does not know")]
    [InlineData("/v5/user/query-api", "readOnly", "null", "the API key's readOnly is not told, which this version does not know")]
    [InlineData("/v5/user/query-api", "permissions", "{\"Wallet\":[\"AccountTransfer\"]}", "the API key may not trade derivatives")]
    [InlineData("/v5/account/info", "marginMode", "\"QUANTUM_MARGIN\"", "the account's marginMode is \"QUANTUM_MARGIN\", which this version does not know")]
    [InlineData("/v5/account/info", "marginMode", "null", "the account's marginMode is \"\", which this version does not know")]
    [InlineData("/v5/account/info", "marginMode", "\"PORTFOLIO_MARGIN\"", "the account's margin mode is PORTFOLIO_MARGIN")]
    [InlineData("/v5/account/info", "unifiedMarginStatus", "1", "the account is a classic one")]
    [InlineData("/v5/account/info", "unifiedMarginStatus", "7", "the account's unifiedMarginStatus is 7, which this version does not know")]
    public async Task A_key_or_an_account_that_is_not_fit_or_not_known_is_one_line(string path, string key, string json, string fault)
    {
        _venue.Results[path][key] = JsonNode.Parse(json);

        Assert.StartsWith(fault, Assert.Single(await _venue.FaultsAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("positionIdx", "1", "BTCUSDT: the account is in hedge mode")]
    [InlineData("positionIdx", "2", "BTCUSDT: the account is in hedge mode")]
    [InlineData("positionIdx", "3", "BTCUSDT: the position's positionIdx is 3, which this version does not know")]
    [InlineData("positionIdx", "null", "BTCUSDT: the position's positionIdx is not told, which this version does not know")]
    [InlineData("positionStatus", "\"Liq\"", "BTCUSDT: the position is being liquidated")]
    [InlineData("positionStatus", "\"Adl\"", "BTCUSDT: the position is being deleveraged")]
    [InlineData("positionStatus", "\"Frozen\"", "BTCUSDT: the position's positionStatus is \"Frozen\", which this version does not know")]
    [InlineData("isReduceOnly", "true", "BTCUSDT: the venue takes only orders that reduce")]
    [InlineData("side", "\"Both\"", "BTCUSDT: the position's side is \"Both\", which this version does not know")]
    public async Task A_position_that_is_not_fit_or_not_known_is_one_line_with_its_symbol(string key, string json, string fault)
    {
        _venue.Position("BTCUSDT")["size"] = "1";
        if (key != "side") _venue.Position("BTCUSDT")["side"] = "Buy";
        _venue.Position("BTCUSDT")[key] = JsonNode.Parse(json);

        Assert.StartsWith(fault, Assert.Single(await _venue.FaultsAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_may_withdraw_is_refused_unless_it_is_allowed()
    {
        _venue.Results["/v5/user/query-api"]["permissions"]!["Wallet"] = JsonNode.Parse("[\"AccountTransfer\",\"Withdraw\"]");

        Assert.Equal(["the API key may withdraw money: make one without the permission Wallet, Withdraw, or allow it (account:allowWithdrawalKey)"], await _venue.FaultsAsync());
        await _venue.StartAsync(document => document["account"]!["allowWithdrawalKey"] = true);
    }

    [Theory]
    [InlineData(0, 40, "disconnect protection: armed; with the private connection dead for 40 s the venue cancels every order of derivatives")]
    [InlineData(40, 40, "disconnect protection: armed; with the private connection dead for 40 s the venue cancels every order of derivatives")]
    [InlineData(8, 3, "disconnect protection: armed; with the private connection dead for 8 s (set now, was 3) the venue cancels every order of derivatives")]
    [InlineData(9, 40, "disconnect protection: armed; with the private connection dead for 9 s (set now, was 40) the venue cancels every order of derivatives")]
    public async Task Disconnect_protection_is_armed_where_the_account_has_it_and_its_window_set_where_one_is_wanted(int wanted, int window, string line)
    {
        _venue.Results["/v5/account/query-dcp-info"] = JsonNode.Parse($$"""{"dcpInfos":[{"product":"SPOT","dcpStatus":"ON","timeWindow":"9"},{"product":"DERIVATIVES","dcpStatus":"ON","timeWindow":"{{window}}"}]}""")!;

        LiveStart start = await _venue.StartAsync(document => document["account"]!["disconnectWindowSeconds"] = wanted);

        Assert.True(start.HasDisconnectProtection);
        Assert.Contains(line, start.Plan);
        Assert.Equal(wanted is 8 or 9 ? [$$"""/v5/order/disconnected-cancel-all {"product":"DERIVATIVES","timeWindow":{{wanted}}}"""] : [], _venue.Commands);
    }

    [Fact]
    public async Task An_accounts_own_window_that_pings_would_set_off_is_a_fault()
    {
        _venue.Results["/v5/account/query-dcp-info"] = JsonNode.Parse("""{"dcpInfos":[{"product":"DERIVATIVES","dcpStatus":"ON","timeWindow":"7"}]}""")!;

        Assert.Equal(["the account's disconnect protection has a window of 7 s, which pings every 5 s would set off: have the start set a longer one (account:disconnectWindowSeconds, 8 to 300)"], await _venue.FaultsAsync());
        Assert.Empty(_venue.Commands);
        ConnectionTimings timings = LiveRunner.Timings;
        Assert.Equal(5, timings.AccountPingInterval.TotalSeconds);
        Assert.True((timings.AccountPingInterval + timings.EngineStallMax).TotalSeconds < AccountConfiguration.DisconnectWindowSecondsMin);
    }

    [Theory]
    [InlineData("""{"dcpInfos":[]}""")]
    [InlineData("""{"dcpInfos":[{"product":"DERIVATIVES","dcpStatus":"OFF","timeWindow":"10"}]}""")]
    [InlineData("""{"dcpInfos":[{"product":"SPOT","dcpStatus":"ON","timeWindow":"10"}]}""")]
    public async Task An_account_without_disconnect_protection_is_traded_unless_a_window_is_wanted(string info)
    {
        _venue.Results["/v5/account/query-dcp-info"] = JsonNode.Parse(info)!;

        Assert.False((await _venue.StartAsync()).HasDisconnectProtection);
        Assert.Equal(
            ["the account has no disconnect protection for derivatives, and account:disconnectWindowSeconds wants 10 s: ask Bybit to switch it on, or set 0"],
            await _venue.FaultsAsync(document => document["account"]!["disconnectWindowSeconds"] = 10));
        Assert.Empty(_venue.Commands);
    }

    [Fact]
    public async Task Demo_trading_is_not_asked_for_disconnect_protection()
    {
        using var demo = new AccountVenue("demo");
        demo.Refusals["/v5/account/query-dcp-info"] = "{\"retCode\":10032,\"retMsg\":\"Demo trading are not supported.\"}";

        LiveStart start = await demo.StartAsync(document => document["account"]!["disconnectWindowSeconds"] = 10);

        Assert.False(start.HasDisconnectProtection);
        Assert.Contains("disconnect protection: none in demo trading", start.Plan);
        Assert.Empty(demo.Commands);
    }

    [Theory]
    [InlineData("mine")]
    [InlineData("")]
    [InlineData("le00000001")]
    [InlineData("le000000010000000X")]
    public async Task Open_orders_of_others_on_a_traded_symbol_are_a_fault_with_its_mend(string name)
    {
        _venue.Results["/v5/order/realtime"] = JsonNode.Parse($$"""{"list":[{"symbol":"BTCUSDT","orderId":"o-1","orderLinkId":"{{name}}","side":"Buy","qty":"0.1","price":"59000"},{"symbol":"BTCUSDT","orderLinkId":"le0000000100000001"}]}""")!;

        Assert.Equal(["BTCUSDT: open orders that are not this engine's: 1 (for example o-1: Buy 0.1 at 59,000): cancel them at the venue, or leave the symbol out"], await _venue.FaultsAsync());
    }

    [Theory]
    [InlineData(8_000, 75, "instruments:SOLUSDT:positionQtyMax is worth 9,000 USDT, more than the venue's highest tier of SOLUSDT takes (8,000)")]
    [InlineData(100_000, 20, "instruments:SOLUSDT:positionQtyMax is worth 9,000 USDT, where the venue allows a leverage of 20; venue:leverage wants 50")]
    public async Task The_tier_of_the_largest_position_must_take_it_at_the_leverage(int limit, int leverage, string fault)
    {
        _venue.Results["/v5/market/risk-limit SOLUSDT"] = JsonNode.Parse($$"""{"list":[{"symbol":"SOLUSDT","riskLimitValue":"{{limit}}","maintenanceMargin":"0.005","initialMargin":"0.01","maxLeverage":"{{leverage}}"}]}""")!;

        Assert.Equal([fault], await _venue.FaultsAsync());
    }

    [Fact]
    public async Task Every_fault_is_told_at_once()
    {
        _venue.Results["/v5/user/query-api"]["readOnly"] = 1;
        _venue.Results["/v5/account/info"]["marginMode"] = "QUANTUM_MARGIN";
        _venue.Position("BTCUSDT")["positionIdx"] = 1;
        _venue.Results["/v5/market/instruments-info"]["list"]!.AsArray().First(row => row!["symbol"]!.GetValue<string>() == "SOLUSDT")!["status"] = "Paused";
        _venue.Results["/v5/order/realtime"] = JsonNode.Parse("""{"list":[{"symbol":"BTCUSDT","orderId":"o"}]}""")!;

        IReadOnlyList<string> faults = await _venue.FaultsAsync();

        Assert.Collection(
            faults,
            fault => Assert.StartsWith("the API key is read-only", fault, StringComparison.Ordinal),
            fault => Assert.StartsWith("the account's marginMode", fault, StringComparison.Ordinal),
            fault => Assert.Equal("127.0.0.1: SOLUSDT is not open for trading, its status is Paused", fault),
            fault => Assert.StartsWith("BTCUSDT: the account is in hedge mode", fault, StringComparison.Ordinal),
            fault => Assert.StartsWith("BTCUSDT: open orders", fault, StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.DoesNotContain('\n', fault));
    }

    [Fact]
    public async Task On_demo_the_fees_are_assumed_and_said_to_be_and_elsewhere_a_refused_rate_is_a_fault()
    {
        using var demo = new AccountVenue("demo");
        foreach (AccountVenue venue in new[] { demo, _venue })
        {
            venue.Refusals["/v5/account/fee-rate"] = "{\"retCode\":10032,\"retMsg\":\"Demo trading are not supported.\"}";
        }

        demo.Refusals["/v5/user/query-api"] = demo.Refusals["/v5/account/fee-rate"];
        LiveStart start = await demo.StartAsync();
        Assert.Equal([new AccountFees(0.0002m, 0.00055m), new AccountFees(0.0002m, 0.00055m)], start.Fees);
        Assert.EndsWith("account:assumedMakerFee)", start.Plan.First(line => line.StartsWith("BTCUSDT: leverage", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("account (demo trading tells nothing of its key), isolated margin", start.Plan[1], StringComparison.Ordinal);

        Assert.Equal(Enumerable.Repeat("GET /v5/account/fee-rate refused: Demo trading are not supported.", 2), await _venue.FaultsAsync());
    }

    [Fact]
    public async Task A_refused_key_and_a_venue_that_is_not_there_end_the_start_in_one_line()
    {
        _venue.Refusals["/v5/user/query-api"] = "{\"retCode\":10003,\"retMsg\":\"API key is invalid.\"}";
        VenueUnavailableException refused = await Assert.ThrowsAsync<VenueUnavailableException>(() => _venue.StartAsync());
        Assert.Equal((true, "GET /v5/user/query-api refused: API key is invalid.; check the key, its permissions and addresses, and that it belongs to testnet"), (refused.IsRefusal, refused.Message));

        using var client = new RestClient(HttpVenue.Nowhere, new ApiCredentials("test-key", "test-secret"), new VenueClock(), recvWindowMillis: 5_000, TimeSpan.FromSeconds(30));
        using var profile = new Profile(_ => { });
        EngineConfiguration configuration = profile.Load();
        VenueUnavailableException away = await Assert.ThrowsAsync<VenueUnavailableException>(() => LiveStart.ReadAsync(new BybitRest(client), configuration, CancellationToken.None));
        Assert.False(away.IsRefusal);
        Assert.StartsWith("GET /v5/market/time: Connection refused", away.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("test-", refused + away.ToString(), StringComparison.Ordinal);
    }
}
