namespace LatencyEngine.Research;

/// <summary>Runs the engine against the dry-run venue in virtual time.</summary>
public static class BacktestRunner
{
    /// <summary>Makes one run.</summary>
    public static RunResult Run(RunRequest request, IProgress<RunProgress>? progress, CancellationToken cancel) =>
        throw new NotSupportedException("this build holds no runner");
}
