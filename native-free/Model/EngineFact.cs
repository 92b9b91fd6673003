using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>The engine as a whole at a tick, after one <see cref="LaneFact"/> an instrument. Written to the outbound ring as its raw bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct EngineFact
{
    /// <summary>Wallet balance by the engine's ledger.</summary>
    public required MoneyE8 Wallet { get; init; }

    /// <summary>Orders that may be alive.</summary>
    public required int LiveOrders { get; init; }

    /// <summary>Of them those whose outcome is unknown.</summary>
    public required int OutcomeUnknown { get; init; }

    /// <summary>Instruments whose book can be quoted on.</summary>
    public required int UsableBooks { get; init; }

    /// <summary>Whether quotes are made, and if not, why.</summary>
    public required QuotingState State { get; init; }

    /// <summary>Look-ups that have ended with the engine's books known to be the venue's.</summary>
    public required long Reconciliations { get; init; }

    /// <summary>Figures of the ledger that were replaced by the venue's.</summary>
    public required long Differences { get; init; }

    /// <summary>Open orders with a name of the engine that its table did not hold.</summary>
    public required long OrphansFound { get; init; }

    /// <summary>Executions and ends of orders that were told again.</summary>
    public required long DuplicatesIgnored { get; init; }

    /// <summary>Orders whose outcome was unknown and became known.</summary>
    public required long UnknownResolved { get; init; }

    /// <summary>What holds an instrument's quotes back; of several instruments the last in the order of the reasons.</summary>
    public required QuotesHeldBy HeldBy { get; init; }

    /// <summary>Whether it is flat, once it was to be.</summary>
    public required ClosingState Closing { get; init; }
}
