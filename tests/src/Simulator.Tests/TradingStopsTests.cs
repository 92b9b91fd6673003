using System.Text.Json;
using static LatencyEngine.Simulator.Tests.VenueHarness;

namespace LatencyEngine.Simulator.Tests;

public sealed class TradingStopsTests
{
    [Fact]
    public void Stops_of_a_position_are_conditional_orders_of_its_size()
    {
        AccountHarness venue = Long();

        Assert.Null(venue.SetTradingStop("\"tpslMode\":\"Full\",\"takeProfit\":\"51000\",\"stopLoss\":\"49500\",\"slTriggerBy\":\"MarkPrice\""));

        Assert.Equal(["order Untriggered", "order Untriggered", "position Normal", "wallet"], venue.Kinds);
        JsonElement[] messages = [.. venue.Messages];
        Assert.Equal(("Sell", "Market", "0.1", "0.1", "0"), Fields(messages[0], "side", "orderType", "qty", "leavesQty", "price"));
        Assert.Equal(("TakeProfit", "CreateByTakeProfit", "51000", "LastPrice", "1"), Fields(messages[0], "stopOrderType", "createType", "triggerPrice", "triggerBy", "triggerDirection"));
        Assert.Equal(("StopLoss", "CreateByStopLoss", "49500", "MarkPrice", "2"), Fields(messages[1], "stopOrderType", "createType", "triggerPrice", "triggerBy", "triggerDirection"));
        Assert.Equal(("True", "True", "Full", "", ""), Fields(messages[0], "reduceOnly", "closeOnTrigger", "tpslMode", "takeProfit", "parentOrderLinkId"));
        Assert.Equal(("51000", "49500"), (Field(messages[2], "takeProfit"), Field(messages[2], "stopLoss")));
        Assert.Equal((0m, 0), (venue.Account.OrderMargin, venue.Account.OpenOrders.Count));
    }

    [Fact]
    public void A_take_profit_closes_the_position_at_the_market_when_the_last_price_reaches_it_and_clears_the_stop_loss()
    {
        AccountHarness venue = Long();
        venue.SetTradingStop("\"takeProfit\":\"51000\",\"stopLoss\":\"49500\"");
        venue.Book("51000.1 5", "51000.2 5");

        venue.Mark(51_000m);   // the mark is not watched
        Assert.Equal(0.1m, venue.State.Position.Qty);
        venue.Trade("Buy", "51000", "0.5");

        Assert.Equal(
            ["order Triggered", "order Filled", "execution Trade", "position Normal", "wallet", "order Deactivated", "position Normal", "wallet"],
            venue.Kinds);
        JsonElement[] messages = [.. venue.Messages];
        Assert.Equal(("TakeProfit", "CreateByTakeProfit", "51000.1", "0.1", "0"), Fields(messages[2], "stopOrderType", "createType", "execPrice", "closedSize", "leavesQty"));
        Assert.Equal(("StopLoss", "CancelByTpSlTsClear", "EC_NoError", "0", "0"), Fields(messages[5], "stopOrderType", "cancelType", "rejectReason", "leavesQty", "cumExecQty"));
        Assert.Equal(("", "0", "0", "0", "0"), Fields(messages[6], "side", "size", "takeProfit", "stopLoss", "entryPrice"));
        Assert.Equal((0m, null, null), (venue.State.Position.Qty, venue.State.TakeProfit, venue.State.StopLoss));
    }

    [Theory]
    [InlineData("LastPrice", "\"markPrice\":\"49500\",\"indexPrice\":\"49500\"", "\"lastPrice\":\"1\"")]   // tickers only start the last price
    [InlineData("MarkPrice", "\"indexPrice\":\"49500\"", "\"markPrice\":\"49500\"")]
    [InlineData("IndexPrice", "\"markPrice\":\"49500\"", "\"indexPrice\":\"49500\"")]
    public void A_stop_loss_watches_the_price_it_was_told_to(string by, string others, string own)
    {
        AccountHarness venue = Long();
        venue.Ticker("\"indexPrice\":\"50000\"");
        Assert.Null(venue.SetTradingStop($"\"stopLoss\":\"49500\",\"slTriggerBy\":\"{by}\""));
        venue.Book("49490 5", "49500 5");

        venue.Ticker(others);
        Assert.Equal(0.1m, venue.State.Position.Qty);
        venue.Ticker(own);
        if (by == "LastPrice") venue.Trade("Sell", "49500", "0.1");

        Assert.Equal(0m, venue.State.Position.Qty);
        Assert.Equal(49_490m, venue.Account.Fills[^1].Price);
    }

    [Fact]
    public void Each_trade_of_a_frame_is_watched_not_only_the_last()
    {
        AccountHarness venue = Long();
        venue.SetTradingStop("\"stopLoss\":\"49500\"");

        venue.Trade("Sell", "49500", "0.1");
        venue.Trade("Buy", "50000", "0.1");

        Assert.Equal(0m, venue.State.Position.Qty);
    }

    [Fact]
    public void The_stops_of_a_short_lie_the_other_way()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Sell", 0.1m, 49_990m, "IOC");

        Assert.Equal(10_001, venue.SetTradingStop("\"takeProfit\":\"50500\"")!.Code);
        Assert.Equal(10_001, venue.SetTradingStop("\"stopLoss\":\"49500\"")!.Code);
        Assert.Null(venue.SetTradingStop("\"takeProfit\":\"49500\",\"stopLoss\":\"50500\""));
        Assert.Equal((2, 1), (TradingStops.DirectionOf(venue.State.TakeProfit!), TradingStops.DirectionOf(venue.State.StopLoss!)));
    }

    [Theory]
    [InlineData("\"takeProfit\":\"49000\"", "TakeProfit:49000 set for Buy position should be higher than base_price:50000??LastPrice")]
    [InlineData("\"stopLoss\":\"50000\"", "StopLoss:50000 set for Buy position should be lower than base_price:50000??LastPrice")]
    [InlineData("\"stopLoss\":\"49000.05\"", "StopLoss price is invalid")]
    [InlineData("\"stopLoss\":\"49000\",\"slTriggerBy\":\"IndexPrice\"", "StopLoss: there is no IndexPrice of BTCUSDT")]
    [InlineData("\"stopLoss\":\"49000\",\"slTriggerBy\":\"Mark\"", "params error: slTriggerBy invalid")]
    [InlineData("\"stopLoss\":\"x\"", "params error: stopLoss invalid")]
    [InlineData("\"stopLoss\":\"-1\"", "params error: stopLoss invalid")]
    [InlineData("\"stopLoss\":[]", "Request parameter error")]
    [InlineData("\"trailingStop\":\"100\"", "params error: trailingStop 100 is not offered by the dry-run venue")]
    [InlineData("\"tpslMode\":\"Partial\",\"stopLoss\":\"49000\"", "params error: tpslMode Partial is not offered by the dry-run venue")]
    [InlineData("\"tpslMode\":\"Partial\",\"takeProfit\":\"51000\",\"tpSize\":\"0.1\",\"slSize\":\"0.1\",\"tpOrderType\":\"Limit\",\"tpLimitPrice\":\"51000\"", "params error: tpslMode Partial is not offered by the dry-run venue")]
    [InlineData("\"tpslMode\":\"Some\",\"stopLoss\":\"49000\"", "params error: tpslMode invalid")]
    [InlineData("\"takeProfit\":\"51000\",\"tpOrderType\":\"Limit\",\"tpLimitPrice\":\"0\"", "params error: tpOrderType Limit is not offered by the dry-run venue")]
    public void Stops_on_the_wrong_side_malformed_or_of_another_kind_are_refused_in_one_line(string fields, string text)
    {
        AccountHarness venue = Long();

        Refusal? refusal = venue.SetTradingStop(fields);

        Assert.Equal((10_001, text), (refusal!.Code, refusal.Text));
        Assert.Empty(venue.Output);
    }

    [Fact]
    public void Without_a_position_there_is_nothing_to_stop()
    {
        AccountHarness venue = MarginRulesTests.Quoted();

        Assert.Equal("can not set tp/sl/ts for zero position", venue.SetTradingStop("\"stopLoss\":\"49000\"")!.Text);
    }

    [Fact]
    public void A_stop_is_changed_under_its_id_removed_by_zero_and_not_modified_twice()
    {
        AccountHarness venue = Long();
        venue.SetTradingStop("\"stopLoss\":\"49000\"");
        string id = venue.State.StopLoss!.OrderId;

        Assert.Equal(34_040, venue.SetTradingStop("\"stopLoss\":\"49000\"")!.Code);
        Assert.Equal(34_040, venue.SetTradingStop("\"takeProfit\":\"0\"")!.Code);
        Assert.Null(venue.SetTradingStop("\"stopLoss\":\"49100\""));
        Assert.Equal((id, 49_100m), (venue.State.StopLoss.OrderId, venue.State.StopLoss.Trigger!.Value.Price));
        Assert.Null(venue.SetTradingStop("\"stopLoss\":\"0\""));

        Assert.Equal(["order Deactivated", "position Normal", "wallet"], venue.Kinds);
        Assert.Null(venue.State.StopLoss);
    }

    [Fact]
    public void Stops_take_the_size_of_the_position_and_end_when_it_is_closed_or_turned()
    {
        AccountHarness venue = Long();
        venue.SetTradingStop("\"takeProfit\":\"51000\",\"stopLoss\":\"49000\"");

        venue.Order("Buy", 0.2m, 50_000m, "IOC");
        Assert.Equal((0.3m, 0.3m), (venue.State.TakeProfit!.Qty, venue.State.StopLoss!.Qty));
        venue.Order("Sell", 0.1m, 49_990m, "IOC");
        Assert.Equal(0.2m, venue.State.StopLoss!.Qty);
        venue.Order("Sell", 0.5m, 49_990m, "IOC");

        Assert.Equal((null, null), (venue.State.TakeProfit, venue.State.StopLoss));
        Assert.Equal(2, venue.Account.Orders.Count(order => order is { Status: VenueOrderStatus.Deactivated, CancelType: "CancelByTpSlTsClear" }));
    }

    [Fact]
    public void Stops_that_come_with_an_order_are_the_position_s_once_it_fills()
    {
        AccountHarness venue = MarginRulesTests.Quoted();

        Assert.Equal(0, venue.Order("Buy", 0.1m, 49_980m, more: ",\"takeProfit\":\"50500\",\"stopLoss\":\"49500\",\"tpslMode\":\"Full\",\"orderLinkId\":\"entry\""));
        JsonElement resting = venue.Messages.Skip(1).First();
        Assert.Equal(("50500", "49500", "LastPrice", "LastPrice", "Full"), Fields(resting, "takeProfit", "stopLoss", "tpTriggerBy", "slTriggerBy", "tpslMode"));
        Assert.Null(venue.State.TakeProfit);

        venue.Book("49980 1", "49990 1");
        venue.Trade("Sell", "49979.9", "1.05");

        Assert.Equal((0.05m, 0.05m), (venue.State.TakeProfit!.Qty, venue.State.StopLoss!.Qty));
        Assert.Equal("entry", venue.State.StopLoss.ParentOrderLinkId);
        venue.Trade("Sell", "49979.9", "0.05");
        Assert.Equal((0.1m, 50_500m), (venue.State.TakeProfit!.Qty, venue.State.TakeProfit.Trigger!.Value.Price));
    }

    [Fact]
    public void Attached_stops_on_the_wrong_side_of_the_order_s_price_and_on_reduce_only_orders_are_refused()
    {
        AccountHarness venue = Long();

        Assert.Equal(10_001, venue.Order("Buy", 0.1m, 49_000m, more: ",\"stopLoss\":\"49500\""));
        Assert.Equal(10_001, venue.Order("Sell", 0.1m, 51_000m, more: ",\"reduceOnly\":true,\"stopLoss\":\"52000\""));
        Assert.Equal(0, venue.Order("Buy", 0.1m, 49_000m, more: ",\"takeProfit\":\"0\",\"stopLoss\":\"0\""));
        Assert.Equal(10_001, venue.Request("order.amend", $$"""{"category":"linear","symbol":"BTCUSDT","orderId":"{{venue.Account.OpenOrders.Single().OrderId}}","stopLoss":"48000"}"""));
    }

    [Fact]
    public void A_stop_can_be_cancelled_like_an_order_and_not_amended()
    {
        AccountHarness venue = Long();
        venue.SetTradingStop("\"takeProfit\":\"51000\",\"stopLoss\":\"49000\"");
        string arguments = $$"""{"category":"linear","symbol":"BTCUSDT","orderId":"{{venue.State.StopLoss!.OrderId}}"}""";

        Assert.Equal(10_001, venue.Request("order.amend", arguments));
        Assert.Equal(0, venue.Request("order.cancel", arguments));
        Assert.Equal(["ack 0", "order Deactivated", "position Normal", "wallet"], venue.Kinds);
        Assert.Null(venue.State.StopLoss);

        Assert.Empty(venue.Venue.CancelAll(venue.Account, null, venue.NowNanos, venue.Output, stops: false));
        Assert.Single(venue.Venue.CancelAll(venue.Account, AccountHarness.Bitcoin, venue.NowNanos, venue.Output));
        Assert.Null(venue.State.TakeProfit);
    }

    [Fact]
    public void Of_two_stops_that_are_due_at_once_the_loss_is_stopped()
    {
        AccountHarness venue = Long();
        venue.SetTradingStop("\"takeProfit\":\"51000\",\"stopLoss\":\"49500\",\"slTriggerBy\":\"MarkPrice\"");
        venue.State.TakeProfit!.Trigger = new StopLevel(49_300m, TriggerBy.MarkPrice);   // no client can set this; both are due at 49,400

        venue.Mark(49_400m);

        Assert.Equal("StopLoss", venue.Account.Orders.Single(order => order.Status == VenueOrderStatus.Filled && order.StopOrderType.Length > 0).StopOrderType);
    }

    private static AccountHarness Long()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        return venue;
    }

    private static (string First, string Second, string Third, string Fourth, string Fifth) Fields(JsonElement message, string first, string second, string third, string fourth, string fifth) =>
        (Field(message, first), Field(message, second), Field(message, third), Field(message, fourth), Field(message, fifth));
}
