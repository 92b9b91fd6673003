using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;

namespace LatencyEngine.Simulator.Tests;

public sealed class PositionMathTests
{
    private const decimal Tolerance = 1e-10m;

    internal static readonly Dictionary<string, RiskLadder> Ladders = LoadLadders();

    [Fact]
    public void Golden_event_sequences_give_the_same_account_after_every_event()
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> cases = ReferenceFiles.GoldenRows("margin_cases.csv").ToDictionary(row => row["case"]);
        PositionState position = default;
        string current = "";
        int rows = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("margin_events.csv"))
        {
            IReadOnlyDictionary<string, string> parameters = cases[row["case"]];
            if (row["case"] != current) position = default;
            current = row["case"];
            RiskLadder ladder = Ladders[parameters["ladder"]];
            decimal leverage = Number(parameters["leverage"]);
            decimal taker = Number(parameters["taker_fee"]);
            decimal mark = Number(row["mark"]);

            if (row["kind"] == "fill")
            {
                decimal rate = row["liquidity"] == "maker" ? Number(parameters["maker_fee"]) : taker;
                position = PositionMath.ApplyFill(position, row["side"] == "Buy" ? 1 : -1, Number(row["qty"]), Number(row["price"]), rate).After;
            }
            else
            {
                position = position with { Funding = position.Funding - PositionMath.FundingPayment(position.Qty, mark, Number(row["funding_rate"])) };
            }

            decimal wallet = Number(parameters["initial_wallet"]) + position.RealisedGross - position.Fees + position.Funding;
            Same(row, "position", position.Qty);
            Same(row, "avg_entry", position.AverageEntry);
            Same(row, "realised_pnl_gross", position.RealisedGross);
            Same(row, "fees_paid", position.Fees);
            Same(row, "funding_received", position.Funding);
            Same(row, "unrealised_pnl", position.UnrealisedAt(mark));
            Same(row, "wallet", wallet);
            Same(row, "equity", wallet + position.UnrealisedAt(mark));
            Same(row, "position_value_entry", position.EntryValue);
            rows++;
            if (position.Qty == 0)
            {
                Assert.Null(PositionMath.LiquidationPrice(position.Qty, position.AverageEntry, leverage, ladder));
                continue;
            }

            decimal markValue = Math.Abs(position.Qty) * mark;
            Same(row, "initial_margin", PositionMath.InitialMargin(position.EntryValue, leverage));
            Same(row, "maintenance_margin_mark", PositionMath.MaintenanceMargin(markValue, ladder.TierOf(markValue)));
            Same(row, "bankruptcy_price", PositionMath.BankruptcyPrice(position.Qty, position.AverageEntry, leverage));
            Same(row, "fee_to_close", PositionMath.FeeToClose(position.Qty, position.AverageEntry, leverage, taker));
            Same(row, "liq_price_isolated", PositionMath.LiquidationPrice(position.Qty, position.AverageEntry, leverage, ladder)!.Value);
            Same(row, "mmr_at_entry_value", ladder.TierOf(position.EntryValue).MaintenanceRate);
            Same(row, "mm_deduction", ladder.TierOf(position.EntryValue).Deduction);
            RiskTier entryTier = ladder.TierOf(position.EntryValue);
            Same(row, "liq_price_cross_single", PositionMath.CrossLiquidationPrice(position.Qty, position.AverageEntry, wallet, entryTier, taker));
        }

        Assert.True(rows > 2_000, $"only {rows} golden rows");
    }

    [Fact]
    public void Golden_liquidation_prices_hold_with_and_without_extra_margin()
    {
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("liquidation_static.csv"))
        {
            RiskLadder ladder = Ladders[row["ladder"]];
            (decimal entry, decimal qty, decimal leverage, decimal taker) = (Number(row["entry"]), Number(row["qty"]), Number(row["leverage"]), Number(row["taker_fee"]));
            decimal value = Math.Abs(qty) * entry;
            RiskTier tier = ladder.TierOf(value);

            Same(row, "mmr", tier.MaintenanceRate);
            Same(row, "mm_deduction", tier.Deduction);
            Same(row, "position_value", value);
            Same(row, "initial_margin", PositionMath.InitialMargin(value, leverage));
            Same(row, "maintenance_margin_entry", PositionMath.MaintenanceMargin(value, tier));
            Same(row, "bankruptcy_price", PositionMath.BankruptcyPrice(qty, entry, leverage));
            Same(row, "fee_to_close", PositionMath.FeeToClose(qty, entry, leverage, taker));
            Same(row, "liq_price", PositionMath.LiquidationPrice(qty, entry, leverage, ladder, Number(row["extra_margin"]), taker)!.Value);
            Assert.Equal(row["leverage_exceeds_tier_max"] == "1", leverage > tier.MaxLeverage);
        }
    }

    [Fact]
    public void Golden_cross_accounts_of_three_positions_have_the_same_margin_rate_and_liquidation_price()
    {
        int liquidated = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("cross_margin.csv"))
        {
            decimal taker = Number(row["taker_fee"]);
            (RiskLadder Ladder, decimal Entry, decimal Mark, decimal Qty)[] positions =
            [
                .. Enumerable.Range(1, 3).Select(i => (Ladders[row[$"ladder{i}"]], Number(row[$"entry{i}"]), Number(row[$"mark{i}"]), Number(row[$"qty{i}"]))),
            ];
            decimal[] profits = [.. positions.Select(each => each.Qty * (each.Mark - each.Entry))];
            decimal[] maintenance = [.. positions.Select(each => PositionMath.CrossMaintenanceMargin(each.Qty, each.Mark, each.Ladder, taker))];
            decimal wallet = Number(row["wallet"]);
            decimal equity = wallet + profits.Sum();
            decimal besides = wallet + profits[1..].Sum() - maintenance[1..].Sum();

            Same(row, "unrealised", profits.Sum());
            Same(row, "equity", equity);
            Same(row, "maintenance_margin", maintenance.Sum());
            if (row["mm_rate"].Length > 0) Same(row, "mm_rate", maintenance.Sum() / equity);
            Assert.Equal(row["liquidated_now"] == "1", maintenance.Sum() >= equity);
            Same(row, "liq_price_1", PositionMath.CrossLiquidationPrice(positions[0].Qty, positions[0].Entry, besides, positions[0].Ladder, taker)!.Value);
            if (row["liquidated_now"] == "1") liquidated++;
        }

        Assert.True(liquidated > 0, "no golden account is liquidated");
    }

    [Fact]
    public void Extra_margin_moves_the_bankruptcy_price_by_what_it_pays_for()
    {
        foreach (decimal qty in (decimal[])[2m, -2m])
        {
            const decimal Taker = 0.00055m;
            decimal plain = PositionMath.BankruptcyPrice(qty, 50_000m, 50m);
            decimal moved = PositionMath.BankruptcyPrice(qty, 50_000m, 50m, extraMargin: 300m, Taker);

            decimal lost = (qty * (50_000m - moved)) + (2m * moved * Taker);
            Assert.Equal(2_000m + (2m * plain * Taker) + 300m, decimal.Round(lost, 12));   // IM + fee to close + extra
            Assert.Equal(plain, PositionMath.BankruptcyPrice(qty, 50_000m, 50m, extraMargin: 0m, Taker));
        }
    }

    [Fact]
    public void A_takeover_at_the_cross_bankruptcy_price_costs_exactly_the_share_of_equity()
    {
        foreach ((decimal qty, decimal share) in ((decimal, decimal)[])[(3m, 4_000m), (-3m, 4_000m), (3m, -500m), (-3m, -500m)])
        {
            decimal price = PositionMath.CrossBankruptcyPrice(qty, 60_000m, share, 0.0004m);

            decimal cost = (qty * (60_000m - price)) + (3m * price * 0.0004m);
            Assert.Equal(share, decimal.Round(cost, 12));
        }
    }

    [Fact]
    public void The_quantity_above_a_tier_is_the_least_whole_step_that_leaves_the_rest_in_the_tier_below() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(1, 200_000).Zip(Gen.Choose(1_000_000, 1_200_000)).ToArbitrary(),
        pair =>
        {
            const decimal Step = 0.001m;
            (decimal qty, decimal mark) = (pair.Item1 * Step, pair.Item2 * 0.1m);
            RiskLadder ladder = Ladders["BTC"];
            RiskTier tier = ladder.TierOf(qty * mark);
            decimal cut = PositionMath.QtyAboveTier(-qty, mark, Step, ladder);

            Assert.Equal(0m, cut % Step);
            if (tier.Id == 1)
            {
                Assert.Equal(0m, cut);
                return;
            }

            Assert.Equal(tier.Id - 1, ladder.TierOf((qty - cut) * mark).Id);
            Assert.Equal(tier.Id, ladder.TierOf((qty - cut + Step) * mark).Id);
        }));

    [Fact]
    public void Closing_at_the_break_even_price_ends_at_nothing()
    {
        foreach (int sign in (int[])[1, -1])
        {
            PositionState opened = PositionMath.ApplyFill(default, sign, 0.5m, 60_000m, 0.00055m).After;
            decimal price = PositionMath.BreakEvenPrice(opened.Qty, opened.AverageEntry, -opened.Fees, 0.00055m);

            PositionState closed = PositionMath.ApplyFill(opened, -sign, 0.5m, price, 0.00055m).After;
            Assert.Equal(0m, decimal.Round(closed.RealisedGross - closed.Fees, 12));
        }
    }

    [Fact]
    public void Leverage_never_enters_realised_profit()
    {
        PositionState opened = PositionMath.ApplyFill(default, 1, 1m, 50_000m, 0.00055m).After;
        FillResult closed = PositionMath.ApplyFill(opened, -1, 1m, 50_500m, 0.00055m);

        Assert.Equal(500m, closed.Realised);
        Assert.Equal(0m, closed.After.AverageEntry);
    }

    [Fact]
    public void A_fill_larger_than_the_position_realises_the_old_quantity_and_opens_the_rest_at_its_own_price()
    {
        PositionState longTwo = PositionMath.ApplyFill(default, 1, 2m, 100m, 0m).After;

        FillResult flip = PositionMath.ApplyFill(longTwo, -1, 5m, 110m, 0.001m);

        Assert.Equal((2m, 20m, 0.55m), (flip.ClosedQty, flip.Realised, flip.Fee));
        Assert.Equal((-3m, 110m), (flip.After.Qty, flip.After.AverageEntry));
    }

    private static void Same(IReadOnlyDictionary<string, string> row, string column, decimal value) =>
        Assert.True(Math.Abs(Number(row[column]) - value) <= Tolerance, $"case {row["case"]}, {column}: golden {row[column]}, was {value}");

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static Dictionary<string, RiskLadder> LoadLadders()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("margin_tiers.json")));
        return document.RootElement.EnumerateObject().Where(ladder => ladder.Value.ValueKind == JsonValueKind.Array).ToDictionary(
            ladder => ladder.Name,
            ladder => new RiskLadder(
                ladder.Value.EnumerateArray().Select((tier, index) =>
                    new RiskTier(index + 1, Number(tier[0].GetString()!), Number(tier[1].GetString()!), Number(tier[3].GetString()!), Number(tier[4].GetString()!))),
                isAssumed: false));
    }
}
