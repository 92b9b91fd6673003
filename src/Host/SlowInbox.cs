using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LatencyEngine.Model;

namespace LatencyEngine.Host;

/// <summary>The way from a slow thread to the engine: each value becomes an event of the inbound ring, by the inbox that the io thread empties. The engine's thread is not touched.</summary>
/// <remarks>Thread: the one that <see cref="ISlowThread"/> is called on. Returns at once.</remarks>
public sealed class SlowInbox
{
    private readonly Action<InboundKind, byte[]> _post;

    /// <summary>Joins it to where events are posted.</summary>
    /// <param name="post">Takes each event; its payload is not changed any more.</param>
    public SlowInbox(Action<InboundKind, byte[]> post) => _post = post;

    /// <summary>Tells the engine a bias. What cannot be right the engine refuses, and counts.</summary>
    public void Publish(in Bias bias) => Post(InboundKind.Bias, in bias);

    /// <summary>Asks the engine for a position. What cannot be right, or is not of the profile's strategy, the engine refuses, and counts.</summary>
    public void Publish(in DirectionalRequest request) => Post(InboundKind.DirectionalRequest, in request);

    private void Post<T>(InboundKind kind, in T value)
        where T : unmanaged
    {
        byte[] payload = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(payload, in value);
        _post(kind, payload);
    }
}
