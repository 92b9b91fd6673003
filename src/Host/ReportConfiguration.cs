namespace LatencyEngine.Host;

/// <summary>Section <c>report</c>.</summary>
public sealed record ReportConfiguration
{
    /// <summary>Full path of the folder that a run's report folder is made in.</summary>
    public required string Directory { get; init; }
}
