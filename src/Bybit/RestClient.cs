using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit;

/// <summary>Signed requests of Bybit V5 (9.1).</summary>
/// <remarks>Thread: any. Allocates. Bodies come back as they are; the caller reads V5's envelope.</remarks>
public sealed class RestClient : IDisposable
{
    private const long NanosPerMilli = 1_000_000;

    // What is signed is sent byte for byte (Bybit V5, 9.1); by itself Uri decodes some of what a cursor encodes.
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http;
    private readonly string _authority;
    private readonly ApiCredentials _credentials;
    private readonly LogicClock _clock;
    private readonly int _recvWindowMillis;

    /// <summary>Prepares a client; it connects with the first request.</summary>
    /// <param name="address">Scheme, host and port of the venue.</param>
    /// <param name="credentials">The account's key.</param>
    /// <param name="clock">Venue time.</param>
    /// <param name="recvWindowMillis">How old a request may be when the venue reads it.</param>
    /// <param name="timeout">Longest wait for an answer.</param>
    public RestClient(Uri address, ApiCredentials credentials, LogicClock clock, int recvWindowMillis, TimeSpan timeout)
    {
        // A redirect would carry key and signature to wherever it points.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = timeout };
        _authority = address.GetLeftPart(UriPartial.Authority);
        _credentials = credentials;
        _clock = clock;
        _recvWindowMillis = recvWindowMillis;
    }

    /// <summary>Gets one page.</summary>
    /// <param name="path">From the first slash.</param>
    /// <param name="query">Encoded, without the question mark; it is signed and sent as it is.</param>
    /// <exception cref="VenueRefusalException">The venue cannot be reached, is too slow, or answers with another status than 200.</exception>
    public async Task<byte[]> GetAsync(string path, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{_authority}{path}?{query}", AsItIs));
        return await SendAsync(request, path, signed: query).ConfigureAwait(false);
    }

    /// <summary>Sends one command.</summary>
    /// <param name="path">From the first slash.</param>
    /// <param name="body">JSON; it is signed and sent as it is.</param>
    /// <exception cref="VenueRefusalException">As with <see cref="GetAsync"/>; the command may have been carried out all the same.</exception>
    public async Task<byte[]> PostAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{_authority}{path}", AsItIs))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        return await SendAsync(request, path, signed: body).ConfigureAwait(false);
    }

    /// <summary>A text of the venue without the key, which its 10004 repeats (Bybit V5, 18).</summary>
    public string Redact(string text) => _credentials.Redact(text);

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<byte[]> SendAsync(HttpRequestMessage request, string path, string signed)
    {
        string timestamp = (_clock.NowNanos / NanosPerMilli).ToString(CultureInfo.InvariantCulture);
        string window = _recvWindowMillis.ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("X-BAPI-API-KEY", _credentials.Key);
        request.Headers.Add("X-BAPI-TIMESTAMP", timestamp);
        request.Headers.Add("X-BAPI-RECV-WINDOW", window);
        request.Headers.Add("X-BAPI-SIGN", _credentials.Sign(timestamp + _credentials.Key + window + signed));
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK) return await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            throw new VenueRefusalException($"{request.Method} {path}: HTTP {(int)response.StatusCode}") { IsPacing = response.StatusCode == HttpStatusCode.TooManyRequests };
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            throw new VenueRefusalException($"{request.Method} {path}: {Redact(fault.Message)}", fault);
        }
    }
}
