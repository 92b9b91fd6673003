using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>The REST calls on positions (Bybit V5, 11).</summary>
/// <remarks>
/// Assumed: the retired switch-isolated call is refused with 100028, set-tpsl-mode is accepted for the full mode and changes nothing; the leverage in a
/// closed-pnl row is the present one.
/// </remarks>
internal static class RestPositions
{
    private const int PositionsLimit = 20;
    private const int PositionsLimitMax = 200;
    private const int ClosedLimit = 50;
    private const int ClosedLimitMax = 100;

    /// <summary>Positions: of a symbol also when flat, of a settle coin those that are not (Bybit V5, 11.1).</summary>
    public static Refusal? List(RestRequest request)
    {
        bool isOther = request["category"] is "inverse" or "option";
        if (((isOther ? null : request.CheckCategory() ?? request.CheckSymbol(isRequired: false)) ?? request.CheckNumber("limit", 1, PositionsLimitMax)) is { } refusal) return refusal;
        if (!isOther && !request.Has("symbol") && !request.Has("settleCoin")) return new Refusal(10001, "params error: symbol or settleCoin is required");
        List<AccountSymbol> all = isOther ? [] : [.. request.Account.Symbols.OrderByDescending(state => state.Symbol, StringComparer.Ordinal)];
        List<AccountSymbol>? page = RestPage.Cut(
            request,
            all,
            state => request.Has("symbol") ? state.Symbol == request["symbol"] : request["settleCoin"] == "USDT" && state.Position.Qty != 0,
            state => state.Symbol,
            PositionsLimit,
            out string nextCursor);
        if (page is null) return RestPage.BadCursor;
        RestPage.WriteList(request.Result, page, WriteRow);
        request.Result.WriteString("nextPageCursor", nextCursor);
        request.Result.WriteString("category", request["category"]);
        return null;
    }

    /// <summary>Sets the leverage, both sides alike (Bybit V5, 11.2).</summary>
    public static Refusal? SetLeverage(RestRequest request)
    {
        if (request.CheckCategory() is { } refusal) return refusal;
        if (!request.Has("buyLeverage") || !request.TryDecimal("buyLeverage", out decimal buys)) return new Refusal(10001, "params error: buyLeverage invalid");
        if (!request.Has("sellLeverage") || !request.TryDecimal("sellLeverage", out decimal sells)) return new Refusal(10001, "params error: sellLeverage invalid");
        return buys == sells
            ? request.Venue.SetLeverage(request.Account, request["symbol"], buys, request.NowNanos, request.Output)
            : new Refusal(10001, "buy leverage must equal sell leverage in one-way mode");
    }

    /// <summary>Answers a switch of the position mode (Bybit V5, 11.3).</summary>
    public static Refusal? SwitchMode(RestRequest request)
    {
        if ((request.CheckCategory() ?? request.CheckNumber("mode", 0, 3)) is { } refusal) return refusal;
        return !request.Has("symbol") && !request.Has("coin")
            ? new Refusal(10001, "params error: symbol or coin is required")
            : request.Venue.SetPositionMode(request.Has("symbol") ? request["symbol"] : null, (int)request.Number("mode", -1));
    }

    /// <summary>Sets or removes take profit and stop loss (Bybit V5, 11.4).</summary>
    public static Refusal? TradingStop(RestRequest request) =>
        ((string[])["tpslMode", "positionIdx"]).Where(key => !request.Has(key)).Select(key => new Refusal(10001, $"params error: {key} is required")).FirstOrDefault()
        ?? request.Venue.SetTradingStop(request.Account, TradingStopRequest.Parse(request.Body), request.NowNanos, request.Output);

    /// <summary>Switches auto-add-margin (Bybit V5, 11.5).</summary>
    public static Refusal? SetAutoAddMargin(RestRequest request) =>
        request.CheckCategory()
        ?? CheckOneWay(request)
        ?? (request["autoAddMargin"] is "0" or "1"
            ? request.Venue.SetAutoAddMargin(request.Account, request["symbol"], request["autoAddMargin"] == "1", request.NowNanos, request.Output)
            : new Refusal(10001, "params error: autoAddMargin must be 0 or 1"));

    /// <summary>Adds margin to a position or takes some back; the result is its row (Bybit V5, 11.5).</summary>
    public static Refusal? AddMargin(RestRequest request)
    {
        if ((request.CheckCategory() ?? CheckOneWay(request)) is { } refusal) return refusal;
        if (!request.Has("margin") || !request.TryDecimal("margin", out decimal margin)) return new Refusal(10001, "params error: margin invalid");
        if (request.Venue.AddMargin(request.Account, request["symbol"], margin, request.NowNanos, request.Output) is { } fault) return fault;
        request.Result.WriteString("category", "linear");
        WriteRow(request.Result, request.Account.In(request["symbol"]));
        return null;
    }

    /// <summary>Confirms a lowered risk limit; there is none to confirm (Bybit V5, 11.5).</summary>
    public static Refusal? ConfirmPendingMmr(RestRequest request) => request.CheckCategory() ?? request.CheckSymbol(isRequired: true);

    /// <summary>Retired: the margin mode is the account's (Bybit V5, 11.6).</summary>
    public static Refusal? SwitchIsolated(RestRequest request) =>
        request.CheckCategory() ?? new Refusal(100028, "The API cannot be accessed by unified account users.");

    /// <summary>Retired: accepted, and changes nothing (Bybit V5, 11.6).</summary>
    public static Refusal? SetRiskLimit(RestRequest request)
    {
        if ((request.CheckCategory() ?? request.CheckSymbol(isRequired: true) ?? request.CheckNumber("riskId", 1, int.MaxValue)) is { } refusal) return refusal;
        RiskTier? tier = request.Venue.Market(request["symbol"]).Ladder.Tiers.FirstOrDefault(tier => tier.Id == request.Number("riskId", 0));
        if (tier is null) return new Refusal(110031, "the risk limit is not known");
        request.Result.WriteNumber("riskId", tier.Id);
        request.Result.WriteString("riskLimitValue", VenueJson.Trimmed(tier.ValueLimit));
        request.Result.WriteString("category", "linear");
        return null;
    }

    /// <summary>Retired: the mode is given with each trading stop (Bybit V5, 11.6).</summary>
    public static Refusal? SetTpslMode(RestRequest request)
    {
        if ((request.CheckCategory() ?? request.CheckSymbol(isRequired: true)) is { } refusal) return refusal;
        if (request["tpSlMode"] != "Full") return new Refusal(10001, "params error: tpSlMode is Full in the dry-run venue");
        request.Result.WriteString("tpSlMode", "Full");
        return null;
    }

    /// <summary>What orders have closed, newest first (Bybit V5, 11.7).</summary>
    public static Refusal? ClosedPnl(RestRequest request)
    {
        Refusal? refusal = RestWindow.Read(request, RestWindow.WeekMillis, out long start, out long end)
            ?? request.CheckCategory()
            ?? request.CheckSymbol(isRequired: false)
            ?? request.CheckNumber("limit", 1, ClosedLimitMax);
        if (refusal is not null) return refusal;
        Func<string, bool> isOfSymbol = request.Matching("symbol");
        List<ClosingFill>? page = RestPage.Cut(
            request,
            request.Account.ClosingFills,
            fill => fill.TimeMillis,
            start,
            end,
            fill => fill.IsLast && isOfSymbol(fill.Trade.Row.Order.Symbol),
            ClosedLimit,
            out string nextCursor);
        if (page is null) return RestPage.BadCursor;
        request.Result.WriteString("nextPageCursor", nextCursor);
        request.Result.WriteString("category", "linear");
        RestPage.WriteList(request.Result, page.Select(fill => fill.Trade), (row, closed) => WriteClosed(row, closed, request.Account.In(closed.Row.Order.Symbol)));
        return null;
    }

    private static Refusal? CheckOneWay(RestRequest request) =>
        request["positionIdx"] is "" or "0" ? null : Refusal.WrongPositionIdx;

    private static void WriteRow(Utf8JsonWriter json, AccountSymbol state)
    {
        PositionState position = state.Position;
        bool isFlat = position.Qty == 0;
        string initial = VenueJson.Trimmed(state.PositionMargin);
        string maintenance = VenueJson.Trimmed(state.MaintenanceMargin);
        json.WriteNumber("positionIdx", state.PositionIdx);
        json.WriteNumber("riskId", state.Tier.Id);
        json.WriteString("riskLimitValue", VenueJson.Trimmed(state.Tier.ValueLimit));
        json.WriteString("symbol", state.Symbol);
        json.WriteString("side", isFlat ? "" : position.Qty > 0 ? "Buy" : "Sell");
        json.WriteString("size", VenueJson.Trimmed(Math.Abs(position.Qty)));
        json.WriteString("avgPrice", VenueJson.Trimmed(position.AverageEntry));
        json.WriteString("positionValue", VenueJson.Trimmed(position.EntryValue));
        json.WriteNumber("tradeMode", 0);
        json.WriteString("positionStatus", "Normal");
        json.WriteNumber("autoAddMargin", state.AutoAddMargin ? 1 : 0);
        json.WriteNumber("adlRankIndicator", 0);
        json.WriteString("leverage", VenueJson.Trimmed(state.Leverage));
        json.WriteString("breakEvenPrice", VenueJson.Trimmed(state.BreakEvenPrice ?? 0m));
        json.WriteString("positionBalance", "0");
        json.WriteString("markPrice", state.Market.Mark is { } mark ? VenueJson.Trimmed(mark) : "");
        json.WriteString("liqPrice", VenueJson.LiquidationText(state));
        json.WriteString("bustPrice", "");
        json.WriteString("positionMM", maintenance);
        json.WriteString("positionMMByMp", maintenance);
        json.WriteString("positionIM", initial);
        json.WriteString("positionIMByMp", initial);
        json.WriteString("tpslMode", "Full");
        json.WriteString("takeProfit", VenueJson.Trimmed(state.TakeProfit?.Trigger?.Price ?? 0m));
        json.WriteString("stopLoss", VenueJson.Trimmed(state.StopLoss?.Trigger?.Price ?? 0m));
        json.WriteString("trailingStop", "0");
        json.WriteString("unrealisedPnl", VenueJson.Trimmed(state.Unrealised));
        json.WriteString("curRealisedPnl", VenueJson.Trimmed(state.CurrentRealised));
        json.WriteString("cumRealisedPnl", VenueJson.Trimmed(position.RealisedGross - position.Fees + position.Funding));
        json.WriteNumber("seq", state.LastSequence);
        json.WriteBoolean("isReduceOnly", false);
        json.WriteString("mmrSysUpdateTime", "");
        json.WriteString("leverageSysUpdatedTime", "");
        json.WriteString("sessionAvgPrice", "");
        json.WriteString("createdTime", VenueJson.Millis(state.PositionOpenedMillis));
        json.WriteString("updatedTime", VenueJson.Millis(state.PositionUpdatedMillis));
    }

    private static void WriteClosed(Utf8JsonWriter json, ClosedTrade closed, AccountSymbol state)
    {
        json.WriteString("symbol", closed.Row.Order.Symbol);
        json.WriteString("orderType", closed.Row.OrderType);
        json.WriteString("leverage", VenueJson.Trimmed(state.Leverage));
        json.WriteString("updatedTime", VenueJson.Millis(closed.LastMillis));
        json.WriteString("side", VenueJson.SideText(closed.Row.Order.Side));
        json.WriteString("orderId", closed.Row.Order.OrderId);
        json.WriteString("closedPnl", VenueJson.Trimmed(closed.Pnl));
        json.WriteString("avgEntryPrice", VenueJson.Trimmed(closed.EntryValue / closed.ClosedQty));
        json.WriteString("qty", VenueJson.Trimmed(closed.Row.OrderQty));
        json.WriteString("cumEntryValue", VenueJson.Trimmed(closed.EntryValue));
        json.WriteString("createdTime", VenueJson.Millis(closed.FirstMillis));
        json.WriteString("orderPrice", VenueJson.Trimmed(closed.Row.OrderPrice));
        json.WriteString("closedSize", VenueJson.Trimmed(closed.ClosedQty));
        json.WriteString("avgExitPrice", VenueJson.Trimmed(closed.ExitValue / closed.ClosedQty));
        json.WriteString("execType", closed.Row.ExecType);
        json.WriteString("fillCount", VenueJson.Millis(closed.Fills));
        json.WriteString("cumExitValue", VenueJson.Trimmed(closed.ExitValue));
    }
}
