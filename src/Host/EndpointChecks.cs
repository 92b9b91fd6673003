using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LatencyEngine.Platform;

namespace LatencyEngine.Host;

/// <summary>Whether an address of the venue is found, trusted and near.</summary>
public static class EndpointChecks
{
    private const int Connections = 5;
    private const double RoundTripWarnMillis = 10;   // beyond it a quote is older than most moves of the book
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Looks the name up, connects a few times, and shakes hands where the scheme wants TLS. Blocks, for some seconds at most.</summary>
    /// <param name="role">What is behind it: rest, public, private or trade.</param>
    /// <param name="endpoint">Its address.</param>
    /// <param name="authoritiesPath">PEM file of the certificates to trust; null for the system's.</param>
    public static IReadOnlyList<HealthCheck> Read(string role, Uri endpoint, string? authoritiesPath)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        HealthCheck dns = Dns(role, endpoint, out IPAddress? address);
        if (address is null) return [dns, RoundTrip(role, Verdict.Unknown, "not tried: the name is not known"), Tls(role, Verdict.Unknown, "not tried: the name is not known")];
        try
        {
            double millis = Enumerable.Range(0, Connections).Min(_ => ConnectMillis(address, endpoint.Port));
            HealthCheck near = RoundTripOf(role, $"{address}:{endpoint.Port}", millis);
            return [dns, near, Handshake(role, endpoint, address, authoritiesPath)];
        }
        catch (SocketException fault)
        {
            return [dns, RoundTrip(role, Verdict.Fail, $"{address}:{endpoint.Port}: {fault.Message}"), Tls(role, Verdict.Unknown, "not tried: there is no connection")];
        }
    }

    /// <summary>The verdict over a measured round trip.</summary>
    /// <param name="role">As in <see cref="Read"/>.</param>
    /// <param name="peer">Address and port.</param>
    /// <param name="millis">The shortest of some, ms.</param>
    public static HealthCheck RoundTripOf(string role, string peer, double millis) =>
        RoundTrip(role, millis > RoundTripWarnMillis ? Verdict.Warn : Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"{peer}: {millis:0.###} ms there and back, the shortest of {Connections} connections"));

    private static HealthCheck Dns(string role, Uri endpoint, out IPAddress? address)
    {
        const string Why = "every reconnect begins with the name";
        const string Mend = "check nameserver in /etc/resolv.conf, and that the address is spelt right; a resolver on the machine (systemd-resolved, unbound) answers reconnects at once";
        if (IPAddress.TryParse(endpoint.DnsSafeHost, out address)) return new HealthCheck($"dns-{role}", Verdict.Ok, $"{address}, no name to look up", Why, Mend);
        long before = Stopwatch.GetTimestamp();
        try
        {
            using var time = new CancellationTokenSource(Patience);
            IPAddress[] all = System.Net.Dns.GetHostAddressesAsync(endpoint.DnsSafeHost, time.Token).GetAwaiter().GetResult();
            address = all.FirstOrDefault(each => each.AddressFamily == AddressFamily.InterNetwork) ?? all.FirstOrDefault();
            if (address is null) return new HealthCheck($"dns-{role}", Verdict.Fail, $"{endpoint.DnsSafeHost} has no address", Why, Mend);
            return new HealthCheck($"dns-{role}", Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"{endpoint.DnsSafeHost} is {address}, after {Stopwatch.GetElapsedTime(before).TotalMilliseconds:0.#} ms"), Why, Mend);
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return new HealthCheck($"dns-{role}", Verdict.Fail, $"{endpoint.DnsSafeHost}: {fault.Message}", Why, Mend);
        }
    }

    private static HealthCheck Handshake(string role, Uri endpoint, IPAddress address, string? authoritiesPath)
    {
        if (endpoint.Scheme is not ("https" or "wss"))
        {
            return endpoint.IsLoopback ? Tls(role, Verdict.Ok, "not used: the venue is on this machine") : Tls(role, Verdict.Fail, $"not used: {endpoint.Scheme} sends the key in the clear");
        }

        try
        {
            using Socket socket = Connect(address, endpoint.Port);
            using var patience = new Timer(_ => socket.Dispose(), null, Patience, Timeout.InfiniteTimeSpan);
            using var client = new TlsClient(authoritiesPath);
            long before = Stopwatch.GetTimestamp();
            using TlsSession session = client.Connect(socket, endpoint.DnsSafeHost);
            return Tls(role, Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"{session.Version}, certificate trusted, after {Stopwatch.GetElapsedTime(before).TotalMilliseconds:0.#} ms"));
        }
        catch (Exception fault) when (fault is TlsException or SocketException or ObjectDisposedException)
        {
            return Tls(role, Verdict.Fail, fault is not ObjectDisposedException ? fault.Message : string.Create(CultureInfo.InvariantCulture, $"no answer in {Patience.TotalSeconds:0} s"));
        }
    }

    /// <summary>The time of a connection is that of one packet there and one back.</summary>
    private static double ConnectMillis(IPAddress address, int port)
    {
        long before = Stopwatch.GetTimestamp();
        using Socket socket = Connect(address, port);
        return Stopwatch.GetElapsedTime(before).TotalMilliseconds;
    }

    /// <summary>Blocks, for as long as the TLS handshake wants a socket that does.</summary>
    /// <exception cref="SocketException">There is no connection, or none in time.</exception>
    private static Socket Connect(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var patience = new Timer(_ => socket.Dispose(), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            socket.Connect(address, port);
            return socket;
        }
        catch (Exception fault) when (fault is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket })
        {
            throw new SocketException((int)SocketError.TimedOut);   // by the timer
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static HealthCheck RoundTrip(string role, Verdict verdict, string found) => new(
        $"round-trip-{role}",
        verdict,
        found,
        "every order is this much late; no tuning of this machine makes up for the way",
        "run in the venue's region (Bybit: AWS ap-southeast-1, Singapore); where nothing answers, allow outgoing TCP to this port in the firewall, and check that the venue is up");

    private static HealthCheck Tls(string role, Verdict verdict, string found) => new(
        $"tls-{role}",
        verdict,
        found,
        "a certificate that is not trusted ends every connection, and an unencrypted one gives the key away",
        "apt-get install ca-certificates libssl3, set the machine's date right, or name the authority with --authorities FILE");
}
