using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LatencyEngine.Model;
using LatencyEngine.Ring;

namespace LatencyEngine.Budgets;

/// <summary>All that reaches an engine that trades the derived recording with <see cref="ScriptedVenue"/>: market frames, ticks, acknowledgements, orders, executions; with a twin each market frame a second time, as another instrument's.</summary>
internal sealed class PathTape
{
    private const ushort Generation = 1;
    private const long TickNanos = 100_000_000;
    private const uint Session = 7;

    private readonly PathEngine _engine;
    private readonly ScriptedVenue _venue = new();
    private readonly List<PathEntry> _entries = [];
    private readonly List<byte[]> _payloads = [];
    private readonly List<long> _outboundBytes = [0];
    private readonly List<byte[]> _requests = [];
    private readonly int _length;
    private long _nowNanos;

    /// <summary>Trades until the tape has its length.</summary>
    /// <exception cref="InvalidDataException">The engine did not trade as it should: the tape would be of something else.</exception>
    public PathTape(int length, bool hasTwin)
    {
        _length = length;
        HasTwin = hasTwin;
        _engine = new PathEngine(hasTwin);
        foreach ((long receivedNanos, byte[] frame) in Market.Lines(Market.DerivedRecording))
        {
            if (_nowNanos == 0) Begin(receivedNanos);
            for (; _nowNanos / TickNanos < receivedNanos / TickNanos; Hand(InboundKind.Tick, [])) _nowNanos = ((_nowNanos / TickNanos) + 1) * TickNanos;
            _nowNanos = receivedNanos;
            HandMarket(frame);
            if (hasTwin) HandMarket(Market.OfTwin(frame));
            if (_entries.Count >= length) break;
        }

        RequireTrading();
        Frames = new FrameSet(_payloads);
    }

    /// <summary>Two instruments trade, not one.</summary>
    public bool HasTwin { get; }

    /// <summary>The frames without their payloads, oldest first.</summary>
    public ReadOnlySpan<PathEntry> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>Their payloads.</summary>
    public FrameSet Frames { get; }

    /// <summary>Payload bytes that had left the engine after so many entries.</summary>
    public IReadOnlyList<long> OutboundBytes => _outboundBytes;

    /// <summary>Every request in order.</summary>
    public IReadOnlyList<byte[]> Requests => _requests;

    /// <summary>Market frames among the entries of a range; with a twin half of them are its own.</summary>
    public int MarketFrames(int from, int to) => _entries.Take(from..to).Count(entry => entry.Kind == InboundKind.PublicFrame);

    private void Begin(long receivedNanos)
    {
        _nowNanos = receivedNanos - (receivedNanos % TickNanos);
        byte[] session = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(session, Session);
        Hand(InboundKind.Session, session);
        foreach (VenueChannel channel in (VenueChannel[])[VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade])
        {
            Hand(InboundKind.Connection, [(byte)channel, (byte)ConnectionState.Opened]);
            Hand(InboundKind.Connection, [(byte)channel, (byte)ConnectionState.Ready]);
        }
    }

    private void HandMarket(byte[] frame)
    {
        Hand(InboundKind.PublicFrame, frame);
        Answer(_venue.OnMarket(frame, _nowNanos));
    }

    /// <summary>The venue's messages in their order; the last one ends a burst.</summary>
    private void Answer(IReadOnlyList<(InboundKind Kind, byte[] Frame)> messages)
    {
        for (int i = 0; i < messages.Count; i++) Hand(messages[i].Kind, messages[i].Frame, i == messages.Count - 1);
    }

    private void Hand(InboundKind kind, byte[] payload, bool endsBurst = true)
    {
        if (_entries.Count == _length) return;
        var entry = new PathEntry(kind, endsBurst ? FrameRing.EndOfBurst : (byte)0, Generation, _nowNanos);
        _entries.Add(entry);
        _payloads.Add(payload);
        _engine.Hand(in entry, payload);
        var answers = new List<(InboundKind, byte[])>();
        long bytes = _outboundBytes[^1];
        while (_engine.TryPeek(out FrameView frame))
        {
            bytes += frame.Payload.Length;
            if ((OutboundKind)frame.Kind == OutboundKind.Request)
            {
                _requests.Add(frame.Payload.ToArray());
                answers.AddRange(_venue.OnRequest(_requests[^1], _nowNanos));
            }
            else if ((OutboundKind)frame.Kind == OutboundKind.LookUpRequest)
            {
                LookUpRequest asked = MemoryMarshal.Read<LookUpRequest>(frame.Payload);
                var end = new LookUpEnd(_nowNanos / EpochNanos.PerMillisecond, asked.PrivateGeneration, asked.AskedNanos, RowFrames: 0);
                answers.Add((InboundKind.LookUpEnd, MemoryMarshal.AsBytes(new ReadOnlySpan<LookUpEnd>(in end)).ToArray()));
            }

            _engine.Release();
        }

        _outboundBytes.Add(bytes);
        Answer(answers);
    }

    private void RequireTrading()
    {
        bool trades = _entries.Count == _length
            && _engine.HotPath.State == QuotingState.Active
            && _engine.Meters.FramesRejected + _engine.Meters.FramesForOtherSymbols + _engine.Meters.FramesOfLostConnections + _engine.Meters.BookFailures == 0
            && _engine.Orders.LiveOrders > 0
            && _engine.Orders.AmendsSent > _length / 50
            && _engine.Orders.Rejected + _engine.Orders.TimedOut == 0
            && _engine.Ledger.ExecutionCount > 0
            && (!HasTwin || _requests.Count(request => request.AsSpan().IndexOf("ETHUSDT"u8) >= 0) > 2 * _requests.Count / 5);
        if (trades) return;
        throw new InvalidDataException(
            $"the tape is not of an engine that trades: {_entries.Count} entries, {_engine.HotPath.State}, {_engine.Meters.FramesRejected} frames rejected, {_engine.Meters.BookFailures} books lost, "
            + $"{_engine.Orders.LiveOrders} live orders, {_engine.Orders.AmendsSent} amends, {_engine.Orders.Rejected} rejected, {_engine.Orders.TimedOut} timed out, {_engine.Ledger.ExecutionCount} executions");
    }
}
