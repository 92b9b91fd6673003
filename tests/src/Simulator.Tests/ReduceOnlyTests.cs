using System.Text.Json;

namespace LatencyEngine.Simulator.Tests;

public sealed class ReduceOnlyTests
{
    [Theory]
    [InlineData("IOC")]
    [InlineData("FOK")]
    [InlineData("GTC")]
    public void A_reduce_only_maker_whose_position_the_same_taker_has_just_closed_gives_nothing_and_the_taker_goes_on(string timeInForce)
    {
        var venue = new AccountHarness(new AccountSettings { Uid = 1, StartBalance = 100_000 }, new AccountSettings { Uid = 2, StartBalance = 100_000 });
        VenueAccount maker = venue.Venue.Account(2);
        venue.Book("49990 50", "50000 1");
        venue.Mark(50_000m);
        venue.Order("Buy", 1m, 50_000m, "IOC", account: maker);
        venue.Book("49990 50", "50100 50");
        venue.Order("Sell", 1m, 50_010m, account: maker);
        venue.Order("Sell", 1m, 50_020m, more: ",\"reduceOnly\":true", account: maker);

        venue.Order("Buy", 2m, 50_100m, timeInForce);

        Assert.Equal([(50_010m, 1m), (50_100m, 1m)], venue.Account.Fills.Select(fill => (fill.Price, fill.Qty)));
        Assert.Equal(VenueOrderStatus.Filled, venue.Account.Orders[^1].Status);
        Assert.Equal(0m, maker.Position(AccountHarness.Bitcoin).Qty);
        Assert.Equal(("CancelByReduceOnly", 0), (maker.Orders[^1].CancelType, maker.OpenOrders.Count));
    }

    [Fact]
    public void A_flow_taker_that_hits_two_orders_of_an_account_leaves_of_the_reduce_only_one_what_its_position_still_gives_and_the_book_shows_no_more()
    {
        var venue = new AccountHarness(new AccountSettings { Uid = 1, StartBalance = 100_000 }, new AccountSettings { Uid = 2, StartBalance = 100_000 });
        SymbolMarket market = venue.Venue.Market(AccountHarness.Bitcoin);
        FlowBook book = market.UseFlow(1);
        book.Queues.Add(isBuy: true, 499_900, 1_000);
        book.Queues.Add(isBuy: false, 500_000, 10);
        venue.Mark(50_000m);
        Assert.Equal(0, venue.Order("Buy", 0.010m, 50_000m, "IOC"));
        Assert.Equal(0, venue.Order("Sell", 0.006m, 50_010m));
        Assert.Equal(0, venue.Order("Sell", 0.010m, 50_010m, more: ",\"reduceOnly\":true"));
        VenueOrder reduceOnly = venue.Account.Orders[^1];

        List<FifoFill> fills = [];
        book.Queues.Take(takerBuys: true, 500_100, 8, fills);
        venue.Venue.OnFlow(market, [new FlowTake(TakerBuys: true, book.Sequence, fills)], venue.NowNanos, []);

        Assert.Equal([0.006m, 0.002m], venue.Account.Fills.Skip(1).Select(fill => fill.Qty));
        Assert.Equal((0.002m, 0.002m), (venue.State.Position.Qty, reduceOnly.LeavesQty));
        Assert.Equal([(50_010m, 0.002m)], book.Levels(bidSide: false));
        Assert.Equal(0, venue.Order("Buy", 0.003m, 50_010m, "IOC", account: venue.Venue.Account(2)));
        Assert.Equal((0m, 0.002m), (venue.State.Position.Qty, venue.Venue.Account(2).Position(AccountHarness.Bitcoin).Qty));
        Assert.Empty(book.Levels(bidSide: false));
    }

    [Fact]
    public void A_taker_is_offered_no_more_of_an_order_than_is_left_of_it_though_the_queue_has_not_shrunk_yet()
    {
        var market = new SymbolMarket(VenueHarness.Settings().Instruments["BTCUSDT"], VenueHarness.Settings().RiskLadders["BTCUSDT"], QueueModel.TradesAtOrThrough, takenNanos: 0);
        FlowBook book = market.UseFlow(1);
        var maker = new VenueOrder(1, "maker", "BTCUSDT", Model.Side.Sell) { Price = 100m, Qty = 0.010m, Status = VenueOrderStatus.New };
        var taker = new VenueOrder(2, "taker", "BTCUSDT", Model.Side.Buy) { Price = 100m, Qty = 0.020m, Status = VenueOrderStatus.New };
        book.Join(maker, 1);

        maker.Qty = 0.004m;

        Assert.Equal([new Crossing(maker, 100m, 0.004m)], book.Crossings(taker, taker.LeavesQty, 2));
    }

    [Fact]
    public void Quantity_zero_with_reduce_only_and_close_on_trigger_closes_the_whole_position()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        const string CloseAll = """{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Market","qty":"0","reduceOnly":true,"closeOnTrigger":true}""";
        Assert.Equal(110_017, venue.Request("order.create", CloseAll));
        venue.Order("Buy", 0.3m, 50_000m, "IOC");

        Assert.Equal(10_001, venue.Request("order.create", CloseAll.Replace("\"closeOnTrigger\":true", "\"closeOnTrigger\":false", StringComparison.Ordinal)));
        Assert.Equal(0, venue.Request("order.create", CloseAll));

        Assert.Equal((0m, 0.3m), (venue.State.Position.Qty, venue.Account.Fills[^1].Qty));
    }

    [Theory]
    [InlineData("Market", "1000000", 0)]
    [InlineData("Limit", "1000000", 0)]
    [InlineData("Market", "1000000.0005", 10001)]   // off the step
    [InlineData("Market", "-1", 10001)]
    public void More_than_the_largest_order_closes_all_of_a_smaller_position_when_it_is_reduce_only(string orderType, string qty, int code)
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.5m, 50_000m, "IOC");

        Assert.Equal(code, venue.Request("order.create", $$"""{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"{{orderType}}","qty":"{{qty}}","price":"49990","reduceOnly":true}"""));

        Assert.Equal(code == 0 ? 0m : 0.5m, venue.State.Position.Qty);
    }

    [Fact]
    public void A_reduce_only_order_is_amended_to_more_than_the_largest_order_and_keeps_what_there_is_to_close()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.5m, 50_000m, "IOC");
        venue.Order("Sell", 0.2m, 50_500m, more: ",\"reduceOnly\":true,\"orderLinkId\":\"tp\"");

        Assert.Equal(0, venue.Request("order.amend", """{"category":"linear","symbol":"BTCUSDT","orderLinkId":"tp","qty":"1000000"}"""));

        Assert.Equal(0.5m, Assert.Single(venue.Account.OpenOrders).Qty);
    }

    [Fact]
    public void What_a_reduce_only_order_has_to_close_must_not_exceed_the_largest_order()
    {
        AccountHarness venue = MarginRulesTests.Quoted(leverage: 2, balance: 20_000_000);
        venue.Book("49990 50", "50000 600");
        venue.Order("Buy", 600m, 50_000m, "IOC");
        Assert.Equal(600m, venue.State.Position.Qty);
        const string Sell = """{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Market","qty":"1000000","reduceOnly":true}""";

        Assert.Equal(10_001, venue.Request("order.create", Sell));
        Assert.Contains("order_qty:60000000000 > max_qty:", venue.Messages.First().GetProperty("retMsg").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Market", "", 0)]
    [InlineData("Limit", ",\"price\":\"50500\"", 0.3)]
    public void Closing_all_goes_before_the_other_reduce_only_orders_whether_it_fills_or_rests(string orderType, string more, decimal left)
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.3m, 50_000m, "IOC");
        venue.Order("Sell", 0.3m, 50_200m, more: ",\"reduceOnly\":true,\"orderLinkId\":\"other\"");

        Assert.Equal(0, venue.Request("order.create", $$"""{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"{{orderType}}","qty":"0","reduceOnly":true,"closeOnTrigger":true{{more}}}"""));

        Assert.Equal((left, left), (venue.State.Position.Qty, venue.Account.OpenOrders.Sum(order => order.LeavesQty)));
        VenueOrder other = venue.Account.Find("", "other")!;
        Assert.Equal((VenueOrderStatus.Cancelled, "CancelByReduceOnly"), (other.Status, other.CancelType));
        Assert.All(venue.Account.OpenOrders, order => Assert.True(order.CloseOnTrigger));
    }

    [Fact]
    public void A_resting_order_that_closes_all_keeps_what_is_left_of_the_position_when_it_is_hit()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.3m, 50_000m, "IOC");
        venue.Request("order.create", """{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Limit","qty":"0","price":"49995","reduceOnly":true,"closeOnTrigger":true}""");
        Assert.Equal(110_017, venue.Order("Sell", 0.1m, 50_200m, more: ",\"reduceOnly\":true"));

        venue.Trade("Buy", "49995", "0.1");

        VenueOrder rest = Assert.Single(venue.Account.OpenOrders);
        Assert.Equal((0.2m, 0.2m), (venue.State.Position.Qty, rest.LeavesQty));
    }

    [Fact]
    public void Close_on_trigger_is_shown_as_it_was_sent_on_the_stream_and_over_rest()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.3m, 50_000m, "IOC");
        venue.Order("Sell", 0.1m, 50_200m, more: ",\"reduceOnly\":true,\"closeOnTrigger\":true");
        Assert.Equal("True", VenueHarness.Field(venue.Messages.ElementAt(1), "closeOnTrigger"));
        venue.Order("Sell", 0.1m, 50_300m, more: ",\"reduceOnly\":true");
        Assert.Equal("False", VenueHarness.Field(venue.Messages.ElementAt(1), "closeOnTrigger"));

        byte[] answer = new VenueRest(venue.Venue).Answer(venue.Account.Uid, VenueRest.OrdersPath, "category=linear&symbol=BTCUSDT", venue.NowNanos);

        Assert.Equal([false, true], JsonDocument.Parse(answer).RootElement.GetProperty("result").GetProperty("list").EnumerateArray().Select(row => row.GetProperty("closeOnTrigger").GetBoolean()));
    }

    [Fact]
    public void Reducing_is_possible_without_any_available_balance()
    {
        AccountHarness venue = MarginRulesTests.Quoted(balance: 106);
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        venue.AddMargin(decimal.Truncate(venue.Account.Available * 10_000m) / 10_000m);
        Assert.True(venue.Account.Available < 0.0001m, "something is available");

        Assert.Equal(110_007, venue.Order("Buy", 0.001m, 49_000m));
        Assert.Equal(0, venue.Order("Sell", 0.05m, 50_500m, more: ",\"reduceOnly\":true"));
        Assert.Equal(0, venue.Order("Sell", 0.1m, 49_990m, "IOC"));
        Assert.Equal(0m, venue.State.Position.Qty);
    }
}
