using System.Text.Json;
using LatencyEngine.Model;
using static LatencyEngine.Simulator.Tests.VenueHarness;

namespace LatencyEngine.Simulator.Tests;

public sealed class LiquidationTests
{
    [Fact]
    public void A_50x_long_is_taken_over_at_the_bankruptcy_price_and_loses_exactly_its_margin()
    {
        VenueHarness venue = LongOneTenthAt50000();
        decimal walletBefore = venue.Account.Wallet;
        venue.Create("Sell", "50500", "0.050", linkId: "resting");

        Assert.Empty(venue.Mark("49246.24"));   // liquidation at 49,246.2312 (docs/models.md, 3.3)
        IReadOnlyList<JsonElement> messages = venue.Mark("49246.23");

        Assert.Equal(
            ["order Cancelled", "position Liq", "order Filled", "execution BustTrade", "position Normal", "wallet"],
            Kinds(messages));
        Assert.Equal("CancelAllBeforeLiq", Field(messages[0], "cancelType"));
        Assert.Equal("0.1", Field(messages[1], "size"));
        Assert.Equal(("CreateByTakeOver_PassThrough", "Sell"), (Field(messages[2], "createType"), Field(messages[2], "side")));
        Assert.Equal(("49000", "2.695", "-100"), (Field(messages[3], "execPrice"), Field(messages[3], "execFee"), Field(messages[3], "execPnl")));
        Assert.Equal("0", Field(messages[4], "size"));

        const decimal Margin = 100m + (0.1m * 49_000m * 0.00055m);   // 5,000 / 50 + fee to close
        Assert.Equal(walletBefore - Margin, venue.Account.Wallet);
        Assert.Equal((1, 0m, 0), (venue.Account.Liquidations, venue.Account.Position("BTCUSDT").Qty, venue.Account.OpenOrders.Count));
        FillRecord fill = venue.Account.Fills[^1];
        Assert.Equal(("BustTrade", false, Side.Sell, 49_000m), (fill.ExecType, fill.IsMaker, fill.Side, fill.Price));
    }

    [Fact]
    public void Auto_deleveraging_closes_half_of_a_position_at_the_mark_after_the_orders_of_its_symbol()
    {
        VenueHarness venue = LongOneTenthAt50000();
        decimal walletBefore = venue.Account.Wallet;
        venue.Create("Sell", "50500", "0.050", linkId: "resting");
        venue.Mark("49900.00");
        var output = new List<VenueMessage>();

        venue.Venue.Deleverage(venue.NowMillis * 1_000_000, output);

        JsonElement[] messages = [.. output.Where(message => !message.IsFastExecution).Select(message => JsonDocument.Parse(message.Frame).RootElement)];
        Assert.Equal(["order Cancelled", "order Filled", "execution AdlTrade", "position Normal", "wallet"], Kinds(messages));
        Assert.Equal("CancelAllBeforeAdl", Field(messages[0], "cancelType"));
        Assert.Equal(("CreateByAdl_PassThrough", "Sell"), (Field(messages[1], "createType"), Field(messages[1], "side")));
        Assert.Equal(("49900", "0.05", "-5"), (Field(messages[2], "execPrice"), Field(messages[2], "execQty"), Field(messages[2], "execPnl")));
        Assert.Equal(walletBefore - 5m - (0.05m * 49_900m * 0.00055m), venue.Account.Wallet);
        Assert.Equal((0, 0.05m, 0), (venue.Account.Liquidations, venue.Account.Position("BTCUSDT").Qty, venue.Account.OpenOrders.Count));
    }

    [Fact]
    public void The_position_message_shows_the_isolated_margins_and_the_liquidation_price()
    {
        VenueHarness venue = LongOneTenthAt50000();
        JsonElement position = venue.Create("Buy", "49000", "0.001", linkId: "a")[2];

        Assert.Equal(("Buy", "0.1", "50000", "5000", "50"), (Field(position, "side"), Field(position, "size"), Field(position, "entryPrice"), Field(position, "positionValue"), Field(position, "leverage")));
        Assert.Equal("102.695", Field(position, "positionIM"));      // 5,000 / 50 + 0.1 × 49,000 × 0.00055
        Assert.Equal("27.695", Field(position, "positionMM"));       // 5,000 × 0.005 + 2.695
        Assert.Equal("49246.23115578", Field(position, "liqPrice"));
        Assert.Equal("-2.75", Field(position, "cumRealisedPnl"));
    }

    [Fact]
    public void A_short_is_liquidated_when_the_mark_rises()
    {
        var venue = new VenueHarness();
        venue.Snapshot("50000.00 5.000", "50000.10 5.000");
        venue.Mark("50000.00");
        venue.Create("Sell", "50000", "0.100", "IOC", "open");

        Assert.Empty(venue.Mark("50746.26"));
        Assert.NotEmpty(venue.Mark("50746.27"));   // 50,746.2687 (docs/models.md, 3.3)
        Assert.Equal(51_000m, venue.Account.Fills[^1].Price);
    }

    [Fact]
    public void Without_tickers_the_mark_is_the_recorded_mid_and_says_so()
    {
        var venue = new VenueHarness();
        venue.Snapshot("49999.90 5.000", "50000.00 5.000");
        venue.Create("Buy", "50000", "0.100", "IOC", "open");
        Assert.Equal("mid (derived)", venue.Venue.MarkPriceSource("BTCUSDT"));

        venue.Snapshot("49246.00 5.000", "49246.40 5.000");

        Assert.Equal((1, 49_246.2m), (venue.Account.Liquidations, venue.Venue.Mark("BTCUSDT")));
        venue.Mark("49246.00");
        Assert.Equal("tickers", venue.Venue.MarkPriceSource("BTCUSDT"));
    }

    [Fact]
    public void A_1x_long_cannot_be_liquidated()
    {
        VenueHarness venue = VenueFillTests.Quoted(leverage: 1, balance: 100_000);
        venue.Create("Buy", "60000.1", "0.500", "IOC", "open");
        venue.Mark("0.10");

        Assert.Equal((0, 0m), (venue.Account.Liquidations, venue.Account.LiquidationPrice("BTCUSDT")));
    }

    [Fact]
    public void Funding_is_settled_once_when_its_stamp_passes()
    {
        VenueHarness venue = LongOneTenthAt50000();
        decimal walletBefore = venue.Account.Wallet;
        long stamp = venue.NowMillis + 10;
        venue.Ticker($"\"fundingRate\":\"0.0001\",\"nextFundingTime\":\"{stamp}\"");

        venue.NowMillis = stamp;
        IReadOnlyList<JsonElement> messages = venue.Ticker("\"lastPrice\":\"50000.00\"");
        IReadOnlyList<JsonElement> repeated = venue.Ticker($"\"nextFundingTime\":\"{stamp}\"");
        venue.Ticker("\"lastPrice\":\"50000.00\"");

        Assert.Equal(["execution Funding", "position Normal", "wallet"], Kinds(messages));
        Assert.Equal(("0.5", "0.1", "50000", "0.0001"), (Field(messages[0], "execFee"), Field(messages[0], "execQty"), Field(messages[0], "execPrice"), Field(messages[0], "feeRate")));
        Assert.Empty(repeated);
        Assert.Equal((walletBefore - 0.5m, -0.5m), (venue.Account.Wallet, venue.Account.Funding));
    }

    private static VenueHarness LongOneTenthAt50000()
    {
        var venue = new VenueHarness();
        venue.Snapshot("49999.90 5.000", "50000.00 5.000");
        venue.Mark("50000.00");
        venue.Create("Buy", "50000", "0.100", "IOC", "open");
        return venue;
    }
}
