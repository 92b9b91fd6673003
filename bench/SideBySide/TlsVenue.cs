using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LatencyEngine.Model;
using LatencyEngine.Transport;

namespace LatencyEngine.SideBySide;

/// <summary>A venue's end behind TLS 1.3, which .NET speaks for it. Orders are not decrypted, unless it is asked to: a round trip ends with their first bytes.</summary>
internal sealed class TlsVenue : IScriptedVenue, IDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly List<SslStreamSocket> _ends = [];
    private SslStreamSocket? _orders;   // decrypted

    /// <summary>Opens a free port, with a certificate of its own for 127.0.0.1.</summary>
    public TlsVenue()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        File.WriteAllText(AuthoritiesPath, _certificate.ExportCertificatePem());
        ServerOptions = new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = SslProtocols.Tls13 };
        Venue = new LoopbackVenue(socket =>
        {
            var end = new SslStreamSocket(socket, ServerOptions);
            _ends.Add(end);
            return end.Stream;
        });
    }

    /// <summary>Lets connections in and encrypts for them.</summary>
    public LoopbackVenue Venue { get; }

    /// <summary>PEM file of the certificate.</summary>
    public string AuthoritiesPath { get; } = Path.Combine(Path.GetTempPath(), $"bench-{Guid.NewGuid():N}.pem");

    /// <summary>How a server of these comparisons speaks TLS.</summary>
    public SslServerAuthenticationOptions ServerOptions { get; }

    /// <summary>Whether a certificate is this venue's.</summary>
    public bool IsOwn(X509Certificate? certificate) => certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(_certificate.RawDataMemory.Span);

    /// <inheritdoc />
    public void Send(VenueChannel channel, ReadOnlySpan<byte> frame) => Venue.SendBytes(channel, frame);

    /// <summary>From here on <see cref="Receive"/> gives decrypted bytes, and no connection blocks. Once the connections have been let in.</summary>
    /// <returns>This end.</returns>
    public TlsVenue Decrypting()
    {
        foreach (SslStreamSocket end in _ends) end.StopBlocking();
        _orders = _ends.Single(end => end.Socket == Venue.Socket(VenueChannel.Trade));
        return this;
    }

    /// <inheritdoc />
    public int Receive(Span<byte> room)
    {
        if (_orders is not null) return _orders.Receive(room, out int receivedBytes) == LinkTransfer.Done ? receivedBytes : 0;
        Socket orders = Venue.Socket(VenueChannel.Trade);
        return orders.Available > 0 ? orders.Receive(room) : 0;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Venue.Dispose();
        _certificate.Dispose();
        File.Delete(AuthoritiesPath);
    }
}
