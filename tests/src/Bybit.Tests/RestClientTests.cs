using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit.Tests;

public sealed class RestClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_request_carries_the_headers_and_the_signature_of_the_protocol()
    {
        var headers = new Dictionary<string, string?>();
        using var venue = new HttpVenue((request, _) =>
        {
            foreach (string name in request.Headers.AllKeys.Where(name => name!.StartsWith("X-BAPI-", StringComparison.Ordinal))!) headers[name] = request.Headers[name];
            return $"{request.HttpMethod} {request.HasEntityBody}";
        });
        using RestClient rest = Client(venue.Address);

        byte[] body = await rest.GetAsync("/v5/order/realtime", "category=linear&symbol=BTCUSDT");

        // Vector of bybit-v5.md, 9.1.
        Assert.Equal("GET False", Encoding.UTF8.GetString(body));
        Assert.Equal(["/v5/order/realtime?category=linear&symbol=BTCUSDT"], venue.Asked);
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["X-BAPI-API-KEY"] = "test-key",
                ["X-BAPI-TIMESTAMP"] = "1700000000000",
                ["X-BAPI-RECV-WINDOW"] = "5000",
                ["X-BAPI-SIGN"] = "9a7c8cfd6ba1a7c498aa4dd5a7f9cfbba01fcb6eebae734ffe0d775870a1a3fb",
            },
            headers);
    }

    [Fact]
    public async Task A_command_is_signed_over_its_raw_body_which_is_JSON_by_its_header()
    {
        const string Body = "{\"category\":\"linear\",\"symbol\":\"BTCUSDT\"}";
        using var venue = new HttpVenue((request, _) =>
        {
            using var body = new StreamReader(request.InputStream);
            return $"{request.HttpMethod} {request.ContentType} {request.Headers["X-BAPI-SIGN"]} {body.ReadToEnd()}";
        });
        using RestClient rest = Client(venue.Address);

        byte[] answer = await rest.PostAsync("/v5/order/cancel-all", Body);

        // Vector of bybit-v5.md, 9.1.
        Assert.Equal($"POST application/json 16378a8ca3caa3c068e2e74ef209dad5c036fec4047c7582ddcfcf13323a8275 {Body}", Encoding.UTF8.GetString(answer));
        Assert.Equal(["/v5/order/cancel-all"], venue.Asked);
    }

    [Theory]
    [InlineData("trusted", true)]
    [InlineData("of another host", false)]
    [InlineData("expired", false)]
    [InlineData("self-signed", false)]
    [InlineData("of another authority", false)]
    public async Task Nothing_is_sent_to_a_host_whose_certificate_does_not_hold(string certificateIs, bool holds)
    {
        using var authority = new TestAuthority();
        using var otherAuthority = new TestAuthority();
        using X509Certificate2 certificate = certificateIs switch
        {
            "of another host" => authority.Issue("example.test"),
            "expired" => authority.Issue("127.0.0.1", DateTimeOffset.UtcNow.AddHours(-2), DateTimeOffset.UtcNow.AddHours(-1)),
            "self-signed" => TestAuthority.SelfSigned("127.0.0.1"),
            "of another authority" => otherAuthority.Issue("127.0.0.1"),
            _ => authority.Issue("127.0.0.1"),
        };
        using var venue = new HttpVenue((_, _) => "answer");
        using var front = new TlsFront(new SslServerAuthenticationOptions { ServerCertificate = certificate }, venue.Address.Port);
        using var rest = new RestClient(new Uri($"https://127.0.0.1:{front.Port}"), new ApiCredentials("test-key", "test-secret"), new FixedClock(), recvWindowMillis: 5_000, Patience, authoritiesPath: authority.Path);

        Task<byte[]> asking = rest.GetAsync("/v5/order/realtime", "category=linear");

        if (holds) Assert.Equal("answer", Encoding.UTF8.GetString(await asking));
        else Assert.Equal(OutcomeClass.NotSent, (await Assert.ThrowsAsync<VenueRefusalException>(() => asking)).Class);
        Assert.Equal(holds ? 1 : 0, venue.Asked.Count);
    }

    [Theory]
    [InlineData(400, "", OutcomeClass.Other, 400)]
    [InlineData(401, "", OutcomeClass.HardStop, 401)]
    [InlineData(401, "{\"retCode\":33004,\"retMsg\":\"Your api key has expired.\"}", OutcomeClass.HardStop, 33004)]
    [InlineData(403, "", OutcomeClass.Unknown, 403)]
    [InlineData(403, "<html>", OutcomeClass.Unknown, 403)]
    [InlineData(403, "{\"retCode\":10010,\"retMsg\":\"Unmatched IP\"}", OutcomeClass.HardStop, 10010)]
    [InlineData(404, "", OutcomeClass.Other, 404)]
    [InlineData(429, "{}", OutcomeClass.Pace, 429)]
    [InlineData(500, "", OutcomeClass.Unknown, 500)]
    [InlineData(503, "{\"retCode\":10003}", OutcomeClass.Unknown, 503)]
    public async Task Another_status_than_200_says_what_became_of_the_request(int status, string body, OutcomeClass outcome, int code)
    {
        using var venue = new HttpVenue((_, response) =>
        {
            response.StatusCode = status;
            return body;
        });
        using RestClient rest = Client(venue.Address);

        VenueRefusalException fault = await Assert.ThrowsAsync<VenueRefusalException>(() => rest.PostAsync("/v5/order/cancel-all", "{}"));

        Assert.Equal((outcome, code), (fault.Class, fault.Code));
    }

    [Fact]
    public async Task A_banned_address_sends_nothing_for_ten_minutes_and_says_so_in_one_line()
    {
        var notices = new List<string>();
        var time = new SwiftTime();
        bool isBanned = true;
        using var venue = new HttpVenue((_, response) =>
        {
            if (isBanned) response.StatusCode = 403;
            return isBanned ? "403, access too frequent" : "fine";
        });
        using var rest = new RestClient(venue.Address, new ApiCredentials("test-key", "test-secret"), new FixedClock(), recvWindowMillis: 5_000, Patience, time) { OnNotice = notices.Add };

        Assert.Equal(OutcomeClass.Banned, (await Assert.ThrowsAsync<VenueRefusalException>(() => rest.GetAsync("/v5/market/time", ""))).Class);
        isBanned = false;
        time.Advance(TimeSpan.FromSeconds(590));
        VenueRefusalException held = await Assert.ThrowsAsync<VenueRefusalException>(() => rest.PostAsync("/v5/order/cancel", "{}"));

        Assert.Equal(OutcomeClass.Banned, held.Class);
        Assert.Equal("POST /v5/order/cancel: not sent, the venue has banned this address for 10 s more", held.Message);
        Assert.Equal(["/v5/market/time"], venue.Asked);
        Assert.Equal(["GET /v5/market/time: HTTP 403, access too frequent: the venue has banned this address, and nothing is sent by HTTP for 10 minutes"], notices);

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("fine", Encoding.UTF8.GetString(await rest.GetAsync("/v5/market/time", "")));
    }

    [Fact]
    public async Task Market_data_is_asked_for_without_key_and_signature()
    {
        using var venue = new HttpVenue((request, _) => $"{request.Headers.AllKeys.Count(name => name!.StartsWith("X-BAPI", StringComparison.OrdinalIgnoreCase))}");
        using RestClient rest = Client(venue.Address);

        Assert.Equal("0", Encoding.UTF8.GetString(await rest.GetAsync("/v5/market/time", "")));
        Assert.Equal("4", Encoding.UTF8.GetString(await rest.GetAsync("/v5/account/info", "")));
        Assert.Equal(["/v5/market/time", "/v5/account/info"], venue.Asked);
    }

    [Fact]
    public async Task Without_a_key_market_data_is_had_and_what_would_be_signed_is_not_sent()
    {
        using var venue = new HttpVenue((_, _) => "fine");
        using var rest = new RestClient(venue.Address, credentials: null, new FixedClock(), recvWindowMillis: 5_000, Patience);

        Assert.Equal("fine", Encoding.UTF8.GetString(await rest.GetAsync("/v5/market/time", "")));
        InvalidOperationException fault = await Assert.ThrowsAsync<InvalidOperationException>(() => rest.PostAsync("/v5/order/cancel-all", "{}"));

        Assert.Equal("POST /v5/order/cancel-all is signed, and this client was made without a key", fault.Message);
        Assert.Equal(["/v5/market/time"], venue.Asked);
        Assert.Equal("a text", rest.Redact("a text"));
    }

    [Fact]
    public async Task A_venue_that_is_not_there_was_sent_nothing_and_one_that_does_not_answer_leaves_the_outcome_unknown()
    {
        using RestClient nobody = Client(HttpVenue.Nowhere);
        Assert.Equal(OutcomeClass.NotSent, (await Assert.ThrowsAsync<VenueRefusalException>(() => nobody.PostAsync("/v5/order/create", "{}"))).Class);

        using var released = new ManualResetEventSlim();
        using var slow = new HttpVenue((_, _) =>
        {
            released.Wait(Patience);
            return "";
        });
        using RestClient impatient = Client(slow.Address, TimeSpan.FromMilliseconds(200));
        Assert.Equal(OutcomeClass.Unknown, (await Assert.ThrowsAsync<VenueRefusalException>(() => impatient.PostAsync("/v5/order/create", "{}"))).Class);
        released.Set();

        using var cutting = new CuttingVenue();
        using RestClient cut = Client(cutting.Address);
        Assert.Equal(OutcomeClass.Unknown, (await Assert.ThrowsAsync<VenueRefusalException>(() => cut.PostAsync("/v5/order/create", "{}"))).Class);
        Assert.Equal(1, cutting.Requests);
    }

    [Theory]
    [InlineData("cursor=page_args%3D1%2C2")]
    [InlineData("cursor=a%7Eb%41%2fc%20d")]
    public async Task A_query_is_sent_as_it_is_signed(string query)
    {
        using var venue = new HttpVenue((_, _) => "");
        using RestClient rest = Client(venue.Address);

        await rest.GetAsync("/v5/execution/list", query);

        Assert.Equal([$"/v5/execution/list?{query}"], venue.Asked);
    }

    [Fact]
    public async Task Another_status_than_200_is_a_refusal()
    {
        using var venue = new HttpVenue((_, response) =>
        {
            response.StatusCode = 403;
            return "{}";
        });
        using RestClient rest = Client(venue.Address);

        Assert.Equal("GET /v5/execution/list: HTTP 403", await Refusal(rest));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_so_the_signature_goes_nowhere_else()
    {
        using var elsewhere = new HttpVenue((_, _) => "caught");
        using var venue = new HttpVenue((_, response) =>
        {
            response.StatusCode = (int)HttpStatusCode.TemporaryRedirect;
            response.RedirectLocation = elsewhere.Address.ToString();
            return "";
        });
        using RestClient rest = Client(venue.Address);

        Assert.Equal("GET /v5/execution/list: HTTP 307", await Refusal(rest));
        Assert.Empty(elsewhere.Asked);
    }

    [Fact]
    public async Task A_venue_that_is_not_there_or_does_not_answer_is_a_refusal_in_one_line()
    {
        using RestClient nobody = Client(HttpVenue.Nowhere);
        Assert.StartsWith("GET /v5/execution/list: Connection refused", await Refusal(nobody), StringComparison.Ordinal);

        using var released = new ManualResetEventSlim();
        using var slow = new HttpVenue((_, _) =>
        {
            released.Wait(Patience);
            return "";
        });
        using RestClient impatient = Client(slow.Address, TimeSpan.FromMilliseconds(200));
        Assert.StartsWith("GET /v5/execution/list: ", await Refusal(impatient), StringComparison.Ordinal);
        released.Set();
    }

    private static async Task<string> Refusal(RestClient rest)
    {
        string message = (await Assert.ThrowsAsync<VenueRefusalException>(() => rest.GetAsync("/v5/execution/list", "category=linear"))).Message;
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain("test-", message, StringComparison.Ordinal);
        return message;
    }

    private static RestClient Client(Uri address, TimeSpan? timeout = null) =>
        new(address, new ApiCredentials("test-key", "test-secret"), new FixedClock(), recvWindowMillis: 5_000, timeout ?? Patience);
}
