using System.Collections.Concurrent;
using LatencyEngine.TestData;
using LatencyEngine.Transport;

namespace LatencyEngine.Bybit.Tests;

/// <summary>Whether instruments are open for trading, asked for while a run goes on, in virtual time.</summary>
public sealed class StatusWatcherTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SwiftTime _time = new();
    private readonly ConcurrentQueue<string> _said = new();
    private readonly InboxReader _inbox = new();
    private readonly HttpVenue _venue;
    private readonly RestClient _client;
    private string _status = "Trading";
    private bool _isRefused;
    private int _asked;

    public StatusWatcherTests()
    {
        _venue = new HttpVenue((request, _) =>
        {
            string symbol = request.QueryString["symbol"]!;
            Interlocked.Increment(ref _asked);
            if (Volatile.Read(ref _isRefused)) return """{"retCode":10001,"retMsg":"params error"}""";
            string status = symbol == "ETHUSDT" ? Volatile.Read(ref _status) : "Trading";
            return "{\"retCode\":0,\"result\":{\"category\":\"linear\",\"list\":[{\"symbol\":\"" + symbol + "\",\"status\":\"" + status + "\"}],\"nextPageCursor\":\"\"},\"time\":1}";
        });
        _client = new RestClient(_venue.Address, new ApiCredentials("test-key", "test-secret"), new FixedClock(), recvWindowMillis: 5_000, Patience, _time);
    }

    public void Dispose()
    {
        _inbox.Dispose();
        _client.Dispose();
        _venue.Dispose();
    }

    [Fact]
    public void Each_change_of_an_instrument_is_told_once()
    {
        var watcher = new StatusWatcher(new BybitRest(_client), ["BTCUSDT", "ETHUSDT"]) { OnNotice = _said.Enqueue };
        watcher.Start(_inbox.Inbox);
        Await(() => Volatile.Read(ref _asked) >= 4);
        Assert.Empty(_inbox.Statuses);

        Volatile.Write(ref _status, "Settling");
        Await(() => _inbox.Statuses.Count == 1);
        int asked = Volatile.Read(ref _asked);
        Await(() => Volatile.Read(ref _asked) >= asked + 4);
        Volatile.Write(ref _isRefused, true);   // an answer that is none says nothing
        Await(() => Volatile.Read(ref _asked) >= asked + 12);
        Volatile.Write(ref _status, "Trading");
        Volatile.Write(ref _isRefused, false);
        Await(() => _inbox.Statuses.Count == 2);
        watcher.Complete();

        Assert.Equal([(1, false), (1, true)], _inbox.Statuses);
        Assert.Equal(["ETHUSDT is not open for trading, its status is Settling: it is not quoted, and its position may only be closed", "ETHUSDT is open for trading again"], _said);
    }

    [Fact]
    public void Each_symbol_is_asked_for_twice_a_minute()
    {
        TimeSpan began = _time.GetElapsedTime(0);
        var watcher = new StatusWatcher(new BybitRest(_client), ["BTCUSDT", "ETHUSDT", "SOLUSDT"]);
        watcher.Start(_inbox.Inbox);
        Await(() => Volatile.Read(ref _asked) >= 12);
        watcher.Complete();

        Assert.True(_time.GetElapsedTime(0) - began >= 4 * StatusWatcher.Round - TimeSpan.FromSeconds(1));
    }

    private static void Await(Func<bool> holds) => Assert.True(SpinWait.SpinUntil(holds, Patience));
}
