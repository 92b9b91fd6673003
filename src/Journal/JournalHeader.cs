namespace LatencyEngine.Journal;

/// <summary>What is needed to build the journalled engine again: the first record of a journal.</summary>
public sealed class JournalHeader
{
    /// <summary>Version of the program that wrote the journal.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>The verb that ran.</summary>
    public required string Verb { get; init; }

    /// <summary>When the run started, UTC, to 100 ns.</summary>
    public required DateTime StartedUtc { get; init; }

    /// <summary>The resolved configuration: key and value, secrets left out by whoever fills it.</summary>
    public required IReadOnlyDictionary<string, string> Configuration { get; init; }

    /// <summary>The instruments in the order of their ids, with the account's fees.</summary>
    public required IReadOnlyList<JournalInstrument> Instruments { get; init; }

    /// <summary>The session's number, which the names of orders and requests carry.</summary>
    public required uint SessionNumber { get; init; }

    /// <summary>The list of instruments that the run was built from.</summary>
    public required JournalFile InstrumentsFile { get; init; }

    /// <summary>The risk limits that the run was built from.</summary>
    public required JournalFile RiskLimitsFile { get; init; }

    /// <summary>The recording that was replayed to the engine; empty where there was none.</summary>
    public required string Recording { get; init; }

    /// <summary>Seed of the simulated venue; 0 where there was none.</summary>
    public required ulong Seed { get; init; }
}
