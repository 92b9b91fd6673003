using LatencyEngine.Bybit;
using LatencyEngine.Journal;
using LatencyEngine.Meter;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Risk;
using LatencyEngine.Transport;

namespace LatencyEngine.Host;

/// <summary>Runs the engine on an account at a venue: start, trade, end flat.</summary>
public static class LiveRunner
{
    private const int BookDepth = 50;   // the most often of those with depth (Bybit V5, 6.1)
    private const int OutboundReaders = LiveObserver.Consumer + 1;
    private const int JournalConsumer = 1;   // of the inbound ring, behind the hot path

    // An end at a venue that answers takes some seconds; one that cannot be reached is the watchdog's as well, which tries for as long as it takes.
    private static readonly TimeSpan ExitWithin = TimeSpan.FromSeconds(30);

    /// <summary>Logic time between two ticks of the engine, ns.</summary>
    internal const long TickNanos = 100_000_000;

    /// <summary>How long the connections of a live run wait.</summary>
    // The first attempt follows a loss at once: most are a cut of one connection, and quotes rest unseen meanwhile. Three sockets that try for ever make 456 connections in the first 5 minutes of the 500 that are allowed (Bybit V5, 3): 50 each in 3.75 s, 5 while the waits double, then one in 3 s.
    internal static readonly ConnectionTimings Timings = new() { RetryFirst = TimeSpan.FromMilliseconds(5), RetryMax = TimeSpan.FromSeconds(4), StableAfter = TimeSpan.FromSeconds(2) };

    /// <summary>Trades until the time is up, the operator ends it, or it cannot go on. Blocks. Connections that are lost come back, for as long as it takes.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Told how it stands, four times a second; may be null.</param>
    /// <param name="cancel">Ends it orderly: quotes are cancelled, positions closed.</param>
    /// <exception cref="ConfigurationException">Configuration and account do not fit; no order was sent.</exception>
    /// <exception cref="InstrumentException">An instrument or its ladder is missing.</exception>
    /// <exception cref="VenueUnavailableException">The venue cannot be reached, or refuses the key.</exception>
    /// <exception cref="JournalException">The journal cannot be made.</exception>
    /// <exception cref="WatchdogException">The run is to be watched, and cannot be.</exception>
    /// <exception cref="Platform.TlsException">An address is <c>wss</c>, and OpenSSL or the trusted certificates are not there.</exception>
    public static LiveResult Run(LiveRequest request, Action<LiveProgress>? progress, CancellationToken cancel)
    {
        using var teller = new Teller();
        Action<string> say = request.Say;
        return RunTold(
            request with { Say = line => teller.Post(() => say(line)) },
            progress is null ? null : standing => teller.Post(() => progress(standing)),
            cancel);
    }

    private static LiveResult RunTold(LiveRequest request, Action<LiveProgress>? progress, CancellationToken cancel)
    {
        EngineConfiguration configuration = request.Configuration;
        WatchedRun.CheckName(request.Files);
        using RunControl? control = RunControl.Open(request.Files, JournalledEngine.LiveVerb, configuration, isLatching: true);
        WarmUp.Run(configuration.Placement);
        using RulesFolder rules = RulesFolder.For(request.JournalPath);
        using var venue = new LiveVenue(request);
        LiveStart start = venue.Start(cancel);
        foreach (string line in start.Plan) request.Say(line);
        if (control is { Switch.IsKilled: true }) request.Say($"kill switch: thrown {KillRecord.Describe(control.Switch.Kills)}; what rests is cancelled, and nothing is quoted until ./run.sh resume --name {request.Files!.Name}");
        using var watched = new WatchedRun(request);
        request.Say(watched.Plan);
        LossesFile? file = request.Files is { } files ? new LossesFile(files.LossesPath, request.Environment, request.Endpoints.Rest, configuration.Symbols) : null;
        LossState? losses = null;
        if (file is not null)
        {
            (losses, string counted) = venue.Losses(request.ForgetLosses ? null : file.Read(venue.Clock.NowNanos), start, cancel);
            request.Say(counted);
        }

        int journals = request.JournalPath is null ? 0 : 1;
        Engine engine = EngineBuilder.Build(configuration, start.Instruments.Select(configuration.Symbols), start.Fees, start.RiskLimits, inboundConsumers: 1 + journals, outboundConsumers: OutboundReaders + journals, isLive: true);
        uint sessionNumber = (uint)(venue.Clock.NowNanos / 1_000_000_000);   // rises from start to start, so that no name of an order comes twice
        using JournalWriter? journal = request.JournalPath is { } path ? OpenJournal(path, configuration, rules, start, engine, sessionNumber) : null;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ISlowThread? slow = request.SlowThread ?? SlowThreads.Of(configuration, engine.Instruments, request.Files);
        using var slowRecords = slow as IDisposable;
        using var threads = new EngineThreads(
            engine, venue.IoSettings(start, PublicTopics(engine, configuration), BookTopics(engine), TickNanos, Timings) with { OnQuoteTableRequest = engine.Tables.Ask }, configuration.Placement, heartbeat: watched.Heartbeat,
            slow: slow);
        using var records = new RecordThread(journal is null ? null : () => journal.Drain(), () => journal?.Complete(), ending.Cancel, configuration.Placement.JournalCore);
        venue.StartWork(threads.Io);
        engine.Tables.Start(threads.Io.Inbox);
        control?.Attach(engine, threads, threads.Io.Inbox.Post, venue.CancelAllAsync);
        threads.Start();
        LossesWriter? writer = file is null ? null : new LossesWriter(file, request.Say);
        var run = new LiveRun(request, engine, threads, venue, watched, control, progress, writer is null ? null : writer.Post);
        try
        {
            Await(threads, run, cancel);
            watched.Trades();
            engine.Begin(sessionNumber, threads.Io.Inbox.Post, losses);
            try
            {
                run.Trade(ending.Token);
            }
            finally
            {
                run.Flatten();   // whatever ended it
            }
        }
        finally
        {
            threads.Stop();
            watched.Exits(ExitWithin);
            venue.EndWork();
            engine.Tables.Complete();
        }

        run.Drain();
        run.Note(records.Complete);
        writer?.Complete();
        LiveResult result = run.Result(cancel.IsCancellationRequested) with { MetaLabel = (slow as MetaLabelThread)?.Result, WhileTrading = threads.Counters };
        if (run.NothingRests) watched.EndsInOrder();
        return result;

        void Await(EngineThreads threads, LiveRun run, CancellationToken cancel)
        {
            try
            {
                threads.AwaitReady(run.Drain, isPatient: true, cancel);
                watched.AwaitWatchdog(run.Drain, cancel);
                rules.Keep();
            }
            catch
            {
                // Nothing has run: files that hold nothing would be in the way of the next try.
                threads.Stop();
                records.Dispose();
                journal?.Dispose();
                if (request.JournalPath is { } made) File.Delete(made);
                throw;
            }
        }
    }

    /// <summary>The engine's rules go beside the journal, which needs them to be replayed, as the start has read them.</summary>
    private static JournalWriter OpenJournal(string path, EngineConfiguration configuration, RulesFolder rules, LiveStart start, Engine engine, uint sessionNumber)
    {
        rules.Write(start.Instruments, configuration.Symbols);
        rules.Write(start.RiskLimits);
        configuration = configuration.WithRules(rules.InstrumentsPath, rules.RiskLimitsPath);
        JournalInstrument Instrument(InstrumentLane lane, int index) => new(lane.Spec.Symbol, start.Fees[index].Maker, start.Fees[index].Taker);
        return new JournalWriter(path, JournalledEngine.Header(JournalledEngine.LiveVerb, configuration, engine.Lanes.Select(Instrument), sessionNumber, ""), engine.Inbound, JournalConsumer, engine.Outbound, OutboundReaders);
    }

    private static string[] BookTopics(Engine engine) => [.. engine.Lanes.Select(lane => $"orderbook.{BookDepth}.{lane.Spec.Symbol}")];

    /// <summary>Candles are for what runs beside alone: the engine needs none.</summary>
    private static string[] PublicTopics(Engine engine, EngineConfiguration configuration) =>
    [
        .. BookTopics(engine), .. engine.Lanes.SelectMany(lane => (string[])[$"publicTrade.{lane.Spec.Symbol}", $"tickers.{lane.Spec.Symbol}"]),
        .. configuration.Signal switch
        {
            "hybrid" => (string[])[$"kline.1.{configuration.Hybrid.Symbol}"],
            "meta-label" => [.. engine.Lanes.Select(lane => $"kline.60.{lane.Spec.Symbol}")],
            _ => [],
        },
    ];
}
