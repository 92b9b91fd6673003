using LatencyEngine.Host;
using LatencyEngine.Model;

namespace LatencyEngine.Research.Tests;

/// <summary>Runs with a slow thread beside the engine: the same events at the same moments of logic time however the run is made.</summary>
public sealed class SlowThreadRunTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData("inline")]
    [InlineData("paired")]
    public void Lockstep_and_virtual_time_hear_the_same_and_send_the_same_bytes_and_the_journal_replays(string threads)
    {
        using var folder = new TemporaryFolder();
        RunRequest request = Runs.DryRun(Runs.Derived, folder.Path, ("venue:speed", "max"), ("placement:threads", threads), ("strategy", "hybrid"), ("signal", "hybrid")) with { Duration = TimeSpan.FromSeconds(60) };
        Scripted virtualWork = Opinionated(), lockstepWork = Opinionated();

        RunRequest makesMarketsOnly = Runs.Request(Runs.Derived, folder.Path) with { Duration = request.Duration };
        RunResult silent = BacktestRunner.Run(makesMarketsOnly, progress: null, CancellationToken.None);
        RunResult virtualTime = BacktestRunner.Run(request with { Verb = "backtest", SlowThread = virtualWork }, progress: null, CancellationToken.None);
        RunResult lockstep = DryRunner.Run(request with { SlowThread = lockstepWork, JournalPath = Path.Combine(folder.Path, "run.journal") }, progress: null, CancellationToken.None);

        Assert.Empty(lockstep.InvariantBreaks);
        Assert.Empty(virtualTime.InvariantBreaks);
        Assert.True(virtualWork.Heard > 50 && virtualWork.Steps >= 55, $"{virtualWork.Heard} messages, {virtualWork.Steps} steps");
        Assert.Equal((virtualWork.Heard, virtualWork.Hash, virtualWork.Steps), (lockstepWork.Heard, lockstepWork.Hash, lockstepWork.Steps));
        Assert.Equal((virtualTime.OutboundSha256, virtualTime.EndEquity), (lockstep.OutboundSha256, lockstep.EndEquity));
        Assert.NotEqual(silent.OutboundSha256, virtualTime.OutboundSha256);
        Assert.Equal(0, virtualTime.HotPathAllocatedBytes + lockstep.HotPathAllocatedBytes);
        foreach (RunResult result in (RunResult[])[virtualTime, lockstep])
        {
            Assert.True(result.Trades >= 3, $"{result.Trades} trades");
            Assert.Equal(0, result.DirectionalRefused + result.BiasesRefused);
            Assert.Equal((virtualWork.Steps, -1m, 1m, null), ((int)result.BiasUpdates, result.BiasMin, result.BiasMax, result.SlowThreadMissed));
        }

        Assert.Equal((0L, 0L, null, null), (silent.BiasUpdates, silent.Trades, silent.BiasMin, silent.BiasMax));
        Journal.JournalReplayResult replay = ReplayRunner.Run(Path.Combine(folder.Path, "run.journal"), isPaired: threads == "paired");
        Assert.True(replay.Difference is null, replay.Difference?.ToString());
        Assert.Equal(lockstep.OutboundSha256, replay.OutboundSha256);
    }

    [Fact]
    public void Traded_outright_alone_it_quotes_nothing_and_its_account_agrees()
    {
        using var folder = new TemporaryFolder();
        RunRequest request = Runs.Request(Runs.Derived, folder.Path, ("strategy", "directional"), ("signal", "hybrid")) with { Duration = TimeSpan.FromSeconds(60), SlowThread = Opinionated() };

        RunResult result = BacktestRunner.Run(request, progress: null, CancellationToken.None);

        Assert.Empty(result.InvariantBreaks);
        Assert.True(result.Trades >= 3 && result.Fills > 0, $"{result.Trades} trades, {result.Fills} fills");
        Assert.Equal((0L, 0L, 0.02m), (result.MakerFills, result.AmendsSent, result.MaxAbsPositionQty));
    }

    [Theory]
    [InlineData("inline")]
    [InlineData("paired")]
    public void At_a_pace_it_runs_beside_on_its_own_thread_and_is_heard(string threads)
    {
        using var folder = new TemporaryFolder();
        var work = new Scripted(Second, (own, asOf, inbox) => inbox.Publish(new Bias { Instrument = default, ScoreE8 = Bias.FullScoreE8 / 2, ShiftNanoTicks = 0, MadeAt = asOf, Id = own.Steps }));
        RunRequest request = Runs.DryRun(Runs.Derived, folder.Path, ("venue:speed", "20"), ("placement:threads", threads)) with { Duration = TimeSpan.FromSeconds(20), SlowThread = work };

        RunResult result = DryRunner.Run(request, progress: null, CancellationToken.None);

        Assert.Empty(result.InvariantBreaks);
        Assert.True(work.Heard > 10 && result.BiasUpdates > 3, $"{work.Heard} messages, {result.BiasUpdates} biases");
        Assert.Equal((0.5m, 0.5m, 0L, 0L), (result.BiasMin, result.BiasMax, result.BiasesRefused, result.SlowThreadMissed));
    }

    [Fact]
    public void One_that_fails_is_told_and_the_run_goes_on()
    {
        using var folder = new TemporaryFolder();
        var work = new Scripted(Second, (_, _, _) => throw new InvalidOperationException("no model"));
        RunRequest request = Runs.DryRun(Runs.Derived, folder.Path, ("venue:speed", "20")) with { Duration = TimeSpan.FromSeconds(20), SlowThread = work };

        RunResult result = DryRunner.Run(request, progress: null, CancellationToken.None);

        Assert.Empty(result.InvariantBreaks);
        Assert.Contains(result.Incidents, incident => incident.What.Contains("the slow thread ended: InvalidOperationException: no model", StringComparison.Ordinal));
        Assert.True(result.OrdersSent > 10, $"{result.OrdersSent} requests");
    }

    /// <summary>A bias of all that it has heard, each second, and each ten a position: long, short, flat.</summary>
    private static Scripted Opinionated() => new(Second, (own, asOf, inbox) =>
    {
        int score = own.Steps switch { 1 => -Bias.FullScoreE8, 2 => Bias.FullScoreE8, _ => (int)(own.Hash % (2 * Bias.FullScoreE8)) - Bias.FullScoreE8 };
        inbox.Publish(new Bias { Instrument = default, ScoreE8 = score, ShiftNanoTicks = score * 50L, MadeAt = asOf, Id = own.Steps });
        if (own.Steps % 10 != 5) return;
        long sign = (own.Steps / 10 % 3) switch { 0 => 1, 1 => -1, _ => 0 };
        inbox.Publish(new DirectionalRequest
        {
            Instrument = default, EntrySeconds = 8, Wanted = new(sign * 20), Bound = new(sign == 0 ? 0 : own.LastTicks + (sign * 600)), Stop = new(sign == 0 ? 0 : own.LastTicks - (sign * 6_000)), MadeAt = asOf, Id = own.Steps,
        });
    });
}
