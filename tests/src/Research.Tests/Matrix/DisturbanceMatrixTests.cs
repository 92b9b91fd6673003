using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit.Abstractions;

namespace LatencyEngine.Research.Tests;

/// <summary>Every disturbance at every moment of an order's life, over loopback sockets in real time.</summary>
public sealed class DisturbanceMatrixTests(ITestOutputHelper output)
{
    private const int Cells = 379;
    private const ulong Seed = 20261122;

    // The cells wait most of their time: so many rows of a moment side by side.
    private const int Parts = 2;

    private static readonly OrderMoment[] MomentsByRest = [OrderMoment.Working, OrderMoment.PendingCancel, OrderMoment.OutcomeUnknown];
    private static readonly TimeSpan FlatWithin = TimeSpan.FromSeconds(120);

    [Fact]
    public void After_every_disturbance_at_every_moment_of_an_order_the_engine_holds_what_the_venue_holds()
    {
        var lines = new ConcurrentQueue<string>();
        var faults = new ConcurrentQueue<string>();
        int cells = 0;
        IEnumerable<(OrderMoment Moment, bool ByRest)> ways = [.. Enum.GetValues<OrderMoment>().Select(moment => (moment, false)), .. MomentsByRest.Select(moment => (moment, true))];
        IEnumerable<Row> rows = [.. ways.SelectMany(way => Enumerable.Range(0, Parts).Select(part => new Row(way.Moment, way.ByRest, part)))];
        Thread[] threads = [.. rows.Select(row => new Thread(() =>
        {
            try
            {
                Interlocked.Add(ref cells, RunRow(row, lines, faults));
            }
            catch (Exception fault)
            {
                faults.Enqueue($"{row}: {fault}");
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        foreach (string line in lines) output.WriteLine(line);
        output.WriteLine($"matrix: {cells} cells");
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
        Assert.Equal(Cells, cells);
    }

    /// <summary>One engine and one venue for the disturbances of a row; a new pair after a cell that failed.</summary>
    private static int RunRow(Row row, ConcurrentQueue<string> lines, ConcurrentQueue<string> faults)
    {
        int cells = 0;
        MatrixRig? rig = null;
        try
        {
            foreach (Disturbance disturbance in Disturbance.All.Where((each, index) => (each.IsOfRestToo || !row.OrdersByRest) && index % Parts == row.Part))
            {
                if (disturbance.Impossible(row.Moment) is { } reason)
                {
                    lines.Enqueue($"{row} x {disturbance.Name}: left out, {reason}");
                    continue;
                }

                if (rig is null)
                {
                    rig = new MatrixRig(Seed + (ulong)row.Moment, row.OrdersByRest);
                    rig.Begin();
                }

                cells++;
                long begun = Stopwatch.GetTimestamp();
                string? fault = new Cell(rig, row.Moment, disturbance).Run();
                lines.Enqueue($"{row} x {disturbance.Name}: {(fault is null ? "ok" : "FAILED")}, {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms");
                if (fault is null) continue;
                faults.Enqueue($"{row} x {disturbance.Name}: {fault}");
                rig.Dispose();
                rig = null;
            }

            if (rig is not null) EndFlat(rig, row, lines, faults);
        }
        finally
        {
            rig?.Dispose();
        }

        return cells;
    }

    private static void EndFlat(MatrixRig rig, Row row, ConcurrentQueue<string> lines, ConcurrentQueue<string> faults)
    {
        rig.Flatten();
        bool isFlat = rig.TryStepUntil(() => rig.IsFlat, FlatWithin);
        if (!isFlat || rig.Account.OpenOrders.Any(order => !MatrixRig.IsForeign(order)) || rig.Account.Position(MatrixRig.Symbol).Qty != 0) faults.Enqueue($"{row}: not flat at the end; {rig.Difference()}");
        if (rig.Log.TakeFaults() is { } late) faults.Enqueue($"{row}: at the end: {late}");
        if (rig.TakeFound(orphans: 0) is { } found) faults.Enqueue($"{row}: at the end: {found}");
        lines.Enqueue($"{row}: {rig.Log.Requests} requests, {rig.Reconnects} reconnects, refusals {string.Join(", ", rig.Log.Refusals.Select(pair => $"{pair.Key} {pair.Value} times"))}; {rig.View!.Counts}");
    }

    /// <summary>A part of the disturbances at one moment, with one way of order entry.</summary>
    private sealed record Row(OrderMoment Moment, bool OrdersByRest, int Part)
    {
        public override string ToString() => OrdersByRest ? $"{Moment}, orders by REST" : Moment.ToString();
    }
}
