using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>What a run needs before its first frame: the engine and the session, built from one request.</summary>
public sealed class RunStage : IDisposable
{
    /// <summary>The engine, with nothing run through it yet.</summary>
    public required Engine Engine { get; init; }

    /// <summary>The recording, the venue and the latencies, before the first frame.</summary>
    public required ReplaySession Session { get; init; }

    /// <summary>Symbols traded, in the order of the instrument ids.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>The account's fee tier.</summary>
    public required FeeTier FeeTier { get; init; }

    /// <summary>The latency model in use.</summary>
    public required LatencyModel Latency { get; init; }

    /// <summary>What the recording is, in one phrase.</summary>
    public required string DataLabel { get; init; }

    /// <summary>A dry-run's session is named after its seed, so that equal runs send equal bytes.</summary>
    public required uint SessionNumber { get; init; }

    /// <summary>Reads every file the run needs and builds both sides.</summary>
    /// <exception cref="RecordingException">The recording cannot be used.</exception>
    /// <exception cref="InstrumentException">An instrument or its ladder is missing.</exception>
    /// <exception cref="ConfigurationException">The configuration does not fit the instruments.</exception>
    public static RunStage Set(RunRequest request)
    {
        EngineConfiguration configuration = request.Configuration;
        FeeTier tier = FeeTier.Parse(configuration.Venue.FeeTier);
        IReadOnlyList<string> symbols = TradedSymbols(request);
        InstrumentTable instruments = InstrumentCatalog.Load(configuration.Data.Instruments).Select(symbols);
        AccountFees[] fees = [.. symbols.Select(tier.RatesFor).Select(rates => new AccountFees(rates.Maker, rates.Taker))];
        var latency = new LatencyModel(
            configuration.Venue.Seed, configuration.Venue.Latency.FeedMicroseconds, configuration.Venue.Latency.OrderMicroseconds,
            configuration.Venue.Latency.ResponseMicroseconds, configuration.Venue.Latency.JitterMicroseconds);
        Engine engine = EngineBuilder.Build(configuration, instruments, fees, RiskLimitCatalog.Load(configuration.Data.RiskLimits));
        return new RunStage
        {
            Engine = engine,
            Session = new ReplaySession(new ReplaySettings
            {
                RecordingPath = request.RecordingPath,
                Venue = new VenueSettings
                {
                    Instruments = InstrumentList.Load(configuration.Data.Instruments),
                    RiskLadders = RiskLadder.LoadAll(configuration.Data.RiskLimits),
                    Symbols = symbols,
                    Leverage = configuration.Venue.Leverage,
                    StartBalance = configuration.Venue.StartBalanceUsdt,
                    FeeTier = tier,
                    Seed = configuration.Venue.Seed,
                },
                Latency = latency,
                TickIntervalNanos = configuration.Venue.TickMilliseconds * EpochNanos.PerMillisecond,
            }),
            Symbols = symbols,
            FeeTier = tier,
            Latency = latency,
            DataLabel = RecordingLabel.Of(request.RecordingPath),
            SessionNumber = unchecked((uint)configuration.Venue.Seed),
        };
    }

    /// <inheritdoc />
    public void Dispose() => Session.Dispose();

    /// <summary>Named on the command line: exactly those. Otherwise those of the profile that the recording holds.</summary>
    private static IReadOnlyList<string> TradedSymbols(RunRequest request)
    {
        EngineConfiguration configuration = request.Configuration;
        if (configuration.AllSymbolsRequired) return configuration.Symbols;
        using RecordingReader recording = RecordingReader.Open(request.RecordingPath);
        string[] symbols = [.. configuration.Symbols.Where(recording.Symbols.Contains)];
        return symbols.Length > 0
            ? symbols
            : throw new RecordingException($"{request.RecordingPath} holds {string.Join(", ", recording.Symbols)}, the profile trades {string.Join(", ", configuration.Symbols)}: choose another recording, or other symbols in the profile");
    }
}
