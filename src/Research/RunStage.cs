using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Simulator;
using LatencyEngine.Transport;

namespace LatencyEngine.Research;

/// <summary>What a run needs before its first frame: the engine and the session, built from one request.</summary>
public sealed class RunStage : IDisposable
{
    // Where a recording holds several depths of a book the venue offers the deepest.
    private static readonly int[] BookDepths = [1_000, 200, 50, 1];

    // The book that an engine quotes on: a flow market offers every depth, this one the most often of those with depth.
    private const int FlowBookDepth = 50;

    private readonly RunRequest _request;
    private RecordingReader? _recording;   // the session's
    private Upstream? _upstream;           // the session's
    private RulesFolder? _rules;
    private long? _lastRecordedNanos;
    private RunRecords? _records;

    private RunStage(RunRequest request) => _request = request;

    /// <summary>The engine, with nothing run through it yet.</summary>
    public required Engine Engine { get; init; }

    /// <summary>The recording, the venue and the latencies, before the first frame.</summary>
    public required ReplaySession Session { get; init; }

    /// <summary>The engine's account at the venue.</summary>
    public VenueAccount Account => Session.Venue.Accounts[0];

    /// <summary>Public topics that the engine subscribes to: book, trades and ticker of each traded symbol, where the recording holds them.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>By instrument id: its book among <see cref="Topics"/>.</summary>
    public required IReadOnlyList<string> BookTopics { get; init; }

    /// <summary>Symbols traded, in the order of the instrument ids.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>The account's fee tier.</summary>
    public required FeeTier FeeTier { get; init; }

    /// <summary>The latency model in use.</summary>
    public required LatencyModel Latency { get; init; }

    /// <summary>What the market is, in one phrase.</summary>
    public required string DataLabel { get; init; }

    /// <summary>A dry-run's session is named after its seed, so that equal runs send equal bytes.</summary>
    public required uint SessionNumber { get; init; }

    /// <summary>What runs beside the engine; null for nothing.</summary>
    internal ISlowThread? SlowThread => field ??= _request.SlowThread ?? SlowThreads.Of(_request.Configuration, Engine.Instruments);

    /// <summary>Reads every file the run needs and builds both sides.</summary>
    /// <exception cref="RecordingException">The recording cannot be used.</exception>
    /// <exception cref="InstrumentException">An instrument or its ladder is missing.</exception>
    /// <exception cref="ConfigurationException">The configuration does not fit the instruments.</exception>
    /// <exception cref="VenueUnavailableException">A live market cannot be had.</exception>
    /// <exception cref="Journal.JournalException">The rules of a live market cannot be kept beside the journal.</exception>
    public static RunStage Set(RunRequest request, CancellationToken cancel = default)
    {
        if (request.Upstream is { } wanted)
        {
            RulesFolder rules = RulesFolder.For(request.JournalPath);
            return Handing(rules, () =>
            {
                var upstream = Upstream.Open(wanted, request.Configuration.Symbols, cancel);
                return Handing(upstream, () =>
                {
                    EngineConfiguration configuration = upstream.FetchRules(rules, request.Configuration, cancel, out string from);
                    RunStage live = Set(request with { Configuration = configuration }, configuration.Symbols, upstream, $"public data as it came; {from}");
                    (live._upstream, live._rules) = (upstream, rules);
                    return live;
                });
            });
        }

        if (request.IsFlow) return Set(request, request.Configuration.Symbols, frames: null, RecordingLabel.Of(null));
        var recording = RecordingReader.Open(request.RecordingPath!);
        return Handing(recording, () =>
        {
            RunStage recorded = Set(request, SymbolsOf(request.Configuration, recording), recording, RecordingLabel.Of(request.RecordingPath));
            recorded._recording = recording;
            return recorded;
        });
    }

    /// <summary>Makes what takes something over; where that fails, it is disposed of here.</summary>
    internal static T Handing<T>(IDisposable owned, Func<T> make)
    {
        try
        {
            return make();
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <summary>Builds both sides around a source of frames; null is the flow market.</summary>
    private static RunStage Set(RunRequest request, IReadOnlyList<string> symbols, IFrameSource? frames, string dataLabel)
    {
        EngineConfiguration configuration = request.Configuration;
        FeeTier tier = FeeTier.Parse(configuration.Venue.FeeTier);
        IReadOnlyCollection<string> offeredTopics = frames?.Topics ?? [.. symbols.SelectMany(symbol => (string[])[$"orderbook.{FlowBookDepth}.{symbol}", $"publicTrade.{symbol}", $"tickers.{symbol}"])];
        InstrumentTable instruments = InstrumentCatalog.Load(configuration.Data.Instruments).Select(symbols);
        AccountFees[] fees = [.. symbols.Select(tier.RatesFor).Select(rates => new AccountFees(rates.Maker, rates.Taker))];
        LatencyModel latency = LatencyOf(configuration.Venue);
        IReadOnlyList<Fault> faults = FaultsOf(configuration.Venue);
        if (faults.FirstOrDefault(fault => fault.IsOfConnections) is { } fault && (request.Verb != "dry-run" || configuration.Venue.Speed is null))
        {
            throw new ConfigurationException([$"{configuration.Where("venue:faults")} has a {fault.Kind.ToString().ToLowerInvariant()}, which takes a dry-run with a --speed that is a number: elsewhere there is no connection that could be away"]);
        }

        string[] bookTopics = [.. symbols.Select(symbol => BookTopic(request, offeredTopics, symbol))];
        string[] topics = [.. bookTopics, .. symbols.SelectMany(symbol => (string[])[$"publicTrade.{symbol}", $"tickers.{symbol}"]).Where(offeredTopics.Contains)];
        Engine engine = EngineBuilder.Build(
            configuration, instruments, fees, RiskLimitCatalog.Load(configuration.Data.RiskLimits), RunRecords.InboundConsumers(request), RunRecords.OutboundConsumers(request));
        return new RunStage(request)
        {
            Engine = engine,
            Topics = topics,
            BookTopics = bookTopics,
            Session = new ReplaySession(new ReplaySettings
            {
                Frames = frames,
                StartNanos = request.Upstream is null ? null : SystemClock.UtcNowNanos,
                Flow = frames is null ? new FlowSettings { Scenario = FlowScenario.Parse(configuration.Venue.Scenario), Seed = configuration.Venue.Seed } : null,
                Venue = new VenueSettings
                {
                    Instruments = InstrumentList.Load(configuration.Data.Instruments),
                    RiskLadders = RiskLadder.LoadAll(configuration.Data.RiskLimits),
                    Symbols = symbols,
                    Accounts = [new AccountSettings { Leverage = configuration.Venue.Leverage, MarginMode = MarginModeOf(configuration.Account), StartBalance = configuration.Venue.StartBalanceUsdt, FeeTier = tier }],
                    QueueModel = QueueModels.Parse(configuration.Venue.QueueModel),
                    TakenNanos = configuration.Venue.TakenMilliseconds * EpochNanos.PerMillisecond,
                    Seed = configuration.Venue.Seed,
                },
                Latency = latency,
                Topics = topics.ToHashSet(StringComparer.Ordinal),
                Faults = faults,
                TickIntervalNanos = configuration.Venue.TickMilliseconds * EpochNanos.PerMillisecond,
            }),
            Symbols = symbols,
            FeeTier = tier,
            Latency = latency,
            DataLabel = dataLabel,
            SessionNumber = unchecked((uint)configuration.Venue.Seed),
        };
    }

    /// <summary>What the profile lets go wrong.</summary>
    /// <exception cref="InvalidDataException">The file is none of faults.</exception>
    internal static IReadOnlyList<Fault> FaultsOf(VenueConfiguration venue) => venue.Faults is { } path ? Fault.Load(path) : [];

    /// <summary>Reads the recording to its end, so that progress is told by time: for a run that somebody watches.</summary>
    internal void FindEnd() => _lastRecordedNanos = _recording?.FindLastReceivedAt();

    /// <summary>Joins a live market to the run that it is played in; nothing for another.</summary>
    /// <param name="onArrival">Wakes the thread that plays it; called on the socket's.</param>
    /// <param name="say">Told in one line, on the thread that plays it, when the market is lost, is back, or cannot be followed.</param>
    internal void Follow(Action onArrival, Action<string> say)
    {
        if (_upstream is null) return;
        _upstream.Say = say;
        _upstream.OnArrival = onArrival;
    }

    /// <summary>How far a run has come. Thread: the observer's.</summary>
    /// <param name="observer">What follows the run.</param>
    /// <param name="nowNanos">Logic time reached.</param>
    /// <param name="threads">The engine's threads; null in virtual time.</param>
    internal RunProgress Progress(RunObserver observer, long nowNanos, EngineThreads? threads = null) => new()
    {
        Fraction = Fraction(nowNanos),
        LogicUtc = Exact.Utc(nowNanos),
        Symbol = Symbols[0],
        Mid = observer.Mid(0),
        OwnBid = observer.Price(0, observer.Lane(0).OwnBid),
        OwnAsk = observer.Price(0, observer.Lane(0).OwnAsk),
        PositionQty = observer.PositionQty(0),
        Equity = observer.Equity,
        MarginRatio = observer.MarginRatio,
        Orders = observer.Requests,
        OpenOrders = observer.State.LiveOrders,
        Fills = observer.Executions,
        State = observer.State.State,
        HeldBy = observer.State.HeldBy,
        Incidents = [.. observer.Incidents],
        Connections = threads is null ? [] : [.. EngineThreads.Channels.Select(channel => new ConnectionProgress(channel, threads.Io.Status(channel)))],
        Stages = [.. LatencyStages.Of(Engine.Meters, threads?.Io.Meters).Select(stage => new StageProgress(stage.Key, stage.Value.Count, stage.Value.ValueAtPercentile(50), stage.Value.ValueAtPercentile(99)))],
        Events = Engine.Inbound.PublishedCount,
        Placement = threads?.Placement,
        FurtherLanes = [.. Enumerable.Range(1, Symbols.Count - 1).Select(i => new LaneProgress(
            Symbols[i], observer.Mid(i), observer.Price(i, observer.Lane(i).OwnBid), observer.Price(i, observer.Lane(i).OwnAsk), observer.PositionQty(i)))],
    };

    /// <summary>Share of the run's time that has passed; by bytes read where its end is not known.</summary>
    private double Fraction(long nowNanos)
    {
        long firstNanos = Session.FirstTimeNanos;
        long? endNanos = _request.Duration is { } duration ? firstNanos + (duration.Ticks * 100) : null;
        if (_lastRecordedNanos is { } last) endNanos = Math.Min(endNanos ?? last, last);
        return endNanos is { } end ? Math.Clamp((double)(nowNanos - firstNanos) / Math.Max(1, end - firstNanos), 0, 1) : Session.Progress;
    }

    /// <summary>Makes the files of journal and recording, where they are asked for; before the first frame, and after all else that may fail: a run that cannot begin leaves no file behind.</summary>
    /// <exception cref="Journal.JournalException">One cannot be made.</exception>
    internal void OpenRecords()
    {
        _records = RunRecords.Open(_request, Engine, FeeTier, SessionNumber);
        if (_request.JournalPath is not null) _rules?.Keep();
    }

    /// <summary>There is a journal or a recording to write.</summary>
    internal bool HasRecords => _records?.HasAny ?? false;

    /// <summary>Writes what waits to the journal and the recording, where there are any.</summary>
    internal void Record() => _records?.Drain();

    /// <summary>Takes the files away again; nothing has run.</summary>
    internal void DiscardRecords()
    {
        _records?.Discard();
        _rules?.Discard();
    }

    /// <summary>Ends journal and recording; nothing runs any more.</summary>
    internal void CompleteRecords() => _records?.Complete();

    /// <summary>Checks at the end that nothing was lost between engine and venue. The engine's threads rest.</summary>
    internal void Finish(RunObserver observer)
    {
        observer.Drain();
        observer.Finish();
        if (Engine.HotPath.IsHalted) observer.Break($"the engine halted: its outbound ring was full ({Engine.HotPath.HaltedFor}), and what it decided and what left would have differed");
        if (Session.RequestsAfterClose > 0) observer.Break($"{Session.RequestsAfterClose} requests came after the recording had closed and were not served");
        if (Session.Venue.MalformedFrames > 0 && Engine.Meters.FramesRejected == 0) observer.Break($"the venue could not read {Session.Venue.MalformedFrames} market frames that the engine accepted");
    }

    /// <summary>A whole recording that never showed a usable book of a symbol cannot have been meant to be traded on.</summary>
    /// <exception cref="RecordingException">It did not.</exception>
    internal void RequireBooks(RunObserver observer)
    {
        if (observer.SymbolsWithoutBook.Count == 0) return;
        string symbols = string.Join(", ", observer.SymbolsWithoutBook);
        throw new RecordingException($"{_request.MarketName} never shows a complete book of {symbols}: it needs an orderbook snapshot that fits the instrument, with its deltas; record from the subscription on, or trade other symbols (--symbols)");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Session.Dispose();
        _records?.Dispose();
        _rules?.Dispose();
    }

    /// <summary>Margin mode that accounts at the dry-run venue start in.</summary>
    internal static MarginMode MarginModeOf(AccountConfiguration account) => account.IsCross ? MarginMode.Cross : MarginMode.Isolated;

    /// <summary>The delays of a configuration; a new model for each session.</summary>
    internal static LatencyModel LatencyOf(VenueConfiguration venue)
    {
        VenueLatencyConfiguration latency = venue.Latency;
        Jitter jitter = latency.JitterDistribution switch
        {
            "lognormal" => Jitter.Lognormal(latency.JitterMicroseconds, latency.JitterSigma),
            "resampled" => Jitter.LoadSamples(latency.JitterSamples ?? throw new ConfigurationException(["venue:latency:jitterSamples must name a file for resampled additions, was none"])),
            _ => Jitter.Uniform(latency.JitterMicroseconds),
        };
        return new LatencyModel(venue.Seed, latency.FeedMicroseconds, latency.OrderMicroseconds, latency.ResponseMicroseconds, latency.CancelMicroseconds, jitter);
    }

    /// <summary>The symbols to trade. Named on the command line: exactly those. Otherwise those of the profile that the recording holds.</summary>
    private static string[] SymbolsOf(EngineConfiguration configuration, RecordingReader recording)
    {
        string[] symbols = configuration.AllSymbolsRequired ? [.. configuration.Symbols] : [.. configuration.Symbols.Where(recording.Symbols.Contains)];
        return symbols.Length > 0
            ? symbols
            : throw new RecordingException($"{recording.Name} holds {string.Join(", ", recording.Symbols)}, the profile trades {string.Join(", ", configuration.Symbols)}: choose another recording, or other symbols in the profile");
    }

    private static string BookTopic(RunRequest request, IReadOnlyCollection<string> offeredTopics, string symbol) =>
        BookDepths.Select(depth => $"orderbook.{depth}.{symbol}").FirstOrDefault(offeredTopics.Contains)
        ?? throw new RecordingException($"no order book of {symbol} in {request.MarketName}; it holds {string.Join(", ", offeredTopics)}: choose another recording or another symbol (--symbols)");
}
