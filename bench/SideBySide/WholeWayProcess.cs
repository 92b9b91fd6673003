using System.Globalization;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Research;
using LatencyEngine.Simulator;
using LatencyEngine.Transport;

namespace LatencyEngine.SideBySide;

/// <summary>The other sides of <see cref="WholeWayComparison"/>: a process that serves the dry-run venue, and one in which the engine trades on it as <c>live</c> does. Both say when they are ready and end when their standard input does.</summary>
internal static class WholeWayProcess
{
    /// <summary>First argument of the venue's process.</summary>
    public const string VenueVerb = "--whole-way-venue";

    /// <summary>First argument of the engine's process; the venue's address, key and secret follow, and how its thread waits.</summary>
    public const string EngineVerb = "--whole-way-engine";

    /// <summary>What either says once it can be used; the venue says its address behind it, and key and secret of the engine's account and of the peers'.</summary>
    public const string Ready = "ready";

    /// <summary>The symbol that everybody trades.</summary>
    public const string Symbol = "BTCUSDT";

    // Ten times the usual flow: the best prices move with most of the book's messages.
    private const int FlowRate = 10;

    /// <summary>Serves the venue.</summary>
    public static int RunVenue(TextReader input, TextWriter output)
    {
        EngineConfiguration configuration = Read(("venue:market", "flow"), ("venue:scenario", "calm"), ("venue:seed", "5"), ("venue:port", "0"), ("venue:feeTier", "Pro 6"), ("venue:startBalanceUsdt", "1000000"));

        // An account each: the engine arms the venue's disconnect protection on its own, which would cancel the others' orders some seconds after it has gone.
        ApiKey[] keys = [.. Enumerable.Range(1, 2).Select(account => new ApiKey { Uid = 10_000_000 + account, Key = $"{Guid.NewGuid():N}"[..18], Secret = $"{Guid.NewGuid():N}" })];
        using var ending = new CancellationTokenSource();
        EndWith(input, ending);
        VenueRunner.Run(
            new VenueRequest { Configuration = configuration, Symbols = [Symbol], Keys = keys, FlowRate = FlowRate },
            venue => output.WriteLine($"{Ready} {venue.Rest.OriginalString} {string.Join(' ', keys.Select(key => $"{key.Key} {key.Secret}"))}"),
            ending.Token);
        return Bench.Done;
    }

    /// <summary>Trades, and prints: how many requests were timed, p50, p99 and maximum from the receipt of the frame that each answers until the kernel has taken it, ns, how many requests were sent, and how many were refused.</summary>
    public static int RunEngine(string rest, string key, string secret, string wait, TextReader input, TextWriter output)
    {
        EngineConfiguration configuration = Read([.. Tape.QuotingEveryTick, ("placement:threads", "inline"), ("placement:wait", wait)]);
        using var ending = new CancellationTokenSource();
        EndWith(input, ending);
        bool isReady = false;
        LiveResult result = LiveRunner.Run(
            new LiveRequest { Configuration = configuration, Environment = "testnet", Endpoints = VenueEndpoints.At(new Uri(rest)), Credentials = new ApiCredentials(key, secret), Duration = null, Say = static _ => { } },
            progress =>
            {
                if (isReady || progress.Requests == 0) return;
                isReady = true;
                output.WriteLine(Ready);
            },
            ending.Token);
        LatencySummary way = result.Latency["tickToTrade"];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"count":{{way.Count}},"p50":{{way.P50}},"p99":{{way.P99}},"max":{{way.Max}},"requests":{{result.Creates + result.Amends + result.Cancels}},"failures":{{result.Rejected}}}"""));
        return Bench.Done;
    }

    private static EngineConfiguration Read(params (string Key, string Value)[] settings) => ConfigurationReader.Load(
        Repository.PathOf("configs/market-making.json"), new Dictionary<string, string>(), [new ConfigurationOverride("symbols", Symbol, "the benchmark"), .. settings.Select(setting => new ConfigurationOverride(setting.Key, setting.Value, "the benchmark"))]);

    private static void EndWith(TextReader input, CancellationTokenSource ending) => new Thread(() =>
    {
        input.ReadToEnd();
        ending.Cancel();
    }) { IsBackground = true }.Start();
}
