using LatencyEngine.Bybit;
using LatencyEngine.Journal;

namespace LatencyEngine.Host;

/// <summary>The rules of a venue's instruments as files, in a folder that goes with this object unless a journal needs it.</summary>
public sealed class RulesFolder : IDisposable
{
    private readonly string _path;
    private bool _isKept;

    private RulesFolder(string path) => _path = path;

    /// <summary>A folder, not made yet.</summary>
    /// <param name="journalPath">The journal that needs it to be replayed; null for none.</param>
    /// <exception cref="JournalException">There are rules of a journal of that name already.</exception>
    public static RulesFolder For(string? journalPath)
    {
        if (journalPath is null) return new RulesFolder(Path.Combine(Path.GetTempPath(), $"latency-engine-rules-{Guid.NewGuid():N}"));
        string path = journalPath + ".rules";
        return Path.Exists(path) ? throw new JournalException($"{path} is of another journal; name another one, or move both away") : new RulesFolder(path);
    }

    /// <summary>Where the instruments are written.</summary>
    public string InstrumentsPath => Path.Combine(_path, "instruments.json");

    /// <summary>Where the risk limits are written.</summary>
    public string RiskLimitsPath => Path.Combine(_path, "risk-limits.json");

    /// <summary>Writes the rows of some symbols as the venue told them. Blocks.</summary>
    /// <exception cref="JournalException">They cannot be written.</exception>
    public void Write(InstrumentCatalog instruments, IReadOnlyList<string> symbols) => Write(InstrumentsPath, instruments.ToJson(symbols));

    /// <summary>Writes ladders that the venue told. Blocks.</summary>
    /// <exception cref="JournalException">They cannot be written.</exception>
    public void Write(RiskLimitCatalog riskLimits) => Write(RiskLimitsPath, riskLimits.ToJson());

    /// <summary>A journal has been begun that needs it.</summary>
    public void Keep() => _isKept = true;

    /// <summary>Takes it away again, kept or not.</summary>
    public void Discard()
    {
        if (Directory.Exists(_path)) Directory.Delete(_path, recursive: true);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_isKept) Discard();
    }

    private void Write(string path, byte[] document)
    {
        try
        {
            Directory.CreateDirectory(_path);
            File.WriteAllBytes(path, document);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{_path} cannot be written: {fault.Message}", fault);
        }
    }
}
