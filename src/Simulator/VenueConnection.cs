using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace LatencyEngine.Simulator;

/// <summary>One client's socket. Its receive loop owns what the client has said, the venue's driver what the client is to receive, a writer loop the sending.</summary>
internal sealed class VenueConnection(long id, string name, DeliveryChannel channel, WebSocket socket, HttpContext context, TimeSpan replyDelay)
{
    private const int OrdersPerSecond = 4_000;   // assumed: see SocketCommands
    private const int RequestIdsMax = 10_000;    // assumed: see SocketCommands
    private const int ActiveSecondsMin = 30;     // Bybit V5, 3
    private const int ActiveSecondsMax = 600;

    private const int CommandsPerSecond = 200;   // a client that subscribes topic by topic stays far below

    private const int MessageBytesMax = 1 << 16;

    // Far beyond what a client that reads falls behind; without a bound one that does not would take the venue's memory.
    internal const long QueuedBytesMax = 16 << 20;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<(ReadOnlyMemory<byte> Frame, long NotBefore)> _outgoing =
        System.Threading.Channels.Channel.CreateUnbounded<(ReadOnlyMemory<byte> Frame, long NotBefore)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _requestIds = new(StringComparer.Ordinal);
    private readonly Queue<string> _requestIdsInOrder = [];
    private readonly Lock _ending = new();
    private bool _hasEnded;
    private volatile bool _isLeaving;
    private volatile bool _isSilent;
    private long _queuedBytes;
    private volatile int _topicCount;
    private int _answersWaiting;
    private readonly long _openedAt = Stopwatch.GetTimestamp();
    private readonly TimeSpan? _activeFor = ReadActiveTime(context.Request.Query["max_active_time"].ToString());
    private long _usedAt = Stopwatch.GetTimestamp();

    public long Id => id;

    public DeliveryChannel Channel => channel;

    /// <summary>As the client is told: <c>conn_id</c> or <c>connId</c>.</summary>
    public string Name => name;

    /// <summary>The client's address.</summary>
    public IPAddress Address { get; } = context.Connection.RemoteIpAddress ?? IPAddress.None;

    /// <summary>Who has logged in; null before. Written by the receive loop, once.</summary>
    public ApiKey? Key { get; set; }

    /// <summary>Commands of this session, in real time: one that sends more is cut. Receive loop only.</summary>
    public RequestLimit CommandLimit { get; } = new(CommandsPerSecond);

    /// <summary>Snapshots asked for and not routed yet. Driver only.</summary>
    public int SnapshotsAsked { get; set; }

    /// <summary>Order-entry requests of this session. Receive loop only.</summary>
    public RequestLimit OrderLimit { get; } = new(OrdersPerSecond);

    /// <summary>False when the session has sent an order-entry request under this id already, among its last <see cref="RequestIdsMax"/>; it has from here on (Bybit V5, 8.1). Receive loop only.</summary>
    public bool TryUseRequestId(string requestId)
    {
        if (!_requestIds.Add(requestId)) return false;
        _requestIdsInOrder.Enqueue(requestId);
        if (_requestIdsInOrder.Count > RequestIdsMax) _requestIds.Remove(_requestIdsInOrder.Dequeue());
        return true;
    }

    /// <summary>What waits to be sent; never above <see cref="QueuedBytesMax"/>, but for what several threads add at once. Any thread.</summary>
    public long QueuedBytes => Interlocked.Read(ref _queuedBytes);

    /// <summary>Names subscribed to. Receive loop only.</summary>
    public HashSet<string> Topics { get; } = new(StringComparer.Ordinal);

    /// <summary>Names subscribed to, counted. Any thread; never ahead of what the driver can drain.</summary>
    public int TopicCount => _topicCount;

    /// <summary>Serves the client until one side closes.</summary>
    /// <param name="onMessage">Called for every message on the receive loop; the bytes are valid until it returns.</param>
    public async Task RunAsync(Action<ReadOnlyMemory<byte>> onMessage)
    {
        Task writer = WriteAsync();
        WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure;
        try
        {
            status = await ReadAsync(onMessage);
        }
        catch (Exception e) when (IsGone(e))
        {
        }
        finally
        {
            _outgoing.Writer.TryComplete();
            await writer;
            await CloseAsync(status);
            lock (_ending) _hasEnded = true;
        }
    }

    /// <summary>Queues a text frame; a client that leaves too much of it unread is cut. Any thread; never waits for the client.</summary>
    public void Send(ReadOnlyMemory<byte> frame) => Queue(frame, notBefore: 0);

    /// <summary>Queues the answer to a command, which leaves no earlier than the reply delay. Any thread; never waits for the client.</summary>
    public void Reply(ReadOnlyMemory<byte> frame) => Queue(frame, replyDelay == TimeSpan.Zero ? 0 : Stopwatch.GetTimestamp() + (long)(replyDelay.TotalSeconds * Stopwatch.Frequency));

    /// <summary>Whether the socket has been silent for too long or has reached the age that the client set itself (Bybit V5, 3). Any thread.</summary>
    /// <param name="timestamp">Now, of the <see cref="Stopwatch"/>.</param>
    /// <param name="idleCut">The longest silence.</param>
    public bool IsOverdue(long timestamp, TimeSpan idleCut) =>
        Stopwatch.GetElapsedTime(Interlocked.Read(ref _usedAt), timestamp) >= idleCut || Stopwatch.GetElapsedTime(_openedAt, timestamp) >= _activeFor;

    /// <summary>Ends the connection without a word. Any thread.</summary>
    public void Abort()
    {
        // Once the request has been served its context belongs to the server again.
        lock (_ending)
        {
            if (!_hasEnded) context.Abort();
        }
    }

    /// <summary>Ends the connection with a close frame, behind what waits to be sent; a client that does not answer it is cut when it has been silent for too long. Any thread.</summary>
    public void Close()
    {
        _isLeaving = true;
        _outgoing.Writer.TryComplete();
    }

    /// <summary>From now on nothing that the client says is heard, and nothing is sent to it, though the connection stands: its line is dead, and neither side knows. Any thread.</summary>
    public void FallSilent() => _isSilent = true;

    /// <summary>Publishes how many topics the receive loop now holds.</summary>
    public void CountTopics() => _topicCount = Topics.Count;

    /// <summary>Whether changes of topics wait for the driver to answer them. Receive loop.</summary>
    public bool HasAnswersWaiting => Volatile.Read(ref _answersWaiting) > 0;

    /// <summary>One more waits for it. Receive loop.</summary>
    public void LeaveAnswer() => Interlocked.Increment(ref _answersWaiting);

    /// <summary>Queues an answer that was left to the driver. Driver only.</summary>
    public void ReplyLeft(ReadOnlyMemory<byte> frame)
    {
        Reply(frame);
        Interlocked.Decrement(ref _answersWaiting);
    }

    /// <summary>Begins to forward a topic. Driver only.</summary>
    /// <param name="topic">Name subscribed to; not subscribed at present.</param>
    /// <param name="after">Messages up to this number were produced before the subscription and are not for it.</param>
    /// <param name="awaitsSnapshot">Nothing is forwarded before a snapshot.</param>
    /// <param name="heldAnswer">The answer to the subscription where it waits for <see cref="ReplyHeld"/>; else null.</param>
    public void Subscribe(string topic, long after, bool awaitsSnapshot, byte[]? heldAnswer) =>
        _subscriptions[topic] = new Subscription { After = after, AwaitsSnapshot = awaitsSnapshot, HeldAnswer = heldAnswer };

    /// <summary>Queues the answer that a subscription was held back for, if there is one. Driver only.</summary>
    public void ReplyHeld(string topic)
    {
        if (!_subscriptions.TryGetValue(topic, out Subscription? subscription) || subscription.HeldAnswer is not { } answer) return;
        subscription.HeldAnswer = null;
        ReplyLeft(answer);
    }

    /// <summary>Stops forwarding a topic; false when it was not forwarded. Driver only.</summary>
    public bool Unsubscribe(string topic)
    {
        ReplyHeld(topic);
        return _subscriptions.Remove(topic);
    }

    /// <summary>Whether a topic is subscribed at present. Driver only.</summary>
    public bool Forwards(string topic) => _subscriptions.ContainsKey(topic);

    /// <summary>Whether a message belongs on this connection under a name. Driver only.</summary>
    public bool Accepts(string topic, in Delivery delivery)
    {
        if (!_subscriptions.TryGetValue(topic, out Subscription? subscription) || delivery.Produced <= subscription.After) return false;
        if (!subscription.AwaitsSnapshot) return true;
        subscription.AwaitsSnapshot = !MarketFrame.IsSnapshotFrame(delivery.Frame.Span);
        return !subscription.AwaitsSnapshot;
    }

    private async Task<WebSocketCloseStatus> ReadAsync(Action<ReadOnlyMemory<byte>> onMessage)
    {
        byte[] buffer = new byte[MessageBytesMax];
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(length), context.RequestAborted);
            Interlocked.Exchange(ref _usedAt, Stopwatch.GetTimestamp());
            if (received.MessageType == WebSocketMessageType.Close) return WebSocketCloseStatus.NormalClosure;
            length += received.Count;
            if (received.EndOfMessage)
            {
                if (!_isSilent) onMessage(buffer.AsMemory(0, length));
                length = 0;
            }
            else if (length == buffer.Length)
            {
                return WebSocketCloseStatus.MessageTooBig;
            }
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach ((ReadOnlyMemory<byte> frame, long notBefore) in _outgoing.Reader.ReadAllAsync(context.RequestAborted))
            {
                for (long now = Stopwatch.GetTimestamp(); now < notBefore; now = Stopwatch.GetTimestamp())
                {
                    // A delay is counted in whole milliseconds, and may end within the last of them.
                    await Task.Delay(Stopwatch.GetElapsedTime(now, notBefore) + TimeSpan.FromMilliseconds(1), context.RequestAborted);
                }

                await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
                Interlocked.Add(ref _queuedBytes, -frame.Length);
                Interlocked.Exchange(ref _usedAt, Stopwatch.GetTimestamp());
            }

            if (_isLeaving) await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, statusDescription: null, context.RequestAborted);
        }
        catch (Exception e) when (IsGone(e))
        {
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(CloseTimeout);
        try
        {
            await socket.CloseAsync(status, statusDescription: null, limit.Token);
        }
        catch (Exception e) when (IsGone(e))
        {
        }
    }

    private void Queue(ReadOnlyMemory<byte> frame, long notBefore)
    {
        if (_isSilent) return;
        if (Interlocked.Add(ref _queuedBytes, frame.Length) <= QueuedBytesMax)
        {
            _outgoing.Writer.TryWrite((frame, notBefore));
            return;
        }

        Interlocked.Add(ref _queuedBytes, -frame.Length);
        Abort();
    }

    /// <summary>The query parameter <c>max_active_time</c>: <c>30s</c> to <c>600s</c>, or minutes as <c>1m</c>. What lies outside is as if it had not been sent.</summary>
    private static TimeSpan? ReadActiveTime(string text)
    {
        if (text.Length < 2 || text[^1] is not ('s' or 'm') || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)) return null;
        long seconds = count * (text[^1] == 'm' ? 60L : 1L);
        return seconds is >= ActiveSecondsMin and <= ActiveSecondsMax ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>The client has gone: no fault of the venue.</summary>
    internal static bool IsGone(Exception e) => e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;

    private sealed class Subscription
    {
        public required long After { get; init; }

        public required bool AwaitsSnapshot { get; set; }

        public required byte[]? HeldAnswer { get; set; }
    }
}
