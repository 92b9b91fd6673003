using System.Net.Sockets;

namespace LatencyEngine.Transport;

/// <summary>A socket's bytes as they are.</summary>
public sealed class PlainSocket : ILinkSocket
{
    /// <summary>Takes over a connected socket and makes it non-blocking.</summary>
    /// <exception cref="SocketException">It cannot be made so.</exception>
    public PlainSocket(Socket connected)
    {
        ArgumentNullException.ThrowIfNull(connected);
        connected.Blocking = false;
        connected.NoDelay = true;
        Socket = connected;
    }

    /// <inheritdoc />
    public Socket Socket { get; }

    /// <inheritdoc />
    public string Scheme => Uri.UriSchemeWs;

    /// <inheritdoc />
    public string? Fault { get; private set; }

    /// <inheritdoc />
    public LinkTransfer Receive(Span<byte> room, out int receivedBytes)
    {
        receivedBytes = Socket.Receive(room, SocketFlags.None, out SocketError error);
        return error == SocketError.Success ? receivedBytes > 0 ? LinkTransfer.Done : LinkTransfer.Ended : Fail(error);
    }

    /// <inheritdoc />
    public LinkTransfer Send(ReadOnlySpan<byte> bytes, out int sentBytes)
    {
        sentBytes = Socket.Send(bytes, SocketFlags.None, out SocketError error);
        return error == SocketError.Success ? LinkTransfer.Done : Fail(error);
    }

    /// <inheritdoc />
    public void Dispose() => Socket.Dispose();

    private LinkTransfer Fail(SocketError error)
    {
        if (error == SocketError.WouldBlock) return LinkTransfer.WouldBlock;
        Fault = error switch
        {
            SocketError.ConnectionReset => "connection reset",
            SocketError.Shutdown => "connection closed by the peer",
            SocketError.TimedOut => "connection timed out",
            _ => $"socket error {error}",
        };
        return LinkTransfer.Failed;
    }
}
