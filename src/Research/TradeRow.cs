using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>One execution of a run with the evidence for it and the account right after it: a line of <c>trades.jsonl</c>. Prices and money in USDT, quantities in base coin, times in nanoseconds since 1970-01-01 UTC of logic time.</summary>
public sealed record TradeRow
{
    /// <summary>Instrument.</summary>
    public required string Symbol { get; init; }

    /// <summary>The venue's execution type: <c>Trade</c>, or <c>BustTrade</c> for a liquidation.</summary>
    public required string ExecType { get; init; }

    /// <summary>Side of the own order: <c>Buy</c> or <c>Sell</c>.</summary>
    public required string Side { get; init; }

    /// <summary>True when the own order rested.</summary>
    public required bool IsMaker { get; init; }

    /// <summary>Execution price.</summary>
    public required decimal Price { get; init; }

    /// <summary>Executed quantity, positive.</summary>
    public required decimal Qty { get; init; }

    /// <summary>Price times quantity.</summary>
    public required decimal Value { get; init; }

    /// <summary>Fee paid at the run's tier; negative is a rebate.</summary>
    public required decimal Fee { get; init; }

    /// <summary>Fee of the same execution at VIP 0 rates.</summary>
    public required decimal FeeAtVip0 { get; init; }

    /// <summary>The venue's order id.</summary>
    public required string OrderId { get; init; }

    /// <summary>The engine's order id; empty for a liquidation.</summary>
    public required string OrderLinkId { get; init; }

    /// <summary>The venue's execution id.</summary>
    public required string ExecId { get; init; }

    /// <summary>When the execution happened at the venue.</summary>
    public required long ExecutedAtNanos { get; init; }

    /// <summary>When the order joined its queue; null for an execution that never queued (taker, liquidation).</summary>
    public required long? PlacedAtNanos { get; init; }

    /// <summary>Match time (<c>cts</c>, ms since 1970) of the book in which it joined: older prints do not count; null for an execution that never queued.</summary>
    public required long? PlacedOnBookMillis { get; init; }

    /// <summary>Quantity ahead of the order when it joined; null for an execution that never queued.</summary>
    public required decimal? QueueAheadAtPlacement { get; init; }

    /// <summary>Quantity of the same order executed before this execution.</summary>
    public required decimal FilledBefore { get; init; }

    /// <summary>The recorded trades since placement that worked off the queue and filled the order, oldest first; empty for an execution that never queued.</summary>
    public required IReadOnlyList<TradePrint> Prints { get; init; }

    /// <summary>Signed position after this execution.</summary>
    public required decimal PositionAfter { get; init; }

    /// <summary>Average entry price after this execution; 0 when flat.</summary>
    public required decimal AverageEntryAfter { get; init; }

    /// <summary>Realised P&amp;L before fees, summed up to and with this execution.</summary>
    public required decimal RealisedPnlAfter { get; init; }

    /// <summary>Fees summed up to and with this execution.</summary>
    public required decimal FeesAfter { get; init; }

    /// <summary>Wallet balance after this execution.</summary>
    public required decimal WalletAfter { get; init; }
}
