using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Research.Tests;

public sealed class PaperExperimentTests
{
    /// <summary>As many as the reference has: fewer would widen the bounds.</summary>
    private const int ReferencePaths = 100_000;

    private static readonly Lazy<PaperTable> Large = new(() => PaperExperiment.Run(ReferencePaths, seed: 1, new ParallelOptions()));

    [Fact]
    public void Every_statistic_lies_within_four_standard_errors_of_the_golden_simulation()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("as_montecarlo.json")));
        JsonElement[] references = [.. golden.RootElement.GetProperty("runs").EnumerateArray().Where(run => run.GetProperty("n").GetInt32() == ReferencePaths && run.GetProperty("prob").GetString() == "linear")];

        foreach (PaperRow row in Large.Value.Rows)
        {
            string name = $"gamma {row.Gamma} {row.Strategy} {row.SpreadReading}";
            JsonElement reference = references.Single(run =>
                Number(run, "gamma") == row.Gamma && run.GetProperty("strategy").GetString() == row.Strategy && run.GetProperty("spread_mode").GetString() == row.SpreadReading);

            Assert.Equal(Number(reference, "avg_spread"), row.Spread, 1e-12);
            AssertClose($"{name} profit", Number(reference, "profit"), Number(reference, "se_profit"), row.Profit, row.StderrProfit);
            AssertClose($"{name} std profit", Number(reference, "std_profit"), Number(reference, "se_std_profit"), row.StdProfit, row.StderrStdProfit);
            AssertClose($"{name} final q", Number(reference, "final_q"), Number(reference, "std_final_q") / Math.Sqrt(ReferencePaths), row.FinalQ, row.StderrFinalQ);
            AssertClose($"{name} std final q", Number(reference, "std_final_q"), Number(reference, "se_std_q"), row.StdFinalQ, row.StderrStdFinalQ);
        }
    }

    [Fact]
    public void The_inventory_at_the_end_spreads_as_its_exact_chain_does()
    {
        // The inventory is a Markov chain of its own, whatever the mid does: its distribution can be carried from step to step.
        foreach (PaperRow row in Large.Value.Rows)
        {
            double exact = ExactStdFinalQ(row.Gamma, row.Strategy == "symmetric", row.SpreadReading == "constant");

            AssertClose($"gamma {row.Gamma} {row.Strategy} {row.SpreadReading} std final q", exact, 0, row.StdFinalQ, row.StderrStdFinalQ);
        }
    }

    [Fact]
    public void Symmetric_quotes_earn_half_the_spread_on_every_fill_on_average()
    {
        foreach (PaperRow row in Large.Value.Rows.Where(row => row.Strategy == "symmetric"))
        {
            double half = row.Spread / 2;
            double exact = 400 * 140 * 0.005 * Math.Exp(-1.5 * half) * half;

            AssertClose($"gamma {row.Gamma} {row.SpreadReading} profit", exact, 0, row.Profit, row.StderrProfit);
        }
    }

    [Fact]
    public void The_exact_poisson_probability_lies_within_four_standard_errors_of_the_golden_simulation()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("as_montecarlo.json")));
        JsonElement reference = golden.RootElement.GetProperty("runs").EnumerateArray().Single(run =>
            run.GetProperty("n").GetInt32() == ReferencePaths && run.GetProperty("prob").GetString() == "exact" && Number(run, "gamma") == 0.1
            && run.GetProperty("strategy").GetString() == "inventory" && run.GetProperty("spread_mode").GetString() == "full");

        (PaperExperiment.Estimate profit, PaperExperiment.Estimate finalQ) =
            PaperExperiment.Simulate(PaperStrategy.Inventory(0.1, isConstantSpread: false, isExactPoisson: true), PaperExperiment.PathSeeds(20_000, 1), new ParallelOptions());

        AssertClose("profit", Number(reference, "profit"), Number(reference, "se_profit"), profit.Mean, profit.StderrMean);
        AssertClose("std profit", Number(reference, "std_profit"), Number(reference, "se_std_profit"), profit.Std, profit.StderrStd);
        AssertClose("std final q", Number(reference, "std_final_q"), Number(reference, "se_std_q"), finalQ.Std, finalQ.StderrStd);
    }

    [Fact]
    public void Standard_errors_are_those_of_the_golden_simulation()
    {
        // The golden one is scaled to 1,000 paths, and an error of a standard deviation is itself uncertain by some percent.
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("as_montecarlo.json")));
        JsonElement reference = golden.RootElement.GetProperty("runs")[1];

        PaperRow row = PaperExperiment.Run(1_000, seed: 1, new ParallelOptions()).Rows[0];

        double scale = Math.Sqrt(ReferencePaths / 1_000.0);
        Assert.InRange(row.StderrProfit, 0.9 * scale * Number(reference, "se_profit"), 1.1 * scale * Number(reference, "se_profit"));
        Assert.InRange(row.StderrStdProfit, 0.85 * scale * Number(reference, "se_std_profit"), 1.15 * scale * Number(reference, "se_std_profit"));
        Assert.InRange(row.StderrStdFinalQ, 0.85 * scale * Number(reference, "se_std_q"), 1.15 * scale * Number(reference, "se_std_q"));
    }

    [Fact]
    public void The_number_of_threads_changes_nothing_and_the_seed_everything()
    {
        string one = PaperTableJson.Serialize(PaperExperiment.Run(500, seed: 7, new ParallelOptions { MaxDegreeOfParallelism = 1 }));
        string four = PaperTableJson.Serialize(PaperExperiment.Run(500, seed: 7, new ParallelOptions { MaxDegreeOfParallelism = 4 }));
        string other = PaperTableJson.Serialize(PaperExperiment.Run(500, seed: 8, new ParallelOptions()));

        Assert.Equal(one, four);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void The_published_figures_are_those_of_the_reference()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("as_montecarlo.json")));
        JsonElement published = golden.RootElement.GetProperty("published");

        foreach (PaperRow row in PaperExperiment.Run(2, seed: 1, new ParallelOptions()).Rows)
        {
            decimal[] expected = [.. published.GetProperty(row.Gamma == 0.5 ? "preprint2006" : "qf2008").GetProperty($"{row.Gamma}").GetProperty(row.Strategy).EnumerateArray().Select(cell => cell.GetDecimal())];

            Assert.Equal(expected, (decimal[])[row.Published.Spread, row.Published.Profit, row.Published.StdProfit, row.Published.FinalQ, row.Published.StdFinalQ]);
            Assert.StartsWith(row.Gamma == 0.5 ? "preprint" : "journal", row.Source, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_operator_can_stop_it()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => PaperExperiment.Run(1_000, seed: 1, new ParallelOptions { CancellationToken = stop.Token }));
    }

    private static double ExactStdFinalQ(double gamma, bool isSymmetric, bool isConstantSpread)
    {
        const int Most = 100;
        double constant = 2 / gamma * Math.Log(1 + (gamma / 1.5));
        double[] skew = [.. Enumerable.Range(0, 200).Select(step => gamma * 4 * (1 - (step * 0.005)))];
        double[] spread = [.. skew.Select(each => constant + (isConstantSpread ? 0 : each))];
        if (isSymmetric)
        {
            Array.Fill(spread, spread.Average());
            Array.Clear(skew);
        }

        var probability = new double[(2 * Most) + 1];
        probability[Most] = 1;
        for (int step = 0; step < 200; step++)
        {
            var next = new double[probability.Length];
            for (int i = 1; i < probability.Length - 1; i++)
            {
                double shift = (i - Most) * skew[step];
                double sold = Math.Min(0.7 * Math.Exp(-1.5 * ((spread[step] / 2) - shift)), 1);
                double bought = Math.Min(0.7 * Math.Exp(-1.5 * ((spread[step] / 2) + shift)), 1);
                next[i - 1] += probability[i] * sold * (1 - bought);
                next[i + 1] += probability[i] * bought * (1 - sold);
                next[i] += probability[i] * ((sold * bought) + ((1 - sold) * (1 - bought)));
            }

            probability = next;
        }

        return Math.Sqrt(probability.Select((weight, i) => weight * (i - Most) * (i - Most)).Sum());
    }

    private static double Number(JsonElement run, string name) => run.GetProperty(name).GetDouble();

    private static void AssertClose(string what, double reference, double referenceError, double own, double ownError)
    {
        double bound = 4 * Math.Sqrt((referenceError * referenceError) + (ownError * ownError));
        Assert.True(Math.Abs(own - reference) <= bound, $"{what}: {own:0.0000}, the reference has {reference:0.0000}, more than {bound:0.0000} away");
    }
}
