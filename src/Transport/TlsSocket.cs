using System.Net.Sockets;
using LatencyEngine.Platform;

namespace LatencyEngine.Transport;

/// <summary>A socket's bytes through TLS.</summary>
public sealed class TlsSocket : ILinkSocket
{
    private readonly TlsSession _session;

    private TlsSocket(TlsSession session, Socket socket)
    {
        _session = session;
        Socket = socket;
    }

    /// <inheritdoc />
    public Socket Socket { get; }

    /// <inheritdoc />
    public string Scheme => Uri.UriSchemeWss;

    /// <inheritdoc />
    public string? Fault => _session.Fault;

    /// <summary>Shakes hands and makes the socket non-blocking. Blocks; another thread breaks it off by disposing of the socket.</summary>
    /// <param name="client">Whom it trusts.</param>
    /// <param name="connected">Blocking; the result disposes of it, unless this throws.</param>
    /// <param name="host">Name or address that the certificate must be for.</param>
    /// <exception cref="TlsException">The peer is not trusted, speaks no TLS 1.2, or went away.</exception>
    /// <exception cref="SocketException">The socket fails.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed of.</exception>
    public static TlsSocket Connect(TlsClient client, Socket connected, string host)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(connected);
        connected.NoDelay = true;
        TlsSession session = client.Connect(connected, host);
        try
        {
            connected.Blocking = false;
            return new TlsSocket(session, connected);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public LinkTransfer Receive(Span<byte> room, out int receivedBytes) => Of(_session.Read(room), out receivedBytes);

    /// <inheritdoc />
    public LinkTransfer Send(ReadOnlySpan<byte> bytes, out int sentBytes) => Of(_session.Write(bytes), out sentBytes);

    /// <inheritdoc />
    public void Dispose()
    {
        _session.Dispose();   // first: it writes to the socket
        Socket.Dispose();
    }

    private LinkTransfer Of(int result, out int bytes)
    {
        bytes = Math.Max(result, 0);
        if (result > 0) return LinkTransfer.Done;
        if (result == 0) return LinkTransfer.WouldBlock;
        return Fault is null ? LinkTransfer.Ended : LinkTransfer.Failed;
    }
}
