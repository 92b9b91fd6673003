using LatencyEngine.Model;
using LatencyEngine.Risk;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>A position that the venue reduces by auto-deleveraging, over loopback sockets in real time.</summary>
public sealed class DeleveragingTests
{
    private const ulong Seed = 20261125;

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Meanwhile = TimeSpan.FromSeconds(3);

    [Fact]
    public void An_engine_whose_position_is_deleveraged_books_it_is_killed_and_quotes_no_more()
    {
        using var rig = new MatrixRig(Seed);
        rig.Begin();
        rig.StepUntil(() => rig.Account.Position(MatrixRig.Symbol).Qty != 0 && rig.Agrees(), Within, "a position");

        rig.Inject(new Fault { Kind = FaultKind.Adl });
        rig.StepUntil(() => rig.View!.State == QuotingState.Killed && rig.View.Orders.Count == 0 && rig.Account.OpenOrders.Count == 0, Within, "the kill");

        int quoted = rig.Log.Quoted;
        rig.StepFor(Meanwhile);
        Assert.Empty(rig.Account.OpenOrders);
        Assert.Contains(rig.Account.Fills, fill => fill.ExecType == "AdlTrade");
        Assert.Equal((QuotingState.Killed, quoted), (rig.View!.State, rig.Log.Quoted));
        Assert.Contains($"killed by {KillReason.Liquidated}", rig.View.Counts, StringComparison.Ordinal);
        Assert.Equal((rig.Account.Position(MatrixRig.Symbol).Qty, rig.Account.Wallet), (rig.View.Position, rig.View.Wallet));
        Assert.Equal(0, rig.View.Differences);
        Assert.Empty(rig.Log.Faults);
    }
}
