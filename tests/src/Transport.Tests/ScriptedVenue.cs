using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LatencyEngine.Transport.Tests;

/// <summary>A small V5 venue on loopback, written from bybit-v5.md: the three sockets, byte by byte, with the faults that a test asks for. It knows one account, <see cref="Secret"/>.</summary>
internal sealed class ScriptedVenue : IDisposable
{
    public const string Secret = "test-secret";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentQueue<VenueSession> _sessions = new();

    /// <summary>Opens its port.</summary>
    /// <param name="isThere">False for a port that refuses everyone. It is held all the same: a free one may be somebody else's the next moment, or answer itself.</param>
    public ScriptedVenue(bool isThere = true)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        if (!isThere) return;
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port { get; }

    /// <summary>Commands that get no answer: "upgrade", "auth", "ping", "close", or a topic; of all sockets, or of one as "private auth".</summary>
    public ConcurrentDictionary<string, bool> Silent { get; } = new();

    /// <summary>Commands that are refused, with the venue's text: "auth" or a topic.</summary>
    public ConcurrentDictionary<string, string> Refused { get; } = new();

    /// <summary>Answers on the streams carry no <c>req_id</c>, as in the documentation of the private socket (Bybit V5, 5.2).</summary>
    public volatile bool LeavesOutIds;

    /// <summary>Ends the connection with its refusal, in one segment.</summary>
    public volatile bool ClosesAfterRefusal;

    /// <summary>Ends every connection instead of answering its upgrade.</summary>
    public volatile bool CutsBeforeUpgrade;

    /// <summary>Sent right before the confirmation of a topic, as the venue may (Bybit V5, 5.2); by topic.</summary>
    public ConcurrentDictionary<string, string> SentBeforeConfirmation { get; } = new();

    /// <summary>All sessions so far, in the order of their upgrade.</summary>
    public IReadOnlyList<VenueSession> Sessions => [.. _sessions];

    /// <summary>When connections were accepted.</summary>
    public ConcurrentQueue<long> AcceptedAt { get; } = new();

    public Uri Address(string name) => new($"ws://127.0.0.1:{Port}/v5/{name}");

    /// <summary>The newest session of a socket: "public", "private" or "trade".</summary>
    public VenueSession Session(string name) => _sessions.Last(session => session.Name == name);

    public bool IsSilent(string name, string command) => Silent.ContainsKey(command) || Silent.ContainsKey($"{name} {command}");

    public void Add(VenueSession session) => _sessions.Enqueue(session);

    public void Dispose()
    {
        _listener.Dispose();
        foreach (VenueSession session in _sessions) session.Dispose();
    }

    /// <summary>False while the process has no descriptor for the connection, which waits.</summary>
    private bool TryAccept(out Socket socket)
    {
        socket = null!;
        try
        {
            socket = _listener.Accept();
            return true;
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.TooManyOpenSockets)
        {
            Thread.Sleep(1);
            return false;
        }
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                if (!TryAccept(out Socket socket)) continue;
                AcceptedAt.Enqueue(System.Diagnostics.Stopwatch.GetTimestamp());
                new Thread(() => new VenueSession(this, socket).Run()) { IsBackground = true }.Start();
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener is closed: the test is over.
        }
    }
}
