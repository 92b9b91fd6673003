using System.Text.Json;
using LatencyEngine.MetaModel;
using LatencyEngine.TestData;

namespace LatencyEngine.Training.Tests;

/// <summary>The golden trees, node by node in double precision, and what XGBoost makes of the same rows in single precision.</summary>
public sealed class ExactTreesTests
{
    private const double Exact = 1e-9;
    private const double SinglePrecision = 1e-6;

    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("gbt_exact_trees.json"))).RootElement;
    private static readonly double[][] Rows = [.. Golden.GetProperty("X").EnumerateArray().Select(Doubles)];
    private static readonly double[] Labels = Doubles(Golden.GetProperty("y"));
    private static readonly double[] Margins = Doubles(Golden.GetProperty("final_margin"));

    [Fact]
    public void Every_node_of_the_golden_trees_is_found_again_in_double_precision()
    {
        ExactBooster booster = Booster();
        JsonElement[] trees = [.. Golden.GetProperty("trees").EnumerateArray()];

        Assert.Equal(Parameter("rounds"), trees.Length);
        foreach (JsonElement tree in trees)
        {
            List<ExactNode> nodes = booster.Grow();
            Assert.Equal(tree.GetArrayLength(), nodes.Count);
            for (int id = 0; id < nodes.Count; id++) Same(tree[id], nodes[id]);
        }

        double[] probabilities = Doubles(Golden.GetProperty("final_probability"));
        for (int i = 0; i < Rows.Length; i++)
        {
            Assert.Equal(Margins[i], booster.Margins[i], Exact);
            Assert.Equal(probabilities[i], ExactBooster.Probability(booster.Margins[i]), Exact);
        }
    }

    [XgBoostFact]
    public void XGBoost_grows_the_same_trees_to_single_precision()
    {
        using var matrix = new XgBoostMatrix([.. Rows.SelectMany(row => row.Select(value => (float)value))], Rows[0].Length, [.. Labels.Select(label => (float)label)]);

        // XGBoost's gain is twice this one, so is what it must exceed.
        using var booster = new XgBooster(
            [
                new("objective", "binary:logistic"), new("tree_method", "exact"), new("base_score", "0.5"), new("nthread", "1"), new("verbosity", "0"), new("max_depth", $"{Parameter("depth")}"),
                new("eta", $"{Parameter("lr")}"), new("lambda", $"{Parameter("lam")}"), new("gamma", $"{2 * Parameter("gam")}"), new("min_child_weight", $"{Parameter("mcw")}"),
            ],
            matrix);
        for (int round = 0; round < Parameter("rounds"); round++) booster.Update(matrix);
        float[] margins = booster.Margins(matrix);
        BoostedTrees trees = BoostedTrees.Parse(booster.Save());

        for (int i = 0; i < Rows.Length; i++)
        {
            Assert.Equal(Margins[i], margins[i], SinglePrecision);
            Assert.Equal(margins[i], trees.Margin([.. Rows[i].Select(value => (float)value)]));
        }
    }

    private static ExactBooster Booster() => new(Rows, Labels)
    {
        LearningRate = Parameter("lr"),
        Lambda = Parameter("lam"),
        Gamma = Parameter("gam"),
        ChildHessianMin = Parameter("mcw"),
        DepthMax = (int)Parameter("depth"),
    };

    private static void Same(JsonElement golden, ExactNode node)
    {
        Assert.Equal(golden.GetProperty("G").GetDouble(), node.Gradient, Exact);
        Assert.Equal(golden.GetProperty("H").GetDouble(), node.Hessian, Exact);
        Assert.Equal(golden.GetProperty("n").GetInt32(), node.Rows);
        Assert.Equal(golden.TryGetProperty("leaf", out JsonElement leaf), node.Leaf.HasValue);
        if (node.Leaf is { } weight)
        {
            Assert.Equal(leaf.GetDouble(), weight, Exact);
            return;
        }

        Assert.Equal(golden.GetProperty("feature").GetInt32(), node.Feature);
        Assert.Equal(golden.GetProperty("threshold").GetDouble(), node.Threshold, Exact);
        Assert.Equal(golden.GetProperty("gain").GetDouble(), node.Gain, Exact);
        Assert.Equal((golden.GetProperty("left").GetInt32(), golden.GetProperty("right").GetInt32()), (node.Left, node.Right));
    }

    private static double Parameter(string name) => Golden.GetProperty("params").GetProperty(name).GetDouble();

    private static double[] Doubles(JsonElement numbers) => [.. numbers.EnumerateArray().Select(one => one.GetDouble())];
}
