using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Platform;
using LatencyEngine.Simulator;
using LatencyEngine.Transport;

namespace LatencyEngine.Research;

/// <summary>Serves the dry-run venue alone: its market moves by itself, in real time, and whoever has a key trades on it.</summary>
public static class VenueRunner
{
    private const long StepNanosMax = 50_000_000;   // how late an interruption may be noticed

    // Some clients register what awaits an answer only after they have sent the question (Bybit V5, 19.1).
    private static readonly TimeSpan ReplyDelay = TimeSpan.FromMilliseconds(2);

    /// <summary>Serves until it is told to stop. Blocks.</summary>
    /// <param name="request">What to serve.</param>
    /// <param name="onReady">Called once, when every address takes connections.</param>
    /// <param name="cancel">Closes the venue.</param>
    /// <exception cref="RecordingException">The recording cannot be used.</exception>
    /// <exception cref="InstrumentException">An instrument or its ladder is missing.</exception>
    /// <exception cref="VenueUnavailableException">A live market cannot be had.</exception>
    /// <exception cref="Journal.JournalException">The rules of a live market cannot be written.</exception>
    /// <exception cref="VenueServerException">The venue cannot be served, for example because the port is in use.</exception>
    public static void Run(VenueRequest request, Action<ServedVenue> onReady, CancellationToken cancel)
    {
        using var wake = new WakeEvent();   // before the session: a live market rings it
        (ReplaySession opened, IReadOnlyList<string> symbols, string market) = Open(request, wake, cancel);
        using ReplaySession session = opened;
        using CancellationTokenRegistration waking = cancel.Register(wake.Ring);
        var server = new VenueServer(new VenueServerSettings
        {
            Keys = request.Keys,
            Symbols = symbols,
            Topics = [.. session.Topics],
            Clock = NowNanos,
            Address = request.Address,
            Port = request.Configuration.Venue.Port,
            ReplyDelay = ReplyDelay,
            ServesControl = request.ServesControl,
        })
        {
            OnIncoming = wake.Ring,
        };
        try
        {
            server.StartAsync().GetAwaiter().GetResult();
            onReady(new ServedVenue
            {
                Rest = server.RestEndpoint,
                Public = server.PublicEndpoint,
                Private = server.PrivateEndpoint,
                Trade = server.TradeEndpoint,
                Market = market,
                Symbols = symbols,
            });
            var play = new TimedPlay(session, server);
            while (!cancel.IsCancellationRequested)
            {
                long nowNanos = NowNanos();
                long? dueInNanos = play.Step(nowNanos);
                long waitNanos = Math.Min(nowNanos + (dueInNanos ?? StepNanosMax) - NowNanos(), StepNanosMax);
                if (waitNanos > 0) wake.Wait(waitNanos);
            }
        }
        finally
        {
            server.StopAsync().GetAwaiter().GetResult();
        }
    }

    /// <summary>The system's time, by which clients sign, ns since 1970. It may go back a little; the session does not.</summary>
    private static long NowNanos() => SystemClock.UtcNowNanos;

    private static (ReplaySession Session, IReadOnlyList<string> Symbols, string Market) Open(VenueRequest request, WakeEvent wake, CancellationToken cancel)
    {
        EngineConfiguration configuration = request.Configuration;
        IReadOnlyList<string> symbols = request.Symbols ?? configuration.Symbols;
        if (request.Upstream is { } wanted)
        {
            using RulesFolder rules = RulesFolder.For(journalPath: null);
            var upstream = Upstream.Open(wanted, symbols, cancel);
            (upstream.OnArrival, upstream.Say) = (wake.Ring, request.Say);
            return RunStage.Handing(upstream, () =>
            {
                configuration = upstream.FetchRules(rules, configuration, cancel, out string from);
                return (Session(upstream), symbols, $"live, {wanted.Name} ({from})");
            });
        }

        if (configuration.Venue.Market == "flow") return (Session(null), symbols, $"flow, scenario {configuration.Venue.Scenario}, seed {configuration.Venue.Seed}{(request.FlowRate == 1 ? "" : FormattableString.Invariant($", {request.FlowRate} times the rate"))}");
        var recording = RecordingReader.Open(configuration.Data.Recording);
        return RunStage.Handing(recording, () =>
        {
            symbols = request.Symbols ?? SymbolsOf(configuration, recording);
            return (Session(recording), symbols, $"recording {configuration.ShownPath(recording.Name)} ({RecordingLabel.Of(recording.Name)})");
        });

        ReplaySession Session(IFrameSource? frames) => Set(request, configuration, symbols, frames, NowNanos());
    }

    private static string[] SymbolsOf(EngineConfiguration configuration, RecordingReader recording)
    {
        string[] symbols = [.. configuration.Symbols.Where(recording.Symbols.Contains)];
        return symbols.Length > 0 ? symbols : throw new RecordingException($"{recording.Name} holds {string.Join(", ", recording.Symbols)}: name one of them (--symbols)");
    }

    /// <summary>Whether there is an instrument and a ladder of every symbol; whichever lacks one says so by itself.</summary>
    private static void CheckSymbols(DataConfiguration data, IReadOnlyList<string> symbols)
    {
        InstrumentCatalog.Load(data.Instruments).Select(symbols);
        RiskLimitCatalog ladders = RiskLimitCatalog.Load(data.RiskLimits);
        foreach (string symbol in symbols) _ = ladders[symbol];
    }

    private static ReplaySession Set(VenueRequest request, EngineConfiguration configuration, IReadOnlyList<string> symbols, IFrameSource? frames, long startNanos)
    {
        CheckSymbols(configuration.Data, symbols);
        return new ReplaySession(new ReplaySettings
        {
            Flow = frames is null ? new FlowSettings { Scenario = FlowScenario.Parse(configuration.Venue.Scenario), Seed = configuration.Venue.Seed, StartNanos = startNanos, Rate = request.FlowRate } : null,
            Frames = frames,
            StartNanos = frames is null ? null : startNanos,
            Loops = frames is RecordingReader,
            DerivesTopics = frames is not null,
            Venue = new VenueSettings
            {
                Instruments = InstrumentList.Load(configuration.Data.Instruments),
                RiskLadders = RiskLadder.LoadAll(configuration.Data.RiskLimits),
                Symbols = symbols,
                Accounts = [.. request.Keys.Select(key => new AccountSettings
                {
                    Uid = key.Uid,
                    Leverage = configuration.Venue.Leverage,
                    StartBalance = configuration.Venue.StartBalanceUsdt,
                    MarginMode = RunStage.MarginModeOf(configuration.Account),
                    FeeTier = FeeTier.Parse(configuration.Venue.FeeTier),
                })],
                QueueModel = QueueModels.Parse(configuration.Venue.QueueModel),
                TakenNanos = configuration.Venue.TakenMilliseconds * EpochNanos.PerMillisecond,
                Seed = configuration.Venue.Seed,
                KeepsFills = false,
                Past = request.Past,
            },
            Latency = RunStage.LatencyOf(configuration.Venue),
            Faults = RunStage.FaultsOf(configuration.Venue),
            OffersFastExecutions = true,
        });
    }
}
