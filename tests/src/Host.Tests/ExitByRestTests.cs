using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using LatencyEngine.Bybit;
using LatencyEngine.Model;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Host.Tests;

public sealed class ExitByRestTests : IDisposable
{
    private const string CancelAll = "/v5/order/cancel-all";
    private const string Create = "/v5/order/create";
    private const string BtcOrder = """{"symbol":"BTCUSDT","orderId":"1","orderLinkId":"le0000000100000001","stopOrderType":"UNKNOWN"}""";
    private const string BtcStop = """{"symbol":"BTCUSDT","orderId":"2","orderLinkId":"","stopOrderType":"StopLoss"}""";
    private const string EthOrder = """{"symbol":"ETHUSDT","orderId":"3","orderLinkId":"somebody's","stopOrderType":""}""";
    private const string EthPosition = """{"symbol":"ETHUSDT","positionIdx":0,"side":"Buy","size":"3"}""";
    private const string BtcPosition = """{"symbol":"BTCUSDT","positionIdx":0,"side":"Sell","size":"0.020"}""";

    private readonly HttpVenue _http;
    private readonly RestClient _client;
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly ConcurrentDictionary<string, Func<string>> _answers = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private uint _names;

    public ExitByRestTests()
    {
        _http = new HttpVenue(Answer);
        _client = new RestClient(_http.Address, new ApiCredentials("test-key", "test-secret"), new SystemClock(), recvWindowMillis: 5_000, TimeSpan.FromSeconds(60));
        Orders(EthOrder);
        Positions(EthPosition);
        _answers[CancelAll] = () => Result("""{"success":"1"}""");
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    [Fact]
    public void What_is_flat_is_left_alone_whatever_there_is_of_other_symbols()
    {
        Assert.Equal((true, null), Exit());
        Assert.Empty(_commands);
        Assert.Empty(_notes);
    }

    [Fact]
    public void Orders_that_rest_are_cancelled_symbol_by_symbol_and_the_venue_has_its_time_to_do_so()
    {
        Orders(EthOrder, BtcOrder);
        long cancelledAt = 0;
        _answers[CancelAll] = () =>
        {
            cancelledAt = Stopwatch.GetTimestamp();
            _answers["/v5/order/realtime"] = () => List(Stopwatch.GetElapsedTime(cancelledAt).TotalMilliseconds < 500 ? [EthOrder, BtcOrder] : [EthOrder]);
            return Result("""{"success":"1"}""");
        };

        Assert.Equal((true, null), Exit());
        Assert.Equal([$$"""{{CancelAll}} {"category":"linear","symbol":"BTCUSDT","orderFilter":"Order"}"""], _commands);
        Assert.Equal(["at the end, order le0000000100000001 of BTCUSDT: cancelled by REST"], _notes);
    }

    [Theory]
    [InlineData("""{"retCode":0,"retMsg":"OK","result":{}}""", "taken")]
    [InlineData("""{"retCode":10016,"retMsg":"Request timeout"}""", "outcome unknown: ")]
    public void A_position_is_closed_by_one_order_of_its_size_also_where_its_outcome_is_unknown(string answer, string told)
    {
        Orders(EthOrder, BtcStop);
        Positions(EthPosition, BtcPosition);
        _answers[Create] = () =>
        {
            long sentAt = Stopwatch.GetTimestamp();
            _answers["/v5/position/list"] = () => List(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds < 500 ? [EthPosition, BtcPosition] : [EthPosition]);
            Orders(EthOrder);   // the venue takes a position's stops away with it
            return answer;
        };

        Assert.Equal((true, null), Exit());
        Assert.Equal([$$"""{{Create}} {"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Market","qty":"0.020","positionIdx":0,"orderLinkId":"le0000000700000001","reduceOnly":true}"""], _commands);
        Assert.StartsWith($"at the end, position Sell 0.020 of BTCUSDT: closed by REST with reduce-only market order le0000000700000001: {told}", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_venue_does_not_close_is_tried_three_times_and_told()
    {
        Positions(BtcPosition);
        _answers[Create] = () => """{"retCode":110007,"retMsg":"not enough"}""";

        Assert.Equal((false, "the venue still shows position Sell 0.020 of BTCUSDT"), Exit());
        Assert.Equal(3, _commands.Count);
        Assert.Equal(3, _commands.Distinct().Count());   // each by a name of its own
        Assert.All(_notes, note => Assert.Contains("not enough", note, StringComparison.Ordinal));
    }

    [Fact]
    public void An_order_that_the_venue_had_no_turn_for_is_sent_again()
    {
        Positions(BtcPosition);
        _answers[Create] = () =>
        {
            if (_commands.Count == 1) return """{"retCode":10006,"retMsg":"Too many visits"}""";
            Positions(EthPosition);
            return Result("{}");
        };

        Assert.Equal((true, null), Exit());
        Assert.Equal(2, _commands.Count);
    }

    [Fact]
    public void Nothing_is_closed_while_orders_rest_that_could_not_be_cancelled()
    {
        Orders(BtcOrder);
        Positions(BtcPosition);

        Assert.Equal((false, "the venue still shows order le0000000100000001 of BTCUSDT, position Sell 0.020 of BTCUSDT"), Exit());
        Assert.Equal(3, _commands.Count);
        Assert.All(_commands, command => Assert.StartsWith(CancelAll, command, StringComparison.Ordinal));
    }

    [Fact]
    public void Orders_that_cannot_be_asked_for_are_cancelled_and_whether_it_is_flat_stays_unknown()
    {
        _answers["/v5/order/realtime"] = () => """{"retCode":10005,"retMsg":"Permission denied"}""";

        (bool? isFlat, string? fault) = Exit("BTCUSDT", "SOLUSDT");

        Assert.Null(isFlat);
        Assert.Contains("Permission denied", fault, StringComparison.Ordinal);
        Assert.Equal(6, _commands.Count(command => command.StartsWith(CancelAll, StringComparison.Ordinal)));
        Assert.All(_commands, command => Assert.DoesNotContain("settleCoin", command, StringComparison.Ordinal));
    }

    private static string List(IEnumerable<string> rows) => Result($$"""{"list":[{{string.Join(',', rows)}}]}""");

    private static string Result(string result) => $$"""{"retCode":0,"retMsg":"OK","result":{{result}},"time":1700000000000}""";

    private void Orders(params string[] rows) => _answers["/v5/order/realtime"] = () => List(rows);

    private void Positions(params string[] rows) => _answers["/v5/position/list"] = () => List(rows);

    private (bool? IsFlat, string? Fault) Exit(params string[] symbols) => new ExitByRest(new BybitRest(_client), symbols.Length > 0 ? symbols : ["BTCUSDT"], () => new ClientOrderId(7, ++_names), _notes.Add).Run(isEngineFlat: true);

    private string Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        string path = request.Url!.AbsolutePath;
        if (request.HttpMethod == "POST")
        {
            using var body = new StreamReader(request.InputStream);
            _commands.Enqueue($"{path} {body.ReadToEnd()}");
        }

        return _answers[path]();
    }
}
