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
    private const long RoundTripMaxNanos = 500_000_000;
    private const long FeedLagMaxNanos = 100_000_000;
    private const long HeapGrowthMaxBytes = 8 << 20;
    private const int DescriptorGrowthMax = 4;   // sockets that are just closing, and a file that is just read

    private const string SessionLeader = "/usr/bin/setsid";   // util-linux

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
            (long HeapBytes, int Descriptors)? early = null;
            LiveResult live = LiveRunner.Run(
                new LiveRequest
                {
                    Configuration = request.Configuration,
                    Environment = "testnet",
                    Endpoints = VenueEndpoints.At(AddressOf(venue)),
                    Credentials = credentials,
                    Duration = request.Duration,
                    Say = request.Say,
                },
                standing =>
                {
                    if (early is null && standing.Elapsed >= request.Duration / 4) early = Size();
                    progress?.Invoke(standing);
                },
                cancel);
            (long HeapBytes, int Descriptors) late = Size();
            return Judge(live, late.HeapBytes - (early ?? late).HeapBytes, late.Descriptors - (early ?? late).Descriptors);
        }
        finally
        {
            venue.Kill(entireProcessTree: true);
            venue.WaitForExit();
        }
    }

    private static SoakResult Judge(LiveResult live, long heapGrowthBytes, int descriptorGrowth)
    {
        var breaches = new List<string>();
        Require(live.Failure is null, $"{live.Failure}");
        Require(live.Flat == true, $"the venue does not show the account flat");
        Require(live.Creates > 0 && live.Fills > 0, $"{live.Creates} orders and {live.Fills} fills are no trading");
        Require(live.Reconnects > 0, $"nothing went wrong: no connection was lost");
        Require(live.UptimePct >= UptimeMinPct, $"quotes could be made {live.UptimePct} % of the time in which the venue could be reached; wanted {UptimeMinPct}. Down: {Each(live.DownSeconds)}");
        Require(live.Latency["roundTrip"].P999 < RoundTripMaxNanos, $"p99.9 from request to acknowledgement is {Millis(live.Latency["roundTrip"].P999)} ms; wanted below {Millis(RoundTripMaxNanos)}");
        Require(live.Latency["feedLag"].P999 < FeedLagMaxNanos, $"p99.9 of the books' lag is {Millis(live.Latency["feedLag"].P999)} ms; wanted below {Millis(FeedLagMaxNanos)}");
        Require(live.RateLimited == 0, $"{live.RateLimited} requests were refused for their number");
        Require(live.HotPathAllocatedBytes == 0, $"the hot path allocated {live.HotPathAllocatedBytes} bytes");
        Require(heapGrowthBytes < HeapGrowthMaxBytes, $"the managed heap grew by {heapGrowthBytes} bytes");
        Require(descriptorGrowth <= DescriptorGrowthMax, $"{descriptorGrowth} files or sockets more are open");
        return new SoakResult { Breaches = breaches, HeapGrowthBytes = heapGrowthBytes, DescriptorGrowth = descriptorGrowth, Live = live };

        void Require(bool holds, FormattableString broken)
        {
            if (!holds) breaches.Add(broken.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string Each(IReadOnlyDictionary<string, double> seconds) => string.Join(", ", seconds.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value} s")));

    private static double Millis(long nanos) => nanos / 1e6;

    private static (long HeapBytes, int Descriptors) Size() => (GC.GetTotalMemory(forceFullCollection: true), Directory.GetFileSystemEntries("/proc/self/fd").Length);

    private static Process Serve(SoakRequest request, string key, string secret)
    {
        // In a session of its own: Ctrl-C in a terminal is meant for the engine, which needs the venue to end flat.
        string[] program = File.Exists(SessionLeader) ? [SessionLeader, .. request.Program] : [.. request.Program];
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
}
