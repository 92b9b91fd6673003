using System.Net;
using LatencyEngine.Bybit;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Host.Tests;

public sealed class OrderSweepTests : IDisposable
{
    private const string CancelAll = "/v5/order/cancel-all";
    private const string Orders = "/v5/order/realtime";
    private const string Order = """{"symbol":"BTCUSDT","orderId":"1","orderLinkId":"le0000000100000001"}""";
    private const string Taken = """{"retCode":0,"retMsg":"OK","result":{"success":"1"},"time":1700000000000}""";

    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(2);

    private readonly HttpVenue _http;
    private readonly RestClient _client;
    private readonly List<string> _said = [];
    private Func<string> _cancel = () => Taken;
    private Func<string> _orders = () => List();
    private int _status = 200;
    private int _cancels;

    public OrderSweepTests()
    {
        _http = new HttpVenue(Answer);
        _client = new RestClient(_http.Address, new ApiCredentials("test-key", "test-secret"), new SystemClock(), recvWindowMillis: 5_000, TimeSpan.FromSeconds(60));
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    [Fact]
    public void Every_order_is_cancelled_at_once_and_the_venue_looked_at_for_as_long_as_a_request_may_be_under_way()
    {
        OrderSweep sweep = Sweep();

        Assert.True(sweep.Run(() => false));
        Assert.Equal($"{CancelAll}", _http.Asked.First());
        Assert.Equal((1, 1), (_cancels, sweep.Cancels));
        Assert.True(_http.Asked.Count > 10, $"{_http.Asked.Count} questions in two seconds");
        Assert.NotNull(sweep.EmptySinceNanos);
        Assert.Empty(_said);
    }

    [Fact]
    public void An_order_that_arrives_behind_the_cancel_is_cancelled_too()
    {
        int looks = 0;
        _orders = () => ++looks is 4 or 5 ? List(Order) : List();
        OrderSweep sweep = Sweep();

        Assert.True(sweep.Run(() => false));
        Assert.Equal(3, sweep.Cancels);   // behind each look that showed it
    }

    [Fact]
    public void A_venue_that_does_not_answer_is_tried_until_it_does_and_that_is_said_once()
    {
        int tries = 0;
        _status = 503;
        _cancel = () =>
        {
            if (++tries == 4) _status = 200;
            return Taken;
        };
        OrderSweep sweep = Sweep();

        Assert.True(sweep.Run(() => false));
        Assert.Equal(1, sweep.Cancels);
        Assert.Equal(4, _cancels);
        Assert.Equal($"POST {CancelAll}: HTTP 503; orders may rest: it is tried again until the venue answers", Assert.Single(_said));
    }

    [Fact]
    public void A_refusal_for_another_reason_is_looked_behind_and_what_rests_is_cancelled_again()
    {
        _cancel = () => """{"retCode":181018,"retMsg":"no"}""";
        _orders = () => _cancels < 3 ? List(Order) : List();
        OrderSweep sweep = Sweep();

        Assert.True(sweep.Run(() => false));
        Assert.Equal((3, 0), (_cancels, sweep.Cancels));
    }

    [Fact]
    public void It_ends_where_it_is_when_it_is_over()
    {
        _orders = () => List(Order);
        OrderSweep sweep = Sweep();

        Assert.False(sweep.Run(() => _cancels == 2));
        Assert.Null(sweep.EmptySinceNanos);
        Assert.NotNull(sweep.FirstCancelNanos);
    }

    private static string List(params string[] rows) => $$"""{"retCode":0,"retMsg":"OK","result":{"list":[{{string.Join(',', rows)}}]},"time":1700000000000}""";

    private OrderSweep Sweep() => new(new BybitRest(_client), UnderWay, _said.Add);

    private string Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        bool isCancel = request.Url!.AbsolutePath == CancelAll;
        if (isCancel) _cancels++;
        string answer = isCancel ? _cancel() : request.Url.AbsolutePath == Orders ? _orders() : List();
        response.StatusCode = _status;   // as the answer left it
        return answer;
    }
}
