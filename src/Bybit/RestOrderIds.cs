namespace LatencyEngine.Bybit;

/// <summary>The names of an order in the answer to a command (Bybit V5, 10.1 to 10.4).</summary>
public sealed record RestOrderIds
{
    /// <summary>The venue's.</summary>
    public string OrderId { get; init => field = value ?? ""; } = "";

    /// <summary>The client's; empty for none.</summary>
    public string OrderLinkId { get; init => field = value ?? ""; } = "";
}
