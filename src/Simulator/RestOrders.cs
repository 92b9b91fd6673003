using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>The REST calls on orders and executions (Bybit V5, 10).</summary>
/// <remarks>
/// Assumed: the history lists orders as they closed, and its window is one of creation; of more orders than one cancel-all takes the oldest are cancelled,
/// where V5 chooses at random. Open orders are read from those that rest or wait, an order that is named from an index, everything else from the newest
/// backwards to the end of the page.
/// </remarks>
internal static class RestOrders
{
    private const int OrdersLimit = 20;
    private const int OrdersLimitMax = 50;
    private const int ExecutionsLimit = 50;
    private const int ExecutionsLimitMax = 100;
    private const int ClosedOrdersMax = 500;                        // Bybit V5, 10.6
    private const int CancelledMax = 500;                           // Bybit V5, 10.4
    private const long UnfilledKeptMillis = 24L * 60 * 60 * 1_000;  // Bybit V5, 10.7

    /// <summary>Places an order (Bybit V5, 10.1).</summary>
    public static Refusal? Create(RestRequest request) => Execute(request, "order.create");

    /// <summary>Changes an order (Bybit V5, 10.2).</summary>
    public static Refusal? Amend(RestRequest request) => Execute(request, "order.amend");

    /// <summary>Cancels an order (Bybit V5, 10.3).</summary>
    public static Refusal? Cancel(RestRequest request) => Execute(request, "order.cancel");

    /// <summary>Places up to twenty orders (Bybit V5, 10.5).</summary>
    public static Refusal? CreateBatch(RestRequest request) => ExecuteBatch(request, "order.create-batch");

    /// <summary>Changes up to twenty orders (Bybit V5, 10.5).</summary>
    public static Refusal? AmendBatch(RestRequest request) => ExecuteBatch(request, "order.amend-batch");

    /// <summary>Cancels up to twenty orders (Bybit V5, 10.5).</summary>
    public static Refusal? CancelBatch(RestRequest request) => ExecuteBatch(request, "order.cancel-batch");

    /// <summary>Open orders, or recently closed ones (Bybit V5, 10.6).</summary>
    public static Refusal? Realtime(RestRequest request)
    {
        if ((request.CheckCategory() ?? request.CheckNumber("limit", 1, OrdersLimitMax) ?? request.CheckNumber("openOnly", 0, 1)) is { } refusal) return refusal;
        VenueAccount account = request.Account;
        bool byId = request.Has("orderId") || request.Has("orderLinkId");
        if (request.Symbol.Length == 0 && !request.Has("settleCoin")) return new Refusal(10001, "params error: symbol, baseCoin or settleCoin is required");

        Func<VenueOrder, bool> isInScope = Scope(request);

        // By creation, which only open and the most recently closed orders are few enough to be sorted by.
        VenueOrder? behind = request.Has("cursor") ? account.Find(request["cursor"], linkId: "") : null;
        if (request.Has("cursor") && behind is null) return RestPage.BadCursor;
        IEnumerable<VenueOrder> orders = byId ? Named(request)
            : request.Number("openOnly", 0) == 1 ? account.EndedOrders.NewestFirst().Take(ClosedOrdersMax)
            : account.LiveOrders;
        List<VenueOrder> page = RestPage.Cut(
            request,
            orders.Where(order => order.Number < (behind?.Number ?? long.MaxValue) && isInScope(order) && IsAsked(request, order)).OrderByDescending(order => order.Number),
            order => order.OrderId,
            OrdersLimit,
            out string nextCursor);
        return WriteOrders(request, page, nextCursor);
    }

    /// <summary>Closed orders, the last to close first (Bybit V5, 10.7). One that never filled is shown for a day, one that did for as long as it is kept.</summary>
    public static Refusal? History(RestRequest request)
    {
        if ((RestWindow.Read(request, RestWindow.WeekMillis, out long start, out long end) ?? request.CheckCategory() ?? request.CheckNumber("limit", 1, OrdersLimitMax)) is { } refusal) return refusal;
        (Func<VenueOrder, bool> isInScope, Func<string, bool> hasStatus) = (Scope(request), request.Matching("orderStatus"));
        List<VenueOrder>? page;
        string nextCursor;
        if (request.Has("orderId") || request.Has("orderLinkId")) page = RestPage.Cut(request, Named(request).Where(IsWanted), order => order.OrderId, OrdersLimit, out nextCursor);
        else page = RestPage.Cut(request, request.Account.EndedOrders, order => order.UpdatedAtNanos / Venue.NanosPerMilli, start, long.MaxValue, IsWanted, OrdersLimit, out nextCursor);
        return page is null ? RestPage.BadCursor : WriteOrders(request, page, nextCursor);

        bool IsWanted(VenueOrder order) =>
            !order.IsLive
            && order.CreatedAtNanos / Venue.NanosPerMilli is var created
            && created >= start
            && created <= end
            && (order.CumExecQty > 0 || request.NowMillis - (order.UpdatedAtNanos / Venue.NanosPerMilli) <= UnfilledKeptMillis)
            && isInScope(order)
            && hasStatus(order.Status.ToString());
    }

    /// <summary>Executions, newest first (Bybit V5, 10.8).</summary>
    public static Refusal? Executions(RestRequest request)
    {
        if ((RestWindow.Read(request, RestWindow.WeekMillis, out long start, out long end) ?? request.CheckCategory() ?? request.CheckNumber("limit", 1, ExecutionsLimitMax)) is { } refusal) return refusal;
        if (Named(request).FirstOrDefault() is { } named)
        {
            // All of its executions lie in the order's life.
            start = Math.Max(start, named.CreatedAtNanos / Venue.NanosPerMilli);
            end = Math.Min(end, named.UpdatedAtNanos / Venue.NanosPerMilli);
        }

        Func<VenueOrder, bool> isInScope = Scope(request);
        (Func<string, bool> isOfOrder, Func<string, bool> isOfLinkId, Func<string, bool> isOfType) = (request.Matching("orderId"), request.Matching("orderLinkId"), request.Matching("execType"));
        List<VenueExecution>? page = RestPage.Cut(
            request,
            request.Account.Executions,
            execution => execution.TimeMillis,
            start,
            end,
            execution =>
                isInScope(execution.Row.Order)
                && isOfOrder(execution.Row.Order.OrderId)
                && isOfLinkId(execution.Row.Order.OrderLinkId)
                && isOfType(execution.Row.ExecType),
            ExecutionsLimit,
            out string nextCursor);
        if (page is null) return RestPage.BadCursor;
        request.Result.WriteString("nextPageCursor", nextCursor);
        request.Result.WriteString("category", "linear");
        RestPage.WriteList(request.Result, page, WriteExecution);
        return null;
    }

    /// <summary>Cancels the orders of a symbol or of a base coin, or all when their settle coin is named: of many the oldest (Bybit V5, 10.4).</summary>
    public static Refusal? CancelAll(RestRequest request)
    {
        if (request.CheckCategory() is { } refusal) return refusal;
        if (request.Symbol.Length == 0 && !request.Has("settleCoin")) return new Refusal(10001, "params error: symbol, baseCoin or settleCoin is required");
        if (request.CheckSymbol(isRequired: false) is { } unknown) return unknown;
        if (request["orderFilter"] is not ("" or "Order" or "OpenOrder" or "StopOrder")) return new Refusal(10001, "params error: orderFilter invalid");

        // A symbol or a base coin counts before the settle coin.
        string symbol = request.Symbol;
        IReadOnlyList<VenueOrder> cancelled = symbol.Length > 0 || request.Matches("settleCoin", "USDT")
            ? request.Venue.CancelAll(
                request.Account,
                symbol.Length > 0 ? symbol : null,
                request.NowNanos,
                request.Output,
                resting: request["orderFilter"] != "StopOrder",
                stops: request["orderFilter"] is "" or "StopOrder",
                most: CancelledMax)
            : [];
        RestPage.WriteList(request.Result, cancelled, WriteIds);
        request.Result.WriteString("success", "1");
        return null;
    }

    private static Refusal? Execute(RestRequest request, string op)
    {
        Refusal? refusal = request.Venue.TakeLimit(request.Account, op, request.NowNanos);
        request.Call.Limit = request.Venue.LimitOf(request.Account, op, request.NowNanos);
        if (refusal is not null) return refusal;
        var order = OrderRequest.Of(op, request.Body);
        if (order.Fault is not null) return order.Fault;
        request.Venue.Execute(request.Account, order, request.NowNanos, request.Output, (fault, taken) =>
        {
            refusal = fault;
            if (fault is null) WriteIds(request.Result, taken!);
        });
        return refusal;
    }

    private static Refusal? ExecuteBatch(RestRequest request, string op)
    {
        var batch = OrderRequest.Of(op, request.Body);
        Refusal? refusal = request.CheckCategory() ?? batch.Fault;
        if (refusal is null)
        {
            request.Outcomes = request.Venue.ExecuteBatch(request.Account, batch, request.NowNanos, request.Output);
            RestPage.WriteList(request.Result, request.Outcomes, VenueJson.BatchItem);
        }

        request.Call.Limit = request.Venue.LimitOf(request.Account, op, request.NowNanos);
        return refusal;
    }

    private static void WriteIds(Utf8JsonWriter json, VenueOrder order)
    {
        json.WriteString("orderId", order.OrderId);
        json.WriteString("orderLinkId", order.OrderLinkId);
    }

    private static Refusal? WriteOrders(RestRequest request, List<VenueOrder> page, string nextCursor)
    {
        RestPage.WriteList(request.Result, page, WriteOrder);
        request.Result.WriteString("nextPageCursor", nextCursor);
        request.Result.WriteString("category", "linear");
        return null;
    }

    /// <summary>The order that a look-up names: the order id counts before the link id.</summary>
    private static IEnumerable<VenueOrder> Named(RestRequest request) =>
        request.Account.Find(request["orderId"], request["orderLinkId"]) is { } order ? [order] : [];

    /// <summary><c>orderFilter</c>: plain orders, or the stops of positions; all when it was not sent.</summary>
    private static bool IsAsked(RestRequest request, VenueOrder order) => !request.Has("orderFilter") || (request["orderFilter"] == "StopOrder") == (order.StopOrderType.Length > 0);

    /// <summary>Every instrument here settles in USDT.</summary>
    private static Func<VenueOrder, bool> Scope(RestRequest request)
    {
        string symbol = request.Symbol;
        bool isOfCoin = request.Matches("settleCoin", "USDT");
        return order => isOfCoin && (symbol.Length == 0 || order.Symbol == symbol);
    }

    /// <summary>The captured row with the fields that the documentation adds behind it (Bybit V5, 10.6).</summary>
    private static void WriteOrder(Utf8JsonWriter json, VenueOrder order)
    {
        json.WriteString("orderId", order.OrderId);
        json.WriteString("orderLinkId", order.OrderLinkId);
        json.WriteString("blockTradeId", "");
        json.WriteString("symbol", order.Symbol);
        json.WriteString("price", VenueJson.Trimmed(order.Price));
        json.WriteString("qty", VenueJson.Trimmed(order.Qty));
        json.WriteString("side", VenueJson.SideText(order.Side));
        json.WriteString("isLeverage", "");
        json.WriteNumber("positionIdx", 0);
        json.WriteString("orderStatus", order.Status.ToString());
        json.WriteString("cancelType", order.CancelType);
        json.WriteString("rejectReason", order.RejectReason);
        json.WriteString("avgPrice", order.CumExecQty == 0 ? "0" : VenueJson.Trimmed(order.CumExecValue / order.CumExecQty));
        json.WriteString("leavesQty", VenueJson.Trimmed(order.LeavesQty));
        json.WriteString("leavesValue", VenueJson.Trimmed(order.LeavesQty * order.Price));
        json.WriteString("cumExecQty", VenueJson.Trimmed(order.CumExecQty));
        json.WriteString("cumExecValue", VenueJson.Trimmed(order.CumExecValue));
        json.WriteString("cumExecFee", VenueJson.Trimmed(order.CumExecFee));
        json.WriteString("timeInForce", VenueJson.TimeInForceText(order.TimeInForce));
        json.WriteString("orderType", order.IsMarket ? "Market" : "Limit");
        json.WriteString("stopOrderType", order.StopOrderType.Length > 0 ? order.StopOrderType : "UNKNOWN");
        json.WriteString("orderIv", "");
        json.WriteString("triggerPrice", VenueJson.LevelText(order.Trigger));
        json.WriteString("takeProfit", VenueJson.LevelText(order.TakeProfit));
        json.WriteString("stopLoss", VenueJson.LevelText(order.StopLoss));
        json.WriteString("tpTriggerBy", order.TakeProfit?.By.ToString() ?? "");
        json.WriteString("slTriggerBy", order.StopLoss?.By.ToString() ?? "");
        json.WriteNumber("triggerDirection", TradingStops.DirectionOf(order));
        json.WriteString("triggerBy", order.Trigger?.By.ToString() ?? "UNKNOWN");
        json.WriteString("lastPriceOnCreated", order.LastPriceOnCreated is { } last ? VenueJson.Trimmed(last) : "");
        json.WriteBoolean("reduceOnly", order.ReduceOnly);
        json.WriteBoolean("closeOnTrigger", order.CloseOnTrigger);
        json.WriteString("smpType", "None");
        json.WriteNumber("smpGroup", 0);
        json.WriteString("smpOrderId", order.SmpOrderId);
        json.WriteString("createdTime", VenueJson.Millis(order.CreatedAtNanos / Venue.NanosPerMilli));
        json.WriteString("updatedTime", VenueJson.Millis(order.UpdatedAtNanos / Venue.NanosPerMilli));
        json.WriteString("placeType", "");
        json.WriteString("tpslMode", (order.Trigger ?? order.TakeProfit ?? order.StopLoss) is null ? "UNKNOWN" : "Full");
        json.WriteString("tpLimitPrice", "0");
        json.WriteString("slLimitPrice", "0");
        json.WriteStartObject("cumFeeDetail");
        if (order.CumExecQty != 0) json.WriteString("USDT", VenueJson.Trimmed(order.CumExecFee));
        json.WriteEndObject();
        json.WriteString("createType", order.CreateType);
        json.WriteString("parentOrderLinkId", order.ParentOrderLinkId);
    }

    private static void WriteExecution(Utf8JsonWriter json, VenueExecution execution)
    {
        ExecutionRow row = execution.Row;
        json.WriteString("symbol", row.Order.Symbol);
        json.WriteString("orderType", row.OrderType);
        json.WriteString("underlyingPrice", "");
        json.WriteString("orderLinkId", row.Order.OrderLinkId);
        json.WriteString("side", VenueJson.SideText(row.Order.Side));
        json.WriteString("indexPrice", "");
        json.WriteString("orderId", row.Order.OrderId);
        json.WriteString("stopOrderType", row.Order.StopOrderType.Length > 0 ? row.Order.StopOrderType : "UNKNOWN");
        json.WriteString("leavesQty", VenueJson.Trimmed(row.LeavesQty));
        json.WriteString("execTime", VenueJson.Millis(execution.TimeMillis));
        json.WriteString("feeCurrency", "USDT");
        json.WriteBoolean("isMaker", row.IsMaker);
        json.WriteString("execFee", VenueJson.Trimmed(row.Fee));
        json.WriteString("feeRate", VenueJson.Trimmed(row.FeeRate));
        json.WriteString("execId", row.ExecId);
        json.WriteString("tradeIv", "");
        json.WriteString("blockTradeId", "");
        json.WriteString("markPrice", execution.Mark is { } mark ? VenueJson.Trimmed(mark) : "");
        json.WriteString("execPrice", VenueJson.Trimmed(row.Price));
        json.WriteString("markIv", "");
        json.WriteString("orderQty", VenueJson.Trimmed(row.OrderQty));
        json.WriteString("orderPrice", VenueJson.Trimmed(row.OrderPrice));
        json.WriteString("execValue", VenueJson.Trimmed(row.Price * row.Qty));
        json.WriteString("execType", row.ExecType);
        json.WriteString("execQty", VenueJson.Trimmed(row.Qty));
        json.WriteString("closedSize", VenueJson.Trimmed(row.ClosedQty));
        json.WriteString("extraFees", "");
        json.WriteNumber("seq", execution.Sequence);
        json.WriteString("createType", row.Order.CreateType);
    }
}
