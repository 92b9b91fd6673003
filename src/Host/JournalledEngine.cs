using LatencyEngine.Bybit;
using LatencyEngine.Journal;
using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>Builds the engine of a journal again.</summary>
public static class JournalledEngine
{
    // An engine needs its settings; where the market came from and where reports went is of no use to it, and may be gone.
    private static readonly string[] UnusedKeys = ["data:recording", "report:directory"];
    private static readonly string[] PathKeys = ["data:instruments", "data:riskLimits"];

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
        return EngineBuilder.Build(configuration, instruments, fees, RiskLimitCatalog.Load(configuration.Data.RiskLimits));
    }
}
