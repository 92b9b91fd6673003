using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace LatencyEngine.Simulator;

/// <summary>The gateway of the dry-run venue: V5's public, private and order-entry WebSockets and its REST calls, on one address.</summary>
/// <remarks>
/// It holds no market and no account. Commands of the sockets (login, ping, subscriptions) are answered at once, the end of a subscription when it takes effect; everything that concerns the venue waits to
/// be taken with <see cref="DrainIncoming"/> by the one thread that drives a <see cref="ReplaySession"/>, which hands what the session delivers to
/// <see cref="Route"/>. A subscription and its end take effect when they are drained. Text frames are sent by one writer loop a connection and never wait for a client.
/// </remarks>
public sealed class VenueServer : IAsyncDisposable
{
    /// <summary>Path of the public socket.</summary>
    public const string PublicPath = "/v5/public/linear";

    /// <summary>Path of the private socket.</summary>
    public const string PrivatePath = "/v5/private";

    /// <summary>Path of the order-entry socket.</summary>
    public const string TradePath = "/v5/trade";

    private const string ControlPath = "/control/";
    private const int SnapshotsAskedMax = 2_000;   // of one socket, on their way
    private const int SocketsMax = 1_000;           // Bybit V5, 3, names it for the market data of one address; here it is what all of them may open
    private const int HttpConnectionsMax = 1_000;
    private const int BodyBytesMax = 1 << 16;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ScanInterval = TimeSpan.FromSeconds(30);   // Bybit V5, 3

    private readonly VenueServerSettings _settings;
    private readonly SocketCommands _commands;
    private readonly RestGateway _rest;
    private readonly DisconnectGuard _guard = new();
    private readonly AddressLimits? _addressLimits;
    private readonly ConcurrentDictionary<long, VenueConnection> _connections = new();
    private readonly ConcurrentQueue<Arrival> _incoming = new();
    private readonly ConcurrentDictionary<DeliveryChannel, long> _outUntilNanos = new();
    private readonly ConcurrentDictionary<DeliveryChannel, long> _sessions = new();   // accepted so far
    private readonly Lock _subscribing = new();
    private readonly Timer _scanner;

    private WebApplication? _app;
    private Uri _address = new("http://127.0.0.1");
    private long _lastOrigin;
    private long _receivedRequests;
    private long _turnedAway;
    private int _openSockets;
    private int _earlySnapshots;   // subscriptions that are still to be answered behind their snapshot
    private volatile Forbidding? _forbidding;

    /// <summary>A server that does not listen yet.</summary>
    /// <exception cref="ArgumentException">The address is not an IP address, the port is not one, or the keys are none, empty or given twice.</exception>
    public VenueServer(VenueServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!IPAddress.TryParse(settings.Address, out _)) throw new ArgumentException($"the address must be an IP address such as 127.0.0.1, was '{settings.Address}'", nameof(settings));
        if (settings.Port is < 0 or > ushort.MaxValue) throw new ArgumentException($"the port must lie in 0..{ushort.MaxValue}, was {settings.Port}", nameof(settings));
        _settings = settings;
        _addressLimits = settings.LimitsAddresses ? new AddressLimits() : null;
        var credentials = new ApiCredentials(settings.Keys);
        HashSet<string> offered = [.. settings.Topics.Where(topic => settings.Symbols.Contains(MarketFrame.Classify(topic).Symbol))];
        _commands = new SocketCommands(settings, credentials, offered, _addressLimits) { OnTopics = ChangeTopics, OnOrder = TakeOrder, OnRefused = Refused };
        _rest = new RestGateway(settings, credentials, _guard, request => Enqueue(new Arrival(request))) { OnRefused = Refused };
        _scanner = new Timer(_ => CutOverdue(Stopwatch.GetTimestamp()));
    }

    /// <summary>Called on any thread after something came in; set it before <see cref="StartAsync"/>. It must not block.</summary>
    public Action? OnIncoming { get; set; }

    /// <summary>Called on any thread with code and text of each request that the gateway refuses by itself, so that no delivery tells of it; set it before <see cref="StartAsync"/>. It must not block.</summary>
    public Action<int, string>? OnRefused { get; set; }

    /// <summary>Called on any thread with one line when serving a client ended in a fault of the venue itself, which must not happen.</summary>
    public Action<string>? OnFault { get; set; }

    /// <summary>Where REST is served, once started.</summary>
    public Uri RestEndpoint => _address;

    /// <summary>The public socket, once started.</summary>
    public Uri PublicEndpoint => Socket(PublicPath);

    /// <summary>The private socket, once started.</summary>
    public Uri PrivateEndpoint => Socket(PrivatePath);

    /// <summary>The order-entry socket, once started.</summary>
    public Uri TradeEndpoint => Socket(TradePath);

    /// <summary>Order-entry requests received so far; each of them can be drained. Any thread.</summary>
    public long ReceivedRequests => Interlocked.Read(ref _receivedRequests);

    /// <summary>REST calls that a fault has answered with 503 or 403 so far. Any thread.</summary>
    public long TurnedAway => Interlocked.Read(ref _turnedAway);

    /// <summary>What waits for the clients of all open sockets. Any thread.</summary>
    internal long QueuedBytes => _connections.Values.Sum(connection => connection.QueuedBytes);

    /// <summary>The accounts of its keys.</summary>
    internal IEnumerable<long> Uids => _settings.Keys.Select(key => key.Uid).Distinct();

    /// <summary>Starts to listen.</summary>
    /// <exception cref="VenueServerException">The address and port cannot be listened on.</exception>
    public async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = BodyBytesMax;
            options.Limits.MaxConcurrentConnections = HttpConnectionsMax;   // those that have become sockets are not among them
            options.Listen(IPAddress.Parse(_settings.Address), _settings.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        WebApplication app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        app.Run(ServeAsync);
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync();
            Exception cause = e.GetBaseException();
            string mend = cause is SocketException { SocketErrorCode: SocketError.AddressNotAvailable } ? "name an address of this machine, for example 127.0.0.1" : "choose another port, or 0 for any that is free";
            throw new VenueServerException($"the venue cannot listen on {_settings.Address} port {_settings.Port} ({cause.Message}); {mend}", e);
        }

        _app = app;
        _address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        _scanner.Change(ScanInterval, ScanInterval);
    }

    /// <summary>Cuts every connection and stops to listen.</summary>
    public async Task StopAsync()
    {
        if (_app is not { } app) return;
        _app = null;
        await _scanner.DisposeAsync();
        foreach (VenueConnection connection in _connections.Values) connection.Abort();
        _rest.Stop();
        using var limit = new CancellationTokenSource(StopTimeout);
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _scanner.DisposeAsync();
    }

    /// <summary>Open sockets of a channel. Any thread.</summary>
    public int Connections(DeliveryChannel channel) => _connections.Values.Count(connection => connection.Channel == channel);

    /// <summary>Topics subscribed on the open sockets of a channel; each of them is drained or can be. Any thread.</summary>
    public int Subscriptions(DeliveryChannel channel)
    {
        lock (_subscribing)
        {
            return _connections.Values.Where(connection => connection.Channel == channel).Sum(connection => connection.TopicCount);
        }
    }

    /// <summary>Cuts every connection of a channel as a broken line does: no close frame, and what was queued is lost. Any thread.</summary>
    public void Cut(DeliveryChannel channel) => Each(channel, static connection => connection.Abort());

    /// <summary>Lets a fault of connections happen (<see cref="ReplaySession.TryTakeConnectionFault"/>). Driver only.</summary>
    /// <param name="fault">One that <see cref="Fault.IsOfConnections"/>; during an outage of every channel REST answers 503 too, and during one of <see cref="DeliveryChannel.LookUpEnd"/> REST alone.</param>
    /// <param name="nowNanos">Venue time, ns since 1970.</param>
    public void CarryOut(Fault fault, long nowNanos)
    {
        ArgumentNullException.ThrowIfNull(fault);
        DeliveryChannel[] channels = fault switch
        {
            { Kind: FaultKind.Forbidden } => [],
            { Channel: not DeliveryChannel.Unset } => [fault.Channel],
            { Kind: FaultKind.Login } => [DeliveryChannel.Private, DeliveryChannel.Trade],
            { Kind: FaultKind.Subscription } => [DeliveryChannel.Public, DeliveryChannel.Private],
            { Kind: FaultKind.Early } => [DeliveryChannel.Public],
            _ => [DeliveryChannel.Public, DeliveryChannel.Private, DeliveryChannel.Trade],
        };
        if (fault.Kind == FaultKind.Forbidden) _forbidding = new Forbidding(nowNanos + fault.DurationNanos, fault.Text);
        if (fault.Kind == FaultKind.Early) Volatile.Write(ref _earlySnapshots, fault.Count);
        foreach (DeliveryChannel channel in channels)
        {
            if (fault.Kind == FaultKind.Outage) _outUntilNanos[channel] = nowNanos + fault.DurationNanos;
            if (fault.Kind == FaultKind.Login) _commands.RefuseLogins(channel, fault.Count);
            if (fault.Kind == FaultKind.Subscription) _commands.RefuseSubscriptions(channel, fault.Count, fault.IsCarriedOut);
            switch (fault.Kind)
            {
                case FaultKind.Close:
                    Each(channel, static connection => connection.Close());
                    break;
                case FaultKind.HalfOpen:
                    Each(channel, static connection => connection.FallSilent());
                    break;
                default:
                    Cut(channel);
                    break;
            }
        }
    }

    /// <summary>Takes what has come in, in order, and lets subscriptions take effect. Driver only.</summary>
    /// <param name="producedCount"><see cref="ReplaySession.ProducedCount"/>: a new subscription receives what is produced after it; at 0 the recorded snapshot is still to come.</param>
    /// <param name="take">Called for each request.</param>
    public void DrainIncoming(long producedCount, Action<IncomingRequest> take)
    {
        ArgumentNullException.ThrowIfNull(take);
        lock (_subscribing)
        {
            // Waited for only: a change whose answer is out already is in the queue from here on.
        }

        while (_incoming.TryDequeue(out Arrival arrival))
        {
            if (arrival.Subscriber is { } connection)
            {
                // Who ended a subscription and left at once has ended it all the same.
                if (!arrival.Subscribes || _connections.ContainsKey(connection.Id)) ChangeSubscriptions(connection, arrival, producedCount, take);
            }
            else take(arrival.Request);
        }

        foreach (long uid in _guard.TakeExpired(IsGuarded, _settings.Clock())) take(new IncomingRequest(IncomingKind.Disconnected, 0, Uid: uid));
    }

    /// <summary>Sends a delivery to whom it belongs: market data and private messages to their subscribers, an answer to its origin alone. Ticks and what nobody wants are dropped; for a lost snapshot nobody waits any longer. Driver only.</summary>
    public void Route(in Delivery delivery)
    {
        switch (delivery.Channel)
        {
            case DeliveryChannel.Public:
                RoutePublic(in delivery);
                break;
            case DeliveryChannel.Private:
                RoutePrivate(in delivery);
                break;
            case DeliveryChannel.Trade:
                if (_connections.TryGetValue(delivery.Origin, out VenueConnection? origin)) origin.Reply(delivery.Frame);
                break;
            case DeliveryChannel.LookUpEnd:
                _rest.Answer(delivery.Origin, delivery.Frame);
                break;
        }
    }

    /// <summary>Cuts the sockets that have been silent for too long or have reached the age that the client set. Any thread.</summary>
    /// <param name="timestamp">Now, of the <see cref="Stopwatch"/>.</param>
    internal void CutOverdue(long timestamp)
    {
        foreach (VenueConnection connection in _connections.Values.Where(connection => connection.IsOverdue(timestamp, _settings.IdleCut))) connection.Abort();
    }

    private void Refused(Refusal refusal) => OnRefused?.Invoke(refusal.Code, refusal.Text);

    private void Each(DeliveryChannel channel, Action<VenueConnection> act)
    {
        foreach (VenueConnection connection in _connections.Values.Where(connection => connection.Channel == channel)) act(connection);
    }

    private Uri Socket(string path) => new UriBuilder(_address) { Scheme = "ws", Path = path }.Uri;

    private void ChangeSubscriptions(VenueConnection connection, Arrival arrival, long producedCount, Action<IncomingRequest> take)
    {
        if (!arrival.Subscribes)
        {
            foreach (string topic in arrival.Topics)
            {
                if (connection.Unsubscribe(topic) && topic == DisconnectGuard.Topic && !IsGuarded(connection.Key!.Uid)) _guard.Disarm(connection.Key.Uid);
            }
        }

        bool isHeld = arrival.Subscribes && arrival.AnswerLeft is not null && producedCount > 0 && _earlySnapshots > 0 && arrival.Topics.Any(topic => SnapshotOf(topic) != IncomingKind.Unset);
        if (arrival.AnswerLeft is { } left && !isHeld) connection.ReplyLeft(left);
        if (!arrival.Subscribes) return;
        foreach (string topic in arrival.Topics)
        {
            IncomingKind snapshot = SnapshotOf(topic);
            bool asks = snapshot != IncomingKind.Unset && producedCount > 0;
            if (asks && ++connection.SnapshotsAsked > SnapshotsAskedMax)
            {
                connection.Abort();
                return;
            }

            bool holds = isHeld && asks;
            connection.Subscribe(topic, producedCount, awaitsSnapshot: asks, holds ? arrival.AnswerLeft : null);
            if (holds)
            {
                isHeld = false;   // the first snapshot brings the answer
                _earlySnapshots--;
            }

            if (topic == DisconnectGuard.Topic) _guard.Arm(connection.Key!.Uid);
            if (asks) take(new IncomingRequest(snapshot, connection.Id, Topic: topic));
        }
    }

    /// <summary>What a subscription begins with; <see cref="IncomingKind.Unset"/> where that is the next message.</summary>
    private static IncomingKind SnapshotOf(string topic) =>
        MarketFrame.BookDepth(topic) > 1 ? IncomingKind.BookSnapshot : MarketFrame.Classify(topic).Topic == MarketTopic.Ticker ? IncomingKind.TickerSnapshot : IncomingKind.Unset;

    private void RoutePublic(in Delivery delivery)
    {
        if (_connections.TryGetValue(delivery.Origin, out VenueConnection? origin)) origin.SnapshotsAsked--;
        if (delivery.Frame.IsEmpty || !MarketFrame.TryReadTopicName(delivery.Frame.Span, out string topic)) return;
        foreach ((long id, VenueConnection connection) in _connections)
        {
            if (connection.Channel != DeliveryChannel.Public || (delivery.Origin != 0 && delivery.Origin != id)) continue;
            if (!connection.Accepts(topic, in delivery)) continue;
            if (!delivery.IsLost) connection.Send(delivery.Frame);
            connection.ReplyHeld(topic);
        }
    }

    private void RoutePrivate(in Delivery delivery)
    {
        if (!MarketFrame.TryReadTopicName(delivery.Frame.Span, out string topic)) return;
        foreach ((_, VenueConnection connection) in _connections)
        {
            if (connection.Channel != DeliveryChannel.Private || connection.Key?.Uid != delivery.Uid) continue;
            if (connection.Accepts(topic, in delivery)) connection.Send(delivery.Frame);
            if (connection.Accepts(topic + ".linear", in delivery)) connection.Send(Renamed(delivery.Frame, topic));
        }
    }

    /// <summary>The message under its categorised name: clients find the name they subscribed to (Bybit V5, 7).</summary>
    private static ReadOnlyMemory<byte> Renamed(ReadOnlyMemory<byte> frame, string topic) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(frame.Span).Replace($"\"topic\":\"{topic}\"", $"\"topic\":\"{topic}.linear\"", StringComparison.Ordinal));

    private bool IsGuarded(long uid) => _connections.Values.Any(connection => connection.Key?.Uid == uid && connection.Forwards(DisconnectGuard.Topic));

    private async Task ServeAsync(HttpContext context)
    {
        try
        {
            await (context.Request.Path.Value switch
            {
                PublicPath => ServeSocketAsync(context, DeliveryChannel.Public),
                PrivatePath => ServeSocketAsync(context, DeliveryChannel.Private),
                TradePath => ServeSocketAsync(context, DeliveryChannel.Trade),
                { } path when path.StartsWith(ControlPath, StringComparison.Ordinal) => ServeControlAsync(context, path[ControlPath.Length..]),
                _ => ServeCallAsync(context),
            });
        }
        catch (BadHttpRequestException e)
        {
            // The body was too long, too slow or broken.
            if (!context.Response.HasStarted) context.Response.StatusCode = e.StatusCode;
        }
        catch (Exception e) when (VenueConnection.IsGone(e))
        {
            // The client has gone, or the server stops: nobody reads an answer.
            context.Abort();
        }
        catch (Exception e)
        {
            OnFault?.Invoke($"{context.Request.Method} {context.Request.Path}: {e.GetType().Name}: {e.Message}");
            throw;
        }
    }

    private bool IsOut(DeliveryChannel channel) => _outUntilNanos.TryGetValue(channel, out long untilNanos) && _settings.Clock() < untilNanos;

    private async Task ServeCallAsync(HttpContext context)
    {
        if (IsOut(DeliveryChannel.LookUpEnd) || (IsOut(DeliveryChannel.Public) && IsOut(DeliveryChannel.Private) && IsOut(DeliveryChannel.Trade)))
        {
            Interlocked.Increment(ref _turnedAway);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        if (_forbidding is { } forbidding && _settings.Clock() < forbidding.UntilNanos)
        {
            Interlocked.Increment(ref _turnedAway);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync(forbidding.Text, context.RequestAborted);
            return;
        }

        if (_addressLimits?.TakeHttp(AddressOf(context), _settings.Clock()) == false)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync("403, access too frequent", context.RequestAborted);
            return;
        }

        await _rest.ServeAsync(context);
    }

    private async Task ServeSocketAsync(HttpContext context, DeliveryChannel channel)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        if (IsOut(channel))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        if (_addressLimits?.TakeSocket(AddressOf(context), _settings.Clock()) == false)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _openSockets) > SocketsMax) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else await ServeSessionAsync(context, channel);
        }
        finally
        {
            Interlocked.Decrement(ref _openSockets);
        }
    }

    private async Task ServeSessionAsync(HttpContext context, DeliveryChannel channel)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        var connection = new VenueConnection(Interlocked.Increment(ref _lastOrigin), SessionName(channel), channel, socket, context, _settings.ReplyDelay);
        _connections[connection.Id] = connection;
        try
        {
            await connection.RunAsync(message => _commands.Take(connection, message));
        }
        finally
        {
            _connections.TryRemove(connection.Id, out _);
        }
    }

    /// <summary>Counted by channel: a client that opens its three sockets at once is told the same names every time.</summary>
    private string SessionName(DeliveryChannel channel)
    {
        string kind = channel switch
        {
            DeliveryChannel.Public => "dryrunpublic00000000",
            DeliveryChannel.Private => "dryrunprivate0000000",
            _ => "dryrun00000000000000",   // of VenueJson.FirstConnectionId
        };
        return string.Create(CultureInfo.InvariantCulture, $"{kind}-{_sessions.AddOrUpdate(channel, 1, (_, last) => last + 1)}");
    }

    /// <summary>The control calls for tests: <c>list</c> names the open sockets, <c>cut</c> cuts those of the channel in the body, <c>fault</c> lets something go wrong.</summary>
    private async Task ServeControlAsync(HttpContext context, string name)
    {
        if (!_settings.ServesControl || !IPAddress.IsLoopback(AddressOf(context)) || !HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        string? answer;
        try
        {
            answer = name switch
            {
                "list" => ListConnections(),
                "cut" => CutNamed(body),
                "fault" => TakeFault(body),
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(e is JsonException ? "the body is not JSON" : e.Message, context.RequestAborted);
            return;
        }

        context.Response.StatusCode = answer is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        if (answer is not null) await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    /// <summary>The body is a fault as in a file of them (<see cref="Fault.Parse"/>), counted from now.</summary>
    private string TakeFault(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        Enqueue(new Arrival(new IncomingRequest(IncomingKind.Fault, 0) { Fault = Fault.Parse(document.RootElement) }));
        return "{}";
    }

    private string ListConnections() => Encoding.UTF8.GetString(CompactJson.Object(json =>
    {
        json.WriteStartArray("connections");
        foreach (VenueConnection connection in _connections.Values.OrderBy(connection => connection.Id))
        {
            json.WriteStartObject();
            json.WriteNumber("id", connection.Id);
            json.WriteString("channel", connection.Channel.ToString());
            json.WriteNumber("uid", connection.Key?.Uid ?? 0);
            json.WriteNumber("topics", connection.TopicCount);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }));

    /// <summary>The body is the channel's name: <c>public</c>, <c>private</c> or <c>trade</c>.</summary>
    private string? CutNamed(string body)
    {
        DeliveryChannel channel = body.Trim() switch
        {
            "public" => DeliveryChannel.Public,
            "private" => DeliveryChannel.Private,
            "trade" => DeliveryChannel.Trade,
            _ => DeliveryChannel.Unset,
        };
        if (channel == DeliveryChannel.Unset) return null;
        int open = Connections(channel);
        Cut(channel);
        return string.Create(CultureInfo.InvariantCulture, $$"""{"cut":{{open}}}""");
    }

    private static IPAddress AddressOf(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;

    private void TakeOrder(VenueConnection connection, ReadOnlyMemory<byte> message)
    {
        Enqueue(new Arrival(new IncomingRequest(IncomingKind.Order, connection.Id, message.ToArray(), Uid: connection.Key!.Uid) { ConnectionId = connection.Name }));
        Interlocked.Increment(ref _receivedRequests);
    }

    /// <summary>
    /// The answer to a subscription goes out before any message of the topics, and whoever has read it finds the change in <see cref="DrainIncoming"/>. An unsubscription is answered there,
    /// as is what follows it: behind that answer nothing of the topics may come, and until then the driver may be sending it. So is a subscription that may have its answer held (<see cref="FaultKind.Early"/>).
    /// </summary>
    private void ChangeTopics(VenueConnection connection, SocketCommand command, byte[] reply)
    {
        lock (_subscribing)
        {
            bool subscribes = command.Op == "subscribe";
            bool isLeft = !subscribes || connection.HasAnswersWaiting || (connection.Channel == DeliveryChannel.Public && Volatile.Read(ref _earlySnapshots) > 0);
            if (isLeft) connection.LeaveAnswer();
            else connection.Reply(reply);
            if (subscribes) connection.Topics.UnionWith(command.Args);
            else connection.Topics.ExceptWith(command.Args);
            Enqueue(new Arrival(default, connection, command.Args, subscribes, isLeft ? reply : null));
            connection.CountTopics();
        }
    }

    private void Enqueue(Arrival arrival)
    {
        _incoming.Enqueue(arrival);
        OnIncoming?.Invoke();
    }

    /// <summary>REST answers 403 with a text until a time, ns since 1970.</summary>
    private sealed record Forbidding(long UntilNanos, string Text);

    /// <summary>A request for the session, or a change of one connection's subscriptions.</summary>
    private readonly record struct Arrival(IncomingRequest Request, VenueConnection? Subscriber = null, IReadOnlyList<string>? Changed = null, bool Subscribes = false, byte[]? AnswerLeft = null)
    {
        public IReadOnlyList<string> Topics => Changed ?? [];
    }

    /// <summary>Starts and stops with its owner; the usual lifetime would take Ctrl-C for itself.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
