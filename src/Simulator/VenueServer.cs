using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LatencyEngine.Simulator;

/// <summary>The gateway of the dry-run venue: V5's public, private and order-entry WebSockets, and over REST its look-ups and the cancelling of every order, on one address.</summary>
/// <remarks>
/// It holds no market and no account. Commands of the sockets (login, ping, subscriptions) are answered at once; everything that concerns the venue waits to
/// be taken with <see cref="DrainIncoming"/> by the one thread that drives a <see cref="ReplaySession"/>, which hands what the session delivers to
/// <see cref="Route"/>. A subscription takes effect when it is drained. Text frames are sent by one writer loop a connection and never wait for a client.
/// Where V5's text is not known, these are assumed: a private topic before the login is refused with the text of the older API, an order before the login
/// with 10003; a failed login leaves the socket open; unsubscribing what was not subscribed succeeds.
/// </remarks>
public sealed class VenueServer : IAsyncDisposable
{
    /// <summary>Path of the public socket.</summary>
    public const string PublicPath = "/v5/public/linear";

    /// <summary>Path of the private socket.</summary>
    public const string PrivatePath = "/v5/private";

    /// <summary>Path of the order-entry socket.</summary>
    public const string TradePath = "/v5/trade";

    private const int LookUpsPerSecond = 50;     // Bybit V5, 17.2
    private const int CancelAllsPerSecond = 10;  // Bybit V5, 17.2
    private const int BodyBytesMax = 1 << 16;
    private const long NanosPerMilli = 1_000_000;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly string[] Categorised = ["order", "execution", "position"];
    private static readonly HashSet<string> PrivateTopics = [.. Categorised, .. Categorised.Select(topic => topic + ".linear"), "wallet"];

    private readonly VenueServerSettings _settings;
    private readonly ApiCredentials _credentials;
    private readonly HashSet<string> _publicTopics;
    private readonly ConcurrentDictionary<long, VenueConnection> _connections = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource<ReadOnlyMemory<byte>>> _calls = new();
    private readonly ConcurrentQueue<Arrival> _incoming = new();
    private readonly Dictionary<string, RequestLimit> _limits = new(StringComparer.Ordinal)
    {
        [VenueRest.OrdersPath] = new RequestLimit(LookUpsPerSecond),
        [VenueRest.ExecutionsPath] = new RequestLimit(LookUpsPerSecond),
        [VenueRest.CancelAllPath] = new RequestLimit(CancelAllsPerSecond),
    };

    private WebApplication? _app;
    private Uri _address = new("http://127.0.0.1");
    private readonly Lock _subscribing = new();
    private long _lastOrigin;
    private long _receivedRequests;

    /// <summary>A server that does not listen yet.</summary>
    /// <exception cref="ArgumentException">The address is not an IP address, or the port is not one.</exception>
    public VenueServer(VenueServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!IPAddress.TryParse(settings.Address, out _)) throw new ArgumentException($"the address must be an IP address such as 127.0.0.1, was '{settings.Address}'", nameof(settings));
        if (settings.Port is < 0 or > ushort.MaxValue) throw new ArgumentException($"the port must lie in 0..{ushort.MaxValue}, was {settings.Port}", nameof(settings));
        _settings = settings;
        _credentials = new ApiCredentials(settings.Key, settings.Secret);
        _publicTopics = [.. settings.Topics.Where(topic => settings.Symbols.Contains(MarketFrame.Classify(topic).Symbol))];
    }

    /// <summary>Called on any thread after something came in; set it before <see cref="StartAsync"/>. It must not block.</summary>
    public Action? OnIncoming { get; set; }

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

    /// <summary>Starts to listen.</summary>
    /// <exception cref="VenueServerException">The address and port cannot be listened on.</exception>
    public async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = BodyBytesMax;
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
            throw new VenueServerException(
                $"the venue cannot listen on {_settings.Address} port {_settings.Port} ({e.GetBaseException().Message}); choose another port, or 0 for any that is free", e);
        }

        _app = app;
        _address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    /// <summary>Cuts every connection and stops to listen.</summary>
    public async Task StopAsync()
    {
        if (_app is not { } app) return;
        _app = null;
        foreach (VenueConnection connection in _connections.Values) connection.Abort();
        foreach (TaskCompletionSource<ReadOnlyMemory<byte>> call in _calls.Values) call.TrySetCanceled();
        using var limit = new CancellationTokenSource(StopTimeout);
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(StopAsync());

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
    public void Cut(DeliveryChannel channel)
    {
        foreach (VenueConnection connection in _connections.Values.Where(connection => connection.Channel == channel)) connection.Abort();
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
            if (arrival.Subscriber is { } connection) ChangeSubscriptions(connection, arrival, producedCount, take);
            else take(arrival.Request);
        }
    }

    /// <summary>Sends a delivery to whom it belongs: market data and private messages to their subscribers, an answer to its origin alone. Ticks and what nobody wants are dropped. Driver only.</summary>
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
                if (_connections.TryGetValue(delivery.Origin, out VenueConnection? origin)) origin.Send(delivery.Frame);
                break;
            case DeliveryChannel.LookUpEnd:
                if (_calls.TryGetValue(delivery.Origin, out TaskCompletionSource<ReadOnlyMemory<byte>>? call)) call.TrySetResult(delivery.Frame);
                break;
        }
    }

    private Uri Socket(string path) => new UriBuilder(_address) { Scheme = "ws", Path = path }.Uri;

    private static void ChangeSubscriptions(VenueConnection connection, Arrival arrival, long producedCount, Action<IncomingRequest> take)
    {
        foreach (string topic in arrival.Topics)
        {
            if (!arrival.Subscribes)
            {
                connection.Unsubscribe(topic);
                continue;
            }

            (MarketTopic family, _) = MarketFrame.Classify(topic);
            IncomingKind snapshot = MarketFrame.BookDepth(topic) > 1 ? IncomingKind.BookSnapshot : family == MarketTopic.Ticker ? IncomingKind.TickerSnapshot : IncomingKind.Unset;
            bool asks = snapshot != IncomingKind.Unset && producedCount > 0;
            connection.Subscribe(topic, producedCount, awaitsSnapshot: asks);
            if (asks) take(new IncomingRequest(snapshot, connection.Id, Topic: topic));
        }
    }

    private void RoutePublic(in Delivery delivery)
    {
        if (!MarketFrame.TryReadTopicName(delivery.Frame.Span, out string topic)) return;
        foreach ((long id, VenueConnection connection) in _connections)
        {
            if (connection.Channel != DeliveryChannel.Public || (delivery.Origin != 0 && delivery.Origin != id)) continue;
            if (connection.Accepts(topic, in delivery)) connection.Send(delivery.Frame);
        }
    }

    private void RoutePrivate(in Delivery delivery)
    {
        if (!MarketFrame.TryReadTopicName(delivery.Frame.Span, out string topic)) return;
        foreach ((_, VenueConnection connection) in _connections)
        {
            if (connection.Channel != DeliveryChannel.Private) continue;
            if (connection.Accepts(topic, in delivery)) connection.Send(delivery.Frame);
            if (connection.Accepts(topic + ".linear", in delivery)) connection.Send(Renamed(delivery.Frame, topic));
        }
    }

    /// <summary>The message under its categorised name: clients find the name they subscribed to (Bybit V5, 7).</summary>
    private static ReadOnlyMemory<byte> Renamed(ReadOnlyMemory<byte> frame, string topic) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(frame.Span).Replace($"\"topic\":\"{topic}\"", $"\"topic\":\"{topic}.linear\"", StringComparison.Ordinal));

    private Task ServeAsync(HttpContext context) => context.Request.Path.Value switch
    {
        PublicPath => ServeSocketAsync(context, DeliveryChannel.Public),
        PrivatePath => ServeSocketAsync(context, DeliveryChannel.Private),
        TradePath => ServeSocketAsync(context, DeliveryChannel.Trade),
        { } path when HttpMethods.IsGet(context.Request.Method) && VenueRest.Serves(path) => ServeLookUpAsync(context, path),
        VenueRest.CancelAllPath when HttpMethods.IsPost(context.Request.Method) => ServeCancelAllAsync(context),
        _ => ServeNothing(context),
    };

    private static Task ServeNothing(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private async Task ServeSocketAsync(HttpContext context, DeliveryChannel channel)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        var connection = new VenueConnection(Interlocked.Increment(ref _lastOrigin), channel, socket, context);
        _connections[connection.Id] = connection;
        try
        {
            await connection.RunAsync(message => OnMessage(connection, message));
        }
        finally
        {
            _connections.TryRemove(connection.Id, out _);
        }
    }

    private async Task ServeLookUpAsync(HttpContext context, string path)
    {
        if (path == VenueRest.TimePath)
        {
            await WriteAsync(context, VenueRest.Time(_settings.Clock()));
            return;
        }

        string query = context.Request.QueryString.HasValue ? context.Request.QueryString.Value![1..] : "";
        await ServeCallAsync(context, path, query, new IncomingRequest(IncomingKind.LookUp, Interlocked.Increment(ref _lastOrigin), Path: path, Query: query));
    }

    private async Task ServeCancelAllAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var request = new IncomingRequest(IncomingKind.CancelAll, Interlocked.Increment(ref _lastOrigin), body.ToArray());
        await ServeCallAsync(context, VenueRest.CancelAllPath, Encoding.UTF8.GetString(request.Frame.Span), request);
    }

    /// <summary>Hands a call that is signed and within its limit to the driver, and waits for the answer.</summary>
    /// <param name="context">The call.</param>
    /// <param name="path">One that has a limit.</param>
    /// <param name="payload">What is signed: the raw query or the raw body (Bybit V5, 9.1).</param>
    /// <param name="request">What the driver takes.</param>
    private async Task ServeCallAsync(HttpContext context, string path, string payload, IncomingRequest request)
    {
        if (RefuseCall(context, path, payload) is { } refusal)
        {
            if (refusal.Code == 10003) context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await WriteAsync(context, VenueRest.Refused(refusal, _settings.Clock()));
            return;
        }

        var answer = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[request.Origin] = answer;
        try
        {
            Enqueue(new Arrival(request));
            await WriteAsync(context, await answer.Task.WaitAsync(context.RequestAborted));
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or the server stops: nobody reads an answer.
            context.Abort();
        }
        finally
        {
            _calls.TryRemove(request.Origin, out _);
        }
    }

    private Refusal? RefuseCall(HttpContext context, string path, string payload)
    {
        long nowNanos = _settings.Clock();
        Refusal? refusal = _credentials.CheckCall(Header("X-BAPI-API-KEY"), Header("X-BAPI-TIMESTAMP"), Header("X-BAPI-RECV-WINDOW"), Header("X-BAPI-SIGN"), payload, nowNanos / NanosPerMilli);
        if (refusal is not null) return refusal;
        RequestLimit limit = _limits[path];
        lock (limit)
        {
            bool isFree = limit.TryTake(nowNanos);
            IHeaderDictionary headers = context.Response.Headers;
            headers["X-Bapi-Limit"] = limit.RequestsPerSecond.ToString(CultureInfo.InvariantCulture);
            headers["X-Bapi-Limit-Status"] = limit.Remaining.ToString(CultureInfo.InvariantCulture);
            headers["X-Bapi-Limit-Reset-Timestamp"] = VenueJson.Millis(limit.ResetNanos(nowNanos) / NanosPerMilli);
            return isFree ? null : new Refusal(10006, "Too many visits. Exceeded the API Rate Limit.");
        }

        string Header(string name) => context.Request.Headers[name].ToString();
    }

    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private void OnMessage(VenueConnection connection, ReadOnlyMemory<byte> message)
    {
        if (_settings.NeverAnswers) return;
        switch (connection.Channel)
        {
            case DeliveryChannel.Public:
                OnPublicMessage(connection, message);
                break;
            case DeliveryChannel.Private:
                OnPrivateMessage(connection, message);
                break;
            default:
                OnTradeMessage(connection, message);
                break;
        }
    }

    private void OnPublicMessage(VenueConnection connection, ReadOnlyMemory<byte> message)
    {
        if (SocketCommand.TryParse(message, "req_id") is not { } command)
        {
            connection.Send(SocketReplies.Public(new SocketCommand("", null, []), UndecodedText(message.Span), connection.Name));
            return;
        }

        switch (command.Op)
        {
            case "ping":
                connection.Send(SocketReplies.PublicPong(command, connection.Name));
                break;
            case "subscribe" or "unsubscribe":
                string? fault = SubscriptionFault(connection, command, _publicTopics);
                AnswerSubscription(connection, command, fault, SocketReplies.Public(command, fault, connection.Name));
                break;
            default:
                connection.Send(SocketReplies.Public(command, "error:invalid op", connection.Name));
                break;
        }
    }

    private void OnPrivateMessage(VenueConnection connection, ReadOnlyMemory<byte> message)
    {
        if (SocketCommand.TryParse(message, "req_id") is not { } command)
        {
            connection.Send(SocketReplies.Private(new SocketCommand("", null, []), UndecodedText(message.Span), connection.Name));
            return;
        }

        long nowMillis = _settings.Clock() / NanosPerMilli;
        switch (command.Op)
        {
            case "ping":
                connection.Send(SocketReplies.PrivatePong(command, connection.Name, nowMillis));
                break;
            case "auth":
                Refusal? refusal = _credentials.CheckLogin(command.Args, nowMillis);
                connection.IsAuthenticated |= refusal is null;
                connection.Send(SocketReplies.Private(command, refusal?.Text, connection.Name));
                break;
            case "subscribe" or "unsubscribe":
                string? fault = connection.IsAuthenticated
                    ? SubscriptionFault(connection, command, PrivateTopics)
                    : $"error:topic:{command.Args.FirstOrDefault("")} needs auth first";
                AnswerSubscription(connection, command, fault, SocketReplies.Private(command, fault, connection.Name));
                break;
            default:
                connection.Send(SocketReplies.Private(command, "error:invalid op", connection.Name));
                break;
        }
    }

    private void OnTradeMessage(VenueConnection connection, ReadOnlyMemory<byte> message)
    {
        SocketCommand command = SocketCommand.TryParse(message, "reqId") ?? new SocketCommand("", null, []);
        long nowMillis = _settings.Clock() / NanosPerMilli;
        if (command.Op == "ping")
        {
            connection.Send(SocketReplies.TradePong(connection.Name, nowMillis));
            return;
        }

        if (command.Op == "auth")
        {
            Refusal? refusal = connection.IsAuthenticated ? new Refusal(20001, "Repeated auth") : _credentials.CheckLogin(command.Args, nowMillis);
            connection.IsAuthenticated |= refusal is null;
            connection.Send(SocketReplies.Trade(command, refusal, connection.Name));
            return;
        }

        if (!connection.IsAuthenticated)
        {
            connection.Send(SocketReplies.Trade(command, new Refusal(10003, "auth is required before order entry"), connection.Name));
            return;
        }

        Enqueue(new Arrival(new IncomingRequest(IncomingKind.Order, connection.Id, message.ToArray())));
        Interlocked.Increment(ref _receivedRequests);
    }

    /// <summary>All or nothing: the first bad topic refuses the whole command (Bybit V5, 5.2, 5.3, 7).</summary>
    private static string? SubscriptionFault(VenueConnection connection, SocketCommand command, HashSet<string> offered)
    {
        if (command.Args.Count == 0) return "Params Error";
        if (command.Op == "unsubscribe") return null;
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (string topic in command.Args)
        {
            if (!offered.Contains(topic)) return $"error:handler not found,topic:{topic}";
            if (connection.Topics.Contains(topic) || !asked.Add(topic)) return $"error:already subscribed,topic:{topic}";
        }

        return asked.Any(topic => asked.Contains(topic + ".linear")) ? "Params Error" : null;
    }

    /// <summary>The answer goes out before any message of the topics, and whoever has read it finds the change in <see cref="DrainIncoming"/>.</summary>
    private void AnswerSubscription(VenueConnection connection, SocketCommand command, string? fault, ReadOnlyMemory<byte> reply)
    {
        lock (_subscribing)
        {
            connection.Send(reply);
            if (fault is null) ChangeTopics(connection, command);
        }
    }

    private void ChangeTopics(VenueConnection connection, SocketCommand command)
    {
        bool subscribes = command.Op == "subscribe";
        if (subscribes) connection.Topics.UnionWith(command.Args);
        else connection.Topics.ExceptWith(command.Args);
        Enqueue(new Arrival(default, connection, command.Args, subscribes));
        connection.CountTopics();
    }

    private static string UndecodedText(ReadOnlySpan<byte> message) =>
        $"Failed to decode incoming data:readObjectStart: expect {{ or n, but found {(message.IsEmpty ? "" : Encoding.UTF8.GetString(message)[..1])}";

    private void Enqueue(Arrival arrival)
    {
        _incoming.Enqueue(arrival);
        OnIncoming?.Invoke();
    }

    /// <summary>A request for the session, or a change of one connection's subscriptions.</summary>
    private readonly record struct Arrival(IncomingRequest Request, VenueConnection? Subscriber = null, IReadOnlyList<string>? Changed = null, bool Subscribes = false)
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
