using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>The venue's REST calls: look-ups as a function of the venue's state, and the cancelling of orders without a socket (Bybit V5, 9.2, 10.4, 10.6, 10.8, 13.3).</summary>
/// <remarks>For the thread that owns the venue, apart from the static members. <see cref="Answer"/> changes nothing. It allocates.</remarks>
public sealed class VenueRest
{
    /// <summary>The venue's time; public.</summary>
    public const string TimePath = "/v5/market/time";

    /// <summary>Open and recently closed orders; signed.</summary>
    public const string OrdersPath = "/v5/order/realtime";

    /// <summary>Executions; signed.</summary>
    public const string ExecutionsPath = "/v5/execution/list";

    /// <summary>Cancels every open order of a symbol or a settle coin; signed, POST.</summary>
    public const string CancelAllPath = "/v5/order/cancel-all";

    private const int OrdersLimit = 20;
    private const int OrdersLimitMax = 50;
    private const int ExecutionsLimit = 50;
    private const int ExecutionsLimitMax = 100;
    private const int ClosedOrdersMax = 500;                        // Bybit V5, 10.6
    private const long TimeMillisMax = long.MaxValue / 1_000_000;   // what nanoseconds can hold
    private const long WindowMillis = 7L * 24 * 60 * 60 * 1_000;    // Bybit V5, 10.8

    private readonly Venue _venue;

    /// <summary>Look-ups over a venue.</summary>
    public VenueRest(Venue venue)
    {
        ArgumentNullException.ThrowIfNull(venue);
        _venue = venue;
    }

    /// <summary>Whether a GET of a path is answered at all; another one is HTTP 404.</summary>
    public static bool Serves(string path) => path is TimePath or OrdersPath or ExecutionsPath;

    /// <summary>The answer to a GET.</summary>
    /// <param name="uid">The account whose key signed it.</param>
    /// <param name="path">One of the paths of this class.</param>
    /// <param name="query">The raw query, without its question mark.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <returns>The body in V5's envelope, UTF-8; a refusal has its code and text there, an unknown path 10017.</returns>
    public byte[] Answer(long uid, string path, string query, long nowNanos)
    {
        ArgumentNullException.ThrowIfNull(query);
        return path switch
        {
            TimePath => Time(nowNanos),
            OrdersPath => Orders(_venue.Account(uid), Parse(query), nowNanos),
            ExecutionsPath => Executions(_venue.Account(uid), Parse(query), nowNanos),
            _ => Refused(new Refusal(10017, "Route not found."), nowNanos),
        };
    }

    /// <summary>Carries out a POST to <see cref="CancelAllPath"/> (Bybit V5, 10.4): the named symbol's orders, or all when their settle coin is named.</summary>
    /// <param name="uid">The account whose key signed it.</param>
    /// <param name="body">The raw body.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    /// <param name="output">Receives the account's messages in the order sent.</param>
    /// <returns>The body in V5's envelope, UTF-8, with the ids of what was cancelled; a refusal has its code and text there, and nothing was cancelled.</returns>
    public byte[] CancelAll(long uid, ReadOnlyMemory<byte> body, long nowNanos, List<VenueMessage> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (ParseBody(body) is not { } fields) return Refused(new Refusal(10001, "Request parameter error"), nowNanos);
        string symbol = fields.GetValueOrDefault("symbol", "");
        string filter = fields.GetValueOrDefault("orderFilter", "Order");
        Refusal? refusal = CheckScope(fields)
            ?? (symbol.Length == 0 && !fields.ContainsKey("settleCoin") ? new Refusal(10001, "params error: symbol or settleCoin is required")
                : symbol.Length > 0 && !_venue.Trades(symbol) ? new Refusal(10001, "symbol params err")
                : filter is not ("Order" or "OpenOrder" or "StopOrder") ? new Refusal(10001, "params error: orderFilter invalid")
                : null);
        if (refusal is not null) return Refused(refusal, nowNanos);

        // The symbol counts before the coin, and conditional orders are not offered here.
        bool matches = filter != "StopOrder" && (symbol.Length > 0 || IsSettledHere(fields));
        List<VenueOrder> cancelled = matches ? [.. _venue.CancelAll(_venue.Account(uid), symbol.Length > 0 ? symbol : null, nowNanos, output)] : [];
        return Envelope(new Refusal(0, "OK"), nowNanos, json =>
        {
            WriteRows(json, cancelled, (row, order) =>
            {
                row.WriteString("orderId", order.OrderId);
                row.WriteString("orderLinkId", order.OrderLinkId);
            });
            json.WriteString("success", "1");
        });
    }

    /// <summary>The answer to <see cref="TimePath"/>, which needs no venue. Any thread.</summary>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    public static byte[] Time(long nowNanos)
    {
        const long NanosPerSecond = 1_000_000_000;
        return Envelope(new Refusal(0, "OK"), nowNanos, json =>
        {
            json.WriteString("timeSecond", Text(nowNanos / NanosPerSecond));
            json.WriteString("timeNano", Text(nowNanos));
        });
    }

    /// <summary>A refusal in V5's envelope: an empty result. Any thread.</summary>
    internal static byte[] Refused(Refusal refusal, long nowNanos) => Envelope(refusal, nowNanos, _ => { });

    private static byte[] Orders(VenueAccount account, Dictionary<string, string> query, long nowNanos)
    {
        if ((CheckScope(query) ?? CheckNumber(query, "limit", 1, OrdersLimitMax) ?? CheckNumber(query, "openOnly", 0, 1)) is { } refusal) return Refused(refusal, nowNanos);
        string orderId = query.GetValueOrDefault("orderId", "");
        string linkId = query.GetValueOrDefault("orderLinkId", "");
        string symbol = query.GetValueOrDefault("symbol", "");
        bool byId = orderId.Length > 0 || linkId.Length > 0;
        if (!byId && symbol.Length == 0 && !query.ContainsKey("settleCoin"))
        {
            return Refused(new Refusal(10001, "params error: symbol, settleCoin, orderId or orderLinkId is required"), nowNanos);
        }

        bool closed = Number(query, "openOnly", 0) == 1;
        IEnumerable<VenueOrder> found = NewestFirst(account.Orders).Where(order =>
            (symbol.Length == 0 || order.Symbol == symbol)
            && IsSettledHere(query)
            && (orderId.Length > 0 ? order.OrderId == orderId : linkId.Length > 0 ? order.OrderLinkId == linkId : order.IsOpen != closed));
        if (!byId && closed) found = found.Take(ClosedOrdersMax);
        if (!TryPage(account.Orders, found, order => order.OrderId, query, OrdersLimit, out List<VenueOrder> page, out string nextCursor))
        {
            return Refused(new Refusal(10001, "params error: cursor is invalid"), nowNanos);
        }

        return Envelope(new Refusal(0, "OK"), nowNanos, json =>
        {
            WriteRows(json, page, WriteOrder);
            json.WriteString("nextPageCursor", nextCursor);
            json.WriteString("category", "linear");
        });
    }

    private static byte[] Executions(VenueAccount account, Dictionary<string, string> query, long nowNanos)
    {
        Refusal? refusal = CheckScope(query)
            ?? CheckNumber(query, "limit", 1, ExecutionsLimitMax)
            ?? CheckNumber(query, "startTime", 0, TimeMillisMax)
            ?? CheckNumber(query, "endTime", 0, TimeMillisMax);
        if (refusal is not null) return Refused(refusal, nowNanos);

        long end = query.ContainsKey("endTime") ? Number(query, "endTime", 0)
            : query.ContainsKey("startTime") ? Number(query, "startTime", 0) + WindowMillis
            : nowNanos / Venue.NanosPerMilli;
        long start = Number(query, "startTime", end - WindowMillis);
        if (start > end || end - start > WindowMillis) return Refused(new Refusal(10001, "params error: startTime and endTime must be in order and within 7 days"), nowNanos);

        IEnumerable<VenueExecution> found = NewestFirst(account.Executions).Where(execution =>
            execution.TimeMillis >= start
            && execution.TimeMillis <= end
            && IsSettledHere(query)
            && IsAsked(query, "symbol", execution.Row.Order.Symbol)
            && IsAsked(query, "orderId", execution.Row.Order.OrderId)
            && IsAsked(query, "orderLinkId", execution.Row.Order.OrderLinkId)
            && IsAsked(query, "execType", execution.Row.ExecType));
        if (!TryPage(account.Executions, found, execution => execution.Row.ExecId, query, ExecutionsLimit, out List<VenueExecution> page, out string nextCursor))
        {
            return Refused(new Refusal(10001, "params error: cursor is invalid"), nowNanos);
        }

        return Envelope(new Refusal(0, "OK"), nowNanos, json =>
        {
            json.WriteString("nextPageCursor", nextCursor);
            json.WriteString("category", "linear");
            WriteRows(json, page, WriteExecution);
        });
    }

    /// <summary>Every instrument here settles in USDT.</summary>
    private static bool IsSettledHere(Dictionary<string, string> query) => IsAsked(query, "settleCoin", "USDT");

    private static bool IsAsked(Dictionary<string, string> query, string key, string value) => query.GetValueOrDefault(key, value) == value;

    private static Refusal? CheckScope(Dictionary<string, string> query) =>
        query.GetValueOrDefault("category") != "linear" ? new Refusal(10001, "Illegal category")
        : query.ContainsKey("baseCoin") ? new Refusal(10001, "params error: baseCoin is not offered by the dry-run venue")
        : null;

    private static Refusal? CheckNumber(Dictionary<string, string> query, string key, long least, long most) =>
        !query.TryGetValue(key, out string? text)
        || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most)
            ? null
            : new Refusal(10001, $"params error: {key} invalid");

    private static long Number(Dictionary<string, string> query, string key, long otherwise) =>
        query.TryGetValue(key, out string? text) ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;

    private static IEnumerable<T> NewestFirst<T>(IReadOnlyList<T> rows)
    {
        for (int i = rows.Count - 1; i >= 0; i--) yield return rows[i];
    }

    /// <summary>One page of what was found. A cursor is the id of the last row of the page before, which stays valid whatever happens to that row (Bybit V5, 9.3).</summary>
    private static bool TryPage<T>(
        IReadOnlyList<T> all,
        IEnumerable<T> found,
        Func<T, string> idOf,
        Dictionary<string, string> query,
        int defaultLimit,
        out List<T> page,
        out string nextCursor)
    {
        (page, nextCursor) = ([], "");
        string cursor = query.GetValueOrDefault("cursor", "");
        if (cursor.Length > 0)
        {
            if (!all.Any(row => idOf(row) == cursor)) return false;
            HashSet<string> passed = [.. NewestFirst(all).Select(idOf).TakeWhile(id => id != cursor), cursor];
            found = found.Where(row => !passed.Contains(idOf(row)));
        }

        int limit = (int)Number(query, "limit", defaultLimit);
        page.AddRange(found.Take(limit + 1));
        if (page.Count <= limit) return true;
        page.RemoveAt(limit);
        nextCursor = idOf(page[^1]);
        return true;
    }

    private static void WriteRows<T>(Utf8JsonWriter json, List<T> rows, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray("list");
        foreach (T row in rows)
        {
            json.WriteStartObject();
            write(json, row);
            json.WriteEndObject();
        }

        json.WriteEndArray();
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
        json.WriteString("stopOrderType", "UNKNOWN");
        json.WriteString("orderIv", "");
        json.WriteString("triggerPrice", "");
        json.WriteString("takeProfit", "");
        json.WriteString("stopLoss", "");
        json.WriteString("tpTriggerBy", "");
        json.WriteString("slTriggerBy", "");
        json.WriteNumber("triggerDirection", 0);
        json.WriteString("triggerBy", "UNKNOWN");
        json.WriteString("lastPriceOnCreated", order.LastPriceOnCreated is { } last ? VenueJson.Trimmed(last) : "");
        json.WriteBoolean("reduceOnly", order.ReduceOnly);
        json.WriteBoolean("closeOnTrigger", false);
        json.WriteString("smpType", "None");
        json.WriteNumber("smpGroup", 0);
        json.WriteString("smpOrderId", "");
        json.WriteString("createdTime", VenueJson.Millis(order.CreatedAtNanos / Venue.NanosPerMilli));
        json.WriteString("updatedTime", VenueJson.Millis(order.UpdatedAtNanos / Venue.NanosPerMilli));
        json.WriteString("placeType", "");
        json.WriteString("tpslMode", "UNKNOWN");
        json.WriteString("tpLimitPrice", "0");
        json.WriteString("slLimitPrice", "0");
        json.WriteStartObject("cumFeeDetail");
        if (order.CumExecQty != 0) json.WriteString("USDT", VenueJson.Trimmed(order.CumExecFee));
        json.WriteEndObject();
        json.WriteString("createType", order.CreateType);
        json.WriteString("parentOrderLinkId", "");
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
        json.WriteString("stopOrderType", "UNKNOWN");
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

    private static byte[] Envelope(Refusal outcome, long nowNanos, Action<Utf8JsonWriter> result) => CompactJson.Object(json =>
    {
        json.WriteNumber("retCode", outcome.Code);
        json.WriteString("retMsg", outcome.Text);
        json.WriteStartObject("result");
        result(json);
        json.WriteEndObject();
        json.WriteStartObject("retExtInfo");
        json.WriteEndObject();
        json.WriteNumber("time", nowNanos / Venue.NanosPerMilli);
    });

    private static Dictionary<string, string> Parse(string query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] halves = pair.Split('=', 2);
            string value = halves.Length == 2 ? Uri.UnescapeDataString(halves[1]) : "";
            if (value.Length > 0) parameters[Uri.UnescapeDataString(halves[0])] = value;
        }

        return parameters;
    }

    /// <summary>The members of a JSON object as text; empty ones count as not sent, as in a query. Null when the text is not such an object.</summary>
    private static Dictionary<string, string>? ParseBody(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.EnumerateObject()
                .Select(member => (member.Name, Text: member.Value.ToString()))
                .Where(member => member.Text.Length > 0)
                .GroupBy(member => member.Name, StringComparer.Ordinal)
                .ToDictionary(members => members.Key, members => members.Last().Text, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
