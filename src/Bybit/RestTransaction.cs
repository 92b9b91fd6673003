using System.Text.Json.Serialization;

namespace LatencyEngine.Bybit;

/// <summary>A row of the transaction log (Bybit V5, 12.5): what has moved the wallet.</summary>
public sealed record RestTransaction
{
    /// <summary>For example <c>TRADE</c>, <c>SETTLEMENT</c>, <c>TRANSFER_IN</c>, or a word of tomorrow.</summary>
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>The contract that it is of; empty for money alone.</summary>
    public string Symbol { get; init => field = value ?? ""; } = "";

    /// <summary>By how much, fees and funding included.</summary>
    public decimal Change { get; init; }

    /// <summary>When, ms since 1970.</summary>
    [JsonPropertyName("transactionTime")]
    public long TimeMillis { get; init; }

    /// <summary>Money brought in or taken out, which is no result.</summary>
    [JsonIgnore]
    public bool IsTransfer => Type is "TRANSFER_IN" or "TRANSFER_OUT";
}
