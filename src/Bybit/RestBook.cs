using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>The answer of <c>market/orderbook</c> (Bybit V5, 13): best levels first, each a price in USDT and a quantity in base coin.</summary>
public sealed record RestBook
{
    /// <summary>As the venue writes it.</summary>
    [JsonPropertyName("s")]
    public string Symbol { get; init => field = value ?? ""; } = "";

    /// <summary>Levels to sell at, falling.</summary>
    [JsonPropertyName("b")]
    public IReadOnlyList<decimal[]> Bids { get; init => field = value ?? []; } = [];

    /// <summary>Levels to buy at, rising.</summary>
    [JsonPropertyName("a")]
    public IReadOnlyList<decimal[]> Asks { get; init => field = value ?? []; } = [];

    /// <summary>Update id of the topic of 1,000 levels.</summary>
    [JsonPropertyName("u")]
    public long UpdateId { get; init; }

    /// <summary>Cross sequence.</summary>
    [JsonPropertyName("seq")]
    public long Sequence { get; init; }

    /// <summary>When the venue wrote the answer, ms since 1970.</summary>
    [JsonPropertyName("ts")]
    public long PushedMillis { get; init; }

    /// <summary>When the matching engine made it, ms since 1970.</summary>
    [JsonPropertyName("cts")]
    public long MatchedMillis { get; init; }
}
