using System.Collections.Concurrent;
using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>A flow market served over sockets: a client that stops to read costs the venue a bounded queue and the other clients nothing.</summary>
public sealed class VenueServerSlowReaderTests : IAsyncDisposable
{
    private const long StepNanos = 5_000_000_000;
    private const int StepsMost = 190;   // a ping for each: however fast the machine, below the limit of 200 commands a second
    private static readonly string[] Symbols = ["BTCUSDT", "SOLUSDT"];

    private readonly ReplaySession _session;
    private readonly VenueServer _server;
    private readonly TimedPlay _play;
    private readonly ConcurrentBag<string> _faults = [];
    private long _nowNanos;

    public VenueServerSlowReaderTests()
    {
        VenueSettings venue = VenueHarness.Settings();
        _session = new ReplaySession(new ReplaySettings
        {
            Flow = new FlowSettings { Scenario = FlowScenario.Calm, Seed = 1 },
            Venue = venue with { Accounts = [.. venue.Accounts, new AccountSettings { Uid = VenueServerHarness.SecondUid }], Symbols = Symbols },
            Latency = new LatencyModel(1),
        });
        _nowNanos = _session.FirstTimeNanos;
        _server = new VenueServer(VenueServerHarness.Settings() with { Symbols = Symbols, Topics = _session.Topics, Clock = () => Interlocked.Read(ref _nowNanos) }) { OnFault = _faults.Add };
        _play = new TimedPlay(_session, _server);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _session.Dispose();
    }

    [Fact]
    public async Task A_client_that_stops_to_read_is_cut_at_its_bound_and_another_misses_nothing()
    {
        await _server.StartAsync();
        await using var reader = new SocketClient();
        await reader.ConnectAsync(_server.PublicEndpoint);
        using ClientWebSocket deaf = await DeafAsync();
        string subscription = VenueServerHarness.Command("subscribe", [.. _session.Topics]);
        await reader.SendAsync(subscription);
        await deaf.SendAsync(Encoding.UTF8.GetBytes(subscription), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        Assert.True(await VenueServerHarness.ComesTrueAsync(() => _server.Subscriptions(DeliveryChannel.Public) == 2 * _session.Topics.Count));

        var updates = new Dictionary<string, long>();
        long queuedMost = 0;
        int steps = 0;
        for (; _server.Connections(DeliveryChannel.Public) == 2 && steps < StepsMost; steps++)
        {
            await StepAsync(reader, updates);
            queuedMost = Math.Max(queuedMost, _server.QueuedBytes);
        }

        Assert.True(steps < StepsMost, $"not cut with {_server.QueuedBytes} bytes unread");
        Assert.InRange(queuedMost, VenueConnection.QueuedBytesMax / 2, VenueConnection.QueuedBytesMax);
        for (int i = 0; i < 5; i++) await StepAsync(reader, updates);
        Assert.True(await VenueServerHarness.ComesTrueAsync(() => _server.QueuedBytes == 0), $"{_server.QueuedBytes} bytes are left");   // what has arrived is counted off a moment later
        Assert.Equal(1, _server.Connections(DeliveryChannel.Public));
        Assert.All(_session.Topics.Where(topic => MarketFrame.BookDepth(topic) > 1), topic => Assert.True(updates[topic] > 10, topic));
        Assert.Empty(_faults);
    }

    /// <summary>Plays a while and reads all of it: the client's ping is answered behind what was sent before.</summary>
    private async Task StepAsync(SocketClient reader, Dictionary<string, long> updates)
    {
        _play.Step(Interlocked.Add(ref _nowNanos, StepNanos));
        await reader.SendAsync("""{"op":"ping"}""");
        while (true)
        {
            JsonElement frame = JsonDocument.Parse(await reader.NextAsync().WaitAsync(VenueServerHarness.Patience)).RootElement;
            if (frame.TryGetProperty("op", out JsonElement op))
            {
                if (op.ValueEquals("ping")) return;
                continue;
            }

            string topic = frame.GetProperty("topic").GetString()!;
            if (MarketFrame.BookDepth(topic) <= 1) continue;
            long update = frame.GetProperty("data").GetProperty("u").GetInt64();
            if (updates.TryGetValue(topic, out long before)) Assert.Equal(("delta", before + 1), (frame.GetProperty("type").GetString(), update));
            updates[topic] = update;
        }
    }

    /// <summary>A client that never reads, with a small buffer in its kernel.</summary>
    private async Task<ClientWebSocket> DeafAsync()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
                await socket.ConnectAsync(context.DnsEndPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        var client = new ClientWebSocket();
        await client.ConnectAsync(_server.PublicEndpoint, new HttpMessageInvoker(handler), CancellationToken.None);
        return client;
    }
}
