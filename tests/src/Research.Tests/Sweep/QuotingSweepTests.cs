using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

public sealed class QuotingSweepTests
{
    [Fact]
    public void The_mean_of_four_runs_has_students_interval_and_that_of_three_has_none()
    {
        Estimate mean = QuotingSweep.Mean([1, 2, double.NaN, 4, 5])!;

        Assert.Equal(3, mean.Value);
        Assert.Equal(3 - (3.182 * Math.Sqrt(10 / 3.0 / 4)), mean.Low!.Value, 0.01);
        Assert.Equal(6, mean.Low.Value + mean.High!.Value, 12);
        Assert.Equal(new Estimate(2, null, null), QuotingSweep.Mean([1, 2, 3]));
        Assert.Null(QuotingSweep.Mean([double.NaN]));
    }

    [Fact]
    public void Each_model_stands_beside_its_symmetric_quotes_over_the_same_seeds_whatever_the_order_of_the_runs()
    {
        RunRequest run = Runs.Request(Runs.Genuine, reportDirectory: "", ("venue:market", "flow"), ("venue:seed", "3"), ("quoting:minEdgeFraction", "0"), ("instruments:BTCUSDT:arrivalDecayPerTick", "0.2")) with
        {
            RecordingPath = null,
            Duration = TimeSpan.FromSeconds(20),
        };
        EngineConfiguration glft = run.Configuration with { Quoting = run.Configuration.Quoting with { Model = "glft" } };
        var request = new SweepRequest { Run = run, Models = [run.Configuration, glft], Seeds = 2 };
        var told = new List<(int, int)>();

        SweepResult result = QuotingSweep.Run(request, (done, all) => told.Add((done, all)), CancellationToken.None);

        Assert.Equal(Enumerable.Range(1, 8).Select(done => (done, 8)), told);
        Assert.Equal(("flow", 3UL, 2), (result.Market, result.FirstSeed, result.Seeds));
        Assert.InRange(result.MarketSeconds, 20, 26);
        Assert.Equal(
            [.. from symbol in run.Configuration.Symbols from model in (string[])["avellaneda-stoikov", "glft"] from isSymmetric in (bool[])[false, true] select (symbol, model, isSymmetric)],
            result.Rows.Select(row => (row.Symbol, row.Model, row.IsSymmetric)));
        Assert.All(result.Rows, row => Assert.Equal(row.IsSymmetric, row.NetPnlLessSymmetric is null));

        // By hand: the second row's two runs, one after the other.
        EngineConfiguration symmetric = run.Configuration with { Quoting = run.Configuration.Quoting with { InventorySkewFraction = 0 } };
        SweepRun[] alone = [.. ((ulong[])[3, 4]).Select(seed => SweepRun.Make(run with { Configuration = symmetric with { Venue = symmetric.Venue with { Seed = seed } } }, out _, CancellationToken.None)[0])];
        Assert.True(alone.Average(one => one.Fills) > 0);
        Assert.Equal(alone.Average(one => one.Fills), result.Rows[1].Fills.Value);
        Assert.Equal(alone.Average(one => one.NetPnl), result.Rows[1].NetPnl.Value, 9);
        Assert.Equal(result.Rows[0].NetPnl.Value - result.Rows[1].NetPnl.Value, result.Rows[0].NetPnlLessSymmetric!.Value, 9);
        Assert.Equal(result.Rows[0].InventoryVariance.Value - result.Rows[1].InventoryVariance.Value, result.Rows[0].InventoryVarianceLessSymmetric!.Value, 9);
        Assert.NotEqual(result.Rows[0].InventoryVarianceLessSymmetric!.Value, result.Rows[0].NetPnlLessSymmetric!.Value);

        // Without its skew a model lets inventory grow: the two ways do not quote alike.
        Assert.True(result.Rows[0].InventoryVarianceLessSymmetric!.Value < 0);
        Assert.Equal(SweepRun.HorizonsSeconds.Count, result.Rows[0].MarkOutTicks.Count);
    }

    [Fact]
    public void The_figures_of_a_run_are_those_of_its_books_and_fills()
    {
        // A tier whose makers pay: without a fee P&L net and gross would be one.
        RunRequest request = Runs.Request(Runs.Derived, reportDirectory: "", ("venue:feeTier", "Pro 4")) with { Duration = TimeSpan.FromSeconds(120) };
        using RunStage stage = RunStage.Set(request);
        var mids = new List<(long Nanos, double Ticks)>();
        using VirtualTimeRun played = PlayFor(stage, request.Duration!.Value, mids);
        FillRecord[] fills = [.. stage.Account.Fills];
        Assert.True(fills[^1].Fees > 0);
        Assert.All(fills, fill => Assert.True(fill.IsMaker));
        double net = (double)(fills[^1].RealisedGross - fills[^1].Fees) + (double)Exact.Usdt(stage.Engine.Ledger.Unrealised(stage.Engine.Lanes[0].Spec.Id, stage.Engine.Lanes[0].MarkPrice));

        SweepRun figures = SweepRun.Make(request, out double seconds, CancellationToken.None)[0];

        Assert.InRange(seconds, 120, 126);
        Assert.Equal(fills.Length, figures.Fills);
        Assert.Equal(net, figures.NetPnl, 6);
        Assert.Equal(played.Observer.Samples.Average(sample => Math.Pow((double)sample.PositionQty[0] / 0.010, 2)), figures.InventoryVariance, 9);
        RunSample[] quoted = [.. played.Observer.Samples.Where(sample => sample.OwnBid[0] is not null && sample.OwnAsk[0] is not null)];
        Assert.Equal((double)quoted.Average(sample => (sample.OwnAsk[0]!.Value - sample.OwnBid[0]!.Value) / 0.1m), figures.OwnSpreadTicks, 9);
        for (int i = 0; i < SweepRun.HorizonsSeconds.Count; i++)
        {
            long horizonNanos = (long)(SweepRun.HorizonsSeconds[i] * 1e9);
            double expected = fills.Where(fill => fill.TimeNanos + horizonNanos <= mids[^1].Nanos).Average(fill =>
            {
                double movedTicks = mids.FindLast(mid => mid.Nanos <= fill.TimeNanos + horizonNanos).Ticks - ((double)fill.Price / 0.1);
                return fill.Side == Side.Sell ? -movedTicks : movedTicks;
            });
            Assert.Equal(expected, figures.MarkOutTicks[i], 6);
            Assert.True(Math.Abs(expected) > 0.01);
        }
    }

    private static VirtualTimeRun PlayFor(RunStage stage, TimeSpan duration, List<(long Nanos, double Ticks)> mids)
    {
        var run = new VirtualTimeRun(stage);
        run.Begin();
        while (run.Run.LastNanos < run.Run.FirstNanos + (duration.Ticks * 100) && run.Step())
        {
            if (stage.Engine.Lanes[0].Book.TryGetTop(out BookTop top)) mids.Add((run.Run.LastNanos, top.TwiceMidTicks / 2.0));
        }

        run.StopQuoting();
        run.Finish();
        return run;
    }
}
