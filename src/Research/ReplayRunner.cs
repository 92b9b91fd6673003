using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Journal;

namespace LatencyEngine.Research;

/// <summary>Runs the events of a journal through a fresh engine and compares what it publishes with what was published then.</summary>
public static class ReplayRunner
{
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
        EngineConfiguration configuration = JournalledEngine.Configuration(header, path);
        RequireUnchanged(header.InstrumentsFile, configuration.Data.Instruments, path);
        RequireUnchanged(header.RiskLimitsFile, configuration.Data.RiskLimits, path);
        Engine engine = JournalledEngine.Build(header, configuration);
        var replay = new JournalReplay(engine.Inbound, engine.HotPath, engine.Outbound);
        return isPaired ? replay.RunPaired(journal) : replay.RunInline(journal);
    }

    private static void RequireUnchanged(JournalFile then, string path, string journal)
    {
        JournalFile now = JournalFile.Of(path);
        if (now.Sha256 != then.Sha256) throw new JournalException($"{journal} was made with another {then.Name} (SHA-256 {then.Sha256[..12]}..., {path} has {now.Sha256[..12]}...): put that file back to replay it");
    }
}
