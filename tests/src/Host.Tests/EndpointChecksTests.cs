using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using LatencyEngine.Platform;
using LatencyEngine.TestData;

namespace LatencyEngine.Host.Tests;

public sealed class EndpointChecksTests
{
    [Fact]
    public void A_venue_on_this_machine_is_found_near_and_needs_no_TLS()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        IReadOnlyList<HealthCheck> checks = EndpointChecks.Read("trade", new Uri($"ws://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/v5/trade"), null);

        Assert.Equal(["dns-trade", "round-trip-trade", "tls-trade"], checks.Select(check => check.Name));
        Assert.Equal([Verdict.Ok, Verdict.Ok], [checks[0].Verdict, checks[2].Verdict]);
        Assert.NotEqual(Verdict.Fail, checks[1].Verdict);
        Assert.Equal("not used: the venue is on this machine", checks[2].Found);
    }

    [Fact]
    public void A_certificate_is_trusted_or_fails()
    {
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("127.0.0.1");
        using var front = new TlsFront(new SslServerAuthenticationOptions { ServerCertificate = certificate }, port: 1);
        var endpoint = new Uri($"https://127.0.0.1:{front.Port}");

        HealthCheck trusted = EndpointChecks.Read("rest", endpoint, authority.Path)[2];
        Assert.True(trusted.Verdict == Verdict.Ok, trusted.ToString());
        Assert.StartsWith("TLSv1.3, certificate trusted", trusted.Found, StringComparison.Ordinal);
        Assert.Equal(Verdict.Fail, EndpointChecks.Read("rest", endpoint, null)[2].Verdict);
    }

    [Fact]
    public void A_venue_without_TLS_that_is_not_on_this_machine_fails()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        HealthCheck tls = EndpointChecks.Read("rest", new Uri($"http://0.0.0.0:{((IPEndPoint)listener.LocalEndpoint).Port}"), null)[2];   // reaches this machine, and is not its name

        Assert.Equal((Verdict.Fail, "not used: http sends the key in the clear"), (tls.Verdict, tls.Found));
    }

    [Fact]
    public void A_name_that_nobody_knows_fails_and_the_rest_is_not_tried()
    {
        IReadOnlyList<HealthCheck> checks = EndpointChecks.Read("rest", new Uri("https://venue.invalid"), null);
        Assert.Equal([Verdict.Fail, Verdict.Unknown, Verdict.Unknown], checks.Select(check => check.Verdict));
        Assert.StartsWith("venue.invalid: ", checks[0].Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_nobody_listens_on_fails()
    {
        IReadOnlyList<HealthCheck> checks = EndpointChecks.Read("rest", new Uri("http://127.0.0.1:1"), null);
        Assert.Equal([Verdict.Ok, Verdict.Fail, Verdict.Unknown], checks.Select(check => check.Verdict));
    }

    [Theory]
    [InlineData(10, Verdict.Ok)]
    [InlineData(10.1, Verdict.Warn)]
    public void A_long_way_is_a_warning(double millis, Verdict verdict)
    {
        HealthCheck check = EndpointChecks.RoundTripOf("rest", "192.0.2.1:443", millis);
        Assert.Equal((verdict, $"192.0.2.1:443: {millis} ms there and back, the shortest of 5 connections"), (check.Verdict, check.Found));
    }
}
