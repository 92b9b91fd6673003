using System.Text.Json;
using LatencyEngine.Model;
using static LatencyEngine.Simulator.Tests.VenueHarness;

namespace LatencyEngine.Simulator.Tests;

public sealed class VenueFillTests
{
    [Fact]
    public void A_touch_fills_nothing()
    {
        VenueHarness venue = Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");

        venue.Delta("60000.00 0", "60000.10 0");   // our price is now best, nothing has traded
        venue.Delta("", "60000.00 1.000");         // and the market shows an offer at it
        venue.Trade("Buy", "60000.00", "5.000");   // a buyer lifting that offer meets no bid of ours

        Assert.Empty(venue.Account.Fills);
    }

    [Fact]
    public void Trades_at_the_price_use_up_the_displayed_queue_before_they_fill()
    {
        VenueHarness venue = Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");   // 2.000 displayed ahead

        Assert.Empty(venue.Trade("Sell", "60000.00", "1.500"));
        IReadOnlyList<JsonElement> partial = venue.Trade("Sell", "60000.00", "0.540");
        IReadOnlyList<JsonElement> full = venue.Trade("Sell", "60000.00", "3.000");

        Assert.Equal(["order PartiallyFilled", "execution Trade", "position Normal", "wallet"], Kinds(partial));
        Assert.Equal(["order Filled", "execution Trade", "position Normal", "wallet"], Kinds(full));
        Assert.Equal([0.040m, 0.060m], venue.Account.Fills.Select(fill => fill.Qty));
        FillRecord last = venue.Account.Fills[1];
        Assert.Equal((60_000m, true, 2.000m, 0.040m), (last.Price, last.IsMaker, last.QueueAheadAtPlacement, last.FilledBefore));
        Assert.Equal([1.500m, 0.540m, 3.000m], last.Prints.Select(print => print.Qty));
        Assert.True(last.Prints.Sum(print => print.Qty) >= last.QueueAheadAtPlacement + last.FilledBefore + last.Qty);
        Assert.Equal((0.06m * 60_000m * 0.0002m, 0.1m, 60_000m), (last.Fee, last.PositionAfter, last.AverageEntryAfter));
        Assert.Equal(10_000m - (0.1m * 60_000m * 0.0002m), last.Wallet);
        Assert.Equal("0.04", Field(partial[0], "cumExecQty"));
        Assert.Equal("0.06", Field(partial[0], "leavesQty"));
        Assert.Equal("3600", Field(partial[0], "leavesValue"));
    }

    [Fact]
    public void Where_fills_are_not_kept_the_last_fill_of_a_long_order_costs_what_an_early_one_did()
    {
        const int FillCount = 4_000;
        const int Measured = 100;
        var venue = new VenueHarness(change: settings => settings with { KeepsFills = false });
        venue.Snapshot("60000.00 2.000", "60000.10 2.000");
        venue.Create("Buy", "60000", "4.500", linkId: "a");
        venue.Trade("Sell", "60000.00", "2.000");
        long earlyBytes = 0;
        long lateBytes = 0;
        for (int fill = 0; fill < FillCount; fill++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(4, venue.Trade("Sell", "60000.00", "0.001").Count);
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (fill is >= Measured and < 2 * Measured) earlyBytes += bytes;   // the first of all also compile
            else if (fill >= FillCount - Measured) lateBytes += bytes;
        }

        Assert.Empty(venue.Account.Fills);
        Assert.Equal(4m, venue.Account.OpenOrders.Single().CumExecQty);
        Assert.True(lateBytes < 1.5 * earlyBytes, $"{Measured} fills allocated {earlyBytes} bytes at first and {lateBytes} at last");
    }

    [Fact]
    public void A_trade_that_matched_before_the_book_the_order_joined_is_already_in_that_book_and_fills_nothing()
    {
        VenueHarness venue = Quoted();
        long bookMillis = StartMillis;
        venue.Create("Buy", "60000", "0.100", linkId: "a");   // 2.000 displayed ahead, in the book of bookMillis

        venue.Trade("Sell", "60000.00", "5.000", matchedMillis: bookMillis - 1);
        Assert.Empty(venue.Account.Fills);
        Assert.Equal(2.000m, venue.Account.OpenOrders.Single().QueueAhead);

        venue.Trade("Sell", "60000.00", "2.100", matchedMillis: bookMillis);
        Assert.Equal(0.100m, venue.Account.Fills.Single().Qty);
        Assert.Equal(bookMillis, venue.Account.Fills.Single().PlacedOnBookMillis);
    }

    [Fact]
    public void An_order_that_the_opposite_side_reaches_without_a_print_is_counted_until_something_fills_it()
    {
        VenueHarness venue = Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");

        venue.Delta("60000.00 0", "60000.10 0");
        Assert.Equal(0, venue.Venue.CrossedWithoutFill);
        venue.Delta("", "60000.00 1.000");
        Assert.Equal(1, venue.Venue.CrossedWithoutFill);
        venue.Delta("", "59999.90 1.000");
        Assert.Equal(1, venue.Venue.CrossedWithoutFill);

        venue.Trade("Sell", "59999.90", "2.100");
        Assert.Equal(0, venue.Venue.CrossedWithoutFill);
    }

    [Fact]
    public void Cancellations_ahead_are_not_credited()
    {
        VenueHarness venue = Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");

        venue.Delta("60000.00 0.001", "");
        venue.Trade("Sell", "60000.00", "2.000");

        Assert.Empty(venue.Account.Fills);
    }

    [Fact]
    public void A_trade_through_the_price_fills_at_the_order_price()
    {
        VenueHarness venue = Quoted();
        venue.Create("Sell", "60000.1", "0.100", linkId: "a");   // 1.000 ahead

        venue.Trade("Buy", "60000.50", "1.100");

        Assert.Equal(60_000.1m, Assert.Single(venue.Account.Fills).Price);
    }

    [Fact]
    public void A_price_better_than_the_best_has_nothing_ahead()
    {
        VenueHarness venue = Quoted();
        venue.Delta("", "60000.10 0, 60000.20 0, 60001.00 1.000");
        venue.Create("Buy", "60000.5", "0.100", linkId: "a");

        venue.Trade("Sell", "60000.50", "0.100");

        Assert.Equal(0m, Assert.Single(venue.Account.Fills).QueueAheadAtPlacement);
    }

    [Fact]
    public void Beyond_the_visible_window_an_order_cannot_fill_and_joins_when_its_price_is_first_shown()
    {
        VenueHarness venue = Quoted();
        venue.Create("Buy", "59990", "0.100", linkId: "a");
        Assert.Null(venue.Account.OpenOrders.Single().QueueAhead);

        venue.Trade("Sell", "59980.00", "9.000");
        Assert.Empty(venue.Account.Fills);

        venue.Delta("59990.00 0.700", "");
        Assert.Equal(0.700m, venue.Account.OpenOrders.Single().QueueAhead);
        venue.Trade("Sell", "59990.00", "0.700");
        Assert.Empty(venue.Account.Fills);
        venue.Trade("Sell", "59990.00", "0.100");
        Assert.Equal((0.1m, 0.7m), (venue.Account.Fills[0].Qty, venue.Account.Fills[0].QueueAheadAtPlacement));
        Assert.Equal(2, venue.Account.Fills[0].Prints.Count);
    }

    [Fact]
    public void Block_trades_fill_nothing()
    {
        VenueHarness venue = Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");

        venue.Trade("Sell", "59000.00", "100.000", block: true);

        Assert.Empty(venue.Account.Fills);
    }

    [Fact]
    public void One_traded_quantity_is_given_to_one_own_order_only_in_price_time_priority()
    {
        VenueHarness venue = Quoted();
        venue.Delta("60000.00 0, 59999.00 0, 59998.00 1.000", "");
        venue.Create("Buy", "59999", "0.100", linkId: "late-but-lower");
        venue.Create("Buy", "60000", "0.100", linkId: "better");
        venue.Create("Buy", "60000", "0.100", linkId: "second");

        venue.Trade("Sell", "59999.00", "0.150");

        Assert.Equal([("better", 0.100m), ("second", 0.050m)], venue.Account.Fills.Select(fill => (fill.OrderLinkId, fill.Qty)));
    }

    [Fact]
    public void A_pure_decrease_keeps_the_place_in_the_queue()
    {
        VenueHarness venue = Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");
        venue.Trade("Sell", "60000.00", "2.000");
        venue.Delta("60000.00 5.000", "");

        IReadOnlyList<JsonElement> amended = venue.Amend("a", "\"qty\":\"0.060\"");
        venue.Trade("Sell", "60000.00", "0.060");

        Assert.Equal(["ack 0", "order New", "position Normal", "wallet"], Kinds(amended));
        Assert.Equal(0.060m, Assert.Single(venue.Account.Fills).Qty);
    }

    [Theory]
    [InlineData("\"qty\":\"0.200\"", "60000.00")]
    [InlineData("\"price\":\"59999\"", "59999.00")]
    public void A_larger_quantity_or_another_price_goes_to_the_back(string change, string price)
    {
        VenueHarness venue = Quoted();
        venue.Create("Buy", "60000", "0.100", linkId: "a");
        venue.Trade("Sell", "60000.00", "2.000");
        venue.Delta("60000.00 5.000, 59999.00 5.000", "");

        venue.Amend("a", change);
        venue.Trade("Sell", price, "5.000");
        Assert.Empty(venue.Account.Fills);
        venue.Trade("Sell", price, "0.050");
        Assert.Equal((0.050m, 5.000m), (venue.Account.Fills[0].Qty, venue.Account.Fills[0].QueueAheadAtPlacement));
        Assert.Equal([5.000m, 0.050m], venue.Account.Fills[0].Prints.Select(print => print.Qty));   // those before the amend are no evidence
    }

    [Fact]
    public void A_crossing_GTC_order_takes_the_displayed_book_to_its_limit_and_rests_the_remainder()
    {
        VenueHarness venue = Quoted();

        IReadOnlyList<JsonElement> messages = venue.Create("Buy", "60000.2", "1.600", "GTC", "a");

        Assert.Equal(["ack 0", "order PartiallyFilled", "execution Trade", "execution Trade", "position Normal", "wallet"], Kinds(messages));
        Assert.Equal([(60_000.1m, 1.000m), (60_000.2m, 0.500m)], venue.Account.Fills.Select(fill => (fill.Price, fill.Qty)));
        Assert.All(venue.Account.Fills, fill => Assert.False(fill.IsMaker));
        Assert.Equal(0.100m, venue.Account.OpenOrders.Single().LeavesQty);
        Assert.Single(messages.Skip(1).Where(m => m.GetProperty("data")[0].TryGetProperty("seq", out _)).Select(m => Field(m, "seq")).Distinct());
    }

    [Fact]
    public void Fill_or_kill_takes_all_or_nothing_and_a_market_order_is_an_IOC()
    {
        VenueHarness venue = Quoted();

        IReadOnlyList<JsonElement> killed = venue.Create("Buy", "60000.2", "1.600", "FOK", "a");
        IReadOnlyList<JsonElement> market = venue.Request("order.create", """{"symbol":"BTCUSDT","side":"Sell","orderType":"Market","qty":"0.100","category":"linear"}""");

        Assert.Equal(["ack 0", "order Cancelled"], Kinds(killed));
        Assert.Equal("EC_NoEnoughQtyToFill", Field(killed[1], "rejectReason"));
        Assert.Equal(["ack 0", "order Filled", "execution Trade", "position Normal", "wallet"], Kinds(market));
        Assert.Equal(60_000m, Assert.Single(venue.Account.Fills).Price);
    }

    [Fact]
    public void Own_orders_never_trade_with_each_other()
    {
        VenueHarness venue = Quoted();
        venue.Delta("", "60000.10 0, 60000.20 0, 60005.00 1.000");
        venue.Create("Sell", "60001", "0.100", linkId: "resting");

        IReadOnlyList<JsonElement> messages = venue.Create("Buy", "60002", "0.100", "GTC", "crossing");

        Assert.Equal(["ack 0", "order Cancelled", "order New", "position Normal", "wallet"], Kinds(messages));
        Assert.Equal("CancelBySmp", Field(messages[1], "cancelType"));
        Assert.Equal("crossing", venue.Account.OpenOrders.Single().OrderLinkId);
    }

    [Fact]
    public void Average_entry_realised_profit_and_fees_follow_the_fills_through_a_flip()
    {
        VenueHarness venue = Quoted();
        venue.Create("Buy", "60000.1", "0.400", "IOC", "a");     // taker
        venue.Snapshot("60100.00 5.000", "60100.10 5.000");
        venue.Create("Sell", "60100", "1.000", "IOC", "b");      // closes 0.4, opens 0.6 short

        FillRecord flip = venue.Account.Fills[1];
        decimal fees = (0.4m * 60_000.1m * 0.00055m) + (1m * 60_100m * 0.00055m);
        Assert.Equal(0.4m * 99.9m, flip.RealisedGross);
        Assert.Equal((-0.6m, 60_100m), (flip.PositionAfter, flip.AverageEntryAfter));
        Assert.Equal(fees, flip.Fees);
        Assert.Equal(10_000m + flip.RealisedGross - fees, flip.Wallet);
        Assert.Equal(flip.Wallet, venue.Account.Wallet);
        Assert.Equal(Side.Sell, flip.Side);
    }

    [Fact]
    public void Every_posting_is_rounded_half_even_to_eight_decimals()
    {
        VenueHarness venue = Quoted(feeTier: "Pro 3");   // maker 0.000025
        venue.Delta("60000.00 0, 59999.00 0, 59998.70 1.000", "");
        venue.Create("Buy", "59998.9", "0.001", linkId: "a");
        venue.Trade("Sell", "59998.90", "1.000");

        FillRecord fill = Assert.Single(venue.Account.Fills);
        Assert.Equal(0.00149997m, fill.Fee);           // 0.0014999725
        Assert.Equal(0.01199978m, fill.FeeAtVip0);     // 0.01199978
        Assert.Equal(9_999.99850003m, fill.Wallet);
    }

    /// <summary>Two levels a side around 60,000: bids 60000.00 2.000 and 59999.00 3.000, asks 60000.10 1.000 and 60000.20 0.500.</summary>
    internal static VenueHarness Quoted(decimal leverage = 50, decimal balance = 10_000, string feeTier = "VIP 0")
    {
        var venue = new VenueHarness(leverage, balance, feeTier);
        venue.Snapshot("60000.00 2.000, 59999.00 3.000", "60000.10 1.000, 60000.20 0.500");
        return venue;
    }
}
