using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Model;

namespace LatencyEngine.Research;

/// <summary>Runs the events of a journal through a fresh engine and compares what it publishes with what was published then.</summary>
public static class ReplayRunner
{
    // A replay needs the engine's settings; where the market came from and where reports go is of no use to it, and may be gone.
    private static readonly string[] UnusedKeys = ["data:recording", "report:directory"];
    private static readonly string[] PathKeys = ["data:instruments", "data:riskLimits"];

    /// <summary>Replays one journal.</summary>
    /// <param name="path">The journal's file.</param>
    /// <param name="isPaired">True: the engine on a thread of its own. False: called in place.</param>
    /// <exception cref="JournalException">The journal cannot be read, or the files it was made with have changed.</exception>
    /// <exception cref="InstrumentException">An instrument or its ladder is missing.</exception>
    /// <exception cref="ConfigurationException">This version cannot take the journal's configuration.</exception>
    public static JournalReplayResult Run(string path, bool isPaired)
    {
        using JournalReader journal = JournalReader.Open(path);
        JournalHeader header = journal.Header;
        EngineConfiguration configuration = Configuration(header, path);
        RequireUnchanged(header.InstrumentsFile, configuration.Data.Instruments, path);
        RequireUnchanged(header.RiskLimitsFile, configuration.Data.RiskLimits, path);
        InstrumentTable instruments = InstrumentCatalog.Load(configuration.Data.Instruments).Select([.. header.Instruments.Select(instrument => instrument.Symbol)]);
        AccountFees[] fees = [.. header.Instruments.Select(instrument => new AccountFees(instrument.MakerFee, instrument.TakerFee))];
        Engine engine = EngineBuilder.Build(configuration, instruments, fees, RiskLimitCatalog.Load(configuration.Data.RiskLimits));
        var replay = new JournalReplay(engine.Inbound, engine.HotPath, engine.Outbound);
        return isPaired ? replay.RunPaired(journal) : replay.RunInline(journal);
    }

    private static EngineConfiguration Configuration(JournalHeader header, string path)
    {
        string root = InstallRoot.Find();
        ConfigurationOverride[] settings = [.. header.Configuration.Where(pair => !UnusedKeys.Contains(pair.Key)).Select(pair => new ConfigurationOverride(pair.Key, Value(pair.Key, pair.Value), $"{path}: {pair.Key}"))];
        return ConfigurationReader.Load(Path.Combine(root, "configs", "market-making.json"), new Dictionary<string, string>(), settings);

        // Paths of a profile are relative to the repository, wherever a replay is started.
        string Value(string key, string value) => PathKeys.Contains(key) ? Path.GetFullPath(value, root) : value;
    }

    private static void RequireUnchanged(JournalFile then, string path, string journal)
    {
        JournalFile now = JournalFile.Of(path);
        if (now.Sha256 != then.Sha256) throw new JournalException($"{journal} was made with another {then.Name} (SHA-256 {then.Sha256[..12]}..., {path} has {now.Sha256[..12]}...): put that file back to replay it");
    }
}
