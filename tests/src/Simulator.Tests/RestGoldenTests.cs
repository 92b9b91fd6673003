using System.Globalization;
using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The goldens of margin as a client reads them: accounts are put into each golden state, and REST is asked (Bybit V5, 11.1 and 12.1).</summary>
/// <remarks>Fee rates that no published level has are left out where they matter.</remarks>
public sealed class RestGoldenTests
{
    private const decimal Printed = 1e-8m;          // REST prints eight decimals
    private const decimal RoundedPostings = 1e-6m;  // some ten postings a case, each rounded to 1e-8

    [Fact]
    public void Isolated_positions_are_listed_with_the_golden_margins_and_liquidation_price()
    {
        int compared = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("liquidation_static.csv"))
        {
            if (TierOf(row["taker_fee"]) is not { } tier) continue;
            VenueHarness venue = Venue(new AccountSettings { Leverage = 1, FeeTier = tier }, ("S1USDT", row["ladder"]));
            AccountSymbol state = venue.Account.In("S1USDT");
            state.Position = new PositionState(Number(row["qty"]), Number(row["entry"]), 0, 0, 0);
            state.Leverage = Number(row["leverage"]);
            state.ExtraMargin = Number(row["extra_margin"]);
            state.Market.TickerMark = Number(row["entry"]);

            JsonElement listed = Listed(venue, "S1USDT");
            decimal feeToClose = Number(row["fee_to_close"]);
            Same(row, "position_value", Number(row["position_value"]), listed, "positionValue", Printed);
            Same(row, "initial_margin", Number(row["initial_margin"]) + feeToClose + state.ExtraMargin, listed, "positionIM", Printed);
            Same(row, "maintenance_margin_entry", Number(row["maintenance_margin_entry"]) + feeToClose, listed, "positionMM", Printed);
            SameLiquidation(row, "liq_price", listed, state.Instrument);
            compared++;
        }

        Assert.True(compared > 100, $"only {compared} rows have a published fee rate");
    }

    [Fact]
    public void Cross_accounts_are_listed_with_the_golden_equity_margin_rate_and_liquidation_price()
    {
        int compared = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("cross_margin.csv"))
        {
            if (TierOf(row["taker_fee"]) is not { } tier) continue;
            var settings = new AccountSettings { StartBalance = Number(row["wallet"]), Leverage = 1, MarginMode = MarginMode.Cross, FeeTier = tier };
            VenueHarness venue = Venue(settings, [.. Enumerable.Range(1, 3).Select(i => ($"S{i}USDT", row[$"ladder{i}"]))]);
            for (int i = 1; i <= 3; i++)
            {
                AccountSymbol state = venue.Account.In($"S{i}USDT");
                state.Position = new PositionState(Number(row[$"qty{i}"]), Number(row[$"entry{i}"]), 0, 0, 0);
                state.Market.TickerMark = Number(row[$"mark{i}"]);
            }

            JsonElement wallet = Wallet(venue);
            Same(row, "equity", Number(row["equity"]), wallet, "totalEquity", Printed);
            Same(row, "unrealised", Number(row["unrealised"]), wallet, "totalPerpUPL", Printed);
            Same(row, "maintenance_margin", Number(row["maintenance_margin"]), wallet, "totalMaintenanceMargin", Printed);
            if (row["mm_rate"].Length > 0) Same(row, "mm_rate", decimal.Truncate(Number(row["mm_rate"]) * 10_000m) / 10_000m, wallet, "accountMMRate", 0m);
            SameLiquidation(row, "liq_price_1", Listed(venue, "S1USDT"), venue.Account.In("S1USDT").Instrument);
            compared++;
        }

        Assert.True(compared > 40, $"only {compared} rows have a published fee rate");
    }

    [Fact]
    public void Event_sequences_leave_the_golden_position_and_wallet()
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> cases = ReferenceFiles.GoldenRows("margin_cases.csv").ToDictionary(row => row["case"]);
        VenueHarness? venue = null;
        string current = "";
        int rows = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("margin_events.csv"))
        {
            IReadOnlyDictionary<string, string> parameters = cases[row["case"]];
            if (row["case"] != current) venue = Venue(new AccountSettings { StartBalance = Number(parameters["initial_wallet"]), Leverage = 1 }, ("S1USDT", parameters["ladder"]));
            current = row["case"];
            AccountSymbol state = venue!.Account.In("S1USDT");
            state.Leverage = Number(parameters["leverage"]);
            decimal mark = Number(row["mark"]);
            state.Market.TickerMark = mark;
            if (row["kind"] == "fill")
            {
                decimal rate = Number(parameters[row["liquidity"] == "maker" ? "maker_fee" : "taker_fee"]);
                state.BookFill(venue.Venue.Ledger, LedgerEntryType.Trade, row["side"] == "Buy" ? 1 : -1, Number(row["qty"]), Number(row["price"]), rate, "", 0);
            }
            else
            {
                state.BookFunding(venue.Venue.Ledger, PositionMath.FundingPayment(state.Position.Qty, mark, Number(row["funding_rate"])), "", 0);
                state.ExtraMargin = 0;   // the goldens take funding from the wallet
            }

            JsonElement wallet = Wallet(venue);
            Same(row, "wallet", Number(row["wallet"]), wallet, "totalWalletBalance", RoundedPostings);
            Same(row, "equity", Number(row["equity"]), wallet, "totalEquity", RoundedPostings);
            JsonElement listed = Listed(venue, "S1USDT");
            Same(row, "position", Math.Abs(Number(row["position"])), listed, "size", 0m);
            Same(row, "avg_entry", Number(row["avg_entry"]), listed, "avgPrice", Printed);
            Same(row, "unrealised_pnl", Number(row["unrealised_pnl"]), listed, "unrealisedPnl", RoundedPostings);
            decimal net = Number(row["realised_pnl_gross"]) - Number(row["fees_paid"]) + Number(row["funding_received"]);
            Same(row, "realised_pnl_gross", net, listed, "cumRealisedPnl", RoundedPostings);
            if (state.Position.Qty != 0) SameLiquidation(row, "liq_price_isolated", listed, state.Instrument);
            else Assert.Equal(("", ""), (listed.GetProperty("side").GetString(), listed.GetProperty("liqPrice").GetString()));
            rows++;
        }

        Assert.True(rows > 2_000, $"only {rows} golden rows");
    }

    private static VenueHarness Venue(AccountSettings account, params (string Symbol, string Ladder)[] symbols) => new(
        symbols: [.. symbols.Select(each => each.Symbol)],
        change: settings => settings with
        {
            Instruments = new InstrumentList(symbols.Select(each => settings.Instruments["BTCUSDT"] with { Symbol = each.Symbol, MinPrice = 0.0001m })),
            RiskLadders = symbols.ToDictionary(each => each.Symbol, each => PositionMathTests.Ladders[each.Ladder]),
            Accounts = [account],
        });

    /// <summary>The level whose taker rate it is; null when none is published with it.</summary>
    private static FeeTier? TierOf(string takerRate) =>
        FeeTier.All.FirstOrDefault(tier => tier.Name.StartsWith("VIP", StringComparison.Ordinal) && tier.RatesFor("S1USDT").Taker == Number(takerRate));

    private static JsonElement Wallet(VenueHarness venue) => Result(venue.Get("/v5/account/wallet-balance", "accountType=UNIFIED"));

    private static JsonElement Listed(VenueHarness venue, string symbol) => Result(venue.Get("/v5/position/list", $"category=linear&symbol={symbol}"));

    private static JsonElement Result(JsonElement answer)
    {
        Assert.Equal(0, answer.GetProperty("retCode").GetInt32());
        return answer.GetProperty("result").GetProperty("list").EnumerateArray().Single();
    }

    private static void SameLiquidation(IReadOnlyDictionary<string, string> row, string column, JsonElement listed, VenueInstrument instrument)
    {
        decimal golden = Number(row[column]);
        if (golden >= instrument.MinPrice && golden <= instrument.MaxPrice) Same(row, column, golden, listed, "liqPrice", Printed);
        else Assert.Equal("", listed.GetProperty("liqPrice").GetString());
    }

    private static void Same(IReadOnlyDictionary<string, string> row, string column, decimal golden, JsonElement owner, string key, decimal tolerance)
    {
        string text = owner.GetProperty(key).GetString()!;
        Assert.True(Math.Abs(golden - Number(text)) <= tolerance, $"case {row["case"]}, {column}: golden {golden}, {key} was {text}");
    }

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
