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
