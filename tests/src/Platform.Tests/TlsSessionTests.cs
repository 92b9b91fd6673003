using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using LatencyEngine.TestData;

namespace LatencyEngine.Platform.Tests;

/// <summary>The TLS client against .NET's own TLS server.</summary>
public sealed class TlsSessionTests : IDisposable
{
    private const string Host = "stream.example.org";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TestAuthority _authority = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    public TlsSessionTests()
    {
        _listener.Start();
        _socket.Connect(_listener.LocalEndpoint);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _listener.Dispose();
        _authority.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, "TLSv1.2")]
    [InlineData(SslProtocols.Tls13, "TLSv1.3")]
    public void Bytes_go_both_ways_by_each_version(SslProtocols version, string name)
    {
        using X509Certificate2 certificate = _authority.Issue(Host);
        using Connection connection = Connect(certificate, version: version);

        Assert.Equal(name, connection.Session.Version);
        Assert.Equal(5, connection.Session.Write("there"u8));
        Assert.Equal("there"u8, connection.ServerReads(5));
        connection.Server.Write("and back"u8);
        Assert.Equal("and back"u8, connection.Reads(8));
    }

    [Fact]
    public async Task Whatever_is_sent_arrives_once_and_in_order_however_it_is_cut_and_however_slowly_it_is_read()
    {
        using X509Certificate2 certificate = _authority.Issue(Host);
        using Connection connection = Connect(certificate);
        var random = new Random(7);
        byte[] sent = new byte[16 * 1024 * 1024];   // more than both ends' buffers hold
        random.NextBytes(sent);
        using var lagged = new ManualResetEventSlim();

        Task<byte[]> echoed = Task.Run(() =>
        {
            byte[] all = new byte[sent.Length];
            Assert.True(lagged.Wait(Patience), "everything was taken though nobody read");
            connection.Server.ReadExactly(all);
            connection.Server.Write(all);
            return all;
        });
        int offered = 0;
        for (int written = 0; written < sent.Length;)
        {
            // What was refused comes again, from another place and with more behind it.
            offered = Math.Min(offered + random.Next(1, 100_000), sent.Length - written);
            int bytes = connection.Session.Write(sent.AsSpan(written, offered));
            Assert.True(bytes >= 0, connection.Session.Fault);
            if (bytes == 0)
            {
                lagged.Set();
                _socket.Poll(10_000, SelectMode.SelectWrite);
                sent = [.. sent];
            }

            written += bytes;
            offered = bytes == 0 ? offered : 0;
        }

        byte[] received = connection.Reads(sent.Length, () => random.Next(1, 50_000));
        Assert.Equal(sent, await echoed.WaitAsync(Patience));
        Assert.Equal(sent, received);
    }

    [Fact]
    public void Nothing_to_read_is_said_without_waiting()
    {
        using X509Certificate2 certificate = _authority.Issue(Host);
        using Connection connection = Connect(certificate);

        Assert.Equal(0, connection.Session.Read(new byte[100]));
        Assert.Null(connection.Session.Fault);
    }

    [Fact]
    public void All_records_that_have_arrived_are_read_together()
    {
        using X509Certificate2 certificate = _authority.Issue(Host);
        using Connection connection = Connect(certificate);
        connection.Session.Read(new byte[100]);   // what the server says after the handshake
        for (int i = 0; i < 10; i++) connection.Server.Write("0123456789"u8);
        Assert.True(SpinWait.SpinUntil(() => _socket.Available >= 10 * (10 + 22), Patience));

        Assert.Equal(100, connection.Session.Read(new byte[1_000]));
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        using X509Certificate2 certificate = _authority.Issue(Host);
        using Connection connection = Connect(certificate);
        byte[] room = new byte[64];
        Assert.Equal(0, connection.Session.Read(room));   // what finds nothing has run before, too
        Exchange();

        long bytes = 0;
        for (int i = 0; i < 1_000; i++) bytes += Exchange();
        Assert.Equal(0, bytes);

        // This side's bytes only: the server's TLS allocates. None where a collection came meanwhile: the runtime counts the unused rest of this thread's buffer then.
        long Exchange()
        {
            byte[] taken = new byte[64];
            int collectionsBefore = GC.CollectionCount(0);
            long start = GC.GetAllocatedBytesForCurrentThread();
            connection.Session.Write(room);
            long written = GC.GetAllocatedBytesForCurrentThread() - start;
            connection.Server.ReadExactly(taken);
            connection.Server.Write(taken);
            start = GC.GetAllocatedBytesForCurrentThread();
            for (int read = 0; read < room.Length;) read += connection.Session.Read(room.AsSpan(read));
            long allocated = written + GC.GetAllocatedBytesForCurrentThread() - start;
            return GC.CollectionCount(0) == collectionsBefore ? allocated : 0;
        }
    }

    [Fact]
    public async Task An_end_that_the_peer_announces_is_no_fault()
    {
        using X509Certificate2 certificate = _authority.Issue(Host);
        using Connection connection = Connect(certificate);
        connection.Server.Write("last words"u8);
        await connection.Server.ShutdownAsync().WaitAsync(Patience);
        connection.Peer.Dispose();

        Assert.Equal("last words"u8, connection.Reads(10));
        Assert.Equal(-1, connection.ReadsOnce());
        Assert.Null(connection.Session.Fault);
        Assert.Equal(-1, connection.Session.Read(new byte[10]));
    }

    [Fact]
    public void An_end_that_nobody_announced_is_a_fault()
    {
        using X509Certificate2 certificate = _authority.Issue(Host);
        using Connection connection = Connect(certificate);
        connection.Peer.Dispose();

        Assert.Equal(-1, connection.ReadsOnce());
        Assert.Contains("eof", connection.Session.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reset_is_named_when_reading_and_when_writing()
    {
        using X509Certificate2 certificate = _authority.Issue(Host);
        using Connection connection = Connect(certificate);
        connection.Peer.LingerState = new LingerOption(enable: true, seconds: 0);
        connection.Peer.Dispose();

        Assert.Equal(-1, connection.ReadsOnce());
        Assert.Equal("connection reset", connection.Session.Fault);
        Assert.Equal(-1, connection.Session.Write("x"u8));
        Assert.NotNull(connection.Session.Fault);
    }

    [Fact]
    public void Bytes_that_are_no_TLS_are_a_fault()
    {
        using X509Certificate2 certificate = _authority.Issue(Host);
        using Connection connection = Connect(certificate);
        connection.Peer.Send("HTTP/1.1 400 Bad Request\r\n\r\n"u8);

        Assert.Equal(-1, connection.ReadsOnce());
        Assert.StartsWith("TLS failed: ", connection.Session.Fault, StringComparison.Ordinal);
        Assert.Equal(-1, connection.Session.Read(new byte[10]));
    }

    [Theory]
    [InlineData("other.example.org")]
    [InlineData("*.example.com")]
    [InlineData("s*.example.org")]
    [InlineData("127.0.0.1")]
    public void A_certificate_for_another_host_is_refused(string name)
    {
        using X509Certificate2 certificate = _authority.Issue(name);

        Assert.Equal("certificate refused: hostname mismatch", Refusal(certificate));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("*.example.org", Host)]
    [InlineData("STREAM.example.ORG", Host)]
    public void A_certificate_may_be_for_an_address_or_for_all_names_of_a_domain(string name, string host)
    {
        using X509Certificate2 certificate = _authority.Issue(name);
        using Connection connection = Connect(certificate, host);

        Assert.Equal(1, connection.Session.Write("x"u8));
    }

    [Fact]
    public void A_certificate_for_another_address_is_refused()
    {
        using X509Certificate2 certificate = _authority.Issue("127.0.0.2");

        Assert.Equal("certificate refused: IP address mismatch", Refusal(certificate, "127.0.0.1"));
    }

    [Fact]
    public void A_certificate_that_is_not_valid_now_is_refused()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 expired = _authority.Issue(Host, now.AddHours(-2), now.AddHours(-1));
        Assert.Equal("certificate refused: certificate has expired", Refusal(expired));
    }

    [Fact]
    public void A_certificate_that_is_not_valid_yet_is_refused()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 early = _authority.Issue(Host, now.AddHours(1), now.AddHours(2));
        Assert.Equal("certificate refused: certificate is not yet valid", Refusal(early));
    }

    [Fact]
    public void A_certificate_that_its_owner_signed_is_refused()
    {
        using X509Certificate2 own = TestAuthority.SelfSigned(Host);
        Assert.StartsWith("certificate refused: self", Refusal(own), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_an_authority_that_the_system_does_not_know_is_refused()
    {
        using X509Certificate2 certificate = _authority.Issue(Host);
        using var client = new TlsClient();
        Assert.StartsWith("certificate refused: unable to get local issuer certificate", Refusal(certificate, client: client), StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_speaks_no_TLS_is_refused()
    {
        using var client = new TlsClient(_authority.Path);
        using Socket peer = _listener.AcceptSocket();
        peer.Send("HTTP/1.1 400 Bad Request\r\n\r\n"u8);

        Assert.StartsWith("TLS failed: ", Assert.Throws<TlsException>(() => client.Connect(_socket, Host)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_goes_in_the_middle_of_the_handshake_is_named()
    {
        using var client = new TlsClient(_authority.Path);
        _listener.AcceptSocket().Dispose();

        Assert.Contains(Assert.Throws<TlsException>(() => client.Connect(_socket, Host)).Message, (string[])["connection reset", "TLS failed: unexpected eof while reading"]);
    }

    [Fact]
    public async Task A_handshake_that_is_never_answered_is_broken_off_by_disposing_of_the_socket()
    {
        using var client = new TlsClient(_authority.Path);
        using Socket peer = await _listener.AcceptSocketAsync();
        Task connecting = Task.Run(() => client.Connect(_socket, Host));
        byte[] hello = new byte[1];
        Assert.Equal(1, await peer.ReceiveAsync(hello));

        _socket.Dispose();

        await Assert.ThrowsAsync<TlsException>(() => connecting.WaitAsync(Patience));
        Assert.Throws<ObjectDisposedException>(() => client.Connect(_socket, Host));
    }

    [Fact]
    public void Certificates_that_cannot_be_read_are_named_with_their_file()
    {
        Assert.Contains("/nowhere.pem", Assert.Throws<TlsException>(() => new TlsClient("/nowhere.pem")).Message, StringComparison.Ordinal);
        string noCertificate = Path.GetTempFileName();
        Assert.Contains(noCertificate, Assert.Throws<TlsException>(() => new TlsClient(noCertificate)).Message, StringComparison.Ordinal);
        File.Delete(noCertificate);
    }

    private Connection Connect(X509Certificate2 certificate, string host = Host, SslProtocols version = SslProtocols.None, TlsClient? client = null)
    {
        using TlsClient? own = client is null ? new TlsClient(_authority.Path) : null;
        Socket peer = _listener.AcceptSocket();
        peer.NoDelay = true;
        var server = new SslStream(new NetworkStream(peer, ownsSocket: true));
        Task accepting = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = version });
        TlsSession session = (client ?? own!).Connect(_socket, host);
        Assert.True(accepting.Wait(Patience));
        _socket.Blocking = false;
        return new Connection(session, server, peer, _socket);
    }

    private string Refusal(X509Certificate2 certificate, string host = Host, TlsClient? client = null) =>
        Assert.Throws<TlsException>(() => Connect(certificate, host, client: client).Dispose()).Message;

    private sealed record Connection(TlsSession Session, SslStream Server, Socket Peer, Socket Socket) : IDisposable
    {
        public byte[] ServerReads(int bytes)
        {
            byte[] read = new byte[bytes];
            Server.ReadExactly(read);
            return read;
        }

        public byte[] Reads(int bytes, Func<int>? room = null)
        {
            byte[] read = new byte[bytes];
            for (int count = 0; count < bytes;)
            {
                int more = Session.Read(read.AsSpan(count, Math.Min(room?.Invoke() ?? bytes, bytes - count)));
                Assert.True(more >= 0, Session.Fault);
                if (more == 0) Assert.True(Socket.Poll(Patience, SelectMode.SelectRead));
                count += more;
            }

            return read;
        }

        /// <summary>The first result other than that there is nothing yet.</summary>
        public int ReadsOnce()
        {
            byte[] room = new byte[100];
            int result = Session.Read(room);
            for (; result == 0; result = Session.Read(room)) Assert.True(Socket.Poll(Patience, SelectMode.SelectRead));
            return result;
        }

        public void Dispose()
        {
            Session.Dispose();
            Server.Dispose();
        }
    }
}
