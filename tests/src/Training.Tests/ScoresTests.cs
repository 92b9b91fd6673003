using System.Text.Json;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>Scores of probabilities and trades, against golden numbers of independent code.</summary>
public sealed class ScoresTests
{
    private const double Tolerance = 1e-10;

    [Fact]
    public void Every_score_agrees_with_the_golden_one()
    {
        IReadOnlyDictionary<string, string>[] rows = [.. ReferenceFiles.GoldenRows("meta_table.csv").Where(row => row["part"] == "test").Take(200)];
        double[] p = [.. rows.Select(row => double.Parse(row["p_gb"]))];
        bool[] labels = [.. rows.Select(row => row["label"] == "1")];
        ClassifierScores scores = ClassifierScores.Of(p, labels, 0.6);
        TradeScores trades = TradeScores.Of([.. rows.Where((_, i) => p[i] > 0.6).Select(row => double.Parse(row["net_return"]))]);

        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("metrics_small.json")));
        double Of(string name) => golden.RootElement.GetProperty("metrics").GetProperty(name).GetDouble();
        Assert.Equal((Of("n"), Of("taken")), (scores.Count, scores.Taken));
        Assert.Equal(Of("base_rate"), scores.BaseRate, Tolerance);
        Assert.Equal(Of("auc"), scores.Auc, Tolerance);
        Assert.Equal(Of("log_loss"), scores.LogLoss, Tolerance);
        Assert.Equal(Of("brier"), scores.Brier, Tolerance);
        Assert.Equal(Of("ece10"), scores.Ece, Tolerance);
        Assert.Equal(Of("precision"), scores.Precision!.Value, Tolerance);
        Assert.Equal(Of("recall"), scores.Recall!.Value, Tolerance);
        Assert.Equal(Of("taken"), trades.Count);
        Assert.Equal(Of("profit_factor"), trades.ProfitFactor!.Value, Tolerance);
        Assert.Equal(Of("mean_return"), trades.MeanReturn!.Value, Tolerance);
        Assert.Equal(Of("sharpe_per_trade"), trades.SharpePerTrade!.Value, Tolerance);
        Assert.Equal(Of("sharpe_annualised_500_trades"), trades.SharpePerTrade!.Value * Math.Sqrt(500), Tolerance);
        Assert.Equal(Of("max_drawdown_10pct_sizing"), trades.MaxDrawdown, Tolerance);
        Assert.Equal(Of("final_equity_10pct_sizing"), trades.FinalEquity, Tolerance);
    }

    [Fact]
    public void Ties_count_one_half_and_a_threshold_must_be_exceeded()
    {
        Assert.Equal(0.5, ClassifierScores.AreaUnderCurve([1, 1, 1], [true, false, true]));
        Assert.Equal(0.875, ClassifierScores.AreaUnderCurve([1, 2, 2, 3], [false, false, true, true]));
        Assert.True(double.IsNaN(ClassifierScores.AreaUnderCurve([1, 2], [true, true])));
        Assert.Equal(1, ClassifierScores.Of([0.6, 0.61], [true, true], 0.6).Taken);
    }

    [Fact]
    public void What_is_not_defined_is_null_and_not_a_number_made_up()
    {
        ClassifierScores none = ClassifierScores.Of([0.1], [false], 0.6);
        TradeScores empty = TradeScores.Of([]);

        Assert.Equal((null, null), (none.Precision, none.Recall));
        Assert.Equal((null, null, null, 0.0, 1.0), (empty.ProfitFactor, empty.MeanReturn, empty.SharpePerTrade, empty.MaxDrawdown, empty.FinalEquity));
        Assert.Null(TradeScores.Of([0.01]).ProfitFactor);
        Assert.Throws<ArgumentException>(() => ClassifierScores.Of([], [], 0.6));
    }
}
