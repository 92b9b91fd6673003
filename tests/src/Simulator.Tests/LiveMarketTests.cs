using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

/// <summary>A market that goes on while it is played: frames come when they come, are lost and come back.</summary>
public sealed class LiveMarketTests
{
    private const long Milli = 1_000_000;
    private const long StartNanos = VenueHarness.StartMillis * Milli;
    private const long SecondUid = 10_000_002;
    private static readonly string[] Symbols = ["BTCUSDT", "SOLUSDT"];
    private static readonly int[] Depths = [1, 50, 200, 1_000];

    [Fact]
    public void Books_equal_those_of_the_upstream_at_every_quiet_moment_through_losses_of_the_market()
    {
        int losses = 0;
        for (ulong seed = 1; seed <= 25; seed++)
        {
            var random = new Random((int)seed);
            using var upstream = new ReplaySession(new ReplaySettings { Flow = new FlowSettings { Seed = seed }, Venue = VenueHarness.Settings(symbols: Symbols), Latency = new LatencyModel(seed), Topics = Topics().ToHashSet() });
            var live = new Live();
            using ReplaySession venue = Open(live, upstream.FirstTimeNanos);   // candles count time: both clocks are about the same
            var told = new ClientBooks();
            var client = new ClientBooks();
            List<Delivery> deliveries = [];
            for (int round = 0; round < 25; round++)
            {
                deliveries.Clear();
                upstream.PlayUntil(upstream.LastTimeNanos + (random.Next(1, 400) * Milli), deliveries);
                if (random.Next(8) == 0)
                {
                    losses++;
                    live.Lose();
                    Play(venue, 50);   // what was on its way
                    told.Forget();
                    client.Forget();
                    Assert.DoesNotContain(Play(venue, random.Next(1, 5_000)), delivery => delivery.Channel == DeliveryChannel.Public);
                    Assert.All(Symbols, symbol => Assert.Equal((null, null), venue.Venue.Market(symbol).Book.Displayed));
                    foreach (string topic in Topics()) upstream.RequestSnapshot(topic, upstream.LastTimeNanos, origin: 9);
                    upstream.PlayUntil(upstream.LastTimeNanos + (5 * Milli), deliveries);   // deltas of the missed round first: they must count for nothing
                }

                foreach (Delivery delivery in deliveries.Where(delivery => delivery.Channel == DeliveryChannel.Public && !delivery.Frame.IsEmpty))
                {
                    live.Add(delivery.Frame);
                    told.Take(delivery.Frame, isStrict: false);
                }

                foreach (Delivery delivery in Play(venue, 400).Where(delivery => delivery.Channel == DeliveryChannel.Public)) client.Take(delivery.Frame, isStrict: true);
                foreach (string symbol in Symbols)
                {
                    (string Bids, string Asks) expected = told.Levels($"orderbook.50.{symbol}", 50);
                    MarketBook book = venue.Venue.Market(symbol).Recorded.Market;
                    Assert.Equal(expected, (ClientBooks.Text(book.Levels(bidSide: true), 50), ClientBooks.Text(book.Levels(bidSide: false), 50)));
                    foreach (int depth in Depths) Assert.Equal((seed, round, depth, told.Levels($"orderbook.50.{symbol}", depth)), (seed, round, depth, client.Levels($"orderbook.{depth}.{symbol}", depth)));
                }
            }

            Assert.Equal(0, venue.Venue.MalformedFrames);
        }

        Assert.True(losses > 20, $"{losses} losses prove little");
    }

    [Fact]
    public void Trades_of_the_market_fill_resting_orders_by_the_queue_model()
    {
        var live = new Live();
        using ReplaySession venue = Open(live);
        live.Add(VenueHarness.BookFrame("snapshot", "60000.00 1", "60001.00 1", 1));
        Play(venue, 100);
        Send(venue, AccountSettings.DefaultUid, "Buy", "60000.00", "0.010", "PostOnly");
        live.Add(VenueHarness.TradeFrame("Sell", "60000.00", "1.000", VenueHarness.StartMillis));
        Play(venue, 100);
        Assert.Empty(venue.Venue.Accounts[0].Fills);   // what was there before it

        live.Add(VenueHarness.TradeFrame("Sell", "60000.00", "0.004", VenueHarness.StartMillis));
        Play(venue, 100);

        Assert.Equal((0.004m, 60_000m, true), Assert.Single(venue.Venue.Accounts[0].Fills) is { } fill ? (fill.Qty, fill.Price, fill.IsMaker) : default);
    }

    [Fact]
    public void While_the_market_is_lost_orders_rest_and_nothing_matches_and_a_snapshot_ends_it()
    {
        var live = new Live();
        using ReplaySession venue = Open(live);
        live.Add(VenueHarness.BookFrame("snapshot", "60000.00 1", "60001.00 1", 1));
        live.Add("""{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","markPrice":"60000.50","lastPrice":"60000.00"},"cs":1,"ts":1}""");
        Play(venue, 100);
        Send(venue, AccountSettings.DefaultUid, "Buy", "60000.00", "0.010", "PostOnly");
        live.Lose();
        Play(venue, 100);

        Send(venue, SecondUid, "Sell", "60000.00", "0.010", "GTC");          // would take the first account's order
        Send(venue, SecondUid, "Buy", "60001.00", "0.010", "IOC");           // would take the market's
        live.Add(VenueHarness.TradeFrame("Sell", "59000.00", "9.000", VenueHarness.StartMillis));
        live.Add(VenueHarness.BookFrame("delta", "59000.00 1", "", 2));
        venue.RequestSnapshot("orderbook.200.BTCUSDT", venue.LastTimeNanos, origin: 5);
        venue.RequestSnapshot("tickers.BTCUSDT", venue.LastTimeNanos, origin: 5);
        List<Delivery> away = Play(venue, 3_000);

        Assert.All(venue.Venue.Accounts, account => Assert.Empty(account.Fills));
        Assert.Equal((1, 1), (venue.Venue.Accounts[0].OpenOrders.Count(), venue.Venue.Accounts[1].OpenOrders.Count()));
        Assert.All(away.Where(delivery => delivery.Channel == DeliveryChannel.Public), delivery => Assert.True(delivery.IsLost));

        live.Add(VenueHarness.TradeFrame("Sell", "59000.00", "9.000", VenueHarness.StartMillis));   // before the book: it changes one that is not known
        live.Add(VenueHarness.BookFrame("snapshot", "59999.00 1", "60002.00 1", 7));
        List<Delivery> back = Play(venue, 400);
        Assert.All(venue.Venue.Accounts, account => Assert.Empty(account.Fills));
        Assert.Equal("snapshot", JsonDocument.Parse(back.First(delivery => Text(delivery).Contains("orderbook.200.BTCUSDT", StringComparison.Ordinal)).Frame).RootElement.GetProperty("type").GetString());
        Assert.DoesNotContain(back, delivery => Text(delivery).Contains("publicTrade", StringComparison.Ordinal));

        live.Add(VenueHarness.TradeFrame("Sell", "59000.00", "9.000", VenueHarness.StartMillis));
        Play(venue, 100);
        Assert.Single(venue.Venue.Accounts[0].Fills);
    }

    [Theory]
    [InlineData("""{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":1""")]
    [InlineData("""{"topic":"\ud800","type":"snapshot"}""")]
    [InlineData("""{"op":"pong"}""")]
    [InlineData("""{"topic":"orderbook.50.XRPUSDT","type":"snapshot","ts":1,"data":{"s":"XRPUSDT","b":[],"a":[],"u":1,"seq":1},"cts":1}""")]
    public void What_is_no_frame_of_the_market_reaches_nobody(string frame)
    {
        var live = new Live();
        using ReplaySession venue = Open(live);
        live.Add(frame);
        Assert.DoesNotContain(Play(venue, 100), delivery => delivery.Channel == DeliveryChannel.Public);
        live.Add(VenueHarness.BookFrame("snapshot", "60000.00 1", "60001.00 1", 1));

        Assert.Contains(Play(venue, 100), delivery => Text(delivery).Contains("orderbook.50.BTCUSDT", StringComparison.Ordinal));
    }

    [Fact]
    public void A_live_market_needs_the_present() =>
        Assert.Contains("StartNanos", Assert.Throws<ArgumentException>(() => new ReplaySession(new ReplaySettings { Frames = new Live(), Venue = VenueHarness.Settings(), Latency = new LatencyModel(1) })).Message, StringComparison.Ordinal);

    private static IEnumerable<string> Topics() => Symbols.SelectMany(symbol => (string[])[$"orderbook.50.{symbol}", $"publicTrade.{symbol}", $"tickers.{symbol}"]);

    private static ReplaySession Open(Live live, long startNanos = StartNanos) => new(new ReplaySettings
    {
        Frames = live,
        StartNanos = startNanos,
        DerivesTopics = true,
        Venue = VenueHarness.Settings(symbols: Symbols) with { Accounts = [new AccountSettings { Leverage = 50, StartBalance = 10_000, FeeTier = FeeTier.Vip0 }, new AccountSettings { Uid = SecondUid, Leverage = 50, StartBalance = 10_000, FeeTier = FeeTier.Vip0 }] },
        Latency = new LatencyModel(1),
    });

    private static List<Delivery> Play(ReplaySession session, int millis)
    {
        List<Delivery> deliveries = [];
        session.PlayUntil(session.LastTimeNanos + 1, deliveries);   // takes what waits
        session.PlayUntil(session.LastTimeNanos + (millis * Milli), deliveries);
        return deliveries;
    }

    private static void Send(ReplaySession session, long uid, string side, string price, string qty, string timeInForce)
    {
        string order = $$"""{"symbol":"BTCUSDT","side":"{{side}}","orderType":"Limit","qty":"{{qty}}","price":"{{price}}","category":"linear","timeInForce":"{{timeInForce}}"}""";
        session.Submit(Encoding.UTF8.GetBytes(VenueHarness.RequestText("order.create", order, session.LastTimeNanos / Milli, $"r{session.LastTimeNanos}")), session.LastTimeNanos, origin: uid, uid: uid);
        JsonElement answer = JsonDocument.Parse(Play(session, 100).First(delivery => delivery.Channel == DeliveryChannel.Trade).Frame).RootElement;
        Assert.True(answer.GetProperty("retCode").GetInt32() == 0, answer.ToString());
    }

    private static string Text(Delivery delivery) => Encoding.UTF8.GetString(delivery.Frame.Span);

    /// <summary>A market in the test's hand.</summary>
    private sealed class Live : IFrameSource
    {
        private readonly Queue<ReadOnlyMemory<byte>> _frames = new();

        public IReadOnlyCollection<string> Topics { get; } = [.. LiveMarketTests.Topics()];

        public double Progress => 0;

        public void Add(ReadOnlyMemory<byte> frame) => _frames.Enqueue(frame);

        public void Add(string frame) => Add(Encoding.UTF8.GetBytes(frame));

        public void Lose() => Add(default(ReadOnlyMemory<byte>));

        public bool TryRead(out RecordedFrame frame)
        {
            bool found = _frames.TryDequeue(out ReadOnlyMemory<byte> next);
            frame = new RecordedFrame(-1, 0, next);
            return found;
        }

        public void Dispose()
        {
        }
    }

    /// <summary>What a client of the book topics knows, kept the obvious way.</summary>
    private sealed class ClientBooks
    {
        private readonly Dictionary<string, (SortedDictionary<decimal, decimal> Bids, SortedDictionary<decimal, decimal> Asks, long UpdateId)> _books = [];

        public void Forget() => _books.Clear();

        /// <summary>Takes a frame of any topic; strict: a delta without a snapshot, or out of turn, is a fault.</summary>
        public void Take(ReadOnlyMemory<byte> frame, bool isStrict)
        {
            if (frame.IsEmpty) return;
            JsonElement root = JsonDocument.Parse(frame).RootElement;
            string topic = root.GetProperty("topic").GetString()!;
            if (!topic.StartsWith("orderbook.", StringComparison.Ordinal)) return;
            JsonElement data = root.GetProperty("data");
            bool isSnapshot = root.GetProperty("type").ValueEquals("snapshot");
            if (!_books.ContainsKey(topic) && !isSnapshot)
            {
                Assert.False(isStrict, $"{topic} goes on with a delta");
                return;
            }

            if (isSnapshot) _books[topic] = ([], [], data.GetProperty("u").GetInt64() - 1);
            (SortedDictionary<decimal, decimal> bids, SortedDictionary<decimal, decimal> asks, long updateId) = _books[topic];
            if (isStrict) Assert.Equal(updateId + 1, data.GetProperty("u").GetInt64());
            _books[topic] = (bids, asks, data.GetProperty("u").GetInt64());
            Apply(bids, data.GetProperty("b"));
            Apply(asks, data.GetProperty("a"));
        }

        public (string Bids, string Asks) Levels(string topic, int depth) => _books.TryGetValue(topic, out (SortedDictionary<decimal, decimal> Bids, SortedDictionary<decimal, decimal> Asks, long UpdateId) book)
            ? (Text(book.Bids.Reverse().Select(level => (level.Key, level.Value)), depth), Text(book.Asks.Select(level => (level.Key, level.Value)), depth))
            : ("", "");

        public static string Text(IEnumerable<(decimal Price, decimal Qty)> levels, int depth) => string.Join(" ", levels.Take(depth).Select(level => string.Create(CultureInfo.InvariantCulture, $"{level.Price:0.######}x{level.Qty:0.######}")));

        private static void Apply(SortedDictionary<decimal, decimal> side, JsonElement levels)
        {
            foreach (JsonElement level in levels.EnumerateArray())
            {
                decimal price = decimal.Parse(level[0].GetString()!, CultureInfo.InvariantCulture);
                decimal qty = decimal.Parse(level[1].GetString()!, CultureInfo.InvariantCulture);
                if (qty == 0) side.Remove(price);
                else side[price] = qty;
            }
        }
    }
}
