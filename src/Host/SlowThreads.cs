using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>What runs beside an engine, by the profile's <c>signal</c>.</summary>
public static class SlowThreads
{
    /// <summary>Prepares it for a run.</summary>
    /// <param name="configuration">Of the run.</param>
    /// <param name="instruments">Those of the engine.</param>
    /// <param name="files">Where it keeps what it has to know after a restart; null to forget it.</param>
    /// <returns>Null for nothing.</returns>
    /// <exception cref="ConfigurationException">A file that it needs cannot be used.</exception>
    /// <exception cref="History.HistoryException">A history cannot be read.</exception>
    public static ISlowThread? Of(EngineConfiguration configuration, InstrumentTable instruments, RunFiles? files = null) => configuration.Signal switch
    {
        "hybrid" => new HybridThread(configuration, instruments, files),
        "meta-label" => new MetaLabelThread(configuration, instruments, files),
        _ => null,
    };
}
