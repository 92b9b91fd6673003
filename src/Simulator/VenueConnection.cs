using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace LatencyEngine.Simulator;

/// <summary>One client's socket. Its receive loop owns what the client has said, the venue's driver what the client is to receive, a writer loop the sending.</summary>
internal sealed class VenueConnection(long id, DeliveryChannel channel, WebSocket socket, HttpContext context)
{
    private const int MessageBytesMax = 1 << 16;

    // Far beyond what a client that reads falls behind; without a bound one that does not would take the venue's memory.
    private const long QueuedBytesMax = 64 << 20;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<ReadOnlyMemory<byte>> _outgoing =
        System.Threading.Channels.Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly Lock _ending = new();
    private bool _hasEnded;
    private long _queuedBytes;
    private volatile int _topicCount;

    public long Id => id;

    public DeliveryChannel Channel => channel;

    public string Name { get; } = $"dryrun00000000000000-{id}";

    /// <summary>Receive loop only.</summary>
    public bool IsAuthenticated { get; set; }

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
    public void Send(ReadOnlyMemory<byte> frame)
    {
        if (Interlocked.Add(ref _queuedBytes, frame.Length) > QueuedBytesMax) Abort();
        else _outgoing.Writer.TryWrite(frame);
    }

    /// <summary>Ends the connection without a word. Any thread.</summary>
    public void Abort()
    {
        // Once the request has been served its context belongs to the server again.
        lock (_ending)
        {
            if (!_hasEnded) context.Abort();
        }
    }

    /// <summary>Publishes how many topics the receive loop now holds.</summary>
    public void CountTopics() => _topicCount = Topics.Count;

    /// <summary>Begins to forward a topic; one that this connection has had before goes on where it was, as a living stream does. Driver only.</summary>
    /// <param name="topic">Name subscribed to.</param>
    /// <param name="after">Messages up to this number were produced before the subscription and are not for it.</param>
    /// <param name="awaitsSnapshot">Nothing is forwarded before a snapshot.</param>
    public void Subscribe(string topic, long after, bool awaitsSnapshot)
    {
        if (_subscriptions.TryGetValue(topic, out Subscription? earlier)) earlier.IsActive = true;
        else _subscriptions.Add(topic, new Subscription { After = after, AwaitsSnapshot = awaitsSnapshot });
    }

    /// <summary>Stops forwarding a topic. Driver only.</summary>
    public void Unsubscribe(string topic)
    {
        if (_subscriptions.TryGetValue(topic, out Subscription? subscription)) subscription.IsActive = false;
    }

    /// <summary>Whether a message belongs on this connection under a name. Driver only.</summary>
    public bool Accepts(string topic, in Delivery delivery)
    {
        if (!_subscriptions.TryGetValue(topic, out Subscription? subscription) || !subscription.IsActive || delivery.Produced <= subscription.After) return false;
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
            if (received.MessageType == WebSocketMessageType.Close) return WebSocketCloseStatus.NormalClosure;
            length += received.Count;
            if (received.EndOfMessage)
            {
                onMessage(buffer.AsMemory(0, length));
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
            await foreach (ReadOnlyMemory<byte> frame in _outgoing.Reader.ReadAllAsync(context.RequestAborted))
            {
                await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
                Interlocked.Add(ref _queuedBytes, -frame.Length);
            }
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

    private static bool IsGone(Exception e) => e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;

    private sealed class Subscription
    {
        public required long After { get; init; }

        public required bool AwaitsSnapshot { get; set; }

        public bool IsActive { get; set; } = true;
    }
}
