namespace LatencyEngine.Simulator;

/// <summary>What a dry-run venue and its one account start from.</summary>
public sealed record VenueSettings
{
    /// <summary>Instruments, at least those traded.</summary>
    public required InstrumentList Instruments { get; init; }

    /// <summary>Risk-limit ladders by symbol, at least those traded.</summary>
    public required IReadOnlyDictionary<string, RiskLadder> RiskLadders { get; init; }

    /// <summary>Symbols that the account may trade; frames of others pass through.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>Leverage of every symbol: 1 to the lower of the instrument's and the ladder's maximum, in steps of 0.01.</summary>
    public decimal Leverage { get; init; } = 50m;

    /// <summary>Wallet balance at the start, USDT.</summary>
    public decimal StartBalance { get; init; } = 10_000m;

    /// <summary>Fee level; also sets the request limit.</summary>
    public FeeTier FeeTier { get; init; } = FeeTier.Vip0;

    /// <summary>Determines every id that the venue gives out.</summary>
    public ulong Seed { get; init; } = 1;
}
