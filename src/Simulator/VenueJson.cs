using System.Buffers;
using System.Globalization;
using System.Text.Json;
using LatencyEngine.Model;

namespace LatencyEngine.Simulator;

/// <summary>Writes the venue's frames: compact JSON in the key order of captured 2025 and 2026 frames (Bybit V5, 2, 6.1, 7, 8.2).</summary>
internal sealed class VenueJson
{
    /// <summary>The name of a venue's first order-entry session.</summary>
    public const string FirstConnectionId = "dryrun00000000000000-1";

    private readonly ArrayBufferWriter<byte> _buffer = new(4_096);

    /// <summary>Private-stream form of a number: at most 8 decimals, half-even, trailing zeros trimmed.</summary>
    public static string Trimmed(decimal value)
    {
        decimal rounded = Ledger.Rounded(value);
        return rounded == 0 ? "0" : rounded.ToString("0.########", CultureInfo.InvariantCulture);
    }

    /// <summary>Milliseconds as V5 writes them in rows: a string.</summary>
    public static string Millis(long millis) => millis.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>side</c>.</summary>
    public static string SideText(Side side) => side == Side.Buy ? "Buy" : "Sell";

    /// <summary><c>timeInForce</c>.</summary>
    public static string TimeInForceText(VenueTimeInForce value) => value switch
    {
        VenueTimeInForce.PostOnly => "PostOnly",
        VenueTimeInForce.ImmediateOrCancel => "IOC",
        VenueTimeInForce.FillOrKill => "FOK",
        _ => "GTC",
    };

    /// <summary>An order-entry response (Bybit V5, 8.2, 8.4).</summary>
    public byte[] Response(
        OrderRequest request, Refusal? refusal, VenueOrder? order, IReadOnlyList<BatchOutcome> outcomes, LimitState limit, string traceId, long nowMillis, string connectionId) => Write(json =>
    {
        if (request.ReqId is not null) json.WriteString("reqId", request.ReqId);
        json.WriteNumber("retCode", refusal?.Code ?? 0);
        json.WriteString("retMsg", refusal?.Text ?? "OK");
        json.WriteString("op", request.Op);
        json.WriteStartObject("data");
        if (outcomes.Count > 0)
        {
            RestPage.WriteList(json, outcomes, BatchItem);
        }
        else if (refusal is null && order is not null)
        {
            json.WriteString("orderId", order.OrderId);
            json.WriteString("orderLinkId", order.OrderLinkId);
        }

        json.WriteEndObject();
        json.WriteStartObject("retExtInfo");
        if (outcomes.Count > 0) RestPage.WriteList(json, outcomes, BatchItemOutcome);
        json.WriteEndObject();
        json.WriteStartObject("header");
        json.WriteString("X-Bapi-Limit", limit.Requests.ToString(CultureInfo.InvariantCulture));
        json.WriteString("X-Bapi-Limit-Status", limit.Remaining.ToString(CultureInfo.InvariantCulture));
        json.WriteString("X-Bapi-Limit-Reset-Timestamp", Millis(limit.ResetMillis));
        json.WriteString("Traceid", traceId);
        json.WriteString("Timenow", Millis(nowMillis));
        json.WriteEndObject();
        json.WriteString("connId", connectionId);
    });

    /// <summary>One row of a batch's result; a failed one has no order id, and only creations say when (Bybit V5, 8.4).</summary>
    public static void BatchItem(Utf8JsonWriter json, BatchOutcome outcome)
    {
        json.WriteString("category", "linear");
        json.WriteString("symbol", outcome.Request.Symbol);
        json.WriteString("orderId", outcome.Order?.OrderId ?? "");
        json.WriteString("orderLinkId", outcome.Order?.OrderLinkId ?? outcome.Request.OrderLinkId);
        if (outcome.Request.Op == "order.create") json.WriteString("createAt", outcome.Order is { } order ? Millis(order.CreatedAtNanos / Venue.NanosPerMilli) : "");
    }

    /// <summary>One row of a batch's <c>retExtInfo</c>.</summary>
    public static void BatchItemOutcome(Utf8JsonWriter json, BatchOutcome outcome)
    {
        json.WriteNumber("code", outcome.Refusal?.Code ?? 0);
        json.WriteString("msg", outcome.Refusal?.Text ?? "OK");
    }

    /// <summary>An <c>order</c> message (Bybit V5, 7.1).</summary>
    public byte[] Order(VenueOrder order, long sequence, long nowMillis) => Write(json =>
    {
        json.WriteString("topic", "order");
        json.WriteString("id", $"{order.Uid}_{order.Symbol}_{sequence}");
        json.WriteNumber("creationTime", nowMillis);
        json.WriteStartArray("data");
        json.WriteStartObject();
        json.WriteString("category", "linear");
        json.WriteString("symbol", order.Symbol);
        json.WriteString("orderId", order.OrderId);
        json.WriteString("orderLinkId", order.OrderLinkId);
        json.WriteString("blockTradeId", "");
        json.WriteString("side", SideText(order.Side));
        json.WriteNumber("positionIdx", 0);
        json.WriteString("orderStatus", order.Status.ToString());
        json.WriteString("cancelType", order.CancelType);
        json.WriteString("rejectReason", order.RejectReason);
        json.WriteString("timeInForce", TimeInForceText(order.TimeInForce));
        json.WriteString("isLeverage", "");
        json.WriteString("price", Trimmed(order.Price));
        json.WriteString("qty", Trimmed(order.Qty));
        json.WriteString("avgPrice", order.CumExecQty == 0 ? "" : Trimmed(order.CumExecValue / order.CumExecQty));
        json.WriteString("leavesQty", Trimmed(order.LeavesQty));
        json.WriteString("leavesValue", Trimmed(order.LeavesQty * order.Price));
        json.WriteString("cumExecQty", Trimmed(order.CumExecQty));
        json.WriteString("cumExecValue", Trimmed(order.CumExecValue));
        json.WriteString("cumExecFee", Trimmed(order.CumExecFee));
        json.WriteString("orderType", order.IsMarket ? "Market" : "Limit");
        json.WriteString("stopOrderType", order.StopOrderType);
        json.WriteString("orderIv", "");
        json.WriteString("triggerPrice", LevelText(order.Trigger));
        json.WriteString("takeProfit", LevelText(order.TakeProfit));
        json.WriteString("stopLoss", LevelText(order.StopLoss));
        json.WriteString("triggerBy", order.Trigger?.By.ToString() ?? "");
        json.WriteString("tpTriggerBy", order.TakeProfit?.By.ToString() ?? "");
        json.WriteString("slTriggerBy", order.StopLoss?.By.ToString() ?? "");
        json.WriteNumber("triggerDirection", TradingStops.DirectionOf(order));
        json.WriteString("placeType", "");
        json.WriteString("lastPriceOnCreated", order.LastPriceOnCreated is { } last ? Trimmed(last) : "");
        json.WriteBoolean("closeOnTrigger", order.CloseOnTrigger);
        json.WriteBoolean("reduceOnly", order.ReduceOnly);
        json.WriteNumber("smpGroup", 0);
        json.WriteString("smpType", "None");
        json.WriteString("smpOrderId", order.SmpOrderId);
        json.WriteString("slLimitPrice", "0");
        json.WriteString("tpLimitPrice", "0");
        json.WriteString("tpslMode", (order.Trigger ?? order.TakeProfit ?? order.StopLoss) is null ? "UNKNOWN" : "Full");
        json.WriteString("createType", order.CreateType);
        json.WriteString("marketUnit", "");
        json.WriteString("createdTime", Millis(order.CreatedAtNanos / Venue.NanosPerMilli));
        json.WriteString("updatedTime", Millis(order.UpdatedAtNanos / Venue.NanosPerMilli));
        json.WriteString("feeCurrency", "");
        json.WriteString("closedPnl", Trimmed(order.ClosedPnl));
        json.WriteString("parentOrderLinkId", order.ParentOrderLinkId);
        json.WriteString("slippageTolerance", "0");
        json.WriteString("slippageToleranceType", "UNKNOWN");
        json.WriteStartObject("cumFeeDetail");
        if (order.CumExecQty != 0) json.WriteString("USDT", Trimmed(order.CumExecFee));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>An <c>execution</c> message (Bybit V5, 7.2).</summary>
    public byte[] Execution(VenueExecution execution) => Write(json =>
    {
        (ExecutionRow row, decimal? mark, long sequence, long nowMillis) = execution;
        VenueOrder order = row.Order;
        json.WriteString("topic", "execution");
        json.WriteString("id", $"{order.Uid}_{order.Symbol}_{sequence}");
        json.WriteNumber("creationTime", nowMillis);
        json.WriteStartArray("data");
        json.WriteStartObject();
        json.WriteString("category", "linear");
        json.WriteString("symbol", order.Symbol);
        json.WriteString("closedSize", Trimmed(row.ClosedQty));
        json.WriteString("execFee", Trimmed(row.Fee));
        json.WriteString("execId", row.ExecId);
        json.WriteString("execPrice", Trimmed(row.Price));
        json.WriteString("execQty", Trimmed(row.Qty));
        json.WriteString("execType", row.ExecType);
        json.WriteString("execValue", Trimmed(row.Price * row.Qty));
        json.WriteString("feeRate", Trimmed(row.FeeRate));
        json.WriteString("tradeIv", "");
        json.WriteString("markIv", "");
        json.WriteString("blockTradeId", "");
        json.WriteString("markPrice", mark is { } price ? Trimmed(price) : "");
        json.WriteString("indexPrice", "");
        json.WriteString("underlyingPrice", "");
        json.WriteString("leavesQty", Trimmed(row.LeavesQty));
        json.WriteString("orderId", order.OrderId);
        json.WriteString("orderLinkId", order.OrderLinkId);
        json.WriteString("orderPrice", Trimmed(row.OrderPrice));
        json.WriteString("orderQty", Trimmed(row.OrderQty));
        json.WriteString("orderType", row.OrderType);
        json.WriteString("stopOrderType", order.StopOrderType.Length > 0 ? order.StopOrderType : "UNKNOWN");
        json.WriteString("side", SideText(order.Side));
        json.WriteString("execTime", Millis(nowMillis));
        json.WriteString("isLeverage", "0");
        json.WriteBoolean("isMaker", row.IsMaker);
        json.WriteNumber("seq", sequence);
        json.WriteString("marketUnit", "");
        json.WriteString("execPnl", Trimmed(row.Realised));
        json.WriteString("createType", order.CreateType);
        json.WriteString("extraFees", "");
        json.WriteString("feeCurrency", "USDT");
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>An <c>execution.fast</c> message: a maker's link id is left out (Bybit V5, 7.3).</summary>
    public byte[] FastExecution(VenueExecution execution) => Write(json =>
    {
        (ExecutionRow row, _, long sequence, long nowMillis) = execution;
        json.WriteString("topic", "execution.fast");
        json.WriteNumber("creationTime", nowMillis);
        json.WriteStartArray("data");
        json.WriteStartObject();
        json.WriteString("category", "linear");
        json.WriteString("symbol", row.Order.Symbol);
        json.WriteString("execId", row.ExecId);
        json.WriteString("execPrice", Trimmed(row.Price));
        json.WriteString("execQty", Trimmed(row.Qty));
        json.WriteString("orderId", row.Order.OrderId);
        json.WriteBoolean("isMaker", row.IsMaker);
        json.WriteString("orderLinkId", row.IsMaker ? "" : row.Order.OrderLinkId);
        json.WriteString("side", SideText(row.Order.Side));
        json.WriteString("execTime", Millis(nowMillis));
        json.WriteNumber("seq", sequence);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>A <c>position</c> message (Bybit V5, 7.4).</summary>
    public byte[] Position(AccountSymbol state, string status, long sequence, long nowMillis) => Write(json =>
    {
        PositionState position = state.Position;
        bool flat = position.Qty == 0;
        RiskTier tier = state.Ladder.TierOf(Math.Abs(position.Qty) * state.MarkOrEntry);
        string initialMargin = Trimmed(state.PositionMargin);
        string maintenanceMargin = Trimmed(state.MaintenanceMargin);
        json.WriteString("id", $"{state.Account.Uid}_position_{nowMillis}");
        json.WriteString("topic", "position");
        json.WriteNumber("creationTime", nowMillis);
        json.WriteStartArray("data");
        json.WriteStartObject();
        json.WriteNumber("positionIdx", state.PositionIdx);
        json.WriteNumber("tradeMode", 0);
        json.WriteNumber("riskId", tier.Id);
        json.WriteString("riskLimitValue", Trimmed(tier.ValueLimit));
        json.WriteString("symbol", state.Instrument.Symbol);
        json.WriteString("side", flat ? "" : position.Qty > 0 ? "Buy" : "Sell");
        json.WriteString("size", Trimmed(Math.Abs(position.Qty)));
        json.WriteString("entryPrice", Trimmed(position.AverageEntry));
        json.WriteString("sessionAvgPrice", "");
        json.WriteString("leverage", Trimmed(state.Leverage));
        json.WriteString("positionValue", Trimmed(position.EntryValue));
        json.WriteString("positionBalance", "0");
        json.WriteString("markPrice", state.Market.Mark is { } mark ? Trimmed(mark) : "");
        json.WriteString("positionIM", initialMargin);
        json.WriteString("positionMM", maintenanceMargin);
        json.WriteString("positionIMByMp", initialMargin);
        json.WriteString("positionMMByMp", maintenanceMargin);
        json.WriteString("takeProfit", Trimmed(state.TakeProfit?.Trigger?.Price ?? 0m));
        json.WriteString("stopLoss", Trimmed(state.StopLoss?.Trigger?.Price ?? 0m));
        json.WriteString("trailingStop", "0");
        json.WriteString("unrealisedPnl", Trimmed(state.Unrealised));
        json.WriteString("cumRealisedPnl", Trimmed(position.RealisedGross - position.Fees + position.Funding));
        json.WriteString("curRealisedPnl", Trimmed(state.CurrentRealised));
        json.WriteString("createdTime", Millis(state.PositionOpenedMillis));
        json.WriteString("updatedTime", Millis(state.PositionUpdatedMillis));
        json.WriteString("tpslMode", "Full");
        json.WriteString("liqPrice", LiquidationText(state));
        json.WriteString("bustPrice", "");
        json.WriteString("category", "linear");
        json.WriteString("positionStatus", status);
        json.WriteNumber("adlRankIndicator", 0);
        json.WriteNumber("autoAddMargin", state.AutoAddMargin ? 1 : 0);
        json.WriteString("leverageSysUpdatedTime", "");
        json.WriteString("mmrSysUpdatedTime", "");
        json.WriteNumber("seq", sequence);
        json.WriteString("breakEvenPrice", Trimmed(state.BreakEvenPrice ?? 0m));
        json.WriteBoolean("isReduceOnly", false);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>A <c>wallet</c> message (Bybit V5, 7.5). Account figures take one USDT as one USD.</summary>
    public byte[] Wallet(VenueAccount account, long nowMillis) => Write(json =>
    {
        decimal wallet = account.Wallet;
        decimal unrealised = account.UnrealisedPnl;
        decimal positionMargin = account.PositionMargin;
        decimal orderMargin = account.OrderMargin;
        decimal maintenance = account.MaintenanceMargin;
        string equity = Trimmed(wallet + unrealised);
        string initialRate = Trimmed(account.InitialMarginRate);
        string maintenanceRate = Trimmed(account.MaintenanceMarginRate);
        string initial = Trimmed(positionMargin + orderMargin);
        json.WriteString("id", $"{account.Uid}_wallet_{nowMillis}");
        json.WriteString("topic", "wallet");
        json.WriteNumber("creationTime", nowMillis);
        json.WriteStartArray("data");
        json.WriteStartObject();
        json.WriteString("accountIMRate", initialRate);
        json.WriteString("accountMMRate", maintenanceRate);
        json.WriteString("accountIMRateByMp", initialRate);
        json.WriteString("accountMMRateByMp", maintenanceRate);
        json.WriteString("totalEquity", equity);
        json.WriteString("totalWalletBalance", Trimmed(wallet));
        json.WriteString("totalMarginBalance", equity);
        json.WriteString("totalAvailableBalance", Trimmed(account.Available));
        json.WriteString("totalPerpUPL", Trimmed(unrealised));
        json.WriteString("totalInitialMargin", initial);
        json.WriteString("totalMaintenanceMargin", Trimmed(maintenance));
        json.WriteString("totalInitialMarginByMp", initial);
        json.WriteString("totalMaintenanceMarginByMp", Trimmed(maintenance));
        json.WriteStartArray("coin");
        json.WriteStartObject();
        json.WriteString("coin", "USDT");
        json.WriteString("equity", equity);
        json.WriteString("usdValue", equity);
        json.WriteString("walletBalance", Trimmed(wallet));
        json.WriteString("availableToWithdraw", "");
        json.WriteString("availableToBorrow", "");
        json.WriteString("borrowAmount", "0");
        json.WriteString("accruedInterest", "0");
        json.WriteString("totalOrderIM", Trimmed(orderMargin));
        json.WriteString("totalPositionIM", Trimmed(positionMargin));
        json.WriteString("totalPositionMM", Trimmed(maintenance));
        json.WriteString("unrealisedPnl", Trimmed(unrealised));
        json.WriteString("cumRealisedPnl", Trimmed(wallet - account.Deposits));
        json.WriteString("bonus", "0");
        json.WriteBoolean("collateralSwitch", true);
        json.WriteBoolean("marginCollateral", true);
        json.WriteString("locked", "0");
        json.WriteString("spotHedgingQty", "0");
        json.WriteString("spotBorrow", "0");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("accountLTV", "0");
        json.WriteString("accountType", "UNIFIED");
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>A book snapshot in the padded form of the public stream (Bybit V5, 6.1).</summary>
    public byte[] BookSnapshot(MarketBook book, VenueInstrument instrument, long nowMillis) => Write(json =>
    {
        json.WriteString("topic", book.TopicName);
        json.WriteString("type", "snapshot");
        json.WriteNumber("ts", nowMillis);
        json.WriteStartObject("data");
        json.WriteString("s", instrument.Symbol);
        WriteLevels(json, "b", book.Levels(bidSide: true), instrument);
        WriteLevels(json, "a", book.Levels(bidSide: false), instrument);
        json.WriteNumber("u", book.UpdateId);
        json.WriteNumber("seq", book.Sequence);
        json.WriteEndObject();
        json.WriteNumber("cts", book.MatchedMillis);
    });

    /// <summary>All fields of a ticker in the form of the public stream (Bybit V5, 6.5).</summary>
    public byte[] Ticker(string symbol, TickerState ticker, long nowMillis) => Write(json =>
    {
        json.WriteString("topic", $"tickers.{symbol}");
        json.WriteString("type", "snapshot");
        json.WriteStartObject("data");
        foreach ((string key, string value) in ticker.Fields)
        {
            json.WritePropertyName(key);
            json.WriteRawValue(value, skipInputValidation: true);
        }

        json.WriteEndObject();
        json.WriteNumber("cs", ticker.CrossSequence);
        json.WriteNumber("ts", nowMillis);
    });

    private static void WriteLevels(Utf8JsonWriter json, string key, IEnumerable<(decimal Price, decimal Qty)> levels, VenueInstrument instrument)
    {
        json.WriteStartArray(key);
        foreach ((decimal price, decimal qty) in levels)
        {
            json.WriteStartArray();
            json.WriteStringValue(price.ToString("F" + instrument.PriceDecimals, CultureInfo.InvariantCulture));
            json.WriteStringValue(qty.ToString("F" + instrument.QtyDecimals, CultureInfo.InvariantCulture));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>Empty when flat or outside the instrument's price bounds (Bybit V5, 16.2).</summary>
    public static string LiquidationText(AccountSymbol state) =>
        state.LiquidationPrice is { } price && price >= state.Instrument.MinPrice && price <= state.Instrument.MaxPrice ? Trimmed(price) : "";

    public static string LevelText(StopLevel? level) => level is { } set ? Trimmed(set.Price) : "";

    private byte[] Write(Action<Utf8JsonWriter> body)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, CompactJson.Options))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }

        return _buffer.WrittenSpan.ToArray();
    }
}
