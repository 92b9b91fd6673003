using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using LatencyEngine.TestData;

namespace LatencyEngine.MetaModel.Tests;

/// <summary>Managed inference: what golden trees say, and what is no model. Training.Tests holds it against XGBoost itself.</summary>
public sealed class BoostedTreesTests
{
    private const double SinglePrecision = 1e-6;

    [Fact]
    public void The_golden_trees_give_the_golden_margins_and_probabilities()
    {
        BoostedTrees trees = BoostedTrees.Parse(GoldenTrees.AsXgBoostJson());
        double[] margins = [.. GoldenTrees.Golden.GetProperty("final_margin").EnumerateArray().Select(one => one.GetDouble())];
        double[] probabilities = [.. GoldenTrees.Golden.GetProperty("final_probability").EnumerateArray().Select(one => one.GetDouble())];
        float[][] rows = [.. GoldenTrees.Golden.GetProperty("X").EnumerateArray().Select(row => row.EnumerateArray().Select(one => one.GetSingle()).ToArray())];

        Assert.Equal((4, 4, 80), (trees.FeatureCount, trees.TreeCount, rows.Length));
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(margins[i], trees.Margin(rows[i]), SinglePrecision);
            Assert.Equal(probabilities[i], trees.Probability(rows[i]), SinglePrecision);
        }
    }

    [Fact]
    public void A_model_that_XGBoost_trained_elsewhere_gives_its_predictions()
    {
        BoostedTrees trees = BoostedTrees.Parse(File.ReadAllBytes(ReferenceFiles.Golden("xgboost_elsewhere.json")));
        int rows = 0;
        foreach (IReadOnlyDictionary<string, string> row in ReferenceFiles.GoldenRows("xgboost_elsewhere_rows.csv"))
        {
            float[] features = [.. "abcdef".Select(name => row[name.ToString()].Length == 0 ? float.NaN : float.Parse(row[name.ToString()]))];
            Assert.Equal((float)double.Parse(row["margin"]), trees.Margin(features));
            Assert.Equal(double.Parse(row["probability"]), trees.Probability(features), SinglePrecision);
            rows++;
        }

        Assert.Equal((6, 20, 300), (trees.FeatureCount, trees.TreeCount, rows));
    }

    [Fact]
    public void A_missing_number_goes_where_the_split_says_and_the_base_score_is_the_start()
    {
        JsonNode OneSplit(JsonNode root, int missing)
        {
            JsonArray trees = root["learner"]!["gradient_booster"]!["model"]!["trees"]!.AsArray();
            trees.Clear();
            trees.Add(JsonNode.Parse($$"""{"left_children":[1,-1,-1],"right_children":[2,-1,-1],"split_indices":[2,0,0],"split_conditions":[1.5,-1,2],"default_left":[{{missing}},0,0]}"""));
            root["learner"]!["gradient_booster"]!["model"]!["gbtree_model_param"]!["num_trees"] = "1";
            root["learner"]!["learner_model_param"]!["base_score"] = "7.5E-1";
            return root;
        }

        BoostedTrees left = BoostedTrees.Parse(GoldenTrees.AsXgBoostJson(root => OneSplit(root, 1)));
        BoostedTrees right = BoostedTrees.Parse(GoldenTrees.AsXgBoostJson(root => OneSplit(root, 0)));
        float start = MathF.Log(3);

        Assert.Equal(start - 1, left.Margin([0, 0, float.NaN, 0]), SinglePrecision);
        Assert.Equal(start + 2, right.Margin([0, 0, float.NaN, 0]), SinglePrecision);
        Assert.Equal(start + 2, left.Margin([0, 0, 1.5f, 0]), SinglePrecision);
        Assert.Equal(start - 1, right.Margin([0, 0, MathF.BitDecrement(1.5f), 0]), SinglePrecision);
    }

    [Fact]
    public void A_foreign_or_broken_model_is_refused_with_what_is_wrong_with_it()
    {
        (string Reason, Action<JsonNode> Change)[] refused =
        [
            ("objective", root => root["learner"]!["objective"]!["name"] = "reg:squarederror"),
            ("booster", root => root["learner"]!["gradient_booster"]!["name"] = "dart"),
            ("several classes", root => Parameters(root)["num_class"] = "3"),
            ("base score", root => Parameters(root)["base_score"] = "1E0"),
            ("not a model", root => Parameters(root)["base_score"] = "[5E-1]"),
            ("features", root => Parameters(root)["num_feature"] = "0"),
            ("splits by feature", root => Parameters(root)["num_feature"] = "2"),
            ("trees", root => root["learner"]!["gradient_booster"]!["model"]!["gbtree_model_param"]!["num_trees"] = "3"),
            ("differ in length", root => Tree(root)["default_left"]!.AsArray().Add(0)),
            ("nowhere", root => Tree(root)["left_children"]![0] = 999),
            ("nowhere", root => Tree(root)["right_children"]![0] = -1),
            ("branches meet", root => Tree(root)["left_children"]![1] = 0),
            ("not finite", root => Tree(root)["split_conditions"]![3] = 1e300),
            ("categorical", root => Tree(root)["categories_nodes"] = new JsonArray(1)),
            ("not a model", root => Tree(root).AsObject().Remove("split_indices")),
            ("not a model", root => root.AsObject().Remove("learner")),
        ];

        foreach ((string reason, Action<JsonNode> change) in refused) Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => BoostedTrees.Parse(GoldenTrees.AsXgBoostJson(change))).Message, StringComparison.Ordinal);
        foreach (string text in new[] { "", "{", "[]", "null", "\0\0\0" }) Assert.Throws<InvalidDataException>(() => BoostedTrees.Parse(Encoding.UTF8.GetBytes(text)));
        Assert.Throws<ArgumentException>(() => BoostedTrees.Parse(GoldenTrees.AsXgBoostJson()).Margin([1, 2, 3]));
    }

    [Fact]
    public void Whatever_bytes_are_changed_a_model_is_read_and_evaluated_or_refused()
    {
        byte[] sound = GoldenTrees.AsXgBoostJson();
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            byte[] changed = [.. sound];
            for (int i = random.Next(1, 4); i > 0; i--) changed[random.Next(changed.Length)] = (byte)"0123456789-.,eE[]{}\" "[random.Next(21)];
            try
            {
                BoostedTrees trees = BoostedTrees.Parse(changed);
                Assert.False(float.IsNaN(trees.Probability(new float[trees.FeatureCount])));
            }
            catch (InvalidDataException)
            {
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_prediction_allocates_nothing()
    {
        BoostedTrees trees = BoostedTrees.Parse(GoldenTrees.AsXgBoostJson());
        float[] row = [1, 2, 3, float.NaN];
        float sum = trees.Probability(row);

        Assert.Equal(0, Allocation.BytesOf(() => sum += trees.Probability(row)));
        Assert.True(sum > 0);
    }

    private static JsonNode Parameters(JsonNode root) => root["learner"]!["learner_model_param"]!;

    private static JsonNode Tree(JsonNode root) => root["learner"]!["gradient_booster"]!["model"]!["trees"]![1]!;
}
