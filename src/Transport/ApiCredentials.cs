using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LatencyEngine.Transport;

/// <summary>An API key and its secret. Neither is ever part of a text that this type gives out.</summary>
public sealed class ApiCredentials
{
    private readonly byte[] _secret;

    /// <summary>Takes a key and its secret.</summary>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public ApiCredentials(string key, string secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentException.ThrowIfNullOrWhiteSpace(secret);
        Key = key;
        _secret = Encoding.UTF8.GetBytes(secret);
    }

    /// <summary>The key as it is sent to the venue.</summary>
    public string Key { get; }

    /// <summary>HMAC-SHA256 of a text under the secret, lower-case hex (Bybit V5, 4 and 9.1).</summary>
    public string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(text)));

    /// <summary>The signature of a socket login (Bybit V5, 4).</summary>
    /// <param name="expiresMillis">Venue time until which the login is good, ms since 1970.</param>
    public string SignLogin(long expiresMillis) => Sign(string.Create(CultureInfo.InvariantCulture, $"GET/realtime{expiresMillis}"));

    /// <summary>A text of others without the key, which the venue repeats when it refuses a signature (Bybit V5, 18).</summary>
    public string Redact(string text) => text.Replace(Key, "(key)", StringComparison.Ordinal);

    /// <summary>Never the key.</summary>
    public override string ToString() => "(credentials)";
}
