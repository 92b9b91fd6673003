using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

public sealed class ReplaySessionTests : IDisposable
{
    private const string Genuine = "bybit-linear-btc-sol-20260809.frames.gz";
    private const string Derived = "v5shaped-btcusdt-20240808.frames.gz";

    private readonly string _folder = Directory.CreateTempSubdirectory("replay-session-tests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Genuine, 1_312, "tickers", "BTCUSDT", "SOLUSDT")]
    [InlineData(Derived, 12_170, "mid (derived)", "BTCUSDT")]
    public void A_recording_plays_to_its_end_byte_for_byte_in_order_and_its_book_never_crosses(string sample, int frames, string markSource, params string[] symbols)
    {
        using ReplaySession session = Open(sample, symbols: symbols);
        using var recorded = RecordingReader.Open(ReferenceFiles.Sample(sample));
        List<Delivery> burst = [];
        long lastPublic = 0;
        long lastTick = 0;
        int count = 0;
        int ticks = 0;
        while (session.TryNextBurst(burst))
        {
            foreach (Delivery delivery in burst)
            {
                if (delivery.Channel == DeliveryChannel.Tick)
                {
                    Assert.True(lastTick == 0 || delivery.TimeNanos == lastTick + 100_000_000);
                    lastTick = delivery.TimeNanos;
                    ticks++;
                    continue;
                }

                Assert.True(recorded.TryRead(out RecordedFrame frame));
                Assert.True(delivery.Frame.Span.SequenceEqual(frame.Frame.Span));
                Assert.Equal((DeliveryChannel.Public, frame.LineNumber), (delivery.Channel, delivery.RecordedIndex));
                Assert.True(delivery.TimeNanos >= Math.Max(lastPublic, frame.ReceivedAtNanos + 200_000));
                lastPublic = delivery.TimeNanos;
                count++;
            }

            Assert.True(burst[^1].TimeNanos - burst[0].TimeNanos <= 20_000);
            foreach (string symbol in symbols)
            {
                if (session.Venue.Best(symbol) is ({ } bid, { } ask)) Assert.True(bid < ask, $"{symbol} crossed: {bid} {ask}");
            }
        }

        Assert.Equal((frames, 1d, 0L), (count, session.Progress, session.Venue.MalformedFrames));
        Assert.True(ticks > 400);
        Assert.All(symbols, symbol => Assert.Equal(markSource, session.Venue.MarkPriceSource(symbol)));
    }

    [Fact]
    public void The_same_inputs_give_the_same_run_and_another_seed_another_one()
    {
        (string first, int fills) = QuotedRun(seed: 7);

        Assert.True(fills > 10, $"only {fills} fills: too few to compare runs by");
        Assert.Equal(first, QuotedRun(seed: 7).Digest);
        Assert.NotEqual(first, QuotedRun(seed: 8).Digest);
    }

    [Fact]
    public void Every_maker_fill_is_supported_by_the_recorded_trades_it_names()
    {
        using ReplaySession session = Open(Derived, seed: 3);
        Quote(session);
        Dictionary<string, (decimal Price, decimal Qty, string Taker)> recorded = RecordedTrades(Derived);

        Assert.NotEmpty(session.Venue.Fills);
        var grantedByTrade = new Dictionary<string, decimal>();
        foreach (FillRecord fill in session.Venue.Fills.Where(fill => fill.IsMaker))
        {
            foreach (TradePrint print in fill.Prints)
            {
                (decimal price, decimal qty, string taker) = recorded[print.TradeId];
                Assert.Equal((price, qty), (print.Price, print.Qty));
                Assert.Equal(fill.Side == Model.Side.Buy ? "Sell" : "Buy", taker);
                Assert.True(fill.Side == Model.Side.Buy ? price <= fill.Price : price >= fill.Price);
                Assert.True(print.RecvNanos >= fill.PlacedAtNanos && print.RecvNanos <= fill.TimeNanos);
            }

            Assert.True(fill.Prints.Sum(print => print.Qty) >= fill.QueueAheadAtPlacement + fill.FilledBefore + fill.Qty);
            string last = fill.Prints[^1].TradeId;
            grantedByTrade[last] = grantedByTrade.GetValueOrDefault(last) + fill.Qty;
        }

        Assert.All(grantedByTrade, pair => Assert.True(pair.Value <= recorded[pair.Key].Qty));
        FillRecord end = session.Venue.Fills[^1];
        Assert.Equal(10_000m + session.Venue.Fills[^1].RealisedGross - session.Venue.Fills.Sum(fill => fill.Fee), end.Wallet);
        Assert.Equal(session.Venue.Fills.Sum(fill => fill.Side == Model.Side.Buy ? fill.Qty : -fill.Qty), end.PositionAfter);
    }

    [Fact]
    public void A_request_reaches_the_venue_after_the_order_delay_and_its_answer_the_engine_after_the_response_delay()
    {
        using ReplaySession session = Open(Genuine);
        List<Delivery> burst = [];
        Assert.True(session.TryNextBurst(burst));
        long sent = session.LastTimeNanos;
        session.Submit(CreateText(sent, "BTCUSDT", "Buy", "60000", "0.001", "a"), sent);

        Delivery ack = NextOf(session, DeliveryChannel.Trade);

        Assert.InRange(ack.TimeNanos - sent, 500_000, 700_000);   // 300 + 200 us, each with up to 100 us of jitter
        Assert.Equal(-1, ack.RecordedIndex);
        Assert.Single(session.Venue.OpenOrders);
    }

    [Fact]
    public void Requests_keep_their_order_whatever_the_jitter()
    {
        using ReplaySession session = Open(Genuine, latency: new LatencyModel(1, jitterMicros: 5_000), feeTier: "Pro 5");
        List<Delivery> burst = [];
        Assert.True(session.TryNextBurst(burst));
        for (int i = 0; i < 50; i++) session.Submit(CreateText(session.LastTimeNanos, "BTCUSDT", "Buy", "60000", "0.001", $"a{i}"), session.LastTimeNanos);

        List<string> acks = [];
        while (session.TryNextBurst(burst))
        {
            acks.AddRange(burst.Where(d => d.Channel == DeliveryChannel.Trade).Select(d => JsonDocument.Parse(d.Frame).RootElement.GetProperty("data").GetProperty("orderLinkId").GetString()!));
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"a{i}"), acks);
    }

    [Fact]
    public void A_request_cannot_be_sent_in_the_past()
    {
        using ReplaySession session = Open(Genuine);
        Assert.True(session.TryNextBurst([]));

        Assert.Throws<ArgumentOutOfRangeException>(() => session.Submit("{}"u8, session.LastTimeNanos - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.RequestSnapshot("BTCUSDT", session.LastTimeNanos - 1));
    }

    [Fact]
    public void A_snapshot_asked_for_fits_between_the_recorded_deltas_around_it()
    {
        using ReplaySession session = Open(Genuine);
        List<Delivery> burst = [];
        while (session.LastTimeNanos < 1_786_310_825_000_000_000) Assert.True(session.TryNextBurst(burst));
        session.RequestSnapshot("BTCUSDT", session.LastTimeNanos);

        long? before = null;
        long? snapshot = null;
        long? after = null;
        while (after is null && session.TryNextBurst(burst))
        {
            foreach (Delivery delivery in burst.Where(d => Encoding.UTF8.GetString(d.Frame.Span).StartsWith("{\"topic\":\"orderbook.200.BTCUSDT\"", StringComparison.Ordinal)))
            {
                long u = JsonDocument.Parse(delivery.Frame).RootElement.GetProperty("data").GetProperty("u").GetInt64();
                if (delivery.RecordedIndex < 0) snapshot = u;
                else if (snapshot is null) before = u;
                else after ??= u;
            }
        }

        Assert.Equal(snapshot + 1, after);
        Assert.True(before is null || before == snapshot);
    }

    [Fact]
    public void Requests_are_taken_for_a_second_after_the_last_frame_and_then_dropped()
    {
        using ReplaySession session = Open(Genuine);
        List<Delivery> burst = [];
        while (session.TryNextBurst(burst))
        {
        }

        long end = session.LastTimeNanos;
        session.Submit(CreateText(end, "BTCUSDT", "Buy", "60000", "0.001", "a"), end);
        Assert.Equal(DeliveryChannel.Trade, NextOf(session, DeliveryChannel.Trade).Channel);
        while (session.TryNextBurst(burst))
        {
        }

        session.Submit(CreateText(end, "BTCUSDT", "Buy", "60000", "0.001", "b"), end + ReplaySession.ClosingNanos);
        Assert.False(session.TryNextBurst(burst));
        Assert.Equal(1, session.RequestsAfterClose);
    }

    [Fact]
    public void Deliveries_within_the_window_come_as_one_burst()
    {
        string frame = VenueHarness.BookFrame("snapshot", "60000.00 1.000", "60000.10 1.000", 1);
        string path = Path.Combine(_folder, "burst.frames");
        File.WriteAllText(path, $"1000000000 {frame}\n1000000000 {frame}\n1000020000 {frame}\n1000020001 {frame}\n");
        using var session = new ReplaySession(new ReplaySettings { RecordingPath = path, Venue = VenueHarness.Settings(), Latency = new LatencyModel(1, jitterMicros: 0) });
        List<Delivery> burst = [];

        Assert.True(session.TryNextBurst(burst));
        Assert.Equal([1L, 2L, 3L], burst.Select(d => d.RecordedIndex));
        Assert.True(session.TryNextBurst(burst));
        Assert.Equal([4L], burst.Select(d => d.RecordedIndex));
    }

    [Fact]
    public void Settings_that_contradict_the_recording_or_themselves_are_refused()
    {
        Assert.Contains("no frame of SOLUSDT", Assert.Throws<RecordingException>(() => Open(Derived, symbols: ["SOLUSDT"])).Message, StringComparison.Ordinal);
        Assert.Contains("burst window", Assert.Throws<ArgumentException>(() => Open(Genuine, latency: new LatencyModel(1, orderMicros: 10))).Message, StringComparison.Ordinal);
        Assert.Contains("1..100", Assert.Throws<ArgumentException>(() => new Venue(VenueHarness.Settings(leverage: 101))).Message, StringComparison.Ordinal);
        Assert.Contains("no instrument DOGEUSDT", Assert.Throws<ArgumentException>(() => new Venue(VenueHarness.Settings(symbols: "DOGEUSDT"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Venue(VenueHarness.Settings(balance: 0)));
    }

    private static ReplaySession Open(string sample, ulong seed = 1, LatencyModel? latency = null, string feeTier = "Pro 5", params string[] symbols) => new(new ReplaySettings
    {
        RecordingPath = ReferenceFiles.Sample(sample),
        Venue = VenueHarness.Settings(feeTier: feeTier, seed: seed, symbols: symbols),
        Latency = latency ?? new LatencyModel(seed),
    });

    private static Delivery NextOf(ReplaySession session, DeliveryChannel channel)
    {
        List<Delivery> burst = [];
        while (session.TryNextBurst(burst))
        {
            foreach (Delivery delivery in burst)
            {
                if (delivery.Channel == channel) return delivery;
            }
        }

        throw new InvalidOperationException($"nothing on {channel}");
    }

    private static byte[] CreateText(long nanos, string symbol, string side, string price, string qty, string linkId) => Encoding.UTF8.GetBytes(VenueHarness.RequestText(
        "order.create",
        $$"""{"category":"linear","symbol":"{{symbol}}","side":"{{side}}","orderType":"Limit","qty":"{{qty}}","price":"{{price}}","timeInForce":"PostOnly","orderLinkId":"{{linkId}}"}""",
        nanos / 1_000_000,
        linkId));

    private static (string Digest, int Fills) QuotedRun(ulong seed)
    {
        using ReplaySession session = Open(Derived, seed);
        string digest = Quote(session);
        return (digest, session.Venue.Fills.Count);
    }

    /// <summary>A client that joins the best bid and ask every second with its own reading of the venue's book; returns a digest of everything delivered.</summary>
    private static string Quote(ReplaySession session)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        List<Delivery> burst = [];
        int ticks = 0;
        while (session.TryNextBurst(burst))
        {
            foreach (Delivery delivery in burst)
            {
                hash.AppendData(BitConverter.GetBytes(delivery.TimeNanos));
                hash.AppendData(delivery.Frame.Span);
                if (delivery.Channel != DeliveryChannel.Tick || ++ticks % 10 != 0 || session.Venue.Best("BTCUSDT") is not ({ } bid, { } ask)) continue;
                string[] prices = [bid.ToString(CultureInfo.InvariantCulture), ask.ToString(CultureInfo.InvariantCulture)];
                session.Submit(CreateText(session.LastTimeNanos, "BTCUSDT", "Buy", prices[0], "0.010", $"b{ticks}"), session.LastTimeNanos);
                session.Submit(CreateText(session.LastTimeNanos, "BTCUSDT", "Sell", prices[1], "0.010", $"s{ticks}"), session.LastTimeNanos);
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static Dictionary<string, (decimal Price, decimal Qty, string Taker)> RecordedTrades(string sample)
    {
        using var reader = RecordingReader.Open(ReferenceFiles.Sample(sample));
        return reader.ReadAll()
            .Select(frame => JsonDocument.Parse(frame.Frame).RootElement)
            .Where(root => root.GetProperty("topic").GetString()!.StartsWith("publicTrade.", StringComparison.Ordinal))
            .SelectMany(root => root.GetProperty("data").EnumerateArray())
            .ToDictionary(
                trade => trade.GetProperty("i").GetString()!,
                trade => (Number(trade, "p"), Number(trade, "v"), trade.GetProperty("S").GetString()!));
    }

    private static decimal Number(JsonElement owner, string key) => decimal.Parse(owner.GetProperty(key).GetString()!, CultureInfo.InvariantCulture);
}
