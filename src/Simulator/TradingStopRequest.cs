using System.Text.Json;

namespace LatencyEngine.Simulator;

/// <summary>Take profit and stop loss as a client asks for them, on a position (Bybit V5, 11.4) or with an order (10.1): for the whole position, at the market.</summary>
internal sealed class TradingStopRequest
{
    /// <summary>What is not offered, and its values that ask for nothing.</summary>
    private static readonly (string Key, string[] Harmless)[] Unsupported =
    [
        ("trailingStop", ["", "0"]),
        ("activePrice", ["", "0"]),
        ("tpSize", ["", "0"]),
        ("slSize", ["", "0"]),
        ("tpLimitPrice", ["", "0"]),
        ("slLimitPrice", ["", "0"]),
        ("tpOrderType", ["", "Market"]),
        ("slOrderType", ["", "Market"]),
    ];

    private TradingStopRequest()
    {
    }

    /// <summary>Nothing is asked for.</summary>
    public static TradingStopRequest None { get; } = new();

    /// <summary>Why the request could not be read; null when it could.</summary>
    public Refusal? Fault { get; private set; }

    public string Category { get; private set; } = "";

    public string Symbol { get; private set; } = "";

    public long PositionIdx { get; private set; }

    /// <summary>Where to take profit: null when not said, price 0 to remove it.</summary>
    public StopLevel? TakeProfit { get; private set; }

    /// <summary>Where to stop the loss: null when not said, price 0 to remove it.</summary>
    public StopLevel? StopLoss { get; private set; }

    /// <summary>Reads a request's body; what cannot be read or is not offered is in <see cref="Fault"/>.</summary>
    public static TradingStopRequest Parse(JsonElement body)
    {
        var request = new TradingStopRequest();
        try
        {
            request.Read(body);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException)
        {
            request.Fault = new Refusal(10001, "Request parameter error");
        }

        return request;
    }

    private void Read(JsonElement body)
    {
        Category = OrderRequest.OptionalText(body, "category");
        Symbol = OrderRequest.OptionalText(body, "symbol");
        PositionIdx = OrderRequest.OptionalLong(body, "positionIdx") ?? 0;
        TakeProfit = ReadLevel(body, "takeProfit", "tpTriggerBy");
        StopLoss = ReadLevel(body, "stopLoss", "slTriggerBy");
        string mode = OrderRequest.OptionalText(body, "tpslMode");
        if (mode == "Partial") Fault = NotOffered("tpslMode", mode);
        else if (mode is not ("" or "Full" or "UNKNOWN")) Fault = new Refusal(10001, "params error: tpslMode invalid");
        foreach ((string key, string[] harmless) in Unsupported)
        {
            string value = OrderRequest.OptionalText(body, key);
            if (!harmless.Contains(value)) Fault ??= NotOffered(key, value);   // the mode first: it is why the others were sent
        }
    }

    private static Refusal NotOffered(string key, string value) => new(10001, $"params error: {key} {value} is not offered by the dry-run venue");

    private StopLevel? ReadLevel(JsonElement body, string key, string triggerKey)
    {
        if (!OrderRequest.TryNumber(body, key, out decimal? price) || price < 0) Fault = new Refusal(10001, $"params error: {key} invalid");
        string text = OrderRequest.OptionalText(body, triggerKey);
        TriggerBy by = text switch
        {
            "" or "LastPrice" => TriggerBy.LastPrice,
            "MarkPrice" => TriggerBy.MarkPrice,
            "IndexPrice" => TriggerBy.IndexPrice,
            _ => TriggerBy.Unset,
        };
        if (by == TriggerBy.Unset) Fault = new Refusal(10001, $"params error: {triggerKey} invalid");
        return price is { } level ? new StopLevel(level, by) : null;
    }
}
