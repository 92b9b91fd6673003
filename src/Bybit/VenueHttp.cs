using System.Security.Cryptography.X509Certificates;

namespace LatencyEngine.Bybit;

/// <summary>How this room speaks HTTP.</summary>
internal static class VenueHttp
{
    /// <summary>Without a proxy, and without following redirects: one would carry key and signature to wherever it points.</summary>
    /// <param name="authoritiesPath">PEM file of the certificates that an <c>https</c> address is trusted by; null for the system's.</param>
    /// <param name="timeout">Longest wait for an answer.</param>
    public static HttpClient Create(string? authoritiesPath, TimeSpan timeout)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (authoritiesPath is not null)
        {
            var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            trust.CustomTrustStore.ImportFromPemFile(authoritiesPath);
            handler.SslOptions.CertificateChainPolicy = trust;
        }

        return new HttpClient(handler) { Timeout = timeout };
    }
}
