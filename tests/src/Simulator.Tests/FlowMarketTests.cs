using System.Text;
using System.Text.Json;
using LatencyEngine.Model;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Clients in a flow market: they rest in its queues, take from it, and the public sees it.</summary>
public sealed class FlowMarketTests
{
    private const long SecondNanos = 1_000_000_000;
    private const long FirstUid = 1;
    private const long SecondUid = 2;

    [Fact]
    public void Equal_seeds_and_requests_give_equal_bytes()
    {
        string first = Course(seed: 3);

        Assert.Equal(first, Course(seed: 3));
        Assert.NotEqual(first, Course(seed: 4));

        static string Course(ulong seed)
        {
            using Play play = new(seed: seed);
            play.Until(2);
            play.Order(FirstUid, "Buy", "Market", "0", "0.5");
            play.Order(FirstUid, "Sell", "Limit", "65010", "0.5");
            play.Until(20);
            return string.Join("\n", play.Frames);
        }
    }

    [Fact]
    public void Books_told_by_snapshot_and_deltas_are_the_book_traded_on()
    {
        using Play play = new(topics: ["orderbook.200.BTCUSDT"]);
        var sides = new SortedDictionary<decimal, string>[] { [], [] };
        for (int second = 1; second <= 30; second++)
        {
            play.Until(second);
            foreach (JsonElement frame in play.Public("orderbook.200.BTCUSDT"))
            {
                foreach ((int side, string key) in (ReadOnlySpan<(int, string)>)[(0, "b"), (1, "a")])
                {
                    foreach (JsonElement level in frame.GetProperty("data").GetProperty(key).EnumerateArray())
                    {
                        if (level[1].GetString() == "0") sides[side].Remove(decimal.Parse(level[0].GetString()!));
                        else sides[side][decimal.Parse(level[0].GetString()!)] = level[1].GetString()!;
                    }
                }
            }

            Assert.InRange(sides[0].Count, 50, 200);
            Assert.InRange(sides[1].Count, 50, 200);
            Assert.True(sides[0].Keys.Last() < sides[1].Keys.First());
        }
    }

    [Fact]
    public void A_resting_order_is_filled_by_the_flow_when_all_ahead_of_it_is_gone_and_the_trade_is_printed()
    {
        using Play play = new(topics: ["orderbook.50.BTCUSDT", "publicTrade.BTCUSDT"]);
        play.Until(1);
        decimal bid = play.Session.Venue.Best("BTCUSDT").Bid!.Value;
        play.Order(FirstUid, "Buy", "Limit", $"{bid}", "0.050", "PostOnly");
        play.Until(2);
        VenueOrder order = Assert.Single(play.Account(FirstUid).Orders);
        play.Until(120);

        Assert.Equal(VenueOrderStatus.Filled, order.Status);
        List<JsonElement> trades = [.. play.Public("publicTrade.BTCUSDT").SelectMany(frame => frame.GetProperty("data").EnumerateArray())];
        foreach (FillRecord fill in play.Account(FirstUid).Fills)
        {
            Assert.Equal((bid, true), (fill.Price, fill.IsMaker));
            TradePrint print = fill.Prints[^1];
            JsonElement trade = Assert.Single(trades, trade => trade.GetProperty("i").GetString() == print.TradeId);
            Assert.Equal((fill.Price, fill.Qty, "Sell"), (decimal.Parse(trade.GetProperty("p").GetString()!), decimal.Parse(trade.GetProperty("v").GetString()!), trade.GetProperty("S").GetString()));
        }
    }

    [Fact]
    public void A_taker_moves_the_market_and_its_trades_are_public_at_once_under_one_sequence()
    {
        using Play play = new(topics: ["publicTrade.BTCUSDT"]);
        play.Until(1);
        SymbolMarket market = play.Session.Venue.Market("BTCUSDT");
        List<(decimal Price, decimal Qty)> before = [.. market.Book.Levels(bidSide: false).Take(5)];
        decimal qty = before.Take(3).Sum(level => level.Qty) + 0.001m;

        market.Tape.Trades.Add(default);
        List<VenueMessage> output = [];
        play.Session.Venue.OnRequest(play.Account(FirstUid), Encoding.UTF8.GetBytes(Play.Request("Buy", "Market", "0", $"{qty}", "GTC", play.Session.LastTimeNanos, 0)), play.Session.LastTimeNanos, output);

        List<(decimal Price, decimal Qty)> after = [.. market.Book.Levels(bidSide: false).Take(1)];
        Assert.Equal((before[3].Price, before[3].Qty - 0.001m), after[0]);
        List<TapeTrade> trades = [.. market.Tape.Trades.NewestFirst().TakeWhile(row => row.Trade.Id is not null).Reverse()];
        Assert.Equal(before.Take(3).Append((before[3].Price, 0.001m)), trades.Select(row => (row.Trade.Price, row.Trade.Qty)));
        long sequence = Assert.Single(trades.Select(row => row.Trade.Sequence).Distinct());
        Assert.Equal(market.LastPrice, trades[^1].Trade.Price);
        Assert.All(play.Account(FirstUid).Executions.NewestFirst(), execution => Assert.Equal(sequence, execution.Sequence));
    }

    [Fact]
    public void An_account_is_told_the_cross_sequence_of_the_public_feed_and_it_rises()
    {
        using Play play = new(topics: ["orderbook.1.BTCUSDT"]);
        long last = 0;
        for (int second = 1; second <= 20; second++)
        {
            long before = play.Session.Venue.Market("BTCUSDT").PublicBook.Sequence;
            play.Until(second);
            play.Order(FirstUid, second % 2 == 0 ? "Sell" : "Buy", "Market", "0", "0.100");
            foreach (Delivery delivery in play.Deliveries.Where(delivery => delivery.Channel == DeliveryChannel.Private && delivery.TimeNanos > play.Session.LastTimeNanos - SecondNanos))
            {
                JsonElement row = JsonDocument.Parse(delivery.Frame).RootElement.GetProperty("data")[0];
                if (!row.TryGetProperty("seq", out JsonElement sequence)) continue;
                Assert.InRange(sequence.GetInt64(), Math.Max(last, before), play.Session.Venue.Market("BTCUSDT").PublicBook.Sequence + 1);
                last = sequence.GetInt64();
            }
        }

        Assert.True(last > 100);
    }

    [Fact]
    public void Accounts_meet_in_the_queue_by_time_with_the_flow_between_them_and_a_smaller_order_keeps_its_place()
    {
        var market = new SymbolMarket(VenueHarness.Settings().Instruments["BTCUSDT"], VenueHarness.Settings().RiskLadders["BTCUSDT"], QueueModel.TradesAtOrThrough, takenNanos: 0);
        FlowBook book = market.UseFlow(1);
        VenueOrder first = Order(FirstUid, Side.Sell, 100m, 0.004m);
        VenueOrder second = Order(SecondUid, Side.Sell, 100m, 0.004m);
        book.Join(first, 1);
        book.Queues.Add(isBuy: false, 1_000, 5);
        book.Join(second, 2);
        book.Queues.Add(isBuy: false, 1_000, 7);
        Assert.Equal((0m, 0.009m), (first.QueueAheadAtJoin, second.QueueAheadAtJoin));

        first.Qty = 0.001m;
        book.Shrink(first);
        VenueOrder taker = Order(SecondUid, Side.Buy, 100m, 0.010m);

        Assert.Equal([new Crossing(first, 100m, 0.001m), new Crossing(null, 100m, 0.009m)], book.Crossings(taker, taker.LeavesQty, 3));   // its own is passed over
        taker = Order(3, Side.Buy, 100m, 0.010m);
        List<Crossing> crossings = book.Crossings(taker, taker.LeavesQty, 3);
        Assert.Equal([new Crossing(first, 100m, 0.001m), new Crossing(null, 100m, 0.005m), new Crossing(second, 100m, 0.004m)], crossings);
        foreach (Crossing crossing in crossings) book.Take(taker, crossing, 3);
        Assert.Equal([(100m, 0.007m)], book.Levels(bidSide: false));
        book.Remove(second);
        Assert.Equal([first], book.Orders(buys: false));
    }

    [Theory]
    [InlineData(0.005, "New")]
    [InlineData(0.006, "Cancelled")]
    public void A_taker_cancels_its_own_order_behind_the_flow_only_when_the_flow_does_not_satisfy_it(double qty, string status)
    {
        var venue = new AccountHarness();
        FlowBook book = venue.Venue.Market(AccountHarness.Bitcoin).UseFlow(1);
        book.Queues.Add(isBuy: true, 499_900, 100);
        book.Queues.Add(isBuy: false, 500_000, 5);
        Assert.Equal(0, venue.Order("Sell", 0.001m, 50_000m, more: ",\"orderLinkId\":\"own\""));
        book.Queues.Add(isBuy: false, 500_000, 5);

        Assert.Equal(0, venue.Order("Buy", (decimal)qty, 50_000m));

        VenueOrder own = venue.Account.Find("", "own")!;
        Assert.Equal((status, status == "New" ? "UNKNOWN" : "CancelBySmp"), (own.Status.ToString(), own.CancelType));
        Assert.Equal((decimal)qty, Assert.Single(venue.Account.Fills).Qty);
    }

    [Fact]
    public void All_orders_are_cancelled_by_the_user_before_the_prices_without_them_liquidate_the_account()
    {
        var venue = new AccountHarness(new AccountSettings { StartBalance = 1_000, MarginMode = MarginMode.Cross });
        FlowBook book = venue.Venue.Market(AccountHarness.Bitcoin).UseFlow(1);
        book.Queues.Add(isBuy: true, 450_000, 1_000);
        FifoEntry bid = book.Queues.Add(isBuy: true, 499_900, 1_000);
        book.Queues.Add(isBuy: false, 500_000, 1_000);
        venue.Book("100 500", "100.1 500", AccountHarness.Solana);
        Assert.Equal(0, venue.Order("Buy", 0.5m, 50_000m, "IOC"));
        Assert.Equal(0, venue.Order("Buy", 0.001m, 49_990m));
        Assert.Equal(0, venue.Order("Buy", 1m, 99m, symbol: AccountHarness.Solana));
        book.Queues.Remove(bid);   // the account's own bid holds the middle, which is the mark here

        IReadOnlyList<VenueOrder> cancelled = venue.Venue.CancelAll(venue.Account, symbol: null, venue.NowNanos, venue.Output);

        Assert.Equal(["CancelByUser", "CancelByUser"], cancelled.Select(order => order.CancelType));
        Assert.Equal(1, venue.Account.Liquidations);
        Assert.Distinct(venue.Account.EndedOrders.NewestFirst());
    }

    [Fact]
    public void Funding_is_paid_at_the_stamp_and_the_next_one_follows()
    {
        using Play play = new();
        play.Until(1);
        play.Order(FirstUid, "Buy", "Market", "0", "0.5");
        play.Until(601);

        RecentRows<TapeFunding> funding = play.Session.Venue.Market("BTCUSDT").Tape.Funding;
        TapeFunding row = Assert.Single(funding.Since(0));
        Assert.Equal(DateTimeOffset.Parse("2026-01-01T08:00:00Z").ToUnixTimeMilliseconds(), row.StampMillis);
        VenueExecution paid = Assert.Single(play.Account(FirstUid).Executions, execution => execution.Row.ExecType == "Funding");
        Assert.Equal(row.Rate, paid.Row.FeeRate);
        Assert.Equal(Ledger.Rounded(0.5m * paid.Row.Price * row.Rate), paid.Row.Fee);
        Assert.Equal(row.StampMillis + (8 * 3_600_000), play.Session.Venue.Market("BTCUSDT").NextFundingMillis);
    }

    [Fact]
    public void A_crash_liquidates_a_long_at_50x_at_its_bankruptcy_price_and_the_public_is_told()
    {
        using Play play = new(FlowScenario.Parse("crash-5pct"), topics: ["allLiquidation.BTCUSDT"]);
        play.Until(1);
        play.Order(FirstUid, "Buy", "Market", "0", "1");
        play.Until(90);

        VenueAccount account = play.Account(FirstUid);
        Assert.Equal((1, 0m), (account.Liquidations, account.Position("BTCUSDT").Qty));
        FillRecord taken = account.Fills[^1];
        JsonElement told = Assert.Single(play.Public("allLiquidation.BTCUSDT")).GetProperty("data")[0];
        Assert.Equal(("Buy", "1", VenueJson.Trimmed(taken.Price)), (told.GetProperty("S").GetString(), told.GetProperty("v").GetString(), told.GetProperty("p").GetString()));
    }

    [Fact]
    public void A_client_that_subscribes_late_gets_the_book_of_its_own_depth_and_look_ups_show_the_ticker()
    {
        using Play play = new();
        play.Until(2);
        play.Session.RequestSnapshot("orderbook.50.BTCUSDT", play.Session.LastTimeNanos, origin: 7);
        play.Session.RequestSnapshot("tickers.BTCUSDT", play.Session.LastTimeNanos, origin: 7);
        play.Until(3);

        List<JsonElement> asked = [.. play.Deliveries.Where(delivery => delivery.Origin == 7).Select(delivery => JsonDocument.Parse(delivery.Frame).RootElement)];
        Assert.Equal(["orderbook.50.BTCUSDT", "tickers.BTCUSDT"], asked.Select(frame => frame.GetProperty("topic").GetString()));
        Assert.All(asked, frame => Assert.Equal("snapshot", frame.GetProperty("type").GetString()));
        Assert.Contains("\"indexPrice\":\"6", Encoding.UTF8.GetString(play.Session.Venue.BuildTickerFrame("BTCUSDT", play.Session.LastTimeNanos)!), StringComparison.Ordinal);
    }

    [Fact]
    public void The_book_looked_up_is_the_thousand_level_topic_at_its_update_id()
    {
        const string Topic = "orderbook.1000.BTCUSDT";
        using Play play = new();
        var looked = new Dictionary<long, string>();
        for (int i = 1; i <= 40; i++)
        {
            play.Session.PlayUntil(play.Session.FirstTimeNanos + (i * 237_000_000L), play.Deliveries);
            JsonElement book = LookUpBook(play.Session);
            looked[book.GetProperty("u").GetInt64()] = $"{book.GetProperty("seq")} {book.GetProperty("cts")} {book.GetProperty("b")} {book.GetProperty("a")}";
        }

        play.Until(20);
        var sides = new SortedDictionary<decimal, string>[] { new(Comparer<decimal>.Create((one, other) => other.CompareTo(one))), [] };
        int met = 0;
        foreach (JsonElement frame in play.Public(Topic))
        {
            JsonElement data = frame.GetProperty("data");
            foreach ((int side, string key) in (ReadOnlySpan<(int, string)>)[(0, "b"), (1, "a")])
            {
                foreach (JsonElement level in data.GetProperty(key).EnumerateArray())
                {
                    if (level[1].ValueEquals("0")) sides[side].Remove(decimal.Parse(level[0].GetString()!));
                    else sides[side][decimal.Parse(level[0].GetString()!)] = level.GetRawText();
                }
            }

            if (!looked.TryGetValue(data.GetProperty("u").GetInt64(), out string? expected)) continue;
            met++;
            Assert.Equal(expected, $"{data.GetProperty("seq")} {frame.GetProperty("cts")} [{string.Join(",", sides[0].Values)}] [{string.Join(",", sides[1].Values)}]");
        }

        Assert.Equal((looked.Count, true), (met, met > 20));
    }

    [Fact]
    public void Where_the_thousand_level_topic_is_not_written_the_book_looked_up_is_that_of_the_moment_under_its_cross_sequence()
    {
        using Play play = new(topics: ["orderbook.50.BTCUSDT"]);
        play.Until(2);

        JsonElement book = LookUpBook(play.Session);

        IBookLevels traded = play.Session.Venue.Market("BTCUSDT").PublicBook;
        Assert.Equal((traded.Sequence, traded.Sequence), (book.GetProperty("u").GetInt64(), book.GetProperty("seq").GetInt64()));
        Assert.Equal(traded.Levels(bidSide: true).First().Price, decimal.Parse(book.GetProperty("b")[0][0].GetString()!));
    }

    [Fact]
    public void Money_is_conserved_between_accounts_fees_funding_and_insurance_through_a_crash()
    {
        using Play play = new(FlowScenario.Parse("crash-20pct"));
        for (int second = 1; second < 100; second++)
        {
            play.Until(second);
            decimal mid = play.Session.Venue.Mark("BTCUSDT")!.Value;
            long uid = second % 2 == 0 ? FirstUid : SecondUid;
            play.Order(uid, second % 3 == 0 ? "Sell" : "Buy", second % 5 == 0 ? "Market" : "Limit", $"{decimal.Round(mid) + ((second % 7) - 3)}", "0.050");
        }

        play.Until(130);
        Assert.True(play.Account(FirstUid).Fills.Count > 10 && play.Account(FirstUid).Fills.Any(fill => fill.IsMaker));
        Assert.Contains(play.Session.Venue.Accounts, account => account.Liquidations > 0);
        foreach (VenueAccount account in play.Session.Venue.Accounts)
        {
            Assert.Equal(account.Wallet, 10_000m + account.RealisedGross - account.Fees + account.Funding);
            Assert.Equal(account.Position("BTCUSDT").Qty, account.Fills.Sum(fill => fill.Side.Sign * fill.Qty));
            Assert.All(account.Orders, order => Assert.True(order.CumExecQty <= order.Qty));
        }
    }

    private static JsonElement LookUpBook(ReplaySession session) => JsonDocument.Parse(
        session.Rest.Answer(FirstUid, "/v5/market/orderbook", "category=linear&symbol=BTCUSDT&limit=1000", session.LastTimeNanos)).RootElement.GetProperty("result");

    private static VenueOrder Order(long uid, Side side, decimal price, decimal qty) => new(uid, $"{uid}-{side}", "BTCUSDT", side) { Price = price, Qty = qty, Status = VenueOrderStatus.New };

    /// <summary>A session on a flow market with two accounts; seconds count from its opening.</summary>
    private sealed class Play : IDisposable
    {
        private int _requests;
        private int _read;

        public Play(FlowScenario? scenario = null, ulong seed = 1, string[]? topics = null) => Session = new ReplaySession(new ReplaySettings
        {
            Flow = new FlowSettings { Scenario = scenario ?? FlowScenario.Calm, Seed = seed },
            Venue = VenueHarness.Settings() with { Accounts = [new AccountSettings { Uid = FirstUid }, new AccountSettings { Uid = SecondUid }], Symbols = ["BTCUSDT", "SOLUSDT"] },
            Latency = new LatencyModel(1),
            Topics = topics?.ToHashSet(),
        });

        public ReplaySession Session { get; }

        public List<Delivery> Deliveries { get; } = [];

        public IEnumerable<string> Frames => Deliveries.Select(delivery => Encoding.UTF8.GetString(delivery.Frame.Span));

        public VenueAccount Account(long uid) => Session.Venue.Account(uid);

        public void Until(int seconds) => Session.PlayUntil(Session.FirstTimeNanos + (seconds * SecondNanos), Deliveries);

        public void Order(long uid, string side, string type, string price, string qty, string timeInForce = "GTC") =>
            Session.Submit(Encoding.UTF8.GetBytes(Request(side, type, price, qty, timeInForce, Session.LastTimeNanos, _requests++)), Session.LastTimeNanos, uid: uid);

        public static string Request(string side, string type, string price, string qty, string timeInForce, long nowNanos, int number) => VenueHarness.RequestText(
            "order.create",
            $$"""{"symbol":"BTCUSDT","side":"{{side}}","orderType":"{{type}}","qty":"{{qty}}","price":"{{price}}","category":"linear","timeInForce":"{{timeInForce}}"}""",
            nowNanos / 1_000_000,
            $"r{number}");

        /// <summary>Frames of a topic that have come since the last call.</summary>
        public List<JsonElement> Public(string topic)
        {
            List<JsonElement> frames = [.. Deliveries.Skip(_read).Where(delivery => delivery.Channel == DeliveryChannel.Public).Select(delivery => JsonDocument.Parse(delivery.Frame).RootElement).Where(frame => frame.GetProperty("topic").GetString() == topic)];
            _read = Deliveries.Count;
            return frames;
        }

        public void Dispose() => Session.Dispose();
    }
}
