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

    // 0.5 % of ten minutes: in less time a single hiccup of a shared host is more than that share.
    private const double DownMaxSeconds = 3;

    // Of fewer, fewer than ten are beyond the 99.9th percentile, and it says nothing.
    private const int TailSamplesMin = 10_000;
    private const long RoundTripMaxNanos = 500_000_000;
    private const long FeedLagMaxNanos = 100_000_000;
    private const long HeapGrowthMaxBytes = 8 << 20;
    private const long ResidentGrowthMaxBytes = 64 << 20;   // the collector keeps some of what it has freed
    private const int DescriptorGrowthMax = 4;   // sockets that are just closing, and a file that is just read

    private const string Keeper = "/usr/bin/timeout";   // GNU coreutils

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
            Sizes? early = null;
            VenueEndpoints endpoints = VenueEndpoints.At(AddressOf(venue));
            var witness = new Reachability(endpoints);
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
                    if (early is null && standing.Elapsed >= request.Duration / 4) early = Sizes.Now();
                    progress?.Invoke(standing);
                },
                cancel);
            witness.DisposeAsync().AsTask().Wait(CancellationToken.None);
            Sizes late = Sizes.Now();
            return Judge(live, witness.Away, late - (early ?? late));
        }
        finally
        {
            venue.Kill(entireProcessTree: true);
            venue.WaitForExit();
        }
    }

    private static SoakResult Judge(LiveResult live, TimeSpan away, Sizes growth)
    {
        double reachableSeconds = live.DurationSeconds - away.TotalSeconds;
        double uptimePct = reachableSeconds > 0 ? Math.Round(Math.Min(100 * live.ReadySeconds / reachableSeconds, 100), 3) : 0;
        var breaches = new List<string>();
        Require(live.Failure is null, $"{live.Failure}");
        Require(live.Flat == true, $"the venue does not show the account flat");
        Require(live.Creates > 0 && live.Fills > 0, $"{live.Creates} orders and {live.Fills} fills are no trading");
        Require(live.Reconnects > 0, $"nothing went wrong: no connection was lost");
        Require(
            uptimePct >= UptimeMinPct || reachableSeconds - live.ReadySeconds <= DownMaxSeconds,
            $"quotes could be made {uptimePct} % of the {reachableSeconds:0.0} s in which the venue could be reached; wanted {UptimeMinPct}. Down: {Each(live.DownSeconds)}; it seemed away for {live.UnreachableSeconds} s, and was for {away.TotalSeconds:0.000} s");
        RequireTail("from request to acknowledgement", live.Latency["roundTrip"], RoundTripMaxNanos);
        RequireTail("of the books' lag", live.Latency["feedLag"], FeedLagMaxNanos);
        Require(live.RateLimited == 0, $"{live.RateLimited} requests were refused for their number");
        Require(live.HotPathAllocatedBytes == 0, $"the hot path allocated {live.HotPathAllocatedBytes} bytes");
        Require(growth.HeapBytes < HeapGrowthMaxBytes, $"the managed heap grew by {growth.HeapBytes} bytes");
        Require(growth.ResidentBytes < ResidentGrowthMaxBytes, $"the process's memory grew by {growth.ResidentBytes} bytes");
        Require(growth.Descriptors <= DescriptorGrowthMax, $"{growth.Descriptors} files or sockets more are open");
        return new SoakResult
        {
            Breaches = breaches,
            UptimePct = uptimePct,
            VenueAwaySeconds = Math.Round(away.TotalSeconds, 3),
            HeapGrowthBytes = growth.HeapBytes,
            ResidentGrowthBytes = growth.ResidentBytes,
            DescriptorGrowth = growth.Descriptors,
            Live = live,
        };

        void RequireTail(string what, LatencySummary latency, long maxNanos)
        {
            (string name, long nanos) = latency.Count >= TailSamplesMin ? ("p99.9", latency.P999) : ("p99", latency.P99);
            Require(nanos < maxNanos, $"{name} {what} is {Millis(nanos)} ms; wanted below {Millis(maxNanos)}");
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

    /// <summary>What a process may grow by.</summary>
    private readonly record struct Sizes(long HeapBytes, long ResidentBytes, int Descriptors)
    {
        public static Sizes Now() => new(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet, Directory.GetFileSystemEntries("/proc/self/fd").Length);

        public static Sizes operator -(Sizes late, Sizes early) => new(late.HeapBytes - early.HeapBytes, late.ResidentBytes - early.ResidentBytes, late.Descriptors - early.Descriptors);
    }
}
