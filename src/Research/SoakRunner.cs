using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Transport;

namespace LatencyEngine.Research;

/// <summary>Trades for long against a venue that something goes wrong at every few seconds, and judges what came of it. The venue has a process of its own, so that what grows here is the engine's.</summary>
public static class SoakRunner
{
    private const double UptimeMinPct = 99.5;

    // Of the time in which the venue could be reached, with quotes held back since data were missing or late: the engine counts as up then.
    private const double HeldMaxPct = 0.5;

    // Held back by the engine's own limits: a run that is mostly held back shows nothing. The faults reach the limit on failed requests several times an hour, of a minute each.
    private const double LimitedMaxPct = 20;

    // In less than ten minutes a single hiccup of a shared host is more than 0.5 %: so many seconds are allowed, and lesser percentiles stand for the 99.9th.
    // Every book has its lag, and so a hiccup of a second or two has more than a hundredth of them.
    private const double LongSeconds = 600;
    private const double ShortMaxSeconds = 3;

    // Of fewer, fewer than ten are beyond the 99.9th percentile, and it says nothing.
    private const int TailSamplesMin = 10_000;
    private const long RoundTripMaxNanos = 500_000_000;
    private const long FeedLagMaxNanos = 100_000_000;

    private const string Keeper = "/usr/bin/timeout";   // GNU coreutils

    private static readonly string[] LimitReasons = ["lossLimit", "refusals", "notTrading"];

    // The rest of what holds quotes back is the engine's own decision about the market.
    private static readonly string[] DataReasons = ["book", "oneSidedBook", "bookAge", "markPriceAge", "feedLag", "orderStreamDelay"];

    private static readonly TimeSpan Leftover = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);

    /// <summary>Runs. Blocks.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="progress">Told how it stands, four times a second; may be null.</param>
    /// <param name="cancel">Ends it orderly.</param>
    /// <exception cref="VenueUnavailableException">The venue does not start.</exception>
    public static SoakResult Run(SoakRequest request, Action<LiveProgress>? progress, CancellationToken cancel)
    {
        string secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var credentials = new ApiCredentials($"soak-{RandomNumberGenerator.GetHexString(12, lowercase: true)}", secret);
        using Process venue = Serve(request, credentials.Key, secret);
        try
        {
            var growth = new Growth(request.Duration);
            var course = new SoakCourse();
            VenueEndpoints endpoints = VenueEndpoints.At(AddressOf(venue));
            using var witness = new Reachability(endpoints);
            LiveResult live = LiveRunner.Run(
                new LiveRequest
                {
                    Configuration = request.Configuration,
                    Environment = "testnet",
                    Endpoints = endpoints,
                    Credentials = credentials,
                    Duration = request.Duration,
                    Say = request.Say,
                },
                standing =>
                {
                    int[] collections = SoakCourse.CollectionsNow();
                    if (growth.Look(standing.Elapsed, ProcessSizes.Now) is { } sizes) course.Add(standing.Elapsed, collections, SoakCourse.CollectionsNow(), sizes, standing.Stages);
                    progress?.Invoke(standing);
                },
                cancel);
            return Judge(live, witness.Away, growth, course);
        }
        finally
        {
            venue.Kill(entireProcessTree: true);
            venue.WaitForExit();
        }
    }

    /// <summary>Holds what came of it against what must hold.</summary>
    /// <param name="live">The run.</param>
    /// <param name="away">How long the venue could not be reached.</param>
    /// <param name="growth">What the process held while it ran.</param>
    /// <param name="course">How its latencies went on.</param>
    internal static SoakResult Judge(LiveResult live, TimeSpan away, Growth growth, SoakCourse course)
    {
        bool isLong = live.DurationSeconds >= LongSeconds;
        double reachableSeconds = live.DurationSeconds - away.TotalSeconds;
        double limitedSeconds = LimitReasons.Sum(reason => live.HeldSeconds.GetValueOrDefault(reason));
        double heldSeconds = DataReasons.Sum(reason => live.HeldSeconds.GetValueOrDefault(reason));
        double uptimePct = reachableSeconds > 0 ? Math.Round(Math.Min(100 * live.ReadySeconds / reachableSeconds, 100), 3) : 0;
        var breaches = new List<string>();
        Require(live.Failure is null, $"{live.Failure}");
        Require(live.Flat == true, $"the venue does not show the account flat");
        Require(live.Creates > 0 && live.Fills > 0, $"{live.Creates} orders and {live.Fills} fills are no trading");
        Require(live.Reconnects > 0, $"nothing went wrong: no connection was lost");
        Require(
            uptimePct >= UptimeMinPct || (!isLong && reachableSeconds - live.ReadySeconds <= ShortMaxSeconds),
            $"quotes could be made {uptimePct} % of the {reachableSeconds:0.0} s in which the venue could be reached; wanted {UptimeMinPct}. Down: {Each(live.DownSeconds)}; it seemed away for {live.UnreachableSeconds} s, and was for {away.TotalSeconds:0.000} s");
        Require(
            100 * heldSeconds <= HeldMaxPct * reachableSeconds || (!isLong && heldSeconds <= ShortMaxSeconds),
            $"quotes were held back for {heldSeconds:0.000} s since data were missing or late; wanted at most {HeldMaxPct} % of {reachableSeconds:0.0} s. Held: {Each(live.HeldSeconds)}");
        Require(
            !isLong || 100 * limitedSeconds <= LimitedMaxPct * reachableSeconds,
            $"the engine's own limits held quotes back for {limitedSeconds:0.000} s; wanted at most {LimitedMaxPct} % of {reachableSeconds:0.0} s. Held: {Each(live.HeldSeconds)}");
        Require(live.Differences == 0 && live.OrphansFound == 0, $"{live.Differences} figures differed from the venue's and {live.OrphansFound} orders were unknown here, though nobody else trades on the account");
        LatencySummary roundTrip = live.Latency["roundTrip"];
        LatencySummary feedLag = live.Latency["feedLag"];
        RequireTail("from request to acknowledgement", roundTrip, isLong ? ("p99.9", roundTrip.P999) : ("p99", roundTrip.P99), RoundTripMaxNanos);
        RequireTail("of the books' lag", feedLag, isLong ? ("p99.9", feedLag.P999) : ("p90", feedLag.P90), FeedLagMaxNanos);
        Require(live.RateLimited == 0, $"{live.RateLimited} requests were refused for their number");
        Require(live.HotPathAllocatedBytes == 0, $"the hot path allocated {live.HotPathAllocatedBytes} bytes");
        if (!live.Interrupted || growth.Found is not null) breaches.AddRange(growth.Breaches());
        breaches.AddRange(course.Breaches(live.DurationSeconds));
        return new SoakResult
        {
            Breaches = breaches,
            UptimePct = uptimePct,
            VenueAwaySeconds = Math.Round(away.TotalSeconds, 3),
            HeapGrowthBytes = growth.Found?.HeapBytes,
            ResidentGrowthBytes = growth.Found?.ResidentBytes,
            DescriptorGrowth = growth.Found?.Descriptors,
            Collections = course.Collections,
            Drift = course.Drift,
            Intervals = course.Intervals,
            Live = live,
        };

        void RequireTail(string what, LatencySummary latency, (string Name, long Nanos) tail, long maxNanos)
        {
            Require(latency.Count >= TailSamplesMin || !isLong, $"{latency.Count} samples {what} do not tell p99.9; wanted {TailSamplesMin}");
            Require(tail.Nanos < maxNanos, $"{tail.Name} {what} is {Millis(tail.Nanos)} ms; wanted below {Millis(maxNanos)}");
        }

        void Require(bool holds, FormattableString broken)
        {
            if (!holds) breaches.Add(broken.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string Each(IReadOnlyDictionary<string, double> seconds) => string.Join(", ", seconds.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value} s")));

    private static double Millis(long nanos) => nanos / 1e6;

    private static Process Serve(SoakRequest request, string key, string secret)
    {
        // In a process group of its own: Ctrl-C in a terminal is meant for the engine, which needs the venue to end flat. And not for ever, should the engine's process be killed.
        string[] program = File.Exists(Keeper) ? [Keeper, string.Create(CultureInfo.InvariantCulture, $"{(request.Duration + Leftover).TotalSeconds:0}"), .. request.Program] : [.. request.Program];
        var start = new ProcessStartInfo(program[0]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        string seed = request.Configuration.Venue.Seed.ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            .. program.Skip(1), "venue", "--port", "0", "--json", "--profile", request.ProfilePath, "--market", "flow", "--seed", seed,
            "--symbols", string.Join(',', request.Configuration.Symbols), "--faults", request.FaultsPath,
            "--rate", request.FlowRate.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["VENUE_API_KEY"] = key;
        start.Environment["VENUE_API_SECRET"] = secret;
        return Process.Start(start) ?? throw new VenueUnavailableException($"the venue's process does not start: {request.Program[0]}", isRefusal: false);
    }

    /// <summary>What the venue says when it is ready.</summary>
    private static Uri AddressOf(Process venue)
    {
        Task<string?> line = venue.StandardOutput.ReadLineAsync();
        if (!line.Wait(StartWithin) || line.Result is not { } text) throw new VenueUnavailableException("the venue's process does not get ready; its words are above", isRefusal: false);
        using JsonDocument document = JsonDocument.Parse(text);
        return new Uri(document.RootElement.GetProperty("rest").GetString()!);
    }
}
