using LatencyEngine.Host;
using LatencyEngine.Model;
using LatencyEngine.Ring;
using Xunit.Abstractions;

namespace LatencyEngine.Research.Tests;

/// <summary>What the worst that a slow thread can say costs on a recording, against the same run without it.</summary>
public sealed class BiasCostTests(ITestOutputHelper output)
{
    private const long StepNanos = 5_000_000_000;
    private const decimal MaxQty = 0.010m;
    private const decimal MaxTicks = 3m;
    private const decimal Tick = 0.1m;
    private const decimal OrderQty = 0.010m;

    private static readonly (string Key, string Value)[] Settings =
        [("quoting:viewWeight", "1"), ("instruments:BTCUSDT:biasMaxQty", $"{MaxQty}"), ("instruments:BTCUSDT:biasMaxTicks", $"{MaxTicks}")];

    private static readonly Lazy<Outcome> Without = new(() => Play(null));

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("wrong")]
    [InlineData("random")]
    public void Whatever_it_says_costs_no_more_than_its_inventory_times_the_moves_and_its_shift_times_what_is_filled(string says)
    {
        Outcome without = Without.Value, with = Play(Maker(says));
        Outcome unbounded = Play(Maker(says), ("instruments:BTCUSDT:biasMaxQty", "1"), ("instruments:BTCUSDT:biasMaxTicks", "1000"));

        // An inventory that is off by the bias's, and by an order more since quotes are whole orders, loses the moves from step to step; each fill is worse by what its quote was moved.
        decimal moves = without.MidTicks.Zip(without.MidTicks.Skip(1), (a, b) => Math.Abs(b - a)).Sum() * Tick;
        decimal bound = ((MaxQty + OrderQty) * moves) + (with.FilledQty * (MaxTicks + with.MostLeanTicks) * Tick) + Math.Max(0, with.Fees - without.Fees);
        decimal cost = without.Equity - with.Equity;

        decimal costUnbounded = without.Equity - unbounded.Equity;
        output.WriteLine($"{says}: cost {cost:0.00}, bound {bound:0.00}, unbounded {costUnbounded:0.00} USDT");
        Assert.True(cost <= bound, $"{says}: {cost} is above {bound}");
        Assert.True(Math.Abs(cost) < Math.Abs(costUnbounded), $"{says}: {cost} with bounds that hold, {costUnbounded} without");
        Assert.NotEqual(without.Sha256, with.Sha256);
        Assert.Equal(0, with.Refused);
    }

    [Theory]
    [InlineData("stale")]
    [InlineData("future")]
    [InlineData("beyond")]
    public void What_is_stale_or_cannot_be_right_costs_nothing_at_all(string says)
    {
        Outcome without = Without.Value, with = Play(Maker(says));

        Assert.Equal((without.Sha256, without.Equity), (with.Sha256, with.Equity));
        Assert.Equal(says == "stale", with.Refused == 0);
    }

    /// <summary>Of each step the mid, known from a run before: the wrong one looks ahead.</summary>
    private static Scripted Maker(string says)
    {
        IReadOnlyList<decimal> midTicks = Without.Value.MidTicks;
        var random = new Random(1);
        return new Scripted(StepNanos, (own, asOf, inbox) =>
        {
            decimal ahead = own.Steps < midTicks.Count ? midTicks[own.Steps] - midTicks[own.Steps - 1] : 0;
            double score = says switch { "down" => -1, "wrong" => -Math.Sign(ahead), "random" => (2 * random.NextDouble()) - 1, _ => 1 };
            Assert.True(Bias.TryScore(score, out int scoreE8));
            long madeNanos = asOf.Nanos + (says switch { "stale" => -36L * 3_600_000_000_000, "future" => 1_000_000_000_000, _ => 0 });
            inbox.Publish(new Bias { Instrument = default, ScoreE8 = says == "beyond" ? 2 * Bias.FullScoreE8 : scoreE8, ShiftNanoTicks = scoreE8 * 10_000L, MadeAt = new EpochNanos(madeNanos), Id = own.Steps });
        });
    }

    /// <summary>Plays the whole recording; the mids are those at the steps.</summary>
    private static Outcome Play(Scripted? slow, params (string Key, string Value)[] settings)
    {
        using var folder = new TemporaryFolder();
        var mids = new List<decimal>();
        RunStage? own = null;
        var watch = new Scripted(StepNanos, (_, asOf, inbox) =>
        {
            own!.Engine.Lanes[0].Book.TryGetTop(out BookTop top);
            mids.Add(top.TwiceMidTicks / 2m);
            slow?.Step(asOf, inbox);
        });
        RunRequest request = Runs.Request(Runs.Derived, folder.Path, [.. Settings, .. settings]) with { SlowThread = watch };
        using RunStage stage = RunStage.Set(request);
        own = stage;
        decimal lean = 0;
        using VirtualTimeRun run = Runs.Play(request, stage, engineFrame: (in FrameView frame) =>
        {
            stage.Engine.HotPath.OnFrame(in frame);

            // The skew of a base order: gamma sigma^2 tau.
            InstrumentConfiguration instrument = request.Configuration.Instruments["BTCUSDT"];
            double sigma = Math.Clamp(stage.Engine.Lanes[0].Volatility.HasValue ? stage.Engine.Lanes[0].Volatility.SigmaPerSqrtSecond : 0, instrument.SigmaFloorTicksPerSqrtSecond, instrument.SigmaCapTicksPerSqrtSecond);
            lean = Math.Max(lean, (decimal)(instrument.RiskAversionPerTickUnit * sigma * sigma * request.Configuration.Quoting.HorizonSeconds) * MaxQty / OrderQty);
        });
        decimal equity = Exact.Usdt(stage.Engine.Lanes.Aggregate(stage.Engine.Ledger.Wallet, (sum, lane) => sum + stage.Engine.Ledger.Unrealised(lane.Spec.Id, lane.MarkPrice)));
        return new Outcome(equity, Exact.Usdt(stage.Engine.Ledger.FeesTotal), stage.Account.Fills.Sum(fill => fill.Qty), lean, mids, run.Observer.OutboundSha256, run.Observer.BiasesRefused);
    }

    private sealed record Outcome(decimal Equity, decimal Fees, decimal FilledQty, decimal MostLeanTicks, IReadOnlyList<decimal> MidTicks, string Sha256, long Refused);
}
