using System.Collections.Concurrent;
using System.Net;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit.Tests;

/// <summary>Market data by REST while the public connection is away, in virtual time.</summary>
public sealed class MarketPollerTests : IDisposable
{
    private const string MarkAnswer = """{"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[{"symbol":"BTCUSDT","lastPrice":"60001.50","indexPrice":"60000.10","markPrice":"60000.25","bid1Price":"60000.10"}]},"time":1760352369814}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(3);

    private readonly SwiftTime _time = new();
    private readonly ConcurrentQueue<(string Request, TimeSpan At)> _asked = new();
    private readonly InboxReader _inbox = new();
    private readonly HttpVenue _venue;
    private readonly RestClient _client;
    private readonly BybitRest _rest;
    private Func<HttpListenerRequest, string> _answer = Whole;
    private bool _isStreaming = true;

    public MarketPollerTests()
    {
        _venue = new HttpVenue((request, _) =>
        {
            _asked.Enqueue((request.RawUrl!, _time.GetElapsedTime(0)));
            return Volatile.Read(ref _answer)(request);
        });
        _client = new RestClient(_venue.Address, new ApiCredentials("test-key", "test-secret"), new FixedClock(), recvWindowMillis: 5_000, Patience, _time);
        _rest = new BybitRest(_client);
    }

    public void Dispose()
    {
        _inbox.Dispose();
        _client.Dispose();
        _venue.Dispose();
    }

    [Fact]
    public void Mark_and_book_are_posted_as_snapshots_of_the_public_stream_whose_update_ids_they_share()
    {
        MarketPoller poller = Polling("BTCUSDT");

        Await(() => _inbox.Polled.Count >= 2);
        Assert.True(poller.IsPolling);
        poller.Complete();

        Assert.Equal(
            [
                """{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","markPrice":"60000.25"},"cs":0,"ts":1760352369814}""",
                """{"topic":"orderbook.1000.BTCUSDT","type":"snapshot","ts":1716863719031,"data":{"s":"BTCUSDT","b":[["65485.40","47.081"],["65485.30","1.000"]],"a":[["65557.70","16.606"]],"u":230704,"seq":1432604333},"cts":1716863718905}""",
            ],
            _inbox.Polled.Take(2));
        Assert.Equal(["/v5/market/tickers?category=linear&symbol=BTCUSDT", "/v5/market/orderbook?category=linear&symbol=BTCUSDT&limit=50"], _asked.Take(2).Select(one => one.Request));
        Assert.Equal(0, poller.Failed);
    }

    [Fact]
    public void Nothing_is_asked_before_the_public_connection_has_been_away_for_as_long_as_it_may_and_nothing_when_it_is_back()
    {
        var poller = new MarketPoller(_rest, ["BTCUSDT"], After);
        poller.Start(_inbox.Inbox, () => Volatile.Read(ref _isStreaming));
        Await(() => _time.GetElapsedTime(0) > 10 * After);
        Assert.Empty(_asked);

        TimeSpan lost = _time.GetElapsedTime(0);
        Volatile.Write(ref _isStreaming, false);
        Await(() => poller.IsPolling);
        Assert.True(_asked.TryPeek(out (string Request, TimeSpan At) first));
        Assert.True(first.At - lost >= After - TimeSpan.FromMilliseconds(500), $"lost at {lost}, asked at {first.At}");

        Volatile.Write(ref _isStreaming, true);
        Await(() => !poller.IsPolling);
        int asked = _asked.Count;
        TimeSpan back = _time.GetElapsedTime(0);
        Await(() => _time.GetElapsedTime(0) > back + (10 * After));
        poller.Complete();
        Assert.Equal(asked, _asked.Count);
        Await(() => _inbox.Polled.Count == poller.Posted);   // the inbox has a reader of its own
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 6)]
    [InlineData(64, 20)]
    public void Each_symbol_is_asked_for_once_a_second_and_of_many_twenty_requests_a_second(int symbols, int perSecond)
    {
        MarketPoller poller = Polling([.. Enumerable.Range(0, symbols).Select(i => $"COIN{i}USDT")]);
        Await(() => _asked.Count >= 4 * symbols + 40);
        poller.Complete();

        TimeSpan[] times = [.. _asked.Select(one => one.At)];
        int most = times.Max(from => times.Count(at => at >= from && at < from + TimeSpan.FromSeconds(1)));
        Assert.InRange(most, perSecond - 1, perSecond);
        Assert.Equal(2 * symbols, _asked.Take(2 * symbols).Select(one => one.Request).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"retCode":10001,"retMsg":"params error for test-key"}""", "GET /v5/market/tickers refused: params error for (key)")]
    [InlineData("""{"retCode":0,"result":{"list":[{"symbol":"ETHUSDT","markPrice":"1"}]},"time":5}""", "BTCUSDT: the answer has no mark price of it")]
    [InlineData("""{"retCode":0,"result":{"list":[{"symbol":"BTCUSDT","markPrice":""}]},"time":5}""", "BTCUSDT: the answer has no mark price of it")]
    public void What_fails_is_counted_and_the_next_round_asks_again(string body, string fault)
    {
        Volatile.Write(ref _answer, request => request.RawUrl!.Contains("tickers", StringComparison.Ordinal) ? body : """{"retCode":0,"result":{"s":"ETHUSDT","b":[],"a":[]},"time":5}""");
        MarketPoller poller = Polling("BTCUSDT");
        Await(() => poller.LastFault == fault);
        Await(() => poller.LastFault == "BTCUSDT: the answer has no book of it");
        Assert.False(poller.IsPolling);
        Assert.Equal(0, poller.Posted);

        Volatile.Write(ref _answer, Whole);

        Await(() => poller.Posted > 1);
        Assert.True(poller.Failed >= 2);
        poller.Complete();
    }

    [Fact]
    public void It_ends_and_asks_for_nothing_more()
    {
        MarketPoller poller = Polling("BTCUSDT");
        Await(() => poller.IsPolling);

        poller.Complete();

        int asked = _asked.Count;
        _time.Advance(100 * After);
        Assert.Equal(asked, _asked.Count);
        new MarketPoller(_rest, ["BTCUSDT"], After).Complete();   // never started
    }

    private static string Whole(HttpListenerRequest request)
    {
        string symbol = request.QueryString["symbol"]!;
        return (request.RawUrl!.StartsWith("/v5/market/tickers?", StringComparison.Ordinal)
            ? MarkAnswer
            : """{"retCode":0,"retMsg":"OK","result":{"s":"BTCUSDT","a":[["65557.70","16.606"]],"b":[["65485.40","47.081"],["65485.30","1.000"]],"ts":1716863719031,"u":230704,"seq":1432604333,"cts":1716863718905},"retExtInfo":{},"time":1716863719382}""")
            .Replace("BTCUSDT", symbol, StringComparison.Ordinal);
    }

    private static void Await(Func<bool> holds) => Assert.True(SpinWait.SpinUntil(holds, Patience));

    private MarketPoller Polling(params string[] symbols)
    {
        _isStreaming = false;
        var poller = new MarketPoller(_rest, symbols, After);
        poller.Start(_inbox.Inbox, () => Volatile.Read(ref _isStreaming));
        return poller;
    }
}
