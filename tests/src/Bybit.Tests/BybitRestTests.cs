using System.Collections.Concurrent;
using System.Net;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit.Tests;

public sealed class BybitRestTests
{
    private const string Account = "{\"retCode\":0,\"result\":{\"marginMode\":\"ISOLATED_MARGIN\"},\"time\":5}";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string, int, OutcomeClass> Faults => new()
    {
        { "{\"retCode\":10006,\"retMsg\":\"Too many visits!\"}", 200, OutcomeClass.Pace },
        { "{\"retCode\":10429,\"retMsg\":\"busy\"}", 200, OutcomeClass.Pace },
        { "", 429, OutcomeClass.Pace },
        { "{\"retCode\":10000,\"retMsg\":\"server timeout\"}", 200, OutcomeClass.Unknown },
        { "{\"retCode\":10016,\"retMsg\":\"Request timeout\"}", 200, OutcomeClass.Unknown },
        { "{\"retCode\":429,\"retMsg\":\"load\"}", 200, OutcomeClass.Unknown },
        { "", 503, OutcomeClass.Unknown },
        { "", 403, OutcomeClass.Unknown },
        { "<html>", 200, OutcomeClass.Unknown },
        { "{\"result\":{}}", 200, OutcomeClass.Unknown },
    };

    public static TheoryData<int, OutcomeClass> Codes => new()
    {
        { 10002, OutcomeClass.Clock }, { -1, OutcomeClass.Clock }, { 10003, OutcomeClass.HardStop }, { 10004, OutcomeClass.HardStop }, { 10005, OutcomeClass.HardStop }, { 10007, OutcomeClass.HardStop },
        { 10010, OutcomeClass.HardStop }, { 33004, OutcomeClass.HardStop }, { 110001, OutcomeClass.OrderGone }, { 110008, OutcomeClass.OrderGone }, { 110010, OutcomeClass.OrderGone },
        { 110079, OutcomeClass.OrderBusy }, { 40004, OutcomeClass.OrderBusy }, { 10403, OutcomeClass.Pace }, { 10018, OutcomeClass.Pace }, { 20003, OutcomeClass.Pace }, { 110004, OutcomeClass.Risk }, { 110007, OutcomeClass.Risk },
        { 110090, OutcomeClass.Risk }, { 10001, OutcomeClass.Filter }, { 110003, OutcomeClass.Filter }, { 110072, OutcomeClass.Filter }, { 110043, OutcomeClass.Unchanged }, { 99, OutcomeClass.Other },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_read_is_repeated_until_it_is_answered_and_five_times_at_most(string body, int status, OutcomeClass outcome)
    {
        using var venue = new Scripted { Faults = 5, Fault = (body, status) };
        VenueOutcome<RestAccount> answered = await venue.Rest.AccountAsync();
        Assert.True(answered.IsAnswered, answered.Text);
        Assert.Equal(("ISOLATED_MARGIN", 5L, 6), (answered.Value!.MarginMode, answered.AnsweredMillis, venue.Asked.Count));

        venue.Faults = 7;
        venue.Asked.Clear();
        VenueOutcome<RestAccount> refused = await venue.Rest.AccountAsync();
        Assert.Equal((outcome, 6), (refused.Class, venue.Asked.Count));
        Assert.Null(refused.Value);
        Assert.StartsWith("GET /v5/account/info", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Text);
    }

    [Fact]
    public async Task The_pauses_grow_and_differ()
    {
        const int Calls = 20;
        var calls = new List<double[]>();
        using var venue = new Scripted { Faults = 6 * Calls, Fault = ("", 503) };
        for (int i = 0; i < Calls; i++)
        {
            int before = venue.Time.Waits.Count;
            await venue.Rest.AccountAsync();
            calls.Add([.. venue.Time.Waits.Skip(before).Select(wait => wait.TotalMilliseconds)]);
        }

        // Each is random in part: the last of one call may be below its first, and a first below a millisecond is not waited for.
        Assert.Equal(6 * Calls, venue.Asked.Count);
        Assert.All(calls.SelectMany(call => call), wait => Assert.InRange(wait, 0.001, 5_000));
        Assert.True(calls.Average(call => call[^1]) > 2 * calls.Average(call => call[0]), string.Join(' ', calls[0]));
        Assert.True(calls.Select(call => call[0]).Distinct().Count() > 1, string.Join(' ', calls[0]));
    }

    [Fact]
    public async Task What_takes_longer_than_thirty_seconds_is_not_repeated()
    {
        using var venue = new Scripted { Faults = 9, Fault = ("", 503) };
        venue.OnAsked = () => venue.Time.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal(OutcomeClass.Unknown, (await venue.Rest.AccountAsync()).Class);
        Assert.Equal(2, venue.Asked.Count);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_mass_cancel_is_sent_once_whatever_becomes_of_it(string body, int status, OutcomeClass outcome)
    {
        using var venue = new Scripted { Faults = 9, Fault = (body, status) };

        Assert.Equal(outcome, (await venue.Rest.CancelAllAsync()).Class);
        Assert.Equal(["/v5/order/cancel-all"], venue.Asked);
    }

    [Fact]
    public async Task A_cut_connection_leaves_a_mass_cancels_outcome_unknown_and_it_is_not_sent_again()
    {
        using var venue = new CuttingVenue();
        var time = new SwiftTime();
        using var client = new RestClient(venue.Address, new ApiCredentials("test-key", "test-secret"), new VenueClock(time), recvWindowMillis: 5_000, Patience, time);
        var rest = new BybitRest(client);

        VenueOutcome<bool> outcome = await rest.CancelAllAsync();
        Assert.True(outcome.IsUnknown, outcome.Text);
        Assert.Equal(1, venue.Requests);

        Assert.True((await rest.AccountAsync()).IsUnknown);
        Assert.True(venue.Requests >= 1 + 6);   // of a read the HTTP client itself repeats what was cut before an answer
    }

    [Fact]
    public async Task Who_has_patience_repeats_for_that_long_with_ever_longer_pauses()
    {
        var time = new SwiftTime();
        int asked = 0;
        using var venue = new HttpVenue((_, response) =>
        {
            asked++;
            response.StatusCode = 502;
            return "";
        });
        using var client = new RestClient(venue.Address, credentials: null, new VenueClock(time), recvWindowMillis: 0, Patience, time);

        VenueOutcome<IReadOnlyList<RestCandle>> outcome = await new BybitRest(client, TimeSpan.FromMinutes(5)).CandlesAsync("BTCUSDT", "60", 1, 2);

        Assert.True(outcome.IsUnknown, outcome.Text);
        Assert.InRange(asked, 12, 60);
        Assert.InRange(time.GetTimestamp(), TimeSpan.FromMinutes(5).Ticks, TimeSpan.FromMinutes(6).Ticks);
        Assert.All(time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData("""{"list":[["1670608800000","1","2","0.5","1.5","3"]]}""")]
    [InlineData("""{"list":[["x","1","2","0.5","1.5","3","4"]]}""")]
    [InlineData("""{"list":[["1.5","1","2","0.5","1.5","3","4"]]}""")]
    [InlineData("""{"list":{}}""")]
    [InlineData("[]")]
    public async Task Candles_that_cannot_be_read_are_no_answer(string result)
    {
        using var venue = new HttpVenue((_, _) => $"{{\"retCode\":0,\"result\":{result},\"time\":1700000000000}}");
        var time = new SwiftTime();
        using var client = new RestClient(venue.Address, credentials: null, new VenueClock(time), recvWindowMillis: 0, Patience, time);

        Assert.True((await new BybitRest(client).CandlesAsync("BTCUSDT", "60", 1, 2)).IsUnknown);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_refusal_has_its_class_and_what_no_repeat_mends_is_asked_once(int code, OutcomeClass outcome)
    {
        using var venue = new Scripted { Faults = 9, Fault = ($"{{\"retCode\":{code},\"retMsg\":\"no\\nway\"}}", 200) };

        VenueOutcome<bool> refused = await venue.Rest.CancelAllAsync();
        Assert.Equal((outcome, code, "POST /v5/order/cancel-all refused: no way", false), (refused.Class, refused.Code, refused.Text, refused.Value));
        venue.Asked.Clear();
        if (outcome is OutcomeClass.Pace or OutcomeClass.Clock) return;
        await venue.Rest.AccountAsync();
        Assert.Single(venue.Asked);
    }

    [Theory]
    [InlineData(110043, "leverage not modified")]
    [InlineData(110026, "margin mode is not modified")]
    public async Task A_setting_that_is_already_so_has_succeeded_and_one_without_an_answer_is_said_again(int code, string text)
    {
        using var venue = new Scripted { Faults = 1, Fault = ($"{{\"retCode\":{code},\"retMsg\":\"{text}\"}}", 200) };
        VenueOutcome<bool> unchanged = await venue.Rest.SetLeverageAsync("BTCUSDT", 10);
        Assert.Equal((true, false), (unchanged.IsAnswered, unchanged.Value));

        venue.Faults = 2;
        venue.Fault = ("", 502);
        VenueOutcome<bool> changed = await venue.Rest.SetLeverageAsync("BTCUSDT", 10);
        Assert.Equal((true, true), (changed.IsAnswered, changed.Value));
        Assert.Equal(1 + 3, venue.Asked.Count);
    }

    [Fact]
    public async Task A_refused_time_is_measured_anew_once_and_the_read_repeated_once()
    {
        using var venue = new Scripted { Faults = 1, Fault = ("{\"retCode\":10002,\"retMsg\":\"check your server timestamp\"}", 200) };
        Assert.True((await venue.Rest.AccountAsync()).IsAnswered);
        Assert.True(venue.Rest.Clock!.IsMeasured);
        Assert.Equal(["/v5/account/info", .. Enumerable.Repeat("/v5/market/time", 5), "/v5/account/info"], venue.Asked);

        venue.Asked.Clear();
        venue.Faults = 9;
        Assert.Equal(OutcomeClass.Clock, (await venue.Rest.AccountAsync()).Class);
        Assert.Equal(2, venue.Asked.Count(path => path == "/v5/account/info"));

        venue.Asked.Clear();
        venue.Faults = 1;
        Assert.True((await venue.Rest.CancelAllAsync()).IsAnswered);
        Assert.Equal(["/v5/order/cancel-all", .. Enumerable.Repeat("/v5/market/time", 5), "/v5/order/cancel-all"], venue.Asked);

        venue.Asked.Clear();
        venue.Faults = 9;
        Assert.Equal(OutcomeClass.Clock, (await venue.Rest.CancelAllAsync()).Class);
        Assert.Equal(2, venue.Asked.Count(path => path == "/v5/order/cancel-all"));
    }

    [Theory]
    [InlineData("{\"retCode\":10006,\"retMsg\":\"Too many visits!\"}", 200)]
    [InlineData("{\"retCode\":10018,\"retMsg\":\"Exceeded the IP rate limit\"}", 200)]
    [InlineData("", 429)]
    public async Task Every_refusal_for_the_number_of_requests_is_counted_also_where_the_call_is_repeated_and_succeeds(string body, int status)
    {
        using var venue = new Scripted { Faults = 2, Fault = (body, status) };
        Assert.True((await venue.Rest.AccountAsync()).IsAnswered);
        Assert.Equal(2, venue.Rest.RateLimited);

        venue.Faults = 1;
        Assert.Equal(OutcomeClass.Pace, (await venue.Rest.CancelAllAsync()).Class);
        Assert.Equal(3, venue.Rest.RateLimited);

        (venue.Faults, venue.Fault) = (1, ("{\"retCode\":10016,\"retMsg\":\"Request timeout\"}", 200));
        Assert.True((await venue.Rest.AccountAsync()).IsAnswered);
        Assert.Equal(3, venue.Rest.RateLimited);
    }

    [Fact]
    public async Task A_ban_of_the_address_is_counted_once_and_what_is_not_sent_meanwhile_is_not()
    {
        using var venue = new Scripted { Faults = 1, Fault = ("403, access too frequent", 403) };

        Assert.Equal(OutcomeClass.Banned, (await venue.Rest.AccountAsync()).Class);
        Assert.Equal(OutcomeClass.Banned, (await venue.Rest.AccountAsync()).Class);

        Assert.Equal((1L, 1), (venue.Rest.RateLimited, venue.Asked.Count));
    }

    [Theory]
    [InlineData(-90_000)]
    [InlineData(90_000)]
    public async Task Requests_are_signed_with_the_venues_time_however_wrong_the_machines_is(long aheadMillis)
    {
        using var venue = new Scripted { AheadMillis = aheadMillis };

        Assert.Equal(aheadMillis * 1_000_000, (await venue.Rest.MeasureClockAsync()).Value);
        Assert.True((await venue.Rest.AccountAsync()).IsAnswered);
        Assert.True((await venue.Rest.MeasureClockAsync()).IsAnswered);

        Assert.Equal([SwiftTime.Start.ToUnixTimeMilliseconds() + aheadMillis], venue.Stamps);
        Assert.Equal($"this machine's clock is 90,000 ms {(aheadMillis > 0 ? "behind" : "ahead of")} the venue's; the venue's time is used, and the machine's should be set right (NTP)", Assert.Single(venue.Notices));
    }

    [Fact]
    public async Task A_difference_of_half_a_second_is_not_worth_a_line()
    {
        using var venue = new Scripted { AheadMillis = 500 };
        await venue.Rest.MeasureClockAsync();
        Assert.Empty(venue.Notices);
    }

    [Fact]
    public async Task A_clock_that_is_in_doubt_is_measured_anew_without_waiting_for_the_interval()
    {
        using var cancel = new CancellationTokenSource();
        using var venue = new Scripted();
        Assert.True((await venue.Rest.MeasureClockAsync()).IsAnswered);
        venue.Asked.Clear();

        // Every five answers say another hour, so that none confirms the one before.
        venue.OnAsked = () =>
        {
            venue.AheadMillis = (venue.Asked.Count - 1) / 5 % 2 == 0 ? 3_600_000 : -3_600_000;
            if (venue.Asked.Count == 30) cancel.Cancel();
        };
        await venue.Rest.KeepClockAsync(TimeSpan.FromMinutes(1), cancel.Token).WaitAsync(Patience);

        Assert.Single(venue.Time.Waits, wait => wait == TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_clock_is_kept_until_it_is_cancelled_and_a_failure_is_one_line()
    {
        using var venue = new Scripted { TimeIsRefused = true };
        using var cancel = new CancellationTokenSource();
        venue.OnNotice = cancel.Cancel;

        await venue.Rest.KeepClockAsync(TimeSpan.FromMinutes(1), cancel.Token).WaitAsync(Patience);

        Assert.Equal("the venue's time could not be asked for: GET /v5/market/time refused: not now", Assert.Single(venue.Notices));
        Assert.Contains(TimeSpan.FromMinutes(1), venue.Time.Waits);
    }

    [Fact]
    public async Task A_limit_that_is_used_up_is_waited_for_until_the_venues_reset()
    {
        using var venue = new Scripted { ResetInMillis = 700 };

        await venue.Rest.AccountAsync();
        Assert.DoesNotContain(venue.Time.Waits, wait => wait.TotalMilliseconds == 700);
        await venue.Rest.AccountAsync();

        Assert.Contains(venue.Time.Waits, wait => wait.TotalMilliseconds == 700);
    }

    [Fact]
    public async Task A_pause_ends_when_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        using var venue = new Scripted { Faults = 9, Fault = ("", 503) };
        venue.OnAsked = cancel.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => venue.Rest.AccountAsync(cancel.Token));
        Assert.Single(venue.Asked);
    }

    [Theory]
    [InlineData("{\"retCode\":0,\"result\":{\"marginMode\":[]}}")]
    [InlineData("{\"retCode\":0,\"result\":{\"unifiedMarginStatus\":\"x\"}}")]
    [InlineData("{\"retCode\":0,\"result\":7}")]
    [InlineData("{\"retCode\":0}")]
    public async Task An_answer_of_another_shape_is_no_answer_and_is_named_in_one_line(string body)
    {
        using var venue = new Scripted { Faults = 9, Fault = (body, 200) };

        VenueOutcome<RestAccount> outcome = await venue.Rest.AccountAsync();

        Assert.True(outcome.IsUnknown);
        Assert.StartsWith("GET /v5/account/info: the answer", outcome.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', outcome.Text);
    }

    [Theory]
    [InlineData("{\"retCode\":0,\"result\":{\"unifiedMarginStatus\":\"5\",\"news\":[1]}}", 5, "")]
    [InlineData("{\"retCode\":0,\"result\":{\"unifiedMarginStatus\":\"\",\"marginMode\":null}}", 0, "")]
    [InlineData("{\"retCode\":0,\"result\":{}}", 0, "")]
    [InlineData("{\"retCode\":0,\"result\":{\"unifiedMarginStatus\":5.0,\"marginMode\":7}}", 5, "7")]
    public async Task Numbers_as_text_and_fields_that_are_missing_null_or_new_are_taken(string body, int status, string mode)
    {
        using var venue = new Scripted { Faults = 1, Fault = (body, 200) };

        VenueOutcome<RestAccount> outcome = await venue.Rest.AccountAsync();

        Assert.True(outcome.IsAnswered, outcome.Text);
        Assert.Equal((status, mode), (outcome.Value!.UnifiedMarginStatus, outcome.Value.MarginMode));
    }

    [Fact]
    public async Task Neither_key_nor_secret_is_in_any_text_even_if_the_venue_repeats_them()
    {
        using var venue = new Scripted { Faults = 99, Fault = ("{\"retCode\":10004,\"retMsg\":\"error sign! origin_string[1682321990138test-key5000]\",\"result\":{\"reasons\":[{\"reasonMsg\":\"test-key\"}]}}", 401) };

        VenueOutcome<RestAccount> outcome = await venue.Rest.AccountAsync();

        Assert.Equal((OutcomeClass.HardStop, "GET /v5/account/info refused: error sign! origin_string[1682321990138(key)5000] ((key))"), (outcome.Class, outcome.Text));
        Assert.DoesNotContain("test-", $"{outcome} {venue.Rest} {await Assert.ThrowsAsync<VenueRefusalException>(() => venue.Rest.GetAsync("/v5/account/info", "", default))}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_burst_on_every_endpoint_at_once_never_exceeds_what_the_venue_counts()
    {
        // Real time: the venue counts requests in windows of its own, beginning whenever one comes in.
        var counted = new ConcurrentDictionary<string, ConcurrentQueue<long>>();
        int exceeded = 0;
        using var venue = new HttpVenue((request, response) =>
        {
            string path = request.Url!.AbsolutePath;
            ConcurrentQueue<long> taken = counted.GetOrAdd(path, _ => new());
            long now = Environment.TickCount64;
            taken.Enqueue(now);
            if (taken.Count(each => each > now - 1_000) > (path == "/v5/account/query-dcp-info" ? 5 : 10)) Interlocked.Increment(ref exceeded);
            return "{\"retCode\":0,\"result\":{},\"time\":5}";
        });
        using var client = new RestClient(venue.Address, new ApiCredentials("test-key", "test-secret"), new FixedClock(), recvWindowMillis: 5_000, Patience);
        var rest = new BybitRest(client);

        await Task.WhenAll([.. Enumerable.Range(0, 12).Select(_ => (Task)rest.DisconnectGuardsAsync()), .. Enumerable.Range(0, 22).Select(_ => (Task)client.PostAsync("/v5/order/cancel", "{}")), .. Enumerable.Range(0, 22).Select(_ => (Task)rest.ApiKeyAsync())]);

        Assert.Equal((0, 12, 22, 22), (exceeded, counted["/v5/account/query-dcp-info"].Count, counted["/v5/order/cancel"].Count, counted["/v5/user/query-api"].Count));
    }

    /// <summary>A venue that fails so often and then answers, and calls to it in virtual time.</summary>
    private sealed class Scripted : IDisposable
    {
        private readonly HttpVenue _venue;
        private readonly RestClient _client;

        public Scripted()
        {
            _venue = new HttpVenue(Answer);
            _client = new RestClient(_venue.Address, new ApiCredentials("test-key", "test-secret"), new VenueClock(Time), recvWindowMillis: 5_000, Patience, Time)
            {
                OnNotice = notice =>
                {
                    Notices.Enqueue(notice);
                    OnNotice();
                },
            };
            Rest = new BybitRest(_client);
        }

        public SwiftTime Time { get; } = new();

        public BybitRest Rest { get; }

        public ConcurrentQueue<string> Asked { get; } = new();

        public ConcurrentQueue<string> Notices { get; } = new();

        public ConcurrentQueue<long> Stamps { get; } = new();

        public int Faults { get; set; }

        public (string Body, int Status) Fault { get; set; }

        public bool TimeIsRefused { get; init; }

        public long AheadMillis { get; set; }

        public long? ResetInMillis { get; init; }

        public Action OnAsked { get; set; } = () => { };

        public Action OnNotice { get; set; } = () => { };

        public void Dispose()
        {
            _client.Dispose();
            _venue.Dispose();
        }

        private string Answer(HttpListenerRequest request, HttpListenerResponse response)
        {
            string path = request.Url!.AbsolutePath;
            Asked.Enqueue(path);
            OnAsked();
            long nowMillis = Time.GetUtcNow().ToUnixTimeMilliseconds() + AheadMillis;
            if (path == "/v5/market/time") return TimeIsRefused ? "{\"retCode\":99,\"retMsg\":\"not now\"}" : $"{{\"retCode\":0,\"result\":{{\"timeNano\":\"{nowMillis}000000\"}},\"time\":{nowMillis}}}";
            Stamps.Enqueue(long.Parse(request.Headers["X-BAPI-TIMESTAMP"]!));
            if (ResetInMillis is { } reset)
            {
                response.Headers["X-Bapi-Limit"] = "50";
                response.Headers["X-Bapi-Limit-Status"] = "0";
                response.Headers["X-Bapi-Limit-Reset-Timestamp"] = $"{nowMillis + reset}";
            }

            if (Faults-- > 0)
            {
                response.StatusCode = Fault.Status;
                return Fault.Body;
            }

            return Account;
        }
    }
}
