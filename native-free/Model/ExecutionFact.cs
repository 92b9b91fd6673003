using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>The engine's ledger right after one execution was booked. Written to the outbound ring as its raw bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ExecutionFact
{
    /// <summary><c>execId</c>.</summary>
    public required UInt128 ExecutionId { get; init; }

    /// <summary>The instrument.</summary>
    public required InstrumentId Instrument { get; init; }

    /// <summary>Orders of the engine that may be alive.</summary>
    public required int LiveOrders { get; init; }

    /// <summary>Signed position of the instrument.</summary>
    public required QtyLots Position { get; init; }

    /// <summary>Average entry, rounded half-even to 1e-8; 0 when flat.</summary>
    public required PriceE8 AverageEntry { get; init; }

    /// <summary>Realised P&amp;L before fees, of all instruments.</summary>
    public required MoneyE8 RealisedGross { get; init; }

    /// <summary>Fees, of all instruments.</summary>
    public required MoneyE8 Fees { get; init; }

    /// <summary>Wallet balance, shared by all instruments.</summary>
    public required MoneyE8 Wallet { get; init; }
}
