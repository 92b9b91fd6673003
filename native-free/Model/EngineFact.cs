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

    /// <summary>What holds an instrument's quotes back; of several instruments the last in the order of the reasons.</summary>
    public required QuotesHeldBy HeldBy { get; init; }

    /// <summary>Whether it is flat, once it was to be.</summary>
    public required ClosingState Closing { get; init; }
}
