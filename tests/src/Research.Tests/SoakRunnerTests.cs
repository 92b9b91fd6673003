using LatencyEngine.Host;

namespace LatencyEngine.Research.Tests;

/// <summary>What a long run is judged by.</summary>
public sealed class SoakRunnerTests
{
    private const double Hour = 3_600;
    private const double Minutes = 180;

    private static readonly LatencySummary Quick = new(20_000, 1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000);

    [Theory]
    [InlineData(Hour)]
    [InlineData(Minutes)]
    public void A_run_that_held_everything_has_no_breach(double seconds)
    {
        SoakResult result = Judge(Good(seconds));

        Assert.Empty(result.Breaches);
        Assert.Equal(100, result.UptimePct);
    }

    [Fact]
    public void Time_in_which_the_venue_was_away_is_nobodys_downtime()
    {
        LiveResult live = Good(Hour) with { ReadySeconds = Hour - 60 };

        Assert.Contains("98.333 %", Assert.Single(Judge(live).Breaches), StringComparison.Ordinal);
        Assert.Empty(SoakRunner.Judge(live, TimeSpan.FromSeconds(60), Even(Hour), new SoakCourse()).Breaches);
    }

    [Theory]
    [InlineData(Hour, 18, true)]
    [InlineData(Hour, 18.1, false)]
    [InlineData(Minutes, 3, true)]
    [InlineData(Minutes, 3.1, false)]
    public void Half_a_percent_may_be_lost_and_in_a_short_run_three_seconds(double seconds, double lost, bool holds)
    {
        Assert.Equal(holds, Judge(Good(seconds) with { ReadySeconds = seconds - lost }).Breaches.Count == 0);
        Assert.Equal(holds, Judge(Good(seconds) with { HeldSeconds = new Dictionary<string, double> { ["book"] = lost - 1, ["orderStreamDelay"] = 1, ["sweep"] = 500 } }).Breaches.Count == 0);
    }

    [Theory]
    [InlineData(Hour, 720, true)]
    [InlineData(Hour, 721, false)]
    [InlineData(Minutes, 100, true)]
    public void A_fifth_of_a_long_run_may_be_held_back_by_the_engines_own_limits(double seconds, double limited, bool holds) =>
        Assert.Equal(holds, Judge(Good(seconds) with { HeldSeconds = new Dictionary<string, double> { ["lossLimit"] = limited - 1, ["refusals"] = 1, ["sweep"] = 500 } }).Breaches.Count == 0);

    [Fact]
    public void Each_thing_that_must_not_be_is_told()
    {
        LiveResult good = Good(Hour);
        (LiveResult Live, string Breach)[] broken =
        [
            (good with { Failure = "the engine's thread ended" }, "the engine's thread ended"),
            (good with { Flat = false }, "does not show the account flat"),
            (good with { Flat = null }, "does not show the account flat"),
            (good with { Creates = 0 }, "0 orders"),
            (good with { Fills = 0 }, "0 fills"),
            (good with { Reconnects = 0 }, "no connection was lost"),
            (good with { Differences = 1 }, "1 figures differed"),
            (good with { OrphansFound = 1 }, "1 orders were unknown"),
            (good with { RateLimited = 1 }, "1 requests were refused for their number"),
            (good with { HotPathAllocatedBytes = 8 }, "allocated 8 bytes"),
            (WithTail(good, "roundTrip", Quick with { P999 = 500_000_000 }), "p99.9 from request to acknowledgement is 500 ms"),
            (WithTail(good, "feedLag", Quick with { P999 = 100_000_000 }), "p99.9 of the books' lag is 100 ms"),
            (WithTail(good, "feedLag", Quick with { Count = 9_999 }), "9999 samples of the books' lag do not tell p99.9"),
        ];

        foreach ((LiveResult live, string breach) in broken) Assert.Contains(breach, Assert.Single(Judge(live).Breaches), StringComparison.Ordinal);
        Assert.Contains("looked at 0 times", Assert.Single(SoakRunner.Judge(good, TimeSpan.Zero, new Growth(TimeSpan.FromSeconds(Hour)), new SoakCourse()).Breaches), StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_run_is_judged_by_its_99th_percentile_and_the_lag_of_books_by_its_90th()
    {
        LatencySummary few = Quick with { Count = 1_000, P999 = 900_000_000 };
        Assert.Empty(Judge(WithTail(Good(Minutes), "roundTrip", few)).Breaches);
        Assert.Contains("p99 from request", Assert.Single(Judge(WithTail(Good(Minutes), "roundTrip", few with { P99 = 500_000_000 })).Breaches), StringComparison.Ordinal);
        Assert.Empty(Judge(WithTail(Good(Minutes), "feedLag", few with { P99 = 500_000_000 })).Breaches);
        Assert.Contains("p90 of the books' lag", Assert.Single(Judge(WithTail(Good(Minutes), "feedLag", few with { P90 = 100_000_000 })).Breaches), StringComparison.Ordinal);
    }

    private static SoakResult Judge(LiveResult live) => SoakRunner.Judge(live, TimeSpan.Zero, Even(live.DurationSeconds), new SoakCourse());

    private static LiveResult WithTail(LiveResult live, string stage, LatencySummary latency) => live with { Latency = new Dictionary<string, LatencySummary>(live.Latency) { [stage] = latency } };

    /// <summary>Nothing grows.</summary>
    private static Growth Even(double seconds)
    {
        var growth = new Growth(TimeSpan.FromSeconds(seconds));
        for (int second = 0; second < seconds; second++) growth.Look(TimeSpan.FromSeconds(second), () => default);
        return growth;
    }

    private static LiveResult Good(double seconds) => new()
    {
        Environment = "testnet",
        Endpoint = new Uri("http://127.0.0.1:1"),
        Symbols = ["BTCUSDT"],
        QuotingModel = "glft",
        LevelsPerSide = 1,
        Interrupted = false,
        DurationSeconds = seconds,
        Flat = true,
        Failure = null,
        KilledBy = null,
        Reconnects = 20,
        Reconciliations = 30,
        Differences = 0,
        OrphansFound = 0,
        DuplicatesIgnored = 5,
        UnknownResolved = 2,
        RecoverMs = new RecoverySummary(20, 100, 200, 300),
        UptimePct = 100,
        ReadySeconds = seconds,
        UnreachableSeconds = 0,
        DownSeconds = new Dictionary<string, double>(),
        HeldSeconds = new Dictionary<string, double>(),
        QuotesHeld = new Dictionary<string, long>(),
        Creates = 100,
        Amends = 1_000,
        Cancels = 50,
        Acknowledged = 1_150,
        Rejected = 0,
        Refusals = new Dictionary<string, long>(),
        RateLimited = 0,
        Fills = 10,
        RealisedPnl = 0,
        Fees = 0,
        Wallet = 10_000,
        Instruments = [],
        Positions = new Dictionary<string, decimal>(),
        RestFailures = 0,
        FramesRejected = 0,
        GateRefusals = new Dictionary<string, long>(),
        GuardActions = 0,
        LossLimits = new Dictionary<string, long>(),
        PausedUntil = new Dictionary<string, DateTime>(),
        LookUpsDamaged = 0,
        UnknownEnumValues = 0,
        MarketByRest = 0,
        Incidents = [],
        Placement = "inline",
        Latency = new Dictionary<string, LatencySummary> { ["roundTrip"] = Quick, ["feedLag"] = Quick },
        HotPathAllocatedBytes = 0,
    };
}
