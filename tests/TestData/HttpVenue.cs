using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace LatencyEngine.TestData;

/// <summary>An HTTP server on loopback with one behaviour.</summary>
public sealed class HttpVenue : IDisposable
{
    private readonly HttpListener _listener = new();

    /// <summary>Starts it.</summary>
    /// <param name="answer">Makes an answer of a request; the body goes out as it is.</param>
    public HttpVenue(Func<HttpListenerRequest, HttpListenerResponse, string> answer)
    {
        Address = new Uri($"http://127.0.0.1:{FreePort()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        new Thread(() => Serve(answer)) { IsBackground = true }.Start();
    }

    /// <summary>Where it is.</summary>
    public Uri Address { get; }

    /// <summary>Path and query of every request, as they came.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <inheritdoc />
    public void Dispose() => _listener.Abort();

    private void Serve(Func<HttpListenerRequest, HttpListenerResponse, string> answer)
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = _listener.GetContext();
                Asked.Enqueue(context.Request.RawUrl!);
                byte[] body = Encoding.UTF8.GetBytes(answer(context.Request, context.Response));
                context.Response.OutputStream.Write(body);
                context.Response.Close();
            }
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener is closed: the test is over.
        }
    }
}
