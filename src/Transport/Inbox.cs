using System.Collections.Concurrent;
using LatencyEngine.Model;
using LatencyEngine.Platform;

namespace LatencyEngine.Transport;

/// <summary>The one way for every other thread to tell the engine something: the io thread stamps what is posted and publishes it in the inbound ring.</summary>
/// <remarks>Post: any thread; allocates. Take: the io thread; allocates nothing.</remarks>
public sealed class Inbox
{
    private readonly ConcurrentQueue<(InboundKind Kind, byte[] Payload)> _posts = new();
    private readonly WakeEvent _wake;

    internal Inbox(WakeEvent wake) => _wake = wake;

    /// <summary>Hands over one event.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="payload">Its payload; not to be changed any more.</param>
    public void Post(InboundKind kind, byte[] payload)
    {
        _posts.Enqueue((kind, payload));
        _wake.Ring();
    }

    /// <summary>Nothing waits.</summary>
    internal bool IsEmpty => _posts.IsEmpty;

    /// <summary>The oldest post; false when there is none.</summary>
    internal bool TryTake(out (InboundKind Kind, byte[] Payload) post) => _posts.TryDequeue(out post);
}
