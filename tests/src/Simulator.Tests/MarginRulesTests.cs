using static LatencyEngine.Simulator.Tests.VenueHarness;

namespace LatencyEngine.Simulator.Tests;

public sealed class MarginRulesTests
{
    [Fact]
    public void Leverage_is_set_for_one_symbol_and_told()
    {
        AccountHarness venue = Quoted();

        Assert.Null(venue.SetLeverage(12.5m));

        Assert.Equal(["position Normal", "wallet"], venue.Kinds);
        Assert.Equal("12.5", Field(venue.Messages.First(), "leverage"));
        Assert.Equal((12.5m, 50m), (venue.State.Leverage, venue.Account.In(AccountHarness.Solana).Leverage));
    }

    [Theory]
    [InlineData(50, 110_043)]       // unchanged
    [InlineData(0.99, 10_001)]
    [InlineData(10.001, 10_001)]
    [InlineData(101, 110_013)]
    public void Leverage_that_is_unchanged_off_the_step_or_above_the_tier_is_refused(double leverage, int code)
    {
        AccountHarness venue = Quoted();

        Assert.Equal(code, venue.SetLeverage((decimal)leverage)!.Code);
        Assert.Equal(50m, venue.State.Leverage);
        Assert.Empty(venue.Output);
    }

    [Fact]
    public void Leverage_above_the_tier_of_position_and_orders_is_refused()
    {
        AccountHarness venue = Quoted(balance: 200_000);
        venue.Order("Buy", 20m, 50_000m, "IOC");
        venue.Order("Buy", 25m, 48_000m);   // 1,000,000 held and 1,200,000 ordered: the tier up to 2,600,000, at most 90x

        Refusal? refused = venue.SetLeverage(91m);
        Assert.Null(venue.SetLeverage(90m));

        Assert.Equal((110_013, "cannot set leverage [91] gt maxLeverage [90] by risk limit"), (refused!.Code, refused.Text));
    }

    [Fact]
    public void An_order_beyond_the_largest_tier_of_the_leverage_is_refused()
    {
        AccountHarness venue = Quoted(leverage: 100, balance: 200_000);

        Assert.Equal(110_090, venue.Order("Buy", 41m, 49_000m));    // 2,009,000 is more than 100x may hold
        Assert.Equal(0, venue.Order("Buy", 40m, 49_000m));
    }

    [Fact]
    public void Lower_leverage_binds_more_margin_and_is_refused_when_the_balance_lacks_it()
    {
        AccountHarness venue = Quoted(balance: 1_000);
        venue.Order("Buy", 0.5m, 50_000m, "IOC");   // 25,000 at 50x binds 500 and the fee to close

        Assert.Equal(110_012, venue.SetLeverage(20m)!.Code);
        Assert.Equal(50m, venue.State.Leverage);
        Assert.Null(venue.SetLeverage(30m));
        Assert.Equal(833.33m, decimal.Round(25_000m / 30m, 2));
        Assert.Equal((25_000m / 30m) + venue.State.FeeToClose, venue.Account.PositionMargin);
    }

    [Fact]
    public void Higher_leverage_that_would_liquidate_at_once_is_refused()
    {
        AccountHarness venue = Quoted();
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        venue.Mark(49_400m);   // liquidation at 49,246.23 with 50x, at 49,497.49 with 100x

        Assert.Equal(110_011, venue.SetLeverage(100m)!.Code);
        Assert.Equal((50m, 0), (venue.State.Leverage, venue.Account.Liquidations));
    }

    [Fact]
    public void The_margin_mode_is_the_account_s_and_changes_only_without_positions_and_orders()
    {
        AccountHarness venue = Quoted();
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        venue.Order("Buy", 0.1m, 49_000m);

        Refusal? refused = venue.SetMarginMode(MarginMode.Cross);
        Assert.Equal((3_400_045, "Set margin mode failed"), (refused!.Code, refused.Text));
        Assert.Equal([110_024, 110_028], refused.Reasons.Select(reason => reason.Code));
        Assert.Equal(MarginMode.Isolated, venue.Account.MarginMode);

        venue.Order("Sell", 0.1m, 49_990m, "IOC");
        venue.Venue.CancelAll(venue.Account, null, venue.NowNanos, venue.Output);
        Assert.Null(venue.SetMarginMode(MarginMode.Cross));
        Assert.Equal(MarginMode.Cross, venue.Account.MarginMode);
        Assert.Equal(["wallet"], venue.Kinds);
    }

    [Fact]
    public void Hedge_mode_is_not_supported_and_one_way_mode_is_set_already()
    {
        AccountHarness venue = Quoted();

        Assert.Equal(110_029, venue.Venue.SetPositionMode(AccountHarness.Bitcoin, 3).Code);
        Assert.Equal(110_025, venue.Venue.SetPositionMode(null, 0).Code);
        Assert.Equal(10_001, venue.Venue.SetPositionMode(null, 1).Code);
        Assert.Equal(10_001, venue.Venue.SetPositionMode("XYZUSDT", 0).Code);
    }

    [Fact]
    public void Margin_added_to_a_position_moves_its_liquidation_price_and_can_be_taken_back()
    {
        AccountHarness venue = Quoted();
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        decimal available = venue.Account.Available;

        Assert.Null(venue.AddMargin(300m));

        Assert.Equal(available - 300m, venue.Account.Available);
        Assert.Equal((5_000m - 100m - (300m / 0.99945m)) / 0.0995m, venue.State.LiquidationPrice);   // docs/models.md, 3.3
        Assert.Equal("402.695", Field(venue.Messages.First(), "positionIM"));
        Assert.Equal(110_078, venue.AddMargin(-300.1m)!.Code);
        Assert.Null(venue.AddMargin(-300m));
        Assert.Equal(available, venue.Account.Available);
    }

    [Fact]
    public void Margin_is_not_added_without_a_position_without_balance_in_cross_mode_or_with_five_decimals()
    {
        AccountHarness venue = Quoted();
        Assert.Equal(110_033, venue.AddMargin(1m)!.Code);
        venue.Order("Buy", 0.1m, 50_000m, "IOC");

        Assert.Equal(110_014, venue.AddMargin(9_900m)!.Code);
        Assert.Equal(110_027, venue.AddMargin(0m)!.Code);
        Assert.Equal(10_001, venue.AddMargin(1.00001m)!.Code);

        AccountHarness cross = Quoted(mode: MarginMode.Cross);
        Assert.Equal(110_015, cross.AddMargin(1m)!.Code);
        Assert.Equal(110_076, cross.SetAutoAddMargin(true)!.Code);
    }

    [Fact]
    public void Taking_back_margin_that_would_liquidate_at_once_is_refused()
    {
        AccountHarness venue = Quoted();
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        venue.AddMargin(200m);
        venue.Mark(49_200m);   // below the liquidation price without the added margin

        Assert.Equal(110_046, venue.AddMargin(-200m)!.Code);
        Assert.Equal(200m, venue.State.ExtraMargin);
    }

    [Fact]
    public void Closing_half_of_a_position_releases_half_of_its_added_margin_and_closing_it_all()
    {
        AccountHarness venue = Quoted();
        venue.Order("Buy", 0.2m, 50_000m, "IOC");
        venue.AddMargin(100m);

        venue.Order("Sell", 0.1m, 49_990m, "IOC");
        Assert.Equal(50m, venue.State.ExtraMargin);
        venue.Order("Sell", 0.3m, 49_990m, "IOC");   // flips
        Assert.Equal((0m, -0.2m), (venue.State.ExtraMargin, venue.State.Position.Qty));
    }

    [Fact]
    public void Auto_add_margin_takes_from_the_available_balance_before_it_liquidates()
    {
        AccountHarness venue = Quoted(balance: 350);
        venue.Order("Buy", 0.1m, 50_000m, "IOC");   // binds 102.695
        Assert.Null(venue.SetAutoAddMargin(true));
        Assert.Equal("1", Field(venue.Messages.First(), "autoAddMargin"));

        venue.Mark(49_246m);
        Assert.Equal((0, 102.695m), (venue.Account.Liquidations, venue.State.ExtraMargin));
        Assert.Equal(["position Normal", "wallet"], venue.Kinds);

        venue.Mark(46_700m);   // all that is left is added, and is not enough
        Assert.Equal((1, 0m), (venue.Account.Liquidations, venue.State.Position.Qty));
        Assert.True(Math.Abs(venue.Account.Wallet) < 0.0000001m, $"the whole balance was margin, {venue.Account.Wallet} is left");
    }

    [Fact]
    public async Task Auto_add_margin_ends_with_the_balance_though_no_margin_is_a_round_number()
    {
        AccountHarness venue = Quoted(leverage: 35, balance: 400);
        venue.Order("Buy", 0.2m, 50_000m, "IOC");
        Assert.Equal(0, venue.Order("Buy", 0.005m, 48_000m));
        venue.SetAutoAddMargin(true);

        await Task.Run(() => venue.Mark(48_000m)).WaitAsync(TimeSpan.FromSeconds(30));   // the bound is for the case that it never ends

        Assert.Equal((1, 0m, 0m), (venue.Account.Liquidations, venue.State.Position.Qty, venue.State.ExtraMargin));
        Assert.InRange(venue.Account.Wallet, 0m, 10m);   // what the cancelled order bound
    }

    [Fact]
    public void Orders_bind_margin_for_the_larger_side_in_both_modes()
    {
        foreach (MarginMode mode in (MarginMode[])[MarginMode.Isolated, MarginMode.Cross])
        {
            AccountHarness venue = Quoted(balance: 1_000, mode: mode);
            venue.Order("Buy", 0.4m, 49_000m);
            venue.Order("Sell", 0.5m, 51_000m);

            // IM + fee to open + fee to close of the sell (Bybit V5, 16.3)
            Assert.Equal(510m + (25_500m * 0.00055m) + (0.5m * 52_020m * 0.00055m), venue.Account.OrderMargin);
            Assert.Equal(1_000m - venue.Account.OrderMargin, venue.Account.Available);
            Assert.Equal(110_007, venue.Order("Sell", 0.5m, 51_000m));
            Assert.Equal(0, venue.Order("Buy", 0.1m, 48_000m));   // within what the sells bind
        }
    }

    [Fact]
    public void Unrealised_profit_is_margin_in_cross_mode_only()
    {
        foreach ((MarginMode mode, int code) in ((MarginMode, int)[])[(MarginMode.Isolated, 110_007), (MarginMode.Cross, 0)])
        {
            AccountHarness venue = Quoted(balance: 150, mode: mode);
            venue.Order("Buy", 0.1m, 50_000m, "IOC");   // binds about 103
            venue.Book("52000 5", "52010 5");
            venue.Mark(52_000m);                         // 200 of profit

            Assert.Equal(code, venue.Order("Buy", 0.1m, 49_000m));
        }
    }

    /// <summary>Bids of 50 BTC at 49,990 and offers of 50 BTC at 50,000; the mark is 50,000.</summary>
    internal static AccountHarness Quoted(decimal leverage = 50, decimal balance = 10_000, MarginMode mode = MarginMode.Isolated)
    {
        var venue = new AccountHarness(new AccountSettings { Leverage = leverage, StartBalance = balance, MarginMode = mode });
        venue.Book("49990 50", "50000 50");
        venue.Mark(50_000m);
        venue.Ticker("\"lastPrice\":\"50000\"");
        return venue;
    }
}
