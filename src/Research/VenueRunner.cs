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
    /// <exception cref="VenueServerException">The venue cannot be served, for example because the port is in use.</exception>
    public static void Run(VenueRequest request, Action<ServedVenue> onReady, CancellationToken cancel)
    {
        EngineConfiguration configuration = request.Configuration;
        IReadOnlyList<string> symbols = request.Symbols ?? configuration.Symbols;
        using var session = new ReplaySession(new ReplaySettings
        {
            RecordingPath = configuration.Data.Recording,
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
                    FeeTier = FeeTier.Parse(configuration.Venue.FeeTier),
                })],
                Seed = configuration.Venue.Seed,
            },
            Latency = new LatencyModel(configuration.Venue.Seed, configuration.Venue.Latency.FeedMicroseconds, configuration.Venue.Latency.OrderMicroseconds, configuration.Venue.Latency.ResponseMicroseconds, configuration.Venue.Latency.JitterMicroseconds),
            OffersFastExecutions = true,
        });
        var clock = new ScaledClock(EpochNanos.FromMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()).Nanos, speed: 1);
        using var wake = new WakeEvent();
        using CancellationTokenRegistration waking = cancel.Register(wake.Ring);
        var server = new VenueServer(new VenueServerSettings
        {
            Keys = request.Keys,
            Symbols = symbols,
            Topics = [.. session.RecordedTopics],
            Clock = () => clock.NowNanos,
            Address = request.Address,
            Port = configuration.Venue.Port,
            ReplyDelay = ReplyDelay,
        })
        {
            OnIncoming = wake.Ring,
        };
        try
        {
            server.StartAsync().GetAwaiter().GetResult();
            clock.Start();
            onReady(new ServedVenue
            {
                Rest = server.RestEndpoint,
                Public = server.PublicEndpoint,
                Private = server.PrivateEndpoint,
                Trade = server.TradeEndpoint,
                Market = $"recording {configuration.ShownPath(configuration.Data.Recording)} ({RecordingLabel.Of(configuration.Data.Recording)})",
                Symbols = symbols,
            });
            var play = new TimedPlay(session, server);
            while (!cancel.IsCancellationRequested)
            {
                long nowNanos = clock.NowNanos;
                long? dueInNanos = play.Step(nowNanos);
                long waitNanos = dueInNanos is { } dueIn ? Math.Min(clock.RealNanosUntil(nowNanos + dueIn), StepNanosMax) : StepNanosMax;
                if (waitNanos > 0) wake.Wait(waitNanos);
            }
        }
        finally
        {
            server.StopAsync().GetAwaiter().GetResult();
        }
    }
}
