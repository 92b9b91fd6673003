using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>A row of <c>position/list</c> (Bybit V5, 11.1). Money in USDT, sizes in base coin; 0 where the venue gives none.</summary>
public sealed record RestPosition
{
    /// <summary>As the venue writes it.</summary>
    public string Symbol { get; init => field = value ?? ""; } = "";

    /// <summary>0 in one-way mode, 1 and 2 for the two sides of hedge mode; null where the venue gives none.</summary>
    public int? PositionIdx { get; init; }

    /// <summary><c>Buy</c>, <c>Sell</c>, or empty when flat.</summary>
    public string Side { get; init => field = value ?? ""; } = "";

    /// <summary>Size without sign.</summary>
    public decimal Size { get; init; }

    /// <summary>Size with the sign of its side: negative is short.</summary>
    [JsonIgnore]
    public decimal SignedSize => Side == "Sell" ? -Size : Size;

    /// <summary>Average entry price.</summary>
    public decimal AvgPrice { get; init; }

    /// <summary>Value at entry.</summary>
    public decimal PositionValue { get; init; }

    /// <summary><c>Normal</c>, <c>Liq</c>, <c>Adl</c>, or a word of tomorrow.</summary>
    public string PositionStatus { get; init => field = value ?? ""; } = "";

    /// <summary>Leverage; 0 under portfolio margin.</summary>
    public decimal Leverage { get; init; }

    /// <summary>Mark price.</summary>
    public decimal MarkPrice { get; init; }

    /// <summary>Liquidation price; 0 for none.</summary>
    public decimal LiqPrice { get; init; }

    /// <summary>Number of the tier.</summary>
    public int RiskId { get; init; }

    /// <summary>Largest position value of the tier.</summary>
    public decimal RiskLimitValue { get; init; }

    /// <summary>The venue takes only orders that reduce.</summary>
    public bool IsReduceOnly { get; init; }

    /// <summary>Profit or loss at the mark price.</summary>
    public decimal UnrealisedPnl { get; init; }

    /// <summary>Cross sequence.</summary>
    [JsonPropertyName("seq")]
    public long Sequence { get; init; }

    /// <summary>Last change, ms since 1970.</summary>
    [JsonPropertyName("updatedTime")]
    public long UpdatedMillis { get; init; }
}
