using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>A row of <c>market/tickers</c> (Bybit V5, 13). Prices in USDT, sizes in base coin; 0 where the venue gives none.</summary>
public sealed record RestTicker
{
    /// <summary>As the venue writes it.</summary>
    public string Symbol { get; init => field = value ?? ""; } = "";

    /// <summary>Last traded price.</summary>
    public decimal LastPrice { get; init; }

    /// <summary>Price by which positions are valued and liquidated.</summary>
    public decimal MarkPrice { get; init; }

    /// <summary>Price of the index.</summary>
    public decimal IndexPrice { get; init; }

    /// <summary>Best price to sell at.</summary>
    public decimal Bid1Price { get; init; }

    /// <summary>Quantity there.</summary>
    public decimal Bid1Size { get; init; }

    /// <summary>Best price to buy at.</summary>
    public decimal Ask1Price { get; init; }

    /// <summary>Quantity there.</summary>
    public decimal Ask1Size { get; init; }

    /// <summary>Predicted funding rate, a fraction.</summary>
    public decimal FundingRate { get; init; }

    /// <summary>When it is paid next, ms since 1970.</summary>
    [JsonPropertyName("nextFundingTime")]
    public long NextFundingMillis { get; init; }
}
