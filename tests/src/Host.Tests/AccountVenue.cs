using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using LatencyEngine.Bybit;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Host.Tests;

/// <summary>An account fit to be traded, answered from a table of bodies that a test changes.</summary>
internal sealed class AccountVenue : IDisposable
{
    private readonly HttpVenue _http;
    private readonly RestClient _client;

    public AccountVenue(string environment = "testnet")
    {
        _http = new HttpVenue(Answer);
        _client = new RestClient(_http.Address, new ApiCredentials("test-key", "test-secret"), new VenueClock(), recvWindowMillis: 5_000, TimeSpan.FromSeconds(60));
        Rest = new BybitRest(_client) { Environment = environment };
    }

    public BybitRest Rest { get; }

    /// <summary>Result of every path; with the symbol behind it where the query names one.</summary>
    public Dictionary<string, JsonNode> Results { get; } = new(StringComparer.Ordinal)
    {
        ["/v5/user/query-api"] = JsonNode.Parse("""{"readOnly":0,"userID":77,"vipLevel":"PRO-5","permissions":{"ContractTrade":["Order","Position"],"Wallet":["AccountTransfer"]}}""")!,
        ["/v5/account/info"] = JsonNode.Parse("""{"marginMode":"ISOLATED_MARGIN","unifiedMarginStatus":5}""")!,
        ["/v5/account/wallet-balance"] = JsonNode.Parse("""{"list":[{"totalAvailableBalance":"","coin":[{"coin":"BTC","walletBalance":"1"},{"coin":"USDT","walletBalance":"5000","equity":"5001","totalPositionIM":"100","totalOrderIM":"20.5","locked":""}]}]}""")!,
        ["/v5/account/query-dcp-info"] = JsonNode.Parse("""{"dcpInfos":[]}""")!,
        ["/v5/order/disconnected-cancel-all"] = new JsonObject(),
        ["/v5/market/instruments-info"] = JsonNode.Parse(File.ReadAllText(ReferenceFiles.Sample("instruments-linear-20260809.json")))!["result"]!,
        ["/v5/market/risk-limit BTCUSDT"] = Ladder("BTCUSDT", 2_000_000, 100, 2_600_000, 90),
        ["/v5/market/risk-limit SOLUSDT"] = Ladder("SOLUSDT", 100_000, 75, 500_000, 50),
        ["/v5/market/tickers BTCUSDT"] = JsonNode.Parse("""{"list":[{"symbol":"BTCUSDT","markPrice":"60000"}]}""")!,
        ["/v5/market/tickers SOLUSDT"] = JsonNode.Parse("""{"list":[{"symbol":"SOLUSDT","markPrice":"150"}]}""")!,
        ["/v5/account/fee-rate BTCUSDT"] = JsonNode.Parse("""{"list":[{"symbol":"BTCUSDT","takerFeeRate":"0.00018","makerFeeRate":"0"}]}""")!,
        ["/v5/account/fee-rate SOLUSDT"] = JsonNode.Parse("""{"list":[{"symbol":"SOLUSDT","takerFeeRate":"0.0002","makerFeeRate":"-0.00001"}]}""")!,
        ["/v5/position/list BTCUSDT"] = Flat("BTCUSDT"),
        ["/v5/position/list SOLUSDT"] = Flat("SOLUSDT"),
        ["/v5/position/list"] = JsonNode.Parse("""{"list":[]}""")!,
        ["/v5/order/realtime"] = JsonNode.Parse("""{"list":[]}""")!,
        ["/v5/position/set-leverage"] = new JsonObject(),
        ["/v5/account/set-margin-mode"] = JsonNode.Parse("""{"reasons":[]}""")!,
    };

    /// <summary>Whole answers instead of a result, by path.</summary>
    public Dictionary<string, string> Refusals { get; } = new(StringComparer.Ordinal);

    /// <summary>Commands as they came: path and body.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>The row of a symbol's position.</summary>
    public JsonNode Position(string symbol) => Results[$"/v5/position/list {symbol}"]["list"]![0]!;

    public Task<LiveStart> StartAsync(Action<JsonNode>? change = null)
    {
        using var profile = new Profile(change ?? (_ => { }));
        return LiveStart.ReadAsync(Rest, profile.Load(), CancellationToken.None);
    }

    /// <summary>The faults of a start, without the profile's name.</summary>
    public async Task<IReadOnlyList<string>> FaultsAsync(Action<JsonNode>? change = null)
    {
        using var profile = new Profile(change ?? (_ => { }));
        EngineConfiguration configuration = profile.Load();
        return [.. (await Assert.ThrowsAsync<LiveStartException>(() => LiveStart.ReadAsync(Rest, configuration, CancellationToken.None))).Faults.Select(fault => fault.Replace($"{profile.Path}: ", "", StringComparison.Ordinal))];
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private static JsonNode Ladder(string symbol, int firstLimit, int firstLeverage, int secondLimit, int secondLeverage) => JsonNode.Parse($$"""
        {"list":[
          {"symbol":"{{symbol}}","riskLimitValue":"{{secondLimit}}","maintenanceMargin":"0.01","initialMargin":"0.0111","maxLeverage":"{{secondLeverage}}","mmDeduction":"{{firstLimit / 200}}"},
          {"symbol":"{{symbol}}","riskLimitValue":"{{firstLimit}}","maintenanceMargin":"0.005","initialMargin":"0.01","maxLeverage":"{{firstLeverage}}","mmDeduction":""}]}
        """)!;

    private static JsonNode Flat(string symbol) => JsonNode.Parse($$"""{"list":[{"symbol":"{{symbol}}","positionIdx":0,"side":"","size":"0","leverage":"50","positionStatus":"Normal","isReduceOnly":false}]}""")!;

    private string Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        string path = request.Url!.AbsolutePath;
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        if (path == "/v5/market/time") return $"{{\"retCode\":0,\"result\":{{}},\"time\":{now}}}";
        if (request.HttpMethod == "POST")
        {
            using var body = new StreamReader(request.InputStream);
            Commands.Enqueue($"{path} {body.ReadToEnd()}");
        }

        if (Refusals.TryGetValue(path, out string? refusal)) return refusal;
        string symbol = request.QueryString["symbol"] is { } named ? " " + named : "";
        return $"{{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{Results[path + symbol].ToJsonString()},\"time\":{now}}}";
    }
}
