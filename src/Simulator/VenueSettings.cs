namespace LatencyEngine.Simulator;

/// <summary>What a dry-run venue starts from.</summary>
public sealed record VenueSettings
{
    /// <summary>Rows of an account that a venue keeps where nothing else is said: minutes of a thousand orders a second, days of ten.</summary>
    public const int DefaultRowsKept = 100_000;

    /// <summary>Instruments, at least those traded.</summary>
    public required InstrumentList Instruments { get; init; }

    /// <summary>Risk-limit ladders by symbol, at least those traded.</summary>
    public required IReadOnlyDictionary<string, RiskLadder> RiskLadders { get; init; }

    /// <summary>Symbols that may be traded; frames of others pass through.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>The accounts, at least one.</summary>
    public IReadOnlyList<AccountSettings> Accounts { get; init; } = [new AccountSettings()];

    /// <summary>How resting orders move forward in a recorded book.</summary>
    public QueueModel QueueModel { get; init; } = QueueModel.TradesAtOrThrough;

    /// <summary>How long quantity that a client has taken from a recorded book stays taken, ns; 0 or above.</summary>
    public long TakenNanos { get; init; } = 1_000_000_000;

    /// <summary>How many closed orders, executions, closing fills and ledger postings of each account are kept for look-ups, the newest of each; above 0.</summary>
    public int RowsKept { get; init; } = DefaultRowsKept;

    /// <summary>Whether <see cref="VenueAccount.Fills"/> holds every fill, for the report of a run; memory grows with them, so a venue without an end keeps none.</summary>
    public bool KeepsFills { get; init; } = true;

    /// <summary>What has happened before; null for nothing.</summary>
    public IMarketPast? Past { get; init; }

    /// <summary>Determines every id that the venue gives out.</summary>
    public ulong Seed { get; init; } = 1;
}
