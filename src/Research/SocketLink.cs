using System.Collections.Concurrent;
using LatencyEngine.Host;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Simulator;
using LatencyEngine.Transport;

namespace LatencyEngine.Research;

/// <summary>Engine and session over sockets in lockstep: after each frame the venue waits until the engine has dealt with it and everything it answered is sent.</summary>
/// <param name="engine">The engine; only the counts of its rings are looked at.</param>
/// <param name="threads">Its threads.</param>
/// <param name="server">The venue's sockets.</param>
/// <param name="clock">The clock that the io thread stamps with.</param>
internal sealed class SocketLink(Engine engine, EngineThreads threads, VenueServer server, LockstepClock clock) : IEngineLink
{
    private const int FirstReader = 0;
    private const long WaitNanos = 10_000_000_000;

    private readonly ConcurrentQueue<byte[]> _lookUps = new();
    private readonly ConcurrentQueue<byte[]> _tableRequests = new();
    private readonly List<IncomingRequest> _incoming = [];
    private long _ordersTaken;
    private long _snapshotsTaken;

    /// <summary>Takes a look-up of the engine. Thread: io.</summary>
    public void OnLookUp(ReadOnlySpan<byte> payload) => _lookUps.Enqueue(payload.ToArray());

    /// <summary>Takes a question of the engine for a table. Thread: io.</summary>
    public void OnQuoteTableRequest(ReadOnlySpan<byte> payload) => _tableRequests.Enqueue(payload.ToArray());

    /// <inheritdoc />
    public void Hand(in Delivery delivery, bool endOfBurst)
    {
        clock.Set(delivery.TimeNanos, endOfBurst);
        long published = engine.Inbound.PublishedCount;
        if (delivery.Channel is DeliveryChannel.Public or DeliveryChannel.Private or DeliveryChannel.Trade) server.Route(in delivery);
        else threads.Io.Inbox.Post(InboundKinds.Of(delivery.Channel), delivery.Frame.ToArray());
        Await(() => engine.Inbound.PublishedCount > published && IsDrained, "take a frame");
    }

    /// <inheritdoc />
    public void Post(InboundKind kind, byte[] payload, long timeNanos)
    {
        clock.Set(timeNanos, endsBurst: true);
        long published = engine.Inbound.PublishedCount;
        threads.Io.Inbox.Post(kind, payload);
        Await(() => engine.Inbound.PublishedCount > published && IsDrained, "take an event");
    }

    /// <inheritdoc />
    public void Collect(ReplaySession session, long nowNanos)
    {
        TakeSent(session, nowNanos);
        while (_tableRequests.TryDequeue(out byte[]? request))
        {
            Post(InboundKind.QuoteTable, engine.Tables.Answer(request), nowNanos);
            TakeSent(session, nowNanos);
        }
    }

    private void TakeSent(ReplaySession session, long nowNanos)
    {
        IoMeters sent = threads.Io.Meters;
        _incoming.Clear();
        Await(
            () =>
            {
                server.DrainIncoming(session.ProducedCount, Take);
                return _ordersTaken == sent.RequestsSent && _snapshotsTaken == sent.Resubscriptions;
            },
            "send its requests");

        // The engine asks for snapshots while it takes frames and decides at the burst's end: within a step they were first, on whichever socket.
        foreach (IncomingRequest request in _incoming)
        {
            if (request.Kind == IncomingKind.BookSnapshot) session.Take(in request, nowNanos);
        }

        foreach (IncomingRequest request in _incoming)
        {
            if (request.Kind == IncomingKind.Order) session.Take(in request, nowNanos);
        }

        while (_lookUps.TryDequeue(out byte[]? payload)) session.AskLookUp(payload, engine.Symbols, nowNanos);
    }

    private void Take(IncomingRequest request)
    {
        _incoming.Add(request);
        if (request.Kind == IncomingKind.Order) _ordersTaken++;
        else if (request.Kind == IncomingKind.BookSnapshot) _snapshotsTaken++;
    }

    /// <summary>The engine has taken every frame, and the sender everything that it answered. In this order: an answer is published before its cause is released.</summary>
    private bool IsDrained =>
        engine.Inbound.ConsumedCount(FirstReader) == engine.Inbound.PublishedCount && engine.Outbound.ConsumedCount(FirstReader) == engine.Outbound.PublishedCount;

    private void Await(Func<bool> holds, string what)
    {
        long deadlineNanos = StageClock.NowNanos() + WaitNanos;
        while (!holds())
        {
            if (threads.FaultText is { } fault) throw new EngineLostException(fault);
            if (StageClock.NowNanos() > deadlineNanos) throw new EngineLostException($"the engine did not {what} within {WaitNanos / 1_000_000_000} s: {threads.Io.Describe()}");
            if (!threads.IsReady) throw new EngineLostException($"a connection was lost, which a run in lockstep does not survive: {threads.Io.Describe()}");
            Thread.Yield();
        }
    }
}
