using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Journal;
using LatencyEngine.Simulator;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

/// <summary>The live market of a second venue, over sockets: what a driver gets that does not follow, and a whole run on it.</summary>
public sealed class UpstreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan HangsAtMost = TimeSpan.FromSeconds(45);   // ten and the machine's own delays; one try after the other takes a minute

    [Fact]
    public void A_driver_that_does_not_follow_is_told_so_and_every_topic_begins_anew_with_a_snapshot()
    {
        using var venue = new FlowVenue();
        List<string> said = [];
        long arrivals = 0;
        using var upstream = Upstream.Open(venue.Request, ["BTCUSDT"], CancellationToken.None, slots: 16);
        (upstream.Say, upstream.OnArrival) = (said.Add, () => Interlocked.Increment(ref arrivals));
        Assert.True(SpinWait.SpinUntil(() => Interlocked.Read(ref arrivals) > 1_000, Patience));   // it calls again and again while it waits for room

        Assert.True(upstream.TryRead(out RecordedFrame lost) && lost.Frame.IsEmpty);
        Assert.StartsWith("the venue cannot follow the market of flow: ", Assert.Single(said), StringComparison.Ordinal);
        Assert.EndsWith(" frames dropped, every topic is subscribed anew", said[0], StringComparison.Ordinal);
        HashSet<string> wanted = ["orderbook.50.BTCUSDT", "tickers.BTCUSDT"];
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                while (upstream.TryRead(out RecordedFrame frame))
                {
                    string text = Encoding.UTF8.GetString(frame.Frame.Span);
                    wanted.RemoveWhere(topic => text.StartsWith($"{{\"topic\":\"{topic}\",\"type\":\"snapshot\"", StringComparison.Ordinal));
                }

                return wanted.Count == 0;
            },
            Patience), $"no snapshot of {string.Join(", ", wanted)}");
    }

    [Fact]
    public async Task A_run_on_a_live_market_names_it_notes_its_loss_and_leaves_a_journal_that_is_answered_byte_for_byte()
    {
        const double Least = 12, Most = 240;
        using var venue = new FlowVenue();
        using var folder = new TemporaryFolder();
        RunRequest request = Runs.DryRun(Runs.Derived, folder.Path, ("venue:market", "live"), ("venue:speed", "1"), ("symbols", "BTCUSDT")) with
        {
            RecordingPath = null,
            Upstream = venue.Request,
            Duration = TimeSpan.FromSeconds(Most),
            JournalPath = Path.Combine(folder.Path, "run.journal"),
            RecordPath = Path.Combine(folder.Path, "run.frames.gz"),
        };
        using var http = new HttpClient();
        using var ending = new CancellationTokenSource();
        Task<HttpResponseMessage>? cut = null;

        RunResult result = DryRunner.Run(request, new Reporting(progress =>
        {
            double seconds = progress.Fraction * Most;
            if (seconds > Least / 2) cut ??= http.PostAsync(new Uri(venue.Request.Endpoints.Rest, "/control/cut"), new StringContent("public"));
            if (seconds > Least && progress.Incidents.Count > 1 && progress.Orders > 20) ending.Cancel();
        }), ending.Token);

        (await cut!).Dispose();
        Assert.Empty(result.InvariantBreaks);
        Assert.Equal(("live", "live, flow", "public data as it came; instruments of the upstream, risk limits of the upstream", "1x"), (result.Market, result.Data, result.DataLabel, result.Speed));
        Assert.Equal(["lost the market of flow: connection reset; orders rest and nothing matches until it is back", "the market of flow is back"], result.Incidents.Select(incident => incident.What));
        Assert.InRange(result.RecordingSeconds, Least - 1, Most);
        Assert.InRange(Math.Abs((result.FirstUtc - DateTime.UtcNow).TotalMinutes), 0, 5);
        Assert.True(result.OrdersSent > 10, $"{result.OrdersSent} requests prove little");
        JournalReplayResult replay = ReplayRunner.Run(request.JournalPath!, isPaired: false);
        Assert.True(replay.Difference is null, replay.Difference?.ToString());
        Assert.Equal(result.OutboundSha256, replay.OutboundSha256);
        using var recorded = RecordingReader.Open(request.RecordPath!);
        Assert.Equal(["BTCUSDT"], recorded.Symbols);
        Assert.True(Directory.Exists(request.JournalPath + ".rules"));
    }

    [Fact]
    public async Task An_upstream_whose_REST_hangs_holds_up_the_start_for_seconds_and_the_configured_rules_count()
    {
        using var venue = new FlowVenue();
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();   // takes connections, and answers nothing
        var request = venue.Request with { Endpoints = venue.Request.Endpoints with { Rest = new Uri($"http://{hanging.LocalEndpoint}") } };
        EngineConfiguration configuration = ConfigurationReader.Load(ReferenceFiles.InRepository("configs/market-making.json"), new Dictionary<string, string>(), []);
        using RulesFolder folder = RulesFolder.For(journalPath: null);
        using var upstream = Upstream.Open(request, ["BTCUSDT"], CancellationToken.None);

        string from = "";
        EngineConfiguration fetched = await Task.Run(() => upstream.FetchRules(folder, configuration, CancellationToken.None, out from)).WaitAsync(HangsAtMost);

        Assert.Equal(configuration.Data, fetched.Data);
        Assert.StartsWith("instruments of ", from, StringComparison.Ordinal);
        Assert.Equal(2, from.Split("no answer in time").Length - 1);
    }

    /// <summary>A venue with a flow market and the control calls, in this process.</summary>
    private sealed class FlowVenue : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public FlowVenue()
        {
            ServedVenue? served = null;
            var request = new VenueRequest
            {
                Configuration = ConfigurationReader.Load(ReferenceFiles.InRepository("configs/market-making.json"), new Dictionary<string, string>(), [new ConfigurationOverride("venue:market", "flow", "test"), new ConfigurationOverride("venue:seed", "5", "test")]),
                Symbols = ["BTCUSDT"],
                Keys = [new ApiKey { Key = "key", Secret = "secret", Uid = 1 }],
                ServesControl = true,
            };
            _run = Task.Factory.StartNew(() => VenueRunner.Run(request, venue => Volatile.Write(ref served, venue), _stop.Token), TaskCreationOptions.LongRunning);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref served) is not null || _run.IsCompleted, Patience) && served is not null, $"the venue does not start: {_run.Exception}");
            Request = new UpstreamRequest { Endpoints = VenueEndpoints.At(served.Rest), Name = "flow", Depth = 50 };
        }

        public UpstreamRequest Request { get; }

        public void Dispose()
        {
            _stop.Cancel();
            _run.Wait();
            _stop.Dispose();
        }
    }
}
