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
    /// <exception cref="VenueServerException">The venue cannot be served, for example because the port is in use.</exception>
    public static void Run(VenueRequest request, Action<ServedVenue> onReady, CancellationToken cancel)
    {
        EngineConfiguration configuration = request.Configuration;
        IReadOnlyList<string> symbols = request.Symbols ?? SymbolsOf(request);
        CheckSymbols(configuration.Data, symbols);
        using ReplaySession session = Open(request, symbols, NowNanos());
        using var wake = new WakeEvent();
        using CancellationTokenRegistration waking = cancel.Register(wake.Ring);
        var server = new VenueServer(new VenueServerSettings
        {
            Keys = request.Keys,
            Symbols = symbols,
            Topics = [.. session.Topics],
            Clock = NowNanos,
            Address = request.Address,
            Port = configuration.Venue.Port,
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
                Market = IsFlow(configuration)
                    ? $"flow, scenario {configuration.Venue.Scenario}, seed {configuration.Venue.Seed}"
                    : $"recording {configuration.ShownPath(configuration.Data.Recording)} ({RecordingLabel.Of(configuration.Data.Recording)})",
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

    private static bool IsFlow(EngineConfiguration configuration) => configuration.Venue.Market == "flow";

    private static IReadOnlyList<string> SymbolsOf(VenueRequest request)
    {
        if (IsFlow(request.Configuration)) return request.Configuration.Symbols;
        using RecordingReader recording = RecordingReader.Open(request.Configuration.Data.Recording);
        string[] symbols = [.. request.Configuration.Symbols.Where(recording.Symbols.Contains)];
        return symbols.Length > 0 ? symbols : throw new RecordingException($"{request.Configuration.Data.Recording} holds {string.Join(", ", recording.Symbols)}: name one of them (--symbols)");
    }

    /// <summary>Whether there is an instrument and a ladder of every symbol; whichever lacks one says so by itself.</summary>
    private static void CheckSymbols(DataConfiguration data, IReadOnlyList<string> symbols)
    {
        InstrumentCatalog.Load(data.Instruments).Select(symbols);
        RiskLimitCatalog ladders = RiskLimitCatalog.Load(data.RiskLimits);
        foreach (string symbol in symbols) _ = ladders[symbol];
    }

    private static ReplaySession Open(VenueRequest request, IReadOnlyList<string> symbols, long startNanos)
    {
        EngineConfiguration configuration = request.Configuration;
        bool isFlow = IsFlow(configuration);
        return new ReplaySession(new ReplaySettings
        {
            Flow = isFlow ? new FlowSettings { Scenario = FlowScenario.Parse(configuration.Venue.Scenario), Seed = configuration.Venue.Seed, StartNanos = startNanos } : null,
            RecordingPath = isFlow ? null : configuration.Data.Recording,
            StartNanos = isFlow ? null : startNanos,
            Loops = !isFlow,
            DerivesTopics = !isFlow,
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
                    MarginMode = request.MarginMode,
                    FeeTier = FeeTier.Parse(configuration.Venue.FeeTier),
                })],
                QueueModel = QueueModels.Parse(configuration.Venue.QueueModel),
                TakenNanos = configuration.Venue.TakenMilliseconds * EpochNanos.PerMillisecond,
                Seed = configuration.Venue.Seed,
                KeepsFills = false,
            },
            Latency = RunStage.LatencyOf(configuration.Venue),
            Faults = RunStage.FaultsOf(configuration.Venue),
            OffersFastExecutions = true,
        });
    }
}
