using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>A row of <c>execution/list</c> (Bybit V5, 10.8). Prices and fees in USDT, quantities in base coin; 0 where the venue gives none.</summary>
public sealed record RestExecution
{
    /// <summary>Its one name: a fill is applied once by it.</summary>
    public string ExecId { get; init => field = value ?? ""; } = "";

    /// <summary><c>Trade</c>, <c>Funding</c>, <c>BustTrade</c>, or another.</summary>
    public string ExecType { get; init => field = value ?? ""; } = "";

    /// <summary>As the venue writes it.</summary>
    public string Symbol { get; init => field = value ?? ""; } = "";

    /// <summary><c>Buy</c> or <c>Sell</c>.</summary>
    public string Side { get; init => field = value ?? ""; } = "";

    /// <summary>The venue's name of the order.</summary>
    public string OrderId { get; init => field = value ?? ""; } = "";

    /// <summary>The client's name of the order; empty for none.</summary>
    public string OrderLinkId { get; init => field = value ?? ""; } = "";

    /// <summary>Price; of funding the mark price.</summary>
    public decimal ExecPrice { get; init; }

    /// <summary>Quantity; of funding the position.</summary>
    public decimal ExecQty { get; init; }

    /// <summary>Fee or funding; positive is paid.</summary>
    public decimal ExecFee { get; init; }

    /// <summary>What was still open of the order afterwards.</summary>
    public decimal LeavesQty { get; init; }

    /// <summary>It was resting.</summary>
    public bool IsMaker { get; init; }

    /// <summary>Cross sequence; 0 in rows of 2023.</summary>
    [JsonPropertyName("seq")]
    public long Sequence { get; init; }

    /// <summary>When it happened, ms since 1970.</summary>
    [JsonPropertyName("execTime")]
    public long ExecMillis { get; init; }
}
