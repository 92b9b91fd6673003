using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Simulator;

namespace LatencyEngine.Research.Tests;

/// <summary>An address that is banned from REST for ten minutes (Bybit V5, 17.1), over loopback sockets in real time; the ten minutes pass at once.</summary>
public sealed class BannedAddressTests
{
    private const int RefusedLookUps = 2;
    private const ulong Seed = 20261123;

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Ban = TimeSpan.FromMinutes(10);

    [Fact]
    public void While_its_address_is_banned_an_engine_quotes_as_long_as_its_streams_are_whole_and_is_blind_after_a_loss_with_its_orders_cancelled_by_socket_and_nothing_sent_by_REST()
    {
        using var rig = new MatrixRig(Seed);
        rig.Begin();

        rig.Inject(new Fault { Kind = FaultKind.Forbidden, DurationNanos = long.MaxValue / 4, Text = "403, access too frequent" });
        rig.StepUntil(() => rig.FailedLookUp?.Contains("access too frequent", StringComparison.Ordinal) == true, Within, "the ban");

        // From here on the venue would take, and count, whatever the client sends.
        rig.Inject(new Fault { Kind = FaultKind.Forbidden, DurationNanos = 1 });
        int calls = rig.Calls;
        int quoted = rig.Log.Quoted;
        int failed = rig.FailedLookUps;
        rig.StepUntil(() => rig.FailedLookUps >= failed + RefusedLookUps && rig.Log.Quoted > quoted && rig.Agrees(), Within, "quotes without look-ups");
        Assert.Equal(calls, rig.Calls);

        int reconnects = rig.Reconnects;
        rig.Server.Cut(DeliveryChannel.Private);
        rig.StepUntil(() => rig.Reconnects > reconnects && rig.IsReady && rig.Account.OpenOrders.Count == 0, Within, "no order at the venue");
        rig.StepFor(OnItsWay);   // an order that was sent before the loss comes, and goes, after it
        rig.StepUntil(() => rig.Account.OpenOrders.Count == 0, Within, "no order at the venue");
        quoted = rig.Log.Quoted;
        failed = rig.FailedLookUps;
        rig.StepUntil(() => rig.FailedLookUps >= failed + RefusedLookUps, Within, "look-ups that are not sent");
        Assert.Empty(rig.Account.OpenOrders);
        Assert.Equal((calls, quoted), (rig.Calls, rig.Log.Quoted));
        Assert.Equal(QuotingState.Blind, rig.View!.State);
        Assert.Contains("not sent, the venue has banned this address", rig.FailedLookUp, StringComparison.Ordinal);

        rig.RestTime.Pass(Ban);
        rig.StepUntil(() => rig.Log.Quoted > quoted && rig.Agrees(), Within, "quotes after the ban");
        Assert.True(rig.Calls > calls);
        Assert.Empty(rig.Log.Faults);
    }
}
