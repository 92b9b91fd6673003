using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LatencyEngine.Bybit.Tests;

/// <summary>A server on loopback that takes every request to its last byte and cuts the connection instead of answering.</summary>
internal sealed class CuttingVenue : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _requests;

    public CuttingVenue()
    {
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}/");
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public Uri Address { get; }

    /// <summary>Requests that came in whole.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public void Dispose() => _listener.Dispose();

    private void Serve()
    {
        try
        {
            while (true)
            {
                using Socket client = _listener.AcceptSocket();
                string text = "";
                byte[] part = new byte[65_536];
                for (int bytes = 1; bytes > 0 && !IsWhole(text);)
                {
                    bytes = client.Receive(part);
                    text += Encoding.ASCII.GetString(part, 0, bytes);
                }

                Interlocked.Increment(ref _requests);
                client.LingerState = new LingerOption(true, 0);
            }
        }
        catch (SocketException)
        {
            // The listener is closed: the test is over.
        }
    }

    /// <summary>The head, and the two bytes of <c>{}</c> or more of a body.</summary>
    private static bool IsWhole(string text)
    {
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end >= 0 && (text.StartsWith("GET", StringComparison.Ordinal) || text.Length > end + 5);
    }
}
