using LatencyEngine.Host;
using LatencyEngine.Ring;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>What the gate's distance check and the guard are worth in a crash: each run beside one that has neither.</summary>
public sealed class CrashTests
{
    private const decimal PositionMax = 0.1m;

    /// <summary>They would end each of these runs long before its end.</summary>
    private static readonly (string Key, string Value)[] NoLossLimits =
        [.. new[] { "positionStopFraction", "dailyLossFraction", "symbolDailyLossFraction", "weeklyLossFraction", "drawdownFraction", "markOutLossFraction", "openPositionsMax", "apiErrorsPerMinute", "rejectsPerMinute" }.Select(key => ($"losses:{key}", "0"))];

    private const long AfterNanos = 15_000_000_000;

    /// <summary>The jump is the scenario's with what the market's walk adds. By the gate each balance carries between half of the position limit and all of it through the fall, and not all of it.</summary>
    /// <remarks>At 50x a fall of 2 % is no more than the initial margin that the venue asks for: of 31 seeds without the check, three are liquidated. In no seed was the guarded run.</remarks>
    [Theory]
    [InlineData("crash-2pct", 50, "0.026", "135", 12)]
    [InlineData("crash-2pct", 50, "0.026", "135", 15)]
    [InlineData("crash-2pct", 50, "0.026", "135", 19)]
    [InlineData("crash-2pct", 100, "0.026", "120", 1)]
    [InlineData("crash-2pct", 100, "0.026", "120", 2)]
    [InlineData("crash-2pct", 100, "0.026", "120", 3)]
    [InlineData("crash-2pct", 100, "0.026", "120", 5)]
    [InlineData("crash-5pct", 50, "0.06", "245", 1)]
    [InlineData("crash-5pct", 50, "0.06", "245", 2)]
    [InlineData("crash-5pct", 50, "0.06", "245", 3)]
    [InlineData("crash-5pct", 100, "0.06", "245", 1)]
    [InlineData("crash-5pct", 100, "0.06", "245", 2)]
    [InlineData("crash-5pct", 100, "0.06", "245", 3)]
    [InlineData("crash-20pct", 50, "0.22", "845", 1)]
    [InlineData("crash-20pct", 50, "0.22", "845", 2)]
    [InlineData("crash-20pct", 50, "0.22", "845", 3)]
    [InlineData("crash-20pct", 100, "0.22", "845", 1)]
    [InlineData("crash-20pct", 100, "0.22", "845", 2)]
    [InlineData("crash-20pct", 100, "0.22", "845", 3)]
    public void In_cross_margin_a_crash_up_to_the_jump_liquidates_nothing_and_liquidates_the_run_without_the_check(string scenario, int leverage, string jump, string balance, int seed)
    {
        Crash guarded = Run(scenario, leverage, balance, seed, ("account:marginMode", "cross"), ("risk:crossJumpFraction", jump));
        Crash control = Run(scenario, leverage, balance, seed, ("account:marginMode", "cross"), ("risk:crossJumpFraction", "0"), ("risk:liquidationGuardHoldShare", "1"), ("risk:liquidationGuardShare", "1"), ("risk:exposureMaxFraction", "1"));

        Assert.True(guarded.Liquidations == 0 && guarded.HeldBefore >= PositionMax / 2 && control.Liquidations > 0, $"guarded {guarded}, control {control}");
    }

    /// <summary>Isolated, 0.3 % is what a position has to survive: each of these falls goes far beyond it.</summary>
    [Theory]
    [InlineData("crash-2pct", 50, 12)]
    [InlineData("crash-2pct", 50, 15)]
    [InlineData("crash-2pct", 50, 19)]
    [InlineData("crash-2pct", 100, 1)]
    [InlineData("crash-2pct", 100, 2)]
    [InlineData("crash-5pct", 50, 1)]
    [InlineData("crash-5pct", 50, 2)]
    [InlineData("crash-5pct", 100, 1)]
    [InlineData("crash-5pct", 100, 2)]
    [InlineData("crash-20pct", 50, 1)]
    [InlineData("crash-20pct", 50, 2)]
    [InlineData("crash-20pct", 100, 1)]
    [InlineData("crash-20pct", 100, 2)]
    public void Isolated_a_crash_beyond_the_jump_costs_at_most_the_margin_of_what_it_liquidates(string scenario, int leverage, int seed)
    {
        Crash guarded = Run(scenario, leverage, "1000", seed, ("risk:isolatedJumpFraction", "0.003"));
        Crash control = Run(scenario, leverage, "1000", seed, ("risk:isolatedJumpFraction", "0"), ("risk:liquidationGuardHoldShare", "1"), ("risk:liquidationGuardShare", "1"), ("risk:exposureMaxFraction", "1"));

        Assert.True(control.Liquidations > 0 && guarded.HeldBefore >= PositionMax / 2 && guarded.Liquidations <= control.Liquidations, $"guarded {guarded}, control {control}");
        if (guarded.Liquidations > 0) Assert.InRange(guarded.WorstLossOverMargin, 0.5m, 1m);
    }

    private static Crash Run(string scenario, int leverage, string balance, int seed, params (string Key, string Value)[] settings)
    {
        RunRequest request = Runs.Request(Runs.Derived, reportDirectory: "", [
            ("venue:market", "flow"), ("venue:scenario", scenario), ("venue:seed", $"{seed}"), ("venue:leverage", $"{leverage}"), ("venue:startBalanceUsdt", balance), ("symbols", "BTCUSDT"),
            ("instruments:BTCUSDT:orderQty", "0.05"), ("instruments:BTCUSDT:orderQtyMax", "0.05"), ("instruments:BTCUSDT:positionQtyMax", $"{PositionMax}"), ("instruments:BTCUSDT:viewScore", "1"),
            ("quoting:viewWeight", "1"), .. NoLossLimits, ("quoting:maxInventoryUnits", "2"), .. settings]);
        using RunStage stage = RunStage.Set(request with { RecordingPath = null });
        long beginNanos = 0;
        long nowNanos = 0;
        decimal heldBefore = 0;
        decimal worst = 0;
        using var run = new VirtualTimeRun(stage, engineFrame: (in FrameView frame) =>
        {
            if (beginNanos == 0) beginNanos = frame.LogicTimeNanos;
            nowNanos = frame.LogicTimeNanos;
            if (nowNanos - beginNanos < FlowScenario.ShockAfterNanos) heldBefore = Math.Max(heldBefore, Exact.Qty(stage.Engine.Lanes[0].Spec, stage.Engine.Ledger.Position(stage.Engine.Lanes[0].Spec.Id)));
            (long liquidations, decimal wallet) = (stage.Engine.Meters.Liquidations, Exact.Usdt(stage.Engine.Ledger.Wallet));
            decimal margin = MarginOf(stage, leverage);
            stage.Engine.HotPath.OnFrame(in frame);
            if (stage.Engine.Meters.Liquidations > liquidations) worst = Math.Max(worst, (wallet - Exact.Usdt(stage.Engine.Ledger.Wallet)) / margin);
        });
        run.Begin();
        while (nowNanos - beginNanos < FlowScenario.ShockAfterNanos + AfterNanos && run.Step())
        {
        }

        run.StopQuoting();
        run.Finish();
        Assert.Empty(run.Observer.InvariantBreaks);
        return new Crash(stage.Engine.Meters.Liquidations, heldBefore, Exact.Usdt(stage.Engine.Ledger.Wallet), stage.Engine.Lanes.Sum(lane => lane.Guard.Cuts), worst);
    }

    /// <summary>Initial margin, with the fee to close that the venue sets aside with it, at the highest.</summary>
    private static decimal MarginOf(RunStage stage, int leverage) => (decimal)(stage.Engine.Ledger.CostE16(stage.Engine.Lanes[0].Spec.Id) / 100_000_000) / 1e8m * ((1m / leverage) + (stage.Engine.Lanes[0].TakerFeeE8 / 1e8m));

    private sealed record Crash(long Liquidations, decimal HeldBefore, decimal Wallet, long Cuts, decimal WorstLossOverMargin);
}
