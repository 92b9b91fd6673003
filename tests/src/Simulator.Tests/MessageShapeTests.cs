using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The venue's frames have the key order of frames captured from the live venue, written out here and compared with the captures where those are present.</summary>
public sealed class MessageShapeTests
{
    private const string Captures = "reference/bybit-v5-messages.jsonl";

    private const string AckKeys = "reqId retCode retMsg op data{orderId orderLinkId} retExtInfo{} header{X-Bapi-Limit X-Bapi-Limit-Status X-Bapi-Limit-Reset-Timestamp Traceid Timenow} connId";

    private const string OrderKeys =
        "topic id creationTime data[category symbol orderId orderLinkId blockTradeId side positionIdx orderStatus cancelType rejectReason timeInForce isLeverage price qty avgPrice leavesQty leavesValue cumExecQty cumExecValue cumExecFee orderType stopOrderType orderIv triggerPrice takeProfit stopLoss triggerBy tpTriggerBy slTriggerBy triggerDirection placeType lastPriceOnCreated closeOnTrigger reduceOnly smpGroup smpType smpOrderId slLimitPrice tpLimitPrice tpslMode createType marketUnit createdTime updatedTime feeCurrency closedPnl parentOrderLinkId slippageTolerance slippageToleranceType cumFeeDetail{USDT}]";

    private const string ExecutionKeys =
        "topic id creationTime data[category symbol closedSize execFee execId execPrice execQty execType execValue feeRate tradeIv markIv blockTradeId markPrice indexPrice underlyingPrice leavesQty orderId orderLinkId orderPrice orderQty orderType stopOrderType side execTime isLeverage isMaker seq marketUnit execPnl createType extraFees feeCurrency]";

    private const string PositionKeys =
        "id topic creationTime data[positionIdx tradeMode riskId riskLimitValue symbol side size entryPrice sessionAvgPrice leverage positionValue positionBalance markPrice positionIM positionMM positionIMByMp positionMMByMp takeProfit stopLoss trailingStop unrealisedPnl cumRealisedPnl curRealisedPnl createdTime updatedTime tpslMode liqPrice bustPrice category positionStatus adlRankIndicator autoAddMargin leverageSysUpdatedTime mmrSysUpdatedTime seq breakEvenPrice isReduceOnly]";

    private const string WalletKeys =
        "id topic creationTime data[accountIMRate accountMMRate accountIMRateByMp accountMMRateByMp totalEquity totalWalletBalance totalMarginBalance totalAvailableBalance totalPerpUPL totalInitialMargin totalMaintenanceMargin totalInitialMarginByMp totalMaintenanceMarginByMp coin[coin equity usdValue walletBalance availableToWithdraw availableToBorrow borrowAmount accruedInterest totalOrderIM totalPositionIM totalPositionMM unrealisedPnl cumRealisedPnl bonus collateralSwitch marginCollateral locked spotHedgingQty spotBorrow] accountLTV accountType]";

    [Fact]
    public void Frames_are_compact_and_keep_the_key_order()
    {
        (IReadOnlyList<string> texts, IReadOnlyList<JsonElement> frames) = TakerFill();

        Assert.Equal([AckKeys, OrderKeys, ExecutionKeys, PositionKeys, WalletKeys], frames.Select(Shape));
        Assert.All(texts, text => Assert.DoesNotContain(": ", text, StringComparison.Ordinal));
    }

    [ReferenceFact(Captures)]
    public void The_key_orders_written_here_are_those_of_the_captured_frames()
    {
        Dictionary<string, JsonElement> captured = File.ReadLines(ReferenceFiles.TryReference(Captures)!)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(row => row.GetProperty("name").GetString()!.EndsWith(".captured", StringComparison.Ordinal))
            .ToDictionary(row => row.GetProperty("name").GetString()!, row => JsonDocument.Parse(row.GetProperty("raw").GetString()!).RootElement);

        Assert.Equal(AckKeys, Shape(captured["trade.order.create.ok.2025.captured"]));
        Assert.Equal(OrderKeys, Shape(captured["private.order.market.filled.2026.captured"]).Replace("{USDC}", "{USDT}", StringComparison.Ordinal));
        Assert.Equal(ExecutionKeys, Shape(captured["private.execution.linear.2025.captured"]).Replace("extraFees[feeCoin feeType subFeeType feeRate fee]", "extraFees", StringComparison.Ordinal));
        Assert.Equal(PositionKeys, Shape(captured["private.position.long.2026.captured"]));
        Assert.Equal(WalletKeys, Shape(captured["private.wallet.2026.captured"]));
    }

    [ReferenceFact(Captures)]
    public void Every_value_has_the_JSON_kind_of_the_captured_frames()
    {
        Dictionary<string, string> raw = File.ReadLines(ReferenceFiles.TryReference(Captures)!)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(row => row.GetProperty("name").GetString()!, row => row.GetProperty("raw").GetString()!);
        IReadOnlyList<JsonElement> frames = TakerFill().Frames;

        Assert.Equal(KindsOf(raw["trade.order.create.ok.2025.captured"]), KindsOf(frames[0].GetRawText()));
        Assert.Equal(KindsOf(raw["private.order.market.filled.2026.captured"]), KindsOf(frames[1].GetRawText()));
        Assert.Equal(KindsOf(raw["private.position.long.2026.captured"]), KindsOf(frames[3].GetRawText()));
        Assert.Equal(KindsOf(raw["private.wallet.2026.captured"]), KindsOf(frames[4].GetRawText()));
    }

    [Fact]
    public void Numbers_are_trimmed_and_cut_half_even_at_eight_decimals()
    {
        Assert.Equal(
            ["240", "0.2", "0", "0", "-0.00148", "0.00000002", "100"],
            new[] { 240.00m, 0.20m, 0.000m, -0.000000001m, -0.00148m, 0.000000025m - 0.000000000m, 100m }.Select(VenueJson.Trimmed));
    }

    [Fact]
    public void A_snapshot_on_demand_is_the_recorded_book_in_the_padded_public_form()
    {
        VenueHarness venue = VenueFillTests.Quoted();
        venue.Delta("60000.00 0, 59998.50 0.020", "60000.10 1.25");

        string frame = System.Text.Encoding.UTF8.GetString(venue.Venue.BuildSnapshotFrame("BTCUSDT", VenueHarness.StartMillis * 1_000_000 + 5_000_000)!);

        Assert.Equal(
            """{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":1786310819005,"data":{"s":"BTCUSDT","b":[["59999.00","3.000"],["59998.50","0.020"]],"a":[["60000.10","1.250"],["60000.20","0.500"]],"u":2,"seq":1002},"cts":1786310819000}""",
            frame);
    }

    [Fact]
    public void The_same_requests_give_the_same_bytes_and_another_seed_gives_other_ids()
    {
        Assert.Equal(TakerFill().Texts, TakerFill().Texts);
        Assert.NotEqual(TakerFill().Texts, TakerFill(seed: 2).Texts);
    }

    private static (IReadOnlyList<string> Texts, IReadOnlyList<JsonElement> Frames) TakerFill(ulong seed = 1)
    {
        var venue = new VenueHarness(seed: seed);
        venue.Snapshot("60000.00 2.000", "60000.10 1.000");
        IReadOnlyList<JsonElement> frames = venue.Create("Buy", "60000.1", "0.100", "IOC", "a");
        return (venue.LastFrames, frames);
    }

    private static string Shape(JsonElement element) => string.Join(" ", element.EnumerateObject().Select(property => property.Value.ValueKind switch
    {
        JsonValueKind.Object => $"{property.Name}{{{Shape(property.Value)}}}",
        JsonValueKind.Array => $"{property.Name}[{Shape(property.Value[0])}]",
        _ => property.Name,
    }));

    private static string KindsOf(string json)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(json));
        List<string> kinds = [];
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) kinds.Add(reader.TokenType is JsonTokenType.True or JsonTokenType.False ? "Bool" : reader.TokenType.ToString());
        }

        return string.Join(" ", kinds);
    }
}
