using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>The rules of a live market's instruments, fetched once, as files in a folder that goes with this object unless a journal needs it.</summary>
internal sealed class RulesFolder : IDisposable
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

    /// <summary>The configuration with the rules of a venue in place of the files that it names, where REST serves them. Blocks.</summary>
    /// <param name="upstream">The venue.</param>
    /// <param name="configuration">Where REST does not serve them, its own files count.</param>
    /// <param name="symbols">Whose.</param>
    /// <param name="from">Where they are from, in one phrase, and why not from the venue.</param>
    public EngineConfiguration Fetch(UpstreamRequest upstream, EngineConfiguration configuration, IReadOnlyList<string> symbols, out string from)
    {
        using var rules = new MarketRules(upstream.Endpoints.Rest, upstream.AuthoritiesPath);
        (string instruments, string instrumentsFrom) = Choose("instruments.json", configuration.Data.Instruments, () => rules.Instruments(symbols), path =>
        {
            InstrumentCatalog.Load(path).Select(symbols);
            InstrumentList.Load(path);
        });
        (string riskLimits, string riskLimitsFrom) = Choose("risk-limits.json", configuration.Data.RiskLimits, () => rules.RiskLimits(symbols), path =>
        {
            RiskLimitCatalog.Load(path);
            RiskLadder.LoadAll(path);
        });
        from = $"instruments {instrumentsFrom}, risk limits {riskLimitsFrom}";
        return configuration.WithRules(instruments, riskLimits);

        (string Path, string From) Choose(string name, string configured, Func<byte[]> fetch, Action<string> check)
        {
            string path = Path.Combine(_path, name);
            try
            {
                byte[] document = fetch();
                Directory.CreateDirectory(_path);
                File.WriteAllBytes(path, document);
                check(path);
                return (path, "of the upstream");
            }
            catch (Exception fault) when (fault is VenueRefusalException or InstrumentException or InvalidDataException)
            {
                return (configured, $"of {configuration.ShownPath(configured)}, since the upstream's are of no use: {fault.Message.Replace(path, "its answer", StringComparison.Ordinal)}");
            }
        }
    }

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
}
