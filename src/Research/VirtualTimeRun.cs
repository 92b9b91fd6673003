using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Ring;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>The engine and the venue on one thread and one virtual clock: each burst of the session goes through the inbound ring into the hot path, and what the hot path publishes goes back to the venue.</summary>
/// <remarks>Thread: one. The engine's own work is measured for time and allocation; the venue's is not part of either figure.</remarks>
public sealed class VirtualTimeRun : IDisposable
{
    /// <summary>Market frames before allocation and latency are measured, while methods are compiled and tables are touched for the first time.</summary>
    public const int WarmupFrames = 500;

    private const int Consumer = 0;
    private const long SampleIntervalNanos = 1_000_000_000;

    private readonly Engine _engine;
    private readonly ReplaySession _session;
    private readonly Witness _witness;
    private readonly FrameHandler _engineFrame;
    private readonly Action<byte[]>? _onRequest;
    private readonly Func<Delivery, Delivery> _onDelivery;
    private readonly int? _markEveryFrames;
    private readonly List<Delivery> _burst = [];
    private readonly List<RunSample> _samples = [];
    private readonly OutboundDigest _digest = new();
    private readonly decimal[] _maxAbsPosition;
    private readonly bool[] _hadBook;

    private long _nowNanos;
    private long _nextSampleNanos;
    private long _unmarkedFrames;
    private decimal _peakEquity;

    /// <summary>Joins an engine and a session that nothing has run through yet.</summary>
    /// <param name="engine">The engine; this object is the writer of its inbound ring and the reader of its outbound ring.</param>
    /// <param name="session">The recording, the venue and the latencies.</param>
    /// <param name="onDelivery">Sees, and may replace, each delivery before the engine gets it; null outside tests.</param>
    /// <param name="markEveryFrames">Null: a burst ends where the session says. A number n: every n-th frame ends one, whatever arrives together.</param>
    /// <param name="onRequest">Sees each request that leaves; null outside tests.</param>
    /// <param name="engineFrame">Stands in for the hot path's own entry, inside what is measured; null outside tests.</param>
    public VirtualTimeRun(Engine engine, ReplaySession session, Func<Delivery, Delivery>? onDelivery = null, int? markEveryFrames = null, FrameHandler? engineFrame = null, Action<byte[]>? onRequest = null)
    {
        _engine = engine;
        _session = session;
        _onRequest = onRequest;
        _engineFrame = engineFrame ?? engine.HotPath.OnFrame;
        _onDelivery = onDelivery ?? (delivery => delivery);
        _markEveryFrames = markEveryFrames;
        _witness = new Witness(engine.Instruments, session.Venue);
        _maxAbsPosition = new decimal[engine.Instruments.Count];
        _hadBook = new bool[engine.Instruments.Count];
        _peakEquity = Equity;
    }

    /// <summary>Frames of the recording that reached the engine.</summary>
    public long MarketFrames { get; private set; }

    /// <summary>Bytes the engine's thread allocated inside the engine after the warm-up.</summary>
    public long HotPathAllocatedBytes { get; private set; }

    /// <summary>Largest fall of equity from its peak, USDT.</summary>
    public decimal MaxDrawdown { get; private set; }

    /// <summary>Logic time of the first burst, nanoseconds since 1970.</summary>
    public long FirstNanos { get; private set; }

    /// <summary>Logic time of the newest burst.</summary>
    public long LastNanos => _nowNanos;

    /// <summary>Digest of the requests so far.</summary>
    public string OutboundSha256 => _digest.ToHex();

    /// <summary>Equity and inventory once a second of logic time.</summary>
    public IReadOnlyList<RunSample> Samples => _samples;

    /// <summary>What did not hold so far, one sentence each.</summary>
    public IReadOnlyList<string> InvariantBreaks => _witness.Breaks;

    /// <summary>Symbols of which no burst has ended with a usable book yet.</summary>
    public IReadOnlyList<string> SymbolsWithoutBook => [.. _engine.Lanes.Where((_, instrument) => !_hadBook[instrument]).Select(lane => lane.Spec.Symbol)];

    /// <summary>Largest position by instrument, without sign, in base coin.</summary>
    public IReadOnlyList<decimal> MaxAbsPosition => _maxAbsPosition;

    /// <summary>Wallet and unrealised P&amp;L by the engine's own books, USDT.</summary>
    public decimal Equity
    {
        get
        {
            MoneyE8 equity = _engine.Ledger.Wallet;
            foreach (InstrumentLane lane in _engine.Lanes) equity += _engine.Ledger.Unrealised(lane.Spec.Id, lane.MarkPrice);
            return Exact.Usdt(equity);
        }
    }

    /// <summary>Opens the session: the first frame of the ring, before any market data; then the three connections, which a run in virtual time never loses.</summary>
    public void Begin(uint sessionNumber, long nowNanos)
    {
        _nowNanos = FirstNanos = nowNanos;
        Span<byte> payload = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, sessionNumber);
        Hand(InboundKind.Session, payload, nowNanos, endOfBurst: true);
        foreach (VenueChannel channel in (ReadOnlySpan<VenueChannel>)[VenueChannel.Public, VenueChannel.Private, VenueChannel.Trade])
        {
            Hand(InboundKind.Connection, [(byte)channel, (byte)ConnectionState.Opened], nowNanos, endOfBurst: true);
            Hand(InboundKind.Connection, [(byte)channel, (byte)ConnectionState.Ready], nowNanos, endOfBurst: true);
        }

        DrainOutbound();
    }

    /// <summary>Takes the next burst through the engine and its requests to the venue; false when the session has nothing left.</summary>
    public bool Step()
    {
        if (!_session.TryNextBurst(_burst)) return false;
        bool measures = MarketFrames >= WarmupFrames;
        if (MarketFrames < WarmupFrames) _engine.Meters.ForgetLatencies();
        for (int i = 0; i < _burst.Count; i++) _burst[i] = _onDelivery(_burst[i]);

        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < _burst.Count; i++)
        {
            Delivery delivery = _burst[i];
            if (delivery.RecordedIndex >= 0) MarketFrames++;
            Hand(KindOf(delivery.Channel), delivery.Frame.Span, delivery.TimeNanos, EndsBurst(i));
        }

        if (measures) HotPathAllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        DrainOutbound();
        Observe();
        return true;
    }

    /// <summary>Tells the engine to pull its quotes and lets the session go on until the venue has answered, at most <paramref name="withinNanos"/> of logic time.</summary>
    public void StopQuoting(long withinNanos)
    {
        Hand(InboundKind.Command, [(byte)OperatorCommand.StopQuoting], _nowNanos, endOfBurst: true);
        DrainOutbound();
        long deadline = _nowNanos + withinNanos;
        while (!IsSettled && _nowNanos < deadline && Step())
        {
        }
    }

    /// <summary>Checks at the end that nothing was lost between engine and venue.</summary>
    public void Finish()
    {
        _witness.Finish();
        if (_engine.HotPath.IsHalted) _witness.Add("the engine halted: its outbound ring was full, and what it decided and what left would have differed");
        if (_session.RequestsAfterClose > 0) _witness.Add($"{_session.RequestsAfterClose} requests came after the recording had closed and were not served");
        if (_session.Venue.MalformedFrames > 0 && _engine.Meters.FramesRejected == 0) _witness.Add($"the venue could not read {_session.Venue.MalformedFrames} recorded frames that the engine accepted");
    }

    /// <inheritdoc />
    public void Dispose() => _digest.Dispose();

    /// <summary>No order of the engine is open or unanswered, and every execution of the venue has reached it.</summary>
    private bool IsSettled => _engine.Orders.LiveOrders == 0 && _witness.Executions == _session.Venue.Fills.Count;

    private static InboundKind KindOf(DeliveryChannel channel) => channel switch
    {
        DeliveryChannel.Public => InboundKind.PublicFrame,
        DeliveryChannel.Private => InboundKind.PrivateFrame,
        DeliveryChannel.Trade => InboundKind.TradeFrame,
        DeliveryChannel.Tick => InboundKind.Tick,
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "an unknown delivery channel"),
    };

    private bool EndsBurst(int index)
    {
        if (_markEveryFrames is not int every) return index == _burst.Count - 1;
        if (++_unmarkedFrames < every) return false;
        _unmarkedFrames = 0;
        return true;
    }

    /// <summary>Publishes one frame and calls the engine right after, as the inline placement does.</summary>
    private void Hand(InboundKind kind, ReadOnlySpan<byte> payload, long timeNanos, bool endOfBurst)
    {
        _nowNanos = Math.Max(_nowNanos, timeNanos);
        FrameRing inbound = _engine.Inbound;
        if (!inbound.TryClaim(payload.Length, out Span<byte> slot)) throw new InvalidOperationException($"a frame of {payload.Length} bytes does not fit the inbound ring");
        payload.CopyTo(slot);
        inbound.Publish(payload.Length, (byte)kind, endOfBurst ? FrameRing.EndOfBurst : (byte)0, generation: 0, StageClock.NowNanos(), timeNanos, causeSequence: -1);
        inbound.TryPeek(Consumer, out FrameView frame);
        _engineFrame(in frame);
        inbound.Release(Consumer);
    }

    private void DrainOutbound()
    {
        while (_engine.Outbound.TryPeek(Consumer, out FrameView frame))
        {
            switch ((OutboundKind)frame.Kind)
            {
                case OutboundKind.Request:
                    _digest.Add(frame.Payload);
                    _onRequest?.Invoke(frame.Payload.ToArray());
                    _session.Submit(frame.Payload, _nowNanos);
                    break;
                case OutboundKind.SnapshotRequest:
                    _session.RequestSnapshot(_engine.Instruments[new InstrumentId(BinaryPrimitives.ReadInt32LittleEndian(frame.Payload))].Symbol, _nowNanos);
                    break;
                case OutboundKind.ExecutionFact:
                    _witness.OnExecution(MemoryMarshal.Read<ExecutionFact>(frame.Payload));
                    break;
                case OutboundKind.DisagreementFact:
                    _witness.OnDisagreement(MemoryMarshal.Read<DisagreementFact>(frame.Payload));
                    break;
                case OutboundKind.LookUpRequest:
                    AnswerLookUp(MemoryMarshal.Read<LookUpRequest>(frame.Payload));
                    break;
                case OutboundKind.LaneFact or OutboundKind.EngineFact:
                    break;
                default:
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"outbound frame {frame.Sequence} has the unknown kind {frame.Kind}"));
            }

            _engine.Outbound.Release(Consumer);
        }
    }

    /// <summary>Nothing is ever missed on the way from this venue: a look-up finds nothing new.</summary>
    private void AnswerLookUp(LookUpRequest request)
    {
        var end = new LookUpEnd(AnsweredMillis: new EpochNanos(_nowNanos).Milliseconds, request.PrivateGeneration);
        Hand(InboundKind.LookUpEnd, MemoryMarshal.AsBytes(new ReadOnlySpan<LookUpEnd>(in end)), _nowNanos, endOfBurst: true);
    }

    private void Observe()
    {
        decimal equity = Equity;
        _peakEquity = Math.Max(_peakEquity, equity);
        MaxDrawdown = Math.Max(MaxDrawdown, _peakEquity - equity);
        for (int i = 0; i < _maxAbsPosition.Length; i++)
        {
            _maxAbsPosition[i] = Math.Max(_maxAbsPosition[i], Math.Abs(PositionQty(i)));
            _hadBook[i] |= _engine.Lanes[i].Book.TryGetTop(out _);
        }

        if (_nowNanos < _nextSampleNanos) return;
        _nextSampleNanos = _nowNanos + SampleIntervalNanos;
        Sample(equity);
    }

    private void Sample(decimal equity)
    {
        var positions = new decimal[_maxAbsPosition.Length];
        var mids = new decimal?[positions.Length];
        for (int i = 0; i < positions.Length; i++)
        {
            positions[i] = PositionQty(i);
            mids[i] = Mid(i);
        }

        _samples.Add(new RunSample(Exact.Utc(_nowNanos), equity, positions, mids));
    }

    /// <summary>Signed position of one instrument in base coin.</summary>
    public decimal PositionQty(int instrument) => Exact.Qty(_engine.Instruments[new InstrumentId(instrument)], _engine.Ledger.Position(new InstrumentId(instrument)));

    /// <summary>Mid price of one instrument; null while its book is unusable.</summary>
    public decimal? Mid(int instrument)
    {
        InstrumentLane lane = _engine.Lanes[instrument];
        return lane.Book.TryGetTop(out BookTop top) ? top.TwiceMidTicks * (lane.Spec.TickE8 / 1e8m) / 2 : null;
    }
}
