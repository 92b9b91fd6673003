using System.Reflection;
using LatencyEngine.Bybit;
using LatencyEngine.Journal;
using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>Builds the engine of a journal again.</summary>
public static class JournalledEngine
{
    // An engine needs its settings; where the market came from and where reports went is of no use to it, and may be gone.
    private static readonly string[] UnusedKeys = ["data:recording", "report:directory", "control:folder", "control:killFile"];
    private static readonly string[] PathKeys = ["data:instruments", "data:riskLimits"];

    /// <summary>The verb of a journal that was made on an account.</summary>
    public const string LiveVerb = "live";

    /// <summary>What the journal of a run begins with. Blocks: reads the files that the run was built from.</summary>
    /// <param name="verb">The verb that runs.</param>
    /// <param name="configuration">Of the run.</param>
    /// <param name="instruments">In the order of their ids, with the account's fees.</param>
    /// <param name="sessionNumber">Names of orders and requests carry it.</param>
    /// <param name="market">What the market is, in one phrase; for a recording its file.</param>
    /// <exception cref="JournalException">One of the files cannot be read.</exception>
    public static JournalHeader Header(string verb, EngineConfiguration configuration, IEnumerable<JournalInstrument> instruments, uint sessionNumber, string market) => new()
    {
        ProgramVersion = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "0",
        Verb = verb,
        StartedUtc = DateTime.UtcNow,
        Configuration = configuration.Values.ToDictionary(value => value.Key, value => value.Value),
        Instruments = [.. instruments],
        SessionNumber = sessionNumber,
        InstrumentsFile = JournalFile.Of(configuration.Data.Instruments),
        RiskLimitsFile = JournalFile.Of(configuration.Data.RiskLimits),
        Recording = market,
        Seed = configuration.Venue.Seed,
    };

    /// <summary>The configuration that a journal was made with.</summary>
    /// <param name="header">The journal's.</param>
    /// <param name="path">The journal's file, for messages.</param>
    /// <exception cref="ConfigurationException">This version cannot take it.</exception>
    public static EngineConfiguration Configuration(JournalHeader header, string path)
    {
        string root = InstallRoot.Find();
        ConfigurationOverride[] settings = [.. header.Configuration.Where(pair => !UnusedKeys.Contains(pair.Key)).Select(pair => new ConfigurationOverride(pair.Key, Value(pair.Key, pair.Value), $"{path}: {pair.Key}"))];
        return ConfigurationReader.Load(Path.Combine(root, "configs", "market-making.json"), new Dictionary<string, string>(), settings);

        // Paths of a profile are relative to the repository, wherever the engine is started.
        string Value(string key, string value) => PathKeys.Contains(key) ? Path.GetFullPath(value, root) : value;
    }

    /// <summary>Builds the engine, with nothing run through it.</summary>
    /// <param name="header">The journal's.</param>
    /// <param name="configuration">What <see cref="Configuration"/> made of it.</param>
    /// <exception cref="InstrumentException">An instrument or its ladder is missing.</exception>
    /// <exception cref="ConfigurationException">The configuration does not fit the instruments.</exception>
    public static Engine Build(JournalHeader header, EngineConfiguration configuration)
    {
        InstrumentTable instruments = InstrumentCatalog.Load(configuration.Data.Instruments).Select([.. header.Instruments.Select(instrument => instrument.Symbol)]);
        AccountFees[] fees = [.. header.Instruments.Select(instrument => new AccountFees(instrument.MakerFee, instrument.TakerFee))];
        return EngineBuilder.Build(configuration, instruments, fees, RiskLimitCatalog.Load(configuration.Data.RiskLimits), isLive: header.Verb == LiveVerb);
    }
}
