using System.Runtime.InteropServices;

namespace LatencyEngine.Model;

/// <summary>A step in the life of a <see cref="DirectionalRequest"/>. Written to the outbound ring as its raw bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DirectionalFact
{
    /// <summary>The instrument.</summary>
    public required InstrumentId Instrument { get; init; }

    /// <summary>What happened.</summary>
    public required DirectionalOutcome Outcome { get; init; }

    /// <summary><see cref="DirectionalRequest.Id"/>.</summary>
    public required long Id { get; init; }

    /// <summary>The position that was asked for.</summary>
    public required QtyLots Wanted { get; init; }

    /// <summary>Signed position at that moment.</summary>
    public required QtyLots Position { get; init; }

    /// <summary>Mark price at that moment; 0 before there is one.</summary>
    public required PriceE8 MarkPrice { get; init; }

    /// <summary>Number of the gate's reason where the gate has ended the entry; 0 otherwise.</summary>
    public required long GateReason { get; init; }
}
