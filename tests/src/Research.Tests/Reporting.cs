namespace LatencyEngine.Research.Tests;

/// <summary>Takes reports of a run on the run's own thread.</summary>
internal sealed class Reporting(Action<RunProgress> onReport) : IProgress<RunProgress>
{
    public void Report(RunProgress value) => onReport(value);
}
