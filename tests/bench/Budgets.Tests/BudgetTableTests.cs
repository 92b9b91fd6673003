using LatencyEngine.TestData;

namespace LatencyEngine.Budgets.Tests;

/// <summary>When a count fits its budget, and what is said when it does not.</summary>
public sealed class BudgetTableTests
{
    [Theory]
    [InlineData(980)]
    [InlineData(1_000)]
    [InlineData(1_020)]
    public void Two_percent_up_or_down_is_within_the_budget(double measured) => Assert.Empty(Faults(budget: 1_000, measured));

    [Fact]
    public void More_names_the_stage_both_figures_and_the_command_that_raises_the_budget() => Assert.Equal(
        ["decode: 1030.4 instructions an item, budget 1000.0: 3.0 % over; if it must be: ./run.sh bench --budgets --update"], Faults(budget: 1_000, measured: 1_030.4));

    [Fact]
    public void Less_has_the_budget_lowered_so_that_it_stays_true() => Assert.Equal(
        ["decode: 500.0 instructions an item, budget 1000.0: 50.0 % under; lower the budget: ./run.sh bench --budgets --update"], Faults(budget: 1_000, measured: 500));

    [Fact]
    public void A_stage_without_a_budget_is_a_fault() =>
        Assert.StartsWith("decode: 1.0 instructions an item, but no budget", Assert.Single(BudgetTable.Faults(new Dictionary<string, double>(), new Dictionary<string, double> { ["decode"] = 1 })));

    [Fact]
    public void A_budget_without_a_stage_is_a_fault() =>
        Assert.StartsWith("gone: has a budget, but there is no such stage", Assert.Single(BudgetTable.Faults(new Dictionary<string, double> { ["gone"] = 1 }, new Dictionary<string, double>())));

    [Fact]
    public void The_committed_budgets_are_those_of_the_programs_stages() =>
        Assert.Equal(Stages.All.Select(stage => stage.Name).Order(StringComparer.Ordinal), BudgetTable.Read(ReferenceFiles.InRepository("bench/budgets.json")).Keys);

    [Fact]
    public void What_is_written_is_read_back_to_a_tenth_of_an_instruction()
    {
        string file = Path.GetTempFileName();
        try
        {
            BudgetTable.Write(file, new SortedDictionary<string, double> { ["a"] = 1_249.0449, ["b"] = 60 });

            Assert.Equal(new SortedDictionary<string, double> { ["a"] = 1_249, ["b"] = 60 }, BudgetTable.Read(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static List<string> Faults(double budget, double measured) =>
        BudgetTable.Faults(new Dictionary<string, double> { ["decode"] = budget }, new Dictionary<string, double> { ["decode"] = measured });
}
