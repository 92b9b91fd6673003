using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using Perfolizer.Horology;

namespace LatencyEngine.Micro;

/// <summary>How every benchmark here is run: one job, each case in a process of its own, allocation measured, reports under <c>artifacts/</c>.</summary>
public sealed class MicroConfig : ManualConfig
{
    /// <summary>Creates the configuration.</summary>
    public MicroConfig()
    {
        Add(DefaultConfig.Instance);

        // Short iterations and many of them: on a shared machine a stall then spoils one of eleven, and the median passes over it.
        AddJob(Job.Default.WithWarmupCount(5).WithIterationCount(11).WithIterationTime(TimeInterval.FromMilliseconds(250)).AsDefault());
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumn(StatisticColumn.Median, StatisticColumn.Min);
        WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(40));
        ArtifactsPath = Path.Combine(Repository.Root, "artifacts", "benchmarks");
    }
}
