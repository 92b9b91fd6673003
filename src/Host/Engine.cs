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

    /// <summary>Who answers its questions for tables of exact quotes.</summary>
    public required QuoteTableSolver Tables { get; init; }

    /// <summary>Its microprice tables as the configuration has them, each a payload for <see cref="InboundKind.MicropriceTable"/>.</summary>
    public required IReadOnlyList<byte[]> MicropriceTables { get; init; }

    /// <summary>Its meters.</summary>
    public required HotPathMeters Meters { get; init; }

    /// <summary>Hands over the events that every run begins with: what is remembered of losses, the tables of the configuration, then the session.</summary>
    /// <param name="sessionNumber">Names of orders and requests carry it.</param>
    /// <param name="post">Publishes them in the inbound ring, in their order.</param>
    /// <param name="losses">What the loss limits begin with; null for nothing.</param>
    public void Begin(uint sessionNumber, Action<InboundKind, byte[]> post, LossState? losses = null)
    {
        if (losses is not null)
        {
            byte[] content = new byte[losses.LengthBytes];
            losses.Write(content);
            post(InboundKind.LossState, content);
        }

        foreach (byte[] table in MicropriceTables) post(InboundKind.MicropriceTable, table);
        byte[] payload = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, sessionNumber);
        post(InboundKind.Session, payload);
    }
}
