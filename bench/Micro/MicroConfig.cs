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

        // Short iterations and several of them: on a shared machine a stall then spoils a few, and the fastest is still one without.
        // Default, so that options of the command line change this job instead of adding a second one.
        AddJob(Job.Default.WithWarmupCount(5).WithIterationCount(11).WithIterationTime(TimeInterval.FromMilliseconds(250)).AsDefault());
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumn(StatisticColumn.Median, StatisticColumn.Min);
        WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(40));
        ArtifactsPath = Path.Combine(Repository.Root, "artifacts", "benchmarks");
    }
}
