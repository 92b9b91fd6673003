using System.Buffers.Binary;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Pipeline;
using LatencyEngine.Ring;
using LatencyEngine.Risk;

namespace LatencyEngine.Host;

/// <summary>A composed engine: the hot path between its two rings, and the parts that a runner reads while the hot path is idle.</summary>
public sealed class Engine
{
    /// <summary>The instruments traded, in the order of their ids.</summary>
    public required InstrumentTable Instruments { get; init; }

    /// <summary>Everything the engine decides on comes in here. Consumer 0 is the hot path.</summary>
    public required FrameRing Inbound { get; init; }

    /// <summary>Requests and facts leave here. Consumer 0 is whoever sends them on.</summary>
    public required FrameRing Outbound { get; init; }

    /// <summary>The hot path.</summary>
    public required HotPath HotPath { get; init; }

    /// <summary>Its state by instrument.</summary>
    public required IReadOnlyList<InstrumentLane> Lanes { get; init; }

    /// <summary>The symbols traded, in the order of the instruments' ids.</summary>
    public IReadOnlyList<string> Symbols => [.. Lanes.Select(lane => lane.Spec.Symbol)];

    /// <summary>Its orders.</summary>
    public required OrderTable Orders { get; init; }

    /// <summary>Its positions and wallet.</summary>
    public required PositionLedger Ledger { get; init; }

    /// <summary>Its risk gate.</summary>
    public required RiskGate Gate { get; init; }

    /// <summary>Its meters.</summary>
    public required HotPathMeters Meters { get; init; }

    /// <summary>The payload of the event that opens a session, for <see cref="InboundKind.Session"/>.</summary>
    /// <param name="sessionNumber">Names of orders and requests carry it.</param>
    public static byte[] SessionPayload(uint sessionNumber)
    {
        byte[] payload = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, sessionNumber);
        return payload;
    }
}
