using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LatencyEngine.TestData;

/// <summary>A certificate authority that nobody else trusts. Its certificate lies in a file until it is disposed of.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly X509Certificate2 _certificate = SelfSigned("CN=Test authority", request =>
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
    });

    /// <summary>Makes it and writes its file.</summary>
    public TestAuthority() => File.WriteAllText(Path, _certificate.ExportCertificatePem());

    /// <summary>PEM file of its certificate.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"test-authority-{Guid.NewGuid():N}.pem");

    /// <summary>A server's certificate, good for an hour to both sides.</summary>
    /// <param name="host">Name or address that it is for.</param>
    public X509Certificate2 Issue(string host) => Issue(host, Now.AddHours(-1), Now.AddHours(1));

    /// <summary>A server's certificate.</summary>
    /// <param name="host">Name or address that it is for.</param>
    /// <param name="from">Good from then on.</param>
    /// <param name="to">Until then.</param>
    public X509Certificate2 Issue(string host, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(NamesOf(host));
        using X509Certificate2 certificate = request.Create(_certificate, from, to, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>A server's certificate that it has signed itself.</summary>
    /// <param name="host">Name or address that it is for.</param>
    public static X509Certificate2 SelfSigned(string host) => SelfSigned($"CN={host}", request => request.CertificateExtensions.Add(NamesOf(host)));

    /// <inheritdoc />
    public void Dispose()
    {
        File.Delete(Path);
        _certificate.Dispose();
    }

    private static X509Certificate2 SelfSigned(string subject, Action<CertificateRequest> extend)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        extend(request);
        return request.CreateSelfSigned(Now.AddDays(-2), Now.AddDays(2));
    }

    private static X509Extension NamesOf(string host)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out IPAddress? address)) names.AddIpAddress(address);
        else names.AddDnsName(host);
        return names.Build();
    }
}
