using System.Globalization;
using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>An order-entry request read with System.Text.Json (Bybit V5, 8.1 and 10.1 to 10.3).</summary>
internal sealed class OrderRequest
{
    /// <summary>The operations of order entry; each has its own limit (Bybit V5, 17.4).</summary>
    public static readonly string[] Operations = ["order.create", "order.amend", "order.cancel", "order.create-batch", "order.amend-batch", "order.cancel-batch"];

    private const string BatchSuffix = "-batch";
    private const int ItemsMax = 20;        // Bybit V5, 8.4
    private const long RecvWindowMillisMax = 86_400_000;   // a day
    private const int ReqIdLengthMax = 36;  // Bybit V5, 8.1

    private static readonly string[] UnsupportedKeys =
        ["triggerPrice", "bboSideType", "slippageToleranceType", "rpiTakerAccess"];

    /// <summary>An order's stops cannot be amended.</summary>
    private static readonly string[] UnsupportedAmendKeys = ["takeProfit", "stopLoss", "tpslMode"];

    /// <summary>Why the request could not be read; null when it could.</summary>
    public Refusal? Fault { get; private set; }

    /// <summary>Null when none was sent; then none is echoed.</summary>
    public string? ReqId { get; private set; }

    public string Op { get; private set; } = "";

    public long? TimestampMillis { get; private set; }

    public long RecvWindowMillis { get; private set; } = 5_000;

    public string Category { get; private set; } = "";

    public string Symbol { get; private set; } = "";

    public string Side { get; private set; } = "";

    public string OrderType { get; private set; } = "";

    public string TimeInForce { get; private set; } = "";

    public string OrderId { get; private set; } = "";

    public string OrderLinkId { get; private set; } = "";

    public long PositionIdx { get; private set; }

    public bool ReduceOnly { get; private set; }

    public bool CloseOnTrigger { get; private set; }

    /// <summary>Take profit and stop loss of a new order.</summary>
    public TradingStopRequest Stops { get; private set; } = TradingStopRequest.None;

    /// <summary>Null when absent.</summary>
    public decimal? Price { get; private set; }

    /// <summary>Null when absent.</summary>
    public decimal? Qty { get; private set; }

    /// <summary>The orders of a batch, each of the single operation; empty for any other request.</summary>
    public IReadOnlyList<OrderRequest> Items { get; private set; } = [];

    /// <summary>Reads a request of the order-entry socket; what cannot be read is in <see cref="Fault"/>.</summary>
    public static OrderRequest Parse(ReadOnlyMemory<byte> bytes) => Reading(request =>
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        request.Read(document.RootElement);
    });

    /// <summary>Reads the body of a REST call (Bybit V5, 10.1 to 10.3, 10.5); what cannot be read is in <see cref="Fault"/>.</summary>
    /// <param name="op">The operation as the order-entry socket names it.</param>
    /// <param name="body">An object.</param>
    public static OrderRequest Of(string op, JsonElement body) => Reading(request =>
    {
        request.Op = op;
        request.ReadArgument(body);
    });

    private static OrderRequest Reading(Action<OrderRequest> read)
    {
        var request = new OrderRequest();
        try
        {
            read(request);
        }
        catch (JsonException)
        {
            request.Fault = new Refusal(10001, "Request parameter error: the text is not JSON");
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException or KeyNotFoundException)
        {
            request.Fault = new Refusal(10001, "Request parameter error");
        }

        return request;
    }

    private void Read(JsonElement root)
    {
        ReqId = root.TryGetProperty("reqId", out JsonElement reqId) ? Text(reqId) : null;
        Op = OptionalText(root, "op");
        if (root.TryGetProperty("header", out JsonElement header))
        {
            TimestampMillis = OptionalLong(header, "X-BAPI-TIMESTAMP");
            RecvWindowMillis = Math.Clamp(OptionalLong(header, "X-BAPI-RECV-WINDOW") ?? RecvWindowMillis, 0, RecvWindowMillisMax);
        }

        if (!Operations.Contains(Op))
        {
            Fault = new Refusal(10404, "op type is not found");
            return;
        }

        if (ReqId is { Length: > ReqIdLengthMax })
        {
            Fault = new Refusal(10001, $"params error: reqId is longer than {ReqIdLengthMax}");
            return;
        }

        JsonElement args = root.GetProperty("args");
        if (args.GetArrayLength() != 1)
        {
            Fault = new Refusal(10001, "Request parameter error: args must hold exactly one object");
            return;
        }

        ReadArgument(args[0]);
    }

    private void ReadArgument(JsonElement argument)
    {
        if (!Op.EndsWith(BatchSuffix, StringComparison.Ordinal))
        {
            ReadOrder(argument);
            return;
        }

        Category = OptionalText(argument, "category");
        JsonElement orders = argument.GetProperty("request");
        if (orders.GetArrayLength() is < 1 or > ItemsMax)
        {
            Fault = new Refusal(10001, $"Request parameter error: a batch must hold 1 to {ItemsMax} orders");
            return;
        }

        string op = Op[..^BatchSuffix.Length];
        Items =
        [
            .. orders.EnumerateArray().Select(order => Reading(item =>
            {
                (item.Op, item.Category) = (op, Category);
                item.ReadOrder(order);
            })),
        ];
    }

    private void ReadOrder(JsonElement order)
    {
        if (Category.Length == 0) Category = OptionalText(order, "category");   // an order of a batch has that of the batch
        Symbol = OptionalText(order, "symbol");
        Side = OptionalText(order, "side");
        OrderType = OptionalText(order, "orderType");
        TimeInForce = OptionalText(order, "timeInForce");
        OrderId = OptionalText(order, "orderId");
        OrderLinkId = OptionalText(order, "orderLinkId");
        PositionIdx = OptionalLong(order, "positionIdx") ?? 0;
        ReduceOnly = IsTrue(order, "reduceOnly");
        CloseOnTrigger = IsTrue(order, "closeOnTrigger");
        if (!TryNumber(order, "price", out decimal? price)) Fault = new Refusal(10001, "Price invalid");
        if (!TryNumber(order, "qty", out decimal? qty)) Fault = new Refusal(10001, "Qty invalid");
        Price = price;
        Qty = qty;

        if (Op == "order.create")
        {
            Stops = TradingStopRequest.Parse(order);
            Fault = Stops.Fault ?? Fault;
        }

        foreach (string key in Op == "order.amend" ? [.. UnsupportedKeys, .. UnsupportedAmendKeys] : UnsupportedKeys)
        {
            if (OptionalText(order, key) is not ("" or "0" or "false")) Fault = new Refusal(10001, $"params error: {key} is not offered by the dry-run venue");
        }
    }

    private static bool IsTrue(JsonElement owner, string key) => OptionalText(owner, key) == "true";

    internal static long? OptionalLong(JsonElement owner, string key) =>
        OptionalText(owner, key) is { Length: > 0 } text ? long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;

    internal static bool TryNumber(JsonElement owner, string key, out decimal? number)
    {
        number = null;
        string text = OptionalText(owner, key);
        if (text.Length == 0) return true;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal value)) return false;
        number = value;
        return true;
    }

    internal static string OptionalText(JsonElement owner, string key) => owner.TryGetProperty(key, out JsonElement value) ? Text(value) : "";

    /// <summary>Clients send numbers and booleans also as strings, and the other way round.</summary>
    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "",
        _ => throw new FormatException("a plain value was wanted"),
    };
}
