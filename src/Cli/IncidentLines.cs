using LatencyEngine.Research;

namespace LatencyEngine.Cli;

/// <summary>What must not pass unseen in a run, a line each when it happens: liquidations and a thrown kill switch.</summary>
/// <remarks>Reports arrive on the thread of the run, in order.</remarks>
internal sealed class IncidentLines(TextWriter error) : IRunDisplay
{
    private int _shown;

    /// <inheritdoc />
    public void Report(RunProgress value)
    {
        foreach (string line in Take(value)) error.WriteLine(line);
    }

    /// <summary>The lines of what no report before has told.</summary>
    public IReadOnlyList<string> Take(RunProgress value)
    {
        string[] lines = [.. value.Incidents.Skip(_shown).Select(incident => $"latency-engine: {incident}")];
        _shown = value.Incidents.Count;
        return lines;
    }

    /// <inheritdoc />
    public void End()
    {
    }
}
