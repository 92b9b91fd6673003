using System.Text.Json;
using static LatencyEngine.Simulator.Tests.VenueHarness;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Orders beyond the price limit (Bybit V5, 12.7 and 14.10): at a mark of 60,000 BTCUSDT is bought at 60,600 at most and sold at 59,400 at least.</summary>
public sealed class PriceLimitTests
{
    private const string SetPath = "/v5/account/set-limit-px-action";
    private readonly VenueHarness _venue = new(balance: 1_000_000);

    public PriceLimitTests()
    {
        _venue.Snapshot("60000.00 2.000", "60700.00 1.000");
        _venue.Mark("60000.00");
    }

    [Theory]
    [InlineData("Buy", "60650", "60600")]
    [InlineData("Buy", "60600", "60600")]
    [InlineData("Buy", "50000", "50000")]
    [InlineData("Sell", "59000", "59400")]
    [InlineData("Sell", "70000", "70000")]
    public void An_order_beyond_the_limit_is_moved_to_it_and_a_patient_one_stays(string side, string price, string kept)
    {
        if (side == "Sell") _venue.Snapshot("59000.00 2.000", "60700.00 1.000");

        IReadOnlyList<JsonElement> messages = _venue.Create(side, price, "0.010", "GTC", "a");

        Assert.Equal(["ack 0", "order New"], Kinds(messages).Take(2));
        Assert.Equal(kept, Field(messages[1], "price"));
    }

    [Fact]
    public void The_limits_lie_on_ticks_inside_their_bounds()
    {
        _venue.Mark("60000.33");

        Assert.Equal((60_600.3m, 59_400.4m), _venue.Venue.Market("BTCUSDT").PriceLimits);   // 60,600.3333 and 59,400.3267
    }

    [Fact]
    public void An_order_moved_to_the_limit_takes_nothing_beyond_it()
    {
        Assert.Equal(["ack 0", "order Cancelled"], Kinds(_venue.Create("Buy", "61000", "0.010", "IOC")));
        Assert.Empty(_venue.Account.Fills);
    }

    [Fact]
    public void An_amended_price_is_moved_and_one_that_is_not_sent_is_left_where_it_is()
    {
        _venue.Create("Buy", "60500", "0.020", "GTC", "a");
        Assert.Equal("60600", Field(_venue.Amend("a", "\"price\":\"60690\"")[1], "price"));
        Assert.Equal("ack 10001", Kind(_venue.Amend("a", "\"price\":\"60690\"")[0]));   // nothing would change

        _venue.Mark("59000.00");
        JsonElement resized = _venue.Amend("a", "\"qty\":\"0.010\"")[1];
        Assert.Equal(("60600", "0.01"), (Field(resized, "price"), Field(resized, "qty")));
    }

    [Fact]
    public void An_account_that_wants_no_moving_is_refused_over_socket_and_rest_at_creation_and_amendment()
    {
        _venue.Create("Buy", "59900", "0.010", "GTC", "a");
        Assert.Equal("success", Post("""{"category":"linear","modifyEnable":false}""").Text);
        Assert.True(LpaPerp());

        Assert.Equal((30_208, "the order price is above the maximum buying price 60600"), Answer(_venue.Create("Buy", "60600.1", "0.010", "GTC")[0]));
        Assert.Equal((30_209, "the order price is below the minimum selling price 59400"), Answer(_venue.Create("Sell", "59399.9", "0.010", "GTC")[0]));
        Assert.Equal(30_208, Answer(_venue.Amend("a", "\"price\":\"60650\"")[0]).Code);
        Assert.Equal(30_208, Answer(_venue.Post("/v5/order/amend", """{"category":"linear","symbol":"BTCUSDT","orderLinkId":"a","price":"60650"}""")).Code);
        Assert.Equal(30_208, Answer(_venue.Post("/v5/order/create", """{"category":"linear","symbol":"BTCUSDT","side":"Buy","orderType":"Limit","qty":"0.010","price":"60650"}""")).Code);
        Assert.Equal(59_900m, Assert.Single(_venue.Account.OpenOrders).Price);

        Assert.Equal(0, Post("""{"category":"linear","modifyEnable":true}""").Code);
        Assert.False(LpaPerp());
        Assert.Equal("ack 0", Kind(_venue.Create("Buy", "60650", "0.010", "GTC")[0]));
        Assert.Equal((10_001, "params error: modifyEnable must be true or false"), Post("""{"category":"linear","modifyEnable":"perhaps"}"""));

        (int Code, string Text) Post(string body) => Answer(_venue.Post(SetPath, body));

        bool LpaPerp() => _venue.Get("/v5/account/user-setting-config", "").GetProperty("result").GetProperty("lpaPerp").GetBoolean();
    }

    [Fact]
    public void A_flow_market_keeps_to_the_limit_too()
    {
        using var session = new ReplaySession(new ReplaySettings { Flow = new FlowSettings { Seed = 3 }, Venue = Settings(), Latency = new LatencyModel(1) });
        session.PlayUntil(session.FirstTimeNanos + 1_000_000_000, []);
        Venue venue = session.Venue;
        (decimal buy, decimal sell) = venue.Market("BTCUSDT").PriceLimits!.Value;
        Assert.InRange(venue.Mark("BTCUSDT")!.Value, sell, buy);

        var rest = new VenueRest(venue);
        string body = $$"""{"category":"linear","symbol":"BTCUSDT","side":"Sell","orderType":"Limit","timeInForce":"PostOnly","qty":"0.001","price":"{{AccountHarness.Text(sell - 100m)}}"}""";
        rest.Answer(Call("/v5/order/create", body), session.FirstTimeNanos + 1_000_000_000, []);

        Assert.Equal(sell, Assert.Single(venue.Accounts[0].Orders).Price);
    }

    private static (int Code, string Text) Answer(JsonElement answer) => (answer.GetProperty("retCode").GetInt32(), answer.GetProperty("retMsg").GetString()!);
}
