using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>A position mode that is switched behind the engine's back (Bybit V5, 20: pitfall 20), over loopback sockets in real time.</summary>
public sealed class HedgeModeTests
{
    private const ulong Seed = 20261124;

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Meanwhile = TimeSpan.FromSeconds(5);   // two look-ups and more

    [Fact]
    public void An_engine_whose_account_is_in_hedge_mode_takes_its_orders_away_quotes_no_more_and_says_why()
    {
        using var rig = new MatrixRig(Seed);
        rig.Begin();
        rig.StepUntil(() => rig.Account.Position(MatrixRig.Symbol).Qty != 0 && rig.Agrees(), Within, "a position");

        rig.Inject(new Fault { Kind = FaultKind.Hedge });
        rig.StepUntil(() => rig.View!.State == QuotingState.Blind && rig.Account.OpenOrders.Count == 0, Within, "no order at the venue");
        rig.StepFor(OnItsWay);   // an order that was sent before comes, and goes, after it
        rig.StepUntil(() => rig.Account.OpenOrders.Count == 0, Within, "no order at the venue");

        int quoted = rig.Log.Quoted;
        rig.StepFor(Meanwhile);
        Assert.Empty(rig.Account.OpenOrders);
        Assert.Equal((QuotingState.Blind, quoted), (rig.View!.State, rig.Log.Quoted));
        Assert.Single(rig.Told, told => told.Contains(nameof(DisagreementSubject.PositionStatus), StringComparison.Ordinal));
        Assert.Equal(0, rig.View.Differences);
        Assert.Empty(rig.Log.Faults);
    }
}
