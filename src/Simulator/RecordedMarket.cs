namespace LatencyEngine.Simulator;

/// <summary>A recording as the source of the markets: its frames reach venue and public at their recorded times, byte for byte unless they are moved in time.</summary>
/// <remarks>
/// <para>Of several recorded depths of a book with deltas the deepest is offered, since only that one is kept to make later snapshots from; depth 1 sends snapshots only.</para>
/// <para>
/// Where topics are derived, those that the recording does not hold are written by a <see cref="PublicFeed"/> a symbol, lesser depths among them; of a symbol without recorded tickers the funding
/// rate is 0 at its interval. Where it is
/// played for ever, a lap follows the one before after <see cref="LapPauseNanos"/>: it begins with the recording's own snapshots, update ids and sequences
/// go on behind those of the lap before, and trade ids come again. One thread; it allocates.
/// </para>
/// </remarks>
internal sealed class RecordedMarket : IMarketSource
{
    private const long LapPauseNanos = 1_000_000_000;

    private readonly Venue _venue;
    private readonly string _path;
    private readonly bool _loops;
    private readonly HashSet<string> _recordedTopics;
    private readonly List<PublicFeed> _feeds = [];
    private readonly List<SymbolMarket> _withoutTicker = [];
    private readonly List<ReadOnlyMemory<byte>> _told = [];
    private RecordingReader _recording;
    private RecordedFrame? _next;
    private readonly FrameNumbers _numbers = new();
    private long _shiftNanos;
    private long _raisedBy;   // what this lap's numbers lie above the recorded ones; 0 in the first

    /// <summary>Opens a recording and stands before its first frame.</summary>
    /// <exception cref="RecordingException">The recording cannot be used, or has no frame of a traded symbol in its head.</exception>
    public RecordedMarket(Venue venue, ReplaySettings settings)
    {
        _venue = venue;
        _path = settings.RecordingPath!;
        _loops = settings.Loops;
        _recording = RecordingReader.Open(_path);
        foreach (string symbol in settings.Venue.Symbols)
        {
            if (_recording.Symbols.Contains(symbol)) continue;
            string found = string.Join(", ", _recording.Symbols);
            _recording.Dispose();
            throw new RecordingException($"no frame of {symbol} in {_path}; it holds {found}: choose another recording or another symbol");
        }

        if (settings.StartNanos is { } start) _shiftNanos = WholeMillis(start - _recording.FirstReceivedAtNanos);
        FirstNanos = _recording.FirstReceivedAtNanos + _shiftNanos;
        _recordedTopics = Offered(_recording.Topics);
        Topics = _recordedTopics;
        if (settings.DerivesTopics)
        {
            HashSet<string> derived = [.. settings.Venue.Symbols.SelectMany(PublicFeed.TopicsOf).Except(_recordedTopics)];
            foreach (string symbol in settings.Venue.Symbols) _feeds.Add(Feed(venue.Market(symbol), derived));
            Topics = [.. _recordedTopics, .. derived];
            _withoutTicker.AddRange(settings.Venue.Symbols.Where(symbol => derived.Contains($"tickers.{symbol}")).Select(venue.Market));
        }

        ReadNext();
    }

    public long FirstNanos { get; }

    public long? NextNanos => _next is { } next ? Math.Min(next.ReceivedAtNanos, _feeds.Count == 0 ? long.MaxValue : _feeds.Min(feed => feed.NextDueNanos ?? long.MaxValue)) : null;

    public double Progress => _recording.Progress;

    public IReadOnlyCollection<string> Topics { get; }

    public void Play(long nowNanos, List<MarketMessage> frames, List<VenueMessage> output)
    {
        foreach (SymbolMarket market in _withoutTicker)
        {
            market.FundingRate ??= 0m;
            market.NextFundingMillis ??= market.Instrument.FundingStampAfter(nowNanos / Venue.NanosPerMilli);
        }

        if (_next is { } next && next.ReceivedAtNanos <= nowNanos)
        {
            _venue.OnMarketFrame(next.Frame, nowNanos, output);
            if (_feeds.Count == 0 || IsOffered(next.Frame.Span)) frames.Add(new MarketMessage(next.Frame, next.LineNumber));
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

    public void Dispose() => _recording.Dispose();

    private static HashSet<string> Offered(IReadOnlyCollection<string> recorded) =>
    [
        .. recorded.Where(topic => MarketFrame.BookDepth(topic) <= 1),
        .. recorded.Where(topic => MarketFrame.BookDepth(topic) > 1).GroupBy(topic => MarketFrame.Classify(topic).Symbol).Select(books => books.MaxBy(MarketFrame.BookDepth)!),
    ];

    private static long WholeMillis(long nanos) => nanos - (nanos % Venue.NanosPerMilli);

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
        foreach (PublicFeed feed in _feeds)
        {
            _told.Clear();
            feed.Poll(nowNanos, _told);
            foreach (ReadOnlyMemory<byte> frame in _told) frames.Add(new MarketMessage(frame, -1));
        }
    }

    private void ReadNext()
    {
        long lastNanos = _next?.ReceivedAtNanos ?? 0;
        if (!_recording.TryRead(out RecordedFrame frame))
        {
            _next = null;
            if (!_loops) return;
            _recording.Dispose();
            _recording = RecordingReader.Open(_path);
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
