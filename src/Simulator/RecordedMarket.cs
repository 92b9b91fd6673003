namespace LatencyEngine.Simulator;

/// <summary>A recording as the source of the markets: its frames reach venue and public byte for byte at their recorded times.</summary>
internal sealed class RecordedMarket : IMarketSource
{
    private readonly Venue _venue;
    private readonly RecordingReader _recording;
    private RecordedFrame? _next;

    /// <summary>Opens a recording and stands before its first frame.</summary>
    /// <exception cref="RecordingException">The recording cannot be used, or has no frame of a traded symbol in its head.</exception>
    public RecordedMarket(Venue venue, IReadOnlyList<string> symbols, string path)
    {
        _venue = venue;
        _recording = RecordingReader.Open(path);
        foreach (string symbol in symbols)
        {
            if (_recording.Symbols.Contains(symbol)) continue;
            string found = string.Join(", ", _recording.Symbols);
            _recording.Dispose();
            throw new RecordingException($"no frame of {symbol} in {path}; it holds {found}: choose another recording or another symbol");
        }

        ReadNext();
    }

    public long FirstNanos => _recording.FirstReceivedAtNanos;

    public long? NextNanos => _next?.ReceivedAtNanos;

    public double Progress => _recording.Progress;

    public IReadOnlyCollection<string> Topics => _recording.Topics;

    public void Play(long nowNanos, List<MarketMessage> frames, List<VenueMessage> output)
    {
        RecordedFrame frame = _next!.Value;
        _venue.OnMarketFrame(frame.Frame, nowNanos, output);
        frames.Add(new MarketMessage(frame.Frame, frame.LineNumber));
        ReadNext();
    }

    public void AfterRequest(long nowNanos, List<MarketMessage> frames)
    {
        // Nobody's trade moves a recorded market.
    }

    public byte[]? Snapshot(string topic, long nowNanos)
    {
        (MarketTopic family, string symbol) = MarketFrame.Classify(topic);
        return family == MarketTopic.Ticker ? _venue.BuildTickerFrame(symbol, nowNanos) : _venue.BuildSnapshotFrame(symbol, nowNanos);
    }

    public void Dispose() => _recording.Dispose();

    private void ReadNext() => _next = _recording.TryRead(out RecordedFrame frame) ? frame : null;
}
