namespace LatencyEngine.Simulator;

/// <summary>What a dry-run venue starts from.</summary>
public sealed record VenueSettings
{
    /// <summary>Instruments, at least those traded.</summary>
    public required InstrumentList Instruments { get; init; }

    /// <summary>Risk-limit ladders by symbol, at least those traded.</summary>
    public required IReadOnlyDictionary<string, RiskLadder> RiskLadders { get; init; }

    /// <summary>Symbols that may be traded; frames of others pass through.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>The accounts, at least one.</summary>
    public IReadOnlyList<AccountSettings> Accounts { get; init; } = [new AccountSettings()];

    /// <summary>Determines every id that the venue gives out.</summary>
    public ulong Seed { get; init; } = 1;
}
