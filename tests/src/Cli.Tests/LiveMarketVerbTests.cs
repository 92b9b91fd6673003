using System.Collections.Concurrent;
using System.Net.Http;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using LatencyEngine.Bybit;
using LatencyEngine.Host;
using LatencyEngine.Research;
using LatencyEngine.Simulator;
using LatencyEngine.TestData;

namespace LatencyEngine.Cli.Tests;

/// <summary><c>--market live</c>: one venue follows the market of another, over loopback.</summary>
public sealed class LiveMarketVerbTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_venue_tells_what_its_upstream_tells_has_its_rules_and_begins_anew_when_it_was_cut()
    {
        using var upstream = new RunningVenue("--market", "flow", "--seed", "5", "--symbols", "BTCUSDT", "--control");
        using var venue = new RunningVenue("--market", "live", "--upstream", upstream.Rest, "--symbols", "BTCUSDT");
        using var http = new HttpClient();
        Assert.Equal($"live, {upstream.Rest} (instruments of the upstream, risk limits of the upstream)", venue.Document.GetProperty("market").GetString());
        foreach (string path in (string[])["instruments-info", "risk-limit"])
        {
            string query = $"/v5/market/{path}?category=linear&symbol=BTCUSDT";
            Assert.Equal(await ListAsync(http, upstream.Rest + query), await ListAsync(http, venue.Rest + query));
        }

        await using var above = await Listener.OpenAsync(Socket(upstream), "orderbook.50.BTCUSDT", "publicTrade.BTCUSDT");
        await using var below = await Listener.OpenAsync(Socket(venue), "orderbook.50.BTCUSDT", "publicTrade.BTCUSDT", "orderbook.1.BTCUSDT");
        await UntilAsync(() => ((string[])["publicTrade", "orderbook.1."]).All(topic => below.Frames.Any(frame => frame.StartsWith($"{{\"topic\":\"{topic}", StringComparison.Ordinal))));
        await AssertSameBooksAsync(above, below, from: 0);

        using HttpResponseMessage cut = await http.PostAsync(new Uri(upstream.Rest + "/control/cut"), new StringContent("public"));
        await UntilAsync(() => venue.Error.Contains("is back", StringComparison.Ordinal));
        Assert.Contains($"lost the market of {upstream.Rest}: connection reset; orders rest and nothing matches until it is back", venue.Error, StringComparison.Ordinal);
        int seen = below.Books.Count;
        await using var again = await Listener.OpenAsync(Socket(upstream), "orderbook.50.BTCUSDT");
        await AssertSameBooksAsync(again, below, from: seen);
        Assert.Contains(below.Frames.Where(frame => frame.StartsWith("{\"topic\":\"orderbook.50", StringComparison.Ordinal)).Skip(1), frame => frame.Contains("\"type\":\"snapshot\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_venue_behind_TLS_is_followed_when_it_is_trusted_and_else_refused()
    {
        using var upstream = new RunningVenue("--market", "flow", "--symbols", "BTCUSDT");
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("127.0.0.1");
        using var front = new TlsFront(new SslServerAuthenticationOptions { ServerCertificate = certificate }, new Uri(upstream.Rest).Port);
        var trusted = new UpstreamRequest { Endpoints = VenueEndpoints.At(new Uri($"https://127.0.0.1:{front.Port}")), Name = "front", Depth = 50, AuthoritiesPath = authority.Path };
        using var stop = new CancellationTokenSource();
        ServedVenue? served = null;

        VenueUnavailableException fault = Assert.Throws<VenueUnavailableException>(() => VenueRunner.Run(Request(trusted with { AuthoritiesPath = null }), _ => { }, CancellationToken.None));
        Assert.Contains("certificate refused", fault.Message, StringComparison.Ordinal);
        Task run = Task.Factory.StartNew(() => VenueRunner.Run(Request(trusted), venue => Volatile.Write(ref served, venue), stop.Token), TaskCreationOptions.LongRunning);
        await UntilAsync(() => Volatile.Read(ref served) is not null || run.IsCompleted);
        Assert.Equal("live, front (instruments of the upstream, risk limits of the upstream)", served?.Market);
        await using (var below = await Listener.OpenAsync(served!.Public, "orderbook.50.BTCUSDT")) await UntilAsync(() => below.Books.Count > 5);
        stop.Cancel();
        await run;
    }

    [Fact]
    public void Rules_that_the_upstream_does_not_serve_are_those_of_the_profile_and_it_says_so()
    {
        using var upstream = new RunningVenue("--market", "flow", "--symbols", "BTCUSDT");
        VenueEndpoints endpoints = VenueEndpoints.At(new Uri(upstream.Rest)) with { Rest = new Uri("http://127.0.0.1:1") };
        using var stop = new CancellationTokenSource();
        string market = "";

        VenueRunner.Run(
            Request(new UpstreamRequest { Endpoints = endpoints, Name = "mute", Depth = 50 }),
            venue =>
            {
                market = venue.Market;
                stop.Cancel();
            },
            stop.Token);

        Assert.Matches(@"^live, mute \(instruments of samples/instruments-linear-20260809\.json, since the upstream's are of no use: (GET /v5/market/instruments-info: |no answer in time)", market);   // the second where the machine stood still
        Assert.Contains("risk limits of samples/risk-limits-202608.json, since", market, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitStatus.Failed, "no TCP connection: ConnectionRefused", "--market", "live", "--upstream", "http://127.0.0.1:1")]
    [InlineData(ExitStatus.Usage, "--upstream must be http:// or https://", "--market", "live", "--upstream", "ftp://x")]
    [InlineData(ExitStatus.Usage, "--env must be one of mainnet, testnet, demo, was \"x\"", "--market", "live", "--env", "x")]
    [InlineData(ExitStatus.Usage, "--env and --upstream exclude each other", "--market", "live", "--env", "demo", "--upstream", "http://127.0.0.1:1")]
    [InlineData(ExitStatus.Usage, "--depth must be one of", "--market", "live", "--depth", "20")]
    [InlineData(ExitStatus.Usage, "--data is of a recording, and the market is live", "--market", "live", "--data", "/dev/null")]
    [InlineData(ExitStatus.Usage, "--upstream is of a live market: add --market live", "--upstream", "http://127.0.0.1:1")]
    [InlineData(ExitStatus.Usage, "--scenario gap is of a flow market", "--market", "live", "--scenario", "gap")]
    public void What_cannot_be_followed_is_one_line(int status, string expected, params string[] options)
    {
        foreach (string verb in (string[])["venue", "dry-run"])
        {
            using var line = new CommandLine { Run = DryRunner.Run };
            Assert.Equal(status, line.Invoke([verb, .. options]));
            Assert.Contains(expected, Assert.Single(line.ErrorLines, each => each.StartsWith("latency-engine:", StringComparison.Ordinal)), StringComparison.Ordinal);
            Assert.Empty(line.Output);
        }
    }

    [Theory]
    [InlineData("dry-run", "--speed is of a recording, and the market is live", "--speed", "3")]
    [InlineData("dry-run", "--duration must be seconds", "--duration", "max")]
    [InlineData("backtest", "virtual time cannot wait for a market")]
    public void What_is_of_a_recording_is_refused(string verb, string expected, params string[] options)
    {
        using var line = new CommandLine();
        Assert.Equal(ExitStatus.Usage, line.Invoke([verb, "--market", "live", .. options]));
        Assert.Contains(expected, Assert.Single(line.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbol_that_the_upstream_does_not_have_is_refused_as_record_refuses_it()
    {
        using var upstream = new RunningVenue("--market", "flow", "--symbols", "BTCUSDT");
        using var line = new CommandLine();

        Assert.Equal(ExitStatus.Usage, line.Invoke("venue", "--market", "live", "--upstream", upstream.Rest, "--symbols", "XRPUSDT"));
        Assert.Contains("subscription of orderbook.50.XRPUSDT refused", Assert.Single(line.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_address_it_is_mainnet_at_its_own_pace()
    {
        RunRequest? made = null;
        using var line = new CommandLine
        {
            Run = (request, _, _) =>
            {
                made = request;
                return RunVerbTests.Good;
            },
        };

        Assert.Equal(ExitStatus.Done, line.Invoke("dry-run", "--market", "live", "--depth", "200"));
        Assert.Equal((VenueEndpoints.Environments["mainnet"], "mainnet", 200), (made!.Upstream!.Endpoints, made.Upstream.Name, made.Upstream.Depth));
        Assert.Equal((null, 1d, TimeSpan.FromMinutes(10), "live, mainnet"), (made.RecordingPath, made.Configuration.Venue.Speed, made.Duration, made.MarketName));
    }

    /// <summary>Every book that both have told is the same, and dozens are.</summary>
    private static async Task AssertSameBooksAsync(Listener above, Listener below, int from)
    {
        (long UpdateId, string Text)[] told = [];
        await UntilAsync(() => (told = [.. below.Books.Skip(from).Where(book => book.UpdateId >= above.Books.First().UpdateId)]).Length > 40);
        await UntilAsync(() => above.Books.Any(book => book.UpdateId >= told[^1].UpdateId));
        Dictionary<long, string> known = above.Books.DistinctBy(book => book.UpdateId).ToDictionary(book => book.UpdateId, book => book.Text);
        Assert.All(told, book => Assert.Equal(known[book.UpdateId], book.Text));
    }

    private static VenueRequest Request(UpstreamRequest upstream) => new()
    {
        Configuration = ConfigurationReader.Load(ReferenceFiles.InRepository("configs/market-making.json"), new Dictionary<string, string>(), [new ConfigurationOverride("venue:market", "live", "test")]),
        Symbols = ["BTCUSDT"],
        Upstream = upstream,
        Keys = [new ApiKey { Key = "key", Secret = "secret", Uid = 1 }],
    };

    private static async Task<string> ListAsync(HttpClient http, string url) => JsonDocument.Parse(await http.GetStringAsync(new Uri(url))).RootElement.GetProperty("result").GetProperty("list").GetRawText();

    private static Uri Socket(RunningVenue venue) => new(venue.Document.GetProperty("public").GetString()!);

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!holds()) await Task.Delay(10, limit.Token);
    }

    /// <summary>A client of a public socket that keeps its frames, and the book of 50 levels after each.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly ClientWebSocket _socket = new();
        private readonly SortedDictionary<decimal, string> _bids = [];
        private readonly SortedDictionary<decimal, string> _asks = [];
        private Task _reading = Task.CompletedTask;

        public ConcurrentQueue<string> Frames { get; } = new();

        public ConcurrentQueue<(long UpdateId, string Text)> Books { get; } = new();

        public static async Task<Listener> OpenAsync(Uri address, params string[] topics)
        {
            var listener = new Listener();
            await listener._socket.ConnectAsync(address, CancellationToken.None);
            await listener._socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { op = "subscribe", args = topics }), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            listener._reading = Task.Run(listener.ReadAsync);
            await UntilAsync(() => !listener.Books.IsEmpty);
            return listener;
        }

        public async ValueTask DisposeAsync()
        {
            _socket.Abort();
            await _reading;
            _socket.Dispose();
        }

        private async Task ReadAsync()
        {
            byte[] buffer = new byte[1 << 20];
            try
            {
                for (int length = 0; ;)
                {
                    ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += received.Count;
                    if (!received.EndOfMessage) continue;
                    Take(Encoding.UTF8.GetString(buffer, 0, length));
                    length = 0;
                }
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
            }
        }

        private void Take(string frame)
        {
            Frames.Enqueue(frame);
            JsonElement root = JsonDocument.Parse(frame).RootElement;
            if (!root.TryGetProperty("topic", out JsonElement topic) || !topic.ValueEquals("orderbook.50.BTCUSDT")) return;
            JsonElement data = root.GetProperty("data");
            bool isSnapshot = root.GetProperty("type").ValueEquals("snapshot");
            foreach ((SortedDictionary<decimal, string> side, string key) in ((SortedDictionary<decimal, string>, string)[])[(_bids, "b"), (_asks, "a")])
            {
                if (isSnapshot) side.Clear();
                foreach (JsonElement level in data.GetProperty(key).EnumerateArray())
                {
                    decimal price = decimal.Parse(level[0].GetString()!, System.Globalization.CultureInfo.InvariantCulture);
                    if (level[1].ValueEquals("0")) side.Remove(price);
                    else side[price] = level[1].GetString()!;
                }
            }

            Books.Enqueue((data.GetProperty("u").GetInt64(), string.Join(" ", _bids.Concat(_asks).Select(level => $"{level.Key}x{level.Value}"))));
        }
    }
}
