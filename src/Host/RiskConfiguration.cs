namespace LatencyEngine.Host;

/// <summary>Section <c>risk</c>.</summary>
public sealed record RiskConfiguration
{
    /// <summary>A book older than this is not quoted from; 1 to 60,000.</summary>
    public required int MarketDataAgeMaxMilliseconds { get; init; }

    /// <summary>No quotes while the tickers topic, which carries the mark price, has been silent for longer; 1 to 60,000. A market without that topic is quoted with the mid as its mark.</summary>
    public required int MarkPriceAgeMaxMilliseconds { get; init; }

    /// <summary>No quotes on a book that was made further than this from the present on the engine's clock, before or behind; 1 to 60,000.</summary>
    public required int FeedLagMaxMilliseconds { get; init; }

    /// <summary>No quotes while the order stream has not shown the effect of an accepted request for longer; 1 to 60,000.</summary>
    public required int OrderStreamDelayMaxMilliseconds { get; init; }

    /// <summary>The public connection may be away for so long before a live run asks for books and mark prices by REST, to close positions by; 1 to 60,000.</summary>
    public required int PollMarketAfterMilliseconds { get; init; }

    /// <summary>Largest order value; above 0, at most 1,000,000,000.</summary>
    public required decimal OrderNotionalMaxUsdt { get; init; }

    /// <summary>Open orders of one instrument, 1 to 500 (Bybit V5, 14.9).</summary>
    public required int OpenOrdersMax { get; init; }

    /// <summary>An order's largest distance from the mid, as a fraction of it; above 0, below 1.</summary>
    public required decimal PriceCollarFraction { get; init; }

    /// <summary>Isolated margin: adverse move of the mark price that a position with every open order filled has to survive, as a fraction of it.</summary>
    public required decimal IsolatedJumpFraction { get; init; }

    /// <summary>The same in cross margin, where a move that is not survived costs the whole balance.</summary>
    public required decimal CrossJumpFraction { get; init; }

    /// <summary>Largest part of the balance that positions and open orders may bind as margin.</summary>
    public required decimal ExposureMaxFraction { get; init; }

    /// <summary>Share of the way from entry to liquidation from which on nothing is added to a position; at 1 only the adverse jump holds back.</summary>
    public required decimal LiquidationGuardHoldShare { get; init; }

    /// <summary>Share of the way from entry to liquidation from which on a position is cut; above 0, at most 1, where it never is.</summary>
    public required decimal LiquidationGuardShare { get; init; }

    /// <summary>Share of the position that a cut takes; above 0, at most 1. It is repeated as long as too much of the way is used up.</summary>
    public required decimal LiquidationGuardCutFraction { get; init; }

    /// <summary>A cut first rests at the touch for so long, and then takes what the book has; 0 to 60,000.</summary>
    public required int LiquidationGuardPassiveMilliseconds { get; init; }

    /// <summary>How long nothing is added to a position after a cut has begun, s.</summary>
    public required int LiquidationGuardPauseSeconds { get; init; }
}
