using System.Text.Json;
using System.Text.Json.Nodes;
using LatencyEngine.TestData;

namespace LatencyEngine.MetaModel.Tests;

/// <summary>The golden trees of independent code, written down as XGBoost saves a model.</summary>
internal static class GoldenTrees
{
    public static JsonElement Golden { get; } = JsonDocument.Parse(File.ReadAllText(ReferenceFiles.Golden("gbt_exact_trees.json"))).RootElement;

    public static byte[] AsXgBoostJson(Action<JsonNode>? change = null)
    {
        var trees = new JsonArray();
        foreach (JsonElement tree in Golden.GetProperty("trees").EnumerateArray()) trees.Add(Tree([.. tree.EnumerateArray()]));
        var root = new JsonObject
        {
            ["learner"] = new JsonObject
            {
                ["gradient_booster"] = new JsonObject
                {
                    ["model"] = new JsonObject { ["gbtree_model_param"] = new JsonObject { ["num_trees"] = trees.Count.ToString() }, ["trees"] = trees },
                    ["name"] = "gbtree",
                },
                ["learner_model_param"] = new JsonObject { ["base_score"] = "5E-1", ["num_class"] = "0", ["num_feature"] = "4" },
                ["objective"] = new JsonObject { ["name"] = "binary:logistic" },
            },
            ["version"] = new JsonArray(1, 7, 4),
        };
        change?.Invoke(root);
        return JsonSerializer.SerializeToUtf8Bytes(root);
    }

    private static JsonObject Tree(JsonElement[] nodes)
    {
        (JsonArray left, JsonArray right, JsonArray indices, JsonArray conditions, JsonArray missing) = ([], [], [], [], []);
        foreach (JsonElement node in nodes)
        {
            bool isLeaf = node.TryGetProperty("leaf", out JsonElement leaf);
            left.Add(isLeaf ? -1 : node.GetProperty("left").GetInt32());
            right.Add(isLeaf ? -1 : node.GetProperty("right").GetInt32());
            indices.Add(isLeaf ? 0 : node.GetProperty("feature").GetInt32());
            conditions.Add(isLeaf ? leaf.GetDouble() : node.GetProperty("threshold").GetDouble());
            missing.Add(0);
        }

        return new JsonObject { ["left_children"] = left, ["right_children"] = right, ["split_indices"] = indices, ["split_conditions"] = conditions, ["default_left"] = missing };
    }
}
