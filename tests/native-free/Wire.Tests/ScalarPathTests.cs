using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

namespace LatencyEngine.Wire.Tests;

/// <summary>The fast path without the processor features it likes: the same tests, in a process where they are switched off.</summary>
public sealed class ScalarPathTests
{
    private const string Switch = "DOTNET_EnableAVX2";
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Without_AVX2_every_test_of_the_fast_path_passes()
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["test", typeof(ScalarPathTests).Assembly.Location, "--filter", $"FullyQualifiedName~{nameof(FastPathTests)}", "--nologo"]) start.ArgumentList.Add(argument);
        start.Environment[Switch] = "0";
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

    /// <summary>Says whether the switch works; called by a test that the other process runs too.</summary>
    internal static void RequireSwitchedOff()
    {
        if (Environment.GetEnvironmentVariable(Switch) == "0") Assert.False(Avx2.IsSupported);
    }
}
