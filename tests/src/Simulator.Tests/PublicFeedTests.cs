using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Public topics written from a book and a tape (Bybit V5, 6).</summary>
public sealed class PublicFeedTests
{
    private const long StartMillis = 1_786_310_820_000;
    private const long NanosPerMilli = 1_000_000;

    private readonly Book _book = new();
    private readonly MarketTape _tape = new();
    private readonly TickerState _ticker = new();
    private TickerFigures? _figures = new TickerFigures(65_117.44m, 65_137.76m, 0.0001m, 1_786_320_000_000, 8, 0.005m, 59_891.732m);

    [Theory]
    [InlineData(50)]
    [InlineData(200)]
    [InlineData(1_000)]
    public void A_snapshot_and_its_deltas_give_the_best_levels_of_the_book(int depth) => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var book = new Book();
        PublicFeed feed = Feed(book, $"orderbook.{depth}.BTCUSDT");
        var bids = new SortedDictionary<decimal, decimal>();
        var asks = new SortedDictionary<decimal, decimal>();
        long updateId = 0;
        long sequence = -1;
        for (int step = 0; step < 40; step++)
        {
            book.Change(random, changes: random.Next(0, 4) * depth / 10, width: 2 * depth);
            foreach (JsonElement frame in Poll(feed, StartMillis + (step * 200)))
            {
                JsonElement data = frame.GetProperty("data");
                Assert.Equal(updateId == 0 ? "snapshot" : "delta", frame.GetProperty("type").GetString());
                if (updateId > 0) Assert.True(data.GetProperty("b").GetArrayLength() + data.GetProperty("a").GetArrayLength() > 0);
                Assert.Equal(++updateId, data.GetProperty("u").GetInt64());
                Assert.True(data.GetProperty("seq").GetInt64() > sequence);
                sequence = data.GetProperty("seq").GetInt64();
                Apply(data.GetProperty("b"), bids);
                Apply(data.GetProperty("a"), asks);
            }

            Assert.Equal(book.Levels(bidSide: true).Take(depth), bids.Reverse().Select(level => (level.Key, level.Value)));
            Assert.Equal(book.Levels(bidSide: false).Take(depth), asks.Select(level => (level.Key, level.Value)));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(10));

    [Fact]
    public void A_book_is_written_in_the_key_order_and_padding_of_captured_frames()
    {
        PublicFeed feed = Feed(_book, "orderbook.50.BTCUSDT");
        _book.Set((65_114.2m, 6.05m), (65_114.3m, 10m));
        Assert.Equal(
            ["""{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":1786310820000,"data":{"s":"BTCUSDT","b":[["65114.20","6.050"]],"a":[["65114.30","10.000"]],"u":1,"seq":1},"cts":1786310820000}"""],
            Texts(feed, StartMillis));

        _book.Set((65_114.2m, 6.05m), (65_114.4m, 1m));
        Assert.Equal(
            ["""{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":1786310820020,"data":{"s":"BTCUSDT","b":[],"a":[["65114.30","0"],["65114.40","1.000"]],"u":2,"seq":2},"cts":1786310820000}"""],
            Texts(feed, StartMillis + 20));
        Assert.StartsWith("""{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":1786310820030,"data":{"s":"BTCUSDT","b":[["65114.20","6.050"]],"a":[["65114.40","1.000"]],"u":2,""", Encoding.UTF8.GetString(feed.Snapshot("orderbook.50.BTCUSDT", StartMillis + 30)!), StringComparison.Ordinal);
        Assert.Empty(Texts(feed, StartMillis + 40));
    }

    [Fact]
    public void Depth_1_is_not_padded_and_says_the_same_again_after_three_seconds()
    {
        PublicFeed feed = Feed(_book, "orderbook.1.BTCUSDT");
        _book.Set((65_114m, 6.05m), (65_114.3m, 10m));
        const string Levels = "\"type\":\"snapshot\",\"data\":{\"s\":\"BTCUSDT\",\"b\":[[\"65114\",\"6.05\"]],\"a\":[[\"65114.3\",\"10\"]],\"u\":1,\"seq\":1},\"cts\":1786310820000}";
        Assert.Equal([$"{{\"topic\":\"orderbook.1.BTCUSDT\",\"ts\":1786310820000,{Levels}"], Texts(feed, StartMillis));

        Assert.Empty(Texts(feed, StartMillis + 2_990));
        Assert.Equal([$"{{\"topic\":\"orderbook.1.BTCUSDT\",\"ts\":1786310823000,{Levels}"], Texts(feed, StartMillis + 3_000));
        _book.Set((65_114m, 1m), (65_114.3m, 10m));
        Assert.Contains("\"u\":2,\"seq\":2", Assert.Single(Texts(feed, StartMillis + 3_010)), StringComparison.Ordinal);
    }

    [Fact]
    public void Books_come_at_the_intervals_of_their_depths()
    {
        PublicFeed feed = Feed(_book, "orderbook.1.BTCUSDT", "orderbook.50.BTCUSDT", "orderbook.200.BTCUSDT", "orderbook.1000.BTCUSDT");
        var random = new Random(1);
        var counts = new Dictionary<string, int>();
        while (feed.NextDueNanos < (StartMillis + 1_000) * NanosPerMilli)
        {
            _book.Set((100 + random.Next(1, 50), 1m), (200m, random.Next(1, 1_000_000)));
            foreach (JsonElement frame in Poll(feed, feed.NextDueNanos!.Value / NanosPerMilli))
            {
                string topic = frame.GetProperty("topic").GetString()!;
                counts[topic] = counts.GetValueOrDefault(topic) + 1;
            }
        }

        Assert.Equal((100, 50, 10, 5), (counts["orderbook.1.BTCUSDT"], counts["orderbook.50.BTCUSDT"], counts["orderbook.200.BTCUSDT"], counts["orderbook.1000.BTCUSDT"]));
    }

    [Fact]
    public void Trades_are_told_at_once_in_the_captured_key_order()
    {
        PublicFeed feed = Feed(_book, "publicTrade.BTCUSDT");
        Trade(69_916.9m, 0.02m, sequence: 549_792_208_812);

        Assert.Equal(
            ["""{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1786310820001,"data":[{"T":1786310820000,"s":"BTCUSDT","S":"Buy","v":"0.020","p":"69916.90","L":"ZeroPlusTick","i":"t","BT":false,"RPI":false,"seq":549792208812}]}"""],
            Texts(feed, StartMillis + 1));
        Assert.Empty(Texts(feed, StartMillis + 2));
    }

    [Fact]
    public void A_ticker_is_one_snapshot_with_the_keys_of_a_recorded_one_and_then_what_changes()
    {
        PublicFeed feed = Feed(_book, "tickers.BTCUSDT");
        _book.Set((65_114.2m, 5.954m), (65_114.3m, 10.47m));
        Assert.Empty(Texts(feed, StartMillis));   // nothing has traded
        Trade(65_114.3m, 0.5m);
        JsonElement snapshot = Assert.Single(Poll(feed, StartMillis + 100));

        JsonElement recorded = RecordedTicker();
        Assert.Equal(Keys(recorded), Keys(snapshot));
        Assert.Equal(Keys(recorded.GetProperty("data")), Keys(snapshot.GetProperty("data")));
        JsonElement data = snapshot.GetProperty("data");
        foreach (string key in (string[])["markPrice", "indexPrice", "openInterest", "openInterestValue", "fundingIntervalHour", "fundingCap", "singleOpenInterest", "nextFundingTime", "fundingRate", "bid1Price", "bid1Size", "ask1Price", "ask1Size", "lastPrice", "tickDirection"])
        {
            if (key is "openInterestValue") continue;   // the recorded one is of another mark
            Assert.Equal((key, recorded.GetProperty("data").GetProperty(key).GetString()), (key, data.GetProperty(key).GetString()));
        }

        _figures = _figures!.Value with { Mark = 65_120m, OpenInterest = 0 };
        _book.Set((65_114.2m, 6m), (65_114.3m, 10.47m));
        JsonElement delta = Assert.Single(Poll(feed, StartMillis + 200));
        Assert.Equal("delta", delta.GetProperty("type").GetString());
        Assert.Equal(
            ["symbol", "markPrice", "openInterest", "openInterestValue", "singleOpenInterest", "singleOpenInterestValue", "bid1Price", "bid1Size"], Keys(delta.GetProperty("data")));
        Assert.Empty(Texts(feed, StartMillis + 300));
    }

    [Fact]
    public void An_open_candle_is_pushed_each_second_and_closed_in_the_message_that_opens_the_next()
    {
        PublicFeed feed = Feed(_book, "kline.1.BTCUSDT");
        Trade(65_119.9m, 3.7m);
        Trade(65_114.2m, 0.012m);
        Assert.Equal(
            ["""{"topic":"kline.1.BTCUSDT","data":[{"start":1786310820000,"end":1786310879999,"interval":"1","open":"65119.9","close":"65114.2","high":"65119.9","low":"65114.2","volume":"3.712","turnover":"241725.0004","confirm":false,"timestamp":1786310821000}],"ts":1786310821000,"type":"snapshot"}"""],
            Texts(feed, StartMillis + 1_000));
        Assert.Single(Texts(feed, StartMillis + 59_000));

        JsonElement rows = Assert.Single(Poll(feed, StartMillis + 60_000)).GetProperty("data");

        Assert.Equal([true, false], rows.EnumerateArray().Select(row => row.GetProperty("confirm").GetBoolean()));
        Assert.Equal("65114.2", rows[1].GetProperty("open").GetString());
        Assert.Equal("0", rows[1].GetProperty("volume").GetString());
        Assert.Equal(1, Assert.Single(Poll(feed, StartMillis + 61_000)).GetProperty("data").GetArrayLength());
    }

    [Fact]
    public void Liquidations_are_told_every_half_second_with_the_side_of_the_position()
    {
        PublicFeed feed = Feed(_book, "allLiquidation.BTCUSDT");
        Assert.Empty(Texts(feed, StartMillis));
        _tape.Liquidations.Add(new TapeLiquidation(StartMillis + 100, WasLong: true, 0.5m, 60_000.1m));
        Assert.Empty(Texts(feed, StartMillis + 400));

        Assert.Equal(
            ["""{"topic":"allLiquidation.BTCUSDT","type":"snapshot","ts":1786310820500,"data":[{"T":1786310820100,"s":"BTCUSDT","S":"Buy","v":"0.5","p":"60000.1"}]}"""],
            Texts(feed, StartMillis + 500));
        Assert.Empty(Texts(feed, StartMillis + 1_000));
    }

    [Fact]
    public void Only_topics_asked_for_are_written()
    {
        PublicFeed feed = Feed(_book, "orderbook.50.ETHUSDT");
        _book.Set((1m, 1m), (2m, 1m));
        Trade(1m, 1m);

        Assert.Null(feed.NextDueNanos);
        Assert.Empty(Texts(feed, StartMillis + 10_000));
        Assert.Contains("kline.D.BTCUSDT", PublicFeed.TopicsOf("BTCUSDT"));
    }

    private static JsonElement RecordedTicker()
    {
        using RecordingReader recording = RecordingReader.Open(ReferenceFiles.Sample("bybit-linear-btc-sol-20260809.frames.gz"));
        recording.TryRead(out RecordedFrame frame);
        return JsonDocument.Parse(frame.Frame).RootElement;
    }

    private static IEnumerable<string> Keys(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    private static void Apply(JsonElement levels, SortedDictionary<decimal, decimal> side)
    {
        foreach (JsonElement level in levels.EnumerateArray())
        {
            decimal price = decimal.Parse(level[0].GetString()!);
            if (level[1].GetString() == "0") Assert.True(side.Remove(price), $"{price} was not there");
            else side[price] = decimal.Parse(level[1].GetString()!);
        }
    }

    private static List<string> Texts(PublicFeed feed, long nowMillis)
    {
        List<ReadOnlyMemory<byte>> output = [];
        feed.Poll(nowMillis * NanosPerMilli, output);
        return [.. output.Select(frame => Encoding.UTF8.GetString(frame.Span))];
    }

    private static List<JsonElement> Poll(PublicFeed feed, long nowMillis) => [.. Texts(feed, nowMillis).Select(text => JsonDocument.Parse(text).RootElement)];

    private PublicFeed Feed(Book book, params string[] topics) => new(
        InstrumentList.Load(ReferenceFiles.Sample("instruments-linear-20260809.json"))["BTCUSDT"],
        book,
        _tape,
        _ticker,
        () => _figures,
        topics.ToHashSet(),
        StartMillis * NanosPerMilli);

    private void Trade(decimal price, decimal qty, long sequence = 1) =>
        _tape.OnTrade(new MarketTrade("t", TakerBuys: true, price, qty, StartMillis, IsBlock: false, sequence));

    private sealed class Book : IBookLevels
    {
        public bool HasSnapshot => true;

        private readonly SortedDictionary<decimal, decimal> _bids = [];
        private readonly SortedDictionary<decimal, decimal> _asks = [];

        public long Sequence { get; private set; }

        public long MatchedMillis => StartMillis;

        public IEnumerable<(decimal Price, decimal Qty)> Levels(bool bidSide) => (bidSide ? _bids.Reverse() : _asks).Select(level => (level.Key, level.Value));

        public void Set((decimal Price, decimal Qty) bid, (decimal Price, decimal Qty) ask)
        {
            _bids.Clear();
            _asks.Clear();
            _bids.Add(bid.Price, bid.Qty);
            _asks.Add(ask.Price, ask.Qty);
            Sequence++;
        }

        public void Change(Random random, int changes, int width)
        {
            for (int i = 0; i < changes; i++)
            {
                bool isBid = random.Next(2) == 0;
                decimal price = 50_000 + ((isBid ? -1 : 1) * random.Next(1, width) / 10m);
                if (random.Next(3) == 0) (isBid ? _bids : _asks).Remove(price);
                else (isBid ? _bids : _asks)[price] = random.Next(1, 5_000) / 1_000m;
                Sequence++;
            }
        }
    }
}
