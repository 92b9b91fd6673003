using LatencyEngine.Model;
using static LatencyEngine.Simulator.Tests.VenueHarness;

namespace LatencyEngine.Simulator.Tests;

public sealed class LiquidatorTests
{
    private static readonly VenueOrderStatus[] Ended = [VenueOrderStatus.Cancelled, VenueOrderStatus.Filled];

    [Fact]
    public void A_position_of_a_higher_tier_is_cut_to_the_next_lower_one_before_anything_is_taken_over()
    {
        AccountHarness venue = LongFifty();   // 2,500,000 at 50,000: tier 2
        venue.Book("49250 60", "49260 60");

        venue.Mark(49_250m);   // its liquidation price is 49,251.81 (docs/models.md, 3.3 with tier 2)

        VenueOrder cut = Assert.Single(venue.Account.Orders, order => order.CreateType == "CreateByLiq");
        decimal expected = decimal.Ceiling((50m - (2_000_000m / 49_250m)) / 0.001m) * 0.001m;
        Assert.Equal((VenueOrderStatus.Filled, VenueTimeInForce.FillOrKill, 49_000m, expected), (cut.Status, cut.TimeInForce, cut.Price, cut.Qty));
        Assert.Equal("order Filled", venue.Kinds[1]);
        Assert.Equal("Liq", Field(venue.Messages.First(), "positionStatus"));
        Assert.Equal(("Trade", 49_250m), (venue.Account.Fills[^1].ExecType, venue.Account.Fills[^1].Price));
        Assert.Equal((1, 50m - expected), (venue.Account.Liquidations, venue.State.Position.Qty));
        Assert.False(venue.State.IsLiquidationDue);
        Assert.Equal(new TapeLiquidation(venue.NowMillis, WasLong: true, expected, 49_000m), Assert.Single(venue.State.Market.Tape.Liquidations.Since(0)));
    }

    [Fact]
    public void What_the_book_does_not_give_at_the_bankruptcy_price_or_better_is_taken_over_whole()
    {
        AccountHarness venue = LongFifty();
        venue.Book("49250 5, 48990 60", "49260 60");
        decimal walletBefore = venue.Account.Wallet;
        decimal margin = venue.State.PositionMargin;

        venue.Mark(49_250m);

        Assert.Equal([("CreateByLiq", VenueOrderStatus.Cancelled), ("CreateByTakeOver_PassThrough", VenueOrderStatus.Filled)],
            venue.Account.Orders.Skip(1).Select(order => (order.CreateType, order.Status)));
        Assert.Equal(walletBefore - margin, venue.Account.Wallet);
        Assert.Equal(50m * 250m, venue.Venue.Ledger.Insurance);   // worth 49,250, taken at 49,000
        Assert.Equal(0m, venue.Venue.Ledger.Total);
        LedgerEntry last = venue.Account.Entries.Last();
        Assert.Equal((LedgerEntryType.Liquidation, -50_000m, 50m * 49_000m * 0.00055m, 0m), (last.Type, last.CashFlow, last.Fee, last.PositionAfter));
    }

    [Fact]
    public void A_gap_beyond_the_bankruptcy_price_costs_the_account_its_margin_and_the_insurance_fund_the_rest()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Sell", 0.1m, 49_990m, "IOC");
        decimal walletBefore = venue.Account.Wallet;
        decimal margin = venue.State.PositionMargin;
        decimal bankruptcy = 49_990m * 1.02m;

        venue.Mark(55_000m);

        Assert.Equal(walletBefore - margin, venue.Account.Wallet);
        Assert.Equal(-0.1m * (55_000m - bankruptcy), venue.Venue.Ledger.Insurance);
        Assert.Equal(new TapeLiquidation(venue.NowMillis, WasLong: false, 0.1m, bankruptcy), Assert.Single(venue.State.Market.Tape.Liquidations.Since(0)));
    }

    [Fact]
    public void Added_margin_is_lost_with_the_position_and_nothing_else()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        venue.AddMargin(300m);
        decimal walletBefore = venue.Account.Wallet;
        decimal margin = venue.State.PositionMargin;

        venue.Mark(46_300m);
        Assert.Equal(0, venue.Account.Liquidations);
        venue.Mark(46_229m);   // liquidation at 46,229.5 (docs/models.md, 3.3)

        Assert.Equal(1, venue.Account.Liquidations);
        Assert.Equal(walletBefore - margin, venue.Account.Wallet, 7);
    }

    [Fact]
    public void Isolated_only_the_orders_of_the_symbol_are_cancelled_and_its_stops_end_with_it()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Book("100 500", "100.1 500", AccountHarness.Solana);
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        venue.SetTradingStop("\"stopLoss\":\"49000\"");
        venue.Order("Sell", 0.05m, 50_500m);
        venue.Order("Buy", 1m, 99m, symbol: AccountHarness.Solana);

        venue.Mark(49_200m);

        Assert.Equal(AccountHarness.Solana, Assert.Single(venue.Account.OpenOrders).Symbol);
        Assert.Equal(
            ["order Cancelled", "position Liq", "order Filled", "execution BustTrade", "position Normal", "wallet", "order Deactivated", "position Normal", "wallet"],
            venue.Kinds);
    }

    [Fact]
    public void In_cross_mode_the_wallet_and_other_profits_answer_for_a_position()
    {
        AccountHarness venue = Cross(balance: 1_000, bitcoin: 0.1m);

        venue.Mark(45_000m);   // 500 of loss: isolated it would be gone at 49,246
        Assert.Equal(0, venue.Account.Liquidations);
        Assert.Equal(venue.Account.Equity - venue.Account.PositionMargin, venue.Account.Available);

        decimal price = venue.State.LiquidationPrice!.Value;
        venue.Mark(decimal.Ceiling(price * 10m) / 10m);
        Assert.Equal(0, venue.Account.Liquidations);
        venue.Mark(decimal.Floor(price * 10m) / 10m);
        Assert.Equal(1, venue.Account.Liquidations);
    }

    [Fact]
    public void In_cross_mode_all_orders_are_cancelled_and_the_position_with_the_largest_maintenance_margin_goes_first_until_nothing_is_left()
    {
        AccountHarness venue = Cross(balance: 1_000, bitcoin: 0.1m, solana: 10m);
        venue.Order("Buy", 1m, 99m, symbol: AccountHarness.Solana);

        venue.Mark(40_200m);   // 980 of loss

        Assert.Equal(2, venue.Account.Liquidations);
        Assert.Empty(venue.Account.OpenOrders);
        Assert.Equal(
            [(AccountHarness.Bitcoin, "BustTrade"), (AccountHarness.Solana, "BustTrade")],
            venue.Account.Fills.TakeLast(2).Select(fill => (fill.Symbol, fill.ExecType)));
        Assert.Equal("order Cancelled", venue.Kinds[0]);
        Assert.True(Math.Abs(venue.Account.Wallet) < 0.0000001m, $"{venue.Account.Wallet} is left of a liquidated account");
        Assert.True(venue.Venue.Ledger.Insurance > 0, "the positions were worth more than what the account lost");
        Assert.Equal(0m, venue.Venue.Ledger.Total);
    }

    [Fact]
    public void A_cross_account_that_a_gap_leaves_owing_ends_at_nothing_and_the_insurance_fund_pays()
    {
        AccountHarness venue = Cross(balance: 1_000, bitcoin: 0.1m, solana: -10m);

        venue.Mark(35_000m);   // 1,500 of loss

        Assert.Equal(2, venue.Account.Liquidations);
        Assert.True(Math.Abs(venue.Account.Wallet) < 0.0000001m, $"{venue.Account.Wallet} is left of a liquidated account");
        Assert.True(venue.Venue.Ledger.Insurance < 0, "nobody has paid for the gap");
    }

    [Fact]
    public void In_cross_mode_a_cut_that_is_enough_leaves_the_rest_of_the_account_alone()
    {
        AccountHarness venue = Cross(balance: 56_000, bitcoin: 50m);   // 2,500,000: tier 2
        decimal liquidation = venue.State.LiquidationPrice!.Value;
        decimal mark = decimal.Floor(liquidation * 10m) / 10m;
        venue.Book($"{AccountHarness.Text(mark)} 60", $"{AccountHarness.Text(mark + 0.1m)} 60");

        venue.Mark(mark);

        Assert.Equal("CreateByLiq", venue.Account.Orders[^1].CreateType);
        Assert.Equal((1, 1), (venue.Account.Liquidations, venue.State.Tier.Id));
        Assert.False(venue.Account.IsMaintenanceReached);
        Assert.All(venue.Account.Orders, order => Assert.Contains(order.Status, Ended));
    }

    [Fact]
    public void A_cut_trades_with_the_resting_order_of_another_account()
    {
        var venue = new AccountHarness(new AccountSettings { Uid = 1, StartBalance = 60_000 }, new AccountSettings { Uid = 2, StartBalance = 60_000 });
        venue.Book("49990 60", "50000 60");
        venue.Mark(50_000m);
        venue.Order("Buy", 50m, 50_000m, "IOC");
        venue.Book("48000 1", "49400 60");
        venue.Order("Buy", 20m, 49_300m, account: venue.Venue.Account(2));

        venue.Mark(49_251m);

        Assert.True(venue.Venue.Account(2).Position(AccountHarness.Bitcoin).Qty > 9m);
        FillRecord bought = venue.Venue.Account(2).Fills[^1];
        Assert.Equal((true, 49_300m, Side.Buy), (bought.IsMaker, bought.Price, bought.Side));
    }

    private static AccountHarness LongFifty()
    {
        AccountHarness venue = MarginRulesTests.Quoted(balance: 60_000);
        venue.Order("Buy", 50m, 50_000m, "IOC");
        return venue;
    }

    private static AccountHarness Cross(decimal balance, decimal bitcoin, decimal solana = 0m)
    {
        AccountHarness venue = MarginRulesTests.Quoted(balance: balance, mode: MarginMode.Cross);
        venue.Book("100 500", "100.1 500", AccountHarness.Solana);
        venue.Mark(100m, AccountHarness.Solana);
        Assert.Equal(0, venue.Order("Buy", bitcoin, 50_000m, "IOC"));
        if (solana != 0) Assert.Equal(0, venue.Order(solana > 0 ? "Buy" : "Sell", Math.Abs(solana), solana > 0 ? 100.1m : 100m, "IOC", symbol: AccountHarness.Solana));
        return venue;
    }
}
