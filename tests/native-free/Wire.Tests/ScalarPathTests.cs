using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

namespace LatencyEngine.Wire.Tests;

/// <summary>The fast path without the processor features it likes: the same tests, in a process where they are switched off.</summary>
public sealed class ScalarPathTests
{
    private const string Avx2Switch = "DOTNET_EnableAVX2";
    private const string Avx512Switch = "DOTNET_EnableAVX512";
    private const string Filter = $"FullyQualifiedName~{nameof(FastPathTests)}|FullyQualifiedName~{nameof(FastPathBoundsTests)}|FullyQualifiedName~{nameof(FastStreamTests)}|FullyQualifiedName~{nameof(DifferentialTests)}";
    private const string Mutations = "20000";
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(Avx2Switch)]
    [InlineData(Avx512Switch)]
    public async Task Without_a_feature_every_test_of_the_fast_path_passes(string featureSwitch)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["test", typeof(ScalarPathTests).Assembly.Location, "--filter", Filter, "--nologo"]) start.ArgumentList.Add(argument);
        start.Environment[featureSwitch] = "0";
        start.Environment["LATENCY_MUTATIONS"] = Mutations;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeMax);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        string said = await output + await error;
        Assert.True(process.ExitCode == 0 && said.Contains("Passed!", StringComparison.Ordinal), said);
    }

    /// <summary>Says whether the switches work; called by a test that the other process runs too.</summary>
    internal static void RequireSwitchedOff()
    {
        if (Environment.GetEnvironmentVariable(Avx2Switch) == "0") Assert.False(Avx2.IsSupported);
        if (Environment.GetEnvironmentVariable(Avx512Switch) == "0") Assert.False(Avx512BW.IsSupported);
    }
}
