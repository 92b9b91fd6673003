using LatencyEngine.Host;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

/// <summary>The shipped hybrid profile on the shipped recording, with the forecast that it makes itself.</summary>
public sealed class HybridProfileTests
{
    [Fact]
    public void It_tells_a_bias_a_minute_and_trades_and_virtual_time_and_lockstep_send_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        EngineConfiguration configuration = ConfigurationReader.Load(
            ReferenceFiles.InRepository("configs/hybrid.json"), new Dictionary<string, string>(), [new ConfigurationOverride("venue:speed", "max", "test")]);
        RunRequest request = Runs.DryRun(Runs.Derived, folder.Path) with { Configuration = configuration, Duration = TimeSpan.FromSeconds(150) };

        RunResult virtualTime = BacktestRunner.Run(request with { Verb = "backtest" }, progress: null, CancellationToken.None);
        RunResult lockstep = DryRunner.Run(request, progress: null, CancellationToken.None);

        Assert.Empty(virtualTime.InvariantBreaks);
        Assert.Empty(lockstep.InvariantBreaks);
        Assert.Equal((virtualTime.OutboundSha256, virtualTime.EndEquity), (lockstep.OutboundSha256, lockstep.EndEquity));
        foreach (RunResult result in (RunResult[])[virtualTime, lockstep])
        {
            Assert.Equal((2L, 1L, 0L, 0L, 0L), (result.BiasUpdates, result.Trades, result.BiasesRefused, result.DirectionalRefused, result.HotPathAllocatedBytes));
            Assert.Equal(0, result.BiasMin);   // at first its score is too small
            Assert.InRange(result.BiasMax!.Value, 0.3m, 1);
            Assert.Contains(result.Incidents, incident => incident.What.StartsWith("forecast from closes to 2024-08-07", StringComparison.Ordinal));
        }
    }
}
