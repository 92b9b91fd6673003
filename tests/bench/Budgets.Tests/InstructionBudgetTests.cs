using System.Diagnostics;
using LatencyEngine.TestData;

namespace LatencyEngine.Budgets.Tests;

/// <summary>The regression gate of the hot path as it is compiled natively: instructions and allocated bytes, which no busy machine changes.</summary>
public sealed class InstructionBudgetTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [BudgetFact]
    public async Task Every_stage_takes_the_instructions_that_its_budget_says()
    {
        string table = await RunAsync("--budgets");
        Assert.All(Stages.All, stage => Assert.Contains($"\n{stage.Name} ", table));
    }

    [BudgetFact]
    public async Task Ten_million_frames_through_the_native_hot_path_allocate_no_byte_and_nothing_is_collected()
    {
        string found = await RunAsync("--allocations");
        Assert.Matches(@"^10,000,000 market frames, [1-9][\d,]+ requests, [1-9][\d,]+ fills: 0 bytes allocated, 0 collections\n$", found);
    }

    /// <summary>What a benchmark of <c>run.sh</c> prints when it ends well; it compiles the native program where that is not there yet.</summary>
    private static async Task<string> RunAsync(string what)
    {
        var start = new ProcessStartInfo(ReferenceFiles.InRepository("run.sh"), ["bench", what]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> faults = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"./run.sh bench {what} did not end within {Patience}");
        }

        Assert.True(process.ExitCode == 0, $"{await faults}{Environment.NewLine}{await output}");
        return await output;
    }
}
