using LatencyEngine.Model;

namespace LatencyEngine.Simulator;

/// <summary>One fill with its evidence and the account after it: a line of <c>trades.jsonl</c>. USDT and base coin; times in ns since 1970.</summary>
public sealed record FillRecord
{
    /// <summary>When it happened at the venue: recording time.</summary>
    public required long TimeNanos { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>Side of the order.</summary>
    public required Side Side { get; init; }

    /// <summary>Fill price; the order's own price for a maker fill.</summary>
    public required decimal Price { get; init; }

    /// <summary>Filled quantity.</summary>
    public required decimal Qty { get; init; }

    /// <summary>The venue's order id.</summary>
    public required string OrderId { get; init; }

    /// <summary>The client's order id, or empty.</summary>
    public required string OrderLinkId { get; init; }

    /// <summary>Id of the execution.</summary>
    public required string ExecId { get; init; }

    /// <summary><c>execType</c>: "Trade", or "BustTrade" for a liquidation, "AdlTrade" for auto-deleveraging.</summary>
    public required string ExecType { get; init; }

    /// <summary>True when a resting order was hit.</summary>
    public required bool IsMaker { get; init; }

    /// <summary>When the order took its place in the queue; for a taker fill, when it reached the venue.</summary>
    public required long PlacedAtNanos { get; init; }

    /// <summary><c>cts</c> of the book in which it took that place, ms since 1970: older trades count for nothing; 0 for a taker fill.</summary>
    public required long PlacedOnBookMillis { get; init; }

    /// <summary>Recorded quantity ahead when it took its place; 0 for a taker fill.</summary>
    public required decimal QueueAheadAtPlacement { get; init; }

    /// <summary>Filled from that place before this fill; 0 for a taker fill.</summary>
    public required decimal FilledBefore { get; init; }

    /// <summary>Recorded trades at or through the price since it took its place, oldest first, up to the one that filled it; empty for a taker fill.</summary>
    public required IReadOnlyList<TradePrint> Prints { get; init; }

    /// <summary>Fee, rounded half-even to 1e-8; negative is a rebate.</summary>
    public required decimal Fee { get; init; }

    /// <summary>The fee at VIP 0 rates, rounded alike.</summary>
    public required decimal FeeAtVip0 { get; init; }

    /// <summary>Signed position of the symbol after the fill.</summary>
    public required decimal PositionAfter { get; init; }

    /// <summary>Its average entry, 0 when flat.</summary>
    public required decimal AverageEntryAfter { get; init; }

    /// <summary>The account's realised profit before fees, cumulative.</summary>
    public required decimal RealisedGross { get; init; }

    /// <summary>The account's fees, cumulative.</summary>
    public required decimal Fees { get; init; }

    /// <summary>The account's funding received, cumulative.</summary>
    public required decimal Funding { get; init; }

    /// <summary>Wallet balance: start + realised - fees + funding.</summary>
    public required decimal Wallet { get; init; }
}
