using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LatencyEngine.Book;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Orders;
using LatencyEngine.Quoting;
using LatencyEngine.Ring;
using LatencyEngine.Risk;
using LatencyEngine.Wire;

namespace LatencyEngine.Pipeline;

/// <summary>The one screen: a frame in, decode, book or orders and ledger; at a burst's end quote, plan, check, encode, requests out.</summary>
/// <remarks>
/// Thread: hot, one. Allocates: never after construction. Blocks: never. Throws: never; a bad frame is counted and dropped.
/// The payloads in the outbound ring are a function of the frames given, in their order, with their marks and logic times, and of nothing else.
/// </remarks>
public sealed class HotPath
{
    private const int IntentsMax = 64;
    private const int RefusalReasons = 256;   // as many as a byte has

    // Two readings of the clock cost a third of what they would measure. Odd: what alternates in the stream must not choose what is timed.
    private const int StagesTimedEvery = 17;

    private const double NanosPerSecond = 1e9;
    private const long SnapshotRetryNanos = 1_000_000_000;
    private const long RiskEveryNanos = 1_000_000_000;
    private const long CancelAllRetryNanos = 1_000_000_000;
    private const long LossesEveryNanos = 1_000_000_000;
    private const int LastMarkOut = 2;   // of MarkOuts.HorizonsNanos
    private const int OwnCodesBelow = 20_000;   // of the venue, its gateway and the session; from there on they are about the order (Bybit V5, 18.2)

    // What one event brings on four topics comes in any order (Bybit V5, 7), but within milliseconds; a difference that stands this long is one.
    private const long DisagreementNanos = 1_000_000_000;

    // A difference that comes back so soon after the venue's figure was taken has a cause that asking does not mend.
    private const long AdoptedAgainNanos = 60_000_000_000;

    private readonly InstrumentLane[] _lanes;
    private readonly BybitDecoder _decoder;
    private readonly OrderTable _orders;
    private readonly OrderBudget _budget;
    private readonly PositionLedger _ledger;
    private readonly RiskGate _gate;
    private readonly OrderRequestEncoder _encoder;
    private readonly FrameRing _outbound;
    private readonly HotPathMeters _meters;
    private readonly QuoteTarget[] _targets;
    private readonly QtyLots[] _displayed;
    private readonly OrderIntent[] _intents = new OrderIntent[IntentsMax];
    private readonly Connection[] _connections = new Connection[(int)VenueChannel.Trade + 1];
    private readonly Reconciliation _reconciliation = new();
    private readonly ExecutionBacklog _backlog = new();
    private readonly PositionCloser _closer;
    private readonly SurvivalRange[] _survival;
    private readonly GateRefusalFact[] _refusals = new GateRefusalFact[RefusalReasons];
    private readonly bool[] _isRefusalUntold = new bool[RefusalReasons];

    private EpochNanos _now;
    private EpochNanos? _tickedAt;
    private long _causeSequence;
    private long _receivedAtNanos;
    private long _oldestUnquotedNanos;
    private bool _hasUnquoted;
    private int _untimedDecodes;
    private int _untimedDecisions;
    private bool _inSession;
    private bool _quotingStopped;
    private MoneyE8 _unusableBalance;
    private MoneyE8 _venueWallet;
    private long _venueWalletMillis;
    private EpochNanos? _walletDisagreesSince;
    private EpochNanos? _walletAdoptedAt;
    private WalletEvent _listedWallet;
    private bool _hasListedWallet;
    private EpochNanos? _brokenSince;
    private EpochNanos _cancelAllAskedAt;
    private bool _isOrderEntrySilent;   // a request had no answer for the timeout, and none has come since
    private EpochNanos _riskToldAt;
    private int _killTold;
    private bool _reconnectAsked;
    private int _firstLane;
    private long _requestsPublished;
    private EpochNanos _lossesRoundAt;
    private bool _closesWithKill;
    private bool _hasEquityMoved = true;
    private long _lossChangesSeen;

    /// <summary>Joins the rooms; every object is used by this thread only from here on.</summary>
    /// <param name="instruments">The instruments traded.</param>
    /// <param name="lanes">One a instrument, in the order of the table.</param>
    /// <param name="levelsPerSide">Quotes a side that the quoters make at most.</param>
    /// <param name="decoder">Bytes to values.</param>
    /// <param name="orders">The order table.</param>
    /// <param name="budget">Requests left by operation.</param>
    /// <param name="ledger">Positions and wallet from executions.</param>
    /// <param name="gate">The last check.</param>
    /// <param name="encoder">Values to request bytes.</param>
    /// <param name="outbound">Requests and facts leave here; this object is its only producer.</param>
    /// <param name="meters">Counters and histograms; this object is their only writer.</param>
    public HotPath(
        InstrumentTable instruments,
        InstrumentLane[] lanes,
        int levelsPerSide,
        BybitDecoder decoder,
        OrderTable orders,
        OrderBudget budget,
        PositionLedger ledger,
        RiskGate gate,
        OrderRequestEncoder encoder,
        FrameRing outbound,
        HotPathMeters meters)
    {
        if (lanes.Length != instruments.Count) throw new ArgumentException($"one lane an instrument: wanted {instruments.Count}, was {lanes.Length}", nameof(lanes));
        _lanes = lanes;
        _targets = new QuoteTarget[2 * levelsPerSide];
        _displayed = new QtyLots[2 * levelsPerSide];
        _closer = new PositionCloser(lanes.Length);
        _survival = new SurvivalRange[lanes.Length];
        for (int i = 0; i < _survival.Length; i++) _survival[i] = new SurvivalRange(gate.WorstCaseOf(lanes[i].Spec.Id));
        _decoder = decoder;
        _orders = orders;
        _budget = budget;
        _ledger = ledger;
        _gate = gate;
        _encoder = encoder;
        _outbound = outbound;
        _meters = meters;
        Losses = new LossLadder(lanes.Length, new LossLadderSettings());
    }

    /// <summary>The loss ladder; without limits unless given.</summary>
    public LossLadder Losses { get; init; }

    /// <summary>True once the outbound ring refused a request: the engine stays silent from then on, because what it decided and what left would differ.</summary>
    public bool IsHalted => HaltedFor != ClaimRefusal.None;

    /// <summary>What the outbound ring lacked when it refused; <see cref="ClaimRefusal.None"/> while the engine is not halted.</summary>
    public ClaimRefusal HaltedFor { get; private set; }

    /// <summary>Time between two look-ups without a cause, ns of logic time; 0 for none.</summary>
    public long ReconcileEveryNanos
    {
        get => _reconciliation.EveryNanos;
        init => _reconciliation.EveryNanos = value;
    }

    /// <summary>Whether quotes are made, and if not, what holds them back.</summary>
    public QuotingState State
    {
        get
        {
            if (IsHalted) return QuotingState.Halted;
            if (_gate.IsKilled) return QuotingState.Killed;
            if (_quotingStopped) return QuotingState.Stopped;
            if (!(SeesTheMarket && SeesItsOrders && _orders.LiveOrphans == 0 && CanPlace)) return QuotingState.Blind;
            return Losses.Reduces ? QuotingState.Reducing : QuotingState.Active;
        }
    }

    private bool SeesTheMarket => _connections[(int)VenueChannel.Public].State == ConnectionState.Ready;

    private bool SeesItsOrders => _connections[(int)VenueChannel.Private].State == ConnectionState.Ready && _reconciliation.IsComplete;

    private bool CanPlace => _connections[(int)VenueChannel.Trade].State == ConnectionState.Ready;

    private bool CanSend => _connections[(int)VenueChannel.Trade].State is ConnectionState.Ready or ConnectionState.Leaving;

    /// <summary>Takes one frame of the inbound ring to its end; at the last frame of a burst, decides.</summary>
    /// <param name="frame">Valid only until this method returns.</param>
    public void OnFrame(in FrameView frame)
    {
        if (IsHalted) return;
        if (frame.LogicTimeNanos > _now.Nanos) _now = new EpochNanos(frame.LogicTimeNanos);
        _causeSequence = frame.Sequence;
        _receivedAtNanos = frame.ReceivedAtNanos;
        if (!_hasUnquoted)
        {
            _hasUnquoted = true;
            _oldestUnquotedNanos = _receivedAtNanos;
        }

        switch ((InboundKind)frame.Kind)
        {
            case InboundKind.PublicFrame: if (IsCurrent(VenueChannel.Public, frame.Generation)) OnPublic(frame.Payload); break;
            case InboundKind.PrivateFrame: if (IsCurrent(VenueChannel.Private, frame.Generation)) OnPrivate(frame.Payload); break;
            case InboundKind.TradeFrame: if (IsCurrent(VenueChannel.Trade, frame.Generation)) OnAck(frame.Payload); break;
            case InboundKind.Tick: OnTick(); break;
            case InboundKind.Session: OnSession(frame.Payload); break;
            case InboundKind.Command: OnCommand(frame.Payload); break;
            case InboundKind.Connection: OnConnection(frame.Payload, frame.Generation); break;
            case InboundKind.LookUpRows: OnLookUpRows(frame.Payload); break;
            case InboundKind.LookUpEnd: OnLookUpEnd(frame.Payload); break;
            case InboundKind.PolledMarket: OnPolledMarket(frame.Payload); break;
            case InboundKind.QuoteTable: OnQuoteTable(frame.Payload); break;
            case InboundKind.MicropriceTable: OnMicropriceTable(frame.Payload); break;
            case InboundKind.LossState: OnLossState(frame.Payload); break;
            case InboundKind.InstrumentStatus: OnInstrumentStatus(frame.Payload); break;
            case InboundKind.Bias: OnBias(frame.Payload); break;
            case InboundKind.DirectionalRequest: OnDirectionalRequest(frame.Payload); break;
            default: _meters.FramesRejected++; break;
        }

        if (!frame.IsEndOfBurst) return;
        Decide();
        _hasUnquoted = false;
        if (_brokenSince is not null) NoteRecovery();
    }

    /// <summary>From the loss or the contradiction until quotes are made again.</summary>
    private void NoteRecovery()
    {
        if (_brokenSince is not { } since || State is not (QuotingState.Active or QuotingState.Reducing)) return;
        _meters.Recover.Record(_now - since);
        _brokenSince = null;
        PublishState();
    }

    /// <summary>What a lost connection had still on its way is not the channel's any more: a new one begins with a snapshot, a look-up or unanswered requests.</summary>
    private bool IsCurrent(VenueChannel channel, ushort generation)
    {
        ref readonly Connection connection = ref _connections[(int)channel];
        if (connection.State is ConnectionState.Opened or ConnectionState.Ready or ConnectionState.Leaving && connection.Generation == generation) return true;
        _meters.FramesOfLostConnections++;
        return false;
    }

    private void OnConnection(ReadOnlySpan<byte> payload, ushort generation)
    {
        VenueChannel channel = payload.Length == 2 ? (VenueChannel)payload[0] : VenueChannel.Unset;
        ConnectionState state = payload.Length == 2 ? (ConnectionState)payload[1] : ConnectionState.Unset;
        if (channel is not (VenueChannel.Public or VenueChannel.Private or VenueChannel.Trade) || state is not (ConnectionState.Opened or ConnectionState.Ready or ConnectionState.Lost or ConnectionState.Leaving)
            || (state == ConnectionState.Leaving && channel != VenueChannel.Trade))
        {
            _meters.FramesRejected++;
            return;
        }

        if (state != ConnectionState.Opened && !IsCurrent(channel, generation)) return;
        bool couldSend = CanSend;
        QuotingState before = State;
        _connections[(int)channel] = new Connection(generation, state);
        if (state == ConnectionState.Lost) _meters.CountConnectionLost(channel);
        if (state == ConnectionState.Lost && channel != VenueChannel.Public && _inSession) _brokenSince ??= _now;
        switch (channel)
        {
            case VenueChannel.Public: OnPublicConnection(state); break;
            case VenueChannel.Private: OnPrivateConnection(state); break;
            default: OnTradeConnection(state, couldSend); break;
        }

        DecideEveryLane();
        if (couldSend != CanSend || before != State) PublishState();
    }

    /// <summary>A book is only as good as the connection that carries its changes: it is gone with it, and the new one brings its own, in whatever depth.</summary>
    private void OnPublicConnection(ConnectionState state)
    {
        foreach (InstrumentLane lane in _lanes)
        {
            if (state == ConnectionState.Ready)
            {
                // From here on quotes are made again, and never on what was polled.
                if (lane.HasPolledBook) lane.Book.Invalidate();
                continue;
            }

            lane.Book.Invalidate();
            lane.ForgetBook();
            lane.BookDepth = 0;
            lane.MarkOuts.ForgetWaiting();

            // The last mark price stays, for the gate must have one; but it grows old, and the mid of the next book is nearer until the new connection brings a ticker.
            lane.HasTickerMark = false;

            // The subscription is answered with a snapshot unasked; it is asked for only when it does not come. On a lost connection there is nobody to ask.
            lane.AwaitsSnapshot = state == ConnectionState.Opened;
            lane.SnapshotAskedAt = _now;
        }
    }

    private void OnPrivateConnection(ConnectionState state)
    {
        Doubt();
        if (state == ConnectionState.Ready && _inSession) LookUp();
    }

    /// <summary>The books are not known to be the venue's any more: what would have settled a difference may be lost with the stream.</summary>
    private void Doubt()
    {
        _reconciliation.Restart(_now);
        _walletDisagreesSince = null;
        foreach (InstrumentLane lane in _lanes) lane.DisagreesSince = null;
    }

    /// <summary>The venue is asked what it holds. Until it has answered, quotes are pulled and only reductions pass.</summary>
    private void Reconcile()
    {
        Doubt();
        _brokenSince ??= _now;
        DecideEveryLane();
        if (CanAsk) LookUp();
    }

    private bool CanAsk => _inSession && _connections[(int)VenueChannel.Private].State == ConnectionState.Ready;

    private void OnTradeConnection(ConnectionState state, bool couldSend)
    {
        _isOrderEntrySilent = false;
        if (state is ConnectionState.Ready or ConnectionState.Leaving)
        {
            ReconnectWhenEmpty();
            return;
        }

        _reconnectAsked = false;
        _orders.OnRequestsLost(_now);
        _budget.OnRequestsLost(_now);
        if (couldSend) CancelAll();
    }

    /// <summary>Quotes do not rest where nobody can move them: the io side has them all cancelled without the order-entry connection, which is gone, or stands and is silent. The order stream closes them as always; while it is away, a look-up does.</summary>
    private void CancelAll()
    {
        if (_orders.LiveOrders == 0 || !TryClaim(0, out _)) return;
        _cancelAllAskedAt = _now;
        Publish(0, OutboundKind.CancelAllRequest, VenueChannel.Unset);
        _meters.CancelAllsAsked++;
    }

    private void OnPublic(ReadOnlySpan<byte> payload)
    {
        long startedNanos = IsTimed(ref _untimedDecodes) ? StageClock.NowNanos() : 0;
        DecodeStatus status = _decoder.DecodePublic(payload);
        if (startedNanos != 0) _meters.Decode.Record(StageClock.NowNanos() - startedNanos);
        switch (status)
        {
            case DecodeStatus.Book: _meters.FramesDecoded++; OnBook(_decoder.Book); break;
            case DecodeStatus.Trades:
                _meters.FramesDecoded++;
                WatchSweeps(_decoder.Trades);
                WorkOffQueues(_decoder.Trades);
                FitIntensity(_decoder.Trades);
                break;
            case DecodeStatus.Ticker: _meters.FramesDecoded++; OnTicker(in _decoder.Ticker); break;
            case DecodeStatus.Klines or DecodeStatus.Liquidations or DecodeStatus.Control or DecodeStatus.Unused: _meters.FramesDecoded++; break;
            case DecodeStatus.UnknownSymbol: _meters.FramesForOtherSymbols++; break;
            default: _meters.FramesRejected++; break;
        }
    }

    private void WorkOffQueues(TradeBatch batch)
    {
        if (!_orders.WeighsQueues) return;
        foreach (ref readonly Trade trade in batch.Trades.AsSpan(0, batch.Count)) _orders.OnTrade(batch.Instrument, in trade);
    }

    private void OnBook(BookDelta delta)
    {
        InstrumentLane lane = _lanes[delta.Instrument.Index];
        if (lane.BookDepth == 0)
        {
            lane.Book.Invalidate();   // what was polled until now is no part of the stream's book
            lane.BookDepth = delta.Depth;
        }

        if (lane.BookDepth != delta.Depth) return;
        switch (lane.Book.Apply(delta))
        {
            case BookChange.Snapshot: lane.AwaitsSnapshot = false; break;
            case BookChange.Updated or BookChange.Heartbeat: break;
            default: OnBookFailure(lane); return;
        }

        lane.LastBookTime = _now;
        lane.FeedLagNanos = Math.Abs(_now.Nanos - (delta.PushMillis * EpochNanos.PerMillisecond));
        _meters.FeedLag.Record(lane.FeedLagNanos);
        lane.AwaitsBook = false;
        lane.NeedsDecision = true;
        if (!lane.Book.TryGetTop(out BookTop top))
        {
            lane.ForgetBook();
            return;
        }

        lane.OrderFlow?.OnTop(in top, _now.Nanos);
        lane.Volatility.OnMid(top.TwiceMidTicks * 0.5, _now.Nanos);
        if (lane.Intensity is { } intensity && intensity.OnMid(top.TwiceMidTicks, _now.Nanos)) TakeIntensity(lane, intensity);
        lane.VolatilityJump?.OnMid(top.TwiceMidTicks * 0.5, _now.Nanos);
        lane.MarkOuts.OnMid(top.TwiceMidTicks, _now.Nanos);
        if (!lane.HasTickerMark) TakeMark(lane, new PriceE8(top.TwiceMidTicks * lane.Spec.TickE8 / 2));
    }

    /// <summary>A block trade never met the book.</summary>
    private void FitIntensity(TradeBatch batch)
    {
        InstrumentLane lane = _lanes[batch.Instrument.Index];
        if (lane.Intensity is not { } intensity) return;
        bool mayHaveMoved = false;
        foreach (ref readonly Trade trade in batch.Trades.AsSpan(0, batch.Count))
        {
            if (!trade.IsBlockTrade) mayHaveMoved |= intensity.OnTrade(trade.TakerSide, trade.Price, _now.Nanos);
        }

        if (mayHaveMoved) TakeIntensity(lane, intensity);
    }

    private static void TakeIntensity(InstrumentLane lane, RollingIntensity intensity)
    {
        lane.Quoter.TakeIntensity(intensity.ArrivalRatePerSecond, intensity.DecayPerTick);
        lane.NeedsDecision = true;
        lane.SettledAt = -1;
    }

    /// <summary>A gap, a crossed top, or a delta without its snapshot: the quotes go at this burst's end, and a snapshot is asked for, again once a second until it comes.</summary>
    private void OnBookFailure(InstrumentLane lane)
    {
        lane.NeedsDecision = true;
        lane.ForgetBook();
        lane.MarkOuts.ForgetWaiting();
        if (lane.AwaitsSnapshot) return;
        _meters.BookFailures++;
        AskForSnapshot(lane);
    }

    private void AskForSnapshot(InstrumentLane lane)
    {
        lane.AwaitsSnapshot = true;
        lane.SnapshotAskedAt = _now;
        if (!TryClaim(sizeof(int), out Span<byte> payload)) return;
        BinaryPrimitives.WriteInt32LittleEndian(payload, lane.Spec.Id.Index);
        Publish(sizeof(int), OutboundKind.SnapshotRequest, VenueChannel.Public);
    }

    /// <summary>A sweep is answered before the book that shows it.</summary>
    private void WatchSweeps(TradeBatch trades)
    {
        InstrumentLane lane = _lanes[trades.Instrument.Index];
        if (lane.Sweep is { } sweep && sweep.OnTrades(trades, _now.Nanos)) lane.NeedsDecision = true;
    }

    private void OnTicker(in Ticker ticker)
    {
        // A message without the mark says that it has not changed (Bybit V5, 6.5).
        InstrumentLane lane = _lanes[ticker.Instrument.Index];
        lane.LastTickerTime = _now;
        if ((ticker.Fields & TickerFields.MarkPrice) == 0) return;
        bool isNew = ticker.MarkPrice != lane.MarkPrice;
        TakeMark(lane, ticker.MarkPrice);
        lane.HasTickerMark = true;
        if (isNew) WatchLosses();
    }

    /// <summary>Which quotes the venue's price limit lets through goes with the mark price.</summary>
    private void TakeMark(InstrumentLane lane, PriceE8 mark)
    {
        QtyLots position = _ledger.Position(lane.Spec.Id);
        if (mark != lane.MarkPrice && (lane.Spec.PriceLimitRatioE8 != 0 || position.Lots != 0)) lane.SettledAt = -1;
        _hasEquityMoved |= mark != lane.MarkPrice && lane.CostE16 != 0;
        lane.MarkPrice = mark;
        if (lane.Guard.OnMark(position, mark, _now)) OnGuard(lane);
        if (lane.Directional.IsActive && lane.Directional.StopsAt(lane.Spec, mark, position)) StopDirectional(lane);
        if (_gate.IsCross && position.Lots != 0) UpdateLiquidationPricesBesides(lane);
    }

    private void OnGuard(InstrumentLane lane)
    {
        lane.NeedsDecision = true;
        lane.SettledAt = -1;
        if (lane.Guard.IsCutting) _closer.TryAgain(lane.Spec.Id);
    }

    private void StopDirectional(InstrumentLane lane)
    {
        lane.Directional.Stop();
        lane.NeedsDecision = true;
        _closer.TryAgain(lane.Spec.Id);
        Tell(lane, in lane.Directional.Request, DirectionalOutcome.StopReached);
    }

    /// <summary>The market by REST, for the way out: a picture that stands alone. What comes when the stream has taken over is late, and dropped.</summary>
    private void OnPolledMarket(ReadOnlySpan<byte> payload)
    {
        DecodeStatus status = _decoder.DecodePublic(payload);
        bool isBook = status == DecodeStatus.Book && _decoder.Book.IsSnapshot;
        bool isMark = status == DecodeStatus.Ticker && (_decoder.Ticker.Fields & TickerFields.MarkPrice) != 0;
        if (!isBook && !isMark)
        {
            _meters.FramesRejected++;
            return;
        }

        InstrumentLane lane = _lanes[isBook ? _decoder.Book.Instrument.Index : _decoder.Ticker.Instrument.Index];
        if (SeesTheMarket || lane.BookDepth != 0)
        {
            _meters.PolledFramesLate++;
            return;
        }

        _meters.PolledFrames++;
        if (isBook) OnPolledBook(lane, _decoder.Book);
        else TakeMark(lane, _decoder.Ticker.MarkPrice);
    }

    /// <summary>Its age counts from when the venue made it: the way through REST may take seconds. The volatility is the stream's alone.</summary>
    private void OnPolledBook(InstrumentLane lane, BookDelta book)
    {
        lane.NeedsDecision = true;
        if (lane.Book.Apply(book) != BookChange.Snapshot)
        {
            _meters.BookFailures++;
            return;
        }

        lane.LastBookTime = new EpochNanos(Math.Min(_now.Nanos, book.PushMillis * EpochNanos.PerMillisecond));
        lane.AwaitsBook = false;
    }

    /// <summary>A table that is refused changes nothing: the quotes go on by what is held.</summary>
    private void OnQuoteTable(ReadOnlySpan<byte> payload)
    {
        bool isWhole = MemoryMarshal.TryRead(payload, out QuoteTableRequest answered) && (uint)answered.Instrument.Index < (uint)_lanes.Length;
        InstrumentLane? lane = isWhole ? _lanes[answered.Instrument.Index] : null;
        if (lane is null || !lane.Quoter.TryTakeTable(in answered, payload[Unsafe.SizeOf<QuoteTableRequest>()..]))
        {
            _meters.QuoteTablesRefused++;
            return;
        }

        _meters.QuoteTables++;
        lane.NeedsDecision = true;
        lane.SettledAt = -1;
    }

    /// <summary>One that is refused changes nothing, and counts as a malformed frame.</summary>
    private void OnMicropriceTable(ReadOnlySpan<byte> payload)
    {
        bool isWhole = MemoryMarshal.TryRead(payload, out InstrumentId instrument) && (uint)instrument.Index < (uint)_lanes.Length;
        InstrumentLane? lane = isWhole ? _lanes[instrument.Index] : null;
        if (lane is null || lane.Microprice.Read(payload[Unsafe.SizeOf<InstrumentId>()..]) != MicropriceTableStatus.Taken)
        {
            _meters.FramesRejected++;
            return;
        }

        lane.NeedsDecision = true;
        lane.SettledAt = -1;
    }

    /// <summary>One that is refused leaves none; one of no instrument here changes nothing, and counts as a malformed frame.</summary>
    private void OnBias(ReadOnlySpan<byte> payload)
    {
        bool isWhole = payload.Length == Unsafe.SizeOf<Bias>() && (uint)MemoryMarshal.Read<Bias>(payload).Instrument.Index < (uint)_lanes.Length;
        if (!isWhole)
        {
            _meters.FramesRejected++;
            return;
        }

        Bias bias = MemoryMarshal.Read<Bias>(payload);
        InstrumentLane lane = _lanes[bias.Instrument.Index];
        BiasOutcome outcome = lane.Bias.Take(in bias, _now);
        if (outcome == BiasOutcome.Taken)
        {
            _meters.BiasUpdates++;
            Losses.OnView(bias.DoubtE8, _gate.IsKilled, _now);
        }
        else
        {
            _meters.BiasesRefused++;
        }

        LeanByBias(lane);
        lane.NeedsDecision = true;
        var fact = new BiasFact
        {
            Instrument = bias.Instrument,
            Outcome = outcome,
            Id = bias.Id,
            ScoreE8 = bias.ScoreE8,
            MadeAt = bias.MadeAt,
            TargetQty = new QtyLots((long)(lane.Quoter.BiasUnits * lane.Quoter.BaseQty.Lots)),
            ShiftNanoTicks = lane.Quoter.BiasShiftNanoTicks,
        };
        PublishFact(in fact, OutboundKind.BiasFact);
    }

    private void LeanByBias(InstrumentLane lane)
    {
        lane.Bias.At(_now, out int scoreE8, out long shiftNanoTicks);
        lane.Quoter.TakeBias(scoreE8, shiftNanoTicks);
        lane.SettledAt = -1;
    }

    /// <summary>One that is refused changes nothing; one of no instrument here counts as a malformed frame.</summary>
    private void OnDirectionalRequest(ReadOnlySpan<byte> payload)
    {
        bool isWhole = payload.Length == Unsafe.SizeOf<DirectionalRequest>() && (uint)MemoryMarshal.Read<DirectionalRequest>(payload).Instrument.Index < (uint)_lanes.Length;
        if (!isWhole)
        {
            _meters.FramesRejected++;
            return;
        }

        DirectionalRequest request = MemoryMarshal.Read<DirectionalRequest>(payload);
        InstrumentLane lane = _lanes[request.Instrument.Index];
        DirectionalOutcome outcome = !lane.TakesDirectionalRequests
            ? DirectionalOutcome.NotOfTheStrategy
            : DirectionalTrade.Judge(in request, lane.Spec, _gate.LimitsOf(request.Instrument), lane.MarkPrice, _now);
        bool undoesStop = lane.Directional.IsStopping && request.Wanted.Lots != 0;
        if (outcome == DirectionalOutcome.Taken && (undoesStop || (MayNotOpen(lane) && DirectionalTrade.Opens(in request, _ledger.Position(request.Instrument))))) outcome = DirectionalOutcome.NothingMayOpen;
        if (outcome == DirectionalOutcome.Taken)
        {
            lane.Directional.Take(in request);
            if (lane.Directional.IsStopping) _closer.TryAgain(request.Instrument);
        }
        else _meters.DirectionalRefused++;
        Tell(lane, in request, outcome);
        lane.NeedsDecision = true;
        lane.SettledAt = -1;
    }

    /// <summary>For longer than a connection may be away.</summary>
    private bool MayNotOpen(InstrumentLane lane) =>
        State is not (QuotingState.Active or QuotingState.Blind) || Losses.Reduces || Closes(lane) || lane.Guard.IsCutting
        || (Losses.HoldsAny && Losses.Holds(lane.Spec.Id, _ledger.Position(lane.Spec.Id).Lots == 0, _now));

    private void Tell(InstrumentLane lane, in DirectionalRequest request, DirectionalOutcome outcome, RiskReason reason = RiskReason.Unset)
    {
        var fact = new DirectionalFact
        {
            Instrument = request.Instrument,
            Outcome = outcome,
            Id = request.Id,
            Wanted = request.Wanted,
            Position = _ledger.Position(request.Instrument),
            MarkPrice = lane.MarkPrice,
            GateReason = (long)reason,
        };
        PublishFact(in fact, OutboundKind.DirectionalFact);
    }

    /// <summary>One that cannot be taken changes nothing, and counts as a malformed frame.</summary>
    private void OnLossState(ReadOnlySpan<byte> payload)
    {
        if (Losses.TryTake(payload, _now)) WatchLosses();
        else _meters.FramesRejected++;
    }

    private void OnInstrumentStatus(ReadOnlySpan<byte> payload)
    {
        int headBytes = Unsafe.SizeOf<InstrumentId>();
        bool isWhole = MemoryMarshal.TryRead(payload, out InstrumentId instrument) && payload.Length == headBytes + 1 && payload[headBytes] <= 1 && (uint)instrument.Index < (uint)_lanes.Length;
        if (!isWhole)
        {
            _meters.FramesRejected++;
            return;
        }

        InstrumentLane lane = _lanes[instrument.Index];
        lane.IsTrading = payload[headBytes] == 1;
        lane.NeedsDecision = true;
    }

    private void OnPrivate(ReadOnlySpan<byte> payload)
    {
        switch (_decoder.DecodePrivate(payload))
        {
            case DecodeStatus.Orders:
                foreach (ref readonly OrderEvent orderEvent in _decoder.Orders) OnOrder(in orderEvent);
                break;
            case DecodeStatus.Executions:
                foreach (ref readonly ExecutionEvent execution in _decoder.Executions) OnExecution(in execution);
                break;
            case DecodeStatus.Positions:
                foreach (ref readonly PositionEvent position in _decoder.Positions) OnPosition(in position);
                break;
            case DecodeStatus.Wallet: OnWallet(in _decoder.Wallet); break;
            case DecodeStatus.FastExecutions or DecodeStatus.Control or DecodeStatus.Unused: break;
            default: _meters.FramesRejected++; break;
        }
    }

    private void OnOrder(in OrderEvent orderEvent)
    {
        OrderOutcome outcome = _orders.OnOrder(in orderEvent);
        bool hadNothingToReduce = orderEvent.CancelType == CancelType.ByReduceOnly && _closer.IsClosing(orderEvent.ClientOrderId);
        AfterOrder(in orderEvent, outcome);
        if (hadNothingToReduce || outcome is OrderOutcome.Orphan or OrderOutcome.OrphanWaits) Reconcile();
    }

    private void AfterOrder(in OrderEvent orderEvent, OrderOutcome outcome)
    {
        InstrumentLane lane = _lanes[orderEvent.Instrument.Index];
        lane.NeedsDecision = true;
        switch (outcome)
        {
            case OrderOutcome.Working: lane.RefusalsOf(orderEvent.Side).OnResting(); break;
            case OrderOutcome.PostOnlyRefused: lane.AwaitsBook = true; break;
            case OrderOutcome.Rejected:   // behind an accepted request (Bybit V5, 8.3)
                lane.AwaitsBook = true;
                lane.RefusalsOf(orderEvent.Side).OnRefused(_now);
                Losses.OnReject(_now);
                break;
            case OrderOutcome.Repeated: _meters.DuplicatesIgnored++; break;
            case OrderOutcome.Orphan: DecideEveryLane(); Explain(DisagreementSubject.Orphan, in orderEvent, DisagreementAction.Cancelled); break;
            case OrderOutcome.ForeignFound: Explain(DisagreementSubject.ForeignOrder, in orderEvent, DisagreementAction.LeftAlone); break;
        }

        if (!_closer.IsClosing(orderEvent.ClientOrderId) || _orders.StateOf(orderEvent.ClientOrderId) != OrderState.Unset) return;
        bool isRefused = outcome == OrderOutcome.Rejected || (orderEvent.FilledQty.Lots == 0 && (orderEvent.RejectReason == RejectReason.Other || orderEvent.CancelType == CancelType.ByReduceOnly));
        if (isRefused) _closer.OnRefused(orderEvent.ClientOrderId, returnCode: 0, _now);
        else _closer.OnOrderEnded(orderEvent.ClientOrderId);
    }

    private void Explain(DisagreementSubject subject, in OrderEvent orderEvent, DisagreementAction action)
    {
        ClientOrderId name = orderEvent.ClientOrderId;
        var fact = new DisagreementFact(subject, orderEvent.Instrument, (long)(((ulong)name.Session << 32) | name.Number), orderEvent.Side.Sign * orderEvent.LeavesQty.Lots, action);
        PublishFact(in fact, OutboundKind.DisagreementFact);
    }

    /// <summary>Asks the venue for the executions that may have been missed, positions and wallet, its open orders and every order that may be alive.</summary>
    private void LookUp()
    {
        int lengthBytes = Unsafe.SizeOf<LookUpRequest>() + (_orders.LiveOrders * Unsafe.SizeOf<ClientOrderId>());
        if (!TryClaim(lengthBytes, out Span<byte> payload)) return;
        var request = new LookUpRequest(_reconciliation.SinceMillis, _connections[(int)VenueChannel.Private].Generation, _now.Nanos);
        MemoryMarshal.Write(payload, in request);
        _orders.CopyLive(MemoryMarshal.Cast<byte, ClientOrderId>(payload[Unsafe.SizeOf<LookUpRequest>()..lengthBytes]));
        Publish(lengthBytes, OutboundKind.LookUpRequest, VenueChannel.Private);
        _reconciliation.OnAsked(_now);
        _meters.LookUpsAsked++;
    }

    /// <summary>Rows of orders may be older than what the stream has said. Executions are needed from here only while the stream has missed some: a whole stream brings each in its turn.</summary>
    private void OnLookUpRows(ReadOnlySpan<byte> payload)
    {
        _reconciliation.OnRows();
        switch (_decoder.DecodePrivate(payload))
        {
            case DecodeStatus.Orders:
                foreach (ref readonly OrderEvent orderEvent in _decoder.Orders) OnListedOrder(in orderEvent);
                break;
            case DecodeStatus.Executions:
                foreach (ref readonly ExecutionEvent execution in _decoder.Executions) OnListedExecution(in execution);
                break;
            case DecodeStatus.Positions:
                foreach (ref readonly PositionEvent position in _decoder.Positions) _lanes[position.Instrument.Index].ListedPosition = position;
                break;
            case DecodeStatus.Wallet:
                _listedWallet = _decoder.Wallet;
                _hasListedWallet = true;
                break;
            default:
                _meters.FramesRejected++;
                _reconciliation.OnDamaged();
                break;
        }
    }

    private void OnListedOrder(in OrderEvent orderEvent)
    {
        OrderOutcome outcome = _orders.OnLookedUp(in orderEvent);
        AfterOrder(in orderEvent, outcome);

        // It is listed again by the next look-up, and its place is free once the order that has it is gone.
        if (outcome == OrderOutcome.OrphanWaits) _reconciliation.OnTorn();
    }

    private void OnListedExecution(in ExecutionEvent execution)
    {
        bool isNew = !_reconciliation.IsComplete && Hold(in execution);
        _reconciliation.OnListed(in execution, isNew);
        if (!_reconciliation.IsComplete) return;
        if (_ledger.Lacks(in execution)) _reconciliation.OnLacking(in execution);
        else _meters.DuplicatesIgnored++;
    }

    /// <summary>Whatever the end was worth, the next rows are those of another look-up.</summary>
    private void OnLookUpEnd(ReadOnlySpan<byte> payload)
    {
        TakeLookUpEnd(payload);
        _reconciliation.ForgetRows();
        _hasListedWallet = false;
        foreach (InstrumentLane lane in _lanes) lane.ListedPosition = default;
    }

    private void TakeLookUpEnd(ReadOnlySpan<byte> payload)
    {
        int namesBytes = payload.Length - Unsafe.SizeOf<LookUpEnd>();
        if (namesBytes < 0 || namesBytes % Unsafe.SizeOf<ClientOrderId>() != 0)
        {
            _meters.FramesRejected++;
            return;
        }

        LookUpEnd end = MemoryMarshal.Read<LookUpEnd>(payload);
        Connection connection = _connections[(int)VenueChannel.Private];
        if (connection.State != ConnectionState.Ready || end.PrivateGeneration != connection.Generation)
        {
            _meters.FramesOfLostConnections++;
            return;
        }

        if (_reconciliation.IsVoid(end.AskedNanos)) return;

        // What was in the rows that could not be read or are not its own, nobody knows: the question stays open until it is asked again.
        if (_reconciliation.IsDamaged(end.RowFrames))
        {
            _meters.LookUpsDamaged++;
            return;
        }

        var askedAt = new EpochNanos(end.AskedNanos);
        bool streamWasAway = !_reconciliation.IsComplete;
        foreach (ClientOrderId order in MemoryMarshal.Cast<byte, ClientOrderId>(payload[^namesBytes..]))
        {
            if (_orders.OnAbsent(order, askedAt, streamWasAway) == OrderOutcome.Absent) _closer.OnOrderEnded(order);
        }

        _reconciliation.OnEnd();
        BookBacklog();
        DecideEveryLane();
        if (streamWasAway) TakePicture(in end);
        else CheckPicture(in end);
    }

    /// <summary>The venue wins: what it holds is what the books hold from now on, unless its answer is older than they are, or cannot be taken over. Then it is asked again.</summary>
    private void TakePicture(in LookUpEnd end)
    {
        if (_reconciliation.IsTorn || (_hasListedWallet && (_reconciliation.IsBehind || HasPositionOfNoUse())))
        {
            Doubt();
            return;
        }

        if (_hasListedWallet) Adopt();
        OnAgreed(in end);
    }

    /// <summary>While the stream is whole a look-up only finds out whether all is well. What is not is a contradiction, for which quotes are pulled before anything is taken over.</summary>
    private void CheckPicture(in LookUpEnd end)
    {
        Reconciliation.Lack lack = _reconciliation.TakeLack();
        if (_reconciliation.IsTorn) Reconcile();
        else if (_reconciliation.IsBehind || lack == Reconciliation.Lack.Late) _reconciliation.OnTorn();
        else if (lack == Reconciliation.Lack.Lost || (_hasListedWallet && (HasPositionOfNoUse() || Differs()))) Reconcile();
        else OnAgreed(in end);
    }

    /// <summary>The books are the venue's: a fill that an order told before the question is in the position, though its execution may never come. One that was told a moment before may be lacking in both: neither the stream nor the look-up need have had it yet.</summary>
    private void OnAgreed(in LookUpEnd end)
    {
        _reconciliation.OnAgreed(end.AnsweredMillis);
        _meters.Reconciliations++;
        if (!_hasListedWallet) return;
        long knownBeforeMillis = new EpochNanos(end.AskedNanos).Milliseconds - Reconciliation.OverlapMillis;
        foreach (InstrumentLane lane in _lanes)
        {
            _orders.OnPositionKnown(lane.Spec.Id, knownBeforeMillis);
            _ledger.OnAgreed(lane.Spec.Id, lane.ListedPosition.EntryPrice);
        }

        _ledger.OnWalletAgreed(_listedWallet.WalletBalance);
    }

    private bool Differs()
    {
        foreach (InstrumentLane lane in _lanes)
        {
            if (!_ledger.Agrees(lane.Spec.Id, lane.ListedPosition.Size, lane.ListedPosition.EntryPrice)) return true;
        }

        return !_ledger.AgreesOnWallet(_listedWallet.WalletBalance);
    }

    /// <summary>A position in hedge mode is two, and one that is being taken over by the venue is about to change: neither becomes the ledger's. It is told once.</summary>
    private bool HasPositionOfNoUse()
    {
        bool hasOne = false;
        foreach (InstrumentLane lane in _lanes)
        {
            PositionStatus status = lane.ListedPosition.Status;
            bool isOfNoUse = status is not (PositionStatus.Unset or PositionStatus.Normal);
            hasOne |= isOfNoUse;
            if (isOfNoUse && !lane.HasToldStatus) Explain(DisagreementSubject.PositionStatus, lane.Spec.Id, _ledger.Position(lane.Spec.Id).Lots, (long)status, DisagreementAction.LeftAlone);
            lane.HasToldStatus = isOfNoUse;
        }

        return hasOne;
    }

    private void Adopt()
    {
        EpochNanos? adoptedAt = _reconciliation.HasBegun ? _now : null;
        bool knewEquity = TryReckonEquity(out MoneyE8 equityBefore);
        foreach (InstrumentLane lane in _lanes)
        {
            // A position that is not listed is flat (Bybit V5, 11.1).
            InstrumentId id = lane.Spec.Id;
            (QtyLots size, PriceE8 entry) = (lane.ListedPosition.Size, lane.ListedPosition.EntryPrice);
            if (_ledger.Agrees(id, size, entry)) continue;
            if (_ledger.TryReorder(id, size, entry))
            {
                if (!_gate.IsCross) TakeLiquidationPrice(lane);
                continue;
            }

            (QtyLots ourSize, PriceE8 ourEntry) = (_ledger.Position(id), _ledger.AverageEntry(id));
            _ledger.AdoptPosition(id, size, entry);
            if (!_gate.IsCross) TakeLiquidationPrice(lane);
            if (ourSize != size) OnAdopted(DisagreementSubject.PositionSize, id, ourSize.Lots, size.Lots, lane.AdoptedAt);
            else OnAdopted(DisagreementSubject.AverageEntry, id, ourEntry.Units, entry.Units, lane.AdoptedAt);
            lane.AdoptedAt = adoptedAt;
        }

        _hasEquityMoved = true;
        _unusableBalance = _listedWallet.Unusable;
        (MoneyE8 ours, MoneyE8 venues) = (_ledger.Wallet, _listedWallet.WalletBalance);
        bool agrees = _ledger.AgreesOnWallet(venues);
        _ledger.AdoptWallet(venues);
        OnBalance();   // all positions live on what the venue has, not on what was believed

        // More than was known of is no profit: it moves what losses count from. Less is a loss, whoever took it: a limit that forgives what it cannot explain is none.
        if (_reconciliation.HasBegun && knewEquity && TryReckonEquity(out MoneyE8 equity) && equity > equityBefore) Losses.OnTransfer(equity - equityBefore);
        if (agrees) return;
        OnAdopted(DisagreementSubject.WalletBalance, default, ours.Units, venues.Units, _walletAdoptedAt);
        _walletAdoptedAt = adoptedAt;
    }

    /// <summary>What the venue holds when the session begins is no difference: it is the beginning. A second one so soon, which no execution explains, means that the engine counts otherwise than the venue: whatever it takes over, the figures part with the next fill.</summary>
    private void OnAdopted(DisagreementSubject subject, InstrumentId instrument, long ours, long venues, EpochNanos? before)
    {
        if (!_reconciliation.HasBegun) return;
        _meters.Differences++;
        bool isAgain = before is { } at && _now - at < AdoptedAgainNanos;
        if (isAgain) Kill(KillReason.LedgerMismatch);
        Explain(subject, instrument, ours, venues, isAgain ? DisagreementAction.Stopped : DisagreementAction.Adopted);
    }

    /// <summary>Booked at once, or once nothing older can be missing.</summary>
    private void OnExecution(in ExecutionEvent execution)
    {
        bool isInTime = _reconciliation.IsComplete;
        bool isNew = isInTime ? Book(in execution) : Hold(in execution);
        if (!isNew) return;
        _reconciliation.OnStreamed(in execution);

        // What the market did since a fill that was held back is not known.
        if (isInTime && execution.IsMaker && execution.Type == ExecutionType.Trade) _lanes[execution.Instrument.Index].MarkOuts.OnFill(execution.Side, execution.Qty, _now.Nanos);
    }

    /// <summary>True when it is neither held nor booked already. What a full backlog cannot hold is booked as if it were complete: if it was not, the venue's wallet says so.</summary>
    private bool Hold(in ExecutionEvent execution)
    {
        if (_backlog.IsFull) BookBacklog();
        if (_backlog.TryAdd(in execution)) return _ledger.Lacks(in execution);
        _meters.DuplicatesIgnored++;
        return false;
    }

    private void BookBacklog()
    {
        foreach (ref readonly ExecutionEvent execution in _backlog.OldestFirst) Book(in execution);
        _backlog.Clear();
    }

    /// <summary>True when it was booked now.</summary>
    private bool Book(in ExecutionEvent execution)
    {
        LedgerOutcome outcome = _ledger.OnExecution(in execution);
        _hasEquityMoved = true;
        if (outcome == LedgerOutcome.Duplicate) _meters.DuplicatesIgnored++;
        if (outcome != LedgerOutcome.Booked) return false;
        InstrumentLane lane = _lanes[execution.Instrument.Index];
        // Only what waits for an execution: a figure that agreed before is older than this one, and would agree again by chance.
        if (lane.DisagreesSince is not null && AgreesOnPosition(lane)) lane.DisagreesSince = null;
        if (_walletDisagreesSince is not null && _ledger.AgreesOnWallet(_venueWallet)) OnWalletAgrees();
        if (execution.Type == ExecutionType.Funding)
        {
            OnBalance();
            return true;
        }

        _orders.OnExecution(in execution);
        lane.NeedsDecision = true;
        lane.AwaitsBook = true;
        UpdateLiquidationPrice(lane);
        if (lane.Directional.IsFirstFill(execution.ClientOrderId))
        {
            _meters.DirectionalTrades++;
            Tell(lane, in lane.Directional.Request, DirectionalOutcome.Opened);
        }

        if (execution.Type is ExecutionType.BustTrade or ExecutionType.AdlTrade)
        {
            _meters.Liquidations++;
            Kill(KillReason.Liquidated);
        }

        PublishExecutionFact(in execution);
        WatchLosses();
        return true;
    }

    private void UpdateLiquidationPrice(InstrumentLane lane)
    {
        TakeLiquidationPrice(lane);
        if (_gate.IsCross) UpdateLiquidationPricesBesides(lane);
    }

    /// <summary>In cross margin every liquidation price goes with the balance.</summary>
    private void OnBalance()
    {
        if (!_gate.IsCross) return;
        foreach (InstrumentLane lane in _lanes) TakeLiquidationPrice(lane);
    }

    /// <summary>In cross margin what one position earns is what the others live on.</summary>
    private void UpdateLiquidationPricesBesides(InstrumentLane moved)
    {
        foreach (InstrumentLane lane in _lanes)
        {
            if (lane != moved && _ledger.Position(lane.Spec.Id).Lots != 0) TakeLiquidationPrice(lane);
        }
    }

    private void TakeLiquidationPrice(InstrumentLane lane)
    {
        InstrumentId id = lane.Spec.Id;
        QtyLots position = _ledger.Position(id);
        Side side = position.Lots >= 0 ? Side.Buy : Side.Sell;
        Int128 costE16 = _ledger.CostE16(id);
        lane.CostE16 = costE16;
        var qty = new QtyLots(Math.Abs(position.Lots));
        lane.LiquidationPrice = _gate.IsCross
            ? CrossMargin.LiquidationPrice(side, costE16, qty, lane.Spec.LotE8, BalanceBesidesE24(lane), lane.TakerFeeE8, lane.RiskTiers)
            : MarginMath.LiquidationPrice(side, costE16, qty, lane.Spec.LotE8, lane.LeverageE2, extraMargin: default, lane.TakerFeeE8, in lane.RiskTiers.Find(costE16));
        if (lane.Guard.OnPosition(position, _ledger.AverageEntry(id), lane.LiquidationPrice, lane.MarkPrice, _now)) OnGuard(lane);
    }

    /// <summary>Wallet, and of every other position its profit less its maintenance margin.</summary>
    private Int128 BalanceBesidesE24(InstrumentLane lane)
    {
        Int128 balance = CrossMargin.OfMoney(_ledger.Wallet - _unusableBalance);
        foreach (InstrumentLane other in _lanes)
        {
            long lots = _ledger.Position(other.Spec.Id).Lots;
            if (other == lane || lots == 0) continue;
            // What its mark price is not known of has earned nothing yet.
            Int128 valueE16 = other.MarkPrice.Units > 0 ? LotMarkE16(other) * Math.Abs(lots) : other.CostE16;
            balance += CrossMargin.Unrealised(lots > 0 ? Side.Buy : Side.Sell, other.CostE16, valueE16) - CrossMargin.Maintenance(valueE16, other.TakerFeeE8, other.RiskTiers);
        }

        return balance;
    }

    /// <summary>The venue's own figures are compared with the ledger, which knows executions only. Not while executions may be missing, or be known here before the venue's message about them.</summary>
    private void OnPosition(in PositionEvent position)
    {
        InstrumentLane lane = _lanes[position.Instrument.Index];
        if (position.Status != PositionStatus.Normal || !_reconciliation.CanCompare(position.CreatedMillis) || position.Sequence < lane.VenuePosition.Sequence) return;
        lane.VenuePosition = position;
        lane.DisagreesSince = AgreesOnPosition(lane) ? null : lane.DisagreesSince ?? _now;
    }

    private bool AgreesOnPosition(InstrumentLane lane)
    {
        if (!_ledger.Agrees(lane.Spec.Id, lane.VenuePosition.Size, lane.VenuePosition.EntryPrice)) return false;
        _ledger.OnAgreed(lane.Spec.Id, lane.VenuePosition.EntryPrice);
        return true;
    }

    private void OnWallet(in WalletEvent wallet)
    {
        if (_unusableBalance != wallet.Unusable)
        {
            _unusableBalance = wallet.Unusable;
            OnBalance();
        }

        if (!_reconciliation.CanCompare(wallet.CreatedMillis) || wallet.CreatedMillis < _venueWalletMillis) return;
        _venueWallet = wallet.WalletBalance;
        _venueWalletMillis = wallet.CreatedMillis;
        if (_ledger.AgreesOnWallet(_venueWallet)) OnWalletAgrees();
        else _walletDisagreesSince ??= _now;
    }

    /// <summary>A fill that costs no fee leaves the wallet as it was: then only its position tells that it is missing.</summary>
    private void OnWalletAgrees()
    {
        _walletDisagreesSince = null;
        _ledger.OnWalletAgreed(_venueWallet);
        foreach (InstrumentLane lane in _lanes)
        {
            if (lane.DisagreesSince is not null) return;
        }

        _reconciliation.OnWalletAgrees(_venueWalletMillis);
    }

    /// <summary>A difference that neither an execution nor a later message has settled is a contradiction.</summary>
    private void ReconcileOnDisagreement()
    {
        foreach (InstrumentLane lane in _lanes)
        {
            if (!HasStood(lane.DisagreesSince)) continue;
            Reconcile();
            return;
        }

        if (HasStood(_walletDisagreesSince)) Reconcile();
    }

    private bool HasStood(EpochNanos? since) => since is { } first && _now - first >= DisagreementNanos;

    private void Explain(DisagreementSubject subject, InstrumentId instrument, long ours, long venues, DisagreementAction action)
    {
        var fact = new DisagreementFact(subject, instrument, ours, venues, action);
        PublishFact(in fact, OutboundKind.DisagreementFact);
    }

    private void OnAck(ReadOnlySpan<byte> payload)
    {
        switch (_decoder.DecodeTrade(payload))
        {
            case DecodeStatus.Ack:
                if (OnAck(in _decoder.Ack) != OrderOutcome.UnknownRequest && _decoder.Ack.ReturnCode != 0) TellRefusal(payload);
                break;
            case DecodeStatus.Control: break;
            default:
                _meters.FramesRejected++;
                return;
        }

        if (_decoder.Ack.ReturnCode == Ack.NodeRestartsCode) Reconnect();
    }

    private void TellRefusal(ReadOnlySpan<byte> payload)
    {
        Span<byte> text = stackalloc byte[RefusalFact.TextBytesMax];
        var fact = new RefusalFact(_decoder.Ack.ReturnCode, _decoder.Ack.Action, text[.._decoder.ReadReplyText(payload, text)]);
        if (!TryClaim(fact.LengthBytes, out Span<byte> told)) return;
        fact.Write(told);
        Publish(fact.LengthBytes, OutboundKind.RefusalFact, VenueChannel.Unset);
    }

    /// <summary>A connection that is to be made anew by plan is given up when no order may be alive: nothing is then lost with it, and nothing has to be cancelled behind it.</summary>
    private void ReconnectWhenEmpty()
    {
        if (_connections[(int)VenueChannel.Trade].State == ConnectionState.Leaving && _orders.LiveOrders == 0) Reconnect();
    }

    /// <summary>The node announces its end, with an answer or without a request: another one is asked for, once a connection.</summary>
    private void Reconnect()
    {
        if (_reconnectAsked || !TryClaim(0, out _)) return;
        _reconnectAsked = true;
        Publish(0, OutboundKind.ReconnectTrade, VenueChannel.Trade);
        _meters.ReconnectsAsked++;
    }

    /// <summary>A refused create is not repeated on the same book, or a venue that refuses would be asked as fast as the budget allows.</summary>
    private OrderOutcome OnAck(in Ack ack)
    {
        _isOrderEntrySilent = false;
        (InstrumentId instrument, Side side) = (default, default);
        bool isHeldCreate = ack.Action == OrderAction.Place && _orders.TryFind(ack.RequestId, out instrument, out side);
        OrderOutcome outcome = _orders.OnAck(in ack, _now);
        if (isHeldCreate && outcome == OrderOutcome.Rejected) _lanes[instrument.Index].RefusalsOf(side).OnRefused(_now);
        if (outcome != OrderOutcome.UnknownRequest) _budget.OnAnswer(in ack, _now);
        if (outcome == OrderOutcome.RateLimited) _budget.Exhaust(ack.Action, _now);
        else if (outcome == OrderOutcome.HardStop) Kill(KillReason.VenueRefused);
        CountTrouble(in ack, outcome);
        foreach (InstrumentLane lane in _lanes)
        {
            lane.NeedsDecision = true;
            if (outcome == OrderOutcome.Rejected) lane.AwaitsBook = true;
            ClientOrderId closing = _closer.OrderOf(lane.Spec.Id);
            if (!closing.IsOurs || _orders.StateOf(closing) != OrderState.Unset) continue;
            _closer.OnRefused(closing, ack.ReturnCode, _now);
            if (ack.ReturnCode == Ack.NothingToReduceCode) Reconcile();
        }

        return outcome;
    }

    /// <summary>That an order is gone already is what a maker hears all day (110001 and its like): neither an error nor a refusal.</summary>
    private void CountTrouble(in Ack ack, OrderOutcome outcome)
    {
        bool isVenuesOwn = outcome == OrderOutcome.OutcomeUnknown && ack.ReturnCode < OwnCodesBelow;
        if (isVenuesOwn || outcome is OrderOutcome.RateLimited or OrderOutcome.HardStop) Losses.OnApiError(_now);
        else if (outcome == OrderOutcome.Rejected || (outcome == OrderOutcome.Refused && ack.Action == OrderAction.Amend)) Losses.OnReject(_now);
    }

    private void OnTick()
    {
        long unanswered = _orders.Unanswered;
        _orders.OnTime(_now);
        _isOrderEntrySilent |= _orders.Unanswered != unanswered;
        _meters.UnknownEnumValues = (long)_decoder.UnknownEnumValues;
        double seconds = _tickedAt is { } at ? (_now - at) / NanosPerSecond : 0;
        _tickedAt = _now;
        foreach (InstrumentLane lane in _lanes)
        {
            NoteFairValue(lane, seconds);
            lane.NeedsDecision = true;
            if (lane.MarkOuts.OnTime(_now.Nanos)) lane.SettledAt = -1;
            if (lane.AwaitsSnapshot && _now - lane.SnapshotAskedAt >= SnapshotRetryNanos) AskForSnapshot(lane);
        }

        WatchLosses();
        if (Losses.HasLimits && _now - _lossesRoundAt >= LossesEveryNanos) RoundOfLosses();
        ReconnectWhenEmpty();
        if ((!CanSend || _isOrderEntrySilent) && _now - _cancelAllAskedAt >= CancelAllRetryNanos) CancelAll();
        ReconcileOnDisagreement();
        if (CanAsk && _reconciliation.IsDue(_now, _orders.CountOutcomeUnknown() > 0)) LookUp();
        PublishState();
    }

    private static void NoteFairValue(InstrumentLane lane, double seconds)
    {
        if (lane.HasPolledBook || !lane.Book.TryGetTop(out BookTop top)) return;
        double midTicks = top.TwiceMidTicks * 0.5;
        lane.Parts.Mid.Add(midTicks, seconds);
        lane.Parts.WeightedMid.Add(FairValue.WeightedMidTicks(in top) - midTicks, seconds);
        lane.Parts.Microprice.Add(lane.Microprice.MicropriceTicks(in top) - midTicks, seconds);
        lane.Parts.Imbalance.Add(FairValue.ImbalanceTicks(in top, FairValue.ImbalanceShare(lane.Book, lane.ImbalanceLevels)) - midTicks, seconds);
        lane.Parts.OrderFlow.Add(lane.HeldBy is QuotesHeldBy.Nothing or QuotesHeldBy.MarkOuts or QuotesHeldBy.AddingSide ? lane.SettledShiftTicks : 0, seconds);
    }

    /// <summary>Pauses begin and end, and equity is held against the limits: at ticks, mark prices and executions.</summary>
    private void WatchLosses()
    {
        if (!Losses.HasLimits) return;
        Losses.OnTime(_now);
        if (Losses.IsUnsureTooLong(_now)) KillAndClose(KillReason.ModelConfidence);
        if (_hasEquityMoved) WatchEquity();
        if (_lossChangesSeen == Losses.Changes) return;
        _lossChangesSeen = Losses.Changes;
        _hasEquityMoved = true;   // a loss that still stands when a pause ends begins another
        DecideEveryLane();
        foreach (InstrumentLane lane in _lanes)
        {
            if (Losses.Closes(lane.Spec.Id)) _closer.TryAgain(lane.Spec.Id);
        }
    }

    /// <summary>A wallet that is not known to be the venue's must not trip a limit: what it lacks is on its way, or is looked up within seconds.</summary>
    private void WatchEquity()
    {
        if (!_inSession || !SeesItsOrders || _walletDisagreesSince is not null) return;
        int held = 0;
        foreach (InstrumentLane lane in _lanes)
        {
            if (lane.DisagreesSince is not null) return;
            if (Losses.LimitsSymbols && (lane.CostE16 == 0 || lane.MarkPrice.Units > 0)) Losses.OnResult(lane.Spec.Id, BookedOf(lane.Spec.Id), _ledger.Unrealised(lane.Spec.Id, lane.MarkPrice), _now);
            if (lane.CostE16 == 0)
            {
                Losses.OnFlat(lane.Spec.Id);
                continue;
            }

            held++;
            if (lane.MarkPrice.Units > 0) Losses.OnPosition(lane.Spec.Id, UnrealisedE16(lane), lane.CostE16, _now);
        }

        _hasEquityMoved = false;
        Losses.OnOpenPositions(held);
        if (!TryReckonEquity(out MoneyE8 equity) || !Losses.OnEquity(equity, _now)) return;
        KillAndClose(KillReason.Drawdown);
    }

    private void KillAndClose(KillReason reason)
    {
        _closesWithKill = true;
        Kill(reason);
        foreach (InstrumentLane lane in _lanes) _closer.TryAgain(lane.Spec.Id);
    }

    private MoneyE8 BookedOf(InstrumentId id) => _ledger.RealisedGross(id) - _ledger.Fees(id) + _ledger.Funding(id);

    /// <summary>False while a position that is held has no mark price.</summary>
    private bool TryReckonEquity(out MoneyE8 equity)
    {
        equity = default;
        Int128 unrealisedE16 = 0;
        foreach (InstrumentLane lane in _lanes)
        {
            if (lane.CostE16 == 0) continue;
            if (lane.MarkPrice.Units <= 0) return false;
            unrealisedE16 += UnrealisedE16(lane);
        }

        // A division of 128 bits costs more than all the rest: what fits is divided as it fits.
        long units = unrealisedE16 == (long)unrealisedE16 ? (long)unrealisedE16 / PriceE8.One : (long)(unrealisedE16 / PriceE8.One);
        equity = _ledger.Wallet + new MoneyE8(units);
        return true;
    }

    private Int128 UnrealisedE16(InstrumentLane lane)
    {
        long lots = _ledger.Position(lane.Spec.Id).Lots;
        Int128 valueE16 = LotMarkE16(lane) * lots;
        return lots > 0 ? valueE16 - lane.CostE16 : valueE16 + lane.CostE16;
    }

    /// <summary>What a lot is worth at the mark price.</summary>
    private static Int128 LotMarkE16(InstrumentLane lane) => (Int128)lane.MarkPrice.Units * lane.Spec.LotE8;

    /// <summary>Once a second: mark-outs come in over ten, and a peak moves with every fill.</summary>
    private void RoundOfLosses()
    {
        _lossesRoundAt = _now;
        foreach (InstrumentLane lane in _lanes)
        {
            if (Losses.LimitsMarkOuts) WatchMarkOuts(lane);
        }

        if (!Losses.HasNews || !Losses.State.HasBegun || !TryClaim(Losses.State.LengthBytes, out Span<byte> payload)) return;
        Losses.HasNews = false;
        Losses.State.AsOf = _now;
        Publish(Losses.State.Write(payload), OutboundKind.LossState, VenueChannel.Unset);
    }

    private void WatchMarkOuts(InstrumentLane lane)
    {
        double meanTicks = Math.Min(lane.MarkOuts.MeanTicks(Side.Buy, LastMarkOut), lane.MarkOuts.MeanTicks(Side.Sell, LastMarkOut));
        if (meanTicks >= 0 || lane.MarkPrice.Units <= 0) return;
        long lossE8 = (long)(-meanTicks * lane.Spec.TickE8 * PriceE8.One / lane.MarkPrice.Units);
        if (Losses.OnMarkOut(lane.Spec.Id, lossE8, _now)) lane.MarkOuts.ForgetMeans();
    }

    /// <summary>Whether the position of an instrument is to be closed whole.</summary>
    private bool Closes(InstrumentLane lane) => _closer.IsAsked || _closesWithKill || Losses.Closes(lane.Spec.Id) || lane.Directional.IsStopping;

    /// <summary>Latches the kill switch and has every instrument's quotes pulled at the end of this burst.</summary>
    private void Kill(KillReason reason)
    {
        _gate.Kill(reason);
        Losses.OnKilled();
        DecideEveryLane();
    }

    private void DecideEveryLane()
    {
        foreach (InstrumentLane lane in _lanes) lane.NeedsDecision = true;
    }

    private void OnSession(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != sizeof(uint))
        {
            _meters.FramesRejected++;
            return;
        }

        _orders.BeginSession(BinaryPrimitives.ReadUInt32LittleEndian(payload));
        if (_inSession) return;
        _inSession = true;
        _reconciliation.Begin(_now);
        if (_connections[(int)VenueChannel.Private].State == ConnectionState.Ready) LookUp();
    }

    private void OnCommand(ReadOnlySpan<byte> payload)
    {
        switch (payload.Length == 1 ? (OperatorCommand)payload[0] : OperatorCommand.Unset)
        {
            case OperatorCommand.StopQuoting:
                _quotingStopped = true;
                DecideEveryLane();
                break;
            case OperatorCommand.Kill:
                Kill(KillReason.Operator);
                PublishState();
                break;
            case OperatorCommand.Resume:
                _gate.Resume();
                _closer.End();
                _closesWithKill = false;
                _quotingStopped = false;
                DecideEveryLane();
                PublishState();   // at once: whoever sees it killed behind this knows that it was killed anew
                break;
            case OperatorCommand.Flatten:
                _quotingStopped = true;
                _closer.Begin();
                DecideEveryLane();
                break;
            default: _meters.FramesRejected++; break;
        }
    }

    /// <summary>The end of a burst: every instrument that moved is quoted anew. The first place in the shared budget rotates whenever some of it was used. While nobody would carry a request, all that is due stays due.</summary>
    private void Decide()
    {
        if (!CanSend) return;
        long requestsBefore = _requestsPublished;
        long startedNanos = 0;
        bool hasMoved = false;
        int next = _firstLane;
        for (int i = 0; i < _lanes.Length && !IsHalted; i++)
        {
            InstrumentLane lane = _lanes[next];
            if (++next == _lanes.Length) next = 0;
            if (!lane.NeedsDecision) continue;
            if (!hasMoved && IsTimed(ref _untimedDecisions)) startedNanos = StageClock.NowNanos();
            hasMoved = true;
            lane.NeedsDecision = false;
            Decide(lane);
        }

        if (_requestsPublished != requestsBefore && ++_firstLane == _lanes.Length) _firstLane = 0;
        if (startedNanos != 0) _meters.Decide.Record(StageClock.NowNanos() - startedNanos);
    }

    private static bool IsTimed(ref int untimed)
    {
        if (++untimed < StagesTimedEvery) return false;
        untimed = 0;
        return true;
    }

    private void Decide(InstrumentLane lane)
    {
        InstrumentId id = lane.Spec.Id;
        if (lane.Directional.IsActive) FollowDirectional(lane);
        bool quotes = MayQuote(lane, out BookTop top);
        if (!quotes || lane.AwaitsBook) lane.Tracking.Pause(_now);
        if (quotes && lane.AwaitsBook) return;
        int intentCount = quotes ? PlanQuotes(lane, in top) : _orders.PlanCancelAll(id, _intents);
        for (int i = 0; i < intentCount && !IsHalted; i++) Submit(lane, in _intents[i], in top, pullsQuotes: !quotes);
        if (intentCount == 0 && (Closes(lane) || (lane.Guard.IsCutting && !quotes))) ClosePosition(lane);   // a cut that no quote offers is taken at once
        else if (intentCount == 0 && lane.Directional.IsEntering) WorkDirectional(lane);
    }

    /// <summary>The position that is wanted is held, or may not be worked towards any more; or nothing is held, and the request is over. Only by books that are known to be the venue's, and while no order may still fill.</summary>
    private void FollowDirectional(InstrumentLane lane)
    {
        DirectionalTrade directional = lane.Directional;
        QtyLots position = _ledger.Position(lane.Spec.Id);
        bool mayFill = !SeesItsOrders || lane.DisagreesSince is not null || _orders.Exposure(lane.Spec.Id) != default;
        if (directional.IsEntering)
        {
            bool isReached = !mayFill && directional.IsReached(lane.Spec, position);
            bool isHalted = MayNotOpen(lane) && (Closes(lane) || DirectionalTrade.Opens(in directional.Request, position));
            DirectionalOutcome outcome = isReached ? DirectionalOutcome.Reached
                : isHalted ? DirectionalOutcome.Halted
                : directional.HasExpired(_now) ? DirectionalOutcome.Expired
                : DirectionalOutcome.Unset;
            if (outcome == DirectionalOutcome.Unset) return;
            directional.Hold();
            Tell(lane, in directional.Request, outcome);
        }

        if (mayFill || position.Lots != 0) return;
        directional.End();
        lane.SettledAt = -1;
        Tell(lane, in directional.Request, DirectionalOutcome.Ended);
    }

    /// <summary>The next order towards the position that is wanted, under the conditions of a quote. A limit of the gate that does not pass by itself ends the entry.</summary>
    private void WorkDirectional(InstrumentLane lane)
    {
        InstrumentId id = lane.Spec.Id;
        bool knowsThePosition = CanPlace && SeesItsOrders && lane.DisagreesSince is null && _orders.Exposure(id) == default;
        bool seesTheMarket = SeesTheMarket && !lane.AwaitsBook && _now - lane.LastBookTime <= lane.MarketDataAgeMaxNanos && lane.FeedLagNanos <= lane.FeedLagMaxNanos;
        bool isRefused = lane.RefusalsOf(Side.Buy).HoldsAt(_now) || lane.RefusalsOf(Side.Sell).HoldsAt(_now);
        if (!knowsThePosition || !seesTheMarket || isRefused || lane.Guard.IsCutting || !lane.Book.TryGetTop(out BookTop top)) return;
        if (!lane.Directional.TryPlan(lane.Spec, _gate.LimitsOf(id), in top, _ledger.Position(id), out OrderIntent intent)) return;
        long requestsBefore = _requestsPublished;
        intent = intent with { ClientOrderId = _orders.NextName() };
        RiskReason reason = Submit(lane, in intent, in top, pullsQuotes: false);
        if (_requestsPublished != requestsBefore)
        {
            lane.AwaitsBook = true;
            lane.Directional.OnSent(intent.ClientOrderId);
        }
        else if (!PassesByItself(reason))
        {
            lane.Directional.Hold();
            lane.NeedsDecision = true;   // with nothing held it is over
            Tell(lane, in lane.Directional.Request, DirectionalOutcome.Halted, reason);
        }
    }

    private static bool PassesByItself(RiskReason reason) => reason is RiskReason.Accepted or RiskReason.MarketDataStale or RiskReason.BookUnusable or RiskReason.Blind or RiskReason.MarkPriceStale
        or RiskReason.PriceOutsideCollar or RiskReason.PriceOutsideVenueBounds or RiskReason.OrderBudgetSpent;

    /// <summary>Only by books that are known to be the venue's, and not on a book that was used before; not while any order of the instrument may still fill. Without a book for longer than one may be old the mark price must do, the last that was known: the limit of the order bounds what that costs.</summary>
    private void ClosePosition(InstrumentLane lane)
    {
        InstrumentId id = lane.Spec.Id;
        if (!(CanPlace && SeesItsOrders && lane.DisagreesSince is null && _orders.Exposure(id) == default)) return;
        BookTop top = default;
        bool isBlind = _now - lane.LastBookTime > lane.MarketDataAgeMaxNanos || (lane.Book.IsUsable && lane.Book.LevelCount(Side.Buy) * lane.Book.LevelCount(Side.Sell) == 0);
        if (!isBlind && (lane.AwaitsBook || !(SeesTheMarket || lane.HasPolledBook) || !lane.Book.TryGetTop(out top))) return;
        QtyLots kept = Closes(lane) ? default : lane.Guard.Kept;
        if (!_closer.TryPlan(lane.Spec, _gate.LimitsOf(id), in top, lane.MarkPrice, _ledger.Position(id), kept, _now, out OrderIntent intent)) return;
        long requestsBefore = _requestsPublished;
        intent = intent with { ClientOrderId = _orders.NextName() };
        Submit(lane, in intent, in top, pullsQuotes: true);
        if (_requestsPublished == requestsBefore) return;
        lane.AwaitsBook = true;
        _closer.OnSent(id, intent.ClientOrderId, isBlind ? _now.Nanos + PositionCloser.RetryNanos : 0);
        _meters.ClosesSent++;
    }

    private ClosingState Closing
    {
        get
        {
            if (!_closer.IsAsked && !_closesWithKill) return ClosingState.Unset;
            if (!SeesItsOrders || _walletDisagreesSince is not null) return ClosingState.Closing;
            ClosingState state = ClosingState.Flat;
            foreach (InstrumentLane lane in _lanes)
            {
                InstrumentId id = lane.Spec.Id;
                if (_orders.Exposure(id) != default || lane.DisagreesSince is not null) return ClosingState.Closing;
                if (_ledger.Position(id).Lots == 0) continue;
                ClosingState closing = _closer.StateOf(id);
                if (closing == ClosingState.Closing) return closing;
                if (closing > state) state = closing;
            }

            return state;
        }
    }

    private bool MayQuote(InstrumentLane lane, out BookTop top)
    {
        QuotesHeldBy heldBy = HeldBy(lane, out top);
        if (heldBy != lane.HeldBy)
        {
            lane.HeldBy = heldBy;
            _meters.CountQuotesHeldBy(heldBy);
        }

        return heldBy is QuotesHeldBy.Nothing or QuotesHeldBy.MarkOuts or QuotesHeldBy.AddingSide || (heldBy == QuotesHeldBy.LiquidationGuard && lane.Guard.IsPassive(_now));
    }

    private QuotesHeldBy HeldBy(InstrumentLane lane, out BookTop top)
    {
        top = default;
        QuotingState state = State;
        if (state == QuotingState.Reducing) return QuotesHeldBy.LossLimit;
        if (state != QuotingState.Active) return QuotesHeldBy.Engine;
        if (Losses.HoldsAny && Losses.Holds(lane.Spec.Id, _ledger.Position(lane.Spec.Id).Lots == 0, _now)) return QuotesHeldBy.LossLimit;
        if (!lane.IsTrading) return QuotesHeldBy.NotTrading;
        if (!lane.IsQuoted || lane.Directional.IsActive) return QuotesHeldBy.Directional;
        if (!lane.Book.TryGetTop(out top)) return lane.Book.IsUsable ? QuotesHeldBy.OneSidedBook : QuotesHeldBy.Book;
        if (!lane.Volatility.HasValue) return QuotesHeldBy.Book;
        if (_now - lane.LastBookTime > lane.MarketDataAgeMaxNanos) return QuotesHeldBy.BookAge;
        if (lane.HasTickerMark && _now - lane.LastTickerTime > lane.MarkPriceAgeMaxNanos) return QuotesHeldBy.MarkPriceAge;
        if (lane.FeedLagNanos > lane.FeedLagMaxNanos) return QuotesHeldBy.FeedLag;
        if (_orders.IsStreamSlow) return QuotesHeldBy.OrderStreamDelay;
        if (lane.RefusalsOf(Side.Buy).HoldsAt(_now) || lane.RefusalsOf(Side.Sell).HoldsAt(_now)) return QuotesHeldBy.Refusals;
        if (lane.Guard.IsCutting) return QuotesHeldBy.LiquidationGuard;
        if (lane.VolatilityJump is { IsJumping: true }) return QuotesHeldBy.VolatilityJump;
        if (lane.PullsAtVolatilityCap && lane.Volatility.Bound == SigmaBound.Cap) return QuotesHeldBy.VolatilityCap;
        if (lane.Sweep is { } sweep && sweep.HoldsAt(_now.Nanos)) return QuotesHeldBy.Sweep;
        if (lane.IsAddingHeld) return QuotesHeldBy.AddingSide;
        return lane.MarkOuts.Widens ? QuotesHeldBy.MarkOuts : QuotesHeldBy.Nothing;
    }

    /// <summary>Many books do not move the top: what came to nothing with the same top, volatility, order flow, imbalance and orders comes to nothing again. The position moves with executions only, which are changes of orders.</summary>
    private int PlanQuotes(InstrumentLane lane, in BookTop top)
    {
        double sigma = lane.Volatility.SigmaPerSqrtSecond;
        if (_now.Nanos >= lane.Bias.NextStepAt.Nanos) LeanByBias(lane);
        if (lane.FairValue == FairValueModel.Imbalance) lane.BidShare = FairValue.ImbalanceShare(lane.Book, lane.ImbalanceLevels);
        double shiftTicks = lane.OrderFlow is null ? 0 : OrderFlowShiftTicks(lane, lane.OrderFlow, in top);
        if (_orders.WeighsQueues) LookAtQueues(lane);
        if (lane.SettledAt == _orders.Changes && lane.SettledTop == top && lane.SettledSigma == sigma && lane.SettledShiftTicks == shiftTicks && lane.SettledBidShare == lane.BidShare) return 0;
        ReadOnlySpan<QuoteTarget> wanted = WantedQuotes(lane, in top, shiftTicks);
        lane.Tracking.Observe(wanted, _orders, lane.Spec.Id, _now);
        int count = _orders.WeighsQueues ? PlanByQueues(lane, wanted) : _orders.Plan(lane.Spec.Id, wanted, _intents);
        lane.SettledAt = count == 0 && !_orders.HoldsBack ? _orders.Changes : -1;
        lane.SettledTop = top;
        lane.SettledSigma = sigma;
        lane.SettledShiftTicks = shiftTicks;
        lane.SettledBidShare = lane.BidShare;
        return count;
    }

    private int PlanByQueues(InstrumentLane lane, ReadOnlySpan<QuoteTarget> wanted)
    {
        for (int i = 0; i < wanted.Length; i++) _displayed[i] = lane.Book.QtyAt(wanted[i].Side, wanted[i].Price);
        return _orders.Plan(lane.Spec.Id, wanted, _displayed.AsSpan(0, wanted.Length), _budget.LeftForRequote(OrderAction.Amend, _now), _budget.PerSecond(OrderAction.Amend), _intents);
    }

    /// <summary>What the book shows where quotes rest.</summary>
    private void LookAtQueues(InstrumentLane lane)
    {
        InstrumentId id = lane.Spec.Id;
        for (int i = 0; i < _targets.Length; i++)
        {
            Side side = i < _targets.Length / 2 ? Side.Buy : Side.Sell;
            int level = side == Side.Buy ? i : i - (_targets.Length / 2);
            PriceTicks price = _orders.RestingPrice(id, side, level);
            if (price.Ticks > 0) _orders.OnDisplayed(id, side, level, lane.Book.QtyAt(side, price));
        }
    }

    private ReadOnlySpan<QuoteTarget> WantedQuotes(InstrumentLane lane, in BookTop top, double shiftTicks)
    {
        double fairTicks = FairTicks(lane, in top);
        double sigma = lane.Volatility.SigmaPerSqrtSecond;
        if (lane.Quoter.TryAskForTable(sigma, fairTicks, out QuoteTableRequest request)) PublishFact(in request, OutboundKind.QuoteTableRequest);
        int count = lane.Quoter.Quote(in top, fairTicks, sigma, _ledger.Position(lane.Spec.Id), shiftTicks, _targets, lane.MarkOuts.BidWideningNanoTicks, lane.MarkOuts.AskWideningNanoTicks);
        if (lane.Guard.IsCutting) OfferCut(lane, in top, _targets.AsSpan(0, count));
        Int128 elsewhereE24 = _gate.IsCross ? ElsewhereE24(lane) : default;
        lane.IsAddingHeld = HoldsBack(lane, elsewhereE24, _targets.AsSpan(0, count));
        VenueFilters.ApplyPriceLimit(lane.Spec, lane.MarkPrice, _targets.AsSpan(0, count));
        return _targets.AsSpan(0, count);
    }

    /// <summary>Leaves of the quotes of a side only what closes the position, where the gate would not take the others: what rests is pulled as soon as it would not be taken any more.</summary>
    /// <returns>Whether any was held back.</returns>
    private bool HoldsBack(InstrumentLane lane, Int128 elsewhereE24, Span<QuoteTarget> targets)
    {
        long buyLots = 0;
        long sellLots = 0;
        long dearestTicks = 0;
        long cheapestTicks = 0;
        foreach (ref readonly QuoteTarget target in targets)
        {
            if (target.Qty.Lots == 0) continue;
            if (target.Side == Side.Buy)
            {
                buyLots += target.Qty.Lots;
                dearestTicks = Math.Max(dearestTicks, target.Price.Ticks);
            }
            else
            {
                sellLots += target.Qty.Lots;
                cheapestTicks = cheapestTicks == 0 ? target.Price.Ticks : Math.Min(cheapestTicks, target.Price.Ticks);
            }
        }

        long heldLots = _ledger.Position(lane.Spec.Id).Lots;
        bool holdsBids = buyLots > Math.Max(0, -heldLots) && !MayAdd(lane, Side.Buy, new QtyLots(buyLots), new PriceTicks(dearestTicks), elsewhereE24);
        bool holdsAsks = sellLots > Math.Max(0, heldLots) && !MayAdd(lane, Side.Sell, new QtyLots(sellLots), new PriceTicks(cheapestTicks), elsewhereE24);
        if (holdsBids) LeaveOnlyWhatCloses(lane, Side.Buy, -heldLots, targets);
        if (holdsAsks) LeaveOnlyWhatCloses(lane, Side.Sell, heldLots, targets);
        return holdsBids | holdsAsks;
    }

    private static void LeaveOnlyWhatCloses(InstrumentLane lane, Side side, long closesLots, Span<QuoteTarget> targets)
    {
        closesLots = Math.Max(0, closesLots);
        foreach (ref QuoteTarget target in targets)
        {
            if (target.Side != side) continue;
            long lots = Math.Min(target.Qty.Lots, closesLots);
            target = target with { Qty = new QtyLots(lots) };
            closesLots -= lots;
        }

        VenueFilters.Apply(lane.Spec, targets);
    }

    private bool MayAdd(InstrumentLane lane, Side side, QtyLots qty, PriceTicks price, Int128 elsewhereE24)
    {
        if (lane.Guard.HoldsAdding) return false;
        InstrumentId id = lane.Spec.Id;
        if (!_gate.IsCross) return _survival[id.Index].Survives(side, _ledger.Position(id), lane.CostE16, qty, price, lane.MarkPrice);
        Holding holding = side == Side.Buy ? HoldingOf(lane, qty, price, default, default) : HoldingOf(lane, default, default, qty, price);
        return elsewhereE24 + _gate.WorstCaseOf(id).CrossSurplusE24(in holding) > 0;
    }

    private Holding HoldingOf(InstrumentLane lane, QtyLots buyQty, PriceTicks buyPrice, QtyLots sellQty, PriceTicks sellPrice) =>
        new(_ledger.Position(lane.Spec.Id), lane.CostE16, buyQty, buyPrice, sellQty, sellPrice, lane.MarkPrice);

    /// <summary>What the wallet and every other instrument leave at worst; cross margin.</summary>
    private Int128 ElsewhereE24(InstrumentLane lane)
    {
        Int128 left = CrossMargin.OfMoney(_ledger.Wallet - _unusableBalance);
        foreach (InstrumentLane other in _lanes)
        {
            if (other == lane) continue;
            OpenExposure open = _orders.Exposure(other.Spec.Id);
            Holding holding = HoldingOf(other, open.OpenBuyQty, open.DearestBuy, open.OpenSellQty, open.CheapestSell);
            left += _gate.WorstCaseOf(other.Spec.Id).CrossSurplusE24(in holding);
        }

        return left;
    }

    /// <summary>In place of quotes what is to be cut, at the touch of its side; where the quote that closes is larger or nearer, as it would be.</summary>
    private void OfferCut(InstrumentLane lane, in BookTop top, Span<QuoteTarget> targets)
    {
        InstrumentId id = lane.Spec.Id;
        QtyLots position = _ledger.Position(id);
        Side side = position.Lots > 0 ? Side.Sell : Side.Buy;
        PriceTicks touch = side == Side.Sell ? top.AskPrice : top.BidPrice;
        long heldLots = Math.Abs(position.Lots);
        foreach (ref QuoteTarget target in targets)
        {
            if (target.Side != side || target.Level != 0)
            {
                target = target with { Qty = default };
                continue;
            }

            bool isNearer = target.Qty.Lots > 0 && side.Sign * (target.Price.Ticks - touch.Ticks) > 0;
            long lots = Math.Min(Math.Max(heldLots - lane.Guard.Kept.Lots, target.Qty.Lots), heldLots);
            target = target with { Price = isNearer ? target.Price : touch, Qty = new QtyLots(Math.Min(lots, _gate.LimitsOf(id).OrderMax.Lots)) };
        }

        VenueFilters.Apply(lane.Spec, targets);
    }

    /// <summary>What the order flow is worth to the quotes now: it decays while nothing happens.</summary>
    private double OrderFlowShiftTicks(InstrumentLane lane, OrderFlowImbalance flow, in BookTop top) => lane.Quoter.DecayingShiftTicks(
        lane.OrderFlowAlphaTicksPerSecondPerLot * flow.SumLotsAt(_now.Nanos), flow.DecayPerSecond, lane.Volatility.SigmaPerSqrtSecond, FairTicks(lane, in top));

    private static double FairTicks(InstrumentLane lane, in BookTop top) => lane.FairValue switch
    {
        FairValueModel.WeightedMid => FairValue.WeightedMidTicks(in top),
        FairValueModel.Microprice => lane.Microprice.MicropriceTicks(in top),
        FairValueModel.Imbalance => FairValue.ImbalanceTicks(in top, lane.BidShare),
        _ => top.TwiceMidTicks * 0.5,
    };

    /// <summary>One change: checked, named, encoded, published. A refused change leaves the gate's count; a refused amend becomes a cancel.</summary>
    private RiskReason Submit(InstrumentLane lane, in OrderIntent intent, in BookTop top, bool pullsQuotes)
    {
        RiskContext context = Context(lane, in intent, in top, pullsQuotes);
        RiskReason reason = _gate.Check(in intent, in context);
        if (reason != RiskReason.Accepted)
        {
            NoteRefusal(reason, in intent, in context);

            // A quote that may not move must not rest where it was. A spent budget and an own order in the way pass by themselves.
            if (intent.Action != OrderAction.Amend || reason is RiskReason.OrderBudgetSpent or RiskReason.WouldCrossOwnOrder) return reason;
            OrderIntent cancel = intent with { Action = OrderAction.Cancel };
            return Submit(lane, in cancel, in top, pullsQuotes);
        }

        if (!TryClaim(OrderRequestEncoder.RequestBytesMax, out Span<byte> payload)) return reason;
        RequestId requestId = _orders.OnSent(in intent, _now);
        if (requestId == RequestId.None) return reason;
        _budget.Take(intent.Action, _now);
        int lengthBytes = _encoder.Encode(in intent, requestId, _now.Milliseconds, payload);
        long publishedNanos = StageClock.NowNanos();
        Publish(lengthBytes, OutboundKind.Request, VenueChannel.Trade, publishedNanos);
        _requestsPublished++;
        _meters.TickToOrder.Record(publishedNanos - _oldestUnquotedNanos);
        return reason;
    }

    /// <summary>The last of each reason is told once a second: a gate that refuses all day must not fill the ring.</summary>
    private void NoteRefusal(RiskReason reason, in OrderIntent intent, in RiskContext context)
    {
        _isRefusalUntold[(byte)reason] = true;
        _refusals[(byte)reason] = new GateRefusalFact
        {
            Instrument = intent.Instrument,
            Reason = (int)reason,
            Action = (int)intent.Action,
            SideSign = intent.Side.Sign,
            Count = _gate.Refused(reason),
            At = _now,
            Price = intent.Price,
            Qty = intent.Qty,
            Position = context.Position,
            OpenBuyQty = context.OpenBuyQty,
            OpenSellQty = context.OpenSellQty,
            TwiceReferenceMidTicks = context.TwiceReferenceMidTicks,
            MarkPrice = context.MarkPrice,
            LiquidationPrice = _lanes[intent.Instrument.Index].LiquidationPrice,
            AvailableMargin = context.AvailableMargin,
            Balance = context.Balance,
            MarketDataAgeNanos = context.MarketDataAgeNanos,
            MarkPriceAgeNanos = context.MarkPriceAgeNanos,
            OpenOrders = context.OpenOrders,
            RequestsLeft = context.RequestsLeft,
        };
    }

    private void PublishRefusals()
    {
        for (int reason = 0; reason < RefusalReasons; reason++)
        {
            if (!_isRefusalUntold[reason]) continue;
            _isRefusalUntold[reason] = false;
            PublishFact(in _refusals[reason], OutboundKind.GateRefusalFact);
        }
    }

    private RiskContext Context(InstrumentLane lane, in OrderIntent intent, in BookTop top, bool pullsQuotes)
    {
        InstrumentId id = lane.Spec.Id;
        OpenExposure open = _orders.Exposure(id);

        // What opens no more than it replaces, as a quote that only moves, adds no exposure and is asked for no margin.
        bool opensMore = intent.Qty.Lots - intent.FilledQty.Lots > intent.PreviousQty.Lots;
        bool isCancel = intent.Action == OrderAction.Cancel;
        MoneyE8 balance = opensMore ? Balance() : default;
        return new RiskContext
        {
            Position = _ledger.Position(id),
            CostE16 = lane.CostE16,
            OpenBuyQty = open.OpenBuyQty,
            OpenSellQty = open.OpenSellQty,
            OpenOrders = open.OpenOrders,
            BestOwnBid = open.BestOwnBid,
            BestOwnAsk = open.BestOwnAsk,
            UnbookedBuyPrice = open.UnbookedBuyPrice,
            UnbookedSellPrice = open.UnbookedSellPrice,
            TwiceReferenceMidTicks = top.TwiceMidTicks,
            MarkPrice = lane.MarkPrice,
            ElsewhereE24 = _gate.IsCross && !isCancel ? ElsewhereE24(lane) : default,
            MarketDataAgeNanos = _now - lane.LastBookTime,
            MarkPriceAgeNanos = lane.HasTickerMark ? _now - lane.LastTickerTime : 0,
            IsTrading = lane.IsTrading,
            IsBookUsable = lane.Book.IsUsable,

            // The venue lets a reduce-only order do no more than that (Bybit V5, 14.5), whatever the books say.
            IsPrivateStreamUp = SeesItsOrders || (intent.ReduceOnly && _connections[(int)VenueChannel.Private].State == ConnectionState.Ready),
            IsReducing = Losses.Reduces,
            RequestsLeft = pullsQuotes ? _budget.Left(intent.Action, _now) : _budget.LeftForRequote(intent.Action, _now),
            AvailableMargin = opensMore ? balance - BoundMargin() : default,
            Balance = balance,
            IsNameTaken = intent.Action == OrderAction.Place && _orders.StateOf(intent.ClientOrderId) != OrderState.Unset,
            GuardHolds = lane.Guard.HoldsAdding,
        };
    }

    /// <summary>What margin can come from: in cross margin unrealised profit counts, and loss.</summary>
    private MoneyE8 Balance()
    {
        MoneyE8 balance = _ledger.Wallet - _unusableBalance;
        if (!_gate.IsCross) return balance;
        foreach (InstrumentLane lane in _lanes)
        {
            if (lane.MarkPrice.Units > 0) balance += _ledger.Unrealised(lane.Spec.Id, lane.MarkPrice);
        }

        return balance;
    }

    /// <summary>What positions hold and what every open or unanswered order may take, by the engine's own books: the venue's wallet message comes too late for requests sent together.</summary>
    /// <remarks>Open orders are priced at the mark, and so are positions in cross margin. Per instrument the larger side counts, as the venue nets them (Bybit V5, 16.3). Source: docs/models.md, 3.2.</remarks>
    private MoneyE8 BoundMargin()
    {
        MoneyE8 bound = default;
        foreach (InstrumentLane lane in _lanes)
        {
            InstrumentId id = lane.Spec.Id;
            QtyLots position = _ledger.Position(id);
            Side held = position.Lots >= 0 ? Side.Buy : Side.Sell;
            Int128 costE16 = lane.CostE16;
            Int128 lotMarkE16 = LotMarkE16(lane);
            bound += MarginMath.InitialMargin(_gate.IsCross ? lotMarkE16 * Math.Abs(position.Lots) : costE16, lane.LeverageE2) + MarginMath.FeeToClose(held, costE16, lane.LeverageE2, lane.TakerFeeE8);
            OpenExposure open = _orders.Exposure(id);
            bound += MarginMath.OrderCost(Side.Sell, lotMarkE16 * Math.Max(open.OpenBuyQty.Lots, open.OpenSellQty.Lots), lane.LeverageE2, lane.TakerFeeE8);
        }

        return bound;
    }

    private void PublishExecutionFact(in ExecutionEvent execution)
    {
        InstrumentId id = execution.Instrument;
        var fact = new ExecutionFact
        {
            ExecutionId = execution.ExecutionId,
            Instrument = id,
            LiveOrders = _orders.LiveOrders,
            Position = _ledger.Position(id),
            AverageEntry = _ledger.AverageEntry(id),
            RealisedGross = _ledger.RealisedGrossTotal,
            Fees = _ledger.FeesTotal,
            Wallet = _ledger.Wallet,
        };
        PublishFact(in fact, OutboundKind.ExecutionFact);
    }

    /// <summary>Every instrument, what each uses of its limits, then the engine as a whole.</summary>
    private void PublishState()
    {
        foreach (InstrumentLane lane in _lanes) PublishLane(lane);
        if (_now - _riskToldAt >= RiskEveryNanos || _gate.KillReasons != _killTold) PublishRisk();
        int usableBooks = 0;
        QuotesHeldBy heldBy = QuotesHeldBy.Unset;
        foreach (InstrumentLane lane in _lanes)
        {
            usableBooks += lane.Book.IsUsable && !lane.HasPolledBook ? 1 : 0;
            if (lane.HeldBy > heldBy) heldBy = lane.HeldBy;
        }

        var fact = new EngineFact
        {
            Wallet = _ledger.Wallet,
            LiveOrders = _orders.LiveOrders,
            OutcomeUnknown = _orders.CountOutcomeUnknown(),
            UsableBooks = usableBooks,
            State = State,
            HeldBy = heldBy,
            Closing = Closing,
        };
        PublishFact(in fact, OutboundKind.EngineFact);
    }

    private void PublishLane(InstrumentLane lane)
    {
        InstrumentId id = lane.Spec.Id;
        lane.Book.TryGetTop(out BookTop top);
        OpenExposure open = _orders.Exposure(id);
        Int128 costE16 = lane.CostE16;
        var fact = new LaneFact
        {
            Instrument = id,
            LiveOrders = open.OpenOrders,
            BestBid = top.BidPrice,
            BestAsk = top.AskPrice,
            OwnBid = open.BestOwnBid,
            OwnAsk = open.BestOwnAsk,
            Position = _ledger.Position(id),
            MarkPrice = lane.MarkPrice,
            LiquidationPrice = lane.LiquidationPrice,
            Unrealised = _ledger.Unrealised(id, lane.MarkPrice),
            MaintenanceMargin = MarginMath.MaintenanceMargin(costE16, in lane.RiskTiers.Find(costE16)),
        };
        PublishFact(in fact, OutboundKind.LaneFact);
    }

    /// <summary>For people, who read no faster: the free margin alone costs more than the rest of a tick. Why it is killed is told with the state that says so.</summary>
    private void PublishRisk()
    {
        _riskToldAt = _now;
        _killTold = _gate.KillReasons;
        PublishRefusals();
        MoneyE8 availableMargin = Balance() - BoundMargin();
        foreach (InstrumentLane lane in _lanes)
        {
            OpenExposure open = _orders.Exposure(lane.Spec.Id);
            var fact = new RiskFact
            {
                Instrument = lane.Spec.Id,
                HeldBy = lane.HeldBy,
                AverageEntry = _ledger.AverageEntry(lane.Spec.Id),
                OpenBuyQty = open.OpenBuyQty,
                OpenSellQty = open.OpenSellQty,
                AvailableMargin = availableMargin,
                CreatesLeft = _budget.Left(OrderAction.Place, _now),
                AmendsLeft = _budget.Left(OrderAction.Amend, _now),
                CancelsLeft = _budget.Left(OrderAction.Cancel, _now),
                KillReasons = _gate.KillReasons,
            };
            PublishFact(in fact, OutboundKind.RiskFact);
        }
    }

    private void PublishFact<TFact>(in TFact fact, OutboundKind kind)
        where TFact : unmanaged
    {
        int lengthBytes = Unsafe.SizeOf<TFact>();
        if (!TryClaim(lengthBytes, out Span<byte> payload)) return;
        MemoryMarshal.Write(payload, in fact);
        Publish(lengthBytes, kind, VenueChannel.Unset);
    }

    private bool TryClaim(int lengthBytes, out Span<byte> payload)
    {
        payload = default;
        if (IsHalted) return false;
        if (_outbound.TryClaim(lengthBytes, out payload)) return true;
        HaltedFor = _outbound.LastRefusal;
        return false;
    }

    private void Publish(int lengthBytes, OutboundKind kind, VenueChannel channel) => Publish(lengthBytes, kind, channel, _receivedAtNanos);

    /// <summary>What is meant for one channel carries the generation of its connection: on another one it would come as a surprise.</summary>
    private void Publish(int lengthBytes, OutboundKind kind, VenueChannel channel, long stampNanos) => _outbound.Publish(
        lengthBytes, (byte)kind, flags: 0, _connections[(int)channel].Generation, receivedAtNanos: stampNanos, _now.Nanos, _causeSequence);

    /// <summary>One channel of the venue as far as the path has been told.</summary>
    private readonly record struct Connection(ushort Generation, ConnectionState State);
}
