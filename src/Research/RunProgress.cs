using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.Research;

/// <summary>How far a run has come. Prices and quantities are of the first instrument.</summary>
public sealed record RunProgress
{
    /// <summary>Share of the recording done, 0 to 1.</summary>
    public required double Fraction { get; init; }

    /// <summary>Logic time reached.</summary>
    public required DateTime LogicUtc { get; init; }

    /// <summary>The first instrument.</summary>
    public required string Symbol { get; init; }

    /// <summary>Mid price, USDT; null while its book is unusable.</summary>
    public required decimal? Mid { get; init; }

    /// <summary>Best own bid; null without one.</summary>
    public required decimal? OwnBid { get; init; }

    /// <summary>Best own ask; null without one.</summary>
    public required decimal? OwnAsk { get; init; }

    /// <summary>Signed position, base coin.</summary>
    public required decimal PositionQty { get; init; }

    /// <summary>Wallet + unrealised, USDT.</summary>
    public required decimal Equity { get; init; }

    /// <summary>Maintenance margin over equity; at 1 positions are liquidated.</summary>
    public required decimal MarginRatio { get; init; }

    /// <summary>Requests sent so far.</summary>
    public required long Orders { get; init; }

    /// <summary>Orders that may be alive.</summary>
    public required int OpenOrders { get; init; }

    /// <summary>Executions so far.</summary>
    public required long Fills { get; init; }

    /// <summary>Whether the engine quotes, and if not, why.</summary>
    public required QuotingState State { get; init; }

    /// <summary>What holds an instrument's quotes back or further out while it does.</summary>
    public QuotesHeldBy HeldBy { get; init; }

    /// <summary>The three connections; empty in virtual time.</summary>
    public required IReadOnlyList<ConnectionProgress> Connections { get; init; }

    /// <summary>Latencies so far.</summary>
    public required IReadOnlyList<StageProgress> Stages { get; init; }

    /// <summary>Events that the engine has been given.</summary>
    public required long Events { get; init; }

    /// <summary>Threads in use; null in virtual time.</summary>
    public required string? Placement { get; init; }

    /// <summary>Liquidations and a thrown kill switch so far, oldest first: each report holds all of those before it.</summary>
    public IReadOnlyList<RunIncident> Incidents { get; init; } = [];

    /// <summary>The instruments after the first.</summary>
    public IReadOnlyList<LaneProgress> FurtherLanes { get; init; } = [];
}

/// <summary>One instrument of several.</summary>
/// <param name="Symbol">Its name.</param>
/// <param name="Mid">Mid price, USDT; null while its book is unusable.</param>
/// <param name="OwnBid">Best own bid; null without one.</param>
/// <param name="OwnAsk">Best own ask; null without one.</param>
/// <param name="PositionQty">Signed position, base coin.</param>
public readonly record struct LaneProgress(string Symbol, decimal? Mid, decimal? OwnBid, decimal? OwnAsk, decimal PositionQty);

/// <summary>One connection.</summary>
/// <param name="Channel">Which.</param>
/// <param name="Status">How it stands.</param>
public readonly record struct ConnectionProgress(VenueChannel Channel, ConnectionStatus Status);

/// <summary>The latencies of one stage so far.</summary>
/// <param name="Stage">Its name in the result.</param>
/// <param name="Count">Recordings.</param>
/// <param name="P50Nanos">Median, ns.</param>
/// <param name="P99Nanos">99th percentile, ns.</param>
public readonly record struct StageProgress(string Stage, long Count, long P50Nanos, long P99Nanos);
