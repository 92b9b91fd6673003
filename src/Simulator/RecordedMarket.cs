namespace LatencyEngine.Simulator;

/// <summary>A recording as the source of the markets, or a live market: its frames reach venue and public at their recorded times, or as they come, byte for byte unless they are moved in time.</summary>
/// <remarks>
/// <para>Of several recorded depths of a book with deltas the deepest is offered, since only that one is kept to make later snapshots from; depth 1 sends snapshots only.</para>
/// <para>
/// Where topics are derived, those that the recording does not hold are written by a <see cref="PublicFeed"/> a symbol, lesser depths among them; of a symbol without recorded tickers the funding
/// rate is 0 at its interval. Where it is
/// played for ever, a lap follows the one before after <see cref="LapPauseNanos"/>: it begins with the recording's own snapshots, update ids and sequences
/// go on behind those of the lap before, and trade ids come again. One thread; it allocates.
/// </para>
/// <para>
/// A live market that is lost is silent on every topic, and nothing matches. Each topic begins again with its snapshot; of a symbol whose book is not back trades count for nothing.
/// </para>
/// </remarks>
internal sealed class RecordedMarket : IMarketSource
{
    private const long LapPauseNanos = 1_000_000_000;
    private const int FramesAtOnceMax = 4_096;

    private readonly Venue _venue;
    private readonly bool _loops;
    private readonly HashSet<string> _recordedTopics;
    private readonly List<PublicFeed> _feeds = [];
    private readonly List<SymbolMarket> _withoutTicker = [];
    private readonly List<ReadOnlyMemory<byte>> _told = [];
    private readonly Queue<RecordedFrame> _arrived = new();
    private readonly IReadOnlyList<string> _symbols;
    private readonly IFrameSource? _live;   // null where a recording is played
    private RecordingReader? _recording;
    private RecordedFrame? _next;
    private readonly FrameNumbers _numbers = new();
    private long _shiftNanos;
    private long _raisedBy;   // what this lap's numbers lie above the recorded ones; 0 in the first
    private bool _isAway;

    /// <summary>Stands before the first frame of a source, which it disposes of from here on.</summary>
    /// <exception cref="RecordingException">The recording cannot be used, or has no frame of a traded symbol in its head.</exception>
    public RecordedMarket(Venue venue, ReplaySettings settings)
    {
        _venue = venue;
        _loops = settings.Loops;
        _symbols = settings.Venue.Symbols;
        IFrameSource source = settings.Frames ?? RecordingReader.Open(settings.RecordingPath!);
        _recording = source as RecordingReader;
        _live = _recording is null ? source : null;
        FirstNanos = _recording is not null ? Begin(_recording, settings) : settings.StartNanos ?? throw new ArgumentException("a live market begins at a time: set StartNanos", nameof(settings));
        _recordedTopics = Offered(source.Topics);
        Topics = _recordedTopics;
        if (settings.DerivesTopics)
        {
            HashSet<string> derived = [.. settings.Venue.Symbols.SelectMany(PublicFeed.TopicsOf).Except(_recordedTopics)];
            foreach (string symbol in settings.Venue.Symbols) _feeds.Add(Feed(venue.Market(symbol), derived));
            Topics = [.. _recordedTopics, .. derived];
            _withoutTicker.AddRange(settings.Venue.Symbols.Where(symbol => derived.Contains($"tickers.{symbol}")).Select(venue.Market));
        }

        if (_live is not null) Lose();
        ReadNext();
    }

    public long FirstNanos { get; }

    public long? NextNanos => _next is null && _live is null ? null : Math.Min(_next?.ReceivedAtNanos ?? long.MaxValue, FeedsDueNanos);

    public double Progress => _recording?.Progress ?? 0;

    public IReadOnlyCollection<string> Topics { get; }

    private long FeedsDueNanos => _feeds.Count == 0 || _isAway ? long.MaxValue : _feeds.Min(feed => feed.NextDueNanos ?? long.MaxValue);

    public bool Poll(long nowNanos)
    {
        if (_live is null) return false;

        // Bounded: a market that is faster than this thread must not keep it from its clients.
        for (int count = 0; count < FramesAtOnceMax && _live.TryRead(out RecordedFrame frame); count++) _arrived.Enqueue(frame with { ReceivedAtNanos = nowNanos });
        if (_next is null) ReadNext();
        return _next is not null;
    }

    public void Play(long nowNanos, List<MarketMessage> frames, List<VenueMessage> output)
    {
        foreach (SymbolMarket market in _withoutTicker)
        {
            market.FundingRate ??= 0m;
            market.NextFundingMillis ??= market.Instrument.FundingStampAfter(nowNanos / Venue.NanosPerMilli);
        }

        if (_next is { } next && next.ReceivedAtNanos <= nowNanos)
        {
            if (next.Frame.IsEmpty) Lose();
            else if (_live is null || Continues(next.Frame)) PlayFrame(in next, nowNanos, frames, output);
            ReadNext();
        }

        Tell(nowNanos, frames);
    }

    public void AfterRequest(long nowNanos, List<MarketMessage> frames) => Tell(nowNanos, frames);   // a liquidation; nobody's trade moves a recorded market

    public byte[]? Snapshot(string topic, long nowNanos)
    {
        foreach (PublicFeed feed in _feeds)
        {
            if (feed.Snapshot(topic, nowNanos / Venue.NanosPerMilli) is { } derived) return derived;
        }

        (MarketTopic family, string symbol) = MarketFrame.Classify(topic);
        return family == MarketTopic.Ticker ? _venue.BuildTickerFrame(symbol, nowNanos) : _venue.BuildSnapshotFrame(symbol, nowNanos);
    }

    public void Dispose()
    {
        _recording?.Dispose();
        _live?.Dispose();
    }

    private static HashSet<string> Offered(IReadOnlyCollection<string> recorded) =>
    [
        .. recorded.Where(topic => MarketFrame.BookDepth(topic) <= 1),
        .. recorded.Where(topic => MarketFrame.BookDepth(topic) > 1).GroupBy(topic => MarketFrame.Classify(topic).Symbol).Select(books => books.MaxBy(MarketFrame.BookDepth)!),
    ];

    private static long WholeMillis(long nanos) => nanos - (nanos % Venue.NanosPerMilli);

    /// <summary>Moves a recording to the time wanted; the time of its first frame then.</summary>
    private long Begin(RecordingReader recording, ReplaySettings settings)
    {
        if (_symbols.FirstOrDefault(symbol => !recording.Symbols.Contains(symbol)) is { } missing)
        {
            string found = string.Join(", ", recording.Symbols);
            recording.Dispose();
            throw new RecordingException($"no frame of {missing} in {recording.Name}; it holds {found}: choose another recording or another symbol");
        }

        if (settings.StartNanos is { } start) _shiftNanos = WholeMillis(start - recording.FirstReceivedAtNanos);
        return recording.FirstReceivedAtNanos + _shiftNanos;
    }

    private void Lose()
    {
        _isAway = true;
        foreach (string symbol in _symbols) _venue.Market(symbol).Lose();
        foreach (PublicFeed feed in _feeds) feed.Restart();
    }

    /// <summary>Whether a frame of a live market follows what is known of its topic: each begins with a snapshot, and trades with the book that they change.</summary>
    private bool Continues(ReadOnlyMemory<byte> frame)
    {
        if (!MarketFrame.IsV5Frame(frame.Span))
        {
            _venue.MalformedFrames++;
            return false;
        }

        if (!MarketFrame.TryReadTopicName(frame.Span, out string topic)) return false;
        (MarketTopic family, string symbol) = MarketFrame.Classify(topic);
        if (!_symbols.Contains(symbol)) return false;
        SymbolMarket market = _venue.Market(symbol);
        bool hasBegun = family == MarketTopic.Ticker ? market.Ticker.HasFields : market.Recorded.Market.HasSnapshot;
        return hasBegun || (family != MarketTopic.Trade && MarketFrame.IsSnapshotFrame(frame.Span));
    }

    private void PlayFrame(in RecordedFrame played, long nowNanos, List<MarketMessage> frames, List<VenueMessage> output)
    {
        _isAway = false;
        _venue.OnMarketFrame(played.Frame, nowNanos, output);
        if (_feeds.Count == 0 || IsOffered(played.Frame.Span)) frames.Add(new MarketMessage(played.Frame, played.LineNumber));
    }

    private PublicFeed Feed(SymbolMarket market, IReadOnlySet<string> topics)
    {
        var feed = new PublicFeed(market.Instrument, market.PublicBook, market.Tape, market.Ticker, () => Figures(market), topics, FirstNanos);
        market.DeepBook = feed.DeepBook;
        return feed;
    }

    private TickerFigures? Figures(SymbolMarket market) => market.Mark is { } mark
        ? new TickerFigures(
            mark,
            market.Index ?? mark,
            market.FundingRate ?? 0m,
            market.NextFundingMillis ?? 0,
            market.Instrument.FundingIntervalMinutes / 60,
            market.Instrument.UpperFundingRate,
            _venue.OpenInterest(market.Symbol))
        : null;

    private bool IsOffered(ReadOnlySpan<byte> frame) => MarketFrame.TryReadTopicName(frame, out string topic) && _recordedTopics.Contains(topic);

    private void Tell(long nowNanos, List<MarketMessage> frames)
    {
        if (_isAway) return;
        foreach (PublicFeed feed in _feeds)
        {
            _told.Clear();
            feed.Poll(nowNanos, _told);
            foreach (ReadOnlyMemory<byte> frame in _told) frames.Add(new MarketMessage(frame, -1));
        }
    }

    private void ReadNext()
    {
        if (_recording is null)
        {
            _next = _arrived.TryDequeue(out RecordedFrame arrived) ? arrived : null;
            return;
        }

        long lastNanos = _next?.ReceivedAtNanos ?? 0;
        if (!_recording.TryRead(out RecordedFrame frame))
        {
            _next = null;
            if (!_loops) return;
            RecordingReader played = _recording;
            _recording = played.Again();
            played.Dispose();
            _shiftNanos = WholeMillis(lastNanos + LapPauseNanos - _recording.FirstReceivedAtNanos);
            _raisedBy += _numbers.Span;
            if (!_recording.TryRead(out frame)) return;
        }

        if (_loops && _raisedBy == 0) _numbers.Note(frame.Frame.Span);
        _next = frame with
        {
            ReceivedAtNanos = frame.ReceivedAtNanos + _shiftNanos,
            Frame = FrameNumbers.Raise(FrameTime.Shift(frame.Frame, _shiftNanos / Venue.NanosPerMilli), _raisedBy),
        };
    }
}
