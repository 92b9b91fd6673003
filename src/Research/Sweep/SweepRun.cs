using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Pipeline;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research;

/// <summary>What one run of a sweep says of one instrument.</summary>
/// <param name="Fills">Executions.</param>
/// <param name="NetPnl">Realised and unrealised less fees, USDT.</param>
/// <param name="InventoryVariance">Mean over time of the squared inventory in base orders.</param>
/// <param name="OwnSpreadTicks">Mean over time while both own quotes rest; NaN where never.</param>
/// <param name="MarkOutTicks">By horizon of <see cref="HorizonsSeconds"/>: the mean over maker fills; NaN without any.</param>
internal sealed record SweepRun(double Fills, double NetPnl, double InventoryVariance, double OwnSpreadTicks, IReadOnlyList<double> MarkOutTicks)
{
    /// <summary>After how long a fill is looked at again.</summary>
    public static IReadOnlyList<double> HorizonsSeconds { get; } = [0.1, 1, 10];

    /// <summary>Makes the run, in virtual time, without a report.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="seconds">Of market.</param>
    /// <param name="cancel">Gives it up.</param>
    /// <returns>By instrument id.</returns>
    /// <exception cref="InvalidOperationException">An invariant broke.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static IReadOnlyList<SweepRun> Make(RunRequest request, out double seconds, CancellationToken cancel)
    {
        using RunStage stage = RunStage.Set(request, cancel);
        using var run = new VirtualTimeRun(stage);
        IReadOnlyList<InstrumentLane> lanes = stage.Engine.Lanes;
        MidTape[] mids = [.. lanes.Select(_ => new MidTape())];
        run.Begin();
        long lastNanos = request.Duration is { } duration ? run.Run.FirstNanos + (duration.Ticks * 100) : long.MaxValue;
        while (run.Run.LastNanos < lastNanos && run.Step())
        {
            cancel.ThrowIfCancellationRequested();
            for (int i = 0; i < lanes.Count; i++)
            {
                if (lanes[i].Book.TryGetTop(out BookTop top)) mids[i].Add(run.Run.LastNanos, top.TwiceMidTicks / 2.0);
            }
        }

        run.StopQuoting();
        run.Finish();
        if (run.Observer.InvariantBreaks.Count > 0) throw new InvalidOperationException($"seed {request.Configuration.Venue.Seed}: {run.Observer.InvariantBreaks[0]}");
        seconds = (run.Run.LastNanos - run.Run.FirstNanos) / 1e9;
        return [.. lanes.Select((lane, i) => Of(lane, request.Configuration.Instruments[lane.Spec.Symbol].OrderQty, stage, run.Observer, i, mids[i]))];
    }

    private static SweepRun Of(InstrumentLane lane, decimal baseQty, RunStage stage, RunObserver observer, int instrument, MidTape mids)
    {
        InstrumentSpec spec = lane.Spec;
        double tick = spec.TickE8 / 1e8;
        FillRecord[] fills = [.. stage.Account.Fills.Where(fill => fill.Symbol == spec.Symbol)];
        double[] units = [.. observer.Samples.Select(sample => (double)(sample.PositionQty[instrument] / baseQty))];
        double[] spreads = [.. observer.Samples.Select(sample => (sample.OwnAsk[instrument] - sample.OwnBid[instrument]) is { } spread ? (double)spread / tick : double.NaN).Where(double.IsFinite)];
        decimal pnl = Exact.Usdt(stage.Engine.Ledger.RealisedGross(spec.Id)) + Exact.Usdt(stage.Engine.Ledger.Unrealised(spec.Id, lane.MarkPrice)) - Exact.Usdt(stage.Engine.Ledger.Fees(spec.Id));
        return new SweepRun(
            fills.Length,
            (double)pnl,
            units.Length > 0 ? units.Average(held => held * held) : 0,
            spreads.Length > 0 ? spreads.Average() : double.NaN,
            [.. HorizonsSeconds.Select(horizon => MarkOut(fills, mids, horizon, tick))]);
    }

    /// <summary>Fills whose horizon lies behind the end of the run do not count.</summary>
    private static double MarkOut(FillRecord[] fills, MidTape mids, double horizonSeconds, double tick)
    {
        double sum = 0;
        int count = 0;
        foreach (FillRecord fill in fills.Where(fill => fill.IsMaker))
        {
            if (mids.At(fill.TimeNanos + (long)(horizonSeconds * 1e9)) is not { } midTicks) continue;
            double moved = midTicks - ((double)fill.Price / tick);
            sum += fill.Side == Side.Buy ? moved : -moved;
            count++;
        }

        return count > 0 ? sum / count : double.NaN;
    }
}
