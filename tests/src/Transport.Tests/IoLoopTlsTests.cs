using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Transport.Tests;

/// <summary>The io thread behind TLS: the same work, for peers that are who they say.</summary>
public sealed class IoLoopTlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly ScriptedVenue _venue = new();

    public void Dispose()
    {
        _venue.Dispose();
        _authority.Dispose();
    }

    [Theory]
    [InlineData(WaitMode.Block)]
    [InlineData(WaitMode.Spin)]
    public void Market_requests_and_acknowledgements_go_through_byte_for_byte(WaitMode wait)
    {
        using X509Certificate2 certificate = _authority.Issue("127.0.0.1");
        using TlsFront front = Front(certificate);
        using var io = new IoHarness(_venue, settings => Through(front, settings) with { Wait = wait });
        io.StartAndAwaitReady();
        string market = IoLoopTests.Data(IoHarness.BookTopic, 1).PadRight(100_000);   // more than six records

        _venue.Session("public").Send(market);
        Assert.Equal(market, Assert.Single(io.Await(InboundKind.PublicFrame, 1)).Text);
        io.Publish(OutboundKind.Request, generation: 1, """{"reqId":"r0000000100000001","op":"order.create"}"""u8);

        Assert.StartsWith("""{"reqId":"r0000000100000001","retCode":0,""", Assert.Single(io.Await(InboundKind.TradeFrame, 1)).Text, StringComparison.Ordinal);
        Assert.Equal("""{"reqId":"r0000000100000001","op":"order.create"}""", Assert.Single(_venue.Session("trade").Requests));
        Assert.True(io.Stop());
    }

    [Fact]
    public void Data_costs_the_io_thread_no_memory()
    {
        const int Messages = 20_000;
        using X509Certificate2 certificate = _authority.Issue("127.0.0.1");
        using TlsFront front = Front(certificate);
        IoLoopCostTests.Take(_venue, Messages / 10, settings => Through(front, settings));   // as before every run: what is called is compiled

        IoLoopCostTests.AssertAllocatesNothing(_venue, Messages, settings => Through(front, settings));
    }

    [Fact]
    public void A_lost_connection_comes_back_with_a_handshake_of_its_own()
    {
        using X509Certificate2 certificate = _authority.Issue("127.0.0.1");
        using TlsFront front = Front(certificate);
        using var io = new IoHarness(_venue, settings => Through(front, settings));
        io.StartAndAwaitReady();

        _venue.Session("private").Cut();

        io.Until(() => io.Events.Contains("private Ready 2"));
        Assert.Contains("private Lost 1", io.Events);
        Assert.True(io.Stop());
    }

    [Fact]
    public void A_venue_that_cannot_prove_who_it_is_is_sent_nothing_and_asked_again()
    {
        using X509Certificate2 certificate = _authority.Issue("stream.example.org");
        using TlsFront front = Front(certificate);
        using var io = new IoHarness(_venue, settings => Through(front, settings));
        io.Start();

        io.Until(() => io.Status(VenueChannel.Trade).LastFault is not null);

        Assert.Equal("no TLS connection: certificate refused: IP address mismatch", io.Status(VenueChannel.Trade).LastFault);
        Assert.Empty(io.Events);
        Assert.Empty(_venue.Sessions);
        Assert.True(io.Stop());
    }

    [Fact]
    public void A_handshake_that_is_not_answered_is_given_up()
    {
        using TcpListener silent = SilentListener(out Uri address);
        using var io = new IoHarness(_venue, settings => settings with { PublicAddress = address, Timings = settings.Timings with { Establish = TimeSpan.FromMilliseconds(200) } });
        io.Start();

        io.Until(() => io.Status(VenueChannel.Public).LastFault is not null);

        Assert.Equal("no TCP and TLS connection within 0.2 s", io.Status(VenueChannel.Public).LastFault);
        Assert.True(io.Stop());
    }

    [Fact]
    public void The_loop_ends_in_the_middle_of_a_handshake_when_it_is_told_to()
    {
        using TcpListener silent = SilentListener(out Uri address);
        using var io = new IoHarness(_venue, settings => settings with { PublicAddress = address, PrivateAddress = address, TradeAddress = address });
        io.Start();
        using Socket peer = silent.AcceptSocket();
        Assert.Equal(1, peer.Receive(new byte[1]));

        Assert.True(io.Stop());
        Assert.Equal(ConnectionPhase.Stopped, io.Status(VenueChannel.Public).Phase);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("https://127.0.0.1:1/")]
    public void An_address_that_is_no_WebSocket_is_refused_before_anything_is_connected(string address)
    {
        ArgumentException fault = Assert.Throws<ArgumentException>(() => new IoHarness(_venue, settings => settings with { TradeAddress = new Uri(address) }).Dispose());

        Assert.Contains("ws or wss", fault.Message, StringComparison.Ordinal);
    }

    private IoSettings Through(TlsFront front, IoSettings settings)
    {
        return settings with { AuthoritiesPath = _authority.Path, PublicAddress = Secure(settings.PublicAddress), PrivateAddress = Secure(settings.PrivateAddress!), TradeAddress = Secure(settings.TradeAddress!) };

        Uri Secure(Uri address) => new($"wss://127.0.0.1:{front.Port}{address.AbsolutePath}");
    }

    private static TcpListener SilentListener(out Uri address)
    {
        var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        address = new Uri($"wss://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/");
        return silent;
    }

    private TlsFront Front(X509Certificate2 certificate) => new(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _venue.Port);
}
