namespace LatencyEngine.Bybit;

/// <summary>The body of order create, amend or cancel (Bybit V5, 10.1 to 10.3), in the keys of the protocol. What is null is not sent. Numbers are the text that goes out.</summary>
public sealed record OrderCommand
{
    /// <summary>Always <c>linear</c>.</summary>
    public string Category { get; init; } = "linear";

    /// <summary>As the venue writes it.</summary>
    public required string Symbol { get; init; }

    /// <summary>The client's name of the order, at most 36 characters.</summary>
    public string? OrderLinkId { get; init; }

    /// <summary>The venue's name; counts before the client's.</summary>
    public string? OrderId { get; init; }

    /// <summary><c>Buy</c> or <c>Sell</c>; create only, as are the next two.</summary>
    public string? Side { get; init; }

    /// <summary><c>Limit</c> or <c>Market</c>.</summary>
    public string? OrderType { get; init; }

    /// <summary>For example <c>PostOnly</c>.</summary>
    public string? TimeInForce { get; init; }

    /// <summary>Quantity in base coin; in an amendment the new total.</summary>
    public string? Qty { get; init; }

    /// <summary>Limit price, USDT.</summary>
    public string? Price { get; init; }

    /// <summary>May only reduce a position; create only.</summary>
    public bool? ReduceOnly { get; init; }
}
