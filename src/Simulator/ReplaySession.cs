using System.Runtime.InteropServices;

namespace LatencyEngine.Simulator;

/// <summary>Plays a recording against one engine in virtual time: market frames and responses reach the engine, requests reach the venue, each after its delay.</summary>
/// <remarks>
/// One queue orders everything by time, then by insertion. The recording time of a frame is the moment it happens at the venue; the engine receives it a feed
/// delay later, byte for byte. A frame never overtakes an earlier one of the same channel. The course of a session is a function of the recording, the
/// settings and the submitted bytes. One thread; it allocates.
/// </remarks>
public sealed class ReplaySession : IDisposable
{
    /// <summary>How long after the last recorded frame requests are still taken, ns: long enough for a client to cancel its orders.</summary>
    public const long ClosingNanos = 1_000_000_000;

    private readonly RecordingReader _recording;
    private readonly LatencyModel _latency;
    private readonly long _tickIntervalNanos;
    private readonly long _burstWindowNanos;
    private readonly PriorityQueue<Happening, (long TimeNanos, long Insertion)> _queue = new();
    private readonly List<VenueMessage> _output = [];
    private long _insertions;
    private long _lastMarketNanos;
    private long _lastPublicNanos;
    private long _lastPrivateNanos;
    private long _lastTradeNanos;
    private long _lastRequestNanos;
    private bool _recordingEnded;

    /// <summary>Opens the recording and stands before its first frame.</summary>
    /// <exception cref="RecordingException">The recording cannot be used, or has no frame of a traded symbol in its head.</exception>
    /// <exception cref="ArgumentException">The settings contradict themselves.</exception>
    public ReplaySession(ReplaySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.TickIntervalNanos <= 0) throw new ArgumentException($"the tick interval must be above 0 ns, was {settings.TickIntervalNanos}", nameof(settings));
        if (settings.BurstWindowNanos < 0 || settings.BurstWindowNanos > settings.Latency.OrderFloorNanos)
        {
            // A longer window would let a request reach the venue in a past that has already been played.
            throw new ArgumentException(
                $"the burst window must lie in 0..{settings.Latency.OrderFloorNanos} ns, the least order delay, was {settings.BurstWindowNanos}", nameof(settings));
        }

        _latency = settings.Latency;
        _tickIntervalNanos = settings.TickIntervalNanos;
        _burstWindowNanos = settings.BurstWindowNanos;
        Venue = new Venue(settings.Venue);
        _recording = RecordingReader.Open(settings.RecordingPath);
        foreach (string symbol in settings.Venue.Symbols)
        {
            if (_recording.Symbols.Contains(symbol)) continue;
            string found = string.Join(", ", _recording.Symbols);
            _recording.Dispose();
            throw new RecordingException($"no frame of {symbol} in {settings.RecordingPath}; it holds {found}: choose another recording or another symbol");
        }

        _lastMarketNanos = _recording.FirstReceivedAtNanos;
        LastTimeNanos = _recording.FirstReceivedAtNanos;
        ReadNextFrame();
        Enqueue(_recording.FirstReceivedAtNanos + _tickIntervalNanos, new Happening(HappeningKind.Tick));
    }

    private enum HappeningKind
    {
        MarketFrame,
        Request,
        SnapshotRequest,
        Delivery,
        Tick,
    }

    /// <summary>The venue: account, fills and open orders.</summary>
    public Venue Venue { get; }

    /// <summary>Symbols of the recording's head.</summary>
    public IReadOnlyCollection<string> RecordedSymbols => _recording.Symbols;

    /// <summary>Logic time of the last delivery, ns since 1970; the first recorded time before any.</summary>
    public long LastTimeNanos { get; private set; }

    /// <summary>Share of the recording played, 0 to 1; exactly 1 at its end.</summary>
    public double Progress => _recording.Progress;

    /// <summary>Requests that came later than <see cref="ClosingNanos"/> after the last frame and were dropped.</summary>
    public long RequestsAfterClose { get; private set; }

    /// <summary>Everything the engine finds when it next looks: the next delivery and those within the burst window behind it, in order.</summary>
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
            if (burst.Count == 1) until = key.TimeNanos + _burstWindowNanos;
        }

        if (burst.Count == 0) return false;
        LastTimeNanos = burst[^1].TimeNanos;
        return true;
    }

    /// <summary>An order-entry request leaves the engine. It reaches the venue after the order delay, never before an earlier request.</summary>
    /// <param name="request">The request's JSON text; copied.</param>
    /// <param name="sentAtNanos">Logic time, not before the last delivery of the last burst.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sent in the past.</exception>
    public void Submit(ReadOnlySpan<byte> request, long sentAtNanos) => Send(new Happening(HappeningKind.Request) { Frame = request.ToArray() }, sentAtNanos);

    /// <summary>The engine subscribes a book anew: a snapshot of it follows, when the recording has shown one.</summary>
    /// <param name="symbol">A traded symbol.</param>
    /// <param name="sentAtNanos">Logic time, not before the last delivery of the last burst.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sent in the past.</exception>
    public void RequestSnapshot(string symbol, long sentAtNanos) => Send(new Happening(HappeningKind.SnapshotRequest) { Symbol = symbol }, sentAtNanos);

    /// <inheritdoc/>
    public void Dispose() => _recording.Dispose();

    private void Send(Happening happening, long sentAtNanos)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sentAtNanos, LastTimeNanos);
        _lastRequestNanos = Math.Max(_lastRequestNanos, sentAtNanos + _latency.NextOrderNanos());
        Enqueue(_lastRequestNanos, happening);
    }

    /// <summary>Lets one thing happen; true when it was a delivery, now in the burst.</summary>
    private bool Play(Happening happening, long nowNanos, List<Delivery> burst)
    {
        switch (happening.Kind)
        {
            case HappeningKind.Delivery:
                burst.Add(new Delivery(happening.Channel, nowNanos, happening.Frame, happening.RecordedIndex));
                return true;
            case HappeningKind.Tick:
                burst.Add(new Delivery(DeliveryChannel.Tick, nowNanos, default, -1));
                if (!_recordingEnded) Enqueue(nowNanos + _tickIntervalNanos, happening);
                return true;
            case HappeningKind.MarketFrame:
                PlayMarketFrame(happening, nowNanos);
                return false;
            default:
                PlayRequest(happening, nowNanos);
                return false;
        }
    }

    private void PlayMarketFrame(Happening happening, long nowNanos)
    {
        Venue.OnMarketFrame(happening.Frame, nowNanos, _output);
        Deliver(DeliveryChannel.Public, happening.Frame, happening.RecordedIndex, nowNanos);
        DeliverOutput(nowNanos);
        ReadNextFrame();
    }

    private void PlayRequest(Happening happening, long nowNanos)
    {
        if (_recordingEnded && nowNanos > _lastMarketNanos + ClosingNanos)
        {
            RequestsAfterClose++;
            return;
        }

        if (happening.Kind == HappeningKind.Request)
        {
            Venue.OnRequest(happening.Frame, nowNanos, _output);
            DeliverOutput(nowNanos);
        }
        else if (Venue.BuildSnapshotFrame(happening.Symbol, nowNanos) is { } snapshot)
        {
            Deliver(DeliveryChannel.Public, snapshot, -1, nowNanos);
        }
    }

    private void DeliverOutput(long nowNanos)
    {
        foreach (VenueMessage message in CollectionsMarshal.AsSpan(_output)) Deliver(message.Channel, message.Frame, -1, nowNanos);
        _output.Clear();
    }

    private void Deliver(DeliveryChannel channel, ReadOnlyMemory<byte> frame, long recordedIndex, long nowNanos)
    {
        long delay = channel == DeliveryChannel.Public ? _latency.NextFeedNanos() : _latency.NextResponseNanos();
        ref long last = ref channel == DeliveryChannel.Public ? ref _lastPublicNanos
            : ref channel == DeliveryChannel.Private ? ref _lastPrivateNanos
            : ref _lastTradeNanos;
        last = Math.Max(last, nowNanos + delay);
        Enqueue(last, new Happening(HappeningKind.Delivery) { Channel = channel, Frame = frame, RecordedIndex = recordedIndex });
    }

    private void ReadNextFrame()
    {
        if (!_recording.TryRead(out RecordedFrame frame))
        {
            _recordingEnded = true;
            return;
        }

        _lastMarketNanos = frame.ReceivedAtNanos;
        Enqueue(frame.ReceivedAtNanos, new Happening(HappeningKind.MarketFrame) { Frame = frame.Frame, RecordedIndex = frame.LineNumber });
    }

    private void Enqueue(long timeNanos, Happening happening) => _queue.Enqueue(happening, (timeNanos, _insertions++));

    private sealed record Happening(HappeningKind Kind)
    {
        public DeliveryChannel Channel { get; init; }

        public ReadOnlyMemory<byte> Frame { get; init; }

        public long RecordedIndex { get; init; } = -1;

        public string Symbol { get; init; } = "";
    }
}
