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

        Assert.NotEmpty(session.Venue.Accounts[0].Fills);
        var grantedByTrade = new Dictionary<string, decimal>();
        foreach (FillRecord fill in session.Venue.Accounts[0].Fills.Where(fill => fill.IsMaker))
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
        FillRecord end = session.Venue.Accounts[0].Fills[^1];
        Assert.Equal(10_000m + session.Venue.Accounts[0].Fills[^1].RealisedGross - session.Venue.Accounts[0].Fills.Sum(fill => fill.Fee), end.Wallet);
        Assert.Equal(session.Venue.Accounts[0].Fills.Sum(fill => fill.Side == Model.Side.Buy ? fill.Qty : -fill.Qty), end.PositionAfter);
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
        Assert.Single(session.Venue.Accounts[0].OpenOrders);
    }

    [Fact]
    public void Requests_keep_their_order_whatever_the_jitter()
    {
        using ReplaySession session = Open(Genuine, latency: new LatencyModel(1, jitter: Jitter.Uniform(5_000)), feeTier: "Pro 5");
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
        Assert.Throws<ArgumentOutOfRangeException>(() => session.RequestSnapshot("orderbook.50.BTCUSDT", session.LastTimeNanos - 1));
    }

    [Fact]
    public void A_snapshot_asked_for_is_the_first_of_its_topic_and_the_next_recorded_delta_fits_it()
    {
        using ReplaySession session = Open(Genuine);
        List<Delivery> burst = [];
        while (session.LastTimeNanos < 1_786_310_825_000_000_000) Assert.True(session.TryNextBurst(burst));
        session.RequestSnapshot("orderbook.200.BTCUSDT", session.LastTimeNanos);

        long? snapshot = null;
        long? after = null;
        while (after is null && session.TryNextBurst(burst))
        {
            foreach (Delivery delivery in burst.Where(d => Encoding.UTF8.GetString(d.Frame.Span).StartsWith("{\"topic\":\"orderbook.200.BTCUSDT\"", StringComparison.Ordinal)))
            {
                long u = JsonDocument.Parse(delivery.Frame).RootElement.GetProperty("data").GetProperty("u").GetInt64();
                if (snapshot is not null) after ??= u;
                else Assert.True(MarketFrame.IsSnapshotFrame(delivery.Frame.Span));
                snapshot ??= u;
            }
        }

        Assert.Equal(snapshot + 1, after);
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
    public void A_call_that_cancels_all_after_the_close_does_nothing_and_is_answered()
    {
        using ReplaySession session = Open(Genuine);
        List<Delivery> burst = [];
        while (session.TryNextBurst(burst))
        {
        }

        long end = session.LastTimeNanos;
        session.Submit(CreateText(end, "BTCUSDT", "Buy", "60000", "0.001", "a"), end);
        while (session.TryNextBurst(burst))
        {
        }

        RestCall cancelAll = VenueHarness.Call(VenueRest.CancelAllPath, """{"category":"linear","settleCoin":"USDT"}""");
        session.Take(new IncomingRequest(IncomingKind.Call, 7, Uid: AccountSettings.DefaultUid) { Call = cancelAll }, end + ReplaySession.ClosingNanos);
        Delivery answer = NextOf(session, DeliveryChannel.LookUpEnd);

        Assert.Equal((7, 10016), (answer.Origin, cancelAll.Code));
        Assert.Contains("\"retCode\":10016", System.Text.Encoding.UTF8.GetString(answer.Frame.Span), StringComparison.Ordinal);
        Assert.Equal(1, session.RequestsAfterClose);
    }

    [Fact]
    public void A_snapshot_asked_for_every_second_arrives_though_its_way_back_takes_longer()
    {
        const long SecondNanos = 1_000_000_000;
        using ReplaySession session = Open(Genuine, latency: new LatencyModel(1, feedMicros: 1_500_000));
        List<Delivery> burst = [];
        while (session.LastTimeNanos < session.FirstTimeNanos + (3 * SecondNanos)) Assert.True(session.TryNextBurst(burst));   // past the recorded snapshot
        long begin = session.LastTimeNanos;
        List<Delivery> ofTopic = [];
        for (long asked = begin; session.LastTimeNanos < begin + (6 * SecondNanos);)
        {
            if (session.LastTimeNanos >= asked)
            {
                session.RequestSnapshot("orderbook.200.BTCUSDT", session.LastTimeNanos);
                asked += SecondNanos;
            }

            Assert.True(session.TryNextBurst(burst));
            ofTopic.AddRange(burst.Where(delivery => Encoding.UTF8.GetString(delivery.Frame.Span).StartsWith("{\"topic\":\"orderbook.200.BTCUSDT\"", StringComparison.Ordinal)));
        }

        Assert.True(MarketFrame.IsSnapshotFrame(ofTopic[0].Frame.Span));
        Assert.InRange(ofTopic[0].TimeNanos - begin, SecondNanos, 2 * SecondNanos);
    }

    [Fact]
    public void A_slow_request_holds_up_what_follows_on_its_connection_and_nobody_else()
    {
        const long OrderNanos = 1_000_000_000;
        using ReplaySession session = Open(Genuine, latency: new LatencyModel(1, orderMicros: OrderNanos / 1_000, cancelMicros: 1_000));
        Assert.True(session.TryNextBurst([]));
        long sent = session.LastTimeNanos;
        session.Submit(CreateText(sent, "BTCUSDT", "Buy", "60000", "0.001", "a"), sent, origin: 1);
        foreach (long origin in new[] { 1L, 2L }) session.Submit(CancelText(sent, $"x{origin}"), sent, origin);
        session.RequestSnapshot("orderbook.200.BTCUSDT", sent, origin: 3);

        List<Delivery> played = [];
        session.PlayUntil(sent + (2 * OrderNanos), played);
        Delivery[] answers = [.. played.Where(delivery => delivery.Channel == DeliveryChannel.Trade)];
        Assert.Equal([2L, 1L, 1L], answers.Select(answer => answer.Origin));
        Assert.Equal(["x2", "a", "x1"], answers.Select(answer => JsonDocument.Parse(answer.Frame).RootElement.GetProperty("reqId").GetString()));
        Assert.InRange(answers[0].TimeNanos - sent, 0, 2_000_000);
        Assert.All(answers[1..], answer => Assert.True(answer.TimeNanos > sent + OrderNanos));
        Assert.Single(played, delivery => delivery.Origin == 3);
    }

    [Fact]
    public void Answers_keep_their_order_on_a_connection_private_messages_in_an_account_and_the_public_feed_for_all()
    {
        VenueSettings venue = VenueHarness.Settings();
        using var session = new ReplaySession(new ReplaySettings
        {
            RecordingPath = ReferenceFiles.Sample(Genuine),
            Venue = venue with { Accounts = [.. venue.Accounts, new AccountSettings { Uid = VenueServerHarness.SecondUid }] },
            Latency = new LatencyModel(1, jitter: Jitter.Lognormal(1_000, 2)),
        });
        Assert.True(session.TryNextBurst([]));
        long[] uids = [AccountSettings.DefaultUid, VenueServerHarness.SecondUid];
        List<Delivery> played = [];
        for (int i = 0; i < 40; i++)
        {
            long now = session.LastTimeNanos;
            for (int client = 0; client < 2; client++) session.Submit(CreateText(now, "BTCUSDT", "Buy", "60000", "0.001", $"a{i}"), now, origin: client + 1, uids[client]);
            session.PlayUntil(now + 200_000_000, played);
        }

        Check(DeliveryChannel.Trade, delivery => delivery.Origin, overtakes: true);
        Check(DeliveryChannel.Private, delivery => delivery.Uid, overtakes: true);
        Check(DeliveryChannel.Public, _ => 0, overtakes: false);

        void Check(DeliveryChannel channel, Func<Delivery, long> path, bool overtakes)
        {
            Delivery[] sent = [.. played.Where(delivery => delivery.Channel == channel)];
            Assert.True(sent.Length > 50, $"{channel}: {sent.Length}");
            Assert.All(sent.GroupBy(path), one => Assert.Equal(one.Select(delivery => delivery.Produced).Order(), one.Select(delivery => delivery.Produced)));
            Assert.Equal(overtakes, !sent.Select(delivery => delivery.Produced).Order().SequenceEqual(sent.Select(delivery => delivery.Produced)));
        }
    }

    [Fact]
    public void A_session_that_closes_later_takes_requests_for_as_long()
    {
        using ReplaySession session = Open(Genuine);
        session.ClosesAfterNanos = 3 * ReplaySession.ClosingNanos;
        List<Delivery> burst = [];
        while (session.TryNextBurst(burst))
        {
        }

        long later = session.LastTimeNanos + (2 * ReplaySession.ClosingNanos);
        session.Submit(CreateText(later, "BTCUSDT", "Buy", "60000", "0.001", "a"), later);

        Assert.Equal(DeliveryChannel.Trade, NextOf(session, DeliveryChannel.Trade).Channel);
        Assert.Equal(0, session.RequestsAfterClose);
    }

    [Fact]
    public void Deliveries_within_the_window_come_as_one_burst()
    {
        string frame = VenueHarness.BookFrame("snapshot", "60000.00 1.000", "60000.10 1.000", 1);
        string path = Path.Combine(_folder, "burst.frames");
        File.WriteAllText(path, $"1000000000 {frame}\n1000000000 {frame}\n1000020000 {frame}\n1000020001 {frame}\n");
        using var session = new ReplaySession(new ReplaySettings { RecordingPath = path, Venue = VenueHarness.Settings(), Latency = new LatencyModel(1, jitter: Jitter.Uniform(0)) });
        List<Delivery> burst = [];

        Assert.True(session.TryNextBurst(burst));
        Assert.Equal([1L, 2L, 3L], burst.Select(d => d.RecordedIndex));
        Assert.True(session.TryNextBurst(burst));
        Assert.Equal([4L], burst.Select(d => d.RecordedIndex));
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(3_000_000)]
    public void Playing_by_the_clock_delivers_what_virtual_time_delivers_in_the_same_order(long stepNanos)
    {
        using ReplaySession byBurst = Open(Genuine, symbols: ["BTCUSDT", "SOLUSDT"]);
        using ReplaySession byClock = Open(Genuine, symbols: ["BTCUSDT", "SOLUSDT"]);
        List<Delivery> expected = [];
        List<Delivery> burst = [];
        while (byBurst.TryNextBurst(burst)) expected.AddRange(burst);

        List<Delivery> played = [];
        while (!byClock.IsFinished)
        {
            long next = byClock.NextDueNanos!.Value;
            long now = byClock.LastTimeNanos + (((next - byClock.LastTimeNanos) / stepNanos + 1) * stepNanos);
            byClock.PlayUntil(now, played);
            Assert.Equal(now, byClock.LastTimeNanos);
            Assert.All(played.TakeLast(3), delivery => Assert.True(delivery.TimeNanos <= now));
        }

        Assert.Equal(expected.Count, played.Count);
        Assert.All(expected.Zip(played), pair => Assert.True(pair.First == pair.Second with { Frame = pair.First.Frame } && pair.First.Frame.Span.SequenceEqual(pair.Second.Frame.Span)));
        Assert.Null(byClock.NextDueNanos);
    }

    [Fact]
    public void Messages_are_numbered_as_the_venue_produces_them_and_answers_carry_their_origin()
    {
        using ReplaySession session = Open(Genuine);
        List<Delivery> burst = [];
        while (session.LastTimeNanos < 1_786_310_825_000_000_000) Assert.True(session.TryNextBurst(burst));
        session.Submit(CreateText(session.LastTimeNanos, "BTCUSDT", "Buy", "60000", "0.001", "a"), session.LastTimeNanos, origin: 7);
        session.RequestSnapshot("orderbook.50.BTCUSDT", session.LastTimeNanos, origin: 8);
        session.RequestSnapshot("tickers.BTCUSDT", session.LastTimeNanos, origin: 9);

        List<Delivery> rest = [];
        while (session.TryNextBurst(burst)) rest.AddRange(burst);

        Assert.Equal(7, Assert.Single(rest, delivery => delivery.Channel == DeliveryChannel.Trade).Origin);
        Assert.Equal([8L, 9L], rest.Where(delivery => delivery is { Channel: DeliveryChannel.Public, RecordedIndex: < 0 }).Select(delivery => delivery.Origin).Order());
        Assert.All(rest.Where(delivery => delivery.Channel == DeliveryChannel.Private || delivery.RecordedIndex > 0), delivery => Assert.Equal(0, delivery.Origin));
        Assert.All(rest.Where(delivery => delivery.Channel == DeliveryChannel.Tick), delivery => Assert.Equal(0, delivery.Produced));
        foreach (DeliveryChannel channel in new[] { DeliveryChannel.Public, DeliveryChannel.Private })
        {
            long[] numbers = [.. rest.Where(delivery => delivery.Channel == channel).Select(delivery => delivery.Produced)];
            Assert.Equal(numbers.Order(), numbers);
        }

        Assert.Equal(session.ProducedCount, rest.Max(delivery => delivery.Produced));
        Assert.Equal(rest.Count(delivery => delivery.Produced > 0), rest.Select(delivery => delivery.Produced).Where(number => number > 0).Distinct().Count());
    }

    [Fact]
    public void A_look_up_is_answered_after_both_delays_and_moves_no_other_delay()
    {
        using ReplaySession asked = Open(Genuine);
        using ReplaySession silent = Open(Genuine);
        List<Delivery> burst = [];
        Assert.True(asked.TryNextBurst(burst) && silent.TryNextBurst(burst));
        long sent = asked.LastTimeNanos;
        long reached = 0;
        asked.Ask(
            now =>
            {
                reached = now;
                return [(DeliveryChannel.LookUpRows, "rows"u8.ToArray()), (DeliveryChannel.LookUpEnd, ReadOnlyMemory<byte>.Empty)];
            },
            sent,
            origin: 5);
        foreach (ReplaySession session in new[] { asked, silent }) session.Submit(CreateText(sent, "BTCUSDT", "Buy", "60000", "0.001", "a"), sent);

        List<Delivery> withLookUp = [];
        List<Delivery> without = [];
        while (asked.TryNextBurst(burst)) withLookUp.AddRange(burst);
        while (silent.TryNextBurst(burst)) without.AddRange(burst);

        Delivery[] answer = [.. withLookUp.Where(delivery => delivery.Channel >= DeliveryChannel.LookUpRows)];
        Assert.Equal([DeliveryChannel.LookUpRows, DeliveryChannel.LookUpEnd], answer.Select(delivery => delivery.Channel));
        Assert.All(answer, delivery => Assert.Equal((5L, answer[0].TimeNanos), (delivery.Origin, delivery.TimeNanos)));
        Assert.InRange(reached - sent, 300_000, 400_000);
        Assert.InRange(answer[0].TimeNanos - reached, 200_000, 300_000);
        Assert.Equal(without.Select(Facts), withLookUp.Except(answer).Select(Facts));

        static (DeliveryChannel, long, long) Facts(Delivery delivery) => (delivery.Channel, delivery.TimeNanos, delivery.Produced);
    }

    [Fact]
    public void A_look_up_is_answered_after_the_close()
    {
        using ReplaySession session = Open(Genuine);
        List<Delivery> burst = [];
        while (session.TryNextBurst(burst))
        {
        }

        session.Ask(_ => [(DeliveryChannel.LookUpEnd, ReadOnlyMemory<byte>.Empty)], session.LastTimeNanos + (2 * ReplaySession.ClosingNanos));
        Assert.False(session.IsFinished);

        Assert.Equal(DeliveryChannel.LookUpEnd, NextOf(session, DeliveryChannel.LookUpEnd).Channel);
    }

    [Fact]
    public void Only_frames_of_the_wanted_topics_are_delivered_and_the_venue_still_sees_all()
    {
        using var session = new ReplaySession(new ReplaySettings
        {
            RecordingPath = ReferenceFiles.Sample(Genuine),
            Venue = VenueHarness.Settings(),
            Latency = new LatencyModel(1),
            Topics = new HashSet<string> { "publicTrade.BTCUSDT", "tickers.BTCUSDT" },
        });
        Assert.Contains("orderbook.200.SOLUSDT", session.Topics);
        List<Delivery> burst = [];
        var topics = new Dictionary<string, int>();
        while (session.TryNextBurst(burst))
        {
            foreach (Delivery delivery in burst.Where(delivery => delivery.Channel == DeliveryChannel.Public))
            {
                string topic = JsonDocument.Parse(delivery.Frame).RootElement.GetProperty("topic").GetString()!;
                topics[topic] = topics.GetValueOrDefault(topic) + 1;
            }
        }

        Assert.Equal((16, 185, 2), (topics["publicTrade.BTCUSDT"], topics["tickers.BTCUSDT"], topics.Count));
        Assert.NotNull(session.Venue.Best("BTCUSDT").Bid);
    }

    [Fact]
    public void A_ticker_asked_for_holds_every_field_shown_so_far_with_its_newest_value()
    {
        var venue = new VenueHarness();
        Assert.Null(venue.Venue.BuildTickerFrame("BTCUSDT", 1));
        venue.Ticker("\"markPrice\":\"60000.00\",\"fundingRate\":\"0.0001\"");
        venue.Ticker("\"markPrice\":\"60001.50\",\"lastPrice\":\"60001.40\"");

        Assert.Equal(
            """{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","markPrice":"60001.50","fundingRate":"0.0001","lastPrice":"60001.40"},"cs":1,"ts":5}""",
            Encoding.UTF8.GetString(venue.Venue.BuildTickerFrame("BTCUSDT", 5_000_000)!));
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

    private static byte[] CancelText(long nanos, string linkId) =>
        Encoding.UTF8.GetBytes(VenueHarness.RequestText("order.cancel", $$"""{"category":"linear","symbol":"BTCUSDT","orderLinkId":"{{linkId}}"}""", nanos / 1_000_000, linkId));

    private static (string Digest, int Fills) QuotedRun(ulong seed)
    {
        using ReplaySession session = Open(Derived, seed);
        string digest = Quote(session);
        return (digest, session.Venue.Accounts[0].Fills.Count);
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
