namespace LatencyEngine.Host;

/// <summary>Section <c>venue</c>: the dry-run venue.</summary>
public sealed record VenueConfiguration
{
    /// <summary>Leverage of every position, 1 to 100 in steps of 0.01.</summary>
    public required decimal Leverage { get; init; }

    /// <summary>Wallet at the start; 0.01 to 1,000,000,000, at most 8 decimals.</summary>
    public required decimal StartBalanceUsdt { get; init; }

    /// <summary>Fee tier by its published name, for example "Pro 5"; the venue knows the names.</summary>
    public required string FeeTier { get; init; }

    /// <summary>How long messages travel.</summary>
    public required VenueLatencyConfiguration Latency { get; init; }

    /// <summary>How orders move forward in the queue of a recorded book: "trades-at-or-through", "risk-averse", "probability-power" or "probability-log".</summary>
    public required string QueueModel { get; init; }

    /// <summary>How long quantity taken from a recorded book stays taken; 0 to 60,000.</summary>
    public required int TakenMilliseconds { get; init; }

    /// <summary>The engine is told the time this often; 1 to 60,000.</summary>
    public required int TickMilliseconds { get; init; }

    /// <summary>Where the market comes from: "replay", the recording, "flow", order flow generated from the seed, or "live", the market of another venue.</summary>
    public required string Market { get; init; }

    /// <summary>Scenario of a flow market, for example "calm"; the venue knows the names.</summary>
    public required string Scenario { get; init; }

    /// <summary>Full path of the file of faults that the venue plays; null for none.</summary>
    public required string? Faults { get; init; }

    /// <summary>Seed of the latency jitter and of a flow market; 0 to 2^64 - 1.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Seconds of the recording a real second, above 0 to 100; null for as fast as engine and venue go in step ("max"). For a dry-run.</summary>
    public required double? Speed { get; init; }

    /// <summary>Loopback port of the served venue; 0 takes a free one.</summary>
    public required int Port { get; init; }
}
