using LatencyEngine.Model;

namespace LatencyEngine.History;

/// <summary>A directional trade as it is kept: money as decimals, written as text (docs/decisions/0029-history-in-sqlite.md).</summary>
public sealed record HistoryTrade
{
    /// <summary>Name of the trade, unique in a history.</summary>
    public required string Id { get; init; }

    /// <summary>Instrument.</summary>
    public required string Symbol { get; init; }

    /// <summary>What asked for it, for example <c>hybrid</c>.</summary>
    public required string Setup { get; init; }

    /// <summary>Which way it opened.</summary>
    public required Side Side { get; init; }

    /// <summary>Base coin, without sign.</summary>
    public required decimal Qty { get; init; }

    /// <summary>When it was opened, ms since 1970; until then when it was asked for.</summary>
    public required long OpenedMillis { get; init; }

    /// <summary>Entry price, quote coin; null while nothing of it is held.</summary>
    public decimal? EntryPrice { get; init; }

    /// <summary>Mark price at which it is closed; null for none.</summary>
    public decimal? StopPrice { get; init; }

    /// <summary>Price at which it has paid; null for none.</summary>
    public decimal? TargetPrice { get; init; }

    /// <summary>When it was closed, ms since 1970; null while it is open.</summary>
    public long? ClosedMillis { get; init; }

    /// <summary>Average exit price; null while it is open.</summary>
    public decimal? ExitPrice { get; init; }

    /// <summary>Fees of both sides so far, quote coin.</summary>
    public decimal FeesUsdt { get; init; }

    /// <summary>What it brought after fees, quote coin; null while it is open.</summary>
    public decimal? PnlUsdt { get; init; }

    /// <summary>Why it was closed; null while it is open.</summary>
    public string? ExitReason { get; init; }
}
