using System.Globalization;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

public sealed class PaperStrategyTests
{
    private const double Tolerance = 1e-9;

    [Fact]
    public void Every_step_of_the_inventory_strategy_is_that_of_the_golden_trace() =>
        FollowsTrace("as_trace_inventory.csv", PaperStrategy.Inventory(0.1, isConstantSpread: false));

    [Fact]
    public void Every_step_of_the_symmetric_strategy_is_that_of_the_golden_trace() =>
        FollowsTrace("as_trace_symmetric.csv", PaperStrategy.Symmetric(0.1, isConstantSpread: false));

    [Fact]
    public void Arrival_rates_and_fill_probabilities_are_those_of_the_golden_quotes_at_any_distance()
    {
        const double Relative = 1e-12;
        int sides = 0, ofThePaper = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("as_quotes.csv"))
        {
            double Cell(string name) => double.Parse(row[name], CultureInfo.InvariantCulture);
            void Is(string name, double actual) => Assert.True(Math.Abs(Cell(name) - actual) <= Relative * Cell(name), $"case {row["case"]}, {name}: {actual:R}, the golden has {row[name]}");

            foreach (string side in (string[])["bid", "ask"])
            {
                Is($"lambda_{side}", PaperStrategy.ArrivalRate(Cell($"delta_{side}"), Cell("A"), Cell("k")));
                Is($"p_{side}_linear", PaperStrategy.FillProbability(Cell($"lambda_{side}"), Cell("dt"), isExactPoisson: false));
                Is($"p_{side}_exact", PaperStrategy.FillProbability(Cell($"lambda_{side}"), Cell("dt"), isExactPoisson: true));
                sides++;
            }

            // The market of the paper's experiment at a time of its steps: the simulator makes the whole row.
            if (Cell("s") != 100 || Cell("tau") == 0) continue;
            int step = (int)Math.Round((1 - Cell("tau")) * PaperStrategy.Steps);
            foreach (bool isExact in (bool[])[false, true])
            {
                PaperQuote quote = PaperStrategy.Inventory(Cell("gamma"), isConstantSpread: false, isExact).Quote(step, new PaperState(Cell("s"), (int)Cell("q"), 0));
                Is("reservation", quote.Reservation);
                Is("bid", quote.Bid);
                Is("ask", quote.Ask);
                Is(isExact ? "p_bid_exact" : "p_bid_linear", quote.BidProbability);
                Is(isExact ? "p_ask_exact" : "p_ask_linear", quote.AskProbability);
            }

            ofThePaper++;
        }

        Assert.Equal((2 * 127, 6), (sides, ofThePaper));
    }

    private static void FollowsTrace(string golden, PaperStrategy strategy)
    {
        PaperState state = PaperStrategy.Start;
        int step = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows(golden))
        {
            double Cell(string name) => double.Parse(row[name], CultureInfo.InvariantCulture);
            void Is(string name, double actual) => Assert.True(Math.Abs(Cell(name) - actual) <= Tolerance, $"step {step}, {name}: {actual:R}, the trace has {row[name]}");

            PaperQuote quote = strategy.Quote(step, state);
            Is("mid_before", state.Mid);
            Is("centre", quote.Reservation);
            Is("bid", quote.Bid);
            Is("ask", quote.Ask);
            Is("p_ask", quote.AskProbability);
            Is("p_bid", quote.BidProbability);

            state = strategy.Advance(step, state, Cell("u_ask"), Cell("u_bid"), Cell("u_price"));
            Is("q_after", state.Inventory);
            Is("cash_after", state.Cash);
            Is("mid_after", state.Mid);
            Is("pnl_after", state.Profit);
            step++;
        }

        Assert.Equal(PaperStrategy.Steps, step);
    }
}
