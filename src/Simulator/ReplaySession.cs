using System.Runtime.InteropServices;

namespace LatencyEngine.Simulator;

/// <summary>Plays a market against its clients: market frames and responses reach them, requests reach the venue, each after its delay.</summary>
/// <remarks>
/// One queue orders everything by time, then by insertion. The recording time of a frame is the moment it happens at the venue; the engine receives it a feed
/// delay later, byte for byte. A message never overtakes an earlier one of its connection, which is the account where there is none; the public feed is one sequence. The course of a session is a function of the recording, or of the
/// flow market's seed, the settings and the submitted bytes. Virtual time takes burst after burst with <see cref="TryNextBurst"/>; a caller with a clock of its own takes what is due
/// with <see cref="PlayUntil"/>. One thread; it allocates.
/// </remarks>
public sealed class ReplaySession : IDisposable
{
    /// <summary>How long after the last recorded frame requests are still taken, ns of logic time, unless <see cref="ClosesAfterNanos"/> says otherwise: long enough for a client in virtual time to cancel its orders.</summary>
    public const long ClosingNanos = 1_000_000_000;

    private readonly IMarketSource _source;
    private readonly LatencyModel _latency;
    private readonly long _tickIntervalNanos;
    private readonly long _burstWindowNanos;
    private readonly PriorityQueue<Happening, (long TimeNanos, long Insertion)> _queue = new();
    private readonly List<VenueMessage> _output = [];
    private readonly List<MarketMessage> _frames = [];
    private readonly IReadOnlySet<string>? _topics;
    private readonly bool _offersFastExecutions;
    private long _insertions;
    private long _lastMarketNanos;
    private readonly ArrivalOrder _toVenue = new();
    private readonly ArrivalOrder _fromVenue = new();
    private readonly Dictionary<string, long> _askedAnew = new(StringComparer.Ordinal);   // topic and messages produced before it was asked for
    private readonly FaultInjector _faults;
    private readonly Queue<Fault> _connectionFaults = new();
    private readonly Dictionary<string, long> _renumbered = new(StringComparer.Ordinal);   // topic of a restarted book, and what its update ids rise by
    private long _faultWakeNanos = long.MaxValue;
    private int _faultWakes;
    private bool _marketEnded;
    private Happening? _nextMarket;   // another one in the queue has been overtaken

    /// <summary>Opens the market and stands before its first frame.</summary>
    /// <exception cref="RecordingException">The recording cannot be used, or has no frame of a traded symbol in its head.</exception>
    /// <exception cref="ArgumentException">The settings contradict themselves.</exception>
    public ReplaySession(ReplaySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.TickIntervalNanos <= 0) throw new ArgumentException($"the tick interval must be above 0 ns, was {settings.TickIntervalNanos}", nameof(settings));
        if (settings.BurstWindowNanos < 0 || settings.BurstWindowNanos > settings.Latency.RequestFloorNanos)
        {
            // A longer window would let a request reach the venue in a past that has already been played.
            throw new ArgumentException(
                $"the burst window must lie in 0..{settings.Latency.RequestFloorNanos} ns, the least delay of a request, was {settings.BurstWindowNanos}", nameof(settings));
        }

        _latency = settings.Latency;
        _tickIntervalNanos = settings.TickIntervalNanos;
        _burstWindowNanos = settings.BurstWindowNanos;
        _topics = settings.Topics;
        _offersFastExecutions = settings.OffersFastExecutions;
        Venue = new Venue(settings.Venue);
        Rest = new VenueRest(Venue);
        _source = (settings.RecordingPath, settings.Frames, settings.Flow) switch
        {
            ({ }, null, null) or (null, { }, null) => new RecordedMarket(Venue, settings),
            (null, null, { } flow) => new FlowMarket(Venue, settings.Venue.Symbols, flow, settings.Topics),
            _ => throw new ArgumentException("a session plays a recording, a live market or a flow market: set exactly one of RecordingPath, Frames and Flow", nameof(settings)),
        };
        _lastMarketNanos = _source.FirstNanos;
        LastTimeNanos = _source.FirstNanos;
        _faults = new FaultInjector(settings.Faults, settings.Venue.Seed, _source.FirstNanos);
        EnqueueFault();
        EnqueueMarket();
        Enqueue(_source.FirstNanos + _tickIntervalNanos, new Happening(HappeningKind.Tick));
    }

    private enum HappeningKind
    {
        Market,
        Request,
        SnapshotRequest,
        LookUp,
        Call,
        Disconnected,
        Fault,
        Delivery,
        Tick,
    }

    /// <summary>The venue: account, fills and open orders.</summary>
    public Venue Venue { get; }

    /// <summary>Look-ups over the venue as it stands at the moment of the call; <see cref="Ask"/> is the way there with its delays.</summary>
    public VenueRest Rest { get; }

    /// <summary>Logic time at which the market begins, ns since 1970: that of the first recorded frame.</summary>
    public long FirstTimeNanos => _source.FirstNanos;

    /// <summary>Full names of the topics that the market offers, for example <c>orderbook.200.BTCUSDT</c>: those of the recording's head, or all of a flow market.</summary>
    public IReadOnlyCollection<string> Topics => _source.Topics;

    /// <summary>Messages that the venue has produced so far for the engine: market frames of the wanted topics, snapshots, acknowledgements and private messages.</summary>
    public long ProducedCount { get; private set; }

    /// <summary>Logic time at which something happens next, at the venue or the engine, ns since 1970; null when nothing is left.</summary>
    public long? NextDueNanos => _queue.TryPeek(out _, out (long TimeNanos, long Insertion) key) ? key.TimeNanos : null;

    /// <summary>How long after the last recorded frame requests are still taken, ns of logic time; to be set before that frame. A client in real time needs more of it the faster the clock goes.</summary>
    public long ClosesAfterNanos { get; set; } = ClosingNanos;

    /// <summary>True when the recording has ended and everything due has been played; a request sent within <see cref="ClosesAfterNanos"/> makes it false again. A flow market never ends.</summary>
    public bool IsFinished => _marketEnded && _queue.Count == _faultWakes;

    /// <summary>Logic time that has been played: that of the last delivery, or the time given to <see cref="PlayUntil"/>, ns since 1970; the first recorded time before any.</summary>
    public long LastTimeNanos { get; private set; }

    /// <summary>Share of the recording played, 0 to 1; exactly 1 at its end; 0 in a flow market.</summary>
    public double Progress => _source.Progress;

    /// <summary>Requests that came later than <see cref="ClosesAfterNanos"/> after the last frame and were dropped.</summary>
    public long RequestsAfterClose { get; private set; }

    /// <summary>Everything the engine, the only client, finds when it next looks: the next delivery and those within the burst window behind it, in order. Of a topic that was subscribed anew nothing comes before the snapshot.</summary>
    /// <param name="burst">Cleared and filled; each delivery carries its own time.</param>
    /// <returns>False, with an empty list, when the recording has ended and every response has been delivered.</returns>
    /// <exception cref="RecordingException">A later line of the recording is damaged.</exception>
    public bool TryNextBurst(List<Delivery> burst)
    {
        ArgumentNullException.ThrowIfNull(burst);
        burst.Clear();
        long until = long.MaxValue;
        while (_queue.TryPeek(out Happening? next, out (long TimeNanos, long Insertion) key) && key.TimeNanos <= until)
        {
            _queue.Dequeue();
            if (!Play(next, key.TimeNanos, burst)) continue;
            if (burst[^1].IsLost || PrecedesSnapshot(burst[^1]))   // what is lost ends no wait here: the engine asks again
            {
                burst.RemoveAt(burst.Count - 1);
                continue;
            }

            if (burst.Count == 1) until = key.TimeNanos + _burstWindowNanos;
        }

        if (burst.Count == 0) return false;
        LastTimeNanos = burst[^1].TimeNanos;
        return true;
    }

    /// <summary>Plays everything that is due up to a moment.</summary>
    /// <param name="nowNanos">Logic time, ns since 1970; a moment already played changes nothing.</param>
    /// <param name="deliveries">What the engine receives is added to it, in order, and what is lost of what clients wait for; each delivery carries its own time.</param>
    /// <exception cref="RecordingException">A later line of the recording is damaged.</exception>
    public void PlayUntil(long nowNanos, List<Delivery> deliveries)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        if (_source.Poll(Math.Max(nowNanos, LastTimeNanos))) EnqueueMarket();
        while (_queue.TryPeek(out Happening? next, out (long TimeNanos, long Insertion) key) && key.TimeNanos <= nowNanos)
        {
            _queue.Dequeue();
            Play(next, key.TimeNanos, deliveries);
        }

        LastTimeNanos = Math.Max(LastTimeNanos, nowNanos);
    }

    /// <summary>An order-entry request leaves the engine. It reaches the venue after the order delay, never before an earlier request of the same connection.</summary>
    /// <param name="request">The request's JSON text; copied.</param>
    /// <param name="sentAtNanos">Logic time, not before <see cref="LastTimeNanos"/>.</param>
    /// <param name="origin">The connection it is sent on, carried by the acknowledgement's delivery; 0 where there is none.</param>
    /// <param name="uid">The account that sends it.</param>
    /// <param name="connectionId"><c>connId</c> of the acknowledgement; null for that of a venue's first session.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sent in the past.</exception>
    public void Submit(ReadOnlySpan<byte> request, long sentAtNanos, long origin = 0, long uid = AccountSettings.DefaultUid, string? connectionId = null)
    {
        var happening = new Happening(HappeningKind.Request) { Frame = request.ToArray(), Origin = origin, Uid = uid, ConnectionId = connectionId ?? VenueJson.FirstConnectionId };
        Send(happening, sentAtNanos, cancels: request.IndexOf("\"order.cancel"u8) >= 0);
    }

    /// <summary>A client subscribes a book or a ticker anew: a snapshot of it follows, when there has been one.</summary>
    /// <param name="topic">Full name of the topic, of a traded symbol. A recorded book is answered by the deepest that is recorded.</param>
    /// <param name="sentAtNanos">Logic time, not before <see cref="LastTimeNanos"/>.</param>
    /// <param name="origin">The connection it is sent on, carried by the snapshot's delivery; 0 where there is none.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sent in the past.</exception>
    public void RequestSnapshot(string topic, long sentAtNanos, long origin = 0)
    {
        Send(new Happening(HappeningKind.SnapshotRequest) { Topic = topic, Origin = origin }, sentAtNanos);
        _askedAnew.TryAdd(topic, ProducedCount);   // asked again meanwhile: the answer to the first is as good
    }

    /// <summary>Looks something up at the venue, as a REST call does: the question travels as long as a request, the answer as long as a response, on a connection of their own.</summary>
    /// <param name="answer">Called when the question reaches the venue, with the time there in ns since 1970; its frames arrive together, in order. It is asked after the close, too.</param>
    /// <param name="sentAtNanos">Logic time, not before <see cref="LastTimeNanos"/>.</param>
    /// <param name="origin">Carried by the answer's deliveries.</param>
    /// <param name="uid">The account that asks: its look-ups and their answers keep their order. Those of nobody in particular, 0, have none.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sent in the past.</exception>
    public void Ask(Func<long, IReadOnlyList<(DeliveryChannel Channel, ReadOnlyMemory<byte> Frame)>> answer, long sentAtNanos, long origin = 0, long uid = AccountSettings.DefaultUid)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentOutOfRangeException.ThrowIfLessThan(sentAtNanos, LastTimeNanos);
        long arrivalNanos = sentAtNanos + _latency.NextLookUpRequestNanos();
        Enqueue(_toVenue.Next(DeliveryChannel.LookUpEnd, PathOf(origin, uid), uid, arrivalNanos, LastTimeNanos), new Happening(HappeningKind.LookUp) { Answer = answer, Origin = origin, Uid = uid });
    }

    /// <summary>A request that came in over the gateway leaves for the venue: an order, a snapshot or a REST call.</summary>
    /// <param name="request">What a <see cref="VenueServer"/> handed out.</param>
    /// <param name="sentAtNanos">Logic time, not before <see cref="LastTimeNanos"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sent in the past, or of no known kind.</exception>
    public void Take(in IncomingRequest request, long sentAtNanos)
    {
        RestCall? call = request.Call;
        switch (request.Kind)
        {
            case IncomingKind.Order:
                Submit(request.Frame.Span, sentAtNanos, request.Origin, request.Uid, request.ConnectionId);
                break;
            case IncomingKind.BookSnapshot or IncomingKind.TickerSnapshot:
                RequestSnapshot(request.Topic, sentAtNanos, request.Origin);
                break;
            case IncomingKind.Call when call!.Route.Changes:
                Send(new Happening(HappeningKind.Call) { Call = call, Origin = request.Origin, Uid = request.Uid }, sentAtNanos, call.Route.Cancels);
                break;
            case IncomingKind.Call:
                Ask(now => [(DeliveryChannel.LookUpEnd, _faults.Refuses(now, isCommand: false) is { } refusal ? VenueRest.Refused(call!, refusal, now) : Rest.Answer(call!, now, []))], sentAtNanos, request.Origin, request.Uid);
                break;
            case IncomingKind.Fault:
                Inject(request.Fault!, sentAtNanos);
                break;
            case IncomingKind.Disconnected:
                Send(new Happening(HappeningKind.Disconnected) { Uid = request.Uid }, sentAtNanos);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request.Kind, "an unknown kind of request");
        }
    }

    /// <summary>Something more is to go wrong, counted from now.</summary>
    /// <param name="fault">What.</param>
    /// <param name="nowNanos">Logic time, not before <see cref="LastTimeNanos"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">In the past.</exception>
    public void Inject(Fault fault, long nowNanos)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfLessThan(nowNanos, LastTimeNanos);
        _faults.Add(fault, nowNanos);
        EnqueueFault();
    }

    /// <summary>The next fault of connections that has begun and has not been taken yet; whoever holds the connections carries it out.</summary>
    public bool TryTakeConnectionFault(out Fault? fault) => _connectionFaults.TryDequeue(out fault);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private void Send(Happening happening, long sentAtNanos, bool cancels = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sentAtNanos, LastTimeNanos);
        long arrivalNanos = sentAtNanos + _latency.NextRequestNanos(cancels);
        if (happening.Kind is HappeningKind.Request or HappeningKind.Call) arrivalNanos += _faults.RequestDelayNanos(sentAtNanos);
        (DeliveryChannel channel, long origin) = happening.Kind switch
        {
            HappeningKind.SnapshotRequest => (DeliveryChannel.Public, happening.Origin),
            HappeningKind.Request => (DeliveryChannel.Trade, happening.Origin),
            _ => (DeliveryChannel.Trade, 0),   // a REST call's origin is its own, not a connection's
        };
        Enqueue(_toVenue.Next(channel, origin, happening.Uid, arrivalNanos, LastTimeNanos), happening);
    }

    /// <summary>The look-ups of an account follow each other; one of nobody in particular has a path of its own.</summary>
    private static long PathOf(long origin, long uid) => uid == 0 ? origin : 0;

    /// <summary>Whether a delivery is of a topic that was asked for anew and comes before its snapshot: the client expects nothing of it until then (Bybit V5, 6.1).</summary>
    private bool PrecedesSnapshot(in Delivery delivery)
    {
        if (_askedAnew.Count == 0 || delivery.Channel != DeliveryChannel.Public || delivery.Frame.IsEmpty) return false;
        if (!MarketFrame.TryReadTopicName(delivery.Frame.Span, out string topic) || !_askedAnew.TryGetValue(topic, out long before)) return false;
        if (delivery.Produced <= before || !MarketFrame.IsSnapshotFrame(delivery.Frame.Span)) return true;
        _askedAnew.Remove(topic);
        return false;
    }

    /// <summary>Lets one thing happen; true when it was a delivery, now in the burst.</summary>
    private bool Play(Happening happening, long nowNanos, List<Delivery> burst)
    {
        switch (happening.Kind)
        {
            case HappeningKind.Delivery:
                burst.Add(new Delivery(happening.Channel, nowNanos, happening.Frame, happening.RecordedIndex, happening.Origin, happening.Produced, happening.Uid, happening.IsLost));
                return true;
            case HappeningKind.Tick:
                burst.Add(new Delivery(DeliveryChannel.Tick, nowNanos, default, -1));
                if (!_marketEnded) Enqueue(nowNanos + _tickIntervalNanos, happening);
                return true;
            case HappeningKind.Market:
                if (ReferenceEquals(happening, _nextMarket)) PlayMarket(nowNanos);
                return false;
            case HappeningKind.LookUp:
                PlayLookUp(happening, nowNanos);
                return false;
            case HappeningKind.Fault:
                _faultWakes--;
                _faultWakeNanos = long.MaxValue;
                foreach (Fault fault in _faults.Begin(nowNanos))
                {
                    if (fault.IsOfVenue) CarryOut(fault.Kind, nowNanos);
                    else _connectionFaults.Enqueue(fault);
                }

                EnqueueFault();
                return false;
            default:
                PlayRequest(happening, nowNanos);
                _source.AfterRequest(nowNanos, _frames);
                DeliverFrames(nowNanos);
                return false;
        }
    }

    private void PlayMarket(long nowNanos)
    {
        _source.Play(nowNanos, _frames, _output);
        DeliverFrames(nowNanos);
        DeliverOutput(origin: 0, nowNanos);
        EnqueueMarket();
    }

    private void DeliverFrames(long nowNanos)
    {
        foreach (MarketMessage message in CollectionsMarshal.AsSpan(_frames))
        {
            if (_renumbered.Count > 0 && MarketFrame.IsSnapshotFrame(message.Frame.Span) && MarketFrame.TryReadTopicName(message.Frame.Span, out string begun)) _renumbered.Remove(begun);
            if (IsWanted(message.Frame.Span)) Deliver(DeliveryChannel.Public, message.Frame, message.RecordedIndex, origin: 0, nowNanos);
        }

        _frames.Clear();
    }

    private bool IsWanted(ReadOnlySpan<byte> frame) => _topics is null || (MarketFrame.TryReadTopicName(frame, out string name) && _topics.Contains(name));

    private void CarryOut(FaultKind kind, long nowNanos)
    {
        if (kind == FaultKind.Restart) RestartBooks(nowNanos);
        if (kind == FaultKind.Hedge) Venue.SwitchToHedgeMode();
        if (kind != FaultKind.Adl) return;
        Venue.Deleverage(nowNanos, _output);
        DeliverOutput(origin: 0, nowNanos);
        _source.AfterRequest(nowNanos, _frames);
        DeliverFrames(nowNanos);
    }

    /// <summary>Every book topic with deltas is told whole with 1 as its update id, and goes on from there until the market itself begins it anew (Bybit V5, 6.1).</summary>
    private void RestartBooks(long nowNanos)
    {
        foreach (string topic in Topics.Where(topic => MarketFrame.BookDepth(topic) > 1 && (_topics?.Contains(topic) ?? true)).Order(StringComparer.Ordinal))
        {
            if (_source.Snapshot(topic, nowNanos) is not { } snapshot || !FrameNumbers.TryReadUpdateId(snapshot, out long updateId)) continue;
            _renumbered[topic] = 1 - updateId;
            Deliver(DeliveryChannel.Public, snapshot, -1, origin: 0, nowNanos);
        }
    }

    private void PlayRequest(Happening happening, long nowNanos)
    {
        if (_marketEnded && nowNanos > _lastMarketNanos + ClosesAfterNanos)
        {
            // Who waits for an HTTP answer gets one all the same.
            RequestsAfterClose++;
            if (happening.Call is { } late) Reply(happening, VenueRest.Refused(late, new Refusal(10016, "the recording has ended"), nowNanos), nowNanos);
            return;
        }

        Refusal? injected = happening.Kind is HappeningKind.Call or HappeningKind.Request ? _faults.Refuses(nowNanos, isCommand: true, OperationOf(happening)) : null;
        if (happening.Call is { } call)
        {
            byte[] answer = injected is null or { IsCarriedOut: true } ? Rest.Answer(call, nowNanos, _output) : [];
            if (injected is not null) answer = VenueRest.Refused(call, injected, nowNanos);
            DeliverOutput(origin: 0, nowNanos);
            Reply(happening, answer, nowNanos);
            return;
        }

        if (happening.Kind == HappeningKind.Disconnected)
        {
            Venue.CancelAll(Venue.Account(happening.Uid), symbol: null, nowNanos, _output, stops: false, byGuard: true);
            DeliverOutput(origin: 0, nowNanos);
            return;
        }

        if (happening.Kind == HappeningKind.Request)
        {
            TakeRequest(happening, injected, nowNanos);
            DeliverOutput(happening.Origin, nowNanos);
            return;
        }

        if (_source.Snapshot(happening.Topic, nowNanos) is { } snapshot) Deliver(DeliveryChannel.Public, snapshot, -1, happening.Origin, nowNanos);
        else Enqueue(nowNanos, new Happening(HappeningKind.Delivery) { Channel = DeliveryChannel.Public, Origin = happening.Origin, IsLost = true });
    }

    /// <summary>What a request does to one order: <c>create</c>, <c>amend</c> or <c>cancel</c>; empty for anything else.</summary>
    private static string OperationOf(Happening request)
    {
        if (request.Call is { } call) return call.Route.Path switch { "/v5/order/create" => "create", "/v5/order/amend" => "amend", "/v5/order/cancel" => "cancel", _ => "" };
        ReadOnlySpan<byte> frame = request.Frame.Span;
        return frame.IndexOf("\"order.create\""u8) >= 0 ? "create" : frame.IndexOf("\"order.amend\""u8) >= 0 ? "amend" : frame.IndexOf("\"order.cancel\""u8) >= 0 ? "cancel" : "";
    }

    private void TakeRequest(Happening request, Refusal? injected, long nowNanos)
    {
        int before = _output.Count;
        try
        {
            Venue.OnRequest(Venue.Account(request.Uid), request.Frame, nowNanos, _output, injected, request.ConnectionId);
        }
        catch (Exception e) when (VenueRest.IsOfInput(e))
        {
            _output.RemoveRange(before, _output.Count - before);
            Venue.OnRequest(Venue.Account(request.Uid), request.Frame, nowNanos, _output, new Refusal(10001, "Request parameter error"), request.ConnectionId);
        }
    }

    private void Reply(Happening call, byte[] answer, long nowNanos) => Enqueue(
        nowNanos + _latency.NextResponseNanos(), new Happening(HappeningKind.Delivery) { Channel = DeliveryChannel.LookUpEnd, Frame = answer, Origin = call.Origin });

    private void PlayLookUp(Happening happening, long nowNanos)
    {
        long arrivalNanos = _fromVenue.Next(
            DeliveryChannel.LookUpEnd, PathOf(happening.Origin, happening.Uid), happening.Uid, nowNanos + _latency.NextLookUpResponseNanos(), LastTimeNanos);
        foreach ((DeliveryChannel channel, ReadOnlyMemory<byte> frame) in happening.Answer(nowNanos))
        {
            Enqueue(arrivalNanos, new Happening(HappeningKind.Delivery) { Channel = channel, Frame = frame, Origin = happening.Origin });
        }
    }

    /// <summary>Sends what the venue has put out; the acknowledgement among it belongs to the request's origin, everything else to everyone.</summary>
    private void DeliverOutput(long origin, long nowNanos)
    {
        foreach (VenueMessage message in CollectionsMarshal.AsSpan(_output))
        {
            if (message.IsFastExecution && !_offersFastExecutions) continue;
            Deliver(message.Channel, message.Frame, -1, message.Channel == DeliveryChannel.Trade ? origin : 0, nowNanos, message.Uid);
        }

        _output.Clear();
    }

    private void Deliver(DeliveryChannel channel, ReadOnlyMemory<byte> frame, long recordedIndex, long origin, long nowNanos, long uid = 0)
    {
        if (_renumbered.Count > 0 && channel == DeliveryChannel.Public && MarketFrame.TryReadTopicName(frame.Span, out string topic)) frame = FrameNumbers.RaiseUpdateId(frame, _renumbered.GetValueOrDefault(topic));
        long delay = channel == DeliveryChannel.Public ? _latency.NextFeedNanos() : _latency.NextResponseNanos();
        long arrivalNanos = _fromVenue.Next(channel, channel == DeliveryChannel.Trade ? origin : 0, uid, _faults.ArrivalNanos(channel, nowNanos, delay), LastTimeNanos);
        long produced = ++ProducedCount;
        var delivery = new Happening(HappeningKind.Delivery) { Channel = channel, Frame = frame, RecordedIndex = recordedIndex, Origin = origin, Produced = produced, Uid = uid };
        int copies = _faults.Copies(channel);
        if (copies == 0 && channel == DeliveryChannel.Public && MarketFrame.IsSnapshotFrame(frame.Span)) Enqueue(arrivalNanos, delivery with { IsLost = true });
        for (; copies > 0; copies--) Enqueue(arrivalNanos, delivery);
    }

    /// <summary>Wakes the session for the next fault, unless it is to wake by then.</summary>
    private void EnqueueFault()
    {
        if (_faults.NextNanos is not { } next || next >= _faultWakeNanos || _marketEnded) return;
        _faultWakeNanos = next;
        _faultWakes++;
        Enqueue(next, new Happening(HappeningKind.Fault));
    }

    private void EnqueueMarket()
    {
        if (_source.NextNanos is not { } next)
        {
            _marketEnded = true;
            return;
        }

        if (next == long.MaxValue)
        {
            _nextMarket = null;
            return;
        }

        _lastMarketNanos = next;
        _nextMarket = new Happening(HappeningKind.Market);
        Enqueue(next, _nextMarket);
    }

    private void Enqueue(long timeNanos, Happening happening) => _queue.Enqueue(happening, (timeNanos, _insertions++));

    private sealed record Happening(HappeningKind Kind)
    {
        public RestCall? Call { get; init; }

        public DeliveryChannel Channel { get; init; }

        public ReadOnlyMemory<byte> Frame { get; init; }

        public long RecordedIndex { get; init; } = -1;

        public string Topic { get; init; } = "";

        public long Origin { get; init; }

        public long Uid { get; init; }

        public string ConnectionId { get; init; } = "";

        public long Produced { get; init; }

        public bool IsLost { get; init; }

        public Func<long, IReadOnlyList<(DeliveryChannel Channel, ReadOnlyMemory<byte> Frame)>> Answer { get; init; } = _ => [];
    }
}
