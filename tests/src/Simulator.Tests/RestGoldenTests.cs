using System.Globalization;
using System.Text.Json;
using LatencyEngine.TestData;
using Xunit.Abstractions;

namespace LatencyEngine.Simulator.Tests;

/// <summary>The goldens of margin as a client meets them: every state is traded into by orders and calls over REST, and read back over REST (Bybit V5, 10 to 12).</summary>
/// <remarks>
/// What the venue's own rules keep a client from reaching is held to be refused, with its code, and counted. Bankruptcy prices and fees to close are in no
/// look-up; they are in the margins.
/// </remarks>
public sealed class RestGoldenTests(ITestOutputHelper print)
{
    private const decimal Printed = 1e-8m;          // REST prints eight decimals
    private const decimal RoundedPostings = 1e-6m;  // some ten postings a case, each rounded to 1e-8
    private const int RiskLimit = 110090;
    private const int LiquidatedAtOnce = 110011;

    [Fact]
    public void Isolated_positions_are_traded_into_and_listed_with_the_golden_margins_and_liquidation_price()
    {
        var counts = new SortedDictionary<string, int>();
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("liquidation_static.csv"))
        {
            var venue = new RestGoldenVenue(RestGoldenVenue.Reserve, 0m, Number(row["taker_fee"]), row["ladder"]);
            (decimal qty, decimal entry, decimal leverage, decimal extraMargin) = (Number(row["qty"]), Number(row["entry"]), Number(row["leverage"]), Number(row["extra_margin"]));
            if (leverage != 1m) Assert.Equal(0, venue.SetLeverage(leverage));
            venue.Mark(entry);
            int code = venue.Take(qty > 0 ? "Buy" : "Sell", Math.Abs(qty), entry);
            Assert.Equal(row["leverage_exceeds_tier_max"] == "1", code == RiskLimit);
            if (code == RiskLimit)
            {
                Count(counts, "refused: the leverage exceeds the tier's");
                continue;
            }

            Assert.Equal(0, code);
            if (extraMargin != 0m) Assert.Equal(0, venue.AddMargin(extraMargin));

            JsonElement listed = venue.Position();
            decimal feeToClose = Number(row["fee_to_close"]);
            Same(row, "position_value", Number(row["position_value"]), listed, "positionValue", Printed);
            Same(row, "initial_margin", Number(row["initial_margin"]) + feeToClose + extraMargin, listed, "positionIM", Printed);
            Same(row, "maintenance_margin_entry", Number(row["maintenance_margin_entry"]) + feeToClose, listed, "positionMM", Printed);
            SameLiquidation(row, "liq_price", listed, venue.Instrument);
            Count(counts, "compared");
        }

        Covered("241 compared, 7 refused: the leverage exceeds the tier's", counts);
    }

    [Fact]
    public void Cross_accounts_are_traded_into_and_listed_with_the_golden_equity_margin_rate_and_liquidation_price()
    {
        const decimal LossFrom = 20_000m;
        const decimal LossTo = 0.0001m;
        const int LossMarket = 4;
        const decimal Leverage = 10m;   // every tier of the ladders allows it, and no golden of a cross account depends on it
        var counts = new SortedDictionary<string, int>();
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("cross_margin.csv"))
        {
            decimal rate = Number(row["taker_fee"]);
            var held = Enumerable.Range(1, 3).Select(i => (Number: i, Qty: Number(row[$"qty{i}"]), Entry: Number(row[$"entry{i}"]), Mark: Number(row[$"mark{i}"]))).ToList();

            // A golden wallet may be less than opening its positions binds: what was needed beside is lost in a fourth market once they are held.
            decimal lossQty = decimal.Ceiling(held.Sum(each => Math.Abs(each.Qty) * each.Entry) / LossFrom / 2m);
            decimal loss = (lossQty * (LossFrom - LossTo)) + (lossQty * (LossFrom + LossTo) * rate);
            decimal fees = held.Sum(each => Ledger.Rounded(Math.Abs(each.Qty) * each.Entry * rate));
            var venue = new RestGoldenVenue(Number(row["wallet"]) + fees + loss, 0m, rate, row["ladder1"], row["ladder2"], row["ladder3"], "BTC");
            Assert.Equal(0, venue.SetCrossMargin());
            Assert.Equal(0, venue.SetLeverage(Leverage, LossMarket));
            List<int> codes = [];
            foreach ((int number, decimal qty, decimal entry, _) in held)
            {
                Assert.Equal(0, venue.SetLeverage(Leverage, number));
                venue.Mark(entry, number);
                codes.Add(venue.Take(qty > 0 ? "Buy" : "Sell", Math.Abs(qty), entry, number));
            }

            if (codes.Contains(RiskLimit))
            {
                Count(counts, "refused: a position exceeds the last tier");
                continue;
            }

            Assert.All(codes, code => Assert.Equal(0, code));
            foreach ((int number, _, _, decimal mark) in held) venue.Mark(mark, number);
            venue.Mark(LossFrom, LossMarket);
            Assert.Equal(0, venue.Take("Buy", lossQty, LossFrom, LossMarket));
            venue.Mark(LossTo, LossMarket);
            if (row["liquidated_now"] == "1")
            {
                Assert.Equal("BustTrade", venue.NewestExecution().GetProperty("execType").GetString());
                Count(counts, "liquidated at once");
                continue;
            }

            Assert.Equal(0, venue.Take("Sell", lossQty, LossTo, LossMarket));
            JsonElement wallet = venue.Wallet();
            Same(row, "wallet", Number(row["wallet"]), wallet, "totalWalletBalance", Printed);
            Same(row, "equity", Number(row["equity"]), wallet, "totalEquity", Printed);
            Same(row, "unrealised", Number(row["unrealised"]), wallet, "totalPerpUPL", Printed);
            Same(row, "maintenance_margin", Number(row["maintenance_margin"]), wallet, "totalMaintenanceMargin", Printed);
            if (row["mm_rate"].Length > 0) Same(row, "mm_rate", decimal.Truncate(Number(row["mm_rate"]) * 10_000m) / 10_000m, wallet, "accountMMRate", 0m);
            SameLiquidation(row, "liq_price_1", venue.Position(), venue.Instrument, RoundedPostings);
            Count(counts, "compared");
        }

        Covered("74 compared, 3 liquidated at once, 3 refused: a position exceeds the last tier", counts);
    }

    [Fact]
    public void Event_sequences_are_traded_and_leave_the_golden_position_wallet_and_margins()
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> cases = ReferenceFiles.GoldenRows("margin_cases.csv").ToDictionary(row => row["case"]);
        var counts = new SortedDictionary<string, int>();
        foreach (IGrouping<string, IReadOnlyDictionary<string, string>> events in ReferenceFiles.GoldenRows("margin_events.csv").GroupBy(row => row["case"]))
        {
            IReadOnlyDictionary<string, string> parameters = cases[events.Key];
            var venue = new RestGoldenVenue(Number(parameters["initial_wallet"]) + RestGoldenVenue.Reserve, Number(parameters["maker_fee"]), Number(parameters["taker_fee"]), parameters["ladder"]);
            decimal leverage = Number(parameters["leverage"]);
            (decimal Gross, decimal Fees, decimal Funding) sums = default;
            foreach (IReadOnlyDictionary<string, string> row in events)
            {
                // At leverage 1 no mark of the goldens liquidates; the golden leverage is asked for when the mark stands.
                Assert.Contains(venue.SetLeverage(1m), (int[])[0, 110043]);
                Play(venue, row);
                JsonElement entry = venue.NewestEntry();
                sums = (sums.Gross + Value(entry, "cashFlow"), sums.Fees + Value(entry, "fee"), sums.Funding + Value(entry, "funding"));
                SameMoney(row, venue, entry, sums);
                int code = leverage == 1m ? 0 : venue.SetLeverage(leverage);
                Assert.Contains(code, (int[])[0, LiquidatedAtOnce]);
                Count(counts, code == 0 ? "compared whole" : "without margins: the mark is beyond the liquidation price");
                JsonElement listed = venue.Position();
                if (Number(row["position"]) == 0m) Assert.Equal(("", ""), (listed.GetProperty("side").GetString(), listed.GetProperty("liqPrice").GetString()));
                else if (code == 0) SameMargins(row, listed, venue.Instrument);
                else if (code == LiquidatedAtOnce) Assert.True((Number(row["mark"]) - Number(row["liq_price_isolated"])) * Number(row["position"]) <= 0m, $"case {row["case"]}: refused before the golden liquidation price");
            }
        }

        Covered("2012 compared whole, 47 without margins: the mark is beyond the liquidation price", counts);
    }

    private static void Play(RestGoldenVenue venue, IReadOnlyDictionary<string, string> row)
    {
        venue.Mark(Number(row["mark"]));
        if (row["kind"] == "funding")
        {
            venue.Fund(Number(row["funding_rate"]));
            return;
        }

        (string side, decimal qty, decimal price, bool isMaker) = (row["side"], Number(row["qty"]), Number(row["price"]), row["liquidity"] == "maker");
        Assert.Equal(0, isMaker ? venue.Make(side, qty, price) : venue.Take(side, qty, price));
        JsonElement execution = venue.NewestExecution();
        Assert.Equal(
            (side, qty, price, isMaker),
            (execution.GetProperty("side").GetString(), Value(execution, "execQty"), Value(execution, "execPrice"), execution.GetProperty("isMaker").GetBoolean()));
    }

    private static void SameMoney(IReadOnlyDictionary<string, string> row, RestGoldenVenue venue, JsonElement entry, (decimal Gross, decimal Fees, decimal Funding) sums)
    {
        JsonElement wallet = venue.Wallet();
        Same(row, "wallet", Number(row["wallet"]) + RestGoldenVenue.Reserve, wallet, "totalWalletBalance", RoundedPostings);
        Same(row, "wallet", Number(row["wallet"]) + RestGoldenVenue.Reserve, entry, "cashBalance", RoundedPostings);
        Same(row, "equity", Number(row["equity"]) + RestGoldenVenue.Reserve, wallet, "totalEquity", RoundedPostings);
        Same(row, "realised_pnl_gross", sums.Gross, RoundedPostings);
        Same(row, "fees_paid", sums.Fees, RoundedPostings);
        Same(row, "funding_received", sums.Funding, RoundedPostings);
        JsonElement listed = venue.Position();
        Same(row, "position", Math.Abs(Number(row["position"])), listed, "size", 0m);
        Same(row, "avg_entry", Number(row["avg_entry"]), listed, "avgPrice", Printed);
        Same(row, "unrealised_pnl", Number(row["unrealised_pnl"]), listed, "unrealisedPnl", RoundedPostings);
        decimal net = Number(row["realised_pnl_gross"]) - Number(row["fees_paid"]) + Number(row["funding_received"]);
        Same(row, "realised_pnl_gross", net, listed, "cumRealisedPnl", RoundedPostings);
    }

    private static void SameMargins(IReadOnlyDictionary<string, string> row, JsonElement listed, VenueInstrument instrument)
    {
        decimal feeToClose = Number(row["fee_to_close"]);
        Same(row, "position_value_entry", Number(row["position_value_entry"]), listed, "positionValue", Printed);
        Same(row, "initial_margin", Number(row["initial_margin"]) + feeToClose, listed, "positionIM", Printed);
        Same(row, "maintenance_margin_mark", Number(row["maintenance_margin_mark"]) + feeToClose, listed, "positionMM", Printed);
        SameLiquidation(row, "liq_price_isolated", listed, instrument);
    }

    private static void SameLiquidation(IReadOnlyDictionary<string, string> row, string column, JsonElement listed, VenueInstrument instrument, decimal tolerance = Printed)
    {
        decimal golden = Number(row[column]);
        if (golden >= instrument.MinPrice && golden <= instrument.MaxPrice) Same(row, column, golden, listed, "liqPrice", tolerance);
        else Assert.Equal("", listed.GetProperty("liqPrice").GetString());
    }

    private static void Same(IReadOnlyDictionary<string, string> row, string column, decimal golden, JsonElement owner, string key, decimal tolerance)
    {
        string text = owner.GetProperty(key).GetString()!;
        Assert.True(Math.Abs(golden - Number(text)) <= tolerance, $"case {row["case"]}, {column}: golden {golden}, {key} was {text}");
    }

    private static void Same(IReadOnlyDictionary<string, string> row, string column, decimal found, decimal tolerance) =>
        Assert.True(Math.Abs(Number(row[column]) - found) <= tolerance, $"case {row["case"]}, {column}: golden {row[column]}, was {found}");

    private static void Count(SortedDictionary<string, int> counts, string what) => counts[what] = counts.GetValueOrDefault(what) + 1;

    private void Covered(string expected, SortedDictionary<string, int> counts)
    {
        string found = string.Join(", ", counts.Select(count => $"{count.Value} {count.Key}"));
        print.WriteLine(found);
        Assert.Equal(expected, found);
    }

    private static decimal Value(JsonElement owner, string key) => owner.GetProperty(key).GetString() is { Length: > 0 } text ? Number(text) : 0m;

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
