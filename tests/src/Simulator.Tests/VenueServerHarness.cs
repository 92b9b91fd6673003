using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>A session and a server for BTCUSDT on loopback. Venue time stands still unless a test plays; one millisecond of it holds one book delta.</summary>
internal sealed class VenueServerHarness : IAsyncDisposable
{
    public const string Key = "test-key";
    public const string Secret = "test-secret";

    /// <summary>A key of another account, with the same secret.</summary>
    public const string SecondKey = "second-key";

    /// <summary>The other account.</summary>
    public const long SecondUid = 10_000_002;

    /// <summary>A key of the first account that may only read.</summary>
    public const string ReaderKey = "reader-key";
    public const string Book = "orderbook.50.BTCUSDT";

    /// <summary>Longest wait in real time: far above what any wait takes on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private const int Deltas = 5_000;
    private const int StepsAtOnce = 60;      // as long as any answer takes by venue time, and what is recorded at every tenth millisecond
    private const int LaterStepMillis = 8;
    private const long NanosPerMilli = 1_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("venue-server-tests").FullName;
    private readonly SemaphoreSlim _incoming = new(0);
    private readonly List<SocketClient> _clients = [];
    private readonly HttpClient _http = new();
    private readonly ReplaySession _session;
    private readonly TimedPlay _play;
    private long _nowNanos = VenueHarness.StartMillis * NanosPerMilli;

    private VenueServerHarness(VenueServerSettings? settings, IEnumerable<string> recording, bool derivesTopics, bool loops)
    {
        string path = Path.Combine(_folder, "venue.frames");
        File.WriteAllLines(path, recording);
        _session = new ReplaySession(new ReplaySettings { RecordingPath = path, Venue = TwoAccounts(), Latency = new LatencyModel(1), OffersFastExecutions = true, DerivesTopics = derivesTopics, Loops = loops });
        settings ??= Settings();
        Server = new VenueServer(settings with { Topics = _session.Topics, Clock = () => Interlocked.Read(ref _nowNanos) }) { OnIncoming = () => _incoming.Release() };
        _play = new TimedPlay(_session, Server);
    }

    public VenueServer Server { get; }

    public Venue Venue => _session.Venue;

    /// <summary>The only account.</summary>
    public VenueAccount Account => Venue.Accounts[0];

    public long NowMillis => _nowNanos / NanosPerMilli;

    public long NowNanos => _nowNanos;

    public bool IsFinished => _session.IsFinished;

    public static VenueServerSettings Settings() => new() { Keys = [VenueHarness.Key, VenueHarness.Key with { Key = SecondKey, Uid = SecondUid }, VenueHarness.Key with { Key = ReaderKey, Permissions = ApiPermissions.None }], Symbols = ["BTCUSDT"], Topics = [], Clock = () => 0 };

    public static async Task<VenueServerHarness> StartAsync(VenueServerSettings? settings = null, int recordedMillis = Deltas, bool derivesTopics = false, bool loops = false, IEnumerable<string>? recording = null)
    {
        var harness = new VenueServerHarness(settings, recording ?? Recording(recordedMillis), derivesTopics, loops);
        await harness.Server.StartAsync();
        return harness;
    }

    public async Task<SocketClient> ConnectAsync(Uri endpoint)
    {
        var client = new SocketClient();
        _clients.Add(client);
        await client.ConnectAsync(endpoint);
        return client;
    }

    /// <summary>A private or order-entry client that has logged in and, if asked, subscribed.</summary>
    public Task<SocketClient> LoginAsync(Uri endpoint, params string[] topics) => LoginAsync(Key, endpoint, topics);

    /// <summary>As the other, with a key of choice.</summary>
    public async Task<SocketClient> LoginAsync(string key, Uri endpoint, params string[] topics)
    {
        SocketClient client = await ConnectAsync(endpoint);
        await client.SendAsync(Auth(NowMillis + 10_000, key));
        Assert.Contains(endpoint == Server.TradeEndpoint ? "\"retCode\":0" : "\"success\":true", await NextAsync(client), StringComparison.Ordinal);
        if (topics.Length > 0) await SubscribeAsync(client, topics);
        return client;
    }

    public async Task SubscribeAsync(SocketClient client, params string[] topics)
    {
        await client.SendAsync(Command("subscribe", topics));
        Assert.True((await ReplyAsync(client)).GetProperty("success").GetBoolean());
    }

    /// <summary>The next reply to a command; market data on the way there is passed over.</summary>
    public Task<JsonElement> ReplyAsync(SocketClient client) => NextJsonAsync(client, frame => frame.TryGetProperty("op", out _));

    public static string Command(string op, params string[] args) => $$"""{"op":"{{op}}","args":[{{string.Join(",", args.Select(arg => $"\"{arg}\""))}}]}""";

    public static string Auth(long expires, string key = Key, string? signature = null) =>
        $$"""{"op":"auth","args":["{{key}}",{{expires}},"{{signature ?? Sign($"GET/realtime{expires}")}}"]}""";

    public static string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)));

    public string Order(string op, string reqId, string fields) =>
        VenueHarness.RequestText(op, $$"""{"category":"linear","symbol":"BTCUSDT",{{fields}}}""", NowMillis, reqId);

    /// <summary>The next frame of a client. Venue time goes on by half a millisecond at a time until it is there.</summary>
    public Task<string> NextAsync(SocketClient client) => DriveAsync(client.NextAsync());

    /// <summary>The next frame of a client of a server without a session: only subscriptions take effect.</summary>
    public static async Task<string> NextAsync(VenueServer server, SocketClient client)
    {
        Task<string> next = client.NextAsync();
        Assert.True(await ComesTrueAsync(() =>
        {
            server.DrainIncoming(0, _ => { });
            return next.IsCompleted;
        }));
        return await next;
    }

    public async Task<JsonElement> NextJsonAsync(SocketClient client) => JsonDocument.Parse(await NextAsync(client)).RootElement;

    /// <summary>The first frame from here on that satisfies a condition.</summary>
    public async Task<JsonElement> NextJsonAsync(SocketClient client, Predicate<JsonElement> condition)
    {
        while (true)
        {
            JsonElement frame = await NextJsonAsync(client);
            if (condition(frame)) return frame;
        }
    }

    /// <summary>Plays until a task has ended, within a bound of real time. What takes longer than anything does by venue time waits for the machine: meanwhile venue time goes on slowly, or it would run away from a busy one.</summary>
    public async Task<T> DriveAsync<T>(Task<T> task)
    {
        var clock = Stopwatch.StartNew();
        for (int step = 0; !task.IsCompleted; step++)
        {
            Assert.True(clock.Elapsed < Patience, "waited too long");
            PlayFor(NanosPerMilli / 2);
            await Task.WhenAny(task, _incoming.WaitAsync(step < StepsAtOnce ? 1 : LaterStepMillis));
        }

        return await task;
    }

    /// <summary>Waits for a condition while venue time stands still.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, "waited too long");
            await _incoming.WaitAsync(1);
        }
    }

    /// <summary>Whether a condition comes true within the bound of real time; no thread is held up meanwhile.</summary>
    public static async Task<bool> ComesTrueAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > Patience) return false;
            await Task.Delay(1);
        }

        return true;
    }

    /// <summary>Plays in steps of a millisecond.</summary>
    public void PlayMillis(int millis)
    {
        for (int i = 0; i < millis; i++) PlayFor(NanosPerMilli);
    }

    public long? PlayFor(long nanos) => _play.Step(Interlocked.Add(ref _nowNanos, nanos));

    /// <summary>A look-up; the query is signed unless another signature is given.</summary>
    public async Task<(HttpResponseMessage Response, JsonElement Body)> GetAsync(string path, string query, string key = Key, string? signature = null, long? timestamp = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Server.RestEndpoint, query.Length > 0 ? $"{path}?{query}" : path));
        return await CallAsync(request, query, key, signature, timestamp);
    }

    /// <summary>A POST; the body is signed unless another text is given.</summary>
    public async Task<(HttpResponseMessage Response, JsonElement Body)> PostAsync(string path, string body, string? signed = null, string key = Key, long? timestamp = null)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Server.RestEndpoint, path)) { Content = content };
        return await CallAsync(request, signed ?? body, key, signature: null, timestamp);
    }

    private async Task<(HttpResponseMessage Response, JsonElement Body)> CallAsync(HttpRequestMessage request, string payload, string key, string? signature, long? timestamp)
    {
        string time = (timestamp ?? NowMillis).ToString(CultureInfo.InvariantCulture);
        HttpRequestHeaders headers = request.Headers;
        headers.Add("X-BAPI-API-KEY", key);
        headers.Add("X-BAPI-TIMESTAMP", time);
        headers.Add("X-BAPI-RECV-WINDOW", "5000");
        headers.Add("X-BAPI-SIGN", signature ?? Sign(time + key + "5000" + payload));
        HttpResponseMessage response = await DriveAsync(_http.SendAsync(request));
        return (response, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SocketClient client in _clients) await client.DisposeAsync();
        await Server.DisposeAsync();
        _session.Dispose();
        _http.Dispose();
        _incoming.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static VenueSettings TwoAccounts()
    {
        VenueSettings settings = VenueHarness.Settings(feeTier: "Pro 5");
        return settings with { Accounts = [.. settings.Accounts, new AccountSettings { Uid = SecondUid }] };
    }

    /// <summary>A ticker, the book's snapshot, then a delta every millisecond and a ticker delta every tenth.</summary>
    private static IEnumerable<string> Recording(int millis)
    {
        const long Start = VenueHarness.StartMillis;
        yield return $$"""{{Start}}000000 {"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","lastPrice":"60000.00","markPrice":"60000.00","fundingRate":"0.0001"},"cs":1,"ts":{{Start}}}""";
        yield return $"{Start}000001 {VenueHarness.BookFrame("snapshot", "60000.00 1.000, 59990.00 2.000", "60000.10 1.000, 60010.00 2.000", 1)}";
        for (int i = 1; i <= millis; i++)
        {
            yield return $"{Start + i}000000 {VenueHarness.BookFrame("delta", $"{59_000 + (i % 900)}.00 {1 + (i % 7)}.000", i % 3 == 0 ? $"{60_100 + (i % 50)}.00 0" : $"{60_100 + (i % 50)}.00 0.500", 1 + i)}";
            if (i % 10 == 0) yield return $$"""{{Start + i}}000001 {"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","markPrice":"{{60_000 + (i % 5)}}.00"},"cs":{{i}},"ts":{{Start + i}}}""";
            if (i % 10 == 5) yield return $"{Start + i}000002 {VenueHarness.TradeFrame("Buy", "60000.10", "0.001", Start + i)}";
        }
    }
}
