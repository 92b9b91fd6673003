using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit;

/// <summary>One HTTP request at a time to Bybit V5, signed where it is not market data (9.1), at the pace that the venue allows (17): a burst waits. Nothing is repeated here.</summary>
/// <remarks>Thread: any. Allocates. Bodies come back as they are; the caller reads V5's envelope.</remarks>
public sealed class RestClient : IDisposable
{
    private const long NanosPerMilli = 1_000_000;
    private const string MarketPath = "/v5/market/";
    private const int ErrorBodyMax = 4_096;

    // Of 600 in 5 s (Bybit V5, 17.1): the rest is for whoever else asks from this address.
    private const int AddressRequests = 500;

    private static readonly TimeSpan AddressWindow = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Second = TimeSpan.FromMilliseconds(1_020);   // timers go by a clock of some milliseconds' grain, and may wake that much too early
    private static readonly TimeSpan BanTime = TimeSpan.FromMinutes(10);   // Bybit V5, 17.1
    private static readonly TimeSpan HoldMax = TimeSpan.FromSeconds(10);   // of a window of one second; beyond it the header is damaged

    // Requests a second of an account that was not upgraded (Bybit V5, 17.2); the answers' headers say more.
    private static readonly Dictionary<string, int> PerSecond = new(StringComparer.Ordinal)
    {
        [BybitRest.CreatePath] = 10,
        [BybitRest.AmendPath] = 10,
        [BybitRest.CancelPath] = 10,
        [BybitRest.CancelAllPath] = 10,
        [BybitRest.DisconnectWindowPath] = 5,
        [BybitRest.OrdersPath] = 50,
        [BybitRest.ExecutionsPath] = 50,
        [BybitRest.PositionsPath] = 50,
        [BybitRest.LeveragePath] = 10,
        [BybitRest.WalletPath] = 50,
        [BybitRest.AccountPath] = 50,
        [BybitRest.MarginModePath] = 5,
        [BybitRest.FeeRatePath] = 5,
        [BybitRest.DisconnectInfoPath] = 5,
        [BybitRest.ApiKeyPath] = 10,
    };

    // What is signed is sent byte for byte (Bybit V5, 9.1); by itself Uri decodes some of what a cursor encodes.
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http;
    private readonly string _authority;
    private readonly ApiCredentials? _credentials;
    private readonly LogicClock _clock;
    private readonly int _recvWindowMillis;
    private readonly RequestPace _address;
    private readonly ConcurrentDictionary<string, RequestPace> _endpoints = new(StringComparer.Ordinal);
    private long _bannedUntil;

    /// <summary>Prepares a client; it connects with the first request.</summary>
    /// <param name="address">Scheme, host and port of the venue.</param>
    /// <param name="credentials">The account's key; null for market data alone, of which nothing is signed.</param>
    /// <param name="clock">Venue time.</param>
    /// <param name="recvWindowMillis">How old a request may be when the venue reads it.</param>
    /// <param name="timeout">Longest wait for an answer.</param>
    /// <param name="time">Measures the pace; null for the machine's.</param>
    /// <param name="authoritiesPath">PEM file of the certificates that an <c>https</c> address is trusted by; null for the system's.</param>
    public RestClient(Uri address, ApiCredentials? credentials, LogicClock clock, int recvWindowMillis, TimeSpan timeout, TimeProvider? time = null, string? authoritiesPath = null)
    {
        _http = VenueHttp.Create(authoritiesPath, timeout);
        _authority = address.GetLeftPart(UriPartial.Authority);
        _credentials = credentials;
        _clock = clock;
        _recvWindowMillis = recvWindowMillis;
        Address = address;
        Time = time ?? TimeProvider.System;
        _address = new RequestPace(AddressRequests, AddressWindow, Time);
        _bannedUntil = Time.GetTimestamp();
    }

    /// <summary>Where the venue is.</summary>
    public Uri Address { get; }

    /// <summary>Called on any thread with one line when something happens that a person should know; must not block.</summary>
    public Action<string> OnNotice { get; init; } = static _ => { };

    /// <summary>Venue time.</summary>
    internal LogicClock Clock => _clock;

    /// <summary>Measures waits.</summary>
    internal TimeProvider Time { get; }

    /// <summary>Gets one page.</summary>
    /// <param name="path">From the first slash.</param>
    /// <param name="query">Encoded, without the question mark; it is signed and sent as it is.</param>
    /// <param name="cancel">Ends the wait for the request's turn; a request that was sent is waited for.</param>
    /// <exception cref="VenueRefusalException">The venue cannot be reached, is too slow, or answers with another status than 200.</exception>
    /// <exception cref="InvalidOperationException">It is no market data, and the client has no key.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended: nothing was sent.</exception>
    public async Task<byte[]> GetAsync(string path, string query, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(query.Length > 0 ? $"{_authority}{path}?{query}" : $"{_authority}{path}", AsItIs));
        return (await SendAsync(request, path, signed: query, timestampMillis: null, cancel).ConfigureAwait(false)).Body;
    }

    /// <summary>Sends one command, once.</summary>
    /// <param name="path">From the first slash.</param>
    /// <param name="body">JSON; it is signed and sent as it is.</param>
    /// <param name="cancel">As with <see cref="GetAsync"/>.</param>
    /// <exception cref="VenueRefusalException">As with <see cref="GetAsync"/>; where the outcome is unknown the command may have been carried out all the same.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended: nothing was sent.</exception>
    public async Task<byte[]> PostAsync(string path, string body, CancellationToken cancel = default) => (await PostAsync(path, body, timestampMillis: null, cancel).ConfigureAwait(false)).Body;

    /// <summary>Sends one command, once, with a time that the caller has given it; the receive window counts from there.</summary>
    /// <param name="path">From the first slash.</param>
    /// <param name="body">JSON; it is signed and sent as it is.</param>
    /// <param name="timestampMillis">Venue time, ms since 1970; null for the moment in which its turn has come.</param>
    /// <param name="cancel">As with <see cref="GetAsync"/>.</param>
    /// <returns>The answer, and what its headers say of the limit.</returns>
    /// <exception cref="VenueRefusalException">As with <see cref="PostAsync(string, string, CancellationToken)"/>.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended: nothing was sent.</exception>
    internal async Task<(byte[] Body, RateLimitHeader Limit)> PostAsync(string path, string body, long? timestampMillis, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{_authority}{path}", AsItIs))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        return await SendAsync(request, path, signed: body, timestampMillis, cancel).ConfigureAwait(false);
    }

    /// <summary>A text of the venue without the key, which its 10004 repeats (Bybit V5, 18).</summary>
    public string Redact(string text) => _credentials?.Redact(text) ?? text;

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<(byte[] Body, RateLimitHeader Limit)> SendAsync(HttpRequestMessage request, string path, string signed, long? timestampMillis, CancellationToken cancel)
    {
        string name = $"{request.Method} {path}";
        RequestPace? endpoint = PerSecond.TryGetValue(path, out int perSecond) ? _endpoints.GetOrAdd(path, _ => new RequestPace(perSecond, Second, Time)) : null;
        if (endpoint is not null) await endpoint.TakeAsync(cancel).ConfigureAwait(false);
        try
        {
            await _address.TakeAsync(cancel).ConfigureAwait(false);
            try
            {
                CheckBan(name);

                // Signed when its turn has come: a request that has waited is not old, unless its sender says so.
                if (!path.StartsWith(MarketPath, StringComparison.Ordinal)) Sign(request, signed, timestampMillis ?? _clock.NowNanos / NanosPerMilli);
                return await AskAsync(request, name, endpoint).ConfigureAwait(false);
            }
            finally
            {
                _address.Answered();
            }
        }
        finally
        {
            endpoint?.Answered();
        }
    }

    private void Sign(HttpRequestMessage request, string signed, long timestampMillis)
    {
        ApiCredentials credentials = _credentials ?? throw new InvalidOperationException($"{request.Method} {request.RequestUri!.AbsolutePath} is signed, and this client was made without a key");
        string timestamp = timestampMillis.ToString(CultureInfo.InvariantCulture);
        string window = _recvWindowMillis.ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("X-BAPI-API-KEY", credentials.Key);
        request.Headers.Add("X-BAPI-TIMESTAMP", timestamp);
        request.Headers.Add("X-BAPI-RECV-WINDOW", window);
        request.Headers.Add("X-BAPI-SIGN", credentials.Sign(timestamp + credentials.Key + window + signed));
    }

    private async Task<(byte[] Body, RateLimitHeader Limit)> AskAsync(HttpRequestMessage request, string name, RequestPace? endpoint)
    {
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
            RateLimitHeader limit = RateLimitHeader.Of(response.Headers);
            if (endpoint is not null) LearnPace(endpoint, limit);
            byte[] body = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK ? (body, limit) : throw Refused(response.StatusCode, body, name);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            bool isSent = fault is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
            throw new VenueRefusalException(isSent ? OutcomeClass.Unknown : OutcomeClass.NotSent, $"{name}: {Redact(fault.Message).ReplaceLineEndings(" ")}", fault);
        }
    }

    /// <summary>What another status than 200 means (Bybit V5, 9.2).</summary>
    private VenueRefusalException Refused(HttpStatusCode status, byte[] body, string name)
    {
        string text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, ErrorBodyMax)));
        if (status == HttpStatusCode.Forbidden && text.Contains("access too frequent", StringComparison.OrdinalIgnoreCase)) return Ban(name);
        OutcomeClass outcome = status switch
        {
            // A 403 without a reason is of whatever stands before the venue, and says nothing about the key.
            >= HttpStatusCode.InternalServerError or HttpStatusCode.Forbidden => OutcomeClass.Unknown,
            HttpStatusCode.TooManyRequests => OutcomeClass.Pace,
            HttpStatusCode.Unauthorized => OutcomeClass.HardStop,
            _ => OutcomeClass.Other,
        };

        // A bad key is refused with a status and, in the body, with the reason.
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden && text.StartsWith('{'))
        {
            try
            {
                VenueAnswer.Read(body, name, Redact, _ => true);
            }
            catch (VenueRefusalException fault) when (fault.Code != 0)
            {
                return fault;
            }
            catch (VenueRefusalException)
            {
                // It holds no reason: the status has to do.
            }
        }

        return new VenueRefusalException(outcome, $"{name}: HTTP {(int)status}") { Code = (int)status };
    }

    private VenueRefusalException Ban(string name)
    {
        long now = Time.GetTimestamp();
        bool isNew = Interlocked.Exchange(ref _bannedUntil, now + (long)(BanTime.TotalSeconds * Time.TimestampFrequency)) <= now;
        if (isNew) OnNotice($"{name}: HTTP 403, access too frequent: the venue has banned this address, and nothing is sent by HTTP for {BanTime.TotalMinutes:0} minutes");
        return new VenueRefusalException(OutcomeClass.Banned, $"{name}: HTTP 403, access too frequent") { Code = (int)HttpStatusCode.Forbidden };
    }

    private void CheckBan(string name)
    {
        TimeSpan left = Time.GetElapsedTime(Time.GetTimestamp(), Interlocked.Read(ref _bannedUntil));
        if (left > TimeSpan.Zero) throw new VenueRefusalException(OutcomeClass.Banned, string.Create(CultureInfo.InvariantCulture, $"{name}: not sent, the venue has banned this address for {Math.Ceiling(left.TotalSeconds):0} s more"));
    }

    private void LearnPace(RequestPace endpoint, RateLimitHeader header)
    {
        if (header.Requests is { } limit and > 0 and <= int.MaxValue) endpoint.Learn((int)limit);
        if (header.Remaining != 0 || header.ResetMillis is not { } resetMillis || resetMillis > long.MaxValue / NanosPerMilli) return;

        // Somebody else with this account has used it up, or the venue counts otherwise.
        TimeSpan wait = TimeSpan.FromMicroseconds(Math.Clamp(_clock.RealNanosUntil(resetMillis * NanosPerMilli) / 1_000, 0, (long)HoldMax.TotalMicroseconds));
        endpoint.Hold(wait);
    }
}
