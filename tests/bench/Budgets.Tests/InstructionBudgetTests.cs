using System.Diagnostics;
using LatencyEngine.TestData;

namespace LatencyEngine.Budgets.Tests;

/// <summary>The regression gate of the hot path: instructions, which no busy machine changes.</summary>
public sealed class InstructionBudgetTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [BudgetFact]
    public async Task Every_stage_takes_the_instructions_that_its_budget_says()
    {
        var start = new ProcessStartInfo(ReferenceFiles.InRepository("run.sh"), ["bench", "--budgets"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> table = process.StandardOutput.ReadToEndAsync();
        Task<string> faults = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"./run.sh bench --budgets did not end within {Patience}");
        }

        Assert.True(process.ExitCode == 0, $"{await faults}{Environment.NewLine}{await table}");
        Assert.All(Stages.All, stage => Assert.Contains($"\n{stage.Name} ", table.Result));
    }
}
