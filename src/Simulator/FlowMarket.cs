namespace LatencyEngine.Simulator;

/// <summary>Order flow from a seed as the source of the markets: endless, several symbols, each with a flow, prices and a feed of its own.</summary>
/// <remarks>
/// What is due at one moment happens in the order flow, prices, feed, and symbol after symbol. Open interest counts the clients' positions; what the flow itself
/// holds nobody counts.
/// </remarks>
internal sealed class FlowMarket : IMarketSource
{
    private readonly Venue _venue;
    private readonly List<Symbol> _symbols = [];
    private readonly List<FlowTake> _takes = [];
    private readonly List<ReadOnlyMemory<byte>> _told = [];

    /// <summary>Opens the markets of a venue.</summary>
    /// <param name="venue">A venue to which nothing has happened.</param>
    /// <param name="symbols">Its symbols.</param>
    /// <param name="settings">What the flow starts from.</param>
    /// <param name="topics">Full names of the topics that are wanted; null writes all.</param>
    public FlowMarket(Venue venue, IReadOnlyList<string> symbols, FlowSettings settings, IReadOnlySet<string>? topics)
    {
        _venue = venue;
        FirstNanos = settings.StartNanos;
        Topics = [.. symbols.SelectMany(PublicFeed.TopicsOf).Where(topic => topics?.Contains(topic) ?? true)];
        HashSet<string> written = [.. Topics, .. symbols.Select(symbol => $"tickers.{symbol}")];   // look-ups show the ticker, too
        var seeds = new SplitMix64(settings.Seed);
        foreach (string symbol in symbols) _symbols.Add(Open(venue.Market(symbol), settings, seeds.Next(), seeds.Next(), written));
        Schedule();
    }

    public long FirstNanos { get; }

    public long? NextNanos { get; private set; }

    public double Progress => 0;

    public IReadOnlyCollection<string> Topics { get; }

    public void Play(long nowNanos, List<MarketMessage> frames, List<VenueMessage> output)
    {
        foreach (Symbol symbol in _symbols)
        {
            if (symbol.Flow.NextNanos <= nowNanos)
            {
                _takes.Clear();
                symbol.Flow.Act(symbol.Book.Queues, _takes);
                symbol.Book.OnFlow(nowNanos);
                _venue.OnFlow(symbol.Market, _takes, nowNanos, output);
            }

            if (symbol.NextPricesNanos <= nowNanos)
            {
                symbol.NextPricesNanos += FlowPrices.StepNanos;
                _venue.OnFlowPrices(symbol.Market, () => Step(symbol, nowNanos), nowNanos, output);
            }

            Tell(symbol, nowNanos, frames);
        }

        Schedule();
    }

    public void AfterRequest(long nowNanos, List<MarketMessage> frames)
    {
        foreach (Symbol symbol in _symbols) Tell(symbol, nowNanos, frames);
    }

    public byte[]? Snapshot(string topic, long nowNanos) =>
        _symbols.Find(symbol => topic.EndsWith("." + symbol.Market.Symbol, StringComparison.Ordinal))?.Feed.Snapshot(topic, nowNanos / Venue.NanosPerMilli);

    public void Dispose()
    {
        // Nothing is open.
    }

    private static FlowPrices Step(Symbol symbol, long nowNanos)
    {
        symbol.Prices.Step(symbol.Flow.Value, symbol.Book.Mid, symbol.Market.LastPrice, nowNanos / Venue.NanosPerMilli);
        return symbol.Prices;
    }

    private Symbol Open(SymbolMarket market, FlowSettings settings, ulong flowSeed, ulong idSeed, IReadOnlySet<string> topics)
    {
        decimal firstPrice = settings.FirstPriceOf(market.Instrument);
        FlowBook book = market.UseFlow(idSeed);
        var flow = new FlowProcess(market.Instrument, settings.Scenario, firstPrice, flowSeed, FirstNanos, settings.Rate);
        flow.Open(book.Queues);
        book.OnFlow(FirstNanos);
        var prices = new FlowPrices(market.Instrument, firstPrice, FirstNanos);
        var feed = new PublicFeed(market.Instrument, book, market.Tape, market.Ticker, () => Figures(market, prices), topics, FirstNanos);
        market.DeepBook = feed.DeepBook;
        return new Symbol(market, book, flow, prices, feed) { NextPricesNanos = FirstNanos };
    }

    private TickerFigures Figures(SymbolMarket market, FlowPrices prices) => new(
        prices.Mark,
        prices.Index,
        prices.FundingRate,
        prices.NextFundingMillis,
        market.Instrument.FundingIntervalMinutes / 60,
        market.Instrument.UpperFundingRate,
        _venue.OpenInterest(market.Symbol));

    private void Tell(Symbol symbol, long nowNanos, List<MarketMessage> frames)
    {
        _told.Clear();
        symbol.Feed.Poll(nowNanos, _told);
        foreach (ReadOnlyMemory<byte> frame in _told) frames.Add(new MarketMessage(frame, -1));
    }

    private void Schedule() => NextNanos = _symbols.Min(symbol => Math.Min(Math.Min(symbol.Flow.NextNanos, symbol.NextPricesNanos), symbol.Feed.NextDueNanos ?? long.MaxValue));

    private sealed record Symbol(SymbolMarket Market, FlowBook Book, FlowProcess Flow, FlowPrices Prices, PublicFeed Feed)
    {
        public long NextPricesNanos { get; set; }
    }
}
