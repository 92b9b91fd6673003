using System.Globalization;

namespace LatencyEngine.Research.Tests;

/// <summary>A machine whose stopwatch jumps, as that of a virtual machine that was suspended falls behind, over loopback sockets in real time.</summary>
public sealed class ClockJumpTests
{
    private const ulong Seed = 20261122;
    private const int WrongTime = 10002;

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(120);

    /// <param name="seconds">How far it jumps ahead.</param>
    /// <param name="recvWindowMillis">How far behind a request's time may be; ahead it is a second whatever is asked for (Bybit V5, 9.1).</param>
    [Theory]
    [InlineData(3, 5_000)]
    [InlineData(-3, 1_000)]
    public void The_venue_refuses_the_time_of_requests_and_the_engine_measures_its_clock_and_then_moves_its_quotes_and_quotes_again(int seconds, int recvWindowMillis)
    {
        // No look-up, be it by plan or for an answer that is missed: it measures the clock as well.
        using var rig = new MatrixRig(
            Seed,
            ordersByRest: false,
            ("wire:recvWindowMilliseconds", recvWindowMillis.ToString(CultureInfo.InvariantCulture)),
            ("reconciliation:everySeconds", "0"),
            ("orderBudget:acknowledgementTimeoutMilliseconds", "60000"));
        rig.Log.MayHaveWrongTime = true;
        rig.Begin();
        string[] rested = [.. rig.Account.OpenOrders.Select(order => order.OrderLinkId)];
        int refused = rig.Log.Refused(WrongTime);

        rig.Machine.Pass(TimeSpan.FromSeconds(seconds));
        rig.StepUntil(() => rig.Log.Refused(WrongTime) > refused, Within, "a refusal");
        int quoted = rig.Log.Quoted;
        rig.StepUntil(() => !rig.Account.OpenOrders.Any(order => rested.Contains(order.OrderLinkId)), Within, "the end of the orders that rested when it jumped");
        rig.StepUntil(() => rig.Log.Quoted > quoted && rig.Agrees(), Within, "quotes by the venue's time");

        Assert.NotEmpty(rested);
        Assert.InRange(rig.TimeOff, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Empty(rig.Log.Faults);
    }
}
