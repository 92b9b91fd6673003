using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit.Abstractions;

namespace LatencyEngine.Research.Tests;

/// <summary>Every disturbance at every moment of an order's life, over loopback sockets in real time.</summary>
public sealed class DisturbanceMatrixTests(ITestOutputHelper output)
{
    private const int Cells = 282;
    private const ulong Seed = 20261122;

    private static readonly TimeSpan FlatWithin = TimeSpan.FromSeconds(30);

    [Fact]
    public void After_every_disturbance_at_every_moment_of_an_order_the_engine_holds_what_the_venue_holds()
    {
        var lines = new ConcurrentQueue<string>();
        var faults = new ConcurrentQueue<string>();
        int cells = 0;
        Thread[] threads = [.. Enum.GetValues<OrderMoment>().Select(moment => new Thread(() =>
        {
            try
            {
                Interlocked.Add(ref cells, RunRow(moment, lines, faults));
            }
            catch (Exception fault)
            {
                faults.Enqueue($"{moment}: {fault}");
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        foreach (string line in lines) output.WriteLine(line);
        output.WriteLine($"matrix: {cells} cells");
        Assert.True(faults.IsEmpty, string.Join(Environment.NewLine, faults));
        Assert.Equal(Cells, cells);
    }

    /// <summary>One engine and one venue for all disturbances of a moment; a new pair after a cell that failed, and after a contradiction.</summary>
    private static int RunRow(OrderMoment moment, ConcurrentQueue<string> lines, ConcurrentQueue<string> faults)
    {
        int cells = 0;
        MatrixRig? rig = null;
        try
        {
            foreach (Disturbance disturbance in Disturbance.All)
            {
                if (disturbance.Impossible(moment) is { } reason)
                {
                    lines.Enqueue($"{moment} x {disturbance.Name}: left out, {reason}");
                    continue;
                }

                if (rig is null)
                {
                    rig = new MatrixRig(Seed + (ulong)moment);
                    rig.Begin();
                }

                cells++;
                long begun = Stopwatch.GetTimestamp();
                string? fault = new Cell(rig, moment, disturbance).Run();
                lines.Enqueue($"{moment} x {disturbance.Name}: {(fault is null ? "ok" : "FAILED")}, {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms");
                if (fault is null && !disturbance.IsContradiction) continue;
                if (fault is null) EndFlat(rig, moment, lines, faults);
                else faults.Enqueue($"{moment} x {disturbance.Name}: {fault}");
                rig.Dispose();
                rig = null;
            }

            if (rig is not null) EndFlat(rig, moment, lines, faults);
        }
        finally
        {
            rig?.Dispose();
        }

        return cells;
    }

    private static void EndFlat(MatrixRig rig, OrderMoment moment, ConcurrentQueue<string> lines, ConcurrentQueue<string> faults)
    {
        rig.Flatten();
        bool isFlat = rig.TryStepUntil(() => rig.IsFlat, FlatWithin);
        if (!isFlat || rig.Account.OpenOrders.Any(order => !MatrixRig.IsForeign(order)) || rig.Account.Position(MatrixRig.Symbol).Qty != 0) faults.Enqueue($"{moment}: not flat at the end; {rig.Difference()}");
        if (rig.Log.TakeFaults() is { } late) faults.Enqueue($"{moment}: at the end: {late}");
        lines.Enqueue($"{moment}: {rig.Log.Requests} requests, {rig.Reconnects} reconnects, refusals {string.Join(", ", rig.Log.Refusals.Select(pair => $"{pair.Key} {pair.Value} times"))}; {rig.View!.Counts}");
    }
}
