using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace LatencyEngine.TestData;

/// <summary>The TLS end of a server on this machine that speaks none: whatever comes in is handed on to it, and back.</summary>
public sealed class TlsFront : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<IDisposable> _open = [];
    private readonly SslServerAuthenticationOptions _options;
    private readonly int _port;

    /// <summary>Listens.</summary>
    /// <param name="options">Certificate and versions.</param>
    /// <param name="port">The server's.</param>
    public TlsFront(SslServerAuthenticationOptions options, int port)
    {
        _options = options;
        _port = port;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        _listener.Dispose();
        foreach (IDisposable open in _open) open.Dispose();
    }

    private static bool IsGone(Exception fault) => fault is IOException or SocketException or ObjectDisposedException or OperationCanceledException or System.Security.Authentication.AuthenticationException;

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception fault) when (IsGone(fault))
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            _open.Add(client);
            client.NoDelay = true;
            using var secure = new SslStream(client.GetStream());
            await secure.AuthenticateAsServerAsync(_options);
            using var server = new TcpClient();
            _open.Add(server);
            server.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, _port);
            await Task.WhenAny(HandOnAsync(secure, server.GetStream(), static _ => Task.CompletedTask), HandOnAsync(server.GetStream(), secure, static to => ((SslStream)to).ShutdownAsync()));
        }
        catch (Exception fault) when (IsGone(fault))
        {
        }
        finally
        {
            client.Dispose();
        }
    }

    private static async Task HandOnAsync(Stream from, Stream to, Func<Stream, Task> end)
    {
        try
        {
            await from.CopyToAsync(to);
            await end(to);
        }
        catch (Exception fault) when (IsGone(fault))
        {
        }
    }
}
