using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace LatencyEngine.TestData;

/// <summary>An HTTP server on loopback with one behaviour.</summary>
public sealed class HttpVenue : IDisposable
{
    private const int PortsMax = 20;

    private readonly HttpListener _listener;

    /// <summary>Starts it.</summary>
    /// <param name="answer">Makes an answer of a request; the body goes out as it is.</param>
    public HttpVenue(Func<HttpListenerRequest, HttpListenerResponse, string> answer)
    {
        for (int ports = 1; _listener is null; ports++)
        {
            Address = new Uri($"http://127.0.0.1:{FreePort()}/");
            var listener = new HttpListener();
            listener.Prefixes.Add(Address.ToString());
            try
            {
                listener.Start();
                _listener = listener;
            }
            catch (HttpListenerException) when (ports < PortsMax)
            {
                // Somebody else took the port in between.
                listener.Close();
            }
        }

        new Thread(() => Serve(answer)) { IsBackground = true }.Start();
    }

    /// <summary>An address where nobody listens, nor ever will while a test runs, as might at a port that is free now.</summary>
    public static Uri Nowhere { get; } = new("http://127.0.0.1:1/");

    /// <summary>Where it is.</summary>
    public Uri Address { get; } = Nowhere;

    /// <summary>Path and query of every request, as they came.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <inheritdoc />
    public void Dispose() => _listener.Abort();

    /// <summary>A port that nobody listens on at this moment.</summary>
    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

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
