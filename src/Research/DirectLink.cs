using System.Buffers.Binary;
using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>Engine and session on one thread: an event is published and the engine called right after, as the inline placement does.</summary>
/// <param name="engine">The engine; this object is the writer of its inbound ring and the first reader of its outbound ring.</param>
/// <param name="step">The engine's reader of the inbound ring.</param>
/// <param name="bookTopics">By instrument id: the topic of its book.</param>
internal sealed class DirectLink(Engine engine, EngineStep step, IReadOnlyList<string> bookTopics) : IEngineLink
{
    private const int Sender = 0;

    private readonly Queue<byte[]> _tableRequests = new();

    /// <summary>Connections that stand from the start and never fail.</summary>
    public void Connect(long timeNanos)
    {
        foreach (VenueChannel channel in EngineThreads.Channels)
        {
            foreach (ConnectionState state in (ConnectionState[])[ConnectionState.Opened, ConnectionState.Ready]) Post(InboundKind.Connection, [(byte)channel, (byte)state], timeNanos);
        }
    }

    /// <inheritdoc />
    public void Hand(in Delivery delivery, bool endOfBurst) => Publish(InboundKinds.Of(delivery.Channel), delivery.Frame.Span, delivery.TimeNanos, endOfBurst);

    /// <inheritdoc />
    public void Post(InboundKind kind, byte[] payload, long timeNanos) => Publish(kind, payload, timeNanos, endOfBurst: true);

    /// <inheritdoc />
    public void Collect(ReplaySession session, long nowNanos)
    {
        Send(session, nowNanos);
        while (_tableRequests.TryDequeue(out byte[]? request))
        {
            Post(InboundKind.QuoteTable, engine.Tables.Answer(request), nowNanos);
            Send(session, nowNanos);
        }
    }

    private void Send(ReplaySession session, long nowNanos)
    {
        while (engine.Outbound.TryPeek(Sender, out FrameView frame))
        {
            switch ((OutboundKind)frame.Kind)
            {
                case OutboundKind.Request: session.Submit(frame.Payload, nowNanos); break;
                case OutboundKind.SnapshotRequest: session.RequestSnapshot(bookTopics[BinaryPrimitives.ReadInt32LittleEndian(frame.Payload)], nowNanos); break;
                case OutboundKind.LookUpRequest: session.AskLookUp(frame.Payload, engine.Symbols, nowNanos); break;
                case OutboundKind.QuoteTableRequest: _tableRequests.Enqueue(frame.Payload.ToArray()); break;
                default: break;   // facts are for the observer
            }

            engine.Outbound.Release(Sender);
        }
    }

    private void Publish(InboundKind kind, ReadOnlySpan<byte> payload, long timeNanos, bool endOfBurst)
    {
        FrameRing inbound = engine.Inbound;
        if (!inbound.TryClaim(payload.Length, out Span<byte> slot)) throw new InvalidOperationException($"a frame of {payload.Length} bytes does not fit the inbound ring");
        payload.CopyTo(slot);
        inbound.Publish(payload.Length, (byte)kind, endOfBurst ? FrameRing.EndOfBurst : (byte)0, generation: 0, StageClock.NowNanos(), timeNanos, causeSequence: -1);
        step.Run();
    }
}
