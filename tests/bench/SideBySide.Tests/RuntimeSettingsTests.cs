using System.Xml.Linq;

namespace LatencyEngine.SideBySide.Tests;

/// <summary>What is measured is what runs.</summary>
public sealed class RuntimeSettingsTests
{
    [Theory]
    [InlineData("TieredCompilation")]
    [InlineData("TieredCompilationQuickJit")]
    [InlineData("TieredPGO")]
    [InlineData("ConcurrentGarbageCollection")]
    [InlineData("ServerGarbageCollection")]
    public void The_benchmark_runs_with_the_settings_of_the_program(string setting) =>
        Assert.Equal(Setting("src/Cli/LatencyEngine.Cli.csproj", setting), Setting("bench/SideBySide/LatencyEngine.SideBySide.csproj", setting));

    private static string? Setting(string project, string name) => XDocument.Load(Repository.PathOf(project)).Descendants(name).SingleOrDefault()?.Value;
}
