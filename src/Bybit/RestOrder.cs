using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>A row of <c>order/realtime</c> (Bybit V5, 10.6). Prices in USDT, quantities in base coin; 0 where the venue gives none.</summary>
public sealed record RestOrder
{
    /// <summary>The venue's name of it.</summary>
    public string OrderId { get; init => field = value ?? ""; } = "";

    /// <summary>The client's name of it; empty for none.</summary>
    public string OrderLinkId { get; init => field = value ?? ""; } = "";

    /// <summary>As the venue writes it.</summary>
    public string Symbol { get; init => field = value ?? ""; } = "";

    /// <summary><c>Buy</c> or <c>Sell</c>.</summary>
    public string Side { get; init => field = value ?? ""; } = "";

    /// <summary>Limit price.</summary>
    public decimal Price { get; init; }

    /// <summary>Quantity in all.</summary>
    public decimal Qty { get; init; }

    /// <summary>Quantity still open.</summary>
    public decimal LeavesQty { get; init; }

    /// <summary>Quantity filled.</summary>
    public decimal CumExecQty { get; init; }

    /// <summary>Average price of the fills.</summary>
    public decimal AvgPrice { get; init; }

    /// <summary>For example <c>New</c>, <c>Filled</c>, or a word of tomorrow.</summary>
    public string OrderStatus { get; init => field = value ?? ""; } = "";

    /// <summary>Why it was rejected or cancelled.</summary>
    public string RejectReason { get; init => field = value ?? ""; } = "";

    /// <summary><c>Limit</c> or <c>Market</c>.</summary>
    public string OrderType { get; init => field = value ?? ""; } = "";

    /// <summary>For example <c>PostOnly</c>.</summary>
    public string TimeInForce { get; init => field = value ?? ""; } = "";

    /// <summary>Kind of a conditional order; empty or <c>UNKNOWN</c> for any other.</summary>
    public string StopOrderType { get; init => field = value ?? ""; } = "";

    /// <summary>It waits for a price instead of resting in the book, as a stop-loss does.</summary>
    [JsonIgnore]
    public bool IsConditional => StopOrderType is not ("" or "UNKNOWN");

    /// <summary>0 in one-way mode.</summary>
    public int PositionIdx { get; init; }

    /// <summary>May only reduce a position.</summary>
    public bool ReduceOnly { get; init; }

    /// <summary>When it was made, ms since 1970.</summary>
    [JsonPropertyName("createdTime")]
    public long CreatedMillis { get; init; }

    /// <summary>Last change, ms since 1970.</summary>
    [JsonPropertyName("updatedTime")]
    public long UpdatedMillis { get; init; }
}
