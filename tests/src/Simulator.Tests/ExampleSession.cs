using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>A session with the venue over its own sockets and REST in which the requests of the reference collection are made, and every message that comes back is kept.</summary>
internal sealed class ExampleSession : IAsyncDisposable
{
    private const int MessagesMax = 5_000;
    private const int RecordedMillis = 60_000;   // of venue time: every call takes some

    private readonly VenueServerHarness _venue;
    private readonly Dictionary<string, SocketClient> _clients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<JsonElement>> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _answers = new(StringComparer.Ordinal);
    private int _requests;

    private ExampleSession(VenueServerHarness venue) => _venue = venue;

    public VenueServerHarness Venue => _venue;

    public static async Task<ExampleSession> StartAsync()
    {
        var session = new ExampleSession(await VenueServerHarness.StartAsync(recordedMillis: RecordedMillis, derivesTopics: true));
        VenueServer server = session._venue.Server;
        (string, Uri)[] sockets =
        [
            ("public", server.PublicEndpoint), ("private", server.PrivateEndpoint), ("trade", server.TradeEndpoint), ("private again", server.PrivateEndpoint), ("trade again", server.TradeEndpoint),
        ];
        foreach ((string channel, Uri endpoint) in sockets)
        {
            session._clients[channel] = await session._venue.ConnectAsync(endpoint);
            session._seen[channel] = [];
        }

        return session;
    }

    /// <summary>Something happens in the market that the recording does not hold; what the accounts are told of it goes out.</summary>
    public void Market(string frame)
    {
        List<VenueMessage> output = [];
        _venue.Venue.OnMarketFrame(Encoding.UTF8.GetBytes(frame), _venue.NowNanos, output);
        foreach (VenueMessage message in output) _venue.Server.Route(new Delivery(message.Channel, _venue.NowNanos, message.Frame, -1, Produced: long.MaxValue, Uid: message.Uid));
    }

    /// <summary>The ticker changes.</summary>
    public void Ticker(string fields) => Market($$"""{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT",{{fields}}},"cs":1,"ts":{{_venue.NowMillis}}}""");

    /// <summary>The first message of a channel that satisfies a condition, among those that came already or will.</summary>
    public async Task<JsonElement> MessageAsync(string channel, Predicate<JsonElement> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        List<JsonElement> seen = _seen[channel];
        for (int i = 0; ; i++)
        {
            Assert.True(i < MessagesMax, $"{MessagesMax} messages of the {channel} socket, and none with {what}");
            if (i == seen.Count) seen.Add(await _venue.NextJsonAsync(_clients[channel]));
            if (condition(seen[i])) return seen[i];
        }
    }

    /// <summary>A private message of a topic whose first row satisfies a condition.</summary>
    public Task<JsonElement> RowAsync(string topic, Predicate<JsonElement> condition, string channel = "private") =>
        MessageAsync(channel, message => message.TryGetProperty("topic", out JsonElement name) && name.ValueEquals(topic) && condition(message.GetProperty("data")[0]));

    /// <summary>Sends a text on a socket and returns the reply that is new.</summary>
    public async Task<JsonElement> CommandAsync(string channel, string text)
    {
        int before = _seen[channel].Count(IsReply);
        await _clients[channel].SendAsync(text);
        int replies = 0;
        return await MessageAsync(channel, message => IsReply(message) && ++replies > before);
    }

    /// <summary>Logs in on a socket.</summary>
    public Task<JsonElement> LoginAsync(string channel, string? id = null)
    {
        string auth = VenueServerHarness.Auth(_venue.NowMillis + 10_000);
        string key = channel.StartsWith("trade", StringComparison.Ordinal) ? "reqId" : "req_id";
        return CommandAsync(channel, id is null ? auth : $$"""{"{{key}}":"{{id}}",{{auth[1..]}}""");
    }

    /// <summary>Sends an order request.</summary>
    public Task<JsonElement> OrderAsync(string op, string fields) => CommandAsync("trade", _venue.Order(op, $"example-{_requests++}", fields));

    /// <summary>A GET with a query, or a POST with a body; the answer is kept under a name.</summary>
    public async Task<JsonElement> RestAsync(string name, string method, string path, string payload)
    {
        _venue.PlayMillis(250);   // clear of the request limits
        (_, JsonElement answer) = method == "GET" ? await _venue.GetAsync(path, payload) : await _venue.PostAsync(path, payload);
        _answers[name] = answer;
        return answer;
    }

    /// <summary>The answer kept under a name.</summary>
    public JsonElement Answer(string name) => _answers[name];

    /// <summary>The id of a new resting order.</summary>
    public async Task<string> RestingOrderAsync(string price = "59000", string qty = "0.010", string linkId = "")
    {
        JsonElement answer = await RestAsync("resting", "POST", "/v5/order/create", string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"{{qty}}","price":"{{price}}","orderLinkId":"{{linkId}}"}"""));
        Assert.Equal(0, answer.GetProperty("retCode").GetInt32());
        return answer.GetProperty("result").GetProperty("orderId").GetString()!;
    }

    public ValueTask DisposeAsync() => _venue.DisposeAsync();

    private static bool IsReply(JsonElement message) => message.TryGetProperty("op", out _);
}
