using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using LatencyEngine.Platform;
using LatencyEngine.Transport;

namespace LatencyEngine.SideBySide;

/// <summary>Two ways to TLS on a thread that polls its sockets: OpenSSL on the socket, which ships, and .NET's SslStream over memory. An order out and a market message back, through TLS 1.3 over loopback, both ends spinning.</summary>
internal static class TlsComparison
{
    private const int Trips = 4_000;
    private const int OrderBytes = 300;
    private const int MessageBytes = 457;   // the mean of the recording's book deltas
    private const string Ours = "Tls.openSsl";
    private const string Other = "tls.sslStream";

    /// <summary>What can be opened.</summary>
    public static IReadOnlyList<Entry> Entries { get; } = [new Entry([Ours, "Tls.openSslAllocated"], ["tls.sslStream"], Open)];

    private static Comparison Open(BenchContext context)
    {
        Contestant ours = Of(Ours, "Tls.openSslAllocated", static (socket, venue) =>
        {
            using var client = new TlsClient(venue.AuthoritiesPath);
            return TlsSocket.Connect(client, socket, "127.0.0.1");
        });
        Contestant other = Of(Other, "tls.sslStreamAllocated", static (socket, venue) => new SslStreamSocket(socket, "127.0.0.1", (_, certificate, _, _) => venue.IsOwn(certificate)));
        return new Comparison
        {
            Contestants = context.WithPeers ? [ours, other] : [ours],
            Ratios = [Ratio.TimesFaster("tls.sslStream", Ours, Other)],
            IsPinned = false,
        };
    }

    private static Contestant Of(string time, string allocated, Func<Socket, TlsVenue, ILinkSocket> connect) => new([new Figure(time) { Frames = Trips }, new Figure(allocated) { Unit = Figure.Bytes, Frames = Trips }], numbers =>
    {
        using var venue = new TlsVenue();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(listener.LocalEndpoint);
        using Socket peer = listener.AcceptSocket();
        peer.NoDelay = true;
        using var server = new SslStream(new NetworkStream(peer));
        using var shaking = Task.Run(() => server.AuthenticateAsServer(venue.ServerOptions));
        using ILinkSocket link = connect(socket, venue);
        shaking.GetAwaiter().GetResult();
        double[] nanos = new double[Trips];
        new PinnedPair().Run(() => Answer(server, peer), () => numbers[1] = (double)Ask(link, nanos) / Trips);
        nanos.Sort();
        numbers[0] = nanos[Trips / 2];
    });

    private static void Answer(SslStream server, Socket peer)
    {
        byte[] order = new byte[OrderBytes], message = new byte[MessageBytes];
        for (int i = 0; i < Trips; i++)
        {
            SocketScript.SpinUntil(() => peer.Available > 0);
            server.ReadExactly(order);
            server.Write(message);
        }
    }

    /// <summary>Returns the bytes that this side allocated.</summary>
    private static long Ask(ILinkSocket link, double[] nanos)
    {
        byte[] order = new byte[OrderBytes], room = new byte[64 * 1024];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Trips; i++)
        {
            long started = Stopwatch.GetTimestamp();
            link.Send(order, out _);
            for (int bytes = 0; bytes < MessageBytes;)
            {
                if (link.Receive(room, out int receivedBytes) is LinkTransfer.Ended or LinkTransfer.Failed) throw new InvalidOperationException($"the TLS connection of a comparison ended: {link.Fault}");
                bytes += receivedBytes;
            }

            nanos[i] = (Stopwatch.GetTimestamp() - started) * 1e9 / Stopwatch.Frequency;
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
