using System.Globalization;
using System.Text.Json;
using LatencyEngine.TestData;
using static LatencyEngine.Simulator.Tests.VenueHarness;

namespace LatencyEngine.Simulator.Tests;

/// <summary>Positions as accounts hold them: the goldens through ledger and account, funding, and the traps of margin arithmetic.</summary>
public sealed class AccountSymbolTests
{
    [Fact]
    public void Golden_event_sequences_leave_the_same_wallet_and_margins_on_an_account()
    {
        const decimal RoundedPostings = 1e-6m;   // some ten postings a case, each rounded to 1e-8
        Dictionary<string, IReadOnlyDictionary<string, string>> cases = ReferenceFiles.GoldenRows("margin_cases.csv").ToDictionary(row => row["case"]);
        AccountSymbol? state = null;
        var ledger = new Ledger();
        string current = "";
        int rows = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("margin_events.csv"))
        {
            IReadOnlyDictionary<string, string> parameters = cases[row["case"]];
            decimal taker = Number(parameters["taker_fee"]);
            if (row["case"] != current)
            {
                ledger = new Ledger();
                SymbolMarket market = Market(parameters["ladder"]);
                var account = new VenueAccount(new AccountSettings { StartBalance = Number(parameters["initial_wallet"]), Leverage = 1 }, [market], ledger);
                state = new AccountSymbol(account, market, Number(parameters["leverage"]), new FeeRates(Number(parameters["maker_fee"]), taker));
                current = row["case"];
            }

            decimal mark = Number(row["mark"]);
            state!.Market.TickerMark = mark;
            if (row["kind"] == "fill")
            {
                decimal rate = row["liquidity"] == "maker" ? state.Fees.Maker : state.Fees.Taker;
                state.BookFill(ledger, LedgerEntryType.Trade, row["side"] == "Buy" ? 1 : -1, Number(row["qty"]), Number(row["price"]), rate, "", rows);
            }
            else
            {
                state.BookFunding(ledger, PositionMath.FundingPayment(state.Position.Qty, mark, Number(row["funding_rate"])), "", rows);
                state.ExtraMargin = 0;   // the goldens take funding from the wallet
            }

            Same(row, "position", state.Position.Qty, 0m);
            Same(row, "wallet", state.Account.Wallet, RoundedPostings);
            Same(row, "unrealised_pnl", state.Unrealised, RoundedPostings);
            Same(row, "realised_pnl_gross", state.Account.RealisedGross, RoundedPostings);
            Same(row, "fees_paid", state.Account.Fees, RoundedPostings);
            Same(row, "funding_received", state.Account.Funding, RoundedPostings);
            Assert.Equal(0m, ledger.Total);
            rows++;
            if (state.Position.Qty == 0) continue;
            Same(row, "initial_margin", state.InitialMargin - state.FeeToClose, RoundedPostings);
            Same(row, "maintenance_margin_mark", state.MaintenanceMargin - state.FeeToClose, RoundedPostings);
            Same(row, "bankruptcy_price", state.BankruptcyPrice, RoundedPostings);
            Same(row, "fee_to_close", state.FeeToClose, RoundedPostings);
            Same(row, "liq_price_isolated", state.LiquidationPrice!.Value, RoundedPostings);
        }

        Assert.True(rows > 2_000, $"only {rows} golden rows");
    }

    [Fact]
    public void Golden_cross_accounts_have_the_same_maintenance_margin_liquidation_price_and_fate()
    {
        const decimal Tolerance = 1e-8m;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("cross_margin.csv"))
        {
            decimal taker = Number(row["taker_fee"]);
            FeeTier tier = FeeTier.All.First(each => each.RatesFor(AccountHarness.Bitcoin).Taker == taker);
            SymbolMarket[] markets = [.. Enumerable.Range(1, 3).Select(i => Market(row[$"ladder{i}"], $"S{i}USDT"))];
            var account = new VenueAccount(
                new AccountSettings { StartBalance = Number(row["wallet"]), Leverage = 1, MarginMode = MarginMode.Cross, FeeTier = tier }, markets, new Ledger());
            for (int i = 1; i <= 3; i++)
            {
                account.In($"S{i}USDT").Position = new PositionState(Number(row[$"qty{i}"]), Number(row[$"entry{i}"]), 0, 0, 0);
                markets[i - 1].TickerMark = Number(row[$"mark{i}"]);
            }

            Same(row, "unrealised", account.UnrealisedPnl, Tolerance);
            Same(row, "equity", account.Equity, Tolerance);
            Same(row, "maintenance_margin", account.MaintenanceMargin, Tolerance);
            Same(row, "liq_price_1", account.LiquidationPrice("S1USDT")!.Value, Tolerance);
            Assert.Equal(row["liquidated_now"] == "1", account.IsMaintenanceReached);
        }
    }

    [Fact]
    public void The_position_of_a_captured_frame_of_2026_has_the_same_initial_margin_and_break_even_price()
    {
        // BTCPERP: size 0.001 at 66,473.5, mark 66,472.02, 10x, fee rate 0.001 (Bybit V5, 16.2).
        SymbolMarket market = Market("BTC");
        market.TickerMark = 66_472.02m;
        var ledger = new Ledger();
        var account = new VenueAccount(new AccountSettings { Leverage = 1, MarginMode = MarginMode.Cross }, [market], ledger);
        var state = new AccountSymbol(account, market, leverage: 10, new FeeRates(0.001m, 0.001m));

        state.BookFill(ledger, LedgerEntryType.Trade, sign: 1, 0.001m, 66_473.5m, state.Fees.Taker, "", nowNanos: 0);

        Assert.Equal(6.70702815m, decimal.Round(state.InitialMargin, 8));
        Assert.Equal(66_606.58008m, decimal.Round(state.BreakEvenPrice!.Value, 5));
    }

    [Fact]
    public void The_wallet_message_of_a_cross_account_obeys_the_relations_of_captured_frames()
    {
        AccountHarness venue = MarginRulesTests.Quoted(mode: MarginMode.Cross);
        venue.Order("Buy", 0.5m, 50_000m, "IOC");
        venue.Mark(50_400m);
        venue.Order("Buy", 0.1m, 49_000m);

        JsonElement account = venue.Messages.Last().GetProperty("data")[0];
        decimal equity = Value(account, "totalMarginBalance");
        Assert.Equal(Value(account, "totalWalletBalance") + 200m, equity);
        Assert.Equal(equity - Value(account, "totalInitialMargin"), Value(account, "totalAvailableBalance"));
        Assert.Equal(decimal.Truncate(Value(account, "totalInitialMargin") / equity * 10_000m) / 10_000m, Value(account, "accountIMRate"));
        Assert.Equal(decimal.Truncate(Value(account, "totalMaintenanceMargin") / equity * 10_000m) / 10_000m, Value(account, "accountMMRate"));
        Assert.Equal((0.5m * 50_400m * 0.005m) + (0.5m * 50_400m * 0.00055m), Value(account, "totalMaintenanceMargin"));

        static decimal Value(JsonElement row, string key) => Number(row.GetProperty(key).GetString()!);
    }

    [Fact]
    public void Trap_T1_the_seed_formula_is_the_bankruptcy_price_liquidation_comes_before_it()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.1m, 50_000m, "IOC");

        Assert.Equal(49_000m, venue.State.BankruptcyPrice);
        Assert.Equal(49_246.2312m, decimal.Round(venue.State.LiquidationPrice!.Value, 4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void Trap_T2_leverage_sets_the_margin_and_never_the_profit(int leverage)
    {
        AccountHarness venue = MarginRulesTests.Quoted(leverage, balance: 60_000);
        venue.Order("Buy", 1m, 50_000m, "IOC");
        Assert.Equal(50_000m / leverage, venue.State.InitialMargin - venue.State.FeeToClose);
        venue.Book("50500 5", "50510 5");
        venue.Order("Sell", 1m, 50_500m, "IOC");

        Assert.Equal(500m, venue.Account.RealisedGross);
    }

    [Fact]
    public void Trap_T3_a_reducing_fill_realises_only_what_it_closes()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.4m, 50_000m, "IOC");
        venue.Book("50100 5", "50110 5");
        venue.Order("Sell", 0.1m, 50_100m, "IOC");

        Assert.Equal((10m, 0.3m, 50_000m), (venue.Account.RealisedGross, venue.State.Position.Qty, venue.State.Position.AverageEntry));
    }

    [Fact]
    public void Trap_T4_adding_to_a_position_averages_its_entry()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        venue.Book("50300 5", "50400 5");
        venue.Order("Buy", 0.3m, 50_400m, "IOC");

        Assert.Equal(50_300m, venue.State.Position.AverageEntry);
    }

    [Fact]
    public void Trap_T5_a_fill_larger_than_the_position_turns_it_at_its_own_price()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        venue.Book("50200 5", "50210 5");
        venue.Order("Sell", 0.3m, 50_200m, "IOC");

        Assert.Equal((-0.2m, 50_200m, 20m), (venue.State.Position.Qty, venue.State.Position.AverageEntry, venue.Account.RealisedGross));
    }

    [Fact]
    public void Trap_T8_fees_funding_and_margin_are_taken()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        Fund(venue, "0.0001");

        Assert.Equal((2.75m, -0.5m, 10_000m - 2.75m - 0.5m), (venue.Account.Fees, venue.Account.Funding, venue.Account.Wallet));
        Assert.Equal(venue.Account.Wallet - 102.695m, venue.Account.Available);
    }

    [Fact]
    public void Funding_is_on_the_ledger_as_a_settlement_and_shorts_receive_what_longs_pay()
    {
        var venue = new AccountHarness(new AccountSettings { Uid = 1 }, new AccountSettings { Uid = 2 });
        venue.Book("49990 50", "50000 50");
        venue.Mark(50_000m);
        venue.Order("Buy", 0.1m, 50_000m, account: venue.Venue.Account(1), timeInForce: "IOC");
        venue.Order("Sell", 0.1m, 49_990m, account: venue.Venue.Account(2), timeInForce: "IOC");
        Fund(venue, "-0.0002");

        LedgerEntry[] settlements = [.. venue.Venue.Accounts.SelectMany(account => account.Entries).Where(entry => entry.Type == LedgerEntryType.Settlement)];
        Assert.Equal([(1L, 1m, 0.1m), (2L, -1m, -0.1m)], settlements.Select(entry => (entry.Uid, entry.Funding, entry.PositionAfter)));
        Assert.Equal(0m, venue.Venue.Ledger.Funding);
        Assert.Equal(settlements[0].ExecId, venue.Venue.Account(1).Executions.Last().Row.ExecId);
        Assert.Equal("-0.0002", Field(venue.Messages.First(), "feeRate"));
    }

    [Fact]
    public void Funding_that_the_available_balance_lacks_is_taken_from_an_isolated_position_s_margin()
    {
        AccountHarness venue = MarginRulesTests.Quoted(balance: 106);
        venue.Order("Buy", 0.1m, 50_000m, "IOC");   // 106 - 2.75 - 102.695: 0.555 available
        decimal before = venue.State.LiquidationPrice!.Value;
        Fund(venue, "0.0003");                        // 1.5

        Assert.Equal((-0.945m, 0m), (venue.State.ExtraMargin, venue.Account.Available));
        Assert.True(venue.State.LiquidationPrice > before, "the liquidation price of a long must rise");
    }

    [Fact]
    public void Funding_is_settled_in_cross_mode_from_the_wallet()
    {
        AccountHarness venue = MarginRulesTests.Quoted(balance: 106, mode: MarginMode.Cross);
        venue.Order("Buy", 0.1m, 50_000m, "IOC");
        Fund(venue, "0.0003");

        Assert.Equal((0m, -1.5m), (venue.State.ExtraMargin, venue.Account.Funding));
    }

    [Fact]
    public void A_deposit_is_on_the_ledger_and_told()
    {
        AccountHarness venue = MarginRulesTests.Quoted();
        venue.Output.Clear();

        venue.Venue.Deposit(venue.Account, 500m, venue.NowNanos, venue.Output);

        Assert.Equal((10_500m, 10_500m), (venue.Account.Wallet, venue.Account.Deposits));
        Assert.Equal(["wallet"], venue.Kinds);
        Assert.Equal(("10500", "0"), (venue.Messages.Single().GetProperty("data")[0].GetProperty("totalWalletBalance").GetString(),
            venue.Messages.Single().GetProperty("data")[0].GetProperty("coin")[0].GetProperty("cumRealisedPnl").GetString()));
    }

    /// <summary>A funding stamp passes.</summary>
    private static void Fund(AccountHarness venue, string rate)
    {
        venue.Ticker($"\"fundingRate\":\"{rate}\",\"nextFundingTime\":\"{venue.NowMillis + 300}\"");
        venue.Ticker("\"openInterest\":\"1\"");
    }

    private static SymbolMarket Market(string ladder, string symbol = AccountHarness.Bitcoin)
    {
        VenueInstrument bitcoin = InstrumentList.Load(ReferenceFiles.Sample("instruments-linear-20260809.json"))[AccountHarness.Bitcoin];
        return new SymbolMarket(bitcoin with { Symbol = symbol }, PositionMathTests.Ladders[ladder], QueueModel.TradesAtOrThrough, takenNanos: 0);
    }

    private static void Same(IReadOnlyDictionary<string, string> row, string column, decimal value, decimal tolerance) =>
        Assert.True(Math.Abs(Number(row[column]) - value) <= tolerance, $"case {row["case"]}, {column}: golden {row[column]}, was {value}");

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
