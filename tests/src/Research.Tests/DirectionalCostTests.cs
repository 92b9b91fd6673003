using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using LatencyEngine.Simulator;
using Xunit.Abstractions;

namespace LatencyEngine.Research.Tests;

/// <summary>What trades cost that are wrong each time, on a recording, against the same run without them. docs/concepts/strategist.md, The worst.</summary>
public sealed class DirectionalCostTests(ITestOutputHelper output)
{
    private const long StepNanos = 20_000_000_000;
    private const long WantedLots = 40;
    private const decimal Lot = 0.001m;
    private const decimal Tick = 0.1m;
    private const long StopTicks = 300;   // 30 USDT: near enough to be reached within these minutes
    private const decimal Taker = 0.00055m;

    [Theory]
    [InlineData("wrong", "-1")]
    [InlineData("up", "-1")]
    [InlineData("wrong", "0.0002")]
    public void Trades_that_are_wrong_each_time_cost_no_more_than_their_stops_and_fees_and_what_the_quotes_would_have_earned(string says, string dailyLossFraction)
    {
        // A loss of 0.0002 of the capital in a day ends the trades; at -1, which is no limit, nothing does.
        (string, string)[] settings = [("strategy", "hybrid"), ("signal", "hybrid"), ("losses:dailyLossFraction", dailyLossFraction == "-1" ? "0" : dailyLossFraction)];
        Outcome without = Play(null, settings);
        Outcome with = Play(without.Mids, settings, says);

        decimal cost = without.Equity - with.Equity;

        // Each request that is taken loses at most from its bound to its stop, and as far through the stop as the market moves until the order is there; its fills are takers.
        decimal worstOfOne = WantedLots * Lot * ((StopTicks * Tick) + with.LargestMove);
        decimal bound = (with.Taken * worstOfOne) + with.Fees - without.Fees + Math.Max(0, without.Equity - without.StartEquity);
        output.WriteLine($"{says}, limit {dailyLossFraction}: {with.Taken} taken, {with.Refused} refused, cost {cost:0.00}, bound {bound:0.00} USDT");

        Assert.True(with.Taken > 0);
        Assert.True(cost <= bound, $"{cost} is above {bound}");
        if (dailyLossFraction == "-1")
        {
            Assert.True(cost > 0, $"{cost}: it was not wrong");
            return;
        }

        // Once the limit is reached nothing opens any more: what is lost beyond it is one trade's.
        decimal limit = without.StartEquity * decimal.Parse(dailyLossFraction, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(with.Refused > 0);
        Assert.True(with.StartEquity - with.Equity <= limit + worstOfOne + (2 * WantedLots * Lot * 70_000 * Taker), $"{with.StartEquity - with.Equity} lost with a limit of {limit}");
    }

    private static Outcome Play(IReadOnlyList<long>? mids, (string, string)[] settings, string says = "")
    {
        using var folder = new TemporaryFolder();
        var seen = new List<long>();
        RunStage? own = null;
        long largest = 0;
        int asked = 0;
        var slow = new Scripted(StepNanos, (self, asOf, inbox) =>
        {
            own!.Engine.Lanes[0].Book.TryGetTop(out BookTop top);
            long mid = top.TwiceMidTicks / 2;
            if (seen.Count > 0) largest = Math.Max(largest, Math.Abs(mid - seen[^1]));
            seen.Add(mid);
            if (mids is null || self.Steps >= mids.Count) return;
            int side = says == "up" ? 1 : -Math.Sign(mids[self.Steps] - mids[self.Steps - 1]);   // it looks ahead
            if (side == 0) return;
            asked++;
            inbox.Publish(new DirectionalRequest
            {
                Instrument = default,
                EntrySeconds = 10,
                Wanted = new QtyLots(side * WantedLots),
                Bound = new PriceTicks(mid + (side * 20)),
                Stop = new PriceTicks(mid + (side * (20 - StopTicks))),
                MadeAt = asOf,
                Id = self.Steps,
            });
        });
        RunRequest request = Runs.Request(Runs.Derived, folder.Path, settings) with { SlowThread = slow };
        using RunStage stage = RunStage.Set(request);
        own = stage;
        decimal start = Exact.Usdt(stage.Engine.Ledger.Wallet);
        using VirtualTimeRun run = Runs.Play(request, stage);
        decimal equity = Exact.Usdt(stage.Engine.Lanes.Aggregate(stage.Engine.Ledger.Wallet, (sum, lane) => sum + stage.Engine.Ledger.Unrealised(lane.Spec.Id, lane.MarkPrice)));
        int refused = (int)run.Observer.DirectionalRefused;
        int taken = asked - refused;
        return new Outcome(start, equity, Exact.Usdt(stage.Engine.Ledger.FeesTotal), taken, refused, largest * Tick, seen);
    }

    private sealed record Outcome(decimal StartEquity, decimal Equity, decimal Fees, int Taken, int Refused, decimal LargestMove, IReadOnlyList<long> Mids);
}
